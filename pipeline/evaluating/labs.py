"""Laboratory rows: found, each cell right, and the worst error of all: another number that nobody is warned of."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any

from pipeline.evaluating.counting import NO_MATCH, NO_RATIO, Match, Ratio, merged
from pipeline.evaluating.kept import KeptCase, Place
from pipeline.evaluating.matching import Found, Pairs, Wanted, found_facts, overlap, pair_facts, wanted_facts
from pipeline.evaluating.text import fold
from pipeline.evaluating.truth import Box, Truth
from rules.engine.facts import LabResult
from rules.vocabulary import load_vocabulary
from rules.vocabulary.cleaning import name_key
from rules.vocabulary.lookup import analyte_index, read_unit

__all__ = ["CELLS", "LabScore", "RowMistake", "WrongNumber", "pair_rows", "row_right", "same_result", "score_labs"]

CELLS = ("name", "result", "unit", "range", "flag")


@dataclass(frozen=True, slots=True, kw_only=True)
class WrongNumber:
    """A number that is not what is printed, without a doubt and above the confidence that the rules rely on."""

    case: str
    place: Place
    name: str
    printed: str
    """Empty: no such row is printed."""
    read: str
    confidence: float
    box: Box | None


@dataclass(frozen=True, slots=True)
class RowMistake:
    """A row that is not right: ``cells`` names what differs; both sides as text."""

    printed: str
    read: str
    cells: tuple[str, ...]
    box: Box | None


@dataclass(frozen=True, slots=True)
class LabScore:
    rows: Match = NO_MATCH
    """Rows found, whatever they say."""
    right: Match = NO_MATCH
    """Rows with name, result and unit right."""
    name: Ratio = NO_RATIO
    result: Ratio = NO_RATIO
    unit: Ratio = NO_RATIO
    range: Ratio = NO_RATIO
    flag: Ratio = NO_RATIO
    """Cells right, of the rows that were found."""
    numbers: Ratio = NO_RATIO
    """Silent wrong numbers of all true rows."""
    silent: tuple[WrongNumber, ...] = ()
    elsewhere: int = 0
    """Rows read on pages whose truth records no laboratory rows (values in prose); not judged."""
    mistakes: tuple[RowMistake, ...] = ()


def pair_rows(truth: Truth, kept: KeptCase) -> Pairs[LabResult]:
    """Pair true rows with read rows of the same page, by name, result and place."""
    unusable = {(p.file, p.page) for p in truth.pages if p.unusable}
    wanted = [w for w in wanted_facts(truth, "lab_results") if w.place not in unusable]
    return pair_facts(wanted, found_facts(kept, kept.facts.lab_results), _fit)


def row_right(wanted: Wanted, read: LabResult) -> bool:
    """True when name, result and unit of a read row are those of the true one."""
    return _same_name(wanted, read) and same_result(wanted, read) and _same_unit(wanted, read)


def score_labs(truth: Truth, kept: KeptCase, pairs: Pairs[LabResult]) -> dict[Place, LabScore]:
    """Return the score by page. A read row counts as too many only on pages that have laboratory rows."""
    out: dict[Place, list[LabScore]] = {}
    sheets = {w.place for w, _ in pairs.matched} | {w.place for w in pairs.missed}
    sheets |= {page for d in truth.documents if d.type == "lab_report" for page in d.pages}
    sheets -= {(p.file, p.page) for p in truth.pages if p.unusable}
    for wanted, found in pairs.matched:
        out.setdefault(wanted.place, []).append(_matched(wanted, found, kept))
    for wanted in pairs.missed:
        mistake = RowMistake(_printed(wanted), "", ("row",), wanted.fact.box)
        out.setdefault(wanted.place, []).append(
            LabScore(rows=Match(expected=1), right=Match(expected=1), numbers=Ratio(0, 1), mistakes=(mistake,))
        )
    for found in pairs.extra:
        place = next((p for p in found.places if p in sheets), None)
        if place is None:
            for where in found.places[:1]:
                out.setdefault(where, []).append(LabScore(elsewhere=1))
            continue
        box = found.box(place)
        silent = _silent(kept, place, found, "", box) if found.fact.value is not None else ()
        out.setdefault(place, []).append(
            LabScore(
                rows=Match(found=1),
                right=Match(found=1),
                numbers=Ratio(len(silent), 0),
                silent=silent,
                mistakes=(RowMistake("", _read(found.fact), ("row",), box),),
            )
        )
    return {place: merged(scores, LabScore) for place, scores in out.items()}


def _matched(wanted: Wanted, found: Found[LabResult], kept: KeptCase) -> LabScore:
    read = found.fact
    good = {
        "name": _same_name(wanted, read),
        "result": same_result(wanted, read),
        "unit": _same_unit(wanted, read),
        "range": _same_range(wanted, read),
        "flag": read.flag in _right_flags(wanted)
        or (read.flag is not None and read.flag.value in _right_flags(wanted)),
    }
    row = good["name"] and good["result"] and good["unit"]
    box = wanted.fact.box or found.box(wanted.place)
    silent: tuple[WrongNumber, ...] = ()
    if read.value is not None and not good["result"]:
        silent = _silent(kept, wanted.place, found, str(wanted.fact.values.get("text", "")), box)
    wrong = tuple(cell for cell in CELLS if not good[cell])
    return LabScore(
        rows=Match(1, 1, 1),
        right=Match(int(row), 1, 1),
        name=Ratio(int(good["name"]), 1),
        result=Ratio(int(good["result"]), 1),
        unit=Ratio(int(good["unit"]), 1),
        range=Ratio(int(good["range"]), 1),
        flag=Ratio(int(good["flag"]), 1),
        numbers=Ratio(len(silent), 1),
        silent=silent,
        mistakes=(RowMistake(_printed(wanted), _read(read), wrong, box),) if wrong else (),
    )


def _silent(
    kept: KeptCase, place: Place, found: Found[LabResult], printed: str, box: Box | None
) -> tuple[WrongNumber, ...]:
    read = found.fact
    sure = min((e.confidence for e in read.evidence), default=0.0)
    if read.doubts or sure < kept.min_confidence:
        return ()
    return (
        WrongNumber(
            case=kept.case, place=place, name=read.name, printed=printed, read=read.text, confidence=sure, box=box
        ),
    )


def _fit(wanted: Wanted, found: Found[LabResult]) -> float | None:
    if wanted.place not in found.places:
        return None
    name = _same_name(wanted, found.fact)
    box = found.box(wanted.place)
    over = overlap(wanted.fact.box, box) if wanted.fact.box and box else 0.0
    if not name and over < 0.5:
        return None
    return 4.0 * name + 2.0 * same_result(wanted, found.fact) + 3.0 * over


def _same_name(wanted: Wanted, read: LabResult) -> bool:
    values = wanted.fact.values
    if name_key(read.name) == name_key(str(values["name"])):
        return True
    given = values.get("analyte")
    if read.analyte is None:
        return False
    if given:
        return bool(read.analyte == given)
    index = analyte_index(load_vocabulary())
    named = index.name(str(values["name"])).ids or index.code(values.get("abbreviation")).ids
    return read.analyte in named


def same_result(wanted: Wanted, read: LabResult) -> bool:
    """Whether the result says the same: number and comparator, or the words where it is no number."""
    values = wanted.fact.values
    number = _decimal(values.get("value"))
    if number is not None and re.search(r"\d", str(values.get("text", ""))):
        return read.value is not None and read.value == number and read.comparator == values.get("comparator")
    return _bare(str(values.get("text", ""))) == _bare(read.text)


def _same_unit(wanted: Wanted, read: LabResult) -> bool:
    a, b = wanted.fact.values.get("unit") or None, read.unit or None
    if a is None or b is None:
        return a is b
    if _bare(str(a)) == _bare(b):
        return True
    analyte = load_vocabulary().analytes.get(read.analyte or "")
    one, other = read_unit(str(a), analyte), read_unit(b, analyte)
    return one is not None and other is not None and one.unit == other.unit


def _same_range(wanted: Wanted, read: LabResult) -> bool:
    values = wanted.fact.values
    low, high = _decimal(values.get("reference_low")), _decimal(values.get("reference_high"))
    if low is None and high is None:
        return _bare(str(values.get("reference_text") or "")) == _bare(read.reference_text or "")
    if (low, high) == (read.reference_low, read.reference_high):
        return True
    # 0-30 and <30 bound the same values.
    return not low and not read.reference_low and high == read.reference_high


def _right_flags(wanted: Wanted) -> set[str | None]:
    """As printed; where the sheet prints no marks the one that value and range give is right as well."""
    values, cells = wanted.fact.values, wanted.fact.cells
    printed = values.get("flag")
    right: set[str | None] = {printed}
    number = _decimal(values.get("value"))
    if number is not None and (printed is None or (cells and "flag" not in cells)):
        low, high = _decimal(values.get("reference_low")), _decimal(values.get("reference_high"))
        if high is not None and number > high:
            right.add("high")
        elif low is not None and number < low:
            right.add("low")
    if cells and "flag" not in cells:
        right.add(None)
    return right


def _bare(text: str) -> str:
    return re.sub(r"[\s↑↓*×^·]", "", fold(text)).replace("μ", "u").lower()


def _decimal(value: Any) -> Decimal | None:
    try:
        return None if value is None or value == "" else Decimal(str(value))
    except InvalidOperation:
        return None


def _printed(wanted: Wanted) -> str:
    v = wanted.fact.values
    return _row(v["name"], v.get("text"), v.get("unit"), v.get("reference_text"), v.get("flag"))


def _read(row: LabResult) -> str:
    return _row(row.name, row.text, row.unit, row.reference_text, row.flag and row.flag.value)


def _row(*cells: object) -> str:
    return " ".join(str(cell) for cell in cells if cell not in (None, ""))
