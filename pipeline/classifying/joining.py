"""Which pages are one document: several photos of one paper, pages of one print, in the order that they say.

Joining attributes a page to the name and the date of another, so it needs a reason: a page mark, a shared number, a
section that goes on, rows that count on. Without one a page stays a document of its own.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import chain

from pipeline.classifying.conflicts import contradicts, shared_numbers
from pipeline.classifying.reasons import LONG, compatible, finished, joins, kind_of, titled
from pipeline.classifying.sight import Sight

__all__ = ["group"]


def group(sights: Sequence[Sight]) -> list[tuple[tuple[Sight, ...], tuple[str, ...]]]:
    """Group pages into documents.

    Returns:
        Documents in order of their first page in the upload, each with its pages in reading order and the reasons for
        joining in Chinese.
    """
    groups: list[list[Sight]] = []
    reasons: list[list[str]] = []
    for sight in sights:
        place = _place(groups, sight, sights)
        if place is None:
            groups.append([sight])
            reasons.append([])
        else:
            groups[place[0]].append(sight)
            reasons[place[0]].append(place[1])
    _complete_sets(groups, reasons)
    return [(_ordered(pages), tuple(dict.fromkeys(why))) for pages, why in zip(groups, reasons, strict=True)]


def _place(groups: Sequence[list[Sight]], sight: Sight, sights: Sequence[Sight]) -> tuple[int, str] | None:
    """The one group that ``sight`` belongs to, and why; None where there is none, or more than one may be meant."""
    found: list[tuple[int, str]] = []
    for number in range(len(groups) - 1, -1, -1):
        why = joins(groups[number], sight, adjacent=number == len(groups) - 1)
        if why:
            found.append((number, why))
    if not found:
        return _by_number_apart(groups, sight, sights)
    best = max(found, key=lambda place: _kinship(groups[place[0]], sight))
    own = _kinship(groups[best[0]], sight)
    pages = groups[best[0]]
    others = [groups[number] for number, _ in found if number != best[0]]
    others += [[rival] for rival in _rivals(pages, sight, sights)]
    doubles = _doubles(pages, sight, sights)
    unequal = all(own > _kinship(other, sight) for other in others) and all(
        own > _kinship(pages, double) for double in doubles
    )
    return best if unequal or _in_turn(pages, sight, others, doubles, sights) else None


def _kinship(pages: Sequence[Sight], sight: Sight) -> tuple[bool, bool, bool, bool]:
    """What binds a page to a document beyond name and page mark: the same file, report number, stay, and days."""
    report, _, _ = shared_numbers(pages, sight)
    return (
        any(_next_in_file(page, sight) for page in pages),
        report,
        any(page.moments & sight.moments for page in pages),
        any(page.days & sight.days for page in pages),
    )


def _next_in_file(page: Sight, sight: Sight) -> bool:
    a, b = page.page.page, sight.page.page
    return a.file_sha256 == b.file_sha256 and abs(a.number - b.number) == 1


def _rivals(pages: Sequence[Sight], sight: Sight, sights: Sequence[Sight]) -> list[Sight]:
    """Pages, uploaded earlier or later, that ``sight`` could belong to by its mark as well: 1/2 of another stay."""
    if sight.mark is None:
        return []
    marks = {page.mark for page in pages if page.mark}
    return [
        other
        for other in sights
        if other.mark in marks
        and other is not sight
        and not any(other is page for page in pages)
        and joins([other], sight, adjacent=True)
    ]


def _doubles(pages: Sequence[Sight], sight: Sight, sights: Sequence[Sight]) -> list[Sight]:
    """Pages with the same mark as ``sight`` that could take its place in the document: 2/2 of another stay."""
    return [
        other
        for other in sights
        if sight.mark is not None
        and other.mark == sight.mark
        and other is not sight
        and not any(other is page for page in pages)
        and joins(pages, other, adjacent=True)
    ]


def _in_turn(
    pages: Sequence[Sight],
    sight: Sight,
    others: Sequence[Sequence[Sight]],
    doubles: Sequence[Sight],
    sights: Sequence[Sight],
) -> bool:
    """True when papers were uploaded one after the other (1, 2, 1, 2): each rival has such a neighbour of its own."""
    if sight.order != pages[-1].order + 1 or sight.mark is None:
        return False
    own = {id(page) for page in (*pages, sight)}
    marks = {page.mark for page in pages if page.mark}

    def has_neighbour(rival: Sight, wanted: set[tuple[int, int | None]]) -> bool:
        return any(abs(o.order - rival.order) == 1 and o.mark in wanted and id(o) not in own for o in sights)

    return all(has_neighbour(other[-1], {sight.mark}) for other in others) and all(
        has_neighbour(double, marks) for double in doubles
    )


def _by_number_apart(
    groups: Sequence[list[Sight]], sight: Sight, sights: Sequence[Sight]
) -> tuple[int, str] | None:  # fmt: skip
    """A page that goes on with a record although other papers were uploaded between: its number names one record only.

    One stay has several records (入院记录, 出院记录) under one number, so no other record may carry it.
    """
    if titled(sight) or sight.opening or sight.mark is not None or sight.type not in LONG:
        return None
    found = []
    for number, pages in enumerate(groups):
        _, shared, differ = shared_numbers(pages, sight)
        conflict = differ or contradicts(pages, sight)
        if shared and not conflict and any(map(titled, pages)) and kind_of(pages) in LONG:
            found.append(number)
    later = [
        other
        for other in sights
        if other.order > sight.order and other.type in LONG and titled(other) and shared_numbers([other], sight)[1]
    ]
    if len(found) != 1 or later or finished(groups[found[0]]) or kind_of(groups[found[0]]) is not sight.type:
        return None
    return (found[0], "住院号或门诊号相同，且只有一份这样的病历，内容接续前页")


def _complete_sets(groups: list[list[Sight]], reasons: list[list[str]]) -> None:
    """Join neighbours without name whose marks make one whole set: 1/3, 3/3, 2/3 uploaded one after the other."""
    start = 0
    while start < len(groups):
        mark = groups[start][0].mark
        total = mark[1] if mark else None
        stop = start + 1
        while total and stop < len(groups) and sum(map(len, groups[start:stop])) < total:
            stop += 1
        pages = [page for members in groups[start:stop] for page in members]
        marks = [page.mark for page in pages if page.mark and page.mark[1] == total]
        whole = bool(total) and stop - start > 1 and sorted(k for k, _ in marks) == list(range(1, (total or 0) + 1))
        if whole and len(pages) == total and _one_paper(pages, groups, total):
            groups[start:stop] = [pages]
            reasons[start:stop] = [[*chain.from_iterable(reasons[start:stop]), f"页码合成一套，共{total}页"]]
        start += 1


def _one_paper(pages: Sequence[Sight], groups: Sequence[list[Sight]], total: int) -> bool:
    """No page of a whole set contradicts another, follows on in the upload, and no other paper has as many pages."""
    orders = sorted(page.order for page in pages)
    if orders[-1] - orders[0] != len(pages) - 1:
        return False
    inside = {id(page) for page in pages}
    alike = [p for members in groups for p in members if p.mark and p.mark[1] == total and id(p) not in inside]
    if alike or sum(map(titled, pages)) != 1:
        return False
    kind = kind_of(pages)
    for number, page in enumerate(pages):
        rest = [other for place, other in enumerate(pages) if place != number]
        _, _, differ = shared_numbers(rest, page)
        if differ or contradicts(rest, page) or not compatible(kind, page):
            return False
    return True


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
