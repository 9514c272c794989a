"""Intervals and limits against values worked out elsewhere, or by brute force."""

from __future__ import annotations

import math

import numpy as np
import pytest

from pipeline.audit.statistics import control, funnel, kappa


def test_kappa_value_is_that_of_the_textbook() -> None:
    found = kappa({("yes", "yes"): 20, ("yes", "no"): 5, ("no", "yes"): 10, ("no", "no"): 15})

    assert found is not None
    assert found.agreement == pytest.approx(0.7)
    assert found.value == pytest.approx(0.4)


def test_kappa_interval_is_as_wide_as_samples_differ() -> None:
    shares = np.array([[0.42, 0.03, 0.05], [0.02, 0.16, 0.04], [0.03, 0.02, 0.23]])
    words, total = ["a", "b", "c"], 400
    drawn = np.random.default_rng(5).multinomial(total, shares.ravel(), size=3000).reshape(-1, 3, 3)

    def of(counts: np.ndarray) -> float:
        found = kappa({(words[i], words[j]): int(counts[i, j]) for i in range(3) for j in range(3)})
        assert found is not None
        assert found.value is not None
        return found.value

    spread = float(np.std([of(counts) for counts in drawn]))
    expected = kappa({(words[i], words[j]): round(shares[i, j] * total) for i in range(3) for j in range(3)})

    assert expected is not None
    assert expected.interval is not None
    half = (expected.interval.high - expected.interval.low) / 2
    assert half == pytest.approx(1.96 * spread, rel=0.06)


def test_kappa_without_cases_or_without_choice_says_nothing() -> None:
    assert kappa({}) is None
    one = kappa({("a", "a"): 9})
    assert one is not None
    assert (one.agreement, one.value, one.interval) == (1.0, None, None)


def test_control_limits_hold_where_nothing_changes_and_break_where_it_does() -> None:
    chance = np.random.default_rng(11)
    alarms = 0
    for _ in range(200):
        counts = [int(n) for n in chance.binomial(300, 0.2, size=18)]
        points = control(counts, [300] * 18, 12)
        alarms += sum(p.signal in ("high", "low") for p in points)
    jumped = control([*([60] * 6), *([58, 63] * 3), 110, 112], [300] * 14, 12)

    assert alarms / (200 * 18) < 0.01
    assert [p.signal for p in jumped[-2:]] == ["high", "high"]
    assert not any(p.signal for p in jumped[:12])


def test_control_widens_for_months_that_differ_anyway() -> None:
    totals = [20_000] * 12
    counts = [4000 + (400 if month % 2 else -400) for month in range(12)]

    assert not any(p.signal in ("high", "low") for p in control(counts, totals, 12))


def test_control_run_of_eight_on_one_side_is_told() -> None:
    points = control([*([70, 50] * 6), *([66] * 8)], [300] * 20, 12)

    assert points[-1].signal == "run"
    assert points[-2].signal == ""


def test_control_month_without_cases_is_a_gap() -> None:
    points = control([5, 0, 6], [50, 0, 50], 3)

    assert points[1].share is None
    assert points[0].centre == pytest.approx(0.11)
    assert math.isnan(control([0], [0], 1)[0].centre)


def test_funnel_takes_harder_cases_for_what_they_are() -> None:
    # Two hospitals with half of their cases sent back: one has diseases where half is usual, the other has not.
    found = funnel([100, 100, 40, 42, 38, 41], [100, 50, 40, 40, 40, 40], [50, 37.5, 32, 32, 32, 32])

    assert found[0].signal == ""
    assert found[1].signal == "high"
    assert found[1].ratio == pytest.approx(2.0)
    assert {f.signal for f in found[2:]} == {""}


def test_funnel_outlier_does_not_widen_the_limits_that_show_it() -> None:
    quiet = [40, 42, 38, 41, 39, 40, 43, 37, 40]
    found = funnel([*quiet, 120], [40.0] * 10, [32.0] * 10)

    assert found[-1].signal == "high"
    assert found[-1].high998 == pytest.approx(1 + 3.090232 * math.sqrt(32) / 40, rel=0.05)
