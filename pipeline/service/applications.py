"""The use cases of an application from its first line to its submission. Decisions are in ``decisions``.

Each runs in the caller's write transaction, checks who asks, changes rows and leaves its trace. Bytes of uploads are in
the blob store before the transaction begins; a blob that no row names is swept later, a row without its blob never is.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, fields
from typing import BinaryIO

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from pipeline.reporting.text import single_line
from pipeline.service import trail
from pipeline.service.access import NotFoundError
from pipeline.service.actors import Actor, ActorKind, NotAllowedError, Role
from pipeline.service.api.webhooks import announce
from pipeline.service.file_names import clean_name, unique_name
from pipeline.service.numbers import code_digest, new_query_code, same_digest, serial_number
from pipeline.service.office import LOCAL, Office
from pipeline.service.ordering import Place, make_room
from pipeline.service.sealing import KeyGoneError
from pipeline.service.states import Channel, PageState, State, Step, step
from pipeline.service.tables import Application, Identity, PageRow, Upload, new_id

__all__ = [
    "FullError",
    "Incoming",
    "LimitError",
    "Person",
    "add_upload",
    "claim",
    "create",
    "describe",
    "open_by_code",
    "release",
    "remove_upload",
    "reorder",
    "store",
    "submit",
    "uploads_of",
    "waiting_pages",
    "withdraw",
]

_OPEN = frozenset({State.DRAFT, State.RETURNED})
"""States in which the applicant's side may add and remove material."""


