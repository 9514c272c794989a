"""Lines of a page become rows in the order a person reads them: skew taken out, columns read one by one."""

from __future__ import annotations

import re
import statistics
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from pipeline.nouns import Line, ReadPage

__all__ = ["Fragment", "Row", "page_rows"]

HeadingTest = Callable[[str], bool]
"""Tells whether a text is, or begins with, the heading of a section."""


@dataclass(frozen=True, slots=True)
class Fragment:
    """One line of the page with its place once skew is taken out."""

    line: Line
    index: int
    """Position of the line in ``ReadPage.lines``."""
    x0: float
    x1: float
    y: float
    """Vertical centre."""
    height: float


@dataclass(frozen=True, slots=True)
class Row:
    """Fragments at one height, left to right."""

    fragments: tuple[Fragment, ...]

    @property
    def x0(self) -> float:
        return self.fragments[0].x0

    @property
    def x1(self) -> float:
        return max(fragment.x1 for fragment in self.fragments)

    @property
    def y(self) -> float:
        return statistics.fmean(fragment.y for fragment in self.fragments)

    @property
    def height(self) -> float:
        return statistics.median(fragment.height for fragment in self.fragments)


def page_rows(page: ReadPage, is_heading: HeadingTest) -> tuple[Row, ...]:
    """Return the rows of ``page`` in reading order."""
    fragments = _fragments(page.lines)
    rows = _group(fragments)
    return tuple(_unstack_labels(_split_columns(rows, is_heading), is_heading))


def _fragments(lines: Sequence[Line]) -> list[Fragment]:
    slope = _slope(lines)
    fragments = []
    for index, line in enumerate(lines):
        if not line.text.strip():
            continue
        x0, y0, x1, y1 = line.upright
        tl, _, _, bl = line.quad
        height = max(1.0, ((bl[0] - tl[0]) ** 2 + (bl[1] - tl[1]) ** 2) ** 0.5)
        centre = (y0 + y1) / 2 - slope * (x0 + x1) / 2
        fragments.append(Fragment(line, index, x0, x1, centre, height))
    return fragments


def _slope(lines: Sequence[Line]) -> float:
    """Median rise over run of the long lines; 0 where the page has none."""
    slopes = []
    for line in lines:
        tl, tr, _, bl = line.quad
        run, height = tr[0] - tl[0], abs(bl[1] - tl[1])
        if run > 6 * max(height, 1.0):
            slopes.append((tr[1] - tl[1]) / run)
    return statistics.median(slopes) if len(slopes) >= 2 else 0.0


def _group(fragments: Sequence[Fragment]) -> list[Row]:
    rows: list[list[Fragment]] = []
    for fragment in sorted(fragments, key=lambda f: f.y):
        for row in reversed(rows[-4:]):
            near = min(row, key=lambda f: abs((f.x0 + f.x1) - (fragment.x0 + fragment.x1)))
            together = abs(near.y - fragment.y) < 0.5 * min(near.height, fragment.height)
            if together and all(_apart(fragment, other) for other in row):
                row.append(fragment)
                break
        else:
            rows.append([fragment])
    ordered = [Row(tuple(sorted(row, key=lambda f: f.x0))) for row in rows]
    return sorted(ordered, key=lambda row: row.y)


def _apart(one: Fragment, other: Fragment) -> bool:
    overlap = min(one.x1, other.x1) - max(one.x0, other.x0)
    return overlap < 0.4 * min(one.x1 - one.x0, other.x1 - other.x0)


_LIST_HEADING = re.compile(r"诊断|带药|医嘱|诊疗|情况|经过|转归|结果|疗效|效果|所见|表现|描述|提示|结论|印象|意见")


def _split_columns(rows: Sequence[Row], is_heading: HeadingTest) -> list[Row]:
    """Read two lists that stand side by side (入院诊断 | 出院诊断) one after the other."""
    result: list[Row] = []
    position = 0
    while position < len(rows):
        row = rows[position]
        edge = _second_column(row, rows[position + 1 : position + 3], is_heading)
        if edge is None:
            result.append(row)
            position += 1
            continue
        block = [row]
        position += 1
        while position < len(rows) and _respects(rows[position], edge, row, is_heading):
            block.append(rows[position])
            position += 1
        for left in (True, False):
            for member in block:
                part = tuple(f for f in member.fragments if (f.x0 < edge) is left)
                if part:
                    result.append(Row(part))
    return result


