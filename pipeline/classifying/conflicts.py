"""What parts two pages: names, numbers, dates and letterheads that contradict each other."""

from __future__ import annotations

from collections.abc import Sequence

from rapidfuzz import fuzz
from rapidfuzz.distance import Levenshtein

from pipeline.classifying.sight import Sight
from pipeline.persons import PersonMatch, compare_names

__all__ = ["contradicts", "other_days", "shared_numbers"]

_ALIKE = 60.0
"""Likeness of two letterheads below which they name two hospitals."""


_LONG_NUMBER = 6
"""Characters from which one number of a hospital names one stay or one report."""


def _person_conflict(pages: Sequence[Sight], sight: Sight) -> bool:
    if sight.name is None:
        return False
    return any(
        page.name
        and compare_names(page.name, sight.name) is PersonMatch.OTHER
        and not (_one_glyph_apart(page.name, sight.name) and _number_in_common(page, sight))
        for page in pages
    )


def _one_glyph_apart(a: str, b: str) -> bool:
    """True for names of which one may be a misreading of the other."""
    return len(a) == len(b) and sum(x != y for x, y in zip(a, b, strict=True)) == 1


def _number_in_common(page: Sight, sight: Sight) -> bool:
    """Two patients never have one number of a stay or of a report; short ones count the samples of a day."""
    return any(
        len(value) >= _LONG_NUMBER and page.numbers.get(label) == value for label, value in sight.numbers.items()
    )


def _same_number(a: str, b: str) -> bool:
    return a == b or (len(a) == len(b) >= _LONG_NUMBER and sum(x != y for x, y in zip(a, b, strict=True)) == 1)


def _may_be_misread(a: str, b: str) -> bool:
    """One number read badly once: two digits wrong, or its end cut off. It neither binds nor parts two pages."""
    short, long = sorted((a, b), key=len)
    cut = len(short) >= 4 and long.startswith(short) and len(long) - len(short) <= 3
    return cut or (len(short) >= _LONG_NUMBER and Levenshtein.distance(a, b) <= 2)


def shared_numbers(pages: Sequence[Sight], sight: Sight) -> tuple[bool, bool, bool]:
    """(a report number is shared, any number is shared, numbers of one label differ)."""
    report = shared = differ = False
    for page in pages:
        for label, value in sight.numbers.items():
            other = page.numbers.get(label)
            if other is None:
                continue
            if _same_number(other, value):
                shared = True
                report |= label.startswith("report_number")
            elif not (sight.name and sight.name == page.name and _may_be_misread(other, value)):
                differ = True
    return report, shared, differ


def _hospital_conflict(pages: Sequence[Sight], sight: Sight) -> bool:
    """Letterheads of two hospitals; a few characters apart may be misread ones."""
    if sight.hospital is None:
        return False
    mine = sight.hospital.strip("()").split("(")
    for page in pages:
        theirs = page.hospital.strip("()").split("(") if page.hospital else []
        if theirs and all(fuzz.ratio(a, b) < _ALIKE for a in mine for b in theirs):
            return True
    return False


def _moments_conflict(pages: Sequence[Sight], sight: Sight) -> bool:
    """Two pages that print different sampling or stay dates are two papers."""
    mine = {item.split("=")[0]: item for item in sight.moments if not item.startswith(("reported", "tested"))}
    for page in pages:
        for item in page.moments:
            key = item.split("=")[0]
            if key in mine and mine[key] != item and not any(other == mine[key] for other in page.moments):
                return True
    return False


def _specimen_conflict(pages: Sequence[Sight], sight: Sight) -> bool:
    """Blood on one page, urine on the other: two reports. One word inside the other (血, 静脉血) is the same."""
    return bool(sight.specimens) and any(
        page.specimens and not any(a in b or b in a for a in sight.specimens for b in page.specimens) for page in pages
    )


def contradicts(pages: Sequence[Sight], sight: Sight) -> bool:
    """True when name, dates, specimen or letterhead say that ``sight`` is no page of the document ``pages``."""
    conflicts = (_person_conflict, _moments_conflict, _specimen_conflict, _hospital_conflict)
    return any(conflict(pages, sight) for conflict in conflicts)


def other_days(pages: Sequence[Sight], sight: Sight) -> bool:
    """True when both print days and not one is the same."""
    days = {day for page in pages for day in page.days}
    return bool(days) and bool(sight.days) and not days & sight.days
