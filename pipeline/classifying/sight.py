"""One page looked at alone: its type with reasons, its page mark, and whose and which paper it says it is."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from pipeline.classifying.headings import HeadingScore, is_prose, opens, score_headings
from pipeline.classifying.marks import continues, page_mark
from pipeline.classifying.titles import Title, find_titles
from pipeline.dates import parse_dates
from pipeline.fields import Field, find_fields, fold
from pipeline.fields.geometry import text_span
from pipeline.nouns import Line, ReadPage
from rules.engine.facts import DocumentType

__all__ = ["Sight", "choose_type", "look_at"]

_TITLE_WEIGHT = 6.0
_WEAK_WEIGHT = 2.0
_HEADING_CAP = 9.0
_NOTHING = 1.8
"""Below this sum nothing is known of a page."""


@dataclass(frozen=True, slots=True)
class Sight:
    """What one page shows to someone who sorts papers."""

    page: ReadPage
    order: int
    """Place in the upload order."""
    type: DocumentType
    confidence: float
    why: tuple[str, ...]
    title: Title | None
    headings: tuple[HeadingScore, ...]
    mark: tuple[int, int | None] | None
    """Page k of n as printed; n None when only k is printed."""
    name: str | None
    numbers: dict[str, str]
    """Numbers of the paper by kind: ``inpatient_number``, ``report_number``."""
    moments: frozenset[str]
    """Sampling, examination and stay dates as ``key=YYYY-MM-DD``."""
    days: frozenset[str]
    """Every day printed anywhere, printing dates left out."""
    opening: bool
    headed: bool
    """True when a patient's block stands in the upper part of the page."""
    items: tuple[int, int] | None
    """First and last running number of table rows."""
    prose: bool
    """True when the page is mostly running text."""
    continued: bool = False
    """True when it says of itself that it goes on with the page before: 续页, 接上页."""
    specimens: frozenset[str] = frozenset()
    """Specimens by label, folded."""
    hospital: str | None = None
    """Letterhead: a line at the top that is a hospital's name and nothing else."""

    def heading_score(self, kind: DocumentType) -> float:
        return next((item.score for item in self.headings if item.type is kind), 0.0)


def choose_type(
    titles: Sequence[Title], headings: Sequence[HeadingScore]
) -> tuple[DocumentType, float, tuple[str, ...], Title | None]:
    """Weigh titles against headings and layout.

    Returns:
        Type, confidence (0 to 1), reasons in Chinese, and the title that counted.
    """
    sums: dict[DocumentType, float] = {}
    best_title: dict[DocumentType, Title] = {}
    for title in titles:
        weight = (_WEAK_WEIGHT if title.weak else _TITLE_WEIGHT) * title.score
        if weight > sums.get(title.type, 0.0):
            sums[title.type] = weight
            best_title[title.type] = title
    for item in headings:
        sums[item.type] = sums.get(item.type, 0.0) + min(item.score, _HEADING_CAP)
    if not sums:
        return (DocumentType.UNKNOWN, 0.0, ("没有认出标题和小标题",), None)
    ranked = sorted(sums.items(), key=lambda pair: -pair[1])
    kind, score = ranked[0]
    second = ranked[1][1] if len(ranked) > 1 else 0.0
    counted = best_title.get(kind)
    if score < _NOTHING:
        return (DocumentType.UNKNOWN, round(min(score / 4, 0.4), 2), ("标题和小标题都不足以判断",), None)
    seen = next((item.seen for item in headings if item.type is kind), ())
    why: list[str] = []
    if counted is not None:
        why.append(f"标题“{counted.text}”")
    words = [word for word in seen if word != "项目表格"]
    if words:
        why.append("小标题：" + "、".join(words[:6]))
    if "项目表格" in seen:
        why.append("版面：项目、结果、单位、参考范围的表格")
    margin = (score - second) / max(score, 1e-6)
    base = 0.62 + 0.3 * min(1.0, margin * 1.6)
    if counted is not None and not counted.weak:
        base = max(base, 0.8 if counted.score >= 0.6 else 0.7) + (0.1 if seen else 0.0)
    elif score < 3:
        base = min(base, 0.65)
    return (kind, round(min(base, 0.99), 2), tuple(why), counted)


