"""A page whose truth is known to the character: lines of print with labelled pieces, and what belongs to what."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from models.page_reader.labels import Box, Label

__all__ = ["Piece", "TrueLine", "TruePage", "pieces_of"]


@dataclass(frozen=True, slots=True)
class Piece:
    """``text[start:end]`` of a line. A thing that breaks over lines has a piece in each, all with its ``thing``."""

    start: int
    end: int
    label: Label
    thing: int


@dataclass(frozen=True, slots=True)
class TrueLine:
    """One run of print."""

    text: str
    box: Box
    """Any unit, the same for the whole page; origin top left."""
    pieces: tuple[Piece, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class TruePage:
    """One upright page."""

    width: float
    height: float
    lines: tuple[TrueLine, ...]
    heads: Mapping[int, int] = field(default_factory=dict)
    """What a thing belongs to: the item name of a result, the key of a value, the section of a diagnosis."""
    type: str = "other"
    """Value of ``DocumentType``."""
    family: str = ""
    """Which layout it has; validation leaves whole families out."""


def pieces_of(marked: Iterable[tuple[Label, int] | None]) -> tuple[Piece, ...]:
    """Return the pieces of a line whose characters are marked one by one."""
    found: list[Piece] = []
    for index, mark in enumerate(marked):
        if mark is None:
            continue
        last = found[-1] if found else None
        if last is not None and last.end == index and (last.label, last.thing) == mark:
            found[-1] = Piece(last.start, index + 1, *mark)
        else:
            found.append(Piece(index, index + 1, *mark))
    return tuple(found)
