"""Applications with their applicant, uploads, pages and what was made of them."""

from __future__ import annotations

import datetime as dt
from typing import Any

from sqlalchemy import ForeignKey, Index, LargeBinary, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from pipeline.service.states import Channel, PageState, State
from pipeline.service.tables.base import Base, new_id, word

__all__ = ["Application", "Assessment", "Correction", "Identity", "PageRow", "Upload"]


class Application(Base):
    """One application for one disease. No column here names a person; see :class:`Identity`."""

    __tablename__ = "applications"
    __table_args__ = (Index("ix_applications_queue", "region", "state", "due_on"),)

    id: Mapped[str] = mapped_column(String(32), primary_key=True, default=new_id)
    serial: Mapped[str] = mapped_column(String(24), unique=True)
    code_digest: Mapped[str] = mapped_column(String(64))
    """HMAC of the query code."""
    channel: Mapped[Channel] = mapped_column(word(Channel))
    api_key_id: Mapped[str | None] = mapped_column(String(32), index=True)
    """The key that created it; only this channel's keys see it."""
    region: Mapped[str] = mapped_column(String(64))
    disease: Mapped[str | None] = mapped_column(String(64))
    """Rule id of the disease applied for; None while the applicant has not chosen."""
    state: Mapped[State] = mapped_column(word(State), default=State.DRAFT)
    created_at: Mapped[dt.datetime]
    submitted_at: Mapped[dt.datetime | None]
    """Of the latest submission; the time that the applicant took to add material is not the bureau's."""
    first_submitted_at: Mapped[dt.datetime | None]
    due_on: Mapped[dt.date | None]
    due_provisional: Mapped[bool] = mapped_column(default=False)
    decided_at: Mapped[dt.datetime | None]
    round: Mapped[int] = mapped_column(default=1)
    """1 for the first submission, one more for each return for material."""
    revision: Mapped[int] = mapped_column(default=1)
    """Grows with every change of uploads, pages or corrections; an assessment says which revision it is of."""
    claimed_by: Mapped[str | None] = mapped_column(ForeignKey("users.id"))
    claimed_at: Mapped[dt.datetime | None]
    conclusion: Mapped[str | None] = mapped_column(String(16))
    """Of the latest assessment, for the queue: meets, not_met, insufficient, manual."""
    alert_count: Mapped[int] = mapped_column(default=0)

    identity: Mapped[Identity | None] = relationship(back_populates="application", cascade="all, delete-orphan")
    uploads: Mapped[list[Upload]] = relationship(
        back_populates="application", order_by="Upload.position", cascade="all, delete-orphan"
    )


class Identity(Base):
    """Who applies, apart from the case so that it can be kept, shown and deleted apart."""

    __tablename__ = "identities"

    application_id: Mapped[str] = mapped_column(ForeignKey("applications.id", ondelete="CASCADE"), primary_key=True)
    name: Mapped[str] = mapped_column(String(128), default="")
    id_number: Mapped[str] = mapped_column(String(64), default="")
    phone: Mapped[str] = mapped_column(String(64), default="")
    agent_name: Mapped[str] = mapped_column(String(128), default="")
    agent_id_number: Mapped[str] = mapped_column(String(64), default="")
    agent_phone: Mapped[str] = mapped_column(String(64), default="")
    agent_relation: Mapped[str] = mapped_column(String(32), default="")

    application: Mapped[Application] = relationship(back_populates="identity")


class Upload(Base):
    """One file as uploaded. Bytes lie in the blob store under ``sha256``."""

    __tablename__ = "uploads"
    __table_args__ = (Index("ix_uploads_application", "application_id", "position"), Index("ix_uploads_state", "state"))

    id: Mapped[str] = mapped_column(String(32), primary_key=True, default=new_id)
    application_id: Mapped[str] = mapped_column(ForeignKey("applications.id", ondelete="CASCADE"))
    name: Mapped[str] = mapped_column(String(255))
    """As the person named it: may hold a name, so it is never logged."""
    sha256: Mapped[str] = mapped_column(String(64), index=True)
    size: Mapped[int]
    position: Mapped[int]
    batch: Mapped[str] = mapped_column(String(36), default="")
    place: Mapped[int | None]
    """Within ``batch``, as the sender told; see :mod:`pipeline.service.ordering`."""
    round: Mapped[int]
    uploaded_at: Mapped[dt.datetime]
    uploaded_by: Mapped[str] = mapped_column(String(32))
    """Kind of the actor."""
    state: Mapped[PageState] = mapped_column(word(PageState), default=PageState.WAITING)
    """Of taking the file apart into pages."""
    why: Mapped[str] = mapped_column(String(255), default="")
    """What the applicant should do when it failed, in Chinese."""
    code: Mapped[str] = mapped_column(String(64), default="")
    removed_at: Mapped[dt.datetime | None]
    """Taken out by the applicant before submitting; kept for the trail until retention deletes it."""

    application: Mapped[Application] = relationship(back_populates="uploads")
    pages: Mapped[list[PageRow]] = relationship(
        back_populates="upload", order_by="PageRow.position", cascade="all, delete-orphan"
    )


