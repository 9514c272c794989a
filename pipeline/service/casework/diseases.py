"""Names of the diseases that the rules of a region know."""

from __future__ import annotations

import time
from functools import lru_cache
from pathlib import Path

from pipeline.service.actors import Actor
from pipeline.service.casework.judging import open_region
from pipeline.service.office import Office
from rules.engine import RuleError

__all__ = ["disease_names"]


_KEPT_SECONDS = 60


def disease_names(office: Office, actor: Actor) -> dict[str, str]:
    """Return rule id -> official name over the regions of ``actor``; a region whose rules do not load has none.

    Names are looked up once a minute: each look at the rules' files costs more than all else of a small answer.
    """
    names: dict[str, str] = {}
    for region in sorted(actor.regions):
        names.update(_names(office.settings.rules_dir, region, int(time.monotonic() / _KEPT_SECONDS)))
    return names


@lru_cache(maxsize=16)
def _names(rules_dir: Path, region: str, minute: int) -> dict[str, str]:
    del minute  # part of the key only
    try:
        return {rule.id: rule.name for rule in open_region(rules_dir, region).rules}
    except (RuleError, OSError):
        return {}
