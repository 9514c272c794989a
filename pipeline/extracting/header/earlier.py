"""Takes out of a page what it prints of an earlier paper: ``上次日期``, ``历史结果``, their column (hazard H12).

A sheet that prints the result before this one prints its day too. That day is of another paper, never of this one.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from pipeline.dates import parse_dates
from pipeline.fields import fold
from pipeline.fields.find import label_hits
from pipeline.fields.geometry import beneath, rightward
from pipeline.nouns import Document, Line, ReadPage

__all__ = ["without_earlier"]

_EARLIER = re.compile(
    r"(?:上一?次|前一?次|往次|历史|既往|以往)"
    r"(?:采[集样血]|送检|接收|检[验测查]|化验|测定|报告|审核|结果|数?值|就诊|住院|[入出]院|检验结果)*(?:日期|时间|结果|报告|数?值|[入出]院|检[验测查])"
)
_HEADING = re.compile(rf"(?:{_EARLIER.pattern}|[上前]一?次)[(:]?(?:日期|时间)?[):]?")
_BARE = re.compile(r"(?:检[验测查])?(?:日期|时间)[:]?")
_STOPS = frozenset(
    {"sampled", "received", "tested", "examined", "reported", "printed", "ordered", "admitted", "discharged"}
    | {"issued", "recorded"}
)


def without_earlier(document: Document) -> Document:
    """Return ``document`` without the labels and dates of earlier papers; the same object where none are printed."""
    pages = tuple(_page(page) for page in document.pages)
    return document if pages == document.pages else replace(document, pages=pages)


def _page(page: ReadPage) -> ReadPage:
    if not any(_EARLIER.search(text) or _HEADING.fullmatch(text) for text in (fold(x.text).text for x in page.lines)):
        return page
    dropped: set[int] = set()
    for line in page.lines:
        if _HEADING.fullmatch(fold(line.text).text) or (_EARLIER.search(fold(line.text).text) and not _dated(line)):
            dropped |= {id(line) for line in _of_heading(line, page)}
    kept: list[Line] = []
    for line in page.lines:
        if id(line) not in dropped:
            kept += _current(line)
    return replace(page, lines=tuple(kept))


def _dated(line: Line) -> bool:
    return bool(parse_dates(line.text))


def _labelled(line: Line) -> bool:
    """True for a line with a date label of this paper."""
    text = fold(line.text).text
    return not _EARLIER.search(text) and any(hit.key in _STOPS for hit in label_hits(fold(line.text)))


def _of_heading(heading: Line, page: ReadPage) -> Iterator[Line]:
    """A bare 日期 beside the heading, the dates that answer it on its row, and those of its column."""
    heads = [heading]
    for other in rightward(heading, page)[:3]:
        if len(heads) == 1 and _BARE.fullmatch(fold(other.text).text) and not _answer(other, page):
            heads.append(other)
        elif _labelled(other):
            break
        elif _is_date(other):
            yield other
    yield from heads
    for head in heads:
        near = {id(line) for line in beneath(head, page)}
        for line in beneath(head, page, reach=1000.0):
            if _is_date(line) and not _answers_label(line, page) and (id(line) in near or _in_row(line, page)):
                yield line


def _answer(label: Line, page: ReadPage) -> bool:
    """True when a date stands right of ``label``: a label of its own, no heading."""
    return any(_is_date(other) for other in rightward(label, page)[:1])


def _is_date(line: Line) -> bool:
    """True for a line that holds a date and at most a number beside it."""
    dates = parse_dates(line.text)  # unfolded: in 790 2025-06-02 the space parts the two
    return len(dates) == 1 and not re.search(
        r"[\u4e00-\u9fff]", line.text[: dates[0].start] + line.text[dates[0].end :]
    )


def _in_row(line: Line, page: ReadPage) -> bool:
    """True when something stands to the left of ``line``: a date alone on its row is a signature's, not a table's."""
    return any(line in rightward(other, page) for other in page.lines if other is not line)


def _answers_label(line: Line, page: ReadPage) -> bool:
    return any(
        _labelled(other) and not _dated(other) and line in rightward(other, page)[:1]
        for other in page.lines
        if other is not line
    )


def _current(line: Line) -> Iterator[Line]:
    """The pieces of a line outside ``上次检验日期：2025-06-02``: up to the words and from behind their date."""
    text = fold(line.text)
    at = 0
    for match in _EARLIER.finditer(text.text):
        if match.start() < at:
            continue
        hits = [hit.start for hit in label_hits(text) if hit.start >= match.end() and hit.key in _STOPS]
        limit = min(hits, default=len(text.text))
        dates = [date for date in parse_dates(text.text) if match.end() <= date.start < limit]
        labels = any(hit.key in _STOPS for hit in label_hits(text) if match.start() <= hit.start < match.end())
        if not labels and not (dates and dates[0].start - match.end() <= 14):
            continue
        end = dates[0].end if dates else match.end()
        if match.start() > at:
            yield line.part(*text.original(at, match.start()))
        at = end
    if at == 0:
        yield line
    elif at < len(text.text):
        yield line.part(*text.original(at, len(text.text)))
