"""report.json: the review as data, in the shape of :mod:`pipeline.reporting.schema`."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Iterable, Sequence
from dataclasses import fields
from decimal import Decimal
from typing import Any

from pipeline.nouns import Alert, Document, ReadPage, Review
from pipeline.reporting import schema as out
from pipeline.reporting.applicant import applicant_of
from pipeline.reporting.text import clean, known, mask_id_number, mask_private, number
from rules.engine.facts import CaseFacts, DocumentInfo, Evidence, Unknown
from rules.engine.judgement import Judgement, TraceNode

__all__ = ["all_alerts", "document_info", "report_json", "timing"]


def report_json(review: Review) -> dict[str, Any]:
    """Return the review as the JSON object of contract ``yushen.report.v1``: Decimals as numbers, dates ISO.

    Resident ID numbers are masked wherever they stand, also inside quotes. Pure: reads no file.
    """
    facts = review.read.facts
    who = applicant_of(facts)
    report = out.Report(
        case=out.CaseOut(
            as_of=facts.as_of.isoformat(),
            region=clean(review.region),
            applicant=out.ApplicantOut(
                name=_text(who.name),
                sex=_text(who.sex),
                age=_number(who.age),
                id_number=_text(who.id_number),
                unknown=_unknowns(who),
            ),
            applied_for=_texts(review.applied_for),
        ),
        reviews=tuple(_judgement(judgement) for judgement in review.judgements),
        documents=tuple(_document(document, document_info(review, document)) for document in review.read.documents),
        facts=_facts(facts),
        alerts=tuple(_alert(alert) for alert in all_alerts(review)),
        timing=timing(review),
        versions={clean(k): clean(v) for k, v in review.versions.items()},
    )
    return report.model_dump(mode="json", by_alias=True)


def all_alerts(review: Review) -> tuple[Alert, ...]:
    """Return the alerts of the case once each, whichever stage raised them."""
    return tuple(dict.fromkeys((*review.alerts, *review.read.alerts)))


def timing(review: Review) -> dict[str, float]:
    """Return seconds per stage, three digits."""
    merged = {**review.read.seconds, **review.seconds}
    return {clean(stage): round(value, 3) for stage, value in merged.items() if math.isfinite(value)}


def document_info(review: Review, document: Document) -> DocumentInfo:
    """Return what is known of a document: as the rules saw it, else as extracting left it, else the type alone."""
    for info in review.read.facts.documents:
        if info.id == document.id:
            return info
    return document.info or DocumentInfo(id=document.id, type=document.type)


def _judgement(judgement: Judgement) -> out.JudgementOut:
    disease, ruleset = judgement.disease, judgement.ruleset
    return out.JudgementOut(
        disease=out.DiseaseOut(
            id=disease.id, name=disease.name, code=disease.code, number=disease.number, category=disease.category
        ),
        ruleset=out.RulesetOut(
            version=ruleset.version, sha256=ruleset.sha256, verified=ruleset.verified, source=ruleset.source
        ),
        conclusion=judgement.conclusion,
        formula=out.FormulaOut(text=judgement.formula_text, trace=_trace(judgement.formula_trace)),
        criteria=tuple(
            out.CriterionOut(
                id=item.id,
                title=clean(item.title),
                status=item.status,
                reason=item.reason,
                message=mask_private(item.message),
                evidence=_evidences(item.evidence),
                against=_evidences(item.against),
                trace=tuple(_trace(node) for node in item.trace),
                readings=_texts(item.readings),
                verified=item.verified,
                source=clean(item.source),
            )
            for item in judgement.criteria
        ),
        missing=tuple(
            out.NeedOut(
                criterion=need.criterion,
                need=clean(need.need),
                accepts=_texts(need.accepts),
                why=clean(need.why),
                alternatives=_texts(need.alternatives),
                where=clean(need.where),
            )
            for need in judgement.missing
        ),
        notices=_texts(judgement.notices),
    )


def _trace(node: TraceNode) -> out.TraceOut:
    return out.TraceOut(
        label=mask_private(node.label),
        value=node.value,
        status=node.status,
        note=mask_private(node.note),
        children=tuple(_trace(child) for child in node.children),
    )


def _document(document: Document, info: DocumentInfo) -> out.DocumentOut:
    level = info.hospital_level
    return out.DocumentOut(
        id=document.id,
        type=info.type,
        type_label=info.type.label,
        hospital=_text(info.hospital),
        hospital_level=None if isinstance(level, Unknown) else level.label,
        date=_date(info.date),
        pages=tuple(_page(page) for page in document.pages),
        title=None if document.title is None else clean(document.title),
        department=_text(info.department),
        hospital_level_source=None if isinstance(level, Unknown) else level.source,
        owner=info.owner,
        signers=_texts(info.signers),
        duplicate_of=info.duplicate_of,
        why=_texts(document.why),
        confidence=_share(document.confidence),
        unknown=_unknowns(info),
    )


def _page(read: ReadPage) -> out.PageOut:
    page = read.page
    return out.PageOut(
        file=clean(page.file),
        page=page.number,
        width=page.width,
        height=page.height,
        quality=tuple(
            out.QualityOut(
                code=issue.code,
                message=clean(issue.message),
                score=issue.score if math.isfinite(issue.score) else None,
            )
            for issue in read.quality
        ),
        id=page.id,
        reader=str(read.reader.value),
        why=clean(read.why),
        angle=read.angle,
        duplicate_of=page.duplicate_of,
    )


def _facts(facts: CaseFacts) -> out.FactsOut:
    return out.FactsOut(
        patient=tuple(
            out.PatientOut(
                **_common(p),
                name=_text(p.name),
                sex=_text(p.sex),
                age=_number(p.age),
                birth_year=None if isinstance(p.birth_date, Unknown) else p.birth_date.year,
                id_number=None if isinstance(p.id_number, Unknown) else mask_id_number(p.id_number),
            )
            for p in facts.patient
        ),
        visits=tuple(
            out.VisitOut(
                **_common(v),
                kind=v.kind,
                start=_date(v.start),
                end=_date(v.end),
                hospital=_text(v.hospital),
                department=_text(v.department),
            )
            for v in facts.visits
        ),
        diagnoses=tuple(
            out.DiagnosisOut(
                **_common(d),
                name=clean(d.name),
                icd10=d.icd10,
                status=d.status,
                section=clean(d.section),
                date=_date(d.date),
                concept=d.concept,
                grade=d.grade,
            )
            for d in facts.diagnoses
        ),
        lab_results=tuple(
            out.LabResultOut(
                **_common(r),
                analyte=r.analyte,
                name=clean(r.name),
                value=number(r.value),
                comparator=r.comparator,
                text=clean(r.text),
                unit=_text(r.unit),
                reference_low=number(r.reference_low),
                reference_high=number(r.reference_high),
                reference_text=_text(r.reference_text),
                flag=r.flag,
                specimen=_text(r.specimen),
                sampled_at=_date(r.sampled_at),
                reported_at=_date(r.reported_at),
                abbreviation=_text(r.abbreviation),
                canonical_value=number(r.canonical_value),
                canonical_unit=r.canonical_unit,
                polarity=r.polarity,
                doubts=_texts(r.doubts),
            )
            for r in facts.lab_results
        ),
        findings=tuple(
            out.FindingOut(
                **_common(f),
                concept=f.concept,
                status=f.status,
                modality=f.modality,
                section=clean(f.section),
                text=mask_private(f.text),
                value=number(f.value),
                comparator=f.comparator,
                unit=_text(f.unit),
                date=_date(f.date),
            )
            for f in facts.findings
        ),
        treatments=tuple(
            out.TreatmentOut(
                **_common(t),
                kind=t.kind,
                name=clean(t.name),
                status=t.status,
                concept=t.concept,
                classes=_texts(t.classes),
                date=_date(t.date),
                section=clean(t.section),
            )
            for t in facts.treatments
        ),
        form=tuple(
            out.FormEntryOut(
                **_common(e),
                field=e.field,
                value=None if isinstance(e.value, Unknown) else mask_private(e.value),
            )
            for e in facts.form
        ),
    )


def _common(fact: Any) -> dict[str, Any]:
    places = _evidences(fact.evidence)
    return {
        "document": fact.document,
        "evidence": places[0] if places else None,
        "more_evidence": places[1:],
        "unknown": _unknowns(fact),
    }


def _alert(alert: Alert) -> out.AlertOut:
    return out.AlertOut(
        code=alert.code,
        severity=alert.severity.value,
        message=mask_private(alert.message),
        evidence=_evidences(alert.evidence),
        file=None if alert.file is None else clean(alert.file),
        page=alert.page,
    )


def _evidences(items: Iterable[Evidence]) -> tuple[out.EvidenceOut, ...]:
    return tuple(
        out.EvidenceOut(
            document=item.document,
            file=clean(item.file),
            page=item.page,
            box=(_pixel(item.box[0]), _pixel(item.box[1]), _pixel(item.box[2]), _pixel(item.box[3])),
            quote=mask_private(item.quote),
            confidence=_share(item.confidence),
            extractor=item.extractor,
        )
        for item in items
    )


def _unknowns(item: Any) -> dict[str, Unknown]:
    """Fields that are null for another reason than not being printed."""
    return {
        field.name: value
        for field in fields(item)
        if isinstance(value := getattr(item, field.name), Unknown) and value is not Unknown.ABSENT
    }


def _text(value: str | Unknown | None) -> str | None:
    return None if value is None or isinstance(value, Unknown) else clean(value)


def _texts(values: Sequence[str]) -> tuple[str, ...]:
    return tuple(clean(value) for value in values)


def _date(value: dt.date | dt.datetime | Unknown | None) -> str | None:
    return None if value is None or isinstance(value, Unknown) else value.isoformat()


def _number(value: Decimal | Unknown | None) -> int | float | None:
    return number(value) if isinstance(value, Decimal) and known(value) else None


def _pixel(value: float) -> int | float:
    if not math.isfinite(value):
        return 0
    rounded = round(float(value), 1)
    return int(rounded) if rounded.is_integer() else rounded


def _share(value: float) -> float:
    return round(min(1.0, max(0.0, value)), 4) if math.isfinite(value) else 0.0
