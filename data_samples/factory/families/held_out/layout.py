"""Text on a surface: runs with marks, lines that break where Chinese lines may, cells, and a flow over pages."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace

from data_samples.factory.families.held_out.faces import has_glyph
from data_samples.factory.families.held_out.surface import BLACK, Colour, Surface
from data_samples.factory.paper import Run

__all__ = ["Flow", "Style", "cell", "height_of", "paragraph", "text", "width_of", "wrap"]

_TOKEN = re.compile(r"[A-Za-z0-9.%/^+*×<>()²³⁹-]+|.", re.DOTALL)
_NEVER_FIRST = "，。；：、！？）」』】》〉％℃”’,.;:!?)%"
_PT = 25.4 / 72


@dataclass(frozen=True, slots=True)
class Style:
    """Print of one kind. ``latin`` is the face of letters and digits where it is another one."""

    face: str
    size: float
    latin: str | None = None
    bold: bool = False
    fill: Colour = BLACK
    leading: float = 1.45

    @property
    def line(self) -> float:
        """Distance of base lines in millimetres."""
        return self.size * self.leading * _PT

    def but(self, **changes: object) -> Style:
        return replace(self, **changes)  # type: ignore[arg-type]


def _pieces(words: str, style: Style) -> Iterable[tuple[str, str]]:
    """Split ``words`` into stretches of one face each."""
    face, stretch = "", ""
    for character in words:
        latin = style.latin is not None and character.isascii() and character not in " "
        wanted = style.latin if latin and style.latin is not None else style.face
        if not has_glyph(wanted, character):
            wanted = next((f for f in (style.face, "dejavu", "noto") if has_glyph(f, character)), wanted)
        if wanted != face and stretch:
            yield stretch, face
            stretch = ""
        face, stretch = wanted, stretch + character
    if stretch:
        yield stretch, face


def width_of(surface: Surface, runs: Sequence[Run], style: Style) -> float:
    """Return the width of ``runs`` on one line."""
    return sum(surface.advance(t, face, style.size) for run in runs for t, face in _pieces(run.text, style))


def text(surface: Surface, x: float, y: float, runs: str | Run | Sequence[Run], style: Style) -> float:
    """Draw ``runs`` on one line from ``x`` and return where it ends."""
    for run in _runs(runs):
        start = x
        for stretch, face in _pieces(run.text, style):
            surface.put(x, y, stretch, face, style.size, fill=style.fill, bold=style.bold)
            x += surface.advance(stretch, face, style.size)
        if run.mark is not None and run.text.strip():
            surface.link(run.mark, start, y, x - start, style.size * _PT)
    return x


def _runs(runs: str | Run | Sequence[Run]) -> Sequence[Run]:
    if isinstance(runs, str):
        return (Run(runs),)
    return (runs,) if isinstance(runs, Run) else runs


def wrap(
    surface: Surface, runs: str | Run | Sequence[Run], width: float, style: Style, *, indent: float = 0
) -> list[list[Run]]:
    """Break ``runs`` into lines not wider than ``width``; the first one starts ``indent`` further right."""
    lines: list[list[Run]] = [[]]
    room = width - indent
    for run in _runs(runs):
        for word in _TOKEN.findall(run.text):
            if word == "\n":
                lines.append([])
                room = width
                continue
            for piece in _fitting(surface, word, width, style):
                wide = width_of(surface, (Run(piece),), style)
                if wide > room and lines[-1] and piece not in _NEVER_FIRST:
                    lines.append([])
                    room = width
                last = lines[-1]
                if last and last[-1].mark == run.mark:
                    last[-1] = Run(last[-1].text + piece, run.mark)
                else:
                    last.append(Run(piece, run.mark))
                room -= wide
    return lines


def _fitting(surface: Surface, word: str, width: float, style: Style) -> Iterable[str]:
    if len(word) == 1 or width_of(surface, (Run(word),), style) <= width:
        return (word,)
    return tuple(word)


def height_of(surface: Surface, runs: str | Run | Sequence[Run], width: float, style: Style) -> float:
    """Return how high ``runs`` are in a column of ``width``."""
    return len(wrap(surface, runs, width, style)) * style.line


def paragraph(
    surface: Surface,
    x: float,
    y: float,
    width: float,
    runs: str | Run | Sequence[Run],
    style: Style,
    *,
    indent: float = 0,
) -> float:
    """Draw ``runs`` in lines and return where the next line would start."""
    for number, line in enumerate(wrap(surface, runs, width, style, indent=indent)):
        text(surface, x + (indent if number == 0 else 0), y, line, style)
        y += style.line
    return y


def cell(
    surface: Surface,
    x: float,
    y: float,
    width: float,
    height: float,
    runs: str | Run | Sequence[Run],
    style: Style,
    *,
    align: str = "left",
    pad: float = 0.8,
) -> None:
    """Draw ``runs`` in a cell, in the middle of its height, as small as it takes to fit."""
    fitted = style
    while True:
        lines = wrap(surface, runs, width - 2 * pad, fitted)
        high = (len(lines) - 1) * fitted.line + fitted.size * _PT
        if high <= height + 0.2 or fitted.size <= 5:
            break
        fitted = fitted.but(size=fitted.size - 0.5, leading=min(fitted.leading, 1.2))
    top = y + (height - high) / 2
    for line in lines:
        free = width - 2 * pad - width_of(surface, line, fitted)
        shift = {"left": 0.0, "center": free / 2, "right": free}[align]
        text(surface, x + pad + max(0.0, shift), top, line, fitted)
        top += fitted.line


class Flow:
    """A column of text over as many pages as it takes; ``head`` draws the top of each and says where text starts."""

    def __init__(
        self, surface: Surface, left: float, right: float, bottom: float, head: Callable[[Surface, int], float]
    ) -> None:
        self.surface, self.left, self.right, self.bottom = surface, left, right, bottom
        self._head, self.number = head, 1
        self.y = head(surface, 1)

    @property
    def width(self) -> float:
        return self.right - self.left

    def need(self, height: float) -> bool:
        """Start a new page if ``height`` is not left. Returns whether it did."""
        if self.y + height <= self.bottom:
            return False
        self.surface.page()
        self.number += 1
        self.y = self._head(self.surface, self.number)
        return True

    def write(self, runs: str | Run | Sequence[Run], style: Style, *, indent: float = 0, left: float = 0) -> None:
        """Write a paragraph, ``left`` further right, breaking it over pages where it must."""
        x = self.left + left
        for number, line in enumerate(wrap(self.surface, runs, self.right - x, style, indent=indent)):
            self.need(style.line)
            text(self.surface, x + (indent if number == 0 else 0), self.y, line, style)
            self.y += style.line

    def skip(self, height: float) -> None:
        self.y += height
