"""Everything that the workbench shows of one case, put together in one reading transaction."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from pipeline.reporting.charts import Chart, lab_charts
from pipeline.reporting.timeline import Timeline, course_of
from pipeline.service import words
from pipeline.service.actors import Actor, Role
from pipeline.service.casework import latest_assessment
from pipeline.service.casework.corrections.telling import Corrected, corrections_of
from pipeline.service.casework.diseases import disease_names
from pipeline.service.decisions import proposal_of, quality
from pipeline.service.office import Office
from pipeline.service.states import PageState, State, label
from pipeline.service.tables import Application, Assessment, Identity, PageRow, Upload, User
from pipeline.service.veil import Veil, masked_name, masked_number, veil_of
from pipeline.service.web.review.deadlines import Deadline, deadline_of
from pipeline.service.web.review.facts import FactTable, fact_tables
from pipeline.service.web.review.history import Line, Round, history_of, rounds_of
from pipeline.service.web.review.places import PageView, Places, pages_of
from rules.engine.stored_facts import StoredFactsError, facts_from_json

__all__ = ["CaseView", "case_view"]


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseView:
    """What the templates need; texts are veiled already."""

    application: Application
    disease: str
    state: str
    channel: str
    deadline: Deadline
    applicant: Mapping[str, str]
    """Masked: name, id_number, phone and the agent's, where entered."""
    holder: str
    """Who has claimed it; empty: nobody."""
    mine: bool
    may_claim: bool
    may_edit: bool
    """Claimed by this person, under review, and no decision waits for a second reader."""
    may_decide: bool
    may_retract: bool
    """The own proposal waits for a second reader."""
    may_second: bool
    """Another person's proposal waits for this person's word."""
    sample: str
    """Id of a drawn sample that waits for this person: what was decided is hidden meanwhile. Empty: none."""
    proposal: str
    """Id of the decision that waits; empty: none."""
    waiting: int
    """Pages and files that still wait to be read."""
    pages: tuple[PageView, ...]
    places: Places
    assessment: Assessment | None
    stale: bool
    """The assessment is of an earlier revision: another one is under way."""
    report: Mapping[str, Any] | None
    tables: tuple[FactTable, ...]
    corrected: Corrected
    charts: tuple[Chart, ...]
    more_charts: int
    timeline: Timeline | None
    history: tuple[Line, ...]
    rounds: tuple[Round, ...]
    veil: Veil

    @property
    def reviews(self) -> Sequence[Mapping[str, Any]]:
        return self.report["reviews"] if self.report else ()

    @property
    def conclusion(self) -> str:
        """Code of the machine's suggestion with corrections; empty while there is none."""
        return self.assessment.conclusion if self.assessment else ""


def case_view(session: Session, actor: Actor, office: Office, application: Application) -> CaseView:
    """Return the view of a case that ``actor`` was found to be allowed to see."""
    identity = session.get(Identity, application.id)
    assessment = latest_assessment(session, application)
    raw = assessment.report if assessment else None
    veil = veil_of(identity, raw)
    report = veil.deep(raw) if raw else None
    corrected = corrections_of(session, report)
    pages, ids = pages_of(session, application, raw, veil, corrected.documents)
    places = Places(pages, ids)
    tables = fact_tables(report, places, corrected.changes) if report else ()
    charts, more, timeline = _courses(assessment, places)
    holder = session.get(User, application.claimed_by) if application.claimed_by else None
    mine = application.claimed_by == actor.id
    names = disease_names(office, actor)
    reviewer = Role.REVIEWER in actor.roles
    sample = _sample(session, actor, application)
    desk = reviewer and mine and application.state is State.UNDER_REVIEW
    waits = proposal_of(session, application)
    return CaseView(
        application=application,
        disease=names.get(application.disease or "", application.disease or "未选择病种"),
        state=label(application.state),
        channel=words.CHANNELS[application.channel],
        deadline=deadline_of(office, application),
        applicant=_masked(identity),
        holder=holder.name if holder else "",
        mine=mine,
        may_claim=reviewer and application.state is State.SUBMITTED,
        may_edit=desk and waits is None,
        may_decide=desk and waits is None and assessment is not None,
        may_retract=desk and waits is not None,
        may_second=waits is not None and Role.SECOND_READER in actor.roles and waits.made_by != actor.id,
        sample=sample,
        proposal=waits.id if waits else "",
        waiting=_waiting(session, application),
        pages=pages,
        places=places,
        assessment=assessment,
        stale=assessment is not None and assessment.revision != application.revision,
        report=report,
        tables=tables,
        corrected=corrected,
        charts=charts,
        more_charts=more,
        timeline=timeline,
        history=history_of(session, application, blind=bool(sample)),
        rounds=() if sample else rounds_of(session, application),
        veil=veil,
    )


def _sample(session: Session, actor: Actor, application: Application) -> str:
    if application.state is not State.DECIDED:
        return ""
    return next((s.id for s in quality.waiting(session, actor) if s.application_id == application.id), "")


def _masked(identity: Identity | None) -> dict[str, str]:
    if identity is None:
        return {}
    told = {
        "name": masked_name(identity.name),
        "id_number": masked_number(identity.id_number),
        "phone": masked_number(identity.phone),
        "agent_name": masked_name(identity.agent_name),
        "agent_relation": identity.agent_relation,
    }
    return {key: value for key, value in told.items() if value}


def _waiting(session: Session, application: Application) -> int:
    busy = (PageState.WAITING, PageState.READING)
    uploads = select(Upload.id).where(Upload.application_id == application.id, Upload.removed_at.is_(None))
    files = session.scalars(uploads.where(Upload.state.in_(busy))).all()
    pages = session.scalars(select(PageRow.id).where(PageRow.upload_id.in_(uploads), PageRow.state.in_(busy))).all()
    return len(files) + len(pages)


def _courses(assessment: Assessment | None, places: Places) -> tuple[tuple[Chart, ...], int, Timeline | None]:
    """Charts and time line of the corrected facts; an assessment that cannot be read back has none."""
    if assessment is None:
        return (), 0, None
    try:
        facts = facts_from_json(assessment.facts)
    except StoredFactsError:
        return (), 0, None
    charts, more = lab_charts(facts)
    timeline = course_of(facts)
    for chart in charts:
        for point in chart.points:
            places.of(point.evidence)
    return charts, more, timeline if timeline.events else None
