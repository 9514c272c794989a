"""The decision sheet: one case on A4, for the file and for whoever asks why.

It is made from the assessment that the deciding person saw. Names and numbers of persons are masked; the bureau's own
file copy shows them when that is asked for, which the trail tells.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from pipeline.service import trail
from pipeline.service.access import find
from pipeline.service.actors import Actor, ActorKind, Role
from pipeline.service.applications import LimitError
from pipeline.service.casework import latest_assessment
from pipeline.service.casework.corrections.telling import corrections_of
from pipeline.service.casework.judging import open_region
from pipeline.service.decisions import sheet_parts as parts
from pipeline.service.decisions.crops import Spots, drawn
from pipeline.service.decisions.quality import hide_blind
from pipeline.service.decisions.typesetting import typeset
from pipeline.service.office import Office
from pipeline.service.states import State
from pipeline.service.tables import Application, Approval, Assessment, Decision, Outcome, User
from pipeline.service.veil import veil_of
from rules.engine import RuleError

__all__ = ["TITLE", "assessment_shown", "decision_sheet", "sheet_data", "shown_decision"]

TITLE = "门诊慢特病病种待遇认定表"
_NOTICES = (
    "机器核对只把材料与认定标准逐条对照，供审核参考；决定由本表所列人员作出。",
    "引文为材料上的原字，页码指上传文件中的页；人工更正与机器识别并列保存。",
)


def decision_sheet(
    office: Office, actor: Actor, application: str, *, full: bool = False, outside: bool = False
) -> bytes:
    """Return the sheet of a case as PDF and tell the trail. Typesetting holds no transaction open.

    Args:
        full: names and numbers of persons in full, for the bureau's file copy; for people of the bureau only.
        outside: without what people of the bureau noted for each other and what the machine suggested. Platforms never
            get another.

    Raises:
        NotAllowedError: the actor may not have it.
        NotFoundError: the actor may not see the case.
        LimitError: ``not_assessed``: nothing has been checked yet.
    """
    if actor.kind is ActorKind.CHANNEL and not full:
        actor.require_scope("decisions:read")
        outside = True
    else:
        actor.require_role(Role.REVIEWER, Role.SECOND_READER)
    with office.database.read() as session:
        case = find(session, actor, application)
        hide_blind(session, actor, application)
        data = sheet_data(session, actor, office, case, full=full, outside=outside)
        detail = {"full": full, "outside": outside, "revision": case.revision, "state": case.state.value}
    _cut(office, application, data["items"])
    made = typeset("sheet.typ", data, office.now())
    with office.database.write() as session:
        trail.append(session, actor, "sheet.print", application=application, detail=detail, at=office.now())
    return made


def sheet_data(
    session: Session,
    actor: Actor,
    office: Office,
    application: Application,
    *,
    full: bool = False,
    outside: bool = False,
) -> dict[str, Any]:
    """Return what the sheet says, as the template takes it but for the pictures, which are not cut yet.

    Raises:
        LimitError: ``not_assessed``.
    """
    rows = _decisions(session, application)
    shown = shown_decision(application, rows)
    assessment = _assessment(session, application, shown)
    veil = veil_of(application.identity, assessment.report)
    report: dict[str, Any] = assessment.report if full else veil.deep(assessment.report)
    review = report["reviews"][0]
    corrected = corrections_of(session, report)
    spots = Spots(session, application, None if full else veil)
    approval = session.scalars(select(Approval).where(Approval.application_id == application.id)).one_or_none()
    names = _names(session, actor, rows)
    printer = names.get(actor.id, "渠道系统")
    data = {
        "title": TITLE,
        "office": _region_name(office, application),
        "serial": application.serial,
        "draft": "" if shown is not None and shown.final else "尚未作出决定，仅供内部核对",
        "applicant": parts.applicant(application.identity, report, full=full),
        "case": parts.case(application, review),
        "decision": _decided(shown, approval, assessment, names, outside=outside),
        "rules": parts.rules(review, assessment),
        "items": parts.items(report, review, corrected, spots),
        "suggestion": None if outside else parts.suggestion(assessment),
        "alerts": [] if outside else parts.alerts(report),
        "corrections": parts.corrections(corrected, outside=outside),
        "documents": parts.documents(report),
        "rounds": parts.rounds([row for row in rows if row is not shown], names, outside=outside),
        "notices": [*_NOTICES, *review["notices"]],
        "printed": f"{printer} 打印于 {parts.moment(office.now())}" + ("　内部存档件" if full else ""),
        "watermark": f"{printer} {parts.moment(office.now())}",
    }
    # Reviewers' own words may name the applicant; identity rows are what they were asked to be.
    return data if full else {**_veiled(veil.deep, data), "applicant": data["applicant"]}


def shown_decision(application: Application, rows: Sequence[Decision]) -> Decision | None:
    """Return the decision that a sheet is about: what stands, else what waits for a second reader.

    Args:
        rows: all decisions of the case, oldest first.
    """
    if application.state in (State.DECIDED, State.RETURNED):
        return next((row for row in reversed(rows) if row.final), None)
    waiting = (row for row in reversed(rows) if row.round == application.round and row.needs_second)
    last = next(waiting, None)
    return last if last is not None and last.second_agrees is None else None


def assessment_shown(session: Session, application: Application) -> Assessment:
    """Return the assessment that a sheet of the case rests on.

    Raises:
        LimitError: ``not_assessed``.
    """
    return _assessment(session, application, shown_decision(application, _decisions(session, application)))


def _decisions(session: Session, application: Application) -> list[Decision]:
    query = select(Decision).where(Decision.application_id == application.id)
    return list(session.scalars(query.order_by(Decision.made_at, Decision.id)))


def _decided(
    shown: Decision | None,
    approval: Approval | None,
    assessment: Assessment,
    names: Mapping[str, str],
    *,
    outside: bool,
) -> dict[str, Any] | None:
    if shown is None:
        return None
    holds = approval if shown.outcome is Outcome.APPROVE else None
    return parts.decision(shown, holds, assessment, names, outside=outside)


def _cut(office: Office, application: str, items: Sequence[Mapping[str, Any]]) -> None:
    """Put pictures where the items say what to cut."""
    rows = [row for item in items for row in (*item["evidence"], *item["against"])]
    made = drawn(office, application, [row["crop"] for row in rows if row["crop"] is not None])
    for row in rows:
        row["crop"] = made.get(row["crop"], "") if row["crop"] is not None else ""


def _veiled(veil: Any, data: dict[str, Any]) -> dict[str, Any]:
    kept = ("decision", "rounds", "corrections", "items", "documents", "alerts")
    return {key: veil(value) if key in kept else value for key, value in data.items()}


def _assessment(session: Session, application: Application, shown: Decision | None) -> Assessment:
    found = session.get(Assessment, shown.assessment_id) if shown else latest_assessment(session, application)
    if found is None or not found.report.get("reviews"):
        raise LimitError("not_assessed", "材料还没有核对完，暂时不能打印认定表")
    return found


def _names(session: Session, actor: Actor, rows: Sequence[Decision]) -> dict[str, str]:
    ids = {actor.id, *(row.made_by for row in rows), *(row.second_by for row in rows if row.second_by)}
    return {user.id: user.name for user in session.scalars(select(User).where(User.id.in_(sorted(ids))))}


def _region_name(office: Office, application: Application) -> str:
    try:
        return open_region(office.settings.rules_dir, application.region).name
    except (RuleError, OSError):
        return application.region
