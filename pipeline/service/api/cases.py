"""Routes: an application from its first line to its submission and back."""

from __future__ import annotations

from dataclasses import fields
from typing import Annotated, Any

from fastapi import Query
from sqlalchemy.orm import Session

from pipeline.service import applications, codes
from pipeline.service.access import find, seen_by
from pipeline.service.actors import Actor
from pipeline.service.api.history import history_of
from pipeline.service.api.idempotency import IdempotencyHeader, digest, once
from pipeline.service.api.keys import Reader, Writer
from pipeline.service.api.models import (
    ApplicationCreated,
    ApplicationIn,
    ApplicationList,
    ApplicationOut,
    ApplicationPatch,
    HistoryOut,
    PersonIn,
    RenewalIn,
    RenewalOut,
)
from pipeline.service.api.problems import ProblemError
from pipeline.service.api.routing import router
from pipeline.service.api.rules import named_disease, region_of_key
from pipeline.service.api.seeing import note_view
from pipeline.service.api.uploads import ApplicationId
from pipeline.service.api.views import application_out
from pipeline.service.api.webhooks import untold
from pipeline.service.applications import Person
from pipeline.service.office import Office
from pipeline.service.people.current import TheOffice, TheQueue
from pipeline.service.states import Channel, State
from pipeline.service.tables import Application, Identity
from pipeline.service.work.queue import WorkQueue

__all__ = ["create", "submit"]

_TAG = "申请 Applications"


@router.post(
    "/applications",
    tags=[_TAG],
    status_code=201,
    summary="新建申请 · Create an application",
    description="返回受理编号和只给一次的查询码。The query code is shown only in this answer (and in its replays).",
)
def create(office: TheOffice, actor: Writer, body: ApplicationIn, key: IdempotencyHeader = None) -> ApplicationCreated:
    region = region_of_key(office, actor, body.region)
    disease = named_disease(office, region, body.disease).id if body.disease is not None else None

    def work(session: Session) -> dict[str, Any]:
        application, code = applications.create(
            session,
            actor,
            office,
            channel=_channel(actor),
            region=region,
            disease=disease,
            person=_merged(None, body.person) if body.person else None,
        )
        return {"id": application.id, "query_code": code}

    answer, _ = once(office, actor, key, digest(office, "create", body.model_dump_json()), work)
    with office.database.read() as session:
        shown = application_out(session, office, find(session, actor, answer["id"]))
    return ApplicationCreated(**shown.model_dump(), query_code=answer["query_code"])


@router.get(
    "/applications",
    tags=[_TAG],
    summary="本渠道的申请 · Applications of this channel",
    description="新的在前，一次最多 100 份。Newest first.",
)
def list_applications(
    office: TheOffice,
    actor: Reader,
    serial: Annotated[str | None, Query(max_length=24, pattern=r"^[0-9A-Za-z-]*$", description="受理编号")] = None,
    state: Annotated[State | None, Query(description="只看这个状态的")] = None,
    before: Annotated[
        str | None, Query(max_length=24, pattern=r"^[0-9A-Za-z-]*$", description="上一页的 next_before")
    ] = None,
    limit: Annotated[int, Query(ge=1, le=100)] = 20,
) -> ApplicationList:
    query = seen_by(actor)
    if serial is not None:
        query = query.where(Application.serial == serial.upper())
    if state is not None:
        query = query.where(Application.state == state)
    if before is not None:
        query = query.where(Application.serial < before.upper())
    with office.database.read() as session:
        rows = list(session.scalars(query.order_by(Application.serial.desc()).limit(limit + 1)))
        more = len(rows) > limit
        items = [application_out(session, office, row) for row in rows[:limit]]
    return ApplicationList(items=items, next_before=items[-1].serial if more else None)


@router.get(
    "/applications/{application}",
    tags=[_TAG],
    summary="一份申请：状态、期限、识别进度 · State, due date, reading progress",
)
def read(office: TheOffice, actor: Reader, application: ApplicationId) -> ApplicationOut:
    with office.database.read() as session:
        shown = application_out(session, office, find(session, actor, application))
    note_view(office, actor, "application.view", application)
    return shown


