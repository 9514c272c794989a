"""Phrases of the ZEN expression language: what a clause of the standard becomes in a decision model.

Every phrase is a text in the language. A condition is true or false there, so a status is written out as one of the
texts ``met``, ``unmet`` and ``missing``; ``manual`` is what the model leaves to a person.
"""

from __future__ import annotations

import json
from collections.abc import Sequence

__all__ = [
    "CERTIFICATE",
    "REPORTS",
    "all_of",
    "any_of",
    "any_proof",
    "catch_all",
    "diagnosis",
    "finding",
    "lab",
    "list_of",
    "measured",
    "treatment",
    "visits",
]

CERTIFICATE = ("discharge_summary", "diagnosis_certificate")
STAY = ("discharge_summary", "front_page")
REPORTS = (
    "lab_report",
    "imaging_report",
    "pathology_report",
    "endoscopy_report",
    "ecg_report",
    "lung_function_report",
    "eeg_emg_report",
    "other",
)


def words(values: Sequence[str]) -> str:
    return json.dumps(list(values), ensure_ascii=False)


def both(*parts: str) -> str:
    return " and ".join(part for part in parts if part)


def either(parts: Sequence[str]) -> str:
    return "(" + " or ".join(parts) + ")"


def source(documents: Sequence[str], level: str, since: str) -> str:
    """What is asked of the paper: its kind, its hospital, its day (``y2``: within the last two years)."""
    return both(
        f"#.kind in {words(documents)}" if documents else "",
        {"": "", "二级": "#.rank >= 2", "二级甲等": '(#.rank > 2 or (#.rank == 2 and #.grade == "甲"))'}[level],
        f"#.day >= since.{since}" if since else "",
    )


def status(yes: str, no: str = "") -> str:
    return f'{yes} ? "met" : {no} ? "unmet" : "missing"' if no else f'{yes} ? "met" : "missing"'


def is_of(concepts: Sequence[str], icd10: str) -> str:
    named = [f"{json.dumps(concept)} in #.is" for concept in concepts]
    return either([*named, f'matches(#.icd, "^({icd10})")'] if icd10 else named)


def diagnosis(
    concepts: Sequence[str],
    icd10: str,
    *,
    documents: Sequence[str] = CERTIFICATE,
    level: str = "",
    since: str = "",
    grade: int = 0,
    graded: str = "",
) -> str:
    """``grade``: the disease from that grade on; ``graded``: or the broader concept from a grade on (``ckd>=5``)."""
    base = both(source(documents, level, since), '#.heading == "final"')
    meant = is_of(concepts, icd10)
    yes = both(meant, "#.confirmed", f"#.stage >= {grade}" if grade else "")
    no = [both(meant, "#.denied"), both(meant, f"#.confirmed and #.stage > 0 and #.stage < {grade}") if grade else ""]
    ways = [yes]
    if graded:
        concept, _, least = graded.partition(">=")
        broader = both(f"{json.dumps(concept)} in #.is", "#.confirmed", "#.stage > 0")
        ways.append(both(broader, f"#.stage >= {least}"))
        no.append(both(broader, f"#.stage < {least}"))
    refuted = either([part for part in no if part])
    return status(f"some(dx, {both(base, either(ways))})", f"some(dx, {both(base, refuted)})")


def treatment(asked: str, *, documents: Sequence[str] = (), since: str = "") -> str:
    """``asked`` is a condition on one treatment."""
    return status(f"some(tx, {both(source(documents, '', since), asked)})")


def visits(
    concepts: Sequence[str],
    icd10: str,
    classes: Sequence[str] = (),
    *,
    procedures: Sequence[str] = (),
    since: str = "",
    outpatient: int = 3,
    inpatient: bool = True,
    apart: str = "",
    by_treatment: bool = False,
) -> str:
    """``apart``: the first and the last so far apart, as the name of a day (``plus_3m``) that every visit carries."""
    treated = [f"some(e.classes as c, c in {words(classes)})"] if classes else []
    treated += [f"some(e.procedures as p, p in {words(procedures)})"] if procedures else []
    ill = [f"{json.dumps(concept)} in e.is" for concept in concepts]
    ill.append(f'some(e.icds as i, matches(i, "^({icd10})"))')
    recent = f"e.day >= since.{since}" if since else ""
    visit = both(recent, either(treated if by_treatment else [*ill, *treated]))
    stay = both(recent, either([*ill, *treated]))
    yes = f"len(filter(days as d, some(out as e, e.day == d and {visit}))) >= {outpatient}"
    if apart:
        other = visit.replace("e.", "f.")
        yes = both(yes, f"some(out as e, {visit} and some(out as f, {other} and e.{apart} <= f.day))")
    if inpatient:
        yes = either([yes, f"some(stays as e, {stay})"])
    return status(yes)


