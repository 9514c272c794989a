"""report.json: the review as data, in the shape of :mod:`pipeline.reporting.schema`."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

from pipeline.keys import Keys, keys_of
from pipeline.nouns import Alert, Document, ReadPage, Review
from pipeline.reporting import schema as out
from pipeline.reporting.applicant import applicant_of
from pipeline.reporting.fact_rows import (
    evidences,
    facts_out,
    iso,
    json_number,
    plain_names,
    share,
    text,
    texts,
    unknowns,
)
from pipeline.reporting.sealed import SealCheck, checked_seals
from pipeline.reporting.text import clean, mask_private
from rules.engine.facts import DocumentInfo, Unknown
from rules.engine.judgement import Judgement, TraceNode

__all__ = ["all_alerts", "document_info", "report_json", "timing"]


def report_json(
    review: Review, *, keys: Keys | None = None, corrections: Sequence[out.CorrectionOut] = ()
) -> dict[str, Any]:
    """Return the review as the JSON object of contract ``yushen.report.v1``: Decimals as numbers, dates ISO.

    Resident ID numbers are masked wherever they stand, also inside quotes. Pure: reads no file.

    Args:
        keys: of facts and documents, where people corrected some since the machine named them.
        corrections: what they corrected.
    """
    keys = keys or keys_of(review.read.facts, review.read.documents)
    facts = review.read.facts
    who = applicant_of(facts)
    report = out.Report(
        case=out.CaseOut(
            as_of=facts.as_of.isoformat(),
            region=clean(review.region),
            applicant=out.ApplicantOut(
                name=text(who.name),
                sex=text(who.sex),
                age=json_number(who.age),
                id_number=text(who.id_number),
                unknown=unknowns(who),
            ),
            applied_for=texts(review.applied_for),
        ),
        reviews=tuple(_judgement(judgement) for judgement in review.judgements),
        documents=tuple(
            _document(document, document_info(review, document), keys.documents.get(document.id, ""))
            for document in review.read.documents
        ),
        facts=facts_out(facts, keys),
        alerts=tuple(_alert(alert) for alert in all_alerts(review)),
        timing=timing(review),
        versions={clean(k): clean(v) for k, v in review.versions.items()},
        corrections=tuple(corrections),
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
                evidence=evidences(item.evidence),
                against=evidences(item.against),
                trace=tuple(_trace(node) for node in item.trace),
                readings=texts(item.readings),
                verified=item.verified,
                source=clean(item.source),
            )
            for item in judgement.criteria
        ),
        missing=tuple(
            out.NeedOut(
                criterion=need.criterion,
                need=clean(need.need),
                accepts=texts(need.accepts),
                why=clean(need.why),
                alternatives=texts(need.alternatives),
                alternative_criteria=need.alternative_criteria,
                where=clean(need.where),
            )
            for need in judgement.missing
        ),
        notices=texts(judgement.notices),
    )


def _trace(node: TraceNode) -> out.TraceOut:
    return out.TraceOut(
        label=mask_private(node.label),
        value=node.value,
        status=node.status,
        note=mask_private(node.note),
        children=tuple(_trace(child) for child in node.children),
    )


def _document(document: Document, info: DocumentInfo, key: str) -> out.DocumentOut:
    level = info.hospital_level
    return out.DocumentOut(
        id=document.id,
        type=info.type,
        type_label=info.type.label,
        hospital=text(info.hospital),
        hospital_level=None if isinstance(level, Unknown) else level.label,
        date=iso(info.date),
        pages=tuple(_page(page) for page in document.pages),
        title=None if document.title is None else clean(document.title),
        department=text(info.department),
        hospital_level_source=None if isinstance(level, Unknown) else level.source,
        owner=info.owner,
        signers=texts(info.signers),
        duplicate_of=info.duplicate_of,
        model_only=plain_names(info.model_only),
        readers_disagree=info.readers_disagree,
        why=texts(document.why),
        confidence=share(document.confidence),
        unknown=unknowns(info),
        seals=tuple(_seal(check) for check in checked_seals(document)),
        key=key,
    )


def _seal(check: SealCheck) -> out.SealOut:
    seal = check.sealed.seal
    return out.SealOut(
        text=mask_private(seal.text),
        centre=mask_private(seal.centre),
        hospital=None if check.sealed.hospital is None else clean(check.sealed.hospital),
        agreement=check.agreement,
        shape=seal.shape,
        colour=seal.colour,
        evidence=evidences((check.sealed.evidence,))[0],
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
                retake=issue.retake,
            )
            for issue in read.quality
        ),
        id=page.id,
        reader=str(read.reader.value),
        why=clean(read.why),
        angle=read.angle,
        duplicate_of=page.duplicate_of,
    )


def _alert(alert: Alert) -> out.AlertOut:
    return out.AlertOut(
        code=alert.code,
        severity=alert.severity.value,
        message=mask_private(alert.message),
        evidence=evidences(alert.evidence),
        file=None if alert.file is None else clean(alert.file),
        page=alert.page,
    )
