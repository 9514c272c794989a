"""What a table of the star schema is made of."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

__all__ = ["Column", "Kind", "Table", "column"]


class Kind(StrEnum):
    """Type of a column; :data:`SQL` names it in DuckDB."""

    TEXT = "text"
    INTEGER = "integer"
    REAL = "real"
    BOOLEAN = "boolean"
    DATE = "date"

    @property
    def sql(self) -> str:
        return _SQL[self]


_SQL = {
    Kind.TEXT: "VARCHAR",
    Kind.INTEGER: "BIGINT",
    Kind.REAL: "DOUBLE",
    Kind.BOOLEAN: "BOOLEAN",
    Kind.DATE: "DATE",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """One column. ``values`` lists what it may hold where that is closed."""

    name: str
    kind: Kind
    chinese: str
    english: str
    nullable: bool = False
    unit: str = ""
    values: tuple[str, ...] = ()
    source: str = ""
    """Where it comes from: a key of report.json, or a table of the service."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """One table and what one of its rows is."""

    name: str
    chinese: str
    grain: str
    """What one row stands for, Chinese."""
    english: str
    key: tuple[str, ...]
    """Columns that name a row."""
    columns: tuple[Column, ...]
    sensitive: bool = False
    """Kept in a folder of its own, left out of copies for others."""

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(column.name for column in self.columns)

    def __getitem__(self, name: str) -> Column:
        return next(column for column in self.columns if column.name == name)


def column(
    name: str,
    kind: str,
    chinese: str,
    english: str,
    source: str = "",
    *,
    unit: str = "",
    values: Sequence[str] = (),
) -> Column:
    """Make a column; ``?`` at the end of ``kind`` says that it may be null."""
    return Column(
        name=name,
        kind=Kind(kind.rstrip("?")),
        chinese=chinese,
        english=english,
        nullable=kind.endswith("?"),
        unit=unit,
        values=tuple(values),
        source=source,
    )
