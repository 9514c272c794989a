"""Why a page belongs to a document: its page mark, a repeated title, rows or sections that go on."""

from __future__ import annotations

import re
from collections.abc import Sequence

from pipeline.classifying.conflicts import contradicts, other_days, shared_numbers
from pipeline.classifying.sight import Sight
from pipeline.fields import fold
from pipeline.fields.find import label_hits
from rules.engine.facts import DocumentType

__all__ = ["LONG", "compatible", "finished", "joins", "kind_of", "titled"]

_T = DocumentType
LONG = frozenset(
    {
        _T.DISCHARGE_SUMMARY,
        _T.ADMISSION_RECORD,
        _T.FRONT_PAGE,
        _T.OUTPATIENT_RECORD,
        _T.OPERATION_RECORD,
        _T.APPLICATION_FORM,
    }
)
"""Records of running text that often go on over pages."""
_STAYS = frozenset({_T.DISCHARGE_SUMMARY, _T.ADMISSION_RECORD, _T.OPERATION_RECORD})
"""Those of which one stay has one each."""


def titled(sight: Sight) -> bool:
    """True when the page carries a title of its own."""
    return sight.title is not None and not sight.title.weak and sight.title.score >= 0.6


def kind_of(pages: Sequence[Sight]) -> DocumentType:
    """Type of a document so far: that of its titled pages, else of the surest."""
    named = [page for page in pages if titled(page)]
    return max(named or pages, key=lambda page: page.confidence).type


def compatible(kind: DocumentType, sight: Sight) -> bool:
    """The page could be of ``kind``: it says so, or it says nothing strongly else."""
    if sight.type in (kind, _T.UNKNOWN):
        return True
    return not titled(sight) and sight.heading_score(kind) >= 0.5 * _strongest(sight)


def _strongest(sight: Sight) -> float:
    return sight.headings[0].score if sight.headings else 0.0


def finished(pages: Sequence[Sight]) -> bool:
    """True when a page says how many there are, and so many are there."""
    return any(page.mark is not None and page.mark[1] is not None and len(pages) >= page.mark[1] for page in pages)


def joins(pages: Sequence[Sight], sight: Sight, *, adjacent: bool) -> str | None:
    """Reason in Chinese why ``sight`` belongs to the document ``pages``, or None."""
    if not sight.page.lines or not pages[-1].page.lines:
        return None
    kind = kind_of(pages)
    report, shared, differ = shared_numbers(pages, sight)
    if contradicts(pages, sight) or (differ and not report):
        return None
    if titled(sight) and any(map(titled, pages)) and sight.type is not kind:
        return None
    same_name = sight.name is not None and any(page.name == sight.name for page in pages)
    linked = shared or same_name
    marked = _by_marks(pages, sight, kind, linked=linked, adjacent=adjacent)
    if marked is not None:
        return marked or None
    if not adjacent or finished(pages):
        return None
    if sight.continued and sight.mark is None and (linked or not sight.headed) and compatible(kind, sight):
        return "写明续页，接续前页"
    if titled(sight):
        return _by_repeated_title(pages, sight, kind, report=report, shared=shared, linked=linked)
    return _by_continuing(pages, sight, kind, report=report, shared=shared, same_name=same_name)


def _by_marks(pages: Sequence[Sight], sight: Sight, kind: DocumentType, *, linked: bool, adjacent: bool) -> str | None:
    """Decide by page marks: a reason, an empty string for "a new document", None when marks do not decide."""
    if sight.mark is None:
        return None
    k, n = sight.mark
    marks = [page.mark for page in pages if page.mark]
    if not marks:
        if k == 1:
            out_of_order = (
                adjacent and linked and not any(map(titled, pages)) and sight.type is kind_of(pages) and kind in LONG
            )
            return "同一患者，页码在前" if out_of_order else ""
        follows = adjacent and (linked or not sight.name) and compatible(kind, sight) and len(pages) < k
        return f"页码第{k}页，接续前页" if follows else ""
    if any(mark[0] == k for mark in marks):
        return ""
    totals = {mark[1] for mark in marks if mark[1]} | ({n} if n else set())
    if len(totals) > 1:
        return ""
    if not compatible(kind, sight):
        return ""
    neighbour = any(abs(mark[0] - k) == 1 for mark in marks)
    anonymous = adjacent and neighbour and (sight.name is None or all(page.name is None for page in pages))
    if linked or anonymous:
        return f"页码第{k}页" + (f"，共{n}页" if n else "") + ("，患者与编号一致" if linked else "，接续前页")
    return ""


