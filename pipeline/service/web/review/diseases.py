"""Names of the diseases that the rules of a region know."""

from __future__ import annotations

from pipeline.service.actors import Actor
from pipeline.service.casework.judging import open_region
from pipeline.service.office import Office
from rules.engine import RuleError

__all__ = ["disease_names"]


def disease_names(office: Office, actor: Actor) -> dict[str, str]:
    """Return rule id -> official name over the regions of ``actor``; a region whose rules do not load has none."""
    names: dict[str, str] = {}
    for region in sorted(actor.regions):
        try:
            rules = open_region(office.settings.rules_dir, region).rules
        except (RuleError, OSError):
            continue
        names.update({rule.id: rule.name for rule in rules})
    return names
