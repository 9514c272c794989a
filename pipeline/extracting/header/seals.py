"""Whose seals a document carries, and what they say of its issuer.

The letterhead comes first. A seal names the issuer where no letterhead was read; where both were read clearly and name
two hospitals, a person looks. A seal without readable words proves nothing and is still a seal.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from pipeline.extracting.header.hospital import Letterhead, find_hospital, hospital_names, letterheads
from pipeline.fields import fold
from pipeline.nouns import Alert, Document, Line, PageReader, Quad, ReadPage, Seal, Severity
from rules.engine.facts import Box, DocumentType, Evidence
from rules.vocabulary.hospitals.matching import same_hospital

__all__ = ["Sealed", "issuer", "seal_alerts", "seals_of"]

_READ = 0.8
"""Confidence from which a seal's words name a hospital that nothing else names."""
_CLEAR = 0.9
"""Confidence from which seal and letterhead contradict each other."""
_HEAD = 0.4
"""Weight from which a printed name is a letterhead or stands at a label, not in a footer."""
_FAINT = 0.2
_CUT = re.compile(
    r"^(?:[省县区]|市(?![中南北]区)|[镇乡州][卫中医第人]|第[一二三四五六七八九十](?!军)|人民|民医|中心|中医院|附属|大学|医学院|医院|立医)"
)
"""A name never begins like this: its place is missing."""
_OFFICE = re.compile(
    r"医疗保障|医疗保险(?:管理|事业|基金)|医保局|社会保[险障]|人力资源|街道|村民委|居民委|派出所|公安|民政|税务|财政|公司|药房|药店"
)
_NO_SEALS = frozenset({DocumentType.IDENTITY_CARD})


@dataclass(frozen=True, slots=True)
class Sealed:
    """One seal of a document, and the hospital that it names, if any."""

    page: ReadPage
    seal: Seal
    hospital: str | None
    evidence: Evidence

    @property
    def foreign(self) -> bool:
        """True when its words name an office or a company that is no hospital."""
        words = self.seal.text + self.seal.centre
        return self.hospital is None and self.seal.confidence >= _READ and bool(_OFFICE.search(words))


def seals_of(document: Document) -> tuple[Sealed, ...]:
    """Every seal of a document in order of its pages; evidence points at the seal, extractor ``seal``."""
    return tuple(
        Sealed(page, seal, _hospital(seal), _evidence(document, page, seal))
        for page in document.pages
        for seal in page.seals
    )


def issuer(document: Document) -> Letterhead | None:
    """The hospital that issued the document: as printed, else as its seal says, else None."""
    head = find_hospital(document)
    if document.type in _NO_SEALS:
        return head
    named = [sealed for sealed in seals_of(document) if sealed.hospital is not None]
    best = max(named, key=lambda sealed: sealed.seal.confidence, default=None)
    if best is None or best.seal.confidence < _READ or best.hospital is None:
        return head
    by_seal = Letterhead(
        best.hospital, best.page, (_as_line(best.page, best.seal),), best.seal.confidence, by_seal=True
    )
    if head is None:
        return by_seal
    if _pressed(head, best.page, best.seal):
        # Detection read bits of the seal as lines of the page: the seal read as a whole is better.
        return by_seal
    faint = head.weight < _FAINT and best.seal.confidence >= _CLEAR
    return by_seal if faint and same_hospital(head.name, best.hospital) is False else head


def seal_alerts(document: Document) -> tuple[Alert, ...]:
    """Alerts for seals of another hospital than the one that the document prints (code ``seal_hospital_differs``)."""
    if document.type in _NO_SEALS:
        return ()
    named = [s for s in seals_of(document) if s.hospital is not None and s.seal.confidence >= _CLEAR]
    if not named:
        return ()  # most documents: letterheads are costly to find
    heads = letterheads(document)
    clear = [h for h in heads if h.weight >= _HEAD and min(line.confidence for line in h.lines) >= _CLEAR]
    alerts = []
    for sealed in named if clear else ():
        printed = [h for h in heads if h.weight >= _FAINT and not _pressed(h, sealed.page, sealed.seal)]
        answers = [same_hospital(head.name, sealed.hospital or "") for head in printed]
        if not answers or any(answer is not False for answer in answers):
            continue
        shown = max(clear, key=lambda head: head.weight)
        quoted = document.evidence(shown.page, shown.lines, quote=shown.name, extractor="header")
        alerts.append(
            Alert(
                code="seal_hospital_differs",
                severity=Severity.WARNING,
                message="这份材料所盖印章上的医院与材料上印的医院不一致，请人工对照原件，核实由哪家医院出具。",
                file=sealed.page.page.file,
                page=sealed.page.page.number,
                evidence=(sealed.evidence, quoted),
            )
        )
    return tuple(alerts)


def _hospital(seal: Seal) -> str | None:
    """The hospital named round the rim, or, where only the purpose runs round it, across the middle."""
    for words in (seal.text, seal.centre.replace(" ", "")):
        for name in hospital_names(fold(words).text):
            if not _CUT.match(name):
                return name
    return None


def _evidence(document: Document, page: ReadPage, seal: Seal) -> Evidence:
    return Evidence(
        document=document.id,
        file=page.page.file,
        page=page.page.number,
        box=seal.box,
        quote=" ".join(words for words in (seal.text, seal.centre) if words),
        confidence=seal.confidence,
        extractor="seal",
    )


def _as_line(page: ReadPage, seal: Seal) -> Line:
    """The seal as a line, for those who point at lines: its box on the displayed page stands for both frames."""
    x0, y0, x1, y1 = seal.box
    quad: Quad = ((x0, y0), (x1, y0), (x1, y1), (x0, y1))
    version = page.lines[0].version if page.lines else ""
    return Line(seal.text, quad, quad, seal.confidence, PageReader.OCR.value, version)


def _pressed(head: Letterhead, page: ReadPage, seal: Seal) -> bool:
    """True when the printed name is in fact a piece of the seal."""
    return head.page.page.id == page.page.id and all(_within(line.box, seal.box) for line in head.lines)


def _within(line: Box, seal: Box) -> bool:
    width = min(line[2], seal[2]) - max(line[0], seal[0])
    height = min(line[3], seal[3]) - max(line[1], seal[1])
    area = max((line[2] - line[0]) * (line[3] - line[1]), 1.0)
    return width > 0 and height > 0 and width * height >= 0.75 * area
