"""Readings of the page reader made by hand, and a page reader that gives them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from models.page_reader.labels import Label, PageInput, PageReading, Span
from pipeline.nouns import LearnedReading, ReadPage

__all__ = ["FakeReader", "Said", "learned", "reading", "row"]

Said = tuple[str, Label, str | None]
"""What is printed, what it is said to be, and what is printed where it belongs."""


def reading(
    page: ReadPage,
    said: Sequence[Said],
    *,
    sure: float = 0.97,
    types: Mapping[str, float] | None = None,
) -> PageReading:
    """The reading that says ``said`` of ``page``; each text is looked for once, from the top."""
    places: list[tuple[int, int, int, Label, str | None, str]] = []
    used: set[tuple[int, int]] = set()
    for text, label, host in said:
        line, start = next(
            (k, at)
            for k, printed in enumerate(page.lines)
            if (at := printed.text.find(text)) >= 0 and not any(k == i and at < b for i, b in used)
        )
        used.add((line, start + len(text)))
        places.append((line, start, start + len(text), label, host, text))
    places.sort(key=lambda place: place[:2])
    spans = []
    for line, start, end, label, host, _ in places:
        link = next((k for k, place in enumerate(places) if host is not None and place[5] == host), None)
        spans.append(
            Span(
                line=line,
                start=start,
                end=end,
                label=label,
                confidence=sure,
                link=link,
                link_confidence=0.0 if link is None else sure,
            )
        )
    return PageReading(types=types or {}, spans=tuple(spans))


def row(name: str, result: str, unit: str | None = None, span: str | None = None) -> list[Said]:
    """One laboratory row."""
    cells: list[Said] = [(name, Label.ITEM_NAME, None), (result, Label.RESULT, name)]
    if unit is not None:
        cells.append((unit, Label.UNIT, name))
    if span is not None:
        cells.append((span, Label.RANGE, name))
    return cells


def learned(page: ReadPage, said: Sequence[Said], **more: object) -> ReadPage:
    """``page`` with the reading that says ``said``."""
    return replace(page, learned=LearnedReading("fake 1", reading(page, said, **more)))  # type: ignore[arg-type]


@dataclass
class FakeReader:
    """A page reader that says what it is told of pages by their first line, and counts how often it is asked."""

    told: Mapping[str, PageReading] = field(default_factory=dict)
    version: str = "fake 1"
    asked: list[int] = field(default_factory=list)

    def read(self, pages: Sequence[PageInput]) -> tuple[PageReading, ...]:
        self.asked.append(len(pages))
        return tuple(self.told.get(page.lines[0].text, PageReading(types={}, spans=())) for page in pages)
