"""Pages as the page reader takes them, and its reading of a part of a page."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from models.page_reader.labels import InputLine, PageInput, PageReading, Span
from pipeline.nouns import Line, ReadPage

__all__ = ["page_input", "with_lines"]


def page_input(page: ReadPage) -> PageInput:
    """Return the lines of ``page`` in the upright frame, all of them, so that line numbers mean those of the page."""
    return PageInput(
        width=float(page.width or page.page.width),
        height=float(page.height or page.page.height),
        lines=tuple(InputLine(line.text, line.upright) for line in page.lines),
    )


def with_lines(page: ReadPage, lines: Sequence[Line]) -> ReadPage:
    """Return ``page`` with some of its lines alone, and what the page reader said of those.

    A link to a piece on another line that is left out is lost.
    """
    learned = page.learned
    if learned is not None:
        learned = replace(learned, reading=_part(learned.reading, page.lines, lines))
    return replace(page, lines=tuple(lines), learned=learned)


def _part(reading: PageReading, all_lines: Sequence[Line], lines: Sequence[Line]) -> PageReading:
    place = {id(line): number for number, line in enumerate(lines)}
    moved = {number: place[id(line)] for number, line in enumerate(all_lines) if id(line) in place}
    kept = [number for number, span in enumerate(reading.spans) if span.line in moved]
    kept.sort(key=lambda number: (moved[reading.spans[number].line], reading.spans[number].start))
    again = {old: new for new, old in enumerate(kept)}

    def renumbered(span: Span) -> Span:
        link = None if span.link is None else again.get(span.link)
        return replace(
            span, line=moved[span.line], link=link, link_confidence=0.0 if link is None else span.link_confidence
        )

    return PageReading(types=reading.types, spans=tuple(renumbered(reading.spans[number]) for number in kept))
