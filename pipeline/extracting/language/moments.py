"""Dates of a clinical paper: by label, beside a word, or nearest in the sentence."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass
from functools import lru_cache

from pipeline.dates import FoundDate, parse_dates
from pipeline.extracting.language.patterns import alternatives
from rules.engine.facts import DocumentType, Maybe, Unknown
from rules.vocabulary.language import load_prose_words

__all__ = ["PaperDates", "date_before", "paper_dates"]


@dataclass(frozen=True, slots=True)
class PaperDates:
    """What the paper as a whole says of when: places are spans of the text, for evidence."""

    admitted: Maybe[dt.date] = Unknown.ABSENT
    admitted_at: tuple[int, int] | None = None
    discharged: Maybe[dt.date] = Unknown.ABSENT
    discharged_at: tuple[int, int] | None = None
    operated: Maybe[dt.date] = Unknown.ABSENT
    visits: tuple[tuple[dt.date, int, int], ...] = ()
    stated: Maybe[dt.date] = Unknown.ABSENT
    """Date of the document itself (``DocumentInfo.date``)."""

    def visit_at(self, index: int) -> Maybe[dt.date]:
        """Return the visit whose label stands last before ``index``; the document's own date where there is none."""
        earlier = [day for day, start, _ in self.visits if start <= index]
        if earlier:
            return earlier[-1]
        return self.visits[0][0] if self.visits else self.stated

    def at(self, *names: str) -> Maybe[dt.date]:
        """Return the first known of the named dates, the document's own date last."""
        for name in (*names, "stated"):
            value = getattr(self, name)
            if isinstance(value, dt.date):
                return value
        return Unknown.ABSENT


@lru_cache(maxsize=8)
def _label(kind: str) -> re.Pattern[str]:
    """Labels of a kind. A short one (日期) is a label only where no longer word ends with it (检查日期)."""
    words = [
        word if len(word) > 2 else rf"(?<![查告印生院术样检核录到效记请产单]){word}"
        for word in getattr(load_prose_words(), kind)
    ]
    return re.compile(f"(?:{alternatives(words).pattern})[:\\s]*")


def _days(text: str, start: int, end: int) -> list[tuple[dt.date, int, int]]:
    return [
        (found.date, start + found.start, start + found.end)
        for found in parse_dates(text[start:end])
        if found.date is not None
    ]


def _labelled(text: str, kind: str, reach: int = 40) -> list[list[tuple[dt.date, int, int]]]:
    """Dates right after each label of ``kind``; each entry lists one or two dates (a span of days)."""
    result = []
    for match in _label(kind).finditer(text):
        days = _days(text, match.end(), match.end() + reach)
        if days and days[0][1] - match.end() <= 4:
            chain = days[:1]
            if len(days) > 1 and re.fullmatch(r"[\s\d:时分秒至到~-]{1,14}", text[days[0][2] : days[1][1]]):
                chain = days[:2]
            result.append([(day, match.start() if i == 0 else s, e) for i, (day, s, e) in enumerate(chain)])
    return result


_DATE_HEAD = re.compile(r"[^\t\n\d:]*(?:日期|时间)")
_LABELS = re.compile(r"(?:[^\t\n\d:]{2,12}[\t\n])+(?=\d)")


def _under_heads(text: str) -> tuple[tuple[dt.date, int, int], tuple[dt.date, int, int]] | None:
    """Admission and discharge in columns, their labels in the row above: 入院日期 | 出院日期 | 住院天数.

    None unless the row below holds as many dates as the row of labels promises.
    """
    for match in _LABELS.finditer(text):
        heads = [cell for cell in re.split(r"[\t\n]", match[0]) if _DATE_HEAD.fullmatch(cell)]
        admitted = [i for i, head in enumerate(heads) if _label("admitted").fullmatch(head)]
        discharged = [i for i, head in enumerate(heads) if _label("discharged").fullmatch(head)]
        if len(admitted) != 1 or len(discharged) != 1:
            continue
        stop = text.find("\n", match.end())
        days = _days(text, match.end(), len(text) if stop < 0 else stop)
        if len(days) == len(heads):
            return days[admitted[0]], days[discharged[0]]
    return None


_ADMISSION_WORD = re.compile(r"(?:[^。;\n,]{0,14}?)(?:收?入住?院|收住|住院|入我院|入住)(?!号|天|日|时|次|病)")
_DISCHARGE_WORD = re.compile(r"[^。;\n,入]{0,10}?出院(?!日|时|诊|情|医|带|小|记|后|科|病|方|主|建|指|用)")


def paper_dates(text: str, kind: DocumentType, stated: Maybe[dt.date]) -> PaperDates:
    """Read admission, discharge and visit dates of the joined ``text`` of one document."""
    admitted: tuple[dt.date, int, int] | None = None
    discharged: tuple[dt.date, int, int] | None = None
    headed = _under_heads(text)
    if headed is not None:
        admitted, discharged = headed
    for chain in _labelled(text, "admitted") if headed is None else ():
        admitted = admitted or chain[0]
        if len(chain) == 2 and chain[1][0] >= chain[0][0]:
            discharged = discharged or chain[1]
    for chain in _labelled(text, "discharged") if headed is None else ():
        discharged = chain[0]
        break
    if kind in _STAY_TYPES and (admitted is None or discharged is None):
        for day, start, end in _days(text, 0, len(text)):
            if admitted is None and _ADMISSION_WORD.match(text, end):
                admitted = (day, start, end)
            elif discharged is None and _DISCHARGE_WORD.match(text, end):
                discharged = (day, start, end)
        if admitted is not None and discharged is None:
            discharged = _span_end(text, admitted)
    visits = tuple(chain[0] for chain in _labelled(text, "visited"))
    operated = _labelled(text, "operated")
    return PaperDates(
        admitted[0] if admitted else Unknown.ABSENT,
        admitted[1:] if admitted else None,
        discharged[0] if discharged else Unknown.ABSENT,
        discharged[1:] if discharged else None,
        operated[0][0][0] if operated else Unknown.ABSENT,
        visits,
        stated,
    )


_STAY_TYPES = {
    DocumentType.DISCHARGE_SUMMARY,
    DocumentType.FRONT_PAGE,
    DocumentType.ADMISSION_RECORD,
    DocumentType.DIAGNOSIS_CERTIFICATE,
}


def _span_end(text: str, first: tuple[dt.date, int, int]) -> tuple[dt.date, int, int] | None:
    """``2025-03-01至2025-03-10住院``: the second day of a span."""
    for day, start, end in _days(text, first[2], first[2] + 30):
        joined = re.fullmatch(r"[\s\d:时分秒起]{0,10}[至到~-]{1,2}\s*", text[first[2] : start])
        if joined and day >= first[0]:
            return (day, start, end)
    return None


def date_before(text: str, index: int, floor: int, found: list[FoundDate]) -> FoundDate | None:
    """Return the last full date that stands before ``index`` in its sentence (or just after, in brackets)."""
    low = max(floor, max(text.rfind(sign, 0, index) for sign in "。\n") + 1)
    earlier = [f for f in found if low <= f.start and f.end <= index and f.date is not None]
    if earlier:
        return earlier[-1]
    after = [f for f in found if 0 <= f.start - index <= 12 and f.date is not None and text[f.start - 1] == "("]
    return after[0] if after else None
