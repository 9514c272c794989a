"""The ledger of decided cases as Excel, for the bureau's own statistics and for the archive."""

from __future__ import annotations

import datetime as dt
import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from openpyxl import Workbook
from openpyxl.cell import Cell
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet
from sqlalchemy import select
from sqlalchemy.orm import Session

from pipeline.service import trail
from pipeline.service.access import seen_by
from pipeline.service.actors import Actor, Role
from pipeline.service.casework.diseases import disease_names
from pipeline.service.decisions.reasons import reason_label
from pipeline.service.office import LOCAL, Office
from pipeline.service.states import State
from pipeline.service.tables import Application, Approval, Assessment, Decision, Identity, Outcome, User
from pipeline.service.veil import masked_name, masked_number
from pipeline.service.words import CHANNELS, CONCLUSION_WORDS, OUTCOMES

__all__ = ["COLUMNS", "ledger", "put_text"]

_MOST = 50_000
_BATCH = 500
COLUMNS: Sequence[tuple[str, float]] = (
    ("编号", 21),
    ("参保人", 10),
    ("证件号码", 22),
    ("病种", 24),
    ("渠道", 11),
    ("首次提交", 17),
    ("办结时间", 17),
    ("末次提交后工作日", 16),
    ("轮次", 6),
    ("决定", 9),
    ("原因", 44),
    ("说明", 40),
    ("机器建议", 11),
    ("审核人", 10),
    ("复核人", 10),
    ("待遇起始", 12),
    ("待遇到期", 12),
)
"""Heading and width in characters."""
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


@dataclass(frozen=True, slots=True)
class _Known:
    """What the rows look up by id."""

    people: Mapping[str, Identity]
    decisions: Mapping[str, Decision]
    approvals: Mapping[str, Approval]
    suggested: Mapping[str, str]
    users: Mapping[str, str]


def ledger(
    office: Office,
    actor: Actor,
    *,
    first: dt.date | None = None,
    last: dt.date | None = None,
    full: bool = False,
) -> bytes:
    """Return the decided cases that ``actor`` may see as a workbook, and tell the trail.

    Args:
        first, last: days of decision in China, both included; None: no bound.
        full: names and numbers in full; masked otherwise.

    Raises:
        NotAllowedError: no reviewer or second reader.
    """
    actor.require_role(Role.REVIEWER, Role.SECOND_READER)
    diseases = disease_names(office, actor)
    book = Workbook()
    sheet = book.active
    assert isinstance(sheet, Worksheet)
    _begin(sheet)
    count = 0
    with office.database.snapshot() as session:
        cases = list(session.scalars(_query(actor, first, last)))
        for start in range(0, len(cases), _BATCH):
            batch = cases[start : start + _BATCH]
            known = _known(session, [case.id for case in batch])
            for case in batch:
                count += 1
                _row(sheet, count + 1, _values(office, case, known, diseases, full=full))
    sheet.auto_filter.ref = f"A1:{get_column_letter(len(COLUMNS))}{count + 1}"
    with office.database.write() as session:
        detail = {"rows": count, "full": full, "first": _iso(first), "last": _iso(last)}
        trail.append(session, actor, "ledger.export", detail=detail, at=office.now())
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def put_text(cell: Cell, text: str) -> None:
    """Write ``text`` as text, whatever it begins with: a name such as ``=1+1`` must never be computed."""
    clean = ILLEGAL_CHARACTERS_RE.sub("", text)
    cell.value = clean
    cell.data_type = "s"
    if clean.startswith(_FORMULA):
        cell.quotePrefix = True  # part of the cell's style
        cell.number_format = "@"


def _query(actor: Actor, first: dt.date | None, last: dt.date | None) -> Any:
    query = seen_by(actor).where(Application.state == State.DECIDED)
    if first is not None:
        query = query.where(Application.decided_at >= dt.datetime.combine(first, dt.time(), LOCAL))
    if last is not None:
        query = query.where(Application.decided_at < dt.datetime.combine(last + dt.timedelta(days=1), dt.time(), LOCAL))
    return query.order_by(Application.decided_at, Application.serial).limit(_MOST)