def finding(
    findings: Sequence[str],
    modalities: Sequence[str],
    *,
    since: str = "",
    level: str = "",
    normal: Sequence[str] = ("exam_normal",),
    normal_modalities: Sequence[str] = (),
    excluded_by: Sequence[str] = (),
    area: str = "",
    doubt: str = "",
    conclusion_only: bool = False,
    times: int = 1,
) -> str:
    base = both(source(REPORTS, level, since), f"#.modality in {words(modalities)}" if modalities else "")
    sure = both("#.concluded" if conclusion_only else "", f'not matches(#.words, "{doubt}")' if doubt else "")
    yes = both(base, f"#.concept in {words(findings)} and #.confirmed", sure)
    absent = excluded_by or findings
    no = f"all({words(absent)} as name, some(fx, {both(base, '#.concept == name and #.denied')}))"
    if normal:
        where = f"#.modality in {words(normal_modalities)}" if normal_modalities else ""
        about = f'matches(#.words, "{area}")' if area else ""
        fine = both(base, f"#.concept in {words(normal)} and #.confirmed", where, about)
        no = either([no, f"some(fx, {fine})"])
    if times == 1:
        return status(f"some(fx, {yes})", no)
    on_day = yes.replace("#.", "f.")
    enough = f"len(filter(days as d, some(fx as f, f.day == d and {on_day}))) >= {times}"
    return f'{enough} ? "met" : some(fx, {yes}) ? "missing" : {no} ? "unmet" : "missing"'


def measured(
    measure: str, bound: str, *, modalities: Sequence[str] = (), documents: Sequence[str] = REPORTS, since: str = ""
) -> str:
    base = both(source(documents, "", since), f"#.modality in {words(modalities)}" if modalities else "")
    here = both(base, f'#.concept == "{measure}" and #.confirmed and #.number != null')
    return status(f"some(fx, {here} and #.number {bound})", f"some(fx, {here} and not (#.number {bound}))")


def lab(*tests: tuple[str, str], since: str = "", level: str = "", times: int = 1) -> str:
    """Each test is an analyte and ``high``, ``low``, ``any``, ``positive``, or a bound in the canonical unit."""
    base = source(("lab_report", *REPORTS[1:]), level, since)
    yes, no = zip(*(_lab_test(analyte, asked) for analyte, asked in tests), strict=True)
    good, bad = both(base, either(yes)), both(base, either(no))
    if times == 1:
        return status(f"some(results, {good})", f"some(results, {bad})")
    on_day = good.replace("#.", "r.")
    enough = f"len(filter(days as d, some(results as r, r.day == d and {on_day}))) >= {times}"
    return f'{enough} ? "met" : some(results, {good}) ? "missing" : some(results, {bad}) ? "unmet" : "missing"'


def _lab_test(analyte: str, asked: str) -> tuple[str, str]:
    named = f'#.analyte == "{analyte}"'
    if asked == "positive":
        return f"({named} and #.positive == true)", f"({named} and #.positive == false)"
    if asked[0] in "<>":
        return tuple(f"({named} and #.number != null and {sign}(#.number {asked}))" for sign in ("", "not "))  # type: ignore[return-value]
    sides = {"high": ("high",), "low": ("low",), "any": ("high", "low")}[asked]
    return f"({named} and #.side in {words(sides)})", f'({named} and #.side != "" and not (#.side in {words(sides)}))'


def catch_all(documents: Sequence[str]) -> str:
    return f'some(documents, #.own and #.kind in {words(documents)}) ? "manual" : "missing"'


def _joined(statuses: Sequence[str]) -> str:
    return "[" + ", ".join(f"({one})" for one in statuses) + "]"


def any_of(*statuses: str) -> str:
    all_ = _joined(statuses)
    return f'some({all_}, # == "met") ? "met" : all({all_}, # == "unmet") ? "unmet" : "missing"'


def any_proof(*statuses: str) -> str:
    all_ = _joined(statuses)
    return f'some({all_}, # == "met") ? "met" : some({all_}, # == "unmet") ? "unmet" : "missing"'


def all_of(*statuses: str) -> str:
    all_ = _joined(statuses)
    return f'some({all_}, # == "unmet") ? "unmet" : all({all_}, # == "met") ? "met" : "missing"'


def list_of(*statuses: str) -> str:
    all_ = _joined(statuses)
    some = f'some({all_}, # == "met") ? "manual" : all({all_}, # == "unmet") ? "unmet" : "missing"'
    return f'all({all_}, # == "met") ? "met" : {some}'
