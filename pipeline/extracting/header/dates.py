"""The date of what a document states (hazard H12): each type prefers labels of its own, the printing date comes last.

A lab result is of the day the blood was drawn, an examination of the day it was made, a stay of the day it ended, a
certificate of the day it was signed. Where only a later date is printed (reported, received) that one stands in;
a printing date counts only when nothing else is printed at all.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from pipeline.dates import parse_dates
from pipeline.extracting.header.earlier import without_earlier
from pipeline.fields import find_fields, fold
from pipeline.fields.find import label_hits
from pipeline.fields.geometry import beneath, rightward, text_span
from pipeline.nouns import Document, Line, ReadPage
from rules.engine.facts import DocumentType, Maybe, Unknown

__all__ = ["DATE_KEYS", "LabelledDate", "date_by_label", "document_date", "labelled_dates"]

_T = DocumentType
_EXAM = ("examined", "tested", "sampled", "reported", "visited", "recorded", "received", "ordered", "issued")
_PREFERENCE: dict[DocumentType, tuple[str, ...]] = {
    _T.LAB_REPORT: ("sampled", "tested", "received", "reported", "examined", "issued", "ordered"),
    _T.DISCHARGE_SUMMARY: ("discharged", "recorded", "signature", "issued", "reported"),
    _T.FRONT_PAGE: ("discharged", "recorded", "signature"),
    _T.ADMISSION_RECORD: ("admitted", "recorded", "visited", "signature", "issued"),
    _T.OUTPATIENT_RECORD: ("visited", "recorded", "issued", "signature", "ordered"),
    _T.DIAGNOSIS_CERTIFICATE: ("issued", "signature", "recorded", "visited", "discharged", "reported"),
    _T.APPLICATION_FORM: ("ordered", "issued", "signature"),
    _T.PATHOLOGY_REPORT: ("sampled", "received", "examined", "reported", "tested", "recorded", "issued"),
    _T.OPERATION_RECORD: ("examined", "recorded", "visited", "signature", "reported", "issued"),
    _T.DIALYSIS_RECORD: ("examined", "recorded", "visited", "issued", "signature"),
    _T.PRESCRIPTION: ("issued", "visited", "ordered", "recorded", "signature"),
    _T.RECEIPT: ("issued", "visited", "discharged", "recorded", "examined"),
    _T.IDENTITY_CARD: (),
}


@dataclass(frozen=True, slots=True)
class LabelledDate:
    """One date with the kind of label it stands at."""

    key: str
    label: str
    value: dt.datetime
    page: ReadPage
    lines: tuple[Line, ...]


def labelled_dates(document: Document) -> tuple[LabelledDate, ...]:
    """All labelled dates of a document, in reading order, and unlabelled ones near a signature as ``signature``."""
    return _labelled_dates(without_earlier(document))


def _labelled_dates(document: Document) -> tuple[LabelledDate, ...]:
    found: list[LabelledDate] = []
    for page in document.pages:
        for field in find_fields(page):
            if field.key not in DATE_KEYS:
                continue
            for candidate in field.candidates:
                dates = [item for item in parse_dates(candidate.raw or candidate.text) if item.date is not None]
                dates = dates or [item for item in parse_dates(candidate.text) if item.date is not None]
                if dates:
                    found.append(
                        LabelledDate(field.key, field.label, dates[0].value, page, (field.line, *candidate.lines))
                    )
                    break
        found += _stay_ranges(page)
        found += _at_signature(page)
    return tuple(found)


DATE_KEYS = frozenset(
    {"sampled", "received", "tested", "examined", "reported", "printed", "ordered", "admitted", "discharged", "visited"}
    | {"issued", "recorded"}
)


def document_date(document: Document) -> tuple[Maybe[dt.date], LabelledDate | None]:
    """Date of the document by the preference of its type; UNREADABLE where only illegible labels stand."""
    document = without_earlier(document)
    dates = _labelled_dates(document)
    if document.type is _T.DIALYSIS_RECORD and (last := _last_session(document)) is not None:
        return last.value.date(), last
    order = _PREFERENCE.get(document.type, _EXAM)
    if document.type is _T.ADMISSION_RECORD and any(_DAY_STAY.fullmatch(fold(x.text).text) for _, x in document.lines):
        order = _PREFERENCE[_T.DISCHARGE_SUMMARY]
    by_label = _by_order(order, dates)
    if by_label is not None:
        return by_label
    if document.type is _T.IDENTITY_CARD:
        return Unknown.ABSENT, None
    # A form prints days of birth, illness and stays; none of them stands in for the day of applying.
    foreign = ("printed", "admitted", "discharged", "visited") if document.type is _T.APPLICATION_FORM else ("printed",)
    rest = [item for item in dates if item.key not in foreign]
    if rest:
        return _settle(rest[:1])
    lone = _unlabelled(document)
    if lone is not None:
        return lone.value.date(), lone
    if dates:
        return _settle(dates[:1])
    labelled = any(field.key in DATE_KEYS for page in document.pages for field in find_fields(page))
    return (Unknown.UNREADABLE if labelled else Unknown.ABSENT), None


def date_by_label(kind: DocumentType, dates: Sequence[LabelledDate]) -> tuple[Maybe[dt.date], LabelledDate] | None:
    """Date of a document of type ``kind`` by the labels that the type prefers; None where none of them is printed."""
    return _by_order(_PREFERENCE.get(kind, _EXAM), dates)


def _by_order(
    order: Sequence[str], dates: Sequence[LabelledDate]
) -> tuple[Maybe[dt.date], LabelledDate] | None:  # fmt: skip
    for key in order:
        days = [item for item in dates if item.key == key]
        if days:
            return _settle(days[-1:] if key == "signature" else days)
    return None


_DAY_STAY = re.compile(r".{0,16}(?:24|二十四)小时.{0,6}(?:出院|入院死亡).{0,6}")
"""24小时内入出院记录: one record of the whole stay, of the day it ended."""


def _last_session(document: Document) -> LabelledDate | None:
    """The last session of a sheet that lists several, one row each; None where fewer than two days are listed."""
    rows = [
        LabelledDate("examined", "日期", found[0].value, page, (line,))
        for page, line in document.lines
        if len(fold(line.text).text) <= 24
        and not re.search(r"打印|出生|报告|入院|出院|首次", line.text)
        and len(found := [item for item in parse_dates(line.text) if item.date is not None]) == 1
        and len(fold(line.text).text) - (found[0].end - found[0].start) <= 6
    ]
    return max(rows, key=lambda row: row.value) if len({row.value.date() for row in rows}) >= 2 else None


def _unlabelled(document: Document) -> LabelledDate | None:
    """The one date that stands alone on a paper without any label, as on tracings and old outpatient books."""
    found = [
        LabelledDate("unlabelled", "日期", items[0].value, page, (line,))
        for page, line in document.lines
        if len(items := [item for item in parse_dates(line.text) if item.date is not None]) == 1
        and len(re.sub(r"[\s:：.\-/]", "", line.text[: items[0].start] + line.text[items[0].end :])) <= 3
        and not _has_label_left(line, page)
    ]
    return found[0] if len({item.value.date() for item in found}) == 1 else None


def _settle(days: Sequence[LabelledDate]) -> tuple[Maybe[dt.date], LabelledDate]:
    """The first date; several stays or samplings that lie far apart cannot be one document's date."""
    first = days[0]
    values = {item.value.date() for item in days}
    if len(values) > 1 and (max(values) - min(values)).days > 3 and len({item.label for item in days}) == 1:
        return Unknown.CONFLICTING, first
    return first.value.date(), first


