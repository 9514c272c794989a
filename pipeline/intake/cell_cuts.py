"""Where one cell of a table ends and the next begins, when no wide gap says so.

Three signs: a ruling line between two characters; a place at which cells of other rows begin or end; widely spaced
letters, which are one cell in spite of their gaps (姓　　名, 检 验 报 告).
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from itertools import pairwise

import numpy as np

from pipeline.intake.glyphs import Glyph, Pixels
from pipeline.intake.second_look import SecondOpinion

__all__ = ["Edges", "is_ruled", "is_spaced_word", "kind_of"]

RULE_CONTRAST = 30
"""Gray levels by which a ruling line is darker than the paper beside it."""
RULE_GAP = 0.2
"""Least gap, in parts of the type size, in which a line can part what was written as one text."""
TOLERANCE = 0.12
"""Cells begin at the same place when they differ by less than this part of the type size."""
SUPPORT = 3
"""So many cells of other rows must begin or end at a place for it to be a column's edge."""
SPACED_GAP = 4.5
"""Widest gap inside a word of spaced letters, in parts of the type size."""


def kind_of(text: str) -> str:
    """``number``, ``han``, ``latin`` or ``sign``: a change of kind is where glued cells can be parted."""
    if text.isdecimal() or text in ".<>≤≥":
        return "number"
    if "\u2e80" <= text <= "\u9fff" or "\uf900" <= text <= "\ufaff" or ord(text[0]) >= 0x20000:
        return "han"
    return "latin" if text.isalpha() else "sign"


def is_ruled(before: Glyph, after: Glyph, background: Pixels | None, drawn: SecondOpinion) -> bool:
    """True when a ruling line runs between two neighbours: the file draws one there, or the page without its text is
    dark there, from top to bottom."""
    size = max(before.size, after.size)
    if before.run == after.run and after.x0 - before.x1 < RULE_GAP * size:
        return False  # a seal or a line that a word runs over cuts no word
    if drawn.parts(
        before.ink[2] - 1, after.ink[0] + 1, min(before.top, after.top) + 0.2 * size, max(before.base, after.base)
    ):
        return True
    if background is None:
        return False
    top, bottom = min(before.top, after.top) - 0.1 * size, max(before.bottom, after.bottom) + 0.1 * size
    left, right = min(before.x1, after.ink[0]) - 1, max(after.x0, before.ink[2]) + 2
    # Half an em to both sides shows the paper, against which a line is dark.
    room = 0.5 * size
    part = background[max(0, int(top)) : int(bottom) + 1, max(0, int(left - room)) : int(right + room)]
    if part.size == 0:
        return False
    paper = float(np.median(part))
    dark = (part.astype(np.int16) <= paper - RULE_CONTRAST).mean(axis=0) >= 0.97
    first = int(left) - max(0, int(left - room))
    return bool(dark[max(0, first) : first + max(1, int(right - left))].any()) and not dark.all()


class Edges:
    """Places at which the cells of several rows begin or end."""

    def __init__(self, cells: Sequence[Sequence[Glyph]]) -> None:
        self._starts = sorted(cell[0].x0 for cell in cells)
        self._ends = sorted(cell[-1].x1 for cell in cells)

    def part(self, cell: Sequence[Glyph]) -> list[list[Glyph]]:
        """Cut ``cell`` where a number meets words at a column's edge: a result and the name beside it.

        The number must be all there is on its side: 306号 in an address and 抗凝血酶3 stay whole.
        """
        cuts = [
            i
            for i in range(1, len(cell))
            if cell[i - 1].run != cell[i].run and self._meet(cell, i) and self._edge(cell[i - 1], cell[i])
        ]
        return [list(cell[a:b]) for a, b in pairwise([0, *cuts, len(cell)])]

    def _meet(self, cell: Sequence[Glyph], place: int) -> bool:
        one, two = kind_of(cell[place - 1].text), kind_of(cell[place].text)
        if one == "number" and two in ("han", "latin"):
            return _is_number(cell[:place])
        return one in ("han", "latin") and two == "number" and _is_number(cell[place:])

    def _edge(self, before: Glyph, after: Glyph) -> bool:
        room = TOLERANCE * max(before.size, after.size)
        return _count(self._starts, after.x0, room) >= SUPPORT or _count(self._ends, before.x1, room) >= SUPPORT


def _is_number(part: Sequence[Glyph]) -> bool:
    return all(glyph.text in "0123456789.<>≤≥↑↓*HL" for glyph in part)


def _count(places: Sequence[float], place: float, room: float) -> int:
    return bisect_right(places, place + room) - bisect_left(places, place - room)


def is_spaced_word(groups: Sequence[Sequence[Glyph]], at: int) -> int:
    """Return the number of groups from ``at`` on that make one word of widely spaced letters; 1 for none.

    Two letters must come from one text object (姓　　名) or end with a colon; three and more must have equal gaps.
    """
    end = at + 1
    while end < len(groups) and _continues(groups, at, end):
        end += 1
    size = groups[at][0].size
    gaps = [b[0].x0 - a[-1].x1 for a, b in pairwise(groups[at:end])]
    if end - at >= 3 and max(gaps) - min(gaps) <= 0.35 * size:
        return end - at
    if end - at == 2:
        one, two = groups[at], groups[at + 1]
        labelled = len(two) > 1 and two[1].text in ":："
        if labelled or (len(two) == 1 and one[0].run == two[0].run):
            return 2
    return 1


def _continues(groups: Sequence[Sequence[Glyph]], at: int, end: int) -> bool:
    """True when ``groups[end]`` can be the next letter of a word whose letters so far stand alone."""
    before, after = groups[end - 1], groups[end]
    if len(before) != 1 or kind_of(before[0].text) != "han" or kind_of(after[0].text) != "han":
        return False
    if len(after) > 1 and after[1].text not in ":：":
        return False
    first = groups[at][0]
    alike = abs(after[0].size - first.size) < 0.1 * first.size and after[0].font == first.font
    return alike and after[0].x0 - before[0].x1 <= SPACED_GAP * first.size
