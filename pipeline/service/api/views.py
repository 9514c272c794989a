"""Rows as the API shows them."""

from __future__ import annotations

from collections import Counter

from sqlalchemy import select
from sqlalchemy.orm import Session, defer

from pipeline.reporting.text import mask_id_number, mask_name
from pipeline.service.api.models import ApplicationOut, FileOut, PageCounts, PageOut, PersonOut
from pipeline.service.api.rules import disease_ref
from pipeline.service.applications import uploads_of
from pipeline.service.office import Office
from pipeline.service.page_words import PageNames
from pipeline.service.states import PageState, State, label, page_label
from pipeline.service.tables import Application, Assessment, Identity, PageRow, Upload

__all__ = ["OPEN", "application_out", "file_out", "files_out", "page_out", "pages_of"]

OPEN = frozenset({State.DRAFT, State.RETURNED})
_LIGHT = (defer(PageRow.page_sealed), defer(PageRow.reading_sealed))
_COUNTING = frozenset({State.SUBMITTED, State.UNDER_REVIEW})


def application_out(session: Session, office: Office, application: Application) -> ApplicationOut:
    """Return a case without anything that a machine concluded."""
    files = uploads_of(session, application)
    pages = pages_of(session, files)
    assessed = session.scalar(
        select(Assessment.id).where(
            Assessment.application_id == application.id, Assessment.revision == application.revision
        )
    )
    left = None
    if application.due_on is not None and application.state in _COUNTING:
        left = office.calendar.left(office.today(), application.due_on)
    return ApplicationOut(
        id=application.id,
        serial=application.serial,
        channel=application.channel,
        region=application.region,
        disease=disease_ref(office, application.region, application.disease),
        person=_person_out(application.identity),
        state=application.state,
        state_label=label(application.state),
        round=application.round,
        revision=application.revision,
        editable=application.state in OPEN,
        created_at=application.created_at,
        submitted_at=application.submitted_at,
        due_on=application.due_on,
        due_provisional=application.due_provisional,
        working_days_left=left,
        decided_at=application.decided_at,
        files=len(files),
        pages=_counts(files, pages),
        feedback_ready=assessed is not None,
    )


def pages_of(session: Session, files: list[Upload]) -> dict[str, list[PageRow]]:
    """Return the pages of each file, without what was read on them."""
    query = select(PageRow).where(PageRow.upload_id.in_([file.id for file in files])).order_by(PageRow.position)
    found: dict[str, list[PageRow]] = {file.id: [] for file in files}
    for row in session.scalars(query.options(*_LIGHT)):
        found[row.upload_id].append(row)
    return found


def files_out(session: Session, application: Application) -> list[FileOut]:
    files = uploads_of(session, application)
    pages = pages_of(session, files)
    return [file_out(application, file, pages[file.id]) for file in files]


def file_out(application: Application, file: Upload, pages: list[PageRow]) -> FileOut:
    names = PageNames(page.member for page in pages)
    return FileOut(
        id=file.id,
        name=file.name,
        size=file.size,
        sha256=file.sha256,
        position=file.position,
        round=file.round,
        uploaded_at=file.uploaded_at,
        removable=application.state in OPEN and file.round == application.round,
        state=file.state,
        state_label=page_label(file.state),
        code=file.code,
        why=file.why,
        pages=[page_out(page, names) for page in pages],
    )


def page_out(page: PageRow, names: PageNames) -> PageOut:
    return PageOut(
        id=page.id,
        file=page.member,
        number=page.number,
        width=page.width,
        height=page.height,
        state=page.state,
        state_label=page_label(page.state),
        code=page.code,
        why=names.put_into(page.why, page.member, page.number),
        retake=page.retake,
    )


def _counts(files: list[Upload], pages: dict[str, list[PageRow]]) -> PageCounts:
    counts: Counter[PageState] = Counter()
    retake = 0
    for file in files:
        if pages[file.id]:
            counts.update(page.state for page in pages[file.id])
            retake += sum(page.retake for page in pages[file.id])
        else:
            counts[file.state] += 1
    return PageCounts(
        waiting=counts[PageState.WAITING],
        reading=counts[PageState.READING],
        done=counts[PageState.DONE],
        failed=counts[PageState.FAILED],
        retake=retake,
    )


def _person_out(identity: Identity | None) -> PersonOut:
    who = identity or Identity()
    return PersonOut(
        name=mask_name(who.name or ""),
        id_number=mask_id_number(who.id_number or ""),
        phone=_mask_phone(who.phone or ""),
        agent_name=mask_name(who.agent_name or ""),
        agent_id_number=mask_id_number(who.agent_id_number or ""),
        agent_phone=_mask_phone(who.agent_phone or ""),
        agent_relation=who.agent_relation or "",
    )


def _mask_phone(text: str) -> str:
    if len(text) == 11:
        return f"{text[:3]}****{text[-4:]}"
    return "*" * (len(text) - 2) + text[-2:] if len(text) > 4 else "*" * len(text)
