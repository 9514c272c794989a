"""What pdfplumber makes of a PDF page, beside PDFium: a second, independent opinion on its codes, and its drawn lines.

Which character a code stands for is told by tables inside the file (ToUnicode, CMaps, encodings), and programs differ
in how they follow odd ones. A digit on which two programs disagree is not proven; pixels decide. Lines and boxes that
the file draws part the cells of a table, also where they are too pale to be seen in the picture.

pdfplumber has no say where it cannot parse what PDFium renders: it then sees no characters and no lines.
"""

from __future__ import annotations

import contextlib
import logging
import unicodedata
from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any

import pdfplumber

from pipeline.intake.glyphs import Glyph

__all__ = ["Rule", "SecondLook", "SecondOpinion"]

logging.getLogger("pdfminer").setLevel(logging.ERROR)  # its warnings quote page content

_SAME_SIZE = 0.01
"""Pages whose sizes differ by more than this part are not turned or cropped the same way: no opinion."""
_CELL = 48.0
"""Side of the squares, in pixels, by which characters are looked up."""
_UPRIGHT = 0.5
"""Widest a drawn line may be, in points, to be one line and not two edges of a bar."""


@dataclass(frozen=True, slots=True)
class Rule:
    """One upright line that the file draws, in pixels of the page as displayed."""

    x: float
    top: float
    bottom: float


@dataclass(frozen=True, slots=True)
class SecondOpinion:
    """One page as pdfplumber sees it; empty when it sees nothing that can be laid over the picture."""

    rules: tuple[Rule, ...] = ()
    """Sorted by ``x``."""
    places: dict[tuple[int, int], list[tuple[float, float, float, float, str]]] | None = None

    def parts(self, left: float, right: float, top: float, bottom: float) -> bool:
        """Whether a drawn line runs between ``left`` and ``right`` all the way from ``top`` to ``bottom``."""
        first = bisect_left(self.rules, left, key=lambda rule: rule.x)
        last = bisect_right(self.rules, right, key=lambda rule: rule.x)
        return any(rule.top <= top and rule.bottom >= bottom for rule in self.rules[first:last])

    def disputed(self, glyphs: Sequence[Glyph]) -> list[Glyph]:
        """Return the characters for which pdfplumber reads another character at the same place."""
        return [glyph for glyph in glyphs if not glyph.text.isspace() and self._differs(glyph)]

    def _differs(self, glyph: Glyph) -> bool:
        if not self.places:
            return False
        middle, y = (glyph.ink[0] + glyph.ink[2]) / 2, glyph.base - 0.3 * glyph.size
        # A typeface that stands in for a missing one draws a point beside its place; the file tells where it begins.
        here = self._at(middle, y) + self._at(glyph.x0 + 0.2 * (glyph.x1 - glyph.x0), y)
        # Print over print (a stamp, fake bold) has several characters at one place: one that agrees is enough.
        return bool(here) and _plain(glyph.text) not in here

    def _at(self, x: float, y: float) -> str:
        near = (self.places or {}).get((int(x // _CELL), int(y // _CELL)), ())
        return "".join(t for left, top, right, bottom, t in near if left <= x <= right and top <= y <= bottom)


def _plain(text: str) -> str:
    """Fold what is one character in several codes: full width, radicals, presentation forms."""
    return unicodedata.normalize("NFKC", text)


class SecondLook:
    """A PDF opened by pdfplumber. Use as a context manager."""

    def __init__(self, path: Path) -> None:
        self._pdf: Any = None
        try:
            self._pdf = pdfplumber.open(path)
        except Exception:
            # pdfminer raises many kinds for odd files, and PDFium has opened this one: it has no second opinion.
            self._pdf = None

    def __enter__(self) -> SecondLook:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._pdf is not None:
            # Closing walks the pages once more and meets what could not be parsed; they are rendered all the same.
            with contextlib.suppress(Exception):
                self._pdf.close()

    def page(self, index: int, size: tuple[float, float]) -> SecondOpinion:
        """Return the opinion on page ``index``, which the picture shows with ``size`` (width, height in pixels)."""
        if self._pdf is None:
            return SecondOpinion()
        try:
            page = self._pdf.pages[index]
        except Exception:
            return SecondOpinion()
        try:
            return _opinion(page, size)
        except Exception:
            # Any error in a hostile or odd content stream.
            return SecondOpinion()
        finally:
            page.close()  # drops cached objects and layout


def _opinion(page: Any, size: tuple[float, float]) -> SecondOpinion:
    left, top, width, height = _window(page)
    across, down = size[0] / width, size[1] / height
    if abs(across - down) > _SAME_SIZE * down:
        return SecondOpinion()
    places: dict[tuple[int, int], list[tuple[float, float, float, float, str]]] = defaultdict(list)
    for char in page.chars:
        text = char["text"]
        if not text.strip() or text.startswith("(cid:"):
            continue  # a code without a meaning: no opinion
        box = (
            (char["x0"] - left) * across,
            (char["top"] - top) * down,
            (char["x1"] - left) * across,
            (char["bottom"] - top) * down,
        )
        for column in range(int(box[0] // _CELL), int(box[2] // _CELL) + 1):
            for row in range(int(box[1] // _CELL), int(box[3] // _CELL) + 1):
                places[column, row].append((*box, _plain(text)))
    rules = [
        Rule((edge["x0"] - left) * across, (edge["top"] - top) * down, (edge["bottom"] - top) * down)
        for edge in page.edges
        if edge["orientation"] == "v" and abs(edge["x1"] - edge["x0"]) <= _UPRIGHT
    ]
    return SecondOpinion(tuple(_joined(rules)), dict(places))


def _window(page: Any) -> tuple[float, float, float, float]:
    """Left, top, width and height of what is shown of ``page``, in the frame of its characters (points, turned).

    Worked out from the file's own boxes: ``page.cropbox`` of a turned page is not turned upside down as it should be.
    """
    media, crop = page.page_obj.mediabox, page.page_obj.cropbox
    x0, y0 = max(media[0], crop[0]), max(media[1], crop[1])
    x1, y1 = min(media[2], crop[2]), min(media[3], crop[3])
    left, bottom, right, top = x0 - media[0], y0 - media[1], media[2] - x1, media[3] - y1
    wide, high = x1 - x0, y1 - y0
    turns = {
        0: (left, top, wide, high),
        90: (bottom, left, high, wide),
        180: (right, bottom, wide, high),
        270: (top, right, high, wide),
    }
    return turns[page.page_obj.rotate % 360]


def _joined(rules: Sequence[Rule]) -> list[Rule]:
    """Join pieces of one line: tables are often drawn cell by cell."""
    out: list[Rule] = []
    for rule in sorted(rules, key=lambda r: (round(r.x), r.top)):
        last = out[-1] if out else None
        if last is not None and round(last.x) == round(rule.x) and rule.top <= last.bottom + 2:
            out[-1] = Rule(last.x, last.top, max(last.bottom, rule.bottom))
        else:
            out.append(rule)
    return sorted(out, key=lambda r: r.x)
