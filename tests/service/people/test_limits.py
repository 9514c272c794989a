"""Hourly bounds on new applications and wrong query codes, by address and in all."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import pytest
from sqlalchemy import select

from pipeline.service.office import Office
from pipeline.service.people.limits import Limited, OftenError, give_back, take
from pipeline.service.tables import Throttle
from tests.service.decisions.conftest import with_settings

HERE, THERE = "192.0.2.7", "192.0.2.8"


def _take(office: Office, address: str, what: Limited = Limited.DRAFT) -> None:
    with office.database.write() as session:
        take(session, office, what, address)


def test_limits_hold_for_one_address_and_for_all_and_end_with_the_hour(office: Office) -> None:
    small = with_settings(office, drafts_per_address=2, drafts_per_hour=3)
    _take(small, HERE)
    _take(small, HERE)
    with pytest.raises(OftenError) as refused:
        _take(small, HERE)
    assert refused.value.code == "too_many_drafts"
    assert "这个网络" in str(refused.value)
    assert 0 < refused.value.seconds <= 3600
    _take(small, THERE)  # the refused one was not counted
    with pytest.raises(OftenError, match="现在新建申请的人太多"):
        _take(small, "192.0.2.9")
    _take(small, HERE, Limited.WRONG_CODE)  # counted apart
    later = replace(small, now=lambda: office.now() + dt.timedelta(hours=1))
    _take(later, HERE)
    with office.database.read() as session:
        assert all(HERE not in key and len(key) == 64 for key in session.scalars(select(Throttle.key)))


def test_limits_give_back_what_was_right_and_zero_is_no_limit(office: Office) -> None:
    small = with_settings(office, wrong_codes_per_address=1, wrong_codes_per_hour=0)
    for _ in range(3):
        _take(small, HERE, Limited.WRONG_CODE)
        with office.database.write() as session:
            give_back(session, small, Limited.WRONG_CODE, HERE)
    _take(small, HERE, Limited.WRONG_CODE)
    with pytest.raises(OftenError):
        _take(small, HERE, Limited.WRONG_CODE)
