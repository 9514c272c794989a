"""Tables of the schema as Arrow, and rows checked against them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from pipeline.audit.schema.columns import Kind, Table

__all__ = ["Row", "SchemaError", "arrow_schema", "arrow_table"]

Row = Mapping[str, Any]
"""One row: a value for every column; a nullable column may be left out."""

_ARROW = {
    Kind.TEXT: pa.string(),
    Kind.INTEGER: pa.int64(),
    Kind.REAL: pa.float64(),
    Kind.BOOLEAN: pa.bool_(),
    Kind.DATE: pa.date32(),
}


class SchemaError(Exception):
    """A row is not of its table. Names table and column, never a value."""


def arrow_schema(table: Table) -> pa.Schema:
    """Return the Arrow schema: types, what may be null, and the Chinese words beside each column."""
    return pa.schema(
        [
            pa.field(c.name, _ARROW[c.kind], nullable=c.nullable, metadata={"chinese": c.chinese, "unit": c.unit})
            for c in table.columns
        ]
    )


def arrow_table(table: Table, rows: Iterable[Row]) -> pa.Table:
    """Return ``rows`` as an Arrow table.

    Raises:
        SchemaError: an unknown column, a missing or null value where none may be, another type, or a word outside a
            closed list.
    """
    rows = list(rows)
    names = frozenset(table.names)
    for row in rows:
        if not row.keys() <= names:
            raise SchemaError(f"{table.name}: unknown column {min(row.keys() - names)}")
    columns = []
    for field, column in zip(arrow_schema(table), table.columns, strict=True):
        try:
            values = pa.array([row.get(column.name) for row in rows], type=field.type)
        except (pa.ArrowException, TypeError, ValueError, OverflowError) as error:
            # Without the cause: its message quotes the value.
            raise SchemaError(f"{table.name}.{column.name}: not {column.kind.value} ({type(error).__name__})") from None
        if values.null_count and not column.nullable:
            raise SchemaError(f"{table.name}.{column.name}: null")
        if column.values and not set(pc.unique(values.drop_null()).to_pylist()) <= set(column.values):
            raise SchemaError(f"{table.name}.{column.name}: a word outside its list")
        columns.append(values)
    return pa.table(columns, schema=arrow_schema(table))