_NAME = re.compile(r"^[\u4e00-\u9fff·*]{2,6}$")


def _identity(fields: Sequence[Field]) -> tuple[str | None, dict[str, str]]:
    name: str | None = None
    numbers: dict[str, str] = {}
    for field in fields:
        for candidate in field.candidates:
            if field.key == "name" and name is None and _NAME.match(candidate.text):
                name = candidate.text
                break
            if field.key in ("inpatient_number", "report_number"):
                match = re.search(r"[A-Za-z0-9]{4,}", candidate.text)
                if match:
                    numbers.setdefault(f"{field.key}:{field.label}", match.group().upper().lstrip("0"))
                    break
    return name, numbers


def _moments(fields: Sequence[Field]) -> frozenset[str]:
    keys = ("sampled", "examined", "admitted", "discharged", "visited", "reported", "tested")
    found: set[str] = set()
    for field in fields:
        if field.key in keys and field.candidates:
            for candidate in field.candidates[:1]:
                found |= {f"{field.key}={item.value.date().isoformat()}" for item in parse_dates(candidate.text)[:1]}
    return frozenset(found)


def _days(lines: Sequence[Line]) -> frozenset[str]:
    return frozenset(
        found.date.isoformat()
        for line in lines
        if not re.search(r"打印|下载|查询|上传", line.text)
        for found in parse_dates(line.text)
        if found.date is not None
    )


def _specimens(fields: Sequence[Field]) -> frozenset[str]:
    found = (field.candidates[0].text for field in fields if field.key == "specimen" and field.candidates)
    return frozenset(text for text in found if re.fullmatch(r"[\u4e00-\u9fff]{1,6}", text))


def _items(lines: Sequence[Line]) -> tuple[int, int] | None:
    """Running numbers at the left edge of table rows, if at least three rise by one."""
    x0, _, x1, _ = text_span(lines)
    numbers: list[tuple[float, int]] = []
    for line in lines:
        box = line.upright
        match = re.match(r"^\*?([0-9]{1,3})(?=$|[^0-9./:%-])", fold(line.text).text)
        if match and box[0] < x0 + 0.12 * (x1 - x0):
            numbers.append((box[1], int(match.group(1))))
    numbers.sort()
    values = [value for _, value in numbers]
    steps = sum(b - a == 1 for a, b in pairwise(values))
    return (values[0], values[-1]) if steps >= 2 and steps >= 0.7 * (len(values) - 1) else None


_HOSPITAL = re.compile(r"[\u4e00-\u9fff]{2,24}(?:医院|卫生院|保健院|防治院|疗养院)(?:\([^()]{2,12}\))?")


def _letterhead(lines: Sequence[Line]) -> str | None:
    """The hospital's name that stands on top, alone in its line or before the title."""
    _, y0, _, y1 = text_span(lines)
    limit = y0 + 0.15 * (y1 - y0)
    for line in lines:
        match = _HOSPITAL.match(fold(line.text).text) if line.upright[1] <= limit else None
        if match is not None:
            return match.group()
    return None


def look_at(page: ReadPage, order: int) -> Sight:
    """Look at one page alone."""
    titles = find_titles(page)
    headings = score_headings(page.lines, page)
    kind, confidence, why, title = choose_type(titles, headings)
    if not page.lines:
        why = ("页面上没有读出文字",)
    fields = find_fields(page)
    name, numbers = _identity(fields)
    _, y0, _, y1 = text_span(page.lines)
    limit = y0 + 0.4 * (y1 - y0)
    headed = any(field.key == "name" and field.line.upright[1] <= limit for field in fields)
    return Sight(
        page=page,
        order=order,
        type=kind,
        confidence=confidence,
        why=why,
        title=title,
        headings=tuple(headings),
        mark=page_mark(page.lines),
        name=name,
        numbers=numbers,
        moments=_moments(fields),
        days=_days(page.lines),
        opening=opens(kind, page.lines),
        headed=headed,
        items=_items(page.lines),
        prose=is_prose(page.lines),
        continued=continues(page.lines),
        specimens=_specimens(fields),
        hospital=_letterhead(page.lines),
    )
