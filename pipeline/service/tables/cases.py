"""Applications with their applicant, uploads, pages and what was made of them."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, Session, mapped_column, relationship

from pipeline.service.sealing.columns import (
    Keyed,
    SealedData,
    SealedJson,
    SealedOptional,
    SealedText,
    Sealing,
    sealed_column,
)
from pipeline.service.states import Channel, PageState, State
from pipeline.service.tables.base import Base, new_id, word

if TYPE_CHECKING:
    from pipeline.service.sealing import Keyring

__all__ = ["Application", "Assessment", "Correction", "Identity", "OfCase", "PageRow", "Upload"]


class Application(Keyed, Base):
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

    def key_scope(self) -> str:
        self.id = self.id or new_id()
        return self.id


class OfCase(Sealing):
    """A row with an id of its own that names its application."""

    id: Mapped[str]
    application_id: Mapped[str]

    def sealed_scope(self, session: Session) -> str:
        return self.application_id

    def sealed_owner(self) -> str | None:
        return self.application_id

    def sealed_place(self) -> tuple[str, ...]:
        self.id = self.id or new_id()
        return (self.id,)


class Identity(Sealing, Base):
    """Who applies, apart from the case so that it can be kept, shown and deleted apart. Sealed, all of it."""

    __tablename__ = "identities"

    application_id: Mapped[str] = mapped_column(ForeignKey("applications.id", ondelete="CASCADE"), primary_key=True)
    name_sealed: Mapped[bytes | None] = sealed_column()
    id_number_sealed: Mapped[bytes | None] = sealed_column()
    phone_sealed: Mapped[bytes | None] = sealed_column()
    agent_name_sealed: Mapped[bytes | None] = sealed_column()
    agent_id_number_sealed: Mapped[bytes | None] = sealed_column()
    agent_phone_sealed: Mapped[bytes | None] = sealed_column()
    agent_relation_sealed: Mapped[bytes | None] = sealed_column()
    id_number_index: Mapped[str] = mapped_column(String(64), default="", index=True)
    """Blind index of ``id_number`` (:meth:`pipeline.service.sealing.Keyring.blind`); empty where none was entered."""
    name = SealedText("name_sealed")
    id_number = SealedText("id_number_sealed")
    phone = SealedText("phone_sealed")
    agent_name = SealedText("agent_name_sealed")
    agent_id_number = SealedText("agent_id_number_sealed")
    agent_phone = SealedText("agent_phone_sealed")
    agent_relation = SealedText("agent_relation_sealed")

    application: Mapped[Application] = relationship(back_populates="identity")

    @staticmethod
    def index_of(keyring: Keyring, number: str) -> str:
        """Return what stands in :attr:`id_number_index` for a number."""
        plain = "".join(number.split()).upper()
        return keyring.blind("identity.id_number", plain) if plain else ""

    def before_sealing(self, keyring: Keyring) -> None:
        self.id_number_index = self.index_of(keyring, self.id_number)

    def sealed_scope(self, session: Session) -> str:
        return self.application_id or self.application.key_scope()

    def sealed_owner(self) -> str | None:
        return self.application_id

    def sealed_place(self) -> tuple[str, ...]:
        return (self.application_id or self.application.key_scope(),)


class Upload(OfCase, Base):
    """One file as uploaded. Bytes lie sealed in the blob store under ``blob``."""

    __tablename__ = "uploads"
    __table_args__ = (Index("ix_uploads_application", "application_id", "position"), Index("ix_uploads_state", "state"))

    id: Mapped[str] = mapped_column(String(32), primary_key=True, default=new_id)
    application_id: Mapped[str] = mapped_column(ForeignKey("applications.id", ondelete="CASCADE"))
    name_sealed: Mapped[bytes | None] = sealed_column()
    name = SealedText("name_sealed")
    """As the person named it: may hold a name, so it is never logged."""
    blob: Mapped[str] = mapped_column(String(64), index=True)
    """What :meth:`pipeline.service.blobs.CaseBlobs.put` returned; equal files of two cases differ in it."""
    sha256_sealed: Mapped[bytes | None] = sealed_column()
    sha256 = SealedText("sha256_sealed")
    """Of the bytes as they came."""
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
    why_sealed: Mapped[bytes | None] = sealed_column()
    why = SealedText("why_sealed")
    """What the applicant should do when it failed, in Chinese; names of files in an archive may stand in it."""
    code: Mapped[str] = mapped_column(String(64), default="")
    removed_at: Mapped[dt.datetime | None]
    """Taken out by the applicant before submitting; kept for the trail until retention deletes it."""

    application: Mapped[Application] = relationship(back_populates="uploads")
    pages: Mapped[list[PageRow]] = relationship(
        back_populates="upload", order_by="PageRow.position", cascade="all, delete-orphan"
    )


class PageRow(Sealing, Base):
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
    member_sealed: Mapped[bytes | None] = sealed_column()
    member = SealedText("member_sealed")
    """Name of the source file as the report shows it: the upload's, or ``archive.zip/member.jpg``."""
    number: Mapped[int]
    """Page within that source file, from 1."""
    width: Mapped[int]
    height: Mapped[int]
    image: Mapped[str] = mapped_column(String(64))
    """Name of the page image in the blob store."""
    page_sealed: Mapped[bytes | None] = sealed_column()
    page = SealedData("page_sealed")
    """:class:`pipeline.nouns.Page` as JSON, without its image: text layer, hash, resolution."""
    state: Mapped[PageState] = mapped_column(word(PageState), default=PageState.WAITING)
    why: Mapped[str] = mapped_column(String(255), default="")
    code: Mapped[str] = mapped_column(String(64), default="")
    retake: Mapped[bool] = mapped_column(default=False)
    """The quality gate wants the page taken again."""
    attempts: Mapped[int] = mapped_column(default=0)
    seconds: Mapped[float | None]
    reading_sealed: Mapped[bytes | None] = sealed_column()
    reading = SealedOptional("reading_sealed")
    """:func:`pipeline.reading.stored.reading_to_json`; None until read."""
    reader: Mapped[str] = mapped_column(String(255), default="")
    """Which reader made ``reading``: program, models and settings. The same picture is not read twice by one."""

    upload: Mapped[Upload] = relationship(back_populates="pages")

    def sealed_scope(self, session: Session) -> str:
        if self.upload is None:
            new = (row for row in session.new if isinstance(row, Upload) and row.id == self.upload_id)
            return (session.get(Upload, self.upload_id) or next(new)).application_id
        return self.upload.application_id

    def sealed_place(self) -> tuple[str, ...]:
        self.id = self.id or new_id()
        return (self.id, self.upload_id or self.upload.sealed_place()[0])


class Assessment(OfCase, Base):
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
    report_sealed: Mapped[bytes | None] = sealed_column()
    report = SealedJson("report_sealed")
    """report.json (``yushen.report.v1``)."""
    feedback_sealed: Mapped[bytes | None] = sealed_column()
    feedback = SealedJson("feedback_sealed")
    """:class:`pipeline.service.casework.Feedback`: what the applicant is told."""
    facts_sealed: Mapped[bytes | None] = sealed_column()
    facts = SealedText("facts_sealed")
    """:func:`rules.engine.stored_facts.facts_to_json`, corrections applied."""
    case_sealed: Mapped[bytes | None] = sealed_column()
    case = SealedData("case_sealed")
    """The machine's documents and facts, compressed; see :mod:`pipeline.service.casework`."""
    seconds: Mapped[float] = mapped_column(default=0.0)


class Correction(OfCase, Base):
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
    machine_sealed: Mapped[bytes | None] = sealed_column()
    machine = SealedJson("machine_sealed")
    human_sealed: Mapped[bytes | None] = sealed_column()
    human = SealedJson("human_sealed")
    note_sealed: Mapped[bytes | None] = sealed_column()
    note = SealedText("note_sealed")
    undone_at: Mapped[dt.datetime | None]
