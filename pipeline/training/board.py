"""A page on which labelled print is put freely: positions in points, widths reckoned from the characters."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from models.page_reader.labels import Label
from pipeline.training.truth import Piece, TrueLine, TruePage

__all__ = ["Board", "Part", "width_of"]

Part = tuple[str, Label | None, object]
"""Words, their label, and the name of the thing they are (any hashable; ``None`` for unlabelled words)."""


def width_of(text: str, size: float) -> float:
    """Return the printed width of ``text``."""
    return sum(1.0 if ord(character) > 0x2000 else 0.52 for character in text) * size


class Board:
    """Collects lines of print."""

    def __init__(self, width: float, height: float) -> None:
        self.width, self.height = width, height
        self.bottom = 0.0
        """Lower edge of the lowest print so far."""
        self._lines: list[TrueLine] = []
        self._things: dict[object, int] = {}
        self._heads: dict[int, int] = {}

    def thing(self, name: object) -> int:
        return self._things.setdefault(name, len(self._things))

    def link(self, name: object, head: object) -> None:
        """Say that the thing ``name`` belongs to ``head``."""
        self._heads[self.thing(name)] = self.thing(head)

    def put(
        self, x: float, y: float, parts: Iterable[Part], size: float, *, align: str = "l", stretch: float = 1.0
    ) -> float:
        """Print ``parts`` as one line with its top at ``y`` and return where it ends.

        Args:
            align: ``l``: ``x`` is the left edge, ``r``: the right edge, ``c``: the middle.
            stretch: letters stand so many times as wide.
        """
        text, pieces = "", []
        for words, label, name in parts:
            if label is not None and words.strip():
                lead = len(words) - len(words.lstrip())
                kept = words.strip()
                pieces.append(Piece(len(text) + lead, len(text) + lead + len(kept), label, self.thing(name)))
            text += words
        lead = len(text) - len(text.lstrip())
        kept = text.strip()
        if not kept:
            return x
        pieces = [Piece(p.start - lead, p.end - lead, p.label, p.thing) for p in pieces]
        wide = width_of(kept, size) * stretch
        x0 = x if align == "l" else x - wide if align == "r" else x - wide / 2
        self._lines.append(TrueLine(kept, (x0, y, x0 + wide, y + size), tuple(pieces)))
        self.bottom = max(self.bottom, y + size)
        return x0 + wide

    def page(self, kind: str, family: str) -> TruePage:
        """Return the page, high enough for all that was put."""
        used = set(self._things.values())
        heads = {a: b for a, b in self._heads.items() if a in used and b in used}
        printed = {piece.thing for line in self._lines for piece in line.pieces}
        heads = {a: b for a, b in heads.items() if a in printed and b in printed}
        return TruePage(
            width=self.width,
            height=max(self.height, self.bottom + 20),
            lines=tuple(self._lines),
            heads=heads,
            type=kind,
            family=family,
        )


def wrapped(parts: Sequence[Part], size: float, room: float) -> list[list[Part]]:
    """Break ``parts`` into lines no wider than ``room``."""
    lines: list[list[Part]] = [[]]
    at = 0.0
    for words, label, name in parts:
        kept = ""
        for character in words:
            wide = width_of(character, size)
            if at + wide > room and at > 0:
                if kept:
                    lines[-1].append((kept, label, name))
                lines.append([])
                kept, at = "", 0.0
            kept += character
            at += wide
        if kept:
            lines[-1].append((kept, label, name))
    return [line for line in lines if line]


__all__ += ["wrapped"]
