"""Several sheets on one photograph (hazard H9): a page is cut where another title with its own patient block begins.

Two reports laid above one another or side by side are two papers with their own dates. A page is cut only
where every part has a title of a report and a patient's name of its own; anything less stays one page.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from pipeline.classifying.titles import Title, find_titles
from pipeline.fields import find_fields
from pipeline.fields.geometry import height, text_span
from pipeline.learned import with_lines
from pipeline.nouns import Line, ReadPage
from rules.engine.facts import DocumentType

__all__ = ["split_sheets"]

_T = DocumentType
_SHEETS = frozenset(
    {
        _T.LAB_REPORT, _T.IMAGING_REPORT, _T.PATHOLOGY_REPORT, _T.ENDOSCOPY_REPORT, _T.ECG_REPORT,
        _T.LUNG_FUNCTION_REPORT, _T.EEG_EMG_REPORT, _T.DIAGNOSIS_CERTIFICATE,
        _T.OUTPATIENT_RECORD, _T.PRESCRIPTION, _T.RECEIPT,
    }
)  # fmt: skip


def split_sheets(page: ReadPage) -> tuple[ReadPage, ...]:
    """Cut a page that shows several sheets; a page of one sheet comes back as it is."""
    titles = [title for title in find_titles(page) if _opens_sheet(title)]
    titles += _lower_titles(page, titles)
    if len(titles) < 2:
        return (page,)
    for parts in (_side_by_side(page, titles), _stacked(page, titles)):
        if parts is not None:
            return parts
    return (page,)


def _opens_sheet(title: Title) -> bool:
    return title.type in _SHEETS and not title.weak and title.score >= 0.55


def _lower_titles(page: ReadPage, known: Sequence[Title]) -> list[Title]:
    """Titles further down that stand above a patient's name, as a title stands on top of its own sheet."""
    names = [field.line for field in find_fields(page) if field.key == "name"]
    if len(names) < 2:
        return []
    taken = {id(line) for title in known for line in title.lines}
    found: list[Title] = []
    for name in names:
        top, tall = name.upright[1], height(name)
        rest = [line for line in page.lines if (line.upright[1] + line.upright[3]) / 2 >= top - 4.5 * tall]
        for title in find_titles(page, rest):
            if _opens_sheet(title) and title.y < top and not any(id(line) in taken for line in title.lines):
                taken |= {id(line) for line in title.lines}
                found.append(title)
    return found


def _cut(page: ReadPage, parts: Sequence[Sequence[Line]]) -> tuple[ReadPage, ...] | None:
    sheets = [with_lines(page, part) for part in parts]
    for sheet in sheets:
        if len(sheet.lines) < 6 or not any(field.key == "name" for field in find_fields(sheet)):
            return None
        if not any(title.type in _SHEETS for title in find_titles(sheet)):
            return None
    return tuple(sheets)


def _stacked(page: ReadPage, titles: Sequence[Title]) -> tuple[ReadPage, ...] | None:
    ordered = sorted(titles, key=lambda title: title.y)
    _, y0, _, y1 = text_span(page.lines)
    starts: list[float] = []
    for title in ordered:
        tall = max(height(line) for line in title.lines)
        # The hospital's name stands above the title and belongs to it.
        above = [
            line.upright[1]
            for line in page.lines
            if 0 < title.y - line.upright[1] < 2.6 * tall and height(line) >= 0.75 * tall and len(line.text) >= 4
        ]
        starts.append(min([title.y, *above]) - 0.3 * tall)
    kept = [starts[0]]
    for start in starts[1:]:
        if start - kept[-1] > 0.18 * (y1 - y0):
            kept.append(start)
    if len(kept) < 2:
        return None
    kept[0] = float("-inf")
    edges = [*kept, float("inf")]
    parts = [
        [line for line in page.lines if a <= (line.upright[1] + line.upright[3]) / 2 < b] for a, b in pairwise(edges)
    ]
    return _cut(page, parts)


def _side_by_side(page: ReadPage, titles: Sequence[Title]) -> tuple[ReadPage, ...] | None:
    x0, y0, x1, y1 = text_span(page.lines)
    best = sorted(titles, key=lambda title: -title.score)[:2]
    left, right = sorted(best, key=lambda title: min(line.upright[0] for line in title.lines))
    if abs(left.y - right.y) > 0.25 * (y1 - y0):
        return None
    gap_from = max(line.upright[2] for line in left.lines)
    gap_to = min(line.upright[0] for line in right.lines)
    if gap_to - gap_from < 0.03 * (x1 - x0):
        return None
    # The cut is where the fewest lines cross, between the two titles.
    steps = [gap_from + (gap_to - gap_from) * i / 40 for i in range(41)]
    crossing = [sum(line.upright[0] < x < line.upright[2] for line in page.lines) for x in steps]
    least = min(crossing)
    if least > 0.05 * len(page.lines):
        return None
    places = [x for x, count in zip(steps, crossing, strict=True) if count == least]
    cut = places[len(places) // 2]
    parts = [
        [line for line in page.lines if (line.upright[0] + line.upright[2]) / 2 < cut],
        [line for line in page.lines if (line.upright[0] + line.upright[2]) / 2 >= cut],
    ]
    return _cut(page, parts)
