"""Which pages are one document: several photos of one paper, pages of one print, in the order that they say.

Joining attributes a page to the name and the date of another, so it needs a reason: a page mark, a shared number, a
section that goes on, rows that count on. Without one a page stays a document of its own.
"""

from __future__ import annotations

from collections.abc import Sequence

from pipeline.classifying.sight import Sight
from pipeline.persons import PersonMatch, compare_names
from rules.engine.facts import DocumentType

__all__ = ["group"]

_T = DocumentType
_LONG = frozenset(
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


def group(sights: Sequence[Sight]) -> list[tuple[tuple[Sight, ...], tuple[str, ...]]]:
    """Group pages into documents.

    Returns:
        Documents in order of their first page in the upload, each with its pages in reading order and the reasons for
        joining in Chinese.
    """
    groups: list[list[Sight]] = []
    reasons: list[list[str]] = []
    for sight in sights:
        placed = False
        for number in range(len(groups) - 1, -1, -1):
            adjacent = number == len(groups) - 1
            why = _joins(groups[number], sight, adjacent=adjacent)
            if why:
                groups[number].append(sight)
                reasons[number].append(why)
                placed = True
                break
        if not placed:
            groups.append([sight])
            reasons.append([])
    return [(_ordered(pages), tuple(dict.fromkeys(why))) for pages, why in zip(groups, reasons, strict=True)]


def _ordered(pages: Sequence[Sight]) -> tuple[Sight, ...]:
    """By page mark where all pages carry one, else opening page first, else as uploaded."""
    if all(page.mark for page in pages):
        return tuple(sorted(pages, key=lambda page: (page.mark or (0, None))[0]))
    if len(pages) > 1 and not _first(pages[0]):
        return tuple(sorted(pages, key=lambda page: (not _first(page), page.order)))
    return tuple(pages)


def _first(sight: Sight) -> bool:
    return (sight.mark is not None and sight.mark[0] == 1) or (
        sight.mark is None and sight.title is not None and sight.opening
    )


def _titled(sight: Sight) -> bool:
    return sight.title is not None and not sight.title.weak and sight.title.score >= 0.6


def _kind(pages: Sequence[Sight]) -> DocumentType:
    titled = [page for page in pages if _titled(page)]
    return max(titled or pages, key=lambda page: page.confidence).type


def _person_conflict(pages: Sequence[Sight], sight: Sight) -> bool:
    if sight.name is None:
        return False
    return any(page.name and compare_names(page.name, sight.name) is PersonMatch.OTHER for page in pages)


def _same_number(a: str, b: str) -> bool:
    return a == b or (len(a) == len(b) >= 6 and sum(x != y for x, y in zip(a, b, strict=True)) == 1)


def _numbers(pages: Sequence[Sight], sight: Sight) -> tuple[bool, bool, bool]:
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
            else:
                differ = True
    return report, shared, differ


def _moments_conflict(pages: Sequence[Sight], sight: Sight) -> bool:
    """Two pages that print different sampling or stay dates are two papers."""
    mine = {item.split("=")[0]: item for item in sight.moments if not item.startswith(("reported", "tested"))}
    for page in pages:
        for item in page.moments:
            key = item.split("=")[0]
            if key in mine and mine[key] != item and not any(other == mine[key] for other in page.moments):
                return True
    return False


def _joins(pages: Sequence[Sight], sight: Sight, *, adjacent: bool) -> str | None:
    """Reason in Chinese why ``sight`` belongs to the document ``pages``, or None."""
    if not sight.page.lines or not pages[-1].page.lines:
        return None
    kind = _kind(pages)
    report, shared, differ = _numbers(pages, sight)
    if _person_conflict(pages, sight) or (differ and not report):
        return None
    if _titled(sight) and any(map(_titled, pages)) and sight.type is not kind:
        return None
    if _moments_conflict(pages, sight):
        return None
    same_name = sight.name is not None and any(page.name == sight.name for page in pages)
    linked = shared or same_name
    marked = _by_marks(pages, sight, kind, linked=linked, adjacent=adjacent)
    if marked is not None:
        return marked or None
    if not adjacent:
        return None
    if _titled(sight):
        return _by_repeated_title(pages, sight, kind, report=report, linked=linked)
    return _by_continuing(pages, sight, kind, report=report, shared=shared)


def _compatible(kind: DocumentType, sight: Sight) -> bool:
    """The page could be of ``kind``: it says so, or it says nothing strongly else."""
    if sight.type in (kind, _T.UNKNOWN):
        return True
    return not _titled(sight) and sight.heading_score(kind) >= 0.5 * _strongest(sight)


def _strongest(sight: Sight) -> float:
    return sight.headings[0].score if sight.headings else 0.0


def _by_marks(pages: Sequence[Sight], sight: Sight, kind: DocumentType, *, linked: bool, adjacent: bool) -> str | None:
    """Decide by page marks: a reason, an empty string for "a new document", None when marks do not decide."""
    if sight.mark is None:
        return None
    k, n = sight.mark
    marks = [page.mark for page in pages if page.mark]
    if not marks:
        if k == 1:
            out_of_order = (
                adjacent and linked and not any(map(_titled, pages)) and sight.type is _kind(pages) and kind in _LONG
            )
            return "同一患者，页码在前" if out_of_order else ""
        follows = adjacent and (linked or not sight.name) and _compatible(kind, sight) and len(pages) < k
        return f"页码第{k}页，接续前页" if follows else ""
    if any(mark[0] == k for mark in marks):
        return ""
    totals = {mark[1] for mark in marks if mark[1]} | ({n} if n else set())
    if len(totals) > 1:
        return ""
    if not _compatible(kind, sight):
        return ""
    neighbour = any(abs(mark[0] - k) == 1 for mark in marks)
    anonymous = adjacent and neighbour and (sight.name is None or all(page.name is None for page in pages))
    if linked or anonymous:
        return f"页码第{k}页" + (f"，共{n}页" if n else "") + ("，患者与编号一致" if linked else "，接续前页")
    return ""


def _by_repeated_title(
    pages: Sequence[Sight], sight: Sight, kind: DocumentType, *, report: bool, linked: bool
) -> str | None:
    if sight.type is not kind:
        return None
    counts_on = sight.items is not None and pages[-1].items is not None and sight.items[0] == pages[-1].items[1] + 1
    if report and (counts_on or kind not in (_T.LAB_REPORT, _T.RECEIPT, _T.PRESCRIPTION, _T.DIALYSIS_RECORD)):
        return "报告编号相同"
    if counts_on and linked:
        return "项目序号接续"
    if kind in _LONG and linked and any(page.opening for page in pages) and not sight.opening:
        return "同一患者、同一标题，内容接续前页"
    late_first = not any(page.opening for page in pages) and not any(map(_titled, pages))
    if kind in _LONG and linked and late_first and sight.opening:
        return "同一患者，首页后到"
    return None


def _by_continuing(
    pages: Sequence[Sight], sight: Sight, kind: DocumentType, *, report: bool, shared: bool
) -> str | None:
    last = pages[-1]
    same_file = last.page.page.file_sha256 == sight.page.page.file_sha256 and (
        sight.page.page.number == last.page.page.number + 1
    )
    if sight.items and last.items and sight.items[0] == last.items[1] + 1 and _compatible(kind, sight):
        return "项目序号接续"
    if report and _compatible(kind, sight):
        return "报告编号相同"
    # The next page of a record may hold nothing but results and findings in running text.
    runs_on = kind in _LONG and sight.prose and not sight.headed and _strongest(sight) < 4.5
    if not (_compatible(kind, sight) or runs_on) or (sight.opening and any(page.opening for page in pages)):
        return None
    if kind in _LONG:
        if shared and (sight.type is kind or not sight.headed):
            return "住院号或门诊号相同，内容接续前页"
        if not sight.headed:
            return "没有新的标题和患者信息，内容接续前页"
        return None
    prose = kind not in (_T.LAB_REPORT, _T.RECEIPT, _T.IDENTITY_CARD, _T.UNKNOWN, _T.PRESCRIPTION)
    if same_file and not sight.headed and (prose or sight.type is kind) and kind is not _T.UNKNOWN:
        return "同一文件的下一页，没有新的标题和患者信息"
    return None