def _known(session: Session, ids: Sequence[str]) -> _Known:
    decisions = select(Decision).where(
        Decision.application_id.in_(ids), Decision.final, Decision.outcome != Outcome.RETURN
    )
    by_case = {row.application_id: row for row in session.scalars(decisions.order_by(Decision.made_at))}
    wanted = [row.assessment_id for row in by_case.values()]
    people = {person for row in by_case.values() for person in (row.made_by, row.second_by) if person}
    suggested = session.execute(select(Assessment.id, Assessment.conclusion).where(Assessment.id.in_(wanted)))
    return _Known(
        people={
            row.application_id: row for row in session.scalars(select(Identity).where(Identity.application_id.in_(ids)))
        },
        decisions=by_case,
        approvals={
            row.application_id: row for row in session.scalars(select(Approval).where(Approval.application_id.in_(ids)))
        },
        suggested={row.id: row.conclusion for row in suggested},
        users={user.id: user.name for user in session.scalars(select(User).where(User.id.in_(sorted(people))))},
    )


def _values(
    office: Office, case: Application, known: _Known, diseases: Mapping[str, str], *, full: bool
) -> list[str | int | dt.date | dt.datetime | None]:
    person, row = known.people.get(case.id), known.decisions.get(case.id)
    approval = known.approvals.get(case.id)
    name, number = (person.name, person.id_number) if person else ("", "")
    taken = None
    if case.submitted_at is not None and case.decided_at is not None:
        days = (case.submitted_at.astimezone(LOCAL).date(), case.decided_at.astimezone(LOCAL).date())
        taken = office.calendar.left(*days)
    return [
        case.serial,
        name if full else masked_name(name),
        number if full else masked_number(number),
        diseases.get(case.disease or "", case.disease or ""),
        CHANNELS[case.channel],
        _local(case.first_submitted_at),
        _local(case.decided_at),
        taken,
        case.round,
        OUTCOMES[row.outcome.value] if row else "",
        "；".join(_reason(reason) for reason in row.reasons) if row else "",
        row.note if row else "",
        CONCLUSION_WORDS.get(known.suggested.get(row.assessment_id, ""), "") if row else "",
        known.users.get(row.made_by, "") if row else "",
        known.users.get(row.second_by or "", "") if row else "",
        approval.valid_from if approval else None,
        approval.valid_until if approval else None,
    ]


def _reason(reason: Mapping[str, Any]) -> str:
    item = f"（{reason['criterion']}）" if reason.get("criterion") else ""
    return f"{item}{reason_label(str(reason.get('code') or ''))}：{reason.get('text') or ''}"


def _begin(sheet: Worksheet) -> None:
    sheet.title = "认定台账"
    sheet.freeze_panes = "B2"
    for index, (heading, width) in enumerate(COLUMNS, start=1):
        cell = sheet.cell(1, index, heading)
        cell.font = Font(bold=True)
        cell.fill = PatternFill("solid", fgColor="EEF1F3")
        cell.border = Border(bottom=Side(style="thin", color="828D98"))
        cell.alignment = Alignment(vertical="center", wrap_text=True)
        sheet.column_dimensions[get_column_letter(index)].width = width
    sheet.row_dimensions[1].height = 30
    sheet.print_title_rows = "1:1"
    sheet.page_setup.orientation, sheet.page_setup.paperSize = "landscape", 9
    sheet.page_setup.fitToHeight = 0
    sheet.sheet_properties.pageSetUpPr.fitToPage = True


def _row(sheet: Worksheet, number: int, values: Sequence[str | int | dt.date | dt.datetime | None]) -> None:
    for index, value in enumerate(values, start=1):
        cell = sheet.cell(number, index)
        assert isinstance(cell, Cell)
        cell.alignment = Alignment(vertical="top", wrap_text=COLUMNS[index - 1][1] >= 24)
        if isinstance(value, str):
            put_text(cell, value)
        elif value is not None:
            cell.value = value
            if isinstance(value, dt.datetime):
                cell.number_format = "yyyy-mm-dd hh:mm"
            elif isinstance(value, dt.date):
                cell.number_format = "yyyy-mm-dd"


def _local(value: dt.datetime | None) -> dt.datetime | None:
    """Excel knows no time zones: the time in China."""
    return value.astimezone(LOCAL).replace(tzinfo=None) if value else None


def _iso(value: dt.date | None) -> str | None:
    return value.isoformat() if value else None
