"""Small numbers are gone, and cannot be worked out from what is left."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.audit.generalising import generalised
from pipeline.audit.questions import QUESTIONS, Answer, Col, ask
from pipeline.audit.schema import TABLES
from pipeline.audit.store import Store, memory_store
from pipeline.audit.suppression import suppressed


def _answer(table: list[list[int]]) -> Answer:
    names = [f"c{number}" for number in range(len(table[0]))]
    return Answer(
        id="t",
        title="t",
        columns=(
            Col("name", "名", "text"),
            *(Col(name, name, "count") for name in names),
            Col("share", "占比", "share", of="c0"),
        ),
        rows=tuple({"name": str(r), **dict(zip(names, row, strict=True)), "share": 0.5} for r, row in enumerate(table)),
        chart=None,
        unit="份",
        source="。",
        sql="",
        params={},
        facts={"total": 99},
    )


@settings(max_examples=150, deadline=None)
@given(
    st.integers(1, 4).flatmap(
        lambda width: st.lists(st.lists(st.integers(0, 30), min_size=width, max_size=width), min_size=1, max_size=6)
    )
)
def test_suppressed_rows_cannot_be_worked_out_from_the_totals(table: list[list[int]]) -> None:
    answer = suppressed(_answer(table), 5)

    names = [c.name for c in answer.columns if c.kind == "count"]
    gone = [row["share"] is None for row in answer.rows]
    for values, is_gone, row in zip(table, gone, answer.rows, strict=True):
        assert [row[name] for name in names] == ([None] * len(names) if is_gone else values)
        assert is_gone or not any(0 < value < 5 for value in values)
    if any(gone) and any(any(v) for v, g in zip(table, gone, strict=True) if not g):
        # Something is left to subtract from a total: then more than one row went, and no few people are its rest.
        assert sum(gone) > 1
        for column in range(len(names)):
            rest = sum(values[column] for values, g in zip(table, gone, strict=True) if g)
            assert rest == 0 or rest >= 5


def test_suppressed_table_without_small_numbers_is_as_it_was() -> None:
    answer = _answer([[20, 0], [30, 7]])

    assert suppressed(answer, 5) is answer
    assert suppressed(answer, 0) is answer


def test_suppressed_table_says_so_and_drops_totals() -> None:
    answer = suppressed(_answer([[20, 3], [30, 9], [40, 11]]), 5)

    assert answer.facts == {}
    assert "少于 5" in answer.notes[-1]
    assert [row["c0"] for row in answer.rows] == [None, None, 40]


def test_suppressed_part_of_a_told_sum_takes_another_part_with_it() -> None:
    """A share of the group tells the group's total."""
    table = replace(_answer([[3], [50], [70], [40], [60], [80]]), adds=("name",))
    rows = tuple({**row, "name": "甲" if n < 3 else "乙"} for n, row in enumerate(table.rows))

    answer = suppressed(replace(table, rows=rows), 5)

    assert [row["c0"] for row in answer.rows] == [None, None, 70, None, None, 80]


@pytest.mark.parametrize("question", [q.id for q in QUESTIONS])
def test_suppressed_answers_hold_no_small_count(few: Store, question: str) -> None:
    answer = suppressed(ask(few, question), 11)

    for row in answer.rows:
        for column in answer.columns:
            value = row[column.name]
            assert column.kind != "count" or value is None or value == 0 or value >= 11


def _rows(store: Store) -> dict[str, list[dict[str, Any]]]:
    return {table.name: store.query(f"SELECT * FROM {table.name}") for table in TABLES}


def test_generalised_rows_share_their_traits(few: Store) -> None:
    before = _rows(few)
    rows, left_out = generalised(before, 5)

    traits = ("region", "disease", "month", "channel", "hospital", "sex", "age_years")
    shared = Counter(tuple(row[name] for name in traits) for row in rows["applications"])
    assert min(shared.values()) >= 5
    assert len(rows["applications"]) + left_out == len(before["applications"])
    assert left_out < 0.25 * len(before["applications"])
    assert any(row["channel"] is not None for row in rows["applications"])
    kept = {row["application_id"] for row in rows["applications"]}
    nowhere = {row["application_id"] for row in rows["applications"] if row["hospital"] is None}
    for name, some in rows.items():
        assert {row["application_id"] for row in some} <= kept
        for row in some:
            assert all(value.day == 1 for value in row.values() if isinstance(value, dt.date)), name
            assert row["application_id"] not in nowhere or row.get("hospital") is None
    assert rows["facts"] == []
    memory_store(rows)
