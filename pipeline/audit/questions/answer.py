"""What a question gives: a table that can be read without the schema, a chart of it, and the SQL behind it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from pipeline.audit.questions.figure import Figure
from pipeline.audit.store import Store

__all__ = ["Answer", "Chart", "Col", "cases"]

Kind = Literal["text", "count", "share", "number", "key"]


@dataclass(frozen=True, slots=True)
class Col:
    """One column of an answer. ``key`` columns hold codes: for programs and for drilling down, not shown."""

    name: str
    label: str
    kind: Kind
    unit: str = ""
    of: str = ""
    """Of a share or number: the count that it is worked out from, hidden with it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Chart:
    """How the table is drawn; names are columns of the answer."""

    kind: Literal["bars", "stacked", "control", "funnel", "interval", "lines", "matrix"]
    x: str
    y: str
    color: str | None = None
    low: str | None = None
    high: str | None = None
    x_title: str = ""
    y_title: str = ""
    percent: bool = False
    """The measure is a share and shown in percent."""
    reference: float | None = None
    """A line at this value of the measure."""
    reference_text: str = ""
    limit: int | None = None
    """Rows drawn, from the top."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """The answer to one question."""

    id: str
    title: str
    """Chinese, as a person asks."""
    columns: tuple[Col, ...]
    rows: tuple[Mapping[str, Any], ...]
    chart: Chart | None
    unit: str
    """What is counted, Chinese: 申请（份）, 决定（次） ..."""
    source: str
    """Which rows were counted and how, one or two Chinese sentences."""
    sql: str
    """The base of the table: one row for each thing counted, with ``application_id`` and the keys."""
    params: Mapping[str, Any]
    keys: tuple[str, ...] = ()
    """Columns of ``sql`` that say to which row of the table a thing belongs."""
    adds: tuple[str, ...] = ()
    """Columns whose equal values add up to totals that are told or easily known (see
    :mod:`pipeline.audit.suppression`)."""
    facts: Mapping[str, Any] = field(default_factory=dict)
    """What else was worked out, by name, for programs."""
    figures: tuple[Figure, ...] = ()
    """Single figures that are told beside the table (totals, kappa ...)."""
    notes: tuple[str, ...] = ()
    """Chinese: what to mind when reading it."""

    @property
    def shown(self) -> tuple[Col, ...]:
        return tuple(column for column in self.columns if column.kind != "key")

    def column(self, name: str) -> Col:
        return next(column for column in self.columns if column.name == name)


def cases(store: Store, answer: Answer, row: Mapping[str, Any] | None = None) -> Sequence[str]:
    """Return the applications behind a row of the table (all of the table without one), sorted."""
    params = dict(answer.params)
    where = []
    if row is not None:
        for key in answer.keys:
            params[f"row_{key}"] = row[key]
            where.append(f"{key} IS NOT DISTINCT FROM $row_{key}")
    condition = " AND ".join(where) or "true"
    sql = f"SELECT DISTINCT application_id FROM ({answer.sql}) WHERE {condition} ORDER BY 1"  # noqa: S608 - our SQL
    return [found["application_id"] for found in store.query(sql, params)]
