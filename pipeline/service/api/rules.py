"""The rules of a region as the API needs them: which diseases there are, and which one a text names."""

from __future__ import annotations

import time
from functools import lru_cache
from pathlib import Path

from pipeline.service.access import NotFoundError
from pipeline.service.actors import Actor
from pipeline.service.api.models import DiseaseRef
from pipeline.service.api.problems import ProblemError
from pipeline.service.casework.judging import open_region
from pipeline.service.office import Office
from rules.engine import Region, Rule, find_disease

__all__ = ["disease_ref", "named_disease", "region_of_key", "rules_of"]

_SECONDS = 10
"""How often it is looked whether the files of the rules changed; every look walks all of them."""


def rules_of(office: Office, region: str) -> Region:
    """Return the rules of ``region``.

    Raises:
        NotFoundError: there are none.
    """
    if not (office.settings.rules_dir / region / "region.yaml").is_file():
        raise NotFoundError("region")
    return _region(office.settings.rules_dir, region, int(time.monotonic() / _SECONDS))


@lru_cache(maxsize=8)
def _region(rules_dir: Path, region: str, period: int) -> Region:
    del period
    return open_region(rules_dir, region)


def region_of_key(office: Office, actor: Actor, region: str | None) -> str:
    """Return the region that a request is about: the one it names, else the key's only one, else the service's."""
    if region is not None:
        return region
    if len(actor.regions) == 1:
        return next(iter(actor.regions))
    return office.settings.service.region


def named_disease(office: Office, region: str, text: str) -> Rule:
    """Return the disease that ``text`` names.

    Raises:
        ProblemError: 422, none of the region's.
    """
    found = find_disease(rules_of(office, region), text)
    if found is None:
        raise ProblemError(
            422, "unknown_disease", "No such disease in this region", "本地区的目录里没有这个病种，请从病种列表中选择。"
        )
    return found


def disease_ref(office: Office, region: str, disease: str | None) -> DiseaseRef | None:
    """Return the disease of a case; a rule that is gone since keeps its id as name."""
    if disease is None:
        return None
    try:
        rule = next((r for r in rules_of(office, region).rules if r.id == disease), None)
    except NotFoundError:
        rule = None
    return DiseaseRef(id=disease, name=rule.name if rule else disease, code=rule.code if rule else None)
