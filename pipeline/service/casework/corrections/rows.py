"""Corrections in the database, as changes to lay over a case and as rows of the report."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from pipeline.keys import FACT_KINDS, keys_of
from pipeline.nouns import ReadCase
from pipeline.reporting.fact_rows import evidences
from pipeline.reporting.schema import CorrectionOut, EvidenceOut
from pipeline.reporting.text import mask_private
from pipeline.service.casework.corrections.changes import Change, Kind, latest
from pipeline.service.casework.corrections.overlay import Note
from pipeline.service.tables import Correction

__all__ = ["active", "change_of", "corrections_out"]


def active(session: Session, application: str) -> list[Correction]:
    """Return the corrections of a case that were not undone, oldest first."""
    query = select(Correction).where(Correction.application_id == application, Correction.undone_at.is_(None))
    return list(session.scalars(query.order_by(Correction.made_at, Correction.id)))


def change_of(row: Correction) -> Change:
    """Return the change that a row tells of."""
    return Change(
        id=row.id,
        kind=Kind(row.kind) if row.kind in set(Kind) else Kind.UNKNOWN,
        target=row.target,
        field=row.field,
        human=row.human,
        made_at=row.made_at,
    )


def corrections_out(rows: Sequence[Correction], base: ReadCase, notes: Sequence[Note]) -> tuple[CorrectionOut, ...]:
    """Return the corrections in force as rows of the report; one that a newer one replaced is not among them."""
    in_force = {change.id for change in latest(tuple(change_of(row) for row in rows))}
    lost = {note.correction: note.code for note in notes}
    places = _places(base)
    return tuple(
        CorrectionOut(
            id=row.id,
            kind=row.kind,
            target=row.target,
            field=row.field,
            machine=_masked(row.machine),
            human=_masked(row.human),
            note=mask_private(row.note),
            made_at=row.made_at.isoformat(timespec="seconds"),
            made_by=row.made_by,
            state=lost.get(row.id, "applied"),
            evidence=places.get(row.target),
        )
        for row in rows
        if row.id in in_force
    )


def _places(base: ReadCase) -> dict[str, EvidenceOut]:
    keys = keys_of(base.facts, base.documents)
    return {
        key: evidences(fact.evidence[:1])[0]
        for kind in FACT_KINDS
        for key, fact in zip(keys.facts[kind], getattr(base.facts, kind), strict=True)
        if fact.evidence
    }


def _masked(value: Mapping[str, Any]) -> dict[str, Any]:
    return {name: mask_private(v) if isinstance(v, str) else v for name, v in value.items()}
