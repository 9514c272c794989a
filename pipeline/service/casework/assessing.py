"""One assessment of one revision of a case: loaded, understood, judged, kept. Asking twice makes one."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from pipeline.learned import open_page_reader
from pipeline.nouns import Review, Severity
from pipeline.reporting import report_json
from pipeline.service import trail
from pipeline.service.access import NotFoundError, find
from pipeline.service.actors import SYSTEM, Actor
from pipeline.service.api.webhooks import Event, announce
from pipeline.service.casework.corrected import judge_corrected
from pipeline.service.casework.corrections.rows import active, change_of, corrections_out
from pipeline.service.casework.feedback import feedback_to_data
from pipeline.service.casework.judging import case_conclusion, understand_material
from pipeline.service.casework.rows import Material, as_of_day, load_material
from pipeline.service.casework.stored import StoredCase, stored_to_bytes
from pipeline.service.office import Office
from pipeline.service.tables import Application, Assessment, Correction
from rules.engine.facts import CaseFacts, PatientIdentity, Unknown
from rules.engine.stored_facts import facts_to_json

__all__ = ["assess", "assessment_of", "latest_assessment", "made_assessment", "store"]

_TRIES = 4
_PERSONAL = frozenset({"applicant_name", "phone", "agent"})


def assess(office: Office, application_id: str) -> Assessment | None:
    """Assess a case as it stands now, and keep the result.

    Safe to call again, and by several workers at once: one assessment a revision is kept, and all callers get it.

    Returns:
        The assessment of the case's present revision; None where there is no such case, or a file or a page of it
        still waits to be read.
    """
    for _ in range(_TRIES):
        with office.database.read() as session:
            try:
                application = find(session, SYSTEM, application_id)
            except NotFoundError:
                return None
            found = assessment_of(session, application)
            if found is not None and found.as_of == as_of_day(office, application):
                session.expunge(found)  # the end of a read session would empty it
                return found
            material = load_material(session, office, application)
            corrections = active(session, application_id)
        if not material.settled:
            return None
        made = _make(office, material, corrections)
        with office.database.write() as session:
            kept = _keep(session, office, material, made)
        if kept is not None:
            return kept
    return None  # the case changes faster than it can be judged; whoever changed it asks again


def assessment_of(session: Session, application: Application) -> Assessment | None:
    """Return the assessment of the present revision; None while there is none."""
    return session.scalars(
        select(Assessment).where(
            Assessment.application_id == application.id, Assessment.revision == application.revision
        )
    ).one_or_none()


def latest_assessment(session: Session, application: Application) -> Assessment | None:
    """Return the newest assessment, which may be of an earlier revision; None before the first."""
    query = select(Assessment).where(Assessment.application_id == application.id)
    return session.scalars(query.order_by(Assessment.revision.desc()).limit(1)).one_or_none()


def _make(office: Office, material: Material, corrections: Sequence[Correction]) -> Assessment:
    started = time.perf_counter()
    page_reader = open_page_reader(office.settings.extracting)
    stored = StoredCase(machine=understand_material(material, office.blobs.of(material.application), page_reader))
    return made_assessment(
        office,
        stored,
        corrections,
        application=material.application,
        region=material.region,
        disease=material.disease,
        applicant=material.applicant,
        revision=material.revision,
        started=started,
    )


def made_assessment(
    office: Office,
    stored: StoredCase,
    corrections: Sequence[Correction],
    *,
    application: str,
    region: str,
    disease: str | None,
    applicant: PatientIdentity | None,
    revision: int,
    started: float,
    case: bytes | None = None,
) -> Assessment:
    """Judge what was read, with and without ``corrections``, and return the assessment, which nobody keeps yet.

    Args:
        case: bytes of ``stored``, where it was read from them.
    """
    judged = judge_corrected(
        stored,
        [change_of(row) for row in corrections],
        region=region,
        disease=disease,
        applicant=applicant,
        settings=office.settings,
        blobs=office.blobs.of(application),
    )
    base = judged.stored.retyped or judged.stored.machine
    review = judged.review
    return Assessment(
        application_id=application,
        revision=revision,
        as_of=stored.machine.facts.as_of,
        versions=_versions(review),
        conclusion=case_conclusion(review, disease).value,
        machine_conclusion=case_conclusion(judged.machine, disease).value,
        report=report_json(
            review, keys=judged.overlaid.keys, corrections=corrections_out(corrections, base, judged.notes)
        ),
        feedback=feedback_to_data(review),
        facts=facts_to_json(_without_identity(review.read.facts)),
        case=case if case is not None and judged.stored is stored else stored_to_bytes(judged.stored),
        seconds=round(time.perf_counter() - started, 3),
    )


def _keep(session: Session, office: Office, material: Material, made: Assessment) -> Assessment | None:
    """Keep ``made`` unless the case has moved on (None) or someone else was first (theirs)."""
    application = find(session, SYSTEM, material.application, lock=True)
    session.refresh(application)
    if application.revision != material.revision or as_of_day(office, application) != material.as_of:
        return None
    there = assessment_of(session, application)
    if there is not None:
        if there.as_of == material.as_of:
            return there
        # Judged on an earlier day of the draft: look-back windows have moved, so this is a revision of its own.
        application.revision += 1
        made.revision = application.revision
    store(session, SYSTEM, office, application, made)
    announce(session, office, application, Event.FEEDBACK_READY)
    return made


def store(session: Session, actor: Actor, office: Office, application: Application, made: Assessment) -> None:
    """Add ``made`` as the newest assessment of ``application`` and leave the trace."""
    made.made_at = office.now()
    session.add(made)
    application.conclusion = made.conclusion
    application.alert_count = sum(a["severity"] != Severity.INFO.value for a in made.report["alerts"])
    session.flush()
    detail: dict[str, Any] = {
        "assessment": made.id,
        "revision": made.revision,
        "as_of": made.as_of.isoformat(),
        "conclusion": made.conclusion,
        "machine_conclusion": made.machine_conclusion,
        "corrections": len(made.report["corrections"]),
        "versions": made.versions,
    }
    trail.append(session, actor, "assessment.make", application=application.id, detail=detail, at=office.now())


def _versions(review: Review) -> dict[str, Any]:
    rulesets = {j.disease.id: j.ruleset.sha256 for j in review.judgements}
    return {**review.versions, **({"rulesets": rulesets} if rulesets else {})}


def _without_identity(facts: CaseFacts) -> CaseFacts:
    """The facts as rules need them: no name, no number of a person, no quote that may hold one."""
    return replace(
        facts,
        patient=tuple(
            replace(
                p,
                name=Unknown.ABSENT,
                id_number=Unknown.ABSENT,
                evidence=tuple(replace(e, quote="") for e in p.evidence),
            )
            for p in facts.patient
        ),
        form=tuple(e for e in facts.form if e.field not in _PERSONAL),
    )
