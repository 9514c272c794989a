"""Facts and evidence as rows of report.json."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Iterable, Sequence
from dataclasses import fields
from decimal import Decimal
from typing import Any

from pipeline.keys import FACT_KINDS, Keys
from pipeline.reporting import schema as out
from pipeline.reporting.text import clean, mask_id_number, mask_private, number
from rules.engine.facts import CaseFacts, Evidence, Unknown

__all__ = ["evidences", "facts_out", "iso", "json_number", "plain_names", "share", "text", "texts", "unknowns"]


def facts_out(facts: CaseFacts, keys: Keys) -> out.FactsOut:
    """Return the facts of report.json, each with its key."""
    names = {id(f): key for kind in FACT_KINDS for f, key in zip(getattr(facts, kind), keys.facts[kind], strict=True)}

    def common(fact: Any) -> dict[str, Any]:
        return {"key": names[id(fact)], **_common(fact)}

    return out.FactsOut(
        patient=tuple(
            out.PatientOut(
                **common(p),
                name=text(p.name),
                sex=text(p.sex),
                age=json_number(p.age),
                birth_year=None if isinstance(p.birth_date, Unknown) else p.birth_date.year,
                id_number=None if isinstance(p.id_number, Unknown) else mask_id_number(p.id_number),
                model_only=plain_names(p.model_only),
                readers_disagree=p.readers_disagree,
            )
            for p in facts.patient
        ),
        visits=tuple(
            out.VisitOut(
                **common(v),
                kind=v.kind,
                start=iso(v.start),
                end=iso(v.end),
                hospital=text(v.hospital),
                department=text(v.department),
            )
            for v in facts.visits
        ),
        diagnoses=tuple(
            out.DiagnosisOut(
                **common(d),
                name=clean(d.name),
                icd10=d.icd10,
                status=d.status,
                section=clean(d.section),
                date=iso(d.date),
                concept=d.concept,
                grade=d.grade,
            )
            for d in facts.diagnoses
        ),
        lab_results=tuple(
            out.LabResultOut(
                **common(r),
                analyte=r.analyte,
                name=clean(r.name),
                value=number(r.value),
                comparator=r.comparator,
                text=clean(r.text),
                unit=text(r.unit),
                reference_low=number(r.reference_low),
                reference_high=number(r.reference_high),
                reference_text=text(r.reference_text),
                flag=r.flag,
                specimen=text(r.specimen),
                sampled_at=iso(r.sampled_at),
                reported_at=iso(r.reported_at),
                abbreviation=text(r.abbreviation),
                canonical_value=number(r.canonical_value),
                canonical_unit=r.canonical_unit,
                polarity=r.polarity,
                doubts=texts(r.doubts),
            )
            for r in facts.lab_results
        ),
        findings=tuple(
            out.FindingOut(
                **common(f),
                concept=f.concept,
                status=f.status,
                modality=f.modality,
                section=clean(f.section),
                text=mask_private(f.text),
                value=number(f.value),
                comparator=f.comparator,
                unit=text(f.unit),
                date=iso(f.date),
            )
            for f in facts.findings
        ),
        treatments=tuple(
            out.TreatmentOut(
                **common(t),
                kind=t.kind,
                name=clean(t.name),
                status=t.status,
                concept=t.concept,
                classes=texts(t.classes),
                date=iso(t.date),
                section=clean(t.section),
            )
            for t in facts.treatments
        ),
        form=tuple(
            out.FormEntryOut(
                **common(e),
                field=e.field,
                value=None if isinstance(e.value, Unknown) else mask_private(e.value),
            )
            for e in facts.form
        ),
    )


def _common(fact: Any) -> dict[str, Any]:
    places = evidences(fact.evidence)
    return {
        "document": fact.document,
        "evidence": places[0] if places else None,
        "more_evidence": places[1:],
        "unknown": unknowns(fact),
        "share": min((share(e.share) for e in fact.evidence if e.share is not None), default=None),
        "for_human": any(e.for_human for e in fact.evidence),
    }


def evidences(items: Iterable[Evidence]) -> tuple[out.EvidenceOut, ...]:
    return tuple(
        out.EvidenceOut(
            document=item.document,
            file=clean(item.file),
            page=item.page,
            box=(_pixel(item.box[0]), _pixel(item.box[1]), _pixel(item.box[2]), _pixel(item.box[3])),
            quote=mask_private(item.quote),
            confidence=share(item.confidence),
            extractor=item.extractor,
        )
        for item in items
    )


def plain_names(marks: Sequence[str]) -> tuple[str, ...]:
    """Names of fields without what rules had left in their place: ``date:unreadable`` is ``date``."""
    return tuple(mark.partition(":")[0] for mark in marks)


def unknowns(item: Any) -> dict[str, Unknown]:
    """Fields that are null for another reason than not being printed."""
    return {
        field.name: value
        for field in fields(item)
        if isinstance(value := getattr(item, field.name), Unknown) and value is not Unknown.ABSENT
    }


def text(value: str | Unknown | None) -> str | None:
    return None if value is None or isinstance(value, Unknown) else clean(value)


def texts(values: Sequence[str]) -> tuple[str, ...]:
    return tuple(clean(value) for value in values)


def iso(value: dt.date | dt.datetime | Unknown | None) -> str | None:
    return None if value is None or isinstance(value, Unknown) else value.isoformat()


def json_number(value: Decimal | Unknown | None) -> int | float | None:
    return number(value) if isinstance(value, Decimal) else None


def _pixel(value: float) -> int | float:
    if not math.isfinite(value):
        return 0
    rounded = round(float(value), 1)
    return int(rounded) if rounded.is_integer() else rounded


def share(value: float) -> float:
    return round(min(1.0, max(0.0, value)), 4) if math.isfinite(value) else 0.0