_STAY = re.compile(r"(?:住院(?:时间|日期|期间)?|入出院日期|住院起止(?:日期|时间)):?")


def _stay_ranges(page: ReadPage) -> Iterator[LabelledDate]:
    """住院日期：2024-01-02 至 2024-01-09 and 于2024年1月2日入院，2024年1月9日出院."""
    for line in page.lines:
        text = fold(line.text).text
        dates = [item for item in parse_dates(text) if item.date is not None]
        if len(dates) == 2 and _STAY.search(text) and re.search(r"[至到~—\-]", text[dates[0].end : dates[1].start]):
            yield LabelledDate("discharged", "住院日期", dates[1].value, page, (line,))
            continue
        for item in dates:
            after = text[item.end : item.end + 4]
            if re.match(r"[,，]?(?:出院|离院)", after):
                yield LabelledDate("discharged", "出院", item.value, page, (line,))
            elif re.match(r"[,，]?(?:入院|收住|收入)", after):
                yield LabelledDate("admitted", "入院", item.value, page, (line,))


_SIGN = re.compile(
    r"(?:医师|医生|医帅|经治|主治|主管|签名|签字|签章|盖章|医务科|医院|公章|专用章|科主任|诊断医师|记录者|记录人)"
)


def _at_signature(page: ReadPage) -> Iterator[LabelledDate]:
    """Dates that stand alone in the lower part, beside or under a signature or seal."""
    _, y0, _, y1 = text_span(page.lines)
    for line in page.lines:
        text = fold(line.text).text
        dates = [item for item in parse_dates(text) if item.date is not None]
        if len(dates) != 1:
            continue
        rest = text[: dates[0].start] + text[dates[0].end :]
        place = (line.upright[1] - y0) / max(y1 - y0, 1.0)
        signed = _SIGN.search(rest) and len(rest) <= 24 and not re.search(r"[。;，,]", rest)
        alone = len(rest) <= 3
        if re.search(r"打印|下载|查询|出生|入院|出院|采|检|报告|接收|审核|有效", rest):
            continue
        if signed or (alone and place >= 0.5 and not _has_label_left(line, page)):
            yield LabelledDate("signature", "落款日期", dates[0].value, page, (line,))


_ITS_DAY = re.compile(
    r"(?:确诊|发病|患病|诊断|出生|参保|初诊|起病|起始|开始|有效|首次[\u4e00-\u9fff]{0,4})(?:日期|时间|年月日?):?$"
)
"""Labels of days that are no document's own: 首次确诊时间, 参保日期."""


def _has_label_left(line: Line, page: ReadPage) -> bool:
    """True when the date answers a label printed to its left or above (``打印时间 | 2024-01-02``)."""
    for other in page.lines:
        if other is line:
            continue
        hits = label_hits(fold(other.text))
        if _ITS_DAY.search(fold(other.text).text) and line in rightward(other, page)[:1]:
            return True
        if not hits or hits[-1].key not in DATE_KEYS or hits[-1].value < len(fold(other.text).text):
            continue
        if line in rightward(other, page)[:1] or line in beneath(other, page)[:1]:
            return True
    return False