class LimitError(Exception):
    """More than the settings allow; ``code`` says what, the message (Chinese) tells the applicant."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


class FullError(Exception):
    """Too many pages wait to be read; uploads are refused for now so that the service stays up."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """Who applies and who acts for them; empty where unknown."""

    name: str = ""
    id_number: str = ""
    phone: str = ""
    agent_name: str = ""
    agent_id_number: str = ""
    agent_phone: str = ""
    agent_relation: str = ""


@dataclass(frozen=True, slots=True)
class Incoming:
    """An upload whose bytes are kept already."""

    name: str
    blob: str
    sha256: str
    size: int
    place: Place | None = None
    """Where the sender wants it; None: at the end."""


def create(
    session: Session,
    actor: Actor,
    office: Office,
    *,
    channel: Channel,
    region: str,
    disease: str | None = None,
    person: Person | None = None,
) -> tuple[Application, str]:
    """Open a draft and return it with its query code, which is shown once and kept only as a digest.

    Raises:
        NotAllowedError: a channel's key for another channel, region or without ``applications:write``.
    """
    if actor.kind is ActorKind.CHANNEL:
        actor.require_scope("applications:write")
        if actor.channel != channel or region not in actor.regions:
            raise NotAllowedError("channel or region of another key")
    elif actor.kind is ActorKind.USER and region not in actor.regions:
        raise NotAllowedError("region")
    now, code = office.now(), new_query_code()
    serial = _next_serial(session, office.today())
    application = Application(
        id=new_id(),
        serial=serial,
        code_digest=code_digest(code, serial=serial, key=office.key),
        channel=channel,
        api_key_id=actor.id if actor.kind is ActorKind.CHANNEL else None,
        region=region,
        disease=disease,
        state=State.DRAFT,
        created_at=now,
    )
    application.identity = Identity(application_id=application.id)
    session.add(application)
    if person is not None:
        _write_person(application.identity, person)
    session.flush()
    trail.append(
        session,
        actor,
        "application.create",
        application=application.id,
        detail={"serial": serial, "channel": channel.value, "region": region, "disease": disease},
        at=now,
    )
    return application, code


def open_by_code(session: Session, office: Office, serial: str, code: str) -> Application:
    """Return the case that serial number and query code open. The caller throttles.

    Raises:
        NotFoundError: no such pair; which of the two is wrong is not told.
    """
    wanted = serial.strip().upper()
    found = session.scalars(select(Application).where(Application.serial == wanted)).one_or_none()
    given = code_digest(code, serial=wanted, key=office.key)
    if not same_digest(given, found.code_digest if found else "0" * 64) or found is None:
        raise NotFoundError("application")
    return found


def describe(
    session: Session,
    actor: Actor,
    office: Office,
    application: Application,
    *,
    disease: str | None = None,
    person: Person | None = None,
) -> None:
    """Change disease or person of a case that is still with the applicant; None leaves it as it is.

    Raises:
        LimitError: ``not_open``.
    """
    _require_open(application)
    changed = []
    if disease is not None and disease != application.disease:
        application.disease = disease
        application.revision += 1
        changed.append("disease")
    if person is not None:
        identity = application.identity or Identity(application_id=application.id)
        application.identity = identity
        changed += _write_person(identity, person)
        if {"name", "id_number"}.intersection(changed):
            application.revision += 1  # whose the documents are is judged by who applies
    if changed:
        detail = {"changed": changed, "disease": application.disease}
        trail.append(session, actor, "application.describe", application=application.id, detail=detail, at=office.now())


def store(
    office: Office, application: str, name: str, data: BinaryIO, size: int, place: Place | None = None
) -> Incoming:
    """Keep the bytes of an upload, before any transaction.

    Raises:
        NotFoundError: the application is deleted.
        LimitError: ``file_too_large`` or ``file_empty``.
    """
    limit = office.settings.intake.max_file_bytes
    if size > limit:
        raise LimitError("file_too_large", f"文件太大，请不要超过 {limit // 1024 // 1024} MB")
    if size == 0:
        raise LimitError("file_empty", "文件是空的，请重新选择")
    try:
        kept = office.blobs.of(application).keep(data)
    except KeyGoneError:
        raise NotFoundError("application") from None
    return Incoming(name=clean_name(name), blob=kept.blob, sha256=kept.sha256, size=size, place=place)


def add_upload(
    session: Session, actor: Actor, office: Office, application: Application, incoming: Incoming
) -> tuple[Upload, bool]:
    """Add a file to a case. Lock the case first (:func:`pipeline.service.access.find` with ``lock``).

    Returns:
        The upload, and whether it is new: the same bytes sent twice are one upload.

    Raises:
        LimitError: ``not_open``, ``too_many_files`` or ``case_too_large``.
        FullError: too many pages wait.
    """
    if actor.kind is not ActorKind.USER:
        _require_open(application)
    elif application.state in (State.DECIDED, State.WITHDRAWN):
        raise LimitError("not_open", "申请已办结或已撤回，不能再添加材料")
    present = uploads_of(session, application)
    for upload in present:
        if upload.blob == incoming.blob:
            return upload, False
    limits = office.settings.intake
    if len(present) >= limits.max_files:
        raise LimitError("too_many_files", f"文件太多，一份申请最多 {limits.max_files} 个")
    if sum(upload.size for upload in present) + incoming.size > limits.max_case_bytes:
        raise LimitError("case_too_large", f"材料总量太大，请不要超过 {limits.max_case_bytes // 1024 // 1024} MB")
    if waiting_pages(session) >= office.settings.service.max_waiting_pages:
        raise FullError
    upload = Upload(
        id=new_id(),
        application_id=application.id,
        name=unique_name(incoming.name, {u.name for u in present}),
        blob=incoming.blob,
        sha256=incoming.sha256,
        size=incoming.size,
        position=make_room(present, incoming.place, application.round),
        batch=incoming.place.batch if incoming.place else "",
        place=incoming.place.number if incoming.place else None,
        round=application.round,
        uploaded_at=office.now(),
        uploaded_by=actor.kind.value,
        state=PageState.WAITING,
    )
    session.add(upload)
    application.revision += 1
    session.flush()
    detail = {"upload": upload.id, "blob": upload.blob, "size": upload.size}
    trail.append(session, actor, "upload.add", application=application.id, detail=detail, at=office.now())
    return upload, True


def remove_upload(session: Session, actor: Actor, office: Office, application: Application, upload: str) -> None:
    """Take a file out again before it is submitted.

    Raises:
        NotFoundError: no such file in this case.
        LimitError: ``not_open``, or ``submitted``: what a reviewer may have seen stays.
    """
    _require_open(application)
    found = next((u for u in uploads_of(session, application) if u.id == upload), None)
    if found is None:
        raise NotFoundError("upload")
    if found.round < application.round:
        raise LimitError("submitted", "这份材料已经提交过，不能删除；请补充新的材料")
    found.removed_at = office.now()
    application.revision += 1
    trail.append(
        session, actor, "upload.remove", application=application.id, detail={"upload": upload}, at=office.now()
    )


def reorder(session: Session, actor: Actor, office: Office, application: Application, order: list[str]) -> None:
    """Put the files into the order given.

    Raises:
        LimitError: ``not_open``; ``bad_order`` when ``order`` does not name every file exactly once.
    """
    _require_open(application)
    present = {upload.id: upload for upload in uploads_of(session, application)}
    if sorted(order) != sorted(present):
        raise LimitError("bad_order", "顺序里应当恰好包含每一份材料")
    for position, upload in enumerate(order):
        present[upload].position = position
    application.revision += 1
    trail.append(session, actor, "upload.reorder", application=application.id, at=office.now())


def submit(session: Session, actor: Actor, office: Office, application: Application) -> None:
    """Hand the case in: a draft, or a returned case with what was missing.

    The due date counts from this submission; the time that the applicant took to add material is not the bureau's.

    Raises:
        StateError: the case is not with the applicant.
        LimitError: ``no_disease``, ``no_person``, ``no_files``, ``nothing_added``.
    """
    after = step(application.state, Step.SUBMIT)
    present = uploads_of(session, application)
    if application.disease is None:
        raise LimitError("no_disease", "请先选择申请的病种")
    if application.identity is None or not application.identity.name.strip():
        raise LimitError("no_person", "请填写参保人姓名")
    if not present:
        raise LimitError("no_files", "请先上传材料")
    if application.state is State.RETURNED and not any(u.round == application.round for u in present):
        raise LimitError("nothing_added", "请先补充材料再提交")
    now = office.now()
    due = office.calendar.due(now.astimezone(LOCAL).date(), office.settings.service.working_days)
    application.state = after
    application.submitted_at = now
    application.first_submitted_at = application.first_submitted_at or now
    application.due_on, application.due_provisional = due.day, due.provisional
    detail = {"round": application.round, "files": len(present), "due_on": due.day.isoformat()}
    trail.append(session, actor, "application.submit", application=application.id, detail=detail, at=now)
    announce(session, office, application, "application.submitted")


def withdraw(session: Session, actor: Actor, office: Office, application: Application) -> None:
    """Take the case back.

    Raises:
        StateError: it is decided or withdrawn.
    """
    application.state = step(application.state, Step.WITHDRAW)
    application.claimed_by = application.claimed_at = None
    trail.append(session, actor, "application.withdraw", application=application.id, at=office.now())


def claim(session: Session, actor: Actor, office: Office, application: Application) -> None:
    """Take a submitted case onto one's desk.

    Raises:
        NotAllowedError: not a reviewer.
        StateError: it is not waiting, or on another desk.
    """
    actor.require_role(Role.REVIEWER)
    application.state = step(application.state, Step.CLAIM)
    application.claimed_by, application.claimed_at = actor.id, office.now()
    trail.append(session, actor, "application.claim", application=application.id, at=office.now())


def release(session: Session, actor: Actor, office: Office, application: Application) -> None:
    """Put a case back into the queue.

    Raises:
        NotAllowedError: it is on another person's desk.
        StateError: it is not under review.
    """
    after = step(application.state, Step.RELEASE)
    if application.claimed_by != actor.id:
        raise NotAllowedError("claimed by another")
    application.state = after
    application.claimed_by = application.claimed_at = None
    trail.append(session, actor, "application.release", application=application.id, at=office.now())


def uploads_of(session: Session, application: Application) -> list[Upload]:
    """Return the files of a case that were not taken out, in the applicant's order."""
    query = select(Upload).where(Upload.application_id == application.id, Upload.removed_at.is_(None))
    return list(session.scalars(query.order_by(Upload.position, Upload.uploaded_at)))


