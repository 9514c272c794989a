"""The use cases of reviewers: correct what the machine read, and undo it. The case is judged again at once."""

from __future__ import annotations

import datetime as dt
import time
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from pipeline.service import trail
from pipeline.service.access import NotFoundError
from pipeline.service.actors import Actor, NotAllowedError, Role
from pipeline.service.applications import LimitError
from pipeline.service.casework.assessing import assessment_of, made_assessment, store
from pipeline.service.casework.corrections.changes import ChangeError, Kind
from pipeline.service.casework.corrections.checking import complete, in_words
from pipeline.service.casework.corrections.rows import active
from pipeline.service.casework.rows import entered_identity
from pipeline.service.casework.stored import StoredCase, StoredCaseError, stored_from_bytes
from pipeline.service.office import Office
from pipeline.service.states import State
from pipeline.service.tables import Application, Assessment, Correction, new_id

__all__ = ["Corrected", "correct", "undo"]

_NOTE = 500


@dataclass(frozen=True, slots=True)
class Corrected:
    """A correction, and the case as it is judged with it."""

    correction: Correction
    assessment: Assessment


def correct(
    session: Session,
    actor: Actor,
    office: Office,
    application: Application,
    kind: Kind | str,
    target: str,
    field: str,
    human: Mapping[str, Any],
    note: str = "",
) -> Corrected:
    """Put a person's value in the place of the machine's, and judge the case again.

    Lock the case first. See :mod:`.changes` for what ``kind``, ``target``, ``field`` and ``human`` can be.

    Raises:
        NotAllowedError: the actor does not review this case now.
        LimitError: ``not_assessed``: pages still wait; ``bad_correction``: it makes no sense (Chinese message).
    """
    _require_desk(actor, application)
    before, stored = _current(session, application)
    base = stored.retyped or stored.machine
    row = Correction(
        id=new_id(),
        application_id=application.id,
        made_at=_moment(session, office, application),
        made_by=actor.id,
        kind=_kind(kind).value,
        target=target,
        field=field,
        machine={},
        human=dict(human),
        note=note.strip()[:_NOTE],
    )
    try:
        complete(row, application, stored.machine, base, before)
    except ChangeError as error:
        raise LimitError("bad_correction", f"这一处更正填写有误：{in_words(error)}") from None
    session.add(row)
    session.flush()
    detail = {"correction": row.id, "kind": row.kind, "field": row.field, "target": row.target}
    trail.append(session, actor, "correction.make", application=application.id, detail=detail, at=office.now())
    return Corrected(row, _judge_again(session, actor, office, application, stored, before.case))


def undo(session: Session, actor: Actor, office: Office, application: Application, correction: str) -> Assessment:
    """Take a correction back; an earlier one of the same value counts again. Judges the case again.

    Raises:
        NotFoundError: no such correction in this case, or it is undone already.
        NotAllowedError: the actor does not review this case now.
        LimitError: ``not_assessed``.
    """
    _require_desk(actor, application)
    before, stored = _current(session, application)
    row = session.get(Correction, correction)
    if row is None or row.application_id != application.id or row.undone_at is not None:
        raise NotFoundError("correction")
    row.undone_at = office.now()
    session.flush()
    detail = {"correction": row.id}
    trail.append(session, actor, "correction.undo", application=application.id, detail=detail, at=office.now())
    return _judge_again(session, actor, office, application, stored, before.case)


def _moment(session: Session, office: Office, application: Application) -> dt.datetime:
    """Now, and after every earlier correction of the case: the order of corrections decides which one counts."""
    last = session.scalar(select(func.max(Correction.made_at)).where(Correction.application_id == application.id))
    now = office.now()
    return now if last is None or last < now else last + dt.timedelta(microseconds=1)


def _require_desk(actor: Actor, application: Application) -> None:
    actor.require_role(Role.REVIEWER)
    if application.state is not State.UNDER_REVIEW or application.claimed_by != actor.id:
        raise NotAllowedError("not on this desk")


def _current(session: Session, application: Application) -> tuple[Assessment, StoredCase]:
    found = assessment_of(session, application)
    if found is None:
        raise LimitError("not_assessed", "材料还在识别，请稍候再更正")
    try:
        return found, _opened(found.case)
    except StoredCaseError:
        raise LimitError("not_assessed", "识别结果需要重新生成，请稍候再更正") from None


@lru_cache(maxsize=8)
def _opened(case: bytes) -> StoredCase:
    """The cases that are on desks now: opening one takes longer than judging it. Never changed, so safe to share."""
    return stored_from_bytes(case)


def _judge_again(
    session: Session,
    actor: Actor,
    office: Office,
    application: Application,
    stored: StoredCase,
    case: bytes,
) -> Assessment:
    started = time.perf_counter()
    application.revision += 1
    made = made_assessment(
        office,
        stored,
        active(session, application.id),
        application=application.id,
        region=application.region,
        disease=application.disease,
        applicant=entered_identity(application),
        revision=application.revision,
        started=started,
        case=case,
    )
    store(session, actor, office, application, made)
    return made


def _kind(kind: Kind | str) -> Kind:
    if kind not in set(Kind) - {Kind.UNKNOWN}:
        raise LimitError("bad_correction", "没有这种更正")
    return Kind(kind)
