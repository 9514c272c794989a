"""All scores of a run, from truth and kept results alone: a :class:`PageScore` a page, a :class:`CaseScore` a case."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from pipeline.evaluating.boxes import BoxScore, score_boxes
from pipeline.evaluating.cost import CostScore, score_cost
from pipeline.evaluating.counting import NO_RATIO, Ratio
from pipeline.evaluating.diagnoses import DiagnosisScore, pair_diagnoses, score_diagnoses
from pipeline.evaluating.documents import DocumentScore, score_documents
from pipeline.evaluating.fields import FieldScore, score_fields
from pipeline.evaluating.gate import GateScore, score_gate
from pipeline.evaluating.judging import JudgingScore, score_judging
from pipeline.evaluating.kept import Place
from pipeline.evaluating.labs import LabScore, pair_rows, score_labs
from pipeline.evaluating.runs import Pair
from pipeline.evaluating.statements import (
    StatementScore,
    pair_findings,
    pair_treatments,
    pair_visits,
    score_statements,
)
from pipeline.evaluating.text import TextScore, score_text
from pipeline.evaluating.truth import Truth, TruthPage

__all__ = ["CaseScore", "CaseTraits", "PageScore", "PageTraits", "Scores", "band", "score_case", "score_run"]

NONE = "none"
"""Stands for a family or split that is not recorded, and for no degradation."""


def band(strength: float) -> str:
    """Return ``weak``, ``medium`` or ``strong``: thirds of the scale."""
    return "weak" if strength < 1 / 3 else "medium" if strength < 2 / 3 else "strong"


@dataclass(frozen=True, slots=True, kw_only=True)
class PageTraits:
    """What scores are split by. ``degradations`` are ``name:band``."""

    type: str
    family: str
    split: str
    medium: str
    degradations: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class PageScore:
    case: str
    place: Place
    traits: PageTraits
    usable: bool = True
    text: TextScore = field(default_factory=TextScore)
    documents: DocumentScore = field(default_factory=DocumentScore)
    fields: FieldScore = field(default_factory=FieldScore)
    labs: LabScore = field(default_factory=LabScore)
    diagnoses: DiagnosisScore = field(default_factory=DiagnosisScore)
    findings: StatementScore = field(default_factory=StatementScore)
    treatments: StatementScore = field(default_factory=StatementScore)
    visits: StatementScore = field(default_factory=StatementScore)
    boxes: BoxScore = field(default_factory=BoxScore)
    gate: GateScore = field(default_factory=GateScore)
    seconds: Ratio = NO_RATIO
    """Seconds that reading the page itself took, of one page."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseTraits:
    """``medium`` is ``mixed`` where the pages differ."""

    disease: str
    split: str
    medium: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseScore:
    case: str
    traits: CaseTraits
    judging: JudgingScore
    cost: CostScore
    failed: str | None = None


@dataclass(frozen=True, slots=True)
class Scores:
    """Of a whole run."""

    pages: tuple[PageScore, ...]
    cases: tuple[CaseScore, ...]


def score_run(pairs: Iterable[Pair]) -> Scores:
    """Score every case."""
    pages: list[PageScore] = []
    cases: list[CaseScore] = []
    for pair in pairs:
        of_pages, of_case = score_case(pair)
        pages += of_pages
        cases.append(of_case)
    return Scores(tuple(pages), tuple(cases))


def score_case(pair: Pair) -> tuple[tuple[PageScore, ...], CaseScore]:
    """Score one case, stage by stage."""
    truth, kept = pair.truth, pair.kept
    documents, fields = score_documents(truth, kept), score_fields(truth, kept)
    rows, diagnoses = pair_rows(truth, kept), pair_diagnoses(truth, kept)
    findings, treatments, visits = pair_findings(truth, kept), pair_treatments(truth, kept), pair_visits(truth, kept)
    labs, named = score_labs(truth, kept, rows), score_diagnoses(truth, diagnoses)
    seen, given = score_statements(truth, findings), score_statements(truth, treatments)
    stays = score_statements(truth, visits)
    boxes = score_boxes((rows, diagnoses, findings, treatments, visits))
    pages = []
    for page in truth.pages:
        place = (page.file, page.page)
        read = kept.page(place)
        text = score_text(page, read)
        pages.append(
            PageScore(
                case=kept.case,
                place=place,
                traits=_traits(truth, page),
                usable=not page.unusable,
                text=text,
                documents=documents.get(place, DocumentScore()),
                fields=fields.get(place, FieldScore()),
                labs=labs.get(place, LabScore()),
                diagnoses=named.get(place, DiagnosisScore()),
                findings=seen.get(place, StatementScore()),
                treatments=given.get(place, StatementScore()),
                visits=stays.get(place, StatementScore()),
                boxes=boxes.get(place, BoxScore()),
                gate=score_gate(page, read, text),
                seconds=Ratio(read.seconds, 1) if read else NO_RATIO,
            )
        )
    media = {page.medium for page in truth.pages}
    splits = {page.split or NONE for page in truth.pages}
    traits = CaseTraits(
        disease=truth.disease_name,
        split=splits.pop() if len(splits) == 1 else "mixed",
        medium=media.pop() if len(media) == 1 else "mixed",
    )
    return tuple(pages), CaseScore(
        case=kept.case, traits=traits, judging=score_judging(truth, kept), cost=score_cost(kept), failed=kept.failed
    )


def _traits(truth: Truth, page: TruthPage) -> PageTraits:
    own = [d for d in truth.documents if d.id in page.documents]
    types = {d.type for d in own}
    family = page.family or next((d.family for d in own if d.family), None)
    return PageTraits(
        type=types.pop() if len(types) == 1 else ("several" if types else "unknown"),
        family=family or NONE,
        split=page.split or NONE,
        medium=page.medium,
        degradations=tuple(sorted({f"{d.name}:{band(d.strength)}" for d in page.degradations})),
    )
