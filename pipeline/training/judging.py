"""How well a network labels pages that it did not learn from."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import dataclass

from models.page_reader.classes import HEAD_OF
from models.page_reader.labels import Label, PageReading
from pipeline.training.reading import LabelledPage

__all__ = ["Tally", "scores", "tallied"]

Place = tuple[int, int, int]


@dataclass(slots=True)
class Tally:
    """Counts of pieces: right, found, true."""

    right: int = 0
    found: int = 0
    true: int = 0

    @property
    def f1(self) -> float:
        return 2 * self.right / max(self.found + self.true, 1)

    def add(self, found: Set[object], true: Set[object]) -> None:
        self.right += len(found & true)
        self.found += len(found)
        self.true += len(true)


def tallied(pages: Sequence[LabelledPage], readings: Sequence[PageReading]) -> Mapping[str, Tally]:
    """Count pieces by label (white space at their ends counts for nothing), links by label, and page types."""
    tallies: dict[str, Tally] = defaultdict(Tally)
    for page, reading in zip(pages, readings, strict=True):
        true, true_links = _true(page)
        found, found_links = _found(page, reading)
        for label in Label:
            tallies[label.value].add(
                {p for p, own in found.items() if own is label}, {p for p, own in true.items() if own is label}
            )
            if label in HEAD_OF:
                tallies[f"{label.value}>"].add(
                    {(p, h) for p, h in found_links.items() if found[p] is label},
                    {(p, h) for p, h in true_links.items() if true[p] is label},
                )
        best = max(reading.types, key=lambda name: reading.types[name])
        for kind in ("type", f"type:{page.type}"):
            tallies[kind].add({page.type} & {best}, {page.type})
            tallies[kind].found += best != page.type
        of_page = tallies[f"pieces:{page.type}"]
        of_page.add(set(found.items()), set(true.items()))
    return dict(tallies)


def scores(tallies: Mapping[str, Tally]) -> dict[str, float]:
    """Return F1 by label, links included, and ``score``: what the best weights are chosen by."""
    told = {name: tally.f1 for name, tally in sorted(tallies.items()) if tally.true}
    labels = _sum(tallies[label.value] for label in Label)
    links = _sum(tallies[f"{label.value}>"] for label in HEAD_OF)
    told["labels"], told["links"] = labels.f1, links.f1
    told["score"] = 0.45 * labels.f1 + 0.4 * links.f1 + 0.15 * told.get("type", 0.0)
    return told


def _sum(tallies: Iterable[Tally]) -> Tally:
    whole = Tally()
    for one in tallies:
        whole.right += one.right
        whole.found += one.found
        whole.true += one.true
    return whole


def _trimmed(text: str, line: int, start: int, end: int) -> Place:
    while start < end and text[start].isspace():
        start += 1
    while end > start and text[end - 1].isspace():
        end -= 1
    return (line, start, end)


def _true(page: LabelledPage) -> tuple[dict[Place, Label], dict[Place, Place | None]]:
    labels: dict[Place, Label] = {}
    first: dict[tuple[int, Label], Place] = {}
    pieces = []
    for number, own in enumerate(page.pieces):
        for piece in own:
            place = _trimmed(page.page.lines[number].text, number, piece.start, piece.end)
            labels[place] = piece.label
            pieces.append((place, piece))
    # What comes first on the page heads a thing of several lines.
    for place, piece in sorted(pieces, key=lambda one: (page.page.lines[one[0][0]].box[1], one[0])):
        first.setdefault((piece.thing, piece.label), place)
    links: dict[Place, Place | None] = {}
    head: Place | None
    for place, piece in pieces:
        wanted = HEAD_OF.get(piece.label)
        if wanted is None:
            continue
        begun = first[(piece.thing, piece.label)]
        head = (
            (None if begun == place else begun)
            if wanted is piece.label
            else first.get((page.heads.get(piece.thing, -1), wanted))
        )
        if head is not None:
            links[place] = head
    return labels, links


def _found(page: LabelledPage, reading: PageReading) -> tuple[dict[Place, Label], dict[Place, Place | None]]:
    places = [_trimmed(page.page.lines[s.line].text, s.line, s.start, s.end) for s in reading.spans]
    labels = {place: span.label for place, span in zip(places, reading.spans, strict=True)}
    links: dict[Place, Place | None] = {
        place: places[span.link] for place, span in zip(places, reading.spans, strict=True) if span.link is not None
    }
    return labels, links