def _second_column(row: Row, following: Sequence[Row], is_heading: HeadingTest) -> float | None:
    headings = [f for f in row.fragments if _LIST_HEADING.search(f.line.text[:12]) and is_heading(f.line.text)]
    if len(headings) != 2 or headings[1].x0 - headings[0].x1 < 0:
        return None
    edge = headings[1].x0 - 1.5 * row.height
    between = [f for f in row.fragments if headings[0].x0 < f.x0 < headings[1].x0]
    if between and max(f.x1 for f in between) > headings[1].x0 + row.height:
        return None
    aligned = [f for other in following for f in other.fragments if abs(f.x0 - headings[1].x0) < 6 * row.height]
    return edge if aligned else None


def _respects(row: Row, edge: float, first: Row, is_heading: HeadingTest) -> bool:
    if any(f.x0 < edge and f.x1 > edge + 3 * row.height for f in row.fragments):
        return False
    headed = [f for f in row.fragments if is_heading(f.line.text)]
    if headed and headed[0].x0 < edge:
        return False
    return row.y - first.y < 40 * first.height


_CELL_LABEL = re.compile(r"[^\d,。;、:：]{2,10}[:：]?")


def _unstack_labels(rows: Sequence[Row], is_heading: HeadingTest) -> list[Row]:
    """Put the label of a ruled cell before its text: the label stands half-way down beside several rows."""
    labels = [i for i, row in enumerate(rows) if _is_cell_label(rows, i, is_heading)]
    result: list[Row] = []
    taken = 0
    above = 0
    for order, index in enumerate(labels):
        row = rows[index]
        column = _content_edge(rows, index)
        previous = labels[order - 1] if order else None
        first = index
        floor = taken if previous is None else max(taken, previous + 1 + above)
        while first > floor and abs(rows[first - 1].x0 - column) < 2.5 * row.height and _near(rows, first, index):
            first -= 1
        opening = next((i for i in range(index - 1, first - 1, -1) if _FIRST_ITEM.match(_text(rows[i]))), None)
        if opening is not None and not _FIRST_ITEM.match(_text(rows[index], 1)):
            first = opening  # a list opens above its label: the label is centred
        elif previous is not None and above == 0 and not _parted(rows, first, index):
            first = index  # labels stand beside the first row of their cells
        result += rows[taken:first]
        above = index - first
        result.append(Row(row.fragments[:1]))
        result += rows[first:index]
        if len(row.fragments) > 1:
            result.append(Row(row.fragments[1:]))
        taken = index + 1
    return [*result, *rows[taken:]]


_FIRST_ITEM = re.compile(r"\s*(?:1\s*[.、,．，)）](?!\d*%)|[（(]1[)）]|①|⑴|⒈|一、)")


def _text(row: Row, start: int = 0) -> str:
    return "".join(fragment.line.text for fragment in row.fragments[start:])


def _is_cell_label(rows: Sequence[Row], index: int, is_heading: HeadingTest) -> bool:
    row = rows[index]
    label = row.fragments[0]
    text = re.sub(r"\s", "", label.line.text)
    if not _CELL_LABEL.fullmatch(text) or not is_heading(text):
        return False
    if len(row.fragments) > 1:
        return row.fragments[1].x0 - label.x1 > 0.5 * row.height
    inside = [rows[i] for i in (index - 1, index + 1) if 0 <= i < len(rows)]
    return len(inside) == 2 and all(r.x0 > label.x1 + 0.5 * row.height for r in inside)


def _content_edge(rows: Sequence[Row], index: int) -> float:
    row = rows[index]
    return row.fragments[1].x0 if len(row.fragments) > 1 else rows[index + 1].x0


def _near(rows: Sequence[Row], first: int, index: int) -> bool:
    return rows[first].y - rows[first - 1].y < 2.4 * rows[index].height


def _parted(rows: Sequence[Row], first: int, index: int) -> bool:
    """True when a wider space above row ``first`` sets it apart from the cell before."""
    if first == 0 or first >= index:
        return False
    inner = max(rows[i + 1].y - rows[i].y for i in range(first, index))
    return rows[first].y - rows[first - 1].y > 1.25 * inner
