"""The worker processes that are alive, so that others know whose work to take over."""

from __future__ import annotations

import datetime as dt

from sqlalchemy import Index, String
from sqlalchemy.orm import Mapped, mapped_column

from pipeline.service.tables.base import Base

__all__ = ["WorkerRow"]


class WorkerRow(Base):
    """One worker process. It says every few seconds that it lives, and takes its row away when it ends."""

    __tablename__ = "workers"
    __table_args__ = (Index("ix_workers_seen", "seen_at"),)

    id: Mapped[str] = mapped_column(String(64), primary_key=True)
    """Executor id under which its work is recorded; never used twice."""
    host: Mapped[str] = mapped_column(String(128))
    """Machine, boot and process namespace: where they are the same, a process number tells who lives."""
    pid: Mapped[int]
    born: Mapped[float]
    """When the process started, in seconds of that machine: process numbers are used again."""
    readers: Mapped[int]
    started_at: Mapped[dt.datetime]
    seen_at: Mapped[dt.datetime]