class PageRow(Base):
    """One page of an upload and what was read on it."""

    __tablename__ = "pages"
    # What waits is counted at each upload: from the index, because a row holds its whole reading.
    __table_args__ = (
        UniqueConstraint("upload_id", "position"),
        Index("ix_pages_image", "image"),
        Index("ix_pages_state", "state", "upload_id"),
    )

    id: Mapped[str] = mapped_column(String(32), primary_key=True, default=new_id)
    upload_id: Mapped[str] = mapped_column(ForeignKey("uploads.id", ondelete="CASCADE"))
    position: Mapped[int]
    """From 0, over all members of an archive."""
    member: Mapped[str] = mapped_column(String(512))
    """Name of the source file as the report shows it: the upload's, or ``archive.zip/member.jpg``."""
    number: Mapped[int]
    """Page within that source file, from 1."""
    width: Mapped[int]
    height: Mapped[int]
    image: Mapped[str] = mapped_column(String(64))
    """SHA-256 of the page image in the blob store."""
    page: Mapped[bytes] = mapped_column(LargeBinary)
    """:class:`pipeline.nouns.Page` as JSON, without its image: text layer, hash, resolution."""
    state: Mapped[PageState] = mapped_column(word(PageState), default=PageState.WAITING)
    why: Mapped[str] = mapped_column(String(255), default="")
    code: Mapped[str] = mapped_column(String(64), default="")
    retake: Mapped[bool] = mapped_column(default=False)
    """The quality gate wants the page taken again."""
    attempts: Mapped[int] = mapped_column(default=0)
    seconds: Mapped[float | None]
    reading: Mapped[bytes | None] = mapped_column(LargeBinary)
    """:func:`pipeline.reading.stored.reading_to_json`; None until read."""
    reader: Mapped[str] = mapped_column(String(255), default="")
    """Which reader made ``reading``: program, models and settings. The same picture is not read twice by one."""

    upload: Mapped[Upload] = relationship(back_populates="pages")


class Assessment(Base):
    """What the machine made of a case at one revision. Never changed; the latest counts."""

    __tablename__ = "assessments"
    __table_args__ = (UniqueConstraint("application_id", "revision"),)

    id: Mapped[str] = mapped_column(String(32), primary_key=True, default=new_id)
    application_id: Mapped[str] = mapped_column(ForeignKey("applications.id", ondelete="CASCADE"))
    revision: Mapped[int]
    made_at: Mapped[dt.datetime]
    as_of: Mapped[dt.date]
    versions: Mapped[dict[str, Any]]
    conclusion: Mapped[str] = mapped_column(String(16))
    machine_conclusion: Mapped[str] = mapped_column(String(16))
    """Without any correction by a person."""
    report: Mapped[dict[str, Any]]
    """report.json (``yushen.report.v1``)."""
    feedback: Mapped[dict[str, Any]] = mapped_column(default=dict)
    """:class:`pipeline.service.casework.Feedback`: what the applicant is told."""
    facts: Mapped[str]
    """:func:`rules.engine.stored_facts.facts_to_json`, corrections applied."""
    case: Mapped[bytes] = mapped_column(LargeBinary)
    """The machine's documents and facts, compressed; see :mod:`pipeline.service.casework`."""
    seconds: Mapped[float] = mapped_column(default=0.0)


class Correction(Base):
    """What a reviewer changed of what the machine read. Never edited: a newer one of the same target supersedes it."""

    __tablename__ = "corrections"
    __table_args__ = (Index("ix_corrections_application", "application_id", "made_at"),)

    id: Mapped[str] = mapped_column(String(32), primary_key=True, default=new_id)
    application_id: Mapped[str] = mapped_column(ForeignKey("applications.id", ondelete="CASCADE"))
    made_at: Mapped[dt.datetime]
    made_by: Mapped[str] = mapped_column(ForeignKey("users.id"))
    kind: Mapped[str] = mapped_column(String(32))
    """``value``, ``document_type``, ``date``, ``assertion``, ``evidence`` ... as casework defines."""
    target: Mapped[str] = mapped_column(String(128))
    """Key of the fact or document; stable over revisions."""
    field: Mapped[str] = mapped_column(String(64), default="")
    machine: Mapped[dict[str, Any]]
    human: Mapped[dict[str, Any]]
    note: Mapped[str] = mapped_column(String(500), default="")
    undone_at: Mapped[dt.datetime | None]
