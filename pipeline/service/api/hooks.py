"""Routes: webhooks of a key."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Any

from fastapi import Path, Response
from pydantic import Field, StringConstraints
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from pipeline.service import trail
from pipeline.service.access import NotFoundError
from pipeline.service.actors import Actor
from pipeline.service.api.idempotency import IdempotencyHeader, digest, once
from pipeline.service.api.keys import WebhookKeeper
from pipeline.service.api.models import Model
from pipeline.service.api.outside import AddressRefusedError, check_url
from pipeline.service.api.problems import ProblemError
from pipeline.service.api.routing import router
from pipeline.service.api.webhooks import Event, enqueue
from pipeline.service.numbers import new_token
from pipeline.service.people.current import TheOffice, TheQueue
from pipeline.service.tables import Webhook, WebhookDelivery, new_id

__all__ = ["register"]

_TAG = "通知 Webhooks"
_MOST = 20
_EVENTS: list[Event] = [event for event in Event if event is not Event.TEST]
WebhookId = Annotated[str, Path(pattern=r"^[0-9a-f]{32}$")]
_REFUSED = {
    "url_scheme": "地址应以 https:// 或 http:// 开头。",
    "url_malformed": "地址写得不对。",
    "url_credentials": "地址里不要写用户名和密码。",
    "url_private": "不能通知内部网络的地址；如确有需要，请管理员在设置中允许。",
}


class WebhookIn(Model):
    url: Annotated[str, StringConstraints(min_length=8, max_length=500, pattern=r"^[!-~]+$")] = Field(
        description="接收通知的地址 · where to send", examples=["https://platform.example.gov.cn/yushen/events"]
    )
    events: list[Event] = Field(
        default_factory=_EVENTS.copy,
        min_length=1,
        max_length=20,
        description="要知道哪些事；不填为全部 · default: all",
    )


class WebhookOut(Model):
    id: str
    url: str
    events: list[Event]
    active: bool = Field(description="接收方回 410 后停用 · off after the receiver answered 410")
    created_at: dt.datetime


class WebhookCreated(WebhookOut):
    secret: str = Field(description="验签密钥，只在这里给出一次 · signing secret, shown only here")


class WebhooksOut(Model):
    items: list[WebhookOut]


class DeliveryOut(Model):
    id: str
    event: Event
    created_at: dt.datetime
    attempts: int
    last_status: int | None = Field(description="对方上次的 HTTP 状态；没有连上为空")
    next_at: dt.datetime | None = Field(description="下次什么时候再试；空为不再试")
    delivered: bool


class DeliveriesOut(Model):
    items: list[DeliveryOut]


@router.post(
    "/webhooks",
    tags=[_TAG],
    status_code=201,
    summary="登记 · Register",
    description=(
        "签名：Yushen-Signature: t=<Unix 秒>,v1=<hex HMAC-SHA256(secret, t + '.' + 正文)>；"
        "t 与本机时钟相差 300 秒以上应拒收。"
        "失败按 10 秒到 8 小时的间隔重试，约一天为止；同一通知的 Yushen-Delivery 不变。正文不含身份和病情。"
        "Verify the signature over the raw body, refuse `t` older than 300 s, answer 2xx within 10 s."
    ),
)
def register(office: TheOffice, actor: WebhookKeeper, body: WebhookIn, key: IdempotencyHeader = None) -> WebhookCreated:
    try:
        check_url(body.url, private=office.settings.service.webhook_private)
    except AddressRefusedError as error:
        raise ProblemError(422, error.code, "The address is refused", _REFUSED[error.code]) from error
    if Event.TEST in body.events:
        raise ProblemError(422, "invalid", "The request is not valid", "webhook.test 不用登记，会发给每个地址。")

    def work(session: Session) -> dict[str, Any]:
        query = select(func.count()).select_from(Webhook).where(Webhook.api_key_id == actor.id)
        if (session.scalar(query) or 0) >= _MOST:
            raise ProblemError(409, "too_many_webhooks", "Too many webhooks", f"最多登记 {_MOST} 个通知地址。")
        row = Webhook(
            id=new_id(),
            api_key_id=actor.id,
            url=body.url,
            secret=f"whsec_{new_token()}",
            events=sorted({event.value for event in body.events}),
            active=True,
            created_at=office.now(),
        )
        session.add(row)
        session.flush()
        trail.append(session, actor, "webhook.register", detail={"webhook": row.id}, at=office.now())
        return {"id": row.id}

    answer, _ = once(office, actor, key, digest(office, "webhook", body.model_dump_json()), work)
    with office.database.read() as session:
        row = _find(session, actor, answer["id"])
        return WebhookCreated(**_out(row).model_dump(), secret=row.secret)


@router.get("/webhooks", tags=[_TAG], summary="列表 · List")
def list_webhooks(office: TheOffice, actor: WebhookKeeper) -> WebhooksOut:
    query = select(Webhook).where(Webhook.api_key_id == actor.id).order_by(Webhook.created_at, Webhook.id)
    with office.database.read() as session:
        return WebhooksOut(items=[_out(row) for row in session.scalars(query)])


@router.delete("/webhooks/{webhook}", tags=[_TAG], status_code=204, summary="删除 · Delete")
def delete_webhook(office: TheOffice, actor: WebhookKeeper, webhook: WebhookId) -> Response:
    with office.database.write() as session:
        session.delete(_find(session, actor, webhook))
        trail.append(session, actor, "webhook.delete", detail={"webhook": webhook}, at=office.now())
    return Response(status_code=204)


@router.post("/webhooks/{webhook}/test", tags=[_TAG], status_code=202, summary="发一个试验通知 · Send a test event")
def test_webhook(office: TheOffice, queue: TheQueue, actor: WebhookKeeper, webhook: WebhookId) -> DeliveryOut:
    with office.database.write() as session:
        row = _find(session, actor, webhook)
        payload = {"event": Event.TEST.value, "occurred_at": office.now().isoformat(timespec="seconds")}
        delivery = enqueue(session, office, row, Event.TEST, payload)
    queue.tell(delivery)
    with office.database.read() as session:
        sent = session.get(WebhookDelivery, delivery)
        if sent is None:
            raise NotFoundError("delivery")
        return _delivery(sent)


@router.get("/webhooks/{webhook}/deliveries", tags=[_TAG], summary="最近的通知 · Recent deliveries")
def deliveries(office: TheOffice, actor: WebhookKeeper, webhook: WebhookId) -> DeliveriesOut:
    with office.database.read() as session:
        row = _find(session, actor, webhook)
        query = select(WebhookDelivery).where(WebhookDelivery.webhook_id == row.id)
        newest = query.order_by(WebhookDelivery.created_at.desc(), WebhookDelivery.id).limit(50)
        return DeliveriesOut(items=[_delivery(each) for each in session.scalars(newest)])


def _find(session: Session, actor: Actor, webhook: str) -> Webhook:
    row = session.get(Webhook, webhook)
    if row is None or row.api_key_id != actor.id:
        raise NotFoundError("webhook")
    return row


def _out(row: Webhook) -> WebhookOut:
    return WebhookOut(
        id=row.id,
        url=row.url,
        events=[Event(event) for event in row.events],
        active=row.active,
        created_at=row.created_at,
    )


def _delivery(row: WebhookDelivery) -> DeliveryOut:
    return DeliveryOut(
        id=row.id,
        event=Event(row.event),
        created_at=row.created_at,
        attempts=row.attempts,
        last_status=row.last_status,
        next_at=row.next_at,
        delivered=row.done_at is not None and row.last_status is not None and 200 <= row.last_status < 300,
    )
