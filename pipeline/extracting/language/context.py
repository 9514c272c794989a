"""What the makers of facts share: one document after the pipeline ran over it, and the facts of a case."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from spacy.tokens import Doc, Span

from pipeline.dates import FoundDate
from pipeline.extracting.language.assertion import CueSpan
from pipeline.extracting.language.moments import PaperDates
from pipeline.extracting.language.sections import Section, section_at
from pipeline.extracting.language.text import ClinicalText
from pipeline.nouns import Alert, Document
from rules.engine.facts import Diagnosis, DocumentType, Evidence, Finding, LabResult, Treatment, Visit

__all__ = ["EXAM_TYPES", "ClinicalFacts", "Reading"]

EXAM_TYPES = frozenset(
    {
        DocumentType.IMAGING_REPORT,
        DocumentType.PATHOLOGY_REPORT,
        DocumentType.ENDOSCOPY_REPORT,
        DocumentType.ECG_REPORT,
        DocumentType.LUNG_FUNCTION_REPORT,
        DocumentType.EEG_EMG_REPORT,
    }
)


@dataclass(frozen=True, slots=True, kw_only=True)
class ClinicalFacts:
    """Facts that running text states, over all documents of a case."""

    visits: tuple[Visit, ...] = ()
    diagnoses: tuple[Diagnosis, ...] = ()
    findings: tuple[Finding, ...] = ()
    treatments: tuple[Treatment, ...] = ()
    lab_results: tuple[LabResult, ...] = ()
    alerts: tuple[Alert, ...] = ()


@dataclass(slots=True)
class Reading:
    """One document with what the pipeline found in it. Lives only within the case's ``memory_zone``."""

    document: Document
    source: ClinicalText
    doc: Doc
    dates: PaperDates
    found_dates: list[FoundDate] = field(default_factory=list)

    @property
    def text(self) -> str:
        return self.source.text

    @property
    def sections(self) -> tuple[Section, ...]:
        sections: tuple[Section, ...] = self.doc._.sections
        return sections

    @property
    def cues(self) -> Sequence[CueSpan]:
        cues: Sequence[CueSpan] = self.doc._.cues
        return cues

    def terms(self, *labels: str) -> list[Span]:
        """Terms of the given kinds, in order."""
        return [span for span in self.doc.spans["terms"] if span.label_ in labels]

    def section(self, index: int) -> Section | None:
        return section_at(self.sections, index)

    def evidence(self, start: int, end: int, extractor: str = "clinical-text") -> tuple[Evidence, ...]:
        return self.source.evidence(start, end, extractor=extractor)

    def clause(self, start: int, end: int, *, stops: str = ",。;\n\t", limit: int = 60) -> tuple[int, int]:
        """Widen ``start:end`` to its clause, at most ``limit`` characters on each side."""
        text = self.text
        low, high = start, end
        while low > 0 and text[low - 1] not in stops and start - low < limit:
            low -= 1
        while high < len(text) and text[high] not in stops and high - end < limit:
            high += 1
        section = self.section(start)
        if section is not None and section.start <= start:
            low = max(low, section.start)
        if section is not None:
            high = min(high, max(end, section.end))
        return low, high
