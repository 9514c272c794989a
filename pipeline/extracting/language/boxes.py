"""Tick boxes in running text: which are ticked, and which words each belongs to.

Printed forms offer diseases and answers to tick (☑高血压病 □糖尿病; 有□ 无☑). An offer that nobody ticked states
nothing, so it must never be taken for a diagnosis. Where a reader lost the ticks, nothing is certain.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from rules.vocabulary.documents import load_form

__all__ = ["BOX", "Box", "Part", "find_boxes", "offered", "ticked"]


@dataclass(frozen=True, slots=True)
class Box:
    """A box at ``text[start:end]``."""

    start: int
    end: int
    ticked: bool


@dataclass(frozen=True, slots=True)
class Part:
    """Words between boxes; ``chosen`` is None where it cannot be told which box is theirs, or whether any is ticked."""

    start: int
    end: int
    chosen: bool | None


_BULLETS = "●○"
"""Filled and hollow dots: levels of a list far more often than offers."""


@lru_cache(maxsize=1)
def _signs() -> tuple[str, str]:
    form = load_form()
    yes, no = ("".join(c for c in signs if c not in _BULLETS) for signs in (form.ticked, form.unticked))
    return re.escape(yes), re.escape(no)


def _box() -> str:
    yes, no = _signs()
    return rf"(?:[\[(][{yes}xX×][\])]|\[ ?\]|[{yes}{no}])"


BOX = _box()
"""Regular expression of one box, ticked or not."""

_EMPTY = re.compile(r"\( ?\)")
"""Round brackets with nothing in them: a box only where others hold a tick; else a blank left in a sentence."""
# Readers take an empty box for 口: one before a word that hardly begins so (口腔, 口干 do).
_MISREAD = re.compile(r"[口囗](?![腔干角咽周唇臭吃服底炎眼鼻渴苦齿])(?=[\u4e00-\u9fff\d])")


def ticked(box: str) -> bool:
    """True when the box ``box`` holds a tick or is filled."""
    return bool(re.search(rf"[{_signs()[0]}xX×]", box))


@lru_cache(maxsize=1)
def _pattern() -> re.Pattern[str]:
    return re.compile(BOX)


def find_boxes(text: str, start: int, end: int) -> list[Box]:
    """Return the boxes of ``text[start:end]``, in order."""
    found = [Box(m.start(), m.end(), ticked(m[0])) for m in _pattern().finditer(text, start, end)]
    if any(text[box.start] == "(" for box in found):
        found += [Box(m.start(), m.end(), False) for m in _EMPTY.finditer(text, start, end)]
    misread = list(_MISREAD.finditer(text, start, end))
    opens = bool(found) or any(m.start() == start for m in misread)
    doubtful = [
        Box(m.start(), m.end(), False)
        for m in misread
        if opens or not "\u4e00" <= text[m.start() - 1 : m.start()] <= "\u9fff"
    ]
    if len(found) + len(doubtful) > 1:
        found += [box for box in doubtful if not any(b.start <= box.start < b.end for b in found)]
    return sorted(found, key=lambda box: box.start)


_NUMBER = re.compile(r"[\s(]*\d{0,2}[.、,)]*\s*")
_TRAILING_NUMBER = re.compile(r"[\s,;、]*[(]?\d{1,2}[.、)]\s*$")


def offered(text: str, start: int, end: int) -> list[Part] | None:
    """Cut a list of offers at its boxes; None where the list has none, or bullets that are all alike and filled."""
    boxes = find_boxes(text, start, end)
    if not boxes or (all(box.ticked for box in boxes) and boxes[0].start > start + 3):
        return None
    first = _NUMBER.match(text, start, boxes[0].start)
    leading = first is not None and first.end() == boxes[0].start
    trailing = not text[boxes[-1].end : end].strip(" \t\n,;、。.")
    if not leading and not trailing:
        return None
    told = any(box.ticked for box in boxes)
    parts: list[Part] = []
    for number, box in enumerate(boxes):
        if leading:
            low = box.end
            high = boxes[number + 1].start if number + 1 < len(boxes) else end
            if number + 1 < len(boxes) and (behind := _TRAILING_NUMBER.search(text, low, high)):
                high = behind.start()
        else:
            low, high = (boxes[number - 1].end if number else start), box.start
        if text[low:high].strip():
            parts.append(Part(low, high, box.ticked if told else None))
    return parts