def _by_repeated_title(
    pages: Sequence[Sight], sight: Sight, kind: DocumentType, *, report: bool, shared: bool, linked: bool
) -> str | None:
    if sight.type is not kind:
        return None
    counts_on = sight.items is not None and pages[-1].items is not None and sight.items[0] == pages[-1].items[1] + 1
    if report and (counts_on or kind not in (_T.LAB_REPORT, _T.RECEIPT, _T.PRESCRIPTION, _T.DIALYSIS_RECORD)):
        return "报告编号相同"
    if counts_on and linked:
        return "项目序号接续"
    if report and kind is _T.LAB_REPORT and linked and _same_moment(pages, sight) and _other_rows(pages, sight):
        return "患者、编号和采样时间相同，项目接续"
    if kind in LONG and linked and any(page.opening for page in pages) and not sight.opening:
        return "同一患者、同一标题，内容接续前页"
    if kind in _STAYS and shared and _same_moment(pages, sight) and _other_rows(pages, sight):
        return "患者、编号和住院日期相同，内容接续前页"  # the whole head is printed on every page
    late_first = not any(page.opening for page in pages) and not any(map(titled, pages))
    if kind in LONG and linked and late_first and sight.opening:
        return "同一患者，首页后到"
    return None


def _same_moment(pages: Sequence[Sight], sight: Sight) -> bool:
    """Both heads print the same name and the same day of sampling, or of the report where none prints the sampling."""
    named = any(page.name is not None and page.name == sight.name for page in pages)
    return named and any(page.moments & sight.moments for page in pages)


def _other_rows(pages: Sequence[Sight], sight: Sight) -> bool:
    """True when hardly a line below the head is printed on both: further rows, no second copy."""
    mine = _body(sight)
    theirs = {text for page in pages for text in _body(page)}
    return len(mine) >= 4 and bool(theirs) and sum(text in theirs for text in mine) <= 0.35 * len(mine)


def _body(sight: Sight) -> set[str]:
    """Texts that name or measure: no labels with their values, no units alone, no title and no hospital on top."""
    above = {id(line) for line in sight.title.lines} if sight.title is not None else set()
    texts = {fold(line.text) for line in sight.page.lines if id(line) not in above}
    return {
        t.text
        for t in texts
        if len(t.text) >= 3
        and t.text != sight.hospital
        and not label_hits(t)
        and re.search(r"[\u4e00-\u9fff]|\d", t.text)
    }


def _by_continuing(
    pages: Sequence[Sight], sight: Sight, kind: DocumentType, *, report: bool, shared: bool, same_name: bool
) -> str | None:
    last = pages[-1]
    same_file = last.page.page.file_sha256 == sight.page.page.file_sha256 and (
        sight.page.page.number == last.page.page.number + 1
    )
    if sight.items and last.items and sight.items[0] == last.items[1] + 1 and compatible(kind, sight):
        return "项目序号接续"
    if report and compatible(kind, sight):
        return "报告编号相同"
    # The next page of a record may hold nothing but results and findings in running text.
    runs_on = kind in LONG and sight.prose and not sight.headed and _strongest(sight) < 4.5
    if not (compatible(kind, sight) or runs_on) or (sight.opening and any(page.opening for page in pages)):
        return None
    if kind is _T.OUTPATIENT_RECORD and other_days(pages, sight):
        return None  # the next visit on the next leaf
    if kind in LONG:
        if shared and (sight.type is kind or not sight.headed):
            return "住院号或门诊号相同，内容接续前页"
        if not sight.headed:
            return "没有新的标题和患者信息，内容接续前页"
        begun = any(map(titled, pages)) and any(page.opening for page in pages)
        if kind in _STAYS and same_name and begun and sight.type is kind and not other_days(pages, sight):
            return "同一患者，没有新的标题，内容接续前页"
        return None
    prose = kind not in (_T.LAB_REPORT, _T.RECEIPT, _T.IDENTITY_CARD, _T.UNKNOWN, _T.PRESCRIPTION)
    if same_file and not sight.headed and (prose or sight.type is kind) and kind is not _T.UNKNOWN:
        return "同一文件的下一页，没有新的标题和患者信息"
    return None
