"""People of the bureau, their sessions, and the API keys of channels."""

from __future__ import annotations

import datetime as dt
from typing import Any

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from pipeline.service.tables.base import Base, new_id

__all__ = ["ApiKey", "IdempotencyKey", "Session", "Throttle", "User", "Webhook", "WebhookDelivery"]


class User(Base):
    __tablename__ = "users"

    id: Mapped[str] = mapped_column(String(32), primary_key=True, default=new_id)
    login: Mapped[str] = mapped_column(String(64), unique=True)
    name: Mapped[str] = mapped_column(String(64))
    """Shown on decision sheets."""
    password: Mapped[str] = mapped_column(String(255))
    """argon2id."""
    roles: Mapped[list[Any]]
    regions: Mapped[list[Any]]
    active: Mapped[bool] = mapped_column(default=True)
    must_change: Mapped[bool] = mapped_column(default=False)
    """The password was set by an administrator."""
    created_at: Mapped[dt.datetime]


class Session(Base):
    """A browser that is signed in: a person of the bureau, or an applicant with a query code."""

    __tablename__ = "sessions"

    digest: Mapped[str] = mapped_column(String(64), primary_key=True)
    """Of the cookie's token."""
    user_id: Mapped[str | None] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), index=True)
    application_id: Mapped[str | None] = mapped_column(ForeignKey("applications.id", ondelete="CASCADE"), index=True)
    csrf: Mapped[str] = mapped_column(String(64))
    created_at: Mapped[dt.datetime]
    seen_at: Mapped[dt.datetime]
    expires_at: Mapped[dt.datetime]


class Throttle(Base):
    """Failed tries to sign in or to open a case, by what was tried and from where; no address is kept in the clear."""

    __tablename__ = "throttles"

    key: Mapped[str] = mapped_column(String(64), primary_key=True)
    failures: Mapped[int] = mapped_column(default=0)
    blocked_until: Mapped[dt.datetime | None]
    updated_at: Mapped[dt.datetime]


class ApiKey(Base):
    __tablename__ = "api_keys"

    id: Mapped[str] = mapped_column(String(32), primary_key=True, default=new_id)
    name: Mapped[str] = mapped_column(String(64), unique=True)
    digest: Mapped[str] = mapped_column(String(64), unique=True)
    channel: Mapped[str] = mapped_column(String(16))
    scopes: Mapped[list[Any]]
    regions: Mapped[list[Any]]
    per_minute: Mapped[int] = mapped_column(default=120)
    """Requests a minute; more are answered 429."""
    active: Mapped[bool] = mapped_column(default=True)
    created_at: Mapped[dt.datetime]


class IdempotencyKey(Base):
    """The first answer to a request that may be sent twice."""

    __tablename__ = "idempotency_keys"
    __table_args__ = (UniqueConstraint("api_key_id", "key"),)

    id: Mapped[str] = mapped_column(String(32), primary_key=True, default=new_id)
    api_key_id: Mapped[str] = mapped_column(ForeignKey("api_keys.id", ondelete="CASCADE"))
    key: Mapped[str] = mapped_column(String(128))
    request: Mapped[str] = mapped_column(String(64))
    """Digest of method, path and body: another request under the same key is refused."""
    status: Mapped[int | None]
    """None while the first request is still under way."""
    body: Mapped[dict[str, Any] | None]
    created_at: Mapped[dt.datetime]


class Webhook(Base):
    __tablename__ = "webhooks"

    id: Mapped[str] = mapped_column(String(32), primary_key=True, default=new_id)
    api_key_id: Mapped[str] = mapped_column(ForeignKey("api_keys.id", ondelete="CASCADE"), index=True)
    url: Mapped[str] = mapped_column(String(500))
    secret: Mapped[str] = mapped_column(String(128))
    """Needed in the clear to sign."""
    events: Mapped[list[Any]]
    active: Mapped[bool] = mapped_column(default=True)
    created_at: Mapped[dt.datetime]


class WebhookDelivery(Base):
    __tablename__ = "webhook_deliveries"
    __table_args__ = (Index("ix_webhook_deliveries_due", "done_at", "next_at"),)

    id: Mapped[str] = mapped_column(String(32), primary_key=True, default=new_id)
    webhook_id: Mapped[str] = mapped_column(ForeignKey("webhooks.id", ondelete="CASCADE"))
    application_id: Mapped[str | None] = mapped_column(ForeignKey("applications.id", ondelete="CASCADE"), index=True)
    event: Mapped[str] = mapped_column(String(64))
    payload: Mapped[dict[str, Any]]
    """Serial, state, revision; never identity or clinical text: the platform asks for the rest."""
    created_at: Mapped[dt.datetime]
    next_at: Mapped[dt.datetime | None]
    attempts: Mapped[int] = mapped_column(default=0)
    last_status: Mapped[int | None]
    done_at: Mapped[dt.datetime | None]
