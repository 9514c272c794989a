"""What people decided: decisions, second readings, blind re-examinations, approvals that run out."""

from __future__ import annotations

import datetime as dt
from enum import StrEnum

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from pipeline.service.sealing.columns import SealedJson, SealedText, sealed_column
from pipeline.service.tables.base import Base, new_id, word
from pipeline.service.tables.cases import OfCase

__all__ = ["Approval", "Decision", "Outcome", "QualitySample"]


class Outcome(StrEnum):
    APPROVE = "approve"
    REFUSE = "refuse"
    RETURN = "return"


class Decision(OfCase, Base):
    """One decision of one person. With a second reader the first waits as ``proposed`` until the second agrees."""

    __tablename__ = "decisions"
    __table_args__ = (Index("ix_decisions_application", "application_id", "made_at"),)

    id: Mapped[str] = mapped_column(String(32), primary_key=True, default=new_id)
    application_id: Mapped[str] = mapped_column(ForeignKey("applications.id", ondelete="CASCADE"))
    round: Mapped[int]
    assessment_id: Mapped[str] = mapped_column(ForeignKey("assessments.id"))
    """What the person saw."""
    outcome: Mapped[Outcome] = mapped_column(word(Outcome))
    reasons_sealed: Mapped[bytes | None] = sealed_column()
    reasons = SealedJson("reasons_sealed", list)
    """``{"criterion": id or null, "code": reason code, "text": words}``."""
    note_sealed: Mapped[bytes | None] = sealed_column()
    note = SealedText("note_sealed")
    made_by: Mapped[str] = mapped_column(ForeignKey("users.id"))
    made_at: Mapped[dt.datetime]
    needs_second: Mapped[bool] = mapped_column(default=False)
    second_by: Mapped[str | None] = mapped_column(ForeignKey("users.id"))
    second_at: Mapped[dt.datetime | None]
    second_agrees: Mapped[bool | None]
    second_note_sealed: Mapped[bytes | None] = sealed_column()
    second_note = SealedText("second_note_sealed")
    final: Mapped[bool] = mapped_column(default=False)
    """It took effect."""


class QualitySample(OfCase, Base):
    """A decided case drawn to be examined again without seeing the decision."""

    __tablename__ = "quality_samples"

    id: Mapped[str] = mapped_column(String(32), primary_key=True, default=new_id)
    application_id: Mapped[str] = mapped_column(ForeignKey("applications.id", ondelete="CASCADE"), index=True)
    decision_id: Mapped[str] = mapped_column(ForeignKey("decisions.id", ondelete="CASCADE"))
    drawn_at: Mapped[dt.datetime]
    examined_by: Mapped[str | None] = mapped_column(ForeignKey("users.id"))
    examined_at: Mapped[dt.datetime | None]
    outcome: Mapped[Outcome | None] = mapped_column(word(Outcome))
    reasons_sealed: Mapped[bytes | None] = sealed_column()
    reasons = SealedJson("reasons_sealed", list)
    difference: Mapped[str | None] = mapped_column(String(64))
    """Kind of difference: 缺件判断错, 证据误读, 过度推断, 与标准不符, 规则有误."""
    note_sealed: Mapped[bytes | None] = sealed_column()
    note = SealedText("note_sealed")


class Approval(Base):
    """A benefit granted and when it has to be looked at again."""

    __tablename__ = "approvals"
    __table_args__ = (Index("ix_approvals_until", "region", "valid_until"),)

    id: Mapped[str] = mapped_column(String(32), primary_key=True, default=new_id)
    application_id: Mapped[str] = mapped_column(ForeignKey("applications.id", ondelete="CASCADE"), unique=True)
    region: Mapped[str] = mapped_column(String(64))
    disease: Mapped[str] = mapped_column(String(64))
    valid_from: Mapped[dt.date]
    valid_until: Mapped[dt.date | None]
    """None: without an end."""
    why: Mapped[str] = mapped_column(String(255), default="")
    """Which clause sets the end: 2 年, 5 年, 18 岁."""
    renewed_by: Mapped[str | None] = mapped_column(ForeignKey("applications.id"))