@router.patch("/applications/{application}", tags=[_TAG], summary="修改病种或人员 · Change disease or person")
def change(
    office: TheOffice, queue: TheQueue, actor: Writer, application: ApplicationId, body: ApplicationPatch
) -> ApplicationOut:
    with office.database.write() as session:
        case = find(session, actor, application, lock=True)
        before = case.revision
        applications.describe(
            session,
            actor,
            office,
            case,
            disease=named_disease(office, case.region, body.disease).id if body.disease is not None else None,
            person=_merged(case.identity, body.person) if body.person else None,
        )
        session.flush()
        changed = case.revision != before
        shown = application_out(session, office, case)
    if changed:
        queue.assess(application)
    return shown


@router.post(
    "/applications/{application}/submit",
    tags=[_TAG],
    summary="提交，或退回后补齐再提交 · Submit, or submit again",
    description="已提交的再提交返回 409；带 Idempotency-Key 重发则返回第一次的结果。",
)
def submit(
    office: TheOffice, queue: TheQueue, actor: Writer, application: ApplicationId, key: IdempotencyHeader = None
) -> ApplicationOut:
    return _step(office, queue, actor, application, key, applications.submit)


@router.post("/applications/{application}/withdraw", tags=[_TAG], summary="撤回申请 · Withdraw")
def withdraw(
    office: TheOffice, queue: TheQueue, actor: Writer, application: ApplicationId, key: IdempotencyHeader = None
) -> ApplicationOut:
    return _step(office, queue, actor, application, key, applications.withdraw)


@router.post(
    "/applications/{application}/query-code",
    tags=[_TAG],
    summary="补发查询码 · Renew the query code",
    description=(
        "原查询码立即失效，已打开这份申请的浏览器退出。请先确认来人是本人或代办人。"
        "The old code is dead at once. Make sure who asks before you call this."
    ),
)
def renew_code(
    office: TheOffice, actor: Writer, application: ApplicationId, body: RenewalIn, key: IdempotencyHeader = None
) -> RenewalOut:
    def work(session: Session) -> dict[str, Any]:
        case = find(session, actor, application, lock=True)
        return {"serial": case.serial, "query_code": codes.renew(session, actor, office, case, body.reason)}

    request = digest(office, "query-code", application, body.model_dump_json())
    answer, _ = once(office, actor, key, request, work)
    return RenewalOut.model_validate(answer)


@router.get("/applications/{application}/history", tags=[_TAG], summary="状态经过 · History of states")
def history(office: TheOffice, actor: Reader, application: ApplicationId) -> HistoryOut:
    with office.database.read() as session:
        return HistoryOut(items=history_of(session, find(session, actor, application)))


def _step(office: Office, queue: WorkQueue, actor: Actor, application: str, key: str | None, do: Any) -> ApplicationOut:
    def work(session: Session) -> dict[str, Any]:
        case = find(session, actor, application, lock=True)
        do(session, actor, office, case)
        session.flush()
        return application_out(session, office, case).model_dump(mode="json")

    answer, _ = once(office, actor, key, digest(office, do.__name__, application), work)
    queue.assess(application)
    for delivery in untold(office, application):
        queue.tell(delivery)
    return ApplicationOut.model_validate(answer)


def _channel(actor: Actor) -> Channel:
    try:
        return Channel(actor.channel or "")
    except ValueError:
        raise ProblemError(403, "not_allowed", "The key has no channel", "此接口密钥没有对应的渠道。") from None


def _merged(identity: Identity | None, told: PersonIn) -> Person:
    """The person as they will be: what is told replaces, what is not stays."""
    known = {each.name: getattr(identity, each.name, None) or "" for each in fields(Person)}
    return Person(**{**known, **told.model_dump(exclude_none=True)})
