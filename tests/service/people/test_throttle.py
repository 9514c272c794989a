"""Guessing gets slower, on both databases, and nobody is locked out for long by a stranger."""

from __future__ import annotations

import datetime as dt
import threading

import pytest
from sqlalchemy import select

from pipeline.service.office import Office
from pipeline.service.people import throttle
from pipeline.service.people.throttle import ThrottledError
from pipeline.service.tables import Throttle
from tests.service.conftest import NOW, at

HERE, ELSEWHERE = "203.0.113.7", "198.51.100.9"


def try_(office: Office, *, kind: str = "login", name: str = "shenhe1", address: str = HERE) -> int:
    """Seconds to wait; 0 when the try was admitted."""
    try:
        with office.database.write() as session:
            throttle.begin(session, office, kind, name, address)
    except ThrottledError as error:
        return error.seconds
    return 0


def succeed(office: Office, *, name: str = "shenhe1", address: str = HERE) -> None:
    with office.database.write() as session:
        throttle.succeeded(session, office, "login", name, address)


def after(office: Office, seconds: float) -> Office:
    return at(office, NOW + dt.timedelta(seconds=seconds))


def keep_guessing(office: Office, times: int) -> float:
    """Guess as often as one may and return the seconds that it took."""
    moment = 0.0
    for _ in range(times):
        while wait := try_(after(office, moment)):
            moment += wait
    return moment


def test_throttle_first_failures_are_free_then_waits_double(office: Office) -> None:
    assert [try_(office) for _ in range(5)] == [0] * 5
    assert try_(office) == 5
    assert try_(after(office, 4)) == 1
    assert try_(after(office, 6)) == 0
    assert try_(after(office, 6)) == 10
    assert try_(after(office, 17)) == 0
    assert try_(after(office, 17)) == 20


def test_throttle_waits_are_bounded_and_old_failures_forgotten(office: Office) -> None:
    moment = keep_guessing(office, 30)
    assert try_(after(office, moment)) == 900
    later = after(office, moment + 25 * 3600)
    assert [try_(later) for _ in range(5)] == [0] * 5


def test_throttle_owner_elsewhere_waits_a_minute_at_most(office: Office) -> None:
    moment = keep_guessing(office, 30)
    assert 0 < try_(after(office, moment), address=ELSEWHERE) <= 60


def test_throttle_one_address_guessing_many_names_is_slowed(office: Office) -> None:
    assert [try_(office, name=f"name{n}") for n in range(21)] == [0] * 21
    assert try_(office, name="another") > 0
    assert try_(office, name="another", address=ELSEWHERE) == 0


def test_throttle_right_try_takes_its_count_back(office: Office) -> None:
    for _ in range(4):
        try_(office)
    try_(office)
    succeed(office)
    assert [try_(office) for _ in range(5)] == [0] * 5
    # Eighty people of one hall who sign in at eight o'clock are no attack.
    for n in range(80):
        assert try_(office, name=f"name{n}", address=ELSEWHERE) == 0
        succeed(office, name=f"name{n}", address=ELSEWHERE)


def test_throttle_login_and_query_are_counted_apart(office: Office) -> None:
    for _ in range(6):
        try_(office)
    assert try_(office) > 0
    assert try_(office, kind="query") == 0


def test_throttle_tries_at_once_do_not_all_pass(office: Office) -> None:
    passed: list[int] = []

    def guess() -> None:
        passed.append(try_(office))

    threads = [threading.Thread(target=guess) for _ in range(16)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(passed) == 16
    assert passed.count(0) == 5


def test_throttle_table_names_nobody(office: Office) -> None:
    try_(office, name="SHENHE1 ")
    with office.database.read() as session:
        rows = list(session.scalars(select(Throttle)))
    assert len(rows) == 3
    text = repr([(row.key, row.failures) for row in rows]).lower()
    assert "shenhe1" not in text
    assert HERE not in text
    assert try_(office, name="shenhe1") == 0
    with office.database.read() as session:
        assert {row.failures for row in session.scalars(select(Throttle))} == {2}


def test_throttle_old_counts_are_deleted(office: Office) -> None:
    try_(office)
    with office.database.write() as session:
        throttle.forget_old(session, after(office, 25 * 3600))
    with office.database.read() as session:
        assert session.scalars(select(Throttle)).all() == []


@pytest.mark.parametrize(("seconds", "words"), [(5, "5 秒"), (89, "89 秒"), (90, "2 分钟"), (900, "15 分钟")])
def test_throttle_says_how_long(seconds: int, words: str) -> None:
    assert ThrottledError(seconds).words == words
