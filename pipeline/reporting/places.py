"""Where evidence is shown: each place on a page gets one anchor, so that every link lands there with the box lit."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from pipeline.nouns import Document, ReadPage, Review
from pipeline.reporting.as_json import all_alerts, document_info
from pipeline.reporting.crops import upright_box, upright_size
from pipeline.reporting.sealed import all_seal_evidence
from pipeline.reporting.text import mask_private, show, single_line
from rules.engine.facts import Box, DocumentInfo, Evidence

__all__ = ["PagePlace", "Place", "Places"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """One lit box. ``left`` ... ``height`` are percent of the upright page."""

    id: str
    label: str
    left: float
    top: float
    width: float
    height: float


@dataclass(slots=True, kw_only=True)
class PagePlace:
    """One page of the case with the places that evidence points at."""

    id: str
    read: ReadPage
    document: Document
    info: DocumentInfo
    number: int
    """Number of the page in the case, from 1, as people are told it."""
    places: list[Place] = field(default_factory=list)

    @property
    def size(self) -> tuple[int, int]:
        """Width and height of the page upright, in pixels; at least 1."""
        width, height = upright_size(self.read)
        return max(width, 1), max(height, 1)

    @property
    def title(self) -> str:
        """``第 3 页 · 出院小结/出院记录 · 2026-01-16``."""
        date = show(self.info.date, absent="")
        return " · ".join(part for part in (f"第 {self.number} 页", self.info.type.label, date) if part)


class Places:
    """All pages and places of one review; evidence is found again by its document, page and box."""

    def __init__(self, review: Review) -> None:
        self.pages: list[PagePlace] = []
        self._by_document: dict[tuple[str, str, int], PagePlace] = {}
        self._by_file: dict[tuple[str, int], PagePlace] = {}
        self._places: dict[tuple[str, str, int, Box], Place] = {}
        for document in review.read.documents:
            info = document_info(review, document)
            for read in document.pages:
                number = len(self.pages) + 1
                page = PagePlace(id=f"page-{number}", read=read, document=document, info=info, number=number)
                self.pages.append(page)
                self._by_document.setdefault((document.id, read.page.file, read.page.number), page)
                self._by_file.setdefault((read.page.file, read.page.number), page)
        for evidence in (*_all_evidence(review), *all_seal_evidence(review)):
            self._add(evidence)

    def page_of(self, evidence: Evidence) -> PagePlace | None:
        """The page that the evidence stands on, or ``None`` when the case has no such page."""
        return self._by_document.get((evidence.document, evidence.file, evidence.page)) or self._by_file.get(
            (evidence.file, evidence.page)
        )

    def page_at(self, file: str | None, number: int | None) -> PagePlace | None:
        """The page ``number`` (default 1) of a file."""
        return None if file is None else self._by_file.get((file, number or 1))

    def has_file(self, file: str) -> bool:
        """True when at least one page of the file is part of the case."""
        return any(name == file for name, _ in self._by_file)

    def place(self, evidence: Evidence) -> Place | None:
        """The anchor of the evidence, or ``None`` when its page is not part of the case."""
        return self._places.get(_key(evidence))

    def _add(self, evidence: Evidence) -> None:
        page = self.page_of(evidence)
        if page is None or _key(evidence) in self._places:
            return
        width, height = upright_size(page.read)
        x0, y0, x1, y1 = upright_box(page.read, evidence.box)
        place = Place(
            id=f"e{len(self._places) + 1}",
            label=single_line(mask_private(evidence.quote))[:120] or "此处",
            left=_percent(x0, width),
            top=_percent(y0, height),
            width=_percent(x1 - x0, width),
            height=_percent(y1 - y0, height),
        )
        self._places[_key(evidence)] = place
        page.places.append(place)


def _key(evidence: Evidence) -> tuple[str, str, int, Box]:
    return (evidence.document, evidence.file, evidence.page, evidence.box)


def _percent(part: float, whole: int) -> float:
    return round(100 * part / whole, 3) if whole > 0 else 0.0


def _all_evidence(review: Review) -> Iterable[Evidence]:
    for judgement in review.judgements:
        for item in judgement.criteria:
            yield from item.evidence
            yield from item.against
    for alert in all_alerts(review):
        yield from alert.evidence
    facts = review.read.facts
    for group in (
        facts.patient,
        facts.visits,
        facts.diagnoses,
        facts.lab_results,
        facts.findings,
        facts.treatments,
        facts.form,
    ):
        for fact in group:
            yield from fact.evidence
