"""Telling platforms what happened: events as signed calls to the addresses they registered, tried again for a day.

Signature: ``Yushen-Signature: t=<unix seconds>,v1=<hex HMAC-SHA256(secret, "<t>.<body>")>``. The receiver computes it
over the bytes as received, compares in constant time and refuses a ``t`` more than :data:`REPLAY_SECONDS` away from its
own clock. ``Yushen-Delivery`` stays the same over all tries, so that an event that came twice is handled once. Order is
not promised: ``revision`` and ``occurred_at`` say which of two is newer.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import hmac
import http.client
import json
import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from sqlalchemy import select
from sqlalchemy.orm import Session

from pipeline.service.api.outside import AddressRefusedError, post
from pipeline.service.logs import event as log
from pipeline.service.office import Office
from pipeline.service.tables import ApiKey, Application, Webhook, WebhookDelivery, new_id

__all__ = ["REPLAY_SECONDS", "Event", "announce", "deliver", "enqueue", "sign", "untold", "verify"]

_LOG = logging.getLogger(__name__)
REPLAY_SECONDS = 300
_SECONDS = 10.0
"""Within which the receiver answers."""
_LEASE = dt.timedelta(seconds=60)
"""While one worker tries, no other does; longer than a try can take."""
_WAITS = (10, 30, 120, 600, 1800, 3600, 7200, 14400, 21600, 28800)
"""Seconds between tries; about a day in all."""
_GIVE_UP = dt.timedelta(hours=24)

Post = Callable[..., int]


class Event(StrEnum):
    SUBMITTED = "application.submitted"
    PAGE_FAILED = "page.failed"
    FEEDBACK_READY = "feedback.ready"
    RETURNED = "application.returned"
    DECIDED = "application.decided"
    TEST = "webhook.test"
    """Sent on demand, to every webhook whatever it registered for."""


@dataclass(frozen=True, slots=True)
class _Claimed:
    url: str
    secret: str
    event: str
    body: bytes


def announce(session: Session, office: Office, application: Application, event: str, **about: str) -> tuple[str, ...]:
    """Note in the caller's transaction that ``event`` happened, for every webhook that wants to know.

    Args:
        about: ids and codes of what it happened to (``page``, ``upload``, ``code``); never a name or a text.

    Returns:
        Ids of the deliveries. Give them to :meth:`WorkQueue.tell` after the transaction; those nobody gave are found
        by the sweeper.
    """
    wanted = Event(event)
    query = (
        select(Webhook, ApiKey)
        .join(ApiKey, ApiKey.id == Webhook.api_key_id)
        .where(Webhook.active, ApiKey.active, ApiKey.channel == application.channel.value)
    )
    payload = {
        "event": wanted.value,
        "occurred_at": office.now().isoformat(timespec="seconds"),
        "application": {
            "id": application.id,
            "serial": application.serial,
            "state": application.state.value,
            "round": application.round,
            "revision": application.revision,
        },
        **about,
    }
    return tuple(
        enqueue(session, office, webhook, wanted, payload, application=application.id)
        for webhook, key in session.execute(query)
        if wanted.value in webhook.events and application.region in key.regions
    )


def enqueue(
    session: Session,
    office: Office,
    webhook: Webhook,
    event: Event,
    payload: Mapping[str, object],
    *,
    application: str | None = None,
) -> str:
    """Add one delivery and return its id."""
    now = office.now()
    delivery = WebhookDelivery(
        id=new_id(),
        webhook_id=webhook.id,
        application_id=application,
        event=event.value,
        payload=dict(payload),
        created_at=now,
        next_at=now,
        attempts=0,
    )
    session.add(delivery)
    session.flush()
    return delivery.id


def untold(office: Office, application: str, limit: int = 50) -> list[str]:
    """Return deliveries about a case that nobody tried yet: what to give to the work queue after a transaction."""
    query = select(WebhookDelivery).where(
        WebhookDelivery.done_at.is_(None),
        WebhookDelivery.attempts == 0,
        WebhookDelivery.application_id == application,
    )
    with office.database.read() as session:
        return [row.id for row in session.scalars(query.order_by(WebhookDelivery.created_at).limit(limit))]


def deliver(office: Office, delivery_id: str, *, send: Post = post) -> dt.datetime | None:
    """Try a delivery once, if it is due. Safe to call at any time, from several workers.

    Returns:
        When to call again; None when it is delivered, given up or gone.
    """
    claimed = _claim(office, delivery_id)
    if not isinstance(claimed, _Claimed):
        return claimed
    headers = {
        "Content-Type": "application/json; charset=utf-8",
        "User-Agent": "Yushen-Webhook/1",
        "Yushen-Event": claimed.event,
        "Yushen-Delivery": delivery_id,
        "Yushen-Signature": sign(claimed.secret, claimed.body, int(office.now().timestamp())),
    }
    status: int | None = None
    private = office.settings.service.webhook_private
    try:
        status = send(claimed.url, claimed.body, headers, private=private, seconds=_SECONDS)
    except AddressRefusedError as error:
        log(_LOG, "webhook.refused", level=logging.WARNING, delivery=delivery_id, code=error.code)
    except (OSError, http.client.HTTPException) as error:
        log(_LOG, "webhook.unreached", delivery=delivery_id, error=type(error).__name__)
    return _note(office, delivery_id, status)


def sign(secret: str, body: bytes, moment: int) -> str:
    """Return the value of ``Yushen-Signature`` for ``body`` at ``moment`` (Unix seconds)."""
    digest = hmac.new(secret.encode(), f"{moment}.".encode() + body, hashlib.sha256).hexdigest()
    return f"t={moment},v1={digest}"


def verify(secret: str, header: str, body: bytes, now: float) -> bool:
    """Whether ``header`` signs ``body`` and is not a replay; what a receiver does."""
    fields = dict(part.split("=", 1) for part in header.split(",") if "=" in part)
    moment = fields.get("t", "")
    if not (moment.isascii() and moment.isdigit()) or abs(now - int(moment)) > REPLAY_SECONDS:
        return False
    return hmac.compare_digest(sign(secret, body, int(moment)).encode(), header.encode())


def _claim(office: Office, delivery_id: str) -> _Claimed | dt.datetime | None:
    """Take the delivery for this try, or say when it is due."""
    now = office.now()
    with office.database.write() as session:
        delivery = session.get(WebhookDelivery, delivery_id, with_for_update=True)
        if delivery is None or delivery.done_at is not None:
            return None
        if delivery.next_at is not None and delivery.next_at > now:
            return delivery.next_at
        webhook = session.get(Webhook, delivery.webhook_id)
        key = session.get(ApiKey, webhook.api_key_id) if webhook is not None else None
        if webhook is None or not webhook.active or key is None or not key.active:
            delivery.done_at, delivery.next_at = now, None
            return None
        delivery.attempts += 1
        delivery.next_at = now + _LEASE
        content = {"id": delivery.id, **delivery.payload}
        body = json.dumps(content, ensure_ascii=False, separators=(",", ":")).encode()
        return _Claimed(webhook.url, webhook.secret, delivery.event, body)


def _note(office: Office, delivery_id: str, status: int | None) -> dt.datetime | None:
    now = office.now()
    with office.database.write() as session:
        delivery = session.get(WebhookDelivery, delivery_id, with_for_update=True)
        if delivery is None:
            return None
        delivery.last_status = status
        wait = dt.timedelta(seconds=_WAITS[min(delivery.attempts, len(_WAITS)) - 1])
        delivered = status is not None and 200 <= status < 300
        gone = status == http.client.GONE
        if gone and (webhook := session.get(Webhook, delivery.webhook_id)) is not None:
            webhook.active = False  # the receiver's way of saying that nobody listens here any more
        if delivered or gone or now + wait > delivery.created_at + _GIVE_UP:
            delivery.done_at, delivery.next_at = now, None
            return None
        delivery.next_at = now + wait
        return delivery.next_at
