"""Large files that come in parts."""

from __future__ import annotations

import datetime as dt

from sqlalchemy import ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from pipeline.service.sealing.columns import SealedText, sealed_column
from pipeline.service.tables.base import Base, new_id
from pipeline.service.tables.cases import OfCase

__all__ = ["UploadPart", "UploadSession"]


class UploadSession(OfCase, Base):
    """A file on its way. It becomes an upload when all bytes are there and their digest is the one announced."""

    __tablename__ = "upload_sessions"

    id: Mapped[str] = mapped_column(String(32), primary_key=True, default=new_id)
    application_id: Mapped[str] = mapped_column(ForeignKey("applications.id", ondelete="CASCADE"), index=True)
    name_sealed: Mapped[bytes | None] = sealed_column()
    name = SealedText("name_sealed")
    size: Mapped[int]
    sha256_sealed: Mapped[bytes | None] = sealed_column()
    sha256 = SealedText("sha256_sealed")
    batch: Mapped[str] = mapped_column(String(36), default="")
    place: Mapped[int | None]
    """Of the upload that it becomes; see :mod:`pipeline.service.ordering`."""
    received: Mapped[int] = mapped_column(default=0)
    """Bytes that are safe; the next part begins here."""
    upload_id: Mapped[str | None] = mapped_column(ForeignKey("uploads.id", ondelete="CASCADE"), index=True)
    """What it became."""
    created_at: Mapped[dt.datetime]
    expires_at: Mapped[dt.datetime]


class UploadPart(Base):
    """One part. Its blob begins with :attr:`UploadSession.id`, so that no other row ever names the same blob."""

    __tablename__ = "upload_parts"
    __table_args__ = (UniqueConstraint("session_id", "start"),)

    id: Mapped[str] = mapped_column(String(32), primary_key=True, default=new_id)
    session_id: Mapped[str] = mapped_column(ForeignKey("upload_sessions.id", ondelete="CASCADE"))
    start: Mapped[int]
    size: Mapped[int]
    blob: Mapped[str] = mapped_column(String(64))
