"""Which disease is meant: by what the applicant wrote, and by what the confirmed diagnoses point to."""

from __future__ import annotations

import re
import unicodedata

from rules.engine.case_view import view_case
from rules.engine.facts import AssertionStatus, CaseFacts, Owner, seen_by_model_alone
from rules.engine.predicates.diagnosis import is_provisional, states_diagnosis
from rules.engine.ruleset import Region, Rule
from rules.engine.targets import Match

__all__ = ["find_disease", "screen"]

_DROP = re.compile(r"[\s\[\]【】()（）〔〕「」“”\"'《》<>＜＞,，.。;；:：、/\\|_\-—–·*#√☑✓□■]+")
_LEAD = re.compile(r"^(?:申请|申报|认定|门诊)?(?:慢特病|特殊病|慢性病)?(?:病种)?(?:名称|类别|类型)?(?:为|是)?")
_NUMBER = re.compile(r"^第?\d{1,2}(?:号|种|类)?")


def _fold(text: str) -> str:
    return _DROP.sub("", unicodedata.normalize("NFKC", text)).lower()


def find_disease(region: Region, text: str) -> Rule | None:
    """Find the disease that ``text`` names: official name, alias, rule id, number, national code.

    Tolerates blanks, brackets, a leading ``病种：`` or number, and further words around the name. None when nothing
    fits or when two diseases fit equally well.
    """
    folded = _fold(text)
    if not folded:
        return None
    exact = [rule for rule in region.rules if folded in _keys(rule)]
    if exact:
        return exact[0] if len(exact) == 1 else None
    bare = _NUMBER.sub("", _LEAD.sub("", folded)) or folded
    exact = [rule for rule in region.rules if bare in _keys(rule)]
    if exact:
        return exact[0] if len(exact) == 1 else None
    return _by_part(region, bare) or _by_diagnosis(region, bare)


def _keys(rule: Rule) -> set[str]:
    codes = {c.code.lower() for c in rule.file.codes}
    return {_fold(rule.id), str(rule.number), *codes, *_names(rule)}


def _names(rule: Rule) -> set[str]:
    return {_fold(name) for name in (rule.name, *rule.file.aliases)}


def _by_part(region: Region, text: str) -> Rule | None:
    """A name inside the text, the longest one; else the text inside exactly one name."""
    inside = [(len(name), rule) for rule in region.rules for name in _names(rule) if len(name) >= 2 and name in text]
    if inside:
        longest = max(length for length, _ in inside)
        found = {rule.id: rule for length, rule in inside if length == longest}
        diseases = {rule.id for _, rule in inside}
        # Two diseases named in one text leave it open which one is applied for, unless one name holds the other.
        if len(found) == 1 and (len(diseases) == 1 or _nested(inside, longest, text)):
            return next(iter(found.values()))
        return None
    if len(text) < 3:
        return None
    around = {rule.id: rule for rule in region.rules if any(text in name for name in _names(rule))}
    return next(iter(around.values())) if len(around) == 1 else None


def _nested(inside: list[tuple[int, Rule]], longest: int, text: str) -> bool:
    big = next(
        name
        for length, rule in inside
        if length == longest
        for name in _names(rule)
        if len(name) == length and name in text
    )
    rest = text.replace(big, "", 1)
    return not any(len(name) >= 2 and name in rest for _, rule in inside for name in _names(rule))


def _by_diagnosis(region: Region, text: str) -> Rule | None:
    """A diagnosis of the vocabulary, where exactly one disease covers it."""
    found: dict[str, Rule] = {}
    for term in region.vocabulary.diagnoses.values():
        if any(_fold(name) == text for name in term.names):
            found |= {rule.id: rule for rule in region.rules if term.id in rule.target.concepts}
    return next(iter(found.values())) if len(found) == 1 else None


def screen(facts: CaseFacts, region: Region) -> tuple[Rule, ...]:
    """Return the diseases that the applicant's confirmed diagnoses point to, in the order of the catalogue.

    It only proposes what to judge: grade, dates and complications are the rules' business.
    """
    case = view_case(facts)
    found: dict[str, Rule] = {}
    for diagnosis in case.diagnoses:
        document = case.documents.get(diagnosis.document)
        if diagnosis.status is not AssertionStatus.CONFIRMED or document is None or document.owner is Owner.OTHER:
            continue
        if seen_by_model_alone(diagnosis.evidence):
            continue
        if not states_diagnosis(diagnosis.section):
            continue
        if is_provisional(diagnosis.section, document) and diagnosis.document in case.with_discharge:
            continue
        for rule in region.rules:
            if rule.target.match(diagnosis) is Match.YES:
                found[rule.id] = rule
    return tuple(rule for rule in region.rules if rule.id in found)
