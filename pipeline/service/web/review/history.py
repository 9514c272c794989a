"""What happened to a case, in words: its trail, and the rounds of decisions before this one."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from pipeline.service.tables import Application, Decision, TrailRow, User
from pipeline.service.words import CONCLUSION_WORDS, OUTCOMES, action_words

__all__ = ["Line", "Round", "history_of", "rounds_of"]

_MOST = 200
_TELLING = ("decision.", "quality.", "approval.", "application.return", "application.decide")
_KINDS = {"applicant": "申请人", "channel": "受理渠道", "system": "系统"}


@dataclass(frozen=True, slots=True)
class Line:
    """One step; ``count`` steps of the same kind by the same person in a row are one line."""

    at: dt.datetime
    who: str
    what: str
    detail: str
    count: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Round:
    """One decision with what a second person said of it."""

    id: str
    number: int
    outcome: str
    reasons: tuple[Mapping[str, Any], ...]
    note: str
    who: str
    at: dt.datetime
    final: bool
    needs_second: bool
    second: str
    second_at: dt.datetime | None
    second_agrees: bool | None
    second_note: str


def history_of(session: Session, application: Application, *, blind: bool = False) -> tuple[Line, ...]:
    """Return the latest steps, newest first; ``blind``: without those that tell or hint what was decided."""
    query = select(TrailRow).where(TrailRow.application_id == application.id)
    if blind:
        query = query.where(*(TrailRow.action.not_like(f"{telling}%") for telling in _TELLING))
    rows = session.scalars(query.order_by(TrailRow.seq.desc()).limit(_MOST)).all()
    names = _names(session, {row.actor_id for row in rows if row.actor_kind == "user"})
    lines: list[Line] = []
    for row in rows:
        who = names.get(row.actor_id, "工作人员") if row.actor_kind == "user" else _KINDS.get(row.actor_kind, "")
        made = Line(row.at, who, action_words(row.action), _detail(row))
        last = lines[-1] if lines else None
        if last is not None and (last.who, last.what, last.detail) == (made.who, made.what, made.detail):
            lines[-1] = Line(last.at, who, last.what, last.detail, last.count + 1)
        else:
            lines.append(made)
    return tuple(lines)


def rounds_of(session: Session, application: Application) -> tuple[Round, ...]:
    """Return all decisions on the case, newest first."""
    rows = session.scalars(
        select(Decision).where(Decision.application_id == application.id).order_by(Decision.made_at.desc())
    ).all()
    names = _names(session, {person for row in rows for person in (row.made_by, row.second_by) if person})
    return tuple(
        Round(
            id=row.id,
            number=row.round,
            outcome=row.outcome.value,
            reasons=tuple(row.reasons),
            note=row.note,
            who=names.get(row.made_by, "工作人员"),
            at=row.made_at,
            final=row.final,
            needs_second=row.needs_second,
            second=names.get(row.second_by or "", ""),
            second_at=row.second_at,
            second_agrees=row.second_agrees,
            second_note=row.second_note,
        )
        for row in rows
    )


def _names(session: Session, ids: set[str]) -> dict[str, str]:
    return {user.id: user.name for user in session.scalars(select(User).where(User.id.in_(sorted(ids))))}


def _detail(row: TrailRow) -> str:
    detail = row.detail
    match row.action:
        case "application.submit":
            return f"第 {detail.get('round')} 次提交，{detail.get('files')} 个文件，应于 {detail.get('due_on')} 前办结"
        case "assessment.make":
            suggested = CONCLUSION_WORDS.get(str(detail.get("conclusion")), "")
            machine = CONCLUSION_WORDS.get(str(detail.get("machine_conclusion")), "")
            return suggested if suggested == machine else f"{suggested}（更正前：{machine}）"
        case action if action.startswith("decision."):
            return OUTCOMES.get(str(detail.get("outcome")), "")
    return ""
