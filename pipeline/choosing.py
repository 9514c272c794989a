"""Which diseases to judge: the one asked for, else those on the 申请表, else those the confirmed diagnoses point to."""

from __future__ import annotations

from dataclasses import dataclass

from pipeline.nouns import Alert, Severity
from rules.engine import Region, Rule, find_disease, screen
from rules.engine.facts import CaseFacts, Evidence, Unknown

__all__ = ["Choice", "UnknownDiseaseError", "by_facts", "by_request"]


class UnknownDiseaseError(ValueError):
    """The disease asked for is not in the region's catalogue."""

    def __init__(self, text: str, known: tuple[str, ...]) -> None:
        super().__init__("unknown disease")
        self.text = text
        self.known = known


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """The diseases to judge, and what a person should know about how they were chosen."""

    diseases: tuple[Rule, ...]
    entered: tuple[str, ...] = ()
    """The diseases as the applicant or the operator entered them; empty when they were derived."""
    alerts: tuple[Alert, ...] = ()


def by_request(text: str | None, region: Region) -> Choice | None:
    """Return the disease that ``text`` names, or None when nothing was asked for.

    Raises:
        UnknownDiseaseError: ``text`` names no disease of the region.
    """
    if text is None:
        return None
    disease = find_disease(region, text)
    if disease is None:
        raise UnknownDiseaseError(text, tuple(rule.name for rule in region.rules))
    return Choice(diseases=(disease,), entered=(disease.name,))


def by_facts(facts: CaseFacts, region: Region) -> Choice:
    """Choose by the 申请表, else by screening the confirmed diagnoses."""
    applied = [entry for entry in facts.form if entry.field == "disease_applied"]
    diseases: dict[str, Rule] = {}
    unmatched: list[Evidence] = []
    for entry in applied:
        rule = None if isinstance(entry.value, Unknown) else find_disease(region, entry.value)
        if rule is not None:
            diseases[rule.id] = rule
        else:
            unmatched.extend(entry.evidence)
    if diseases:
        return Choice(diseases=tuple(diseases.values()), entered=tuple(rule.name for rule in diseases.values()))
    alerts: list[Alert] = []
    if applied:
        alerts.append(
            Alert(
                code="disease_not_recognised",
                severity=Severity.WARNING,
                message="申请表上的病种没有认出或不在本地区目录内，以下按已确诊的诊断列出可能的病种，请核对。",
                evidence=tuple(unmatched),
            )
        )
    screened = screen(facts, region)
    if not screened:
        alerts.append(
            Alert(
                code="no_disease",
                severity=Severity.WARNING,
                message="没有看到申请病种，已确诊的诊断也没有对应到目录内的病种，请指定病种后再审。",
            )
        )
    elif not applied:
        alerts.append(
            Alert(
                code="disease_from_diagnoses",
                severity=Severity.INFO,
                message="材料中没有申请表，以下病种由已确诊的诊断推出，请核对申请人实际申请的病种。",
            )
        )
    return Choice(diseases=screened, alerts=tuple(alerts))
