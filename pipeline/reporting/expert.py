"""The expert's report: one self-contained HTML file. This module decides what it says; templates/ how it looks."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from pipeline.nouns import Alert, Document, Review, Severity
from pipeline.reporting import wording
from pipeline.reporting.applicant import Applicant, applicant_of
from pipeline.reporting.as_json import all_alerts, document_info, timing
from pipeline.reporting.charts import Chart, lab_charts
from pipeline.reporting.crops import PageImages, Picture
from pipeline.reporting.files import write_text
from pipeline.reporting.places import PagePlace, Place, Places
from pipeline.reporting.rendering import render
from pipeline.reporting.sealed import SealCheck, checked_seals
from pipeline.reporting.text import show
from pipeline.reporting.timeline import Timeline, course_of
from rules.engine.facts import CaseFacts, DocumentInfo, Evidence, LabResult
from rules.engine.judgement import Conclusion, CriterionResult, Judgement, Status

__all__ = ["ExpertReport", "expert_report", "write_expert_report"]

_CROPS_PER_ITEM = 3
_CROPS_IN_ALL = 90
_THUMBS = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """One piece of evidence as the report shows it."""

    evidence: Evidence
    place: Place | None
    page: PagePlace | None
    crop: Picture | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """One criterion with its evidence; ``anchor`` is its address in the file."""

    result: CriterionResult
    anchor: str
    shown: tuple[Shown, ...]
    against: tuple[Shown, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class DiseaseReport:
    """One disease: suggestion, reasons, items."""

    judgement: Judgement
    anchor: str
    suggestion: wording.Suggestion
    reasons: tuple[Item, ...]
    """The two or three items that decide the suggestion."""
    look: tuple[Item, ...]
    """Conflicting and manual items: a person looks at these first."""
    counts: tuple[tuple[Status, int], ...]
    items: tuple[Item, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownAlert:
    alert: Alert
    shown: tuple[Shown, ...]
    page: PagePlace | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownSeal:
    """A seal of a document, beside the letterhead's name."""

    check: SealCheck
    shown: Shown


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentCard:
    """One document with thumbnails of its first pages; ``more`` counts those not shown."""

    document: Document
    info: DocumentInfo
    thumbs: tuple[tuple[PagePlace, Picture | None], ...]
    more: int
    issues: tuple[str, ...]
    files: tuple[str, ...]
    seals: tuple[ShownSeal, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ExpertReport:
    """Everything that the template prints."""

    review: Review
    who: Applicant
    region: str
    diseases: tuple[DiseaseReport, ...]
    alerts: tuple[ShownAlert, ...]
    warnings: tuple[ShownAlert, ...]
    """Alerts that a person must look at first: warnings and errors."""
    failed_files: int
    timeline: Timeline
    charts: tuple[Chart, ...]
    more_charts: int
    labs: tuple[tuple[DocumentInfo | None, tuple[LabResult, ...]], ...]
    """Laboratory results by document, newest first."""
    documents: tuple[DocumentCard, ...]
    info: Mapping[str, DocumentInfo]
    pages: Sequence[PagePlace]
    places: Places
    images: PageImages
    timing: dict[str, float]

    @property
    def has_facts(self) -> bool:
        """True when anything at all was extracted."""
        facts = self.review.read.facts
        kinds = (facts.patient, facts.visits, facts.diagnoses, facts.lab_results, facts.findings, facts.treatments)
        return any((*kinds, facts.form))


def write_expert_report(review: Review, path: Path, *, images: PageImages | None = None) -> None:
    """Write the expert's report to ``path`` (atomically, readable by the owner only).

    Missing or broken page images leave a note in their place.

    Raises:
        OSError: the file cannot be written.
    """
    report = expert_report(review, images=images)
    write_text(path, render("expert/report.html.j2", report=report, script="report.js"))


def expert_report(review: Review, *, images: PageImages | None = None) -> ExpertReport:
    """Collect what the report shows, in its order."""
    places = Places(review)
    images = images or PageImages(len(places.pages))
    for page in places.pages:
        images.prepare(page.read)
    shower = _Shower(places, images)
    diseases = tuple(_disease(j, f"r{n}", shower) for n, j in enumerate(review.judgements, start=1))
    order = list(Severity)
    alerts = tuple(
        ShownAlert(
            alert=alert,
            # Where two places disagree, both are shown.
            shown=shower.show(alert.evidence, crops=2),
            page=places.page_at(alert.file, alert.page) if alert.page else None,
        )
        for alert in sorted(all_alerts(review), key=lambda a: order.index(a.severity))
    )
    decisive = [e for d in diseases for i in d.items for e in (*i.result.evidence, *i.result.against)]
    charts, more_charts = lab_charts(review.read.facts, decisive)
    return ExpertReport(
        review=review,
        who=applicant_of(review.read.facts),
        region=review.region_name or review.region,
        diseases=diseases,
        alerts=alerts,
        warnings=tuple(a for a in alerts if a.alert.severity is not Severity.INFO),
        failed_files=len({f for a in alerts if (f := a.alert.file) and _lost(a.alert, places)}),
        timeline=course_of(review.read.facts),
        charts=charts,
        more_charts=more_charts,
        labs=_labs(review.read.facts),
        documents=tuple(_card(d, document_info(review, d), places, shower) for d in review.read.documents),
        info={d.id: document_info(review, d) for d in review.read.documents},
        pages=places.pages,
        places=places,
        images=images,
        timing=timing(review),
    )


def _lost(alert: Alert, places: Places) -> bool:
    """True when the alert tells of a file none of whose pages could be used."""
    return alert.severity is Severity.ERROR and alert.file is not None and not places.has_file(alert.file)


def _card(document: Document, info: DocumentInfo, places: Places, shower: _Shower) -> DocumentCard:
    images = shower.images
    pages = [page for page in places.pages if page.document is document]
    return DocumentCard(
        document=document,
        info=info,
        thumbs=tuple((page, images.thumbnail(page.read)) for page in pages[:_THUMBS]),
        more=max(0, len(pages) - _THUMBS),
        issues=tuple(
            dict.fromkeys(f"第 {page.number} 页：{issue.message}" for page in pages for issue in page.read.quality)
        ),
        files=tuple(dict.fromkeys(page.read.page.file for page in pages)),
        seals=tuple(
            ShownSeal(check=check, shown=shower.show((check.sealed.evidence,), crops=0)[0])
            for check in checked_seals(document)
        ),
    )


def _labs(facts: CaseFacts) -> tuple[tuple[DocumentInfo | None, tuple[LabResult, ...]], ...]:
    info = {document.id: document for document in facts.documents}
    groups: dict[str, list[LabResult]] = {}
    for result in facts.lab_results:
        groups.setdefault(result.document, []).append(result)
    made = [(info.get(document), tuple(results)) for document, results in groups.items()]
    return tuple(sorted(made, key=lambda pair: show(pair[0].date, absent="") if pair[0] else "", reverse=True))


class _Shower:
    """Turns evidence into what is shown, with a ceiling on crops so that a file stays small."""

    def __init__(self, places: Places, images: PageImages) -> None:
        self._places = places
        self.images = images
        self._left = _CROPS_IN_ALL

    def show(self, evidence: Sequence[Evidence], *, crops: int = _CROPS_PER_ITEM) -> tuple[Shown, ...]:
        shown = []
        for number, item in enumerate(evidence):
            page = self._places.page_of(item)
            crop = None
            if page is not None and number < crops and self._left > 0:
                crop = self.images.crop(page.read, item.box)
                self._left -= crop is not None
            shown.append(Shown(evidence=item, place=self._places.place(item), page=page, crop=crop))
        return tuple(shown)


def _disease(judgement: Judgement, anchor: str, shower: _Shower) -> DiseaseReport:
    items = tuple(
        Item(
            result=result,
            anchor=f"{anchor}-{number}",
            shown=shower.show(result.evidence),
            against=shower.show(result.against, crops=1 if result.evidence else 2),
        )
        for number, result in enumerate(judgement.criteria, start=1)
    )
    counted = Counter(item.result.status for item in items)
    return DiseaseReport(
        judgement=judgement,
        anchor=anchor,
        suggestion=wording.CONCLUSIONS[judgement.conclusion],
        reasons=_reasons(judgement, items),
        look=tuple(i for s in (Status.CONFLICTING, Status.MANUAL) for i in items if i.result.status is s),
        counts=tuple((status, counted[status]) for status in Status if counted[status]),
        items=items,
    )


_DECISIVE = {
    Conclusion.MEETS: (Status.MET,),
    Conclusion.NOT_MET: (Status.UNMET,),
    Conclusion.INSUFFICIENT: (Status.MISSING, Status.CONFLICTING, Status.MANUAL),
    Conclusion.MANUAL: (Status.MANUAL, Status.CONFLICTING, Status.MISSING),
}


def _reasons(judgement: Judgement, items: Sequence[Item]) -> tuple[Item, ...]:
    """The items that carry the suggestion; those that the missing list names come first where it has any."""
    wanted = {need.criterion for need in judgement.missing}
    statuses = _DECISIVE[judgement.conclusion]
    chosen = [i for s in statuses for i in items if i.result.status is s]
    chosen.sort(key=lambda i: i.result.id not in wanted)
    return tuple(chosen[:3])
