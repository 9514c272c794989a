"""Every corrected case of the service as training pages; see :mod:`.training_pages`."""

from __future__ import annotations

from sqlalchemy import select

from pipeline.service.casework.corrections.overlay import apply
from pipeline.service.casework.corrections.rows import active, change_of
from pipeline.service.casework.corrections.training_pages import TrainingPage, training_pages
from pipeline.service.casework.stored import StoredCaseError, stored_from_bytes
from pipeline.service.office import Office
from pipeline.service.tables import Assessment, Correction

__all__ = ["exported_pages"]


def exported_pages(office: Office) -> tuple[tuple[TrainingPage, ...], int, int]:
    """Return the pages of all cases with corrections in force, how many cases that are, and how many could not be read.

    The order tells nothing: pages are sorted by what stands on them after identity was taken out.
    """
    pages: list[TrainingPage] = []
    cases = dropped = 0
    with office.database.read() as session:
        applications = session.scalars(
            select(Correction.application_id).where(Correction.undone_at.is_(None)).distinct()
        ).all()
        for application in applications:
            latest = session.scalars(
                select(Assessment)
                .where(Assessment.application_id == application)
                .order_by(Assessment.revision.desc(), Assessment.id.desc())
                .limit(1)
            ).one_or_none()
            if latest is None:
                continue
            cases += 1
            try:
                stored = stored_from_bytes(latest.case)
            except StoredCaseError:
                dropped += 1
                continue
            base = stored.retyped or stored.machine
            overlaid = apply(base.facts, base.documents, [change_of(row) for row in active(session, application)], None)
            touched = {*overlaid.touched, *stored.types}
            pages += training_pages(base, overlaid.facts, touched, keys=overlaid.keys)
    return tuple(sorted(pages, key=TrainingPage.to_json)), cases, dropped
