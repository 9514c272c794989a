"""Raised and lowered digits: a small 9 raised behind ``×10`` becomes ``⁹``, one lowered behind ``CO`` becomes ``₂``.

Written as what they are they cannot become one more digit of a number: 5.1 with a note 2 is ``5.1²``, never 5.12.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from pipeline.intake.cell_cuts import kind_of
from pipeline.intake.glyphs import Glyph

__all__ = ["with_small_digits"]

SMALLER = 0.85
"""Type size, in parts of the line's, from which a digit counts as small ..."""
LOW_INK = 0.56
"""... or height of its ink in parts of the type size: some typefaces draw small digits at the full size."""
RISE = 0.15
"""Height above the line, in parts of its type size, from which a small digit is raised."""
NOTE_RISE = 0.25
"""... behind a Chinese character or a bracket, where small print of a value may be set in the middle of the line."""
FALL = 0.06
"""Depth below the line from which a digit behind a letter is lowered (CO₂, HbA₁c); nothing else carries such."""
NEAR = 0.35
"""Widest gap, in parts of the type size, between a small digit and what it hangs on."""

_WORD = re.compile(r"[-+−–]?\d{1,2}|\d{0,2}[-+−–]")
_RAISED = str.maketrans("0123456789+-−–", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁻⁻")
_LOWERED = str.maketrans("0123456789+-−–", "₀₁₂₃₄₅₆₇₈₉₊₋₋₋")


def with_small_digits(glyphs: Sequence[Glyph]) -> list[Glyph]:
    """Return ``glyphs`` with small digits rewritten and set on the line they belong to.

    Only one or two digits with a sign are rewritten: a longer run of small print is a text of its own.
    """
    out = list(glyphs)
    order = sorted((i for i, g in enumerate(out) if not g.text.isspace()), key=lambda i: out[i].x0)
    word_of: dict[int, list[int]] = {}
    for place, index in enumerate(order):
        small = glyphs[index]
        host = _left_of(small, order[max(0, place - 60) : place], glyphs)
        if host is None:
            continue
        if host in word_of and _level(glyphs[host], small):
            word_of[host].append(index)
            word_of[index] = word_of[host]
        elif _lift(glyphs[host], small):
            word_of[index] = [host, index]
    for host, *digits in {tuple(word) for word in word_of.values()}:
        on = glyphs[host]
        if not _WORD.fullmatch("".join(glyphs[i].text for i in digits)):
            continue
        table = _RAISED if _lift(on, glyphs[digits[0]]) > 0 else _LOWERED
        for i in digits:
            out[i] = replace(glyphs[i], text=glyphs[i].text.translate(table), base=on.base, size=on.size)
    return out


def _left_of(small: Glyph, before: Sequence[int], glyphs: Sequence[Glyph]) -> int | None:
    """The character that ``small`` stands right behind, among those that start further left."""
    best, nearest = None, float("inf")
    for i in before:
        host = glyphs[i]
        size = max(host.size, small.size)
        gap = small.x0 - host.x1
        if abs(gap) > NEAR * size or not -0.5 * size <= host.base - small.base <= 0.9 * size:
            continue
        if abs(gap) < nearest:
            best, nearest = i, abs(gap)
    return best


def _level(a: Glyph, b: Glyph) -> bool:
    return abs(a.base - b.base) < 0.1 * a.size and abs(a.size - b.size) < 0.15 * a.size


def _lift(host: Glyph, small: Glyph) -> float:
    """How far ``small`` is raised (1) or lowered (-1) from the line of ``host``; 0 when it is ordinary print."""
    if small.text not in "0123456789+-−–":
        return 0.0
    digit = small.text.isdigit()
    low = digit and small.ink[3] - small.ink[1] <= LOW_INK * host.size
    if not (small.size <= SMALLER * host.size or low):
        return 0.0
    rise = (host.base - (small.ink[3] if digit else small.base)) / host.size
    latin = host.text.isalpha() and kind_of(host.text) != "han"
    if rise >= RISE and (host.text.isdecimal() or latin or rise >= NOTE_RISE):
        return 1.0
    return -1.0 if latin and rise <= -FALL else 0.0
