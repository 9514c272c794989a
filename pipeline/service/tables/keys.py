"""Keys: what recognises the bureau's own, and one wrapped data key for each application."""

from __future__ import annotations

import datetime as dt

from sqlalchemy import LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from pipeline.service.tables.base import Base

__all__ = ["DataKey", "MasterKey"]


class MasterKey(Base):
    """A key of the bureau that this database has seen. The key itself is elsewhere."""

    __tablename__ = "master_keys"

    id: Mapped[str] = mapped_column(String(16), primary_key=True)
    check: Mapped[str] = mapped_column("check_digest", String(64))
    """:meth:`pipeline.service.sealing.Masters.check`: another key under the same id is noticed before it is used."""
    created_at: Mapped[dt.datetime]


class DataKey(Base):
    """The key of one application's uploads, pages, readings and identity. Deleting this row deletes all of them."""

    __tablename__ = "data_keys"

    scope: Mapped[str] = mapped_column(String(32), primary_key=True)
    """The application's id, or :data:`pipeline.service.sealing.SERVICE`. No foreign key: it may be gone before."""
    master: Mapped[str] = mapped_column(String(16), index=True)
    """Which key of the bureau wraps it."""
    wrapped: Mapped[bytes] = mapped_column(LargeBinary)
    created_at: Mapped[dt.datetime]
