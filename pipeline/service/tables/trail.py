"""The append-only log of everything that was seen or done. Rows are chained by hash; triggers refuse changes."""

from __future__ import annotations

import datetime as dt
from typing import Any

from sqlalchemy import BigInteger, Integer, String
from sqlalchemy.orm import Mapped, mapped_column

from pipeline.service.tables.base import Base

__all__ = ["TrailHead", "TrailRow"]


class TrailRow(Base):
    __tablename__ = "trail"

    seq: Mapped[int] = mapped_column(
        BigInteger().with_variant(Integer, "sqlite"), primary_key=True, autoincrement=False
    )
    at: Mapped[dt.datetime]
    actor_kind: Mapped[str] = mapped_column(String(16))
    actor_id: Mapped[str] = mapped_column(String(64))
    action: Mapped[str] = mapped_column(String(64))
    application_id: Mapped[str | None] = mapped_column(String(32), index=True)
    """No foreign key: the trail outlives what it tells of."""
    detail: Mapped[dict[str, Any]]
    """Ids, codes, versions, counts. Never a name, a number of a person or clinical text."""
    previous: Mapped[str] = mapped_column(String(64))
    hash: Mapped[str] = mapped_column(String(64), unique=True)


class TrailHead(Base):
    """The last row of the chain; locked by whoever appends, so that the chain never forks."""

    __tablename__ = "trail_head"

    id: Mapped[int] = mapped_column(primary_key=True)
    seq: Mapped[int] = mapped_column(BigInteger().with_variant(Integer, "sqlite"))
    hash: Mapped[str] = mapped_column(String(64))
