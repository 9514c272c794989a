"""Several sheets on one photograph (hazard H9): a page is cut where another title with its own patient block begins.

Reports laid above one another or side by side are papers with their own dates. A page is cut in two, and each part
again, only where both parts have a title of a report and a patient's name of their own; anything less stays one page.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import permutations

import numpy as np

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
_EDGES = 12
"""Lines to cut along that are tried, the emptiest first."""
_LEAN = 0.12
"""How far a cut may lean against the page: 7 degrees."""
_CROSSED = 0.05
"""Share of the lines of text that a cut may run through."""


@dataclass(frozen=True, slots=True)
class _Edge:
    """A line to cut along. Sheets lie askew, each in its own way, so it may lean."""

    score: float
    """How many lines of text it runs through, less where there is room around it."""
    across: bool
    at: float
    lean: float
    around: float


def split_sheets(page: ReadPage) -> tuple[ReadPage, ...]:
    """Cut a page that shows several sheets, part after part; a page of one sheet comes back as it is."""
    titles = [title for title in find_titles(page) if _opens_sheet(title)]
    titles += _lower_titles(page, titles)
    if len(titles) < 2:
        return (page,)
    # The emptiest first: a line down the page may also run between the columns of one sheet's table.
    for edge in sorted((*_side_by_side(page, titles), *_stacked(page, titles)), key=lambda edge: edge.score)[:_EDGES]:
        parts = _parted(page, edge)
        if parts is not None:
            return tuple(sheet for part in parts for sheet in split_sheets(part))
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


def _stacked(page: ReadPage, titles: Sequence[Title]) -> Iterator[_Edge]:
    """Lines above a title that stands well below another."""
    ordered = sorted(titles, key=lambda title: title.y)
    _, y0, _, y1 = text_span(page.lines)
    above = _start(page, ordered[0])
    for title in ordered[1:]:
        start = _start(page, title)
        if start - above <= 0.18 * (y1 - y0):
            continue
        tall = max(height(line) for line in title.lines)
        middle = (min(line.upright[0] for line in title.lines) + max(line.upright[2] for line in title.lines)) / 2
        yield _emptiest(page.lines, False, start - 6 * tall, start, middle)
        above = start


def _start(page: ReadPage, title: Title) -> float:
    """Where the sheet of ``title`` begins: the hospital's name stands above the title and belongs to it."""
    tall = max(height(line) for line in title.lines)
    above = [
        line.upright[1]
        for line in page.lines
        if 0 < title.y - line.upright[1] < 2.6 * tall and height(line) >= 0.75 * tall and len(line.text) >= 4
    ]
    return min([title.y, *above])


def _side_by_side(page: ReadPage, titles: Sequence[Title]) -> Iterator[_Edge]:
    """Lines between two titles of which one stands right of the other; a small sheet may lie at any height."""
    x0, _, x1, _ = text_span(page.lines)
    for left, right in permutations(titles, 2):
        low = max(line.upright[2] for line in left.lines)
        high = min(line.upright[0] for line in right.lines)
        if high - low >= 0.03 * (x1 - x0):
            yield _emptiest(page.lines, True, low, high, (left.y + right.y) / 2)


def _emptiest(lines: Sequence[Line], across: bool, low: float, high: float, around: float) -> _Edge:
    """Return the line between ``low`` and ``high`` that runs through the fewest lines of text.

    Args:
        across: it runs down the page and parts left from right; else it parts above from below.
        around: where on it ``low`` and ``high`` hold: y for one that runs down, else x.
    """
    boxes = np.array([line.upright for line in lines if line.text.strip()])
    tall = float(np.median(boxes[:, 3] - boxes[:, 1]))
    near, far, along = (0, 2, (1, 3)) if across else (1, 3, (0, 2))
    shift = boxes[:, along].mean(axis=1) - around
    steps = np.linspace(low, high, 60)
    found = []
    for lean in np.linspace(-_LEAN, _LEAN, 21):
        places = steps[:, None] + lean * shift
        before, behind = places - boxes[:, near], boxes[:, far] - places
        crossed = (np.minimum(before, behind) > 0.3 * tall).sum(axis=1)
        room = np.abs(np.maximum(-before, -behind)).min(axis=1)
        score = crossed - 0.2 * np.minimum(room / tall, 4.0) + abs(lean)
        k = int(score.argmin())
        found.append(_Edge(float(score[k]), across, float(steps[k]), float(lean), around))
    return min(found, key=lambda edge: edge.score)


def _parted(page: ReadPage, edge: _Edge) -> tuple[ReadPage, ReadPage] | None:
    """Return the parts on both sides of ``edge`` if both are sheets."""
    if edge.score > _CROSSED * len(page.lines):
        return None
    sides: tuple[list[Line], list[Line]] = ([], [])
    for line in page.lines:
        box = line.upright
        middle = ((box[0] + box[2]) / 2, (box[1] + box[3]) / 2)
        place, along = middle if edge.across else middle[::-1]
        sides[place > edge.at + edge.lean * (along - edge.around)].append(line)
    first, second = (with_lines(page, side) for side in sides)
    return (first, second) if _is_sheet(first) and _is_sheet(second) else None


def _is_sheet(sheet: ReadPage) -> bool:
    return (
        len(sheet.lines) >= 6
        and any(field.key == "name" for field in find_fields(sheet))
        and any(title.type in _SHEETS for title in find_titles(sheet))
    )
