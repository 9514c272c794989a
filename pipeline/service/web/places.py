"""The places of the bureau's navigation and who sees which. It only hides links: the pages check rights themselves."""

from __future__ import annotations

from dataclasses import dataclass

from pipeline.service.actors import Role
from pipeline.service.people.current import SignedIn

__all__ = ["Place", "home_of", "places_of"]


@dataclass(frozen=True, slots=True)
class Place:
    path: str
    word: str
    roles: frozenset[Role]


_PLACES = (
    Place("/desk", "审核", frozenset({Role.REVIEWER, Role.SECOND_READER})),
    Place("/desk/approvals", "复审", frozenset({Role.REVIEWER, Role.SECOND_READER})),
    Place("/figures", "质量", frozenset({Role.ANALYST})),
    Place("/admin", "管理", frozenset({Role.ADMINISTRATOR})),
    Place("/desk/analysis", "分析", frozenset({Role.ANALYST, Role.ADMINISTRATOR})),
    Place("/codes", "查询码", frozenset({Role.REVIEWER, Role.ADMINISTRATOR})),
)


def places_of(signed: SignedIn) -> list[Place]:
    """Return the places that the person may enter."""
    return [place for place in _PLACES if place.roles & signed.actor.roles]


def home_of(signed: SignedIn) -> str:
    """Return where the person starts: the first place, else the own account."""
    places = places_of(signed)
    return places[0].path if places else "/account"
