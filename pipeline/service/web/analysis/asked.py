"""What a request to the analysis asks for, checked: who may, which question, which filters."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from fastapi import Request

from pipeline.audit.questions import QUESTIONS, Answer, Filters, Question
from pipeline.audit.store import Manifest, Store, StoreError
from pipeline.service import trail
from pipeline.service.access import NotFoundError
from pipeline.service.actors import Actor, Role
from pipeline.service.analysis import keeping
from pipeline.service.analysis.answers import Choices, answered, choices, filters_of, wanted
from pipeline.service.office import Office
from pipeline.service.people.current import SignedIn

__all__ = ["HOME", "Asked", "allowed", "asked", "link", "noted", "question_of", "row_keys", "row_link"]

HOME = "/desk/analysis"
_ROW = "k_"
"""Before the names of a row's keys in an address, so that they are not taken for filters."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    store: Store
    manifest: Manifest
    offered: Choices
    filters: Filters

    def answer(self, question: Question) -> Answer:
        return answered(self.store, question, self.filters)

    def told(self) -> list[tuple[str, str]]:
        """The filters in words."""
        found = []
        for name, value in wanted(self.filters).items():
            offered = dict(getattr(self.offered, name, ()) if not name.startswith("month") else ())
            found.append((_WORDS[name], offered.get(value, value)))
        return found


_WORDS = {
    "disease": "病种",
    "criterion": "条目",
    "hospital": "医院",
    "channel": "渠道",
    "region": "地区",
    "month_from": "首次提交从",
    "month_to": "到",
}


def allowed(signed: SignedIn) -> Actor:
    """Return who asks.

    Raises:
        NotAllowedError: neither analyst nor administrator.
    """
    signed.actor.require_role(Role.ANALYST, Role.ADMINISTRATOR)
    return signed.actor


@contextmanager
def asked(request: Request, office: Office, signed: SignedIn) -> Iterator[Asked | None]:
    """Open the kept store for the account's regions with the filters of the request; None while there is none.

    Raises:
        NotAllowedError: as :func:`allowed`.
    """
    actor = allowed(signed)
    manifest = keeping.kept_manifest(office)
    if manifest is None:
        yield None
        return
    told = dict(request.query_params)
    try:
        with keeping.opened(office, actor.regions) as store:
            offered = choices(store, office, told.get("disease"))
            found = Asked(store=store, manifest=manifest, offered=offered, filters=filters_of(told, offered))
    except StoreError:
        yield None
        return
    yield found


def question_of(id: str) -> Question:
    """Return the question.

    Raises:
        NotFoundError: there is none of that id.
    """
    found = next((question for question in QUESTIONS if question.id == id), None)
    if found is None:
        raise NotFoundError("question")
    return found


def link(path: str, filters: Filters, **more: Any) -> str:
    """Return the address of ``path`` under the analysis, with filters."""
    told = {**wanted(filters), **{name: value for name, value in more.items() if value not in (None, "")}}
    return f"{HOME}{path}" + (f"?{urlencode(told)}" if told else "")


def row_link(question: Question, filters: Filters, answer: Answer, row: Mapping[str, Any]) -> str:
    """Return the address of the applications behind a row."""
    keys = {f"{_ROW}{key}": row[key] for key in answer.keys}
    return link(f"/{question.id}/cases", filters, **keys)


def row_keys(request: Request) -> dict[str, str]:
    """Return the keys of the row that the address names."""
    return {n.removeprefix(_ROW): value for n, value in request.query_params.items() if n.startswith(_ROW)}


def noted(office: Office, actor: Actor, action: str, filters: Filters, **detail: Any) -> None:
    """Tell the trail what was looked at: question and filters, never a figure."""
    with office.database.write() as session:
        trail.append(session, actor, action, detail={**wanted(filters), **detail}, at=office.now())
