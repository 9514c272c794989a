"""What is asked at every upload, or every few seconds, does not walk through the readings of all pages kept."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from sqlalchemy import event
from sqlalchemy.orm import Session

from pipeline.service.applications import waiting_pages
from pipeline.service.office import Office
from pipeline.service.work.settled import settled_cases
from pipeline.service.work_state import work_state


@pytest.fixture
def database_url() -> str:
    """SQLite, whose plans are the plainest."""
    return ""


@contextmanager
def noted(session: Session) -> Iterator[list[tuple[str, Any]]]:
    """What is asked of the database while the block runs."""
    asked: list[tuple[str, Any]] = []

    def note(connection: object, cursor: object, statement: str, parameters: Any, *more: object) -> None:
        asked.append((statement, parameters))

    engine = session.get_bind()
    event.listen(engine, "before_cursor_execute", note)
    yield asked
    event.remove(engine, "before_cursor_execute", note)


@pytest.mark.parametrize(
    "ask",
    [
        lambda session, office: waiting_pages(session),
        lambda session, office: session.scalars(settled_cases()).all(),
        work_state,
    ],
    ids=["each upload", "each sweep", "each look at the figures"],
)
def test_scale_pages_are_counted_from_an_index(office: Office, ask: Callable[[Session, Office], object]) -> None:
    with office.database.read() as session:
        with noted(session) as asked:
            ask(session, office)
        connection = session.connection()
        plans = [
            str(row[-1])
            for statement, parameters in asked
            for row in connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", parameters)
        ]
    assert plans
    assert [plan for plan in plans if plan.startswith("SCAN pages") and "COVERING INDEX" not in plan] == []
