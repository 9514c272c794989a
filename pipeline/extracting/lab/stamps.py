"""Specimen and times of a sheet, each by its printed label: sampled, received, reported, printed (hazard H12)."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from pipeline.dates import FoundDate, Precision, parse_dates
from pipeline.extracting.lab.cells import Cell
from pipeline.extracting.lab.rows import Row
from pipeline.extracting.lab.text import flat
from rules.engine.facts import Maybe, Unknown

__all__ = ["Stamps", "joined_stamps", "read_stamps"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Stamps:
    """What one sheet says of its specimen."""

    specimen: str | None = None
    sampled_at: Maybe[dt.datetime] = Unknown.ABSENT
    reported_at: Maybe[dt.datetime] = Unknown.ABSENT
    patient: str | None = None
    """Name printed on the sheet: compared between sheets of one photo, never kept."""
    sex: str | None = None
    """``男`` or ``女``: chooses between limits printed for both."""

    @property
    def empty(self) -> bool:
        return self.sampled_at is Unknown.ABSENT and self.reported_at is Unknown.ABSENT


def joined_stamps(parts: Sequence[Stamps], own: int) -> Stamps:
    """Stamps of part ``own`` of one report, completed from its other parts; parts that contradict one another stay
    apart."""
    stamps = parts[own]
    patients = {p.patient for p in parts if p.patient}
    if len(parts) == 1 or len(patients) > 1:
        return stamps

    def first(field: str) -> Maybe[dt.datetime]:
        mine: Maybe[dt.datetime] = getattr(stamps, field)
        if mine is not Unknown.ABSENT:
            return mine
        others = [getattr(p, field) for p in parts if isinstance(getattr(p, field), dt.datetime)]
        return others[0] if len({o.date() for o in others}) == 1 else Unknown.ABSENT

    return replace(
        stamps,
        specimen=stamps.specimen or next((p.specimen for p in parts if p.specimen), None),
        sampled_at=first("sampled_at"),
        reported_at=first("reported_at"),
        sex=stamps.sex or next((p.sex for p in parts if p.sex), None),
    )


_WHEN = r"\s*(?:日\s*期|时\s*间|日期时间|[日时]|日期/时间)?\s*[:;.]?\s*"
_WORDS = {
    "sampled": (
        "采集", "采样", "采血", "抽血", "抽样", "抽取", "采取", "取样", "取血", "取材", "留样", "留取", "采检",
    ),
    "received": (
        "接收", "接样", "收样", "收到", "核收", "签收", "收检", "送检", "送达", "入库", "上机", "登记",
    ),
    "reported": (
        "报告", "审核", "发布", "签发", "批准", "复核", "审定", "检验", "检测", "测定", "化验", "检查",
    ),
    "printed": ("打印", "补打"),
    "other": (
        "申请", "开单", "医嘱", "出生", "就诊", "入院", "出院", "下单", "开立", "执行", "收费",
    ),
}  # fmt: skip


def _label(words: Sequence[str]) -> re.Pattern[str]:
    """A label of these words, which print may space out (采 样 时 间)."""
    spaced = "|".join(r"\s*".join(word) for word in words)
    return re.compile(rf"(?:{spaced})(?:者)?(?!\s*(?:项\s*目|结\s*果|方\s*法|目\s*的))" + _WHEN)


_NEAR = 14
"""Characters between a label and its date: a name may stand there (采样者：某某 2025-06-22)."""
_EARLIER = re.compile(
    r"(?:[上前]\s*一?\s*次|往\s*次|历\s*史|既\s*往|以\s*往)\s*(?:采[集样血]|送检|接收|检[验测查]|化验|测定|报告|审核|结果|数?值|\s)*"
    + _WHEN
)
"""The result before this one (上次日期, 历史结果): its day is never of this sheet."""
_LABELS = [("earlier", _EARLIER), *((kind, _label(words)) for kind, words in _WORDS.items())]
_LABELS.append(("bare", re.compile(r"(?:日\s*期|时\s*间)\s*[:;]?\s*")))
_REPORT_RANK = _WORDS["reported"]
_SPECIMEN = re.compile(
    r"(?:(?:标\s*本|样\s*本|样\s*品|检\s*材)\s*(?:种\s*类|类\s*型|类\s*别|名\s*称|来\s*源)?)\s*[:;]\s*(?P<v>[^\s:,;()]{1,10})|(?:标本|样本|样品)(?:种类|类型|类别)\s*(?P<w>[\u4e00-\u9fff]{1,8})"
)
_NOT_SPECIMEN = re.compile(r".*(?:号|时间|日期|状态|性状|合格|正常|姓名|科|备注).*")
_PATIENT = re.compile(r"姓\s*名\s*[:;.]?\s*(?P<v>[\u4e00-\u9fff·]{2,4})(?!\w)")


def read_stamps(rows: Sequence[Row]) -> Stamps:
    """Read specimen and times from the label rows of one sheet.

    A label takes the first date after it, before the next label; dates may stand in the next cell or, with labels above
    dates, in the next row. Labels parted by a stroke share what follows: one date for all, or one for each.
    """
    found: dict[str, list[tuple[int, FoundDate]]] = {}
    specimen: str | None = None
    patient: str | None = None
    sex: str | None = None
    texts = [" ".join(cell.text for cell in row.cells) for row in rows]
    for number, text in enumerate(texts):
        plain = flat(text)
        if specimen is None:
            specimen = _specimen(plain)
        named = _PATIENT.search(plain)
        if named and patient is None:
            patient = re.sub(r"(性|性别|男|女)$", "", named["v"])
        sexed = re.search(r"性\s*别\s*[:;.]?\s*([男女])", plain)
        sex = sex or (sexed.group(1) if sexed else None)
        for kind, rank, date in _dated_labels(plain, rows, number):
            found.setdefault(kind, []).append((rank, date))
    sampled = _first(found.get("sampled"))
    reported = _first(found.get("reported"))
    if sampled is Unknown.ABSENT and reported is Unknown.ABSENT:
        # A sheet with one bare 日期 means the day of the examination.
        reported = _first(found.get("bare"))
    return Stamps(specimen=specimen, sampled_at=sampled, reported_at=reported, patient=patient, sex=sex)


def _label_spans(plain: str) -> list[tuple[str, int, int]]:
    spans: list[tuple[str, int, int]] = []
    for kind, pattern in _LABELS:
        for match in pattern.finditer(plain):
            if not any(match.start() < end and start < match.end() for _, start, end in spans):
                spans.append((kind, match.start(), match.end()))
    spans.sort(key=lambda s: s[1])
    # 上次结果 | 日期: the bare 日期 behind it is of the earlier result too.
    return [
        ("earlier", start, end) if kind == "bare" and k and spans[k - 1][0] == "earlier" else (kind, start, end)
        for k, (kind, start, end) in enumerate(spans)
    ]


_Span = tuple[str, int, int]
"""Kind of a label, and where it stands in the text of its row."""


def _dated_labels(plain: str, rows: Sequence[Row], number: int) -> list[tuple[str, int, FoundDate]]:
    """Kind and rank of every label of a row that has a date, with that date."""
    groups = _with_strokes(_label_spans(plain), plain)
    dates = parse_dates(plain)
    out: list[tuple[str, int, FoundDate]] = []
    bare: list[_Span] = []
    for k, group in enumerate(groups):
        until = groups[k + 1][0][1] if k + 1 < len(groups) else len(plain)
        own = [d for d in dates if group[-1][2] <= d.start < until]
        if not own:
            bare += group
        elif own[0].start - group[-1][2] <= _NEAR and (len(group) == 1 or len(own) in (1, len(group))):
            for label, date in zip(group, own if len(own) == len(group) else [own[0]] * len(group), strict=False):
                out.append((label[0], _rank(plain[label[1] : label[2]]), _with_clock(date, rows, number, label[1])))
    for label, date in _dates_below(bare, rows, number):
        out.append((label[0], _rank(plain[label[1] : label[2]]), date))
    return out


def _with_strokes(labels: Sequence[_Span], plain: str) -> list[list[_Span]]:
    """Labels one by one, those parted by a stroke alone (采样/接收/报告时间：) together."""
    groups: list[list[_Span]] = []
    for label in labels:
        between = plain[groups[-1][-1][2] : label[1]] if groups else ""
        if re.fullmatch(r"\s*[/|,]\s*", between):
            groups[-1].append(label)
        else:
            groups.append([label])
    return groups


def _dates_below(labels: Sequence[_Span], rows: Sequence[Row], number: int) -> list[tuple[_Span, FoundDate]]:
    """Dates in the next row, each with the label that it stands under; a row with labels of its own answers none."""
    if not labels or number + 1 >= len(rows):
        return []
    row, below = rows[number], rows[number + 1]
    if below.v - row.v > 3 * row.h or _label_spans(flat(below.text)):
        return []
    out: list[tuple[_Span, FoundDate]] = []
    for cell in below.cells:
        dates = parse_dates(flat(cell.text))
        under = [(abs(place[0] - cell.u0), label) for label in labels if _over(place := _place(row, label), cell)]
        if len(dates) == 1 and under:
            after = [c for c in below.cells if c.u0 >= cell.u1 - 0.5 * cell.h]
            out.append((min(under)[1], _with_next(dates[0], cell.text, after[:1])))
    taken = [label for label, _ in out]
    return [(label, date) for label, date in out if taken.count(label) == 1]


def _with_next(date: FoundDate, text: str, after: Sequence[Cell]) -> FoundDate:
    """The date with the clock that its row prints in the next cell, if any."""
    whole = parse_dates(" ".join([flat(text), *(flat(c.text) for c in after)])) if after else []
    return whole[0] if len(whole) == 1 and whole[0].date == date.date else date


def _place(row: Row, label: _Span) -> tuple[float, float]:
    """Left and right edge of a label of ``row``, estimated inside its cell."""
    at = 0
    for cell in row.cells:
        if at <= label[1] < at + len(cell.text) + 1:
            wide = (cell.u1 - cell.u0) / max(len(cell.text), 1)
            return cell.u0 + (label[1] - at) * wide, cell.u0 + min(label[2] - at, len(cell.text)) * wide
        at += len(cell.text) + 1
    return row.cells[-1].u0, row.cells[-1].u1


def _over(place: tuple[float, float], cell: Cell) -> bool:
    return place[0] - 2 * cell.h <= cell.u1 and cell.u0 <= place[1] + 2 * cell.h


def _rank(label: str) -> int:
    squeezed = label.replace(" ", "")
    return next((k for k, word in enumerate(_REPORT_RANK) if word in squeezed), 0)


def _with_clock(date: FoundDate, rows: Sequence[Row], number: int, start: int) -> FoundDate:
    """A narrow cell wraps after the day: the clock then stands alone below its label."""
    if date.precision is not Precision.DAY or number + 1 >= len(rows):
        return date
    place = 0
    for cell in rows[number].cells:
        if place <= start < place + len(cell.text) + 1:
            for below in rows[number + 1].cells:
                clock = re.fullmatch(r"([01]?\d|2[0-3]):([0-5]\d)(:[0-5]\d)?", flat(below.text).strip())
                if clock and below.mid < cell.u1 and below.u1 > cell.u0 and below.v - cell.v < 2.5 * cell.h:
                    value = date.value.replace(hour=int(clock.group(1)), minute=int(clock.group(2)))
                    return replace(date, value=value, precision=Precision.MINUTE)
        place += len(cell.text) + 1
    return date


def _first(found: list[tuple[int, FoundDate]] | None) -> Maybe[dt.datetime]:
    """The best-ranked label decides; two different days under one label are a conflict."""
    days = [(rank, date) for rank, date in found or [] if date.precision in (Precision.DAY, Precision.MINUTE)]
    if not days:
        return Unknown.ABSENT
    best = min(rank for rank, _ in days)
    chosen = [date for rank, date in days if rank == best]
    if len({date.date for date in chosen}) > 1:
        return Unknown.CONFLICTING
    return max(chosen, key=lambda d: d.precision == Precision.MINUTE).value


def _specimen(plain: str) -> str | None:
    for match in _SPECIMEN.finditer(plain):
        value = (match["v"] or match["w"] or "").strip(".-")
        if (
            value
            and not value.isdigit()
            and not _NOT_SPECIMEN.fullmatch(value)
            and not re.match(r"[A-Za-z0-9\-]{5,}$", value)
        ):
            return value
    return None
