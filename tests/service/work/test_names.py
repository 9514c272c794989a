"""Ids of work and whose turn it is."""

from __future__ import annotations

import datetime as dt

import pytest

from pipeline.service.tables import new_id
from pipeline.service.work.names import Kind, Work, priority, work_of

NOW = dt.datetime(2026, 3, 16, 2, 0, tzinfo=dt.UTC)


@pytest.mark.parametrize("kind", list(Kind))
@pytest.mark.parametrize("generation", [1, 2, 17])
def test_names_an_id_says_what_it_is_of(kind: Kind, generation: int) -> None:
    row = new_id()
    work = Work(kind, f"{row}-12" if kind is Kind.ASSESS else row, generation)
    assert work_of(work.id) == work
    assert work.subject == row
    assert work.id.startswith(work.stem)


@pytest.mark.parametrize("text", ["", "page", "page-", "other-1", "page-1.x", "sched-2026", "page-1."])
def test_names_other_ids_are_not_ours(text: str) -> None:
    assert work_of(text) is None


def test_names_a_small_case_goes_before_the_far_pages_of_a_large_one_that_came_first() -> None:
    large = [priority(Kind.PAGE, NOW, turn) for turn in range(100)]
    small = [priority(Kind.PAGE, NOW + dt.timedelta(minutes=1), turn) for turn in range(2)]
    before = [page for page in large if page < max(small)]
    assert 0 < len(before) < 8


def test_names_every_page_has_its_turn_however_many_cases_follow() -> None:
    last = priority(Kind.PAGE, NOW, 399)
    assert priority(Kind.PAGE, NOW + dt.timedelta(hours=2)) > last


def test_names_turns_stay_within_what_the_queue_can_hold() -> None:
    assert priority(Kind.PAGE, dt.datetime(2090, 1, 1, tzinfo=dt.UTC), 400) < 2**31
    assert priority(Kind.PAGE, dt.datetime(2020, 1, 1, tzinfo=dt.UTC)) == 1
