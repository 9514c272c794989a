"""Tables of the schema as Arrow, and rows checked against them.

Arrow is imported where it is used: pages that only name a question need none of its megabytes.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cache
from typing import TYPE_CHECKING, Any

from pipeline.audit.schema.columns import Kind, Table

if TYPE_CHECKING:
    import pyarrow as pa

__all__ = ["Row", "SchemaError", "arrow_schema", "arrow_table"]

Row = Mapping[str, Any]
"""One row: a value for every column; a nullable column may be left out."""


class SchemaError(Exception):
    """A row is not of its table. Names table and column, never a value."""


@cache
def arrow_schema(table: Table) -> pa.Schema:
    """Return the Arrow schema: types, what may be null, and the Chinese words beside each column."""
    import pyarrow as pa

    types = {
        Kind.TEXT: pa.string(),
        Kind.INTEGER: pa.int64(),
        Kind.REAL: pa.float64(),
        Kind.BOOLEAN: pa.bool_(),
        Kind.DATE: pa.date32(),
    }
    return pa.schema(
        [
            pa.field(c.name, types[c.kind], nullable=c.nullable, metadata={"chinese": c.chinese, "unit": c.unit})
            for c in table.columns
        ]
    )


def arrow_table(table: Table, rows: Iterable[Row]) -> pa.Table:
    """Return ``rows`` as an Arrow table.

    Raises:
        SchemaError: an unknown column, a missing or null value where none may be, another type, or a word outside a
            closed list.
    """
    import pyarrow as pa
    import pyarrow.compute as pc

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