def waiting_pages(session: Session) -> int:
    """Return how much waits to be read over all cases: pages, and files whose pages are not known yet."""
    busy = (PageState.WAITING, PageState.READING)
    files = select(func.count()).select_from(Upload).where(Upload.state.in_(busy), Upload.removed_at.is_(None))
    pages = select(func.count()).select_from(PageRow).where(PageRow.state.in_(busy))
    return session.scalar(select(files.scalar_subquery() + pages.scalar_subquery())) or 0


def _require_open(application: Application) -> None:
    if application.state not in _OPEN:
        raise LimitError("not_open", "申请已提交，暂时不能修改材料")


def _write_person(identity: Identity, person: Person) -> list[str]:
    changed = []
    for each in fields(person):
        # On one line, without characters that do not print: an override would make a name read as another.
        value = single_line(getattr(person, each.name))
        if value != getattr(identity, each.name):
            setattr(identity, each.name, value)
            changed.append(each.name)
    return changed


def _next_serial(session: Session, day: dt.date) -> str:
    """The next number of the day; the trail's lock keeps two transactions from taking the same one."""
    trail.lock(session)
    prefix = f"YS{day:%Y%m%d}-"
    last = session.scalar(select(func.max(Application.serial)).where(Application.serial.like(f"{prefix}%")))
    count = int(last.removeprefix(prefix)[:-2]) + 1 if last else 1
    return serial_number(day, count)
