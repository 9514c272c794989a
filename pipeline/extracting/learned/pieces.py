"""The page reader's spans as pieces of the page's lines, with their links resolved."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from models.page_reader.labels import Label
from pipeline.nouns import Line, ReadPage

__all__ = ["Piece", "begins", "pieces_of", "sureness", "whole"]


@dataclass(slots=True, eq=False)
class Piece:
    """One labelled piece of a line."""

    text: str
    line: Line
    """The piece itself, with its estimated place."""
    whole: Line
    """The line of the page that it is cut from."""
    label: Label
    confidence: float
    link_confidence: float
    host: Piece | None = None
    """The item name, key or section that it belongs to."""
    parts: list[Piece] = field(default_factory=list)
    """Pieces that belong to this one, in reading order."""

    @property
    def cut(self) -> bool:
        return self.line is not self.whole


def pieces_of(page: ReadPage, lines: Sequence[Line] | None = None) -> tuple[Piece, ...]:
    """Return the pieces of ``page`` in reading order, those on ``lines`` alone where given.

    A span that does not fit the page's lines is left out: a reading may be older than the page it is kept with.
    """
    if page.learned is None:
        return ()
    wanted = None if lines is None else {id(line) for line in lines}
    made: dict[int, Piece] = {}
    for number, span in enumerate(page.learned.reading.spans):
        if not 0 <= span.line < len(page.lines):
            continue
        whole = page.lines[span.line]
        start, end = _trimmed(whole.text, span.start, span.end)
        if start >= end or (wanted is not None and id(whole) not in wanted):
            continue
        alone = start == 0 and end == len(whole.text)
        made[number] = Piece(
            text=whole.text[start:end],
            line=whole if alone else whole.part(start, end),
            whole=whole,
            label=span.label,
            confidence=span.confidence,
            link_confidence=span.link_confidence,
        )
    for number, piece in made.items():
        link = page.learned.reading.spans[number].link
        host = made.get(link) if link is not None else None
        if host is not None and host is not piece:
            piece.host = host
            host.parts.append(piece)
    return tuple(made.values())


def begins(piece: Piece) -> bool:
    """False for the further lines of a thing that breaks over lines: they are linked to its first."""
    return piece.host is None or piece.host.label is not piece.label


def whole(piece: Piece) -> list[Piece]:
    """Return ``piece`` and the further lines of it, in reading order."""
    return [piece, *(part for part in piece.parts if part.label is piece.label)]


def _trimmed(text: str, start: int, end: int) -> tuple[int, int]:
    start, end = max(start, 0), min(end, len(text))
    while start < end and text[start].isspace():
        start += 1
    while end > start and text[end - 1].isspace():
        end -= 1
    return start, end


def sureness(pieces: Sequence[Piece]) -> float:
    """Return how sure the page reader is of pieces that belong together: labels and links, the least of them."""
    told = [piece.confidence for piece in pieces]
    told += [piece.link_confidence for piece in pieces if piece.host is not None]
    return min(told, default=0.0)
