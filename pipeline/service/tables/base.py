"""What all tables share: naming of constraints, ids, times in UTC."""

from __future__ import annotations

import datetime as dt
import uuid
from enum import StrEnum
from typing import Any

from sqlalchemy import DateTime, Dialect, Enum, MetaData
from sqlalchemy.orm import DeclarativeBase
from sqlalchemy.types import JSON, TypeDecorator

__all__ = ["Base", "Moment", "new_id", "word"]


class Moment(TypeDecorator[dt.datetime]):
    """A moment in UTC. SQLite keeps no zone, so it is taken off and put back here; a moment without zone is refused."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: dt.datetime | None, dialect: Dialect) -> dt.datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a moment needs a time zone")
        utc = value.astimezone(dt.UTC)
        return utc.replace(tzinfo=None) if dialect.name == "sqlite" else utc

    def process_result_value(self, value: dt.datetime | None, dialect: Dialect) -> dt.datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=dt.UTC) if value.tzinfo is None else value.astimezone(dt.UTC)


class Base(DeclarativeBase):
    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
            "pk": "pk_%(table_name)s",
        }
    )
    type_annotation_map = {  # noqa: RUF012 - SQLAlchemy reads it from the class
        dt.datetime: Moment(),
        dict[str, Any]: JSON(),
        list[Any]: JSON(),
    }


def new_id() -> str:
    """Return a new row id: 32 hexadecimal digits, random, so that ids tell nothing and can be made anywhere."""
    return uuid.uuid4().hex


def word(kind: type[StrEnum]) -> Enum:
    """Return the column type of ``kind``: its values as short text, so that the table can be read without the code."""
    return Enum(
        kind, native_enum=False, length=16, create_constraint=False, values_callable=lambda e: [m.value for m in e]
    )
