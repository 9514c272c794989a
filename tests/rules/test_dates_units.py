"""Periods, windows, units and thresholds."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rules.engine.dates import Period, parse_period
from rules.engine.predicates.diagnosis import grade_rank
from rules.engine.predicates.thresholds import Threshold, compare
from rules.engine.targets import fold_icd10
from rules.engine.units import UnitError, convert, fold_unit, parse_quantity, to_canonical
from rules.vocabulary.schema import Analyte

D = Decimal


@pytest.mark.parametrize(
    ("text", "period"),
    [
        ("2年", Period(months=24)),
        ("近2年", Period(months=24)),
        ("近两年", Period(months=24)),
        ("半年", Period(months=6)),
        ("6个月", Period(months=6)),
        ("满3个月", Period(months=3)),
        ("90天", Period(days=90)),
        ("2周", Period(days=14)),
    ],
)
def test_period_parses(text: str, period: Period) -> None:
    assert parse_period(text) == period


@pytest.mark.parametrize("text", ["", "很久", "2", "年", "0年", "-1年", "半月", "2年半"])
def test_period_refuses(text: str) -> None:
    with pytest.raises(ValueError, match="时间"):
        parse_period(text)


@pytest.mark.parametrize(
    ("day", "years", "first"),
    [
        (dt.date(2026, 3, 15), 2, dt.date(2024, 3, 15)),
        (dt.date(2028, 2, 29), 2, dt.date(2026, 2, 28)),
        (dt.date(2028, 2, 29), 4, dt.date(2024, 2, 29)),
        (dt.date(2026, 2, 28), 2, dt.date(2024, 2, 28)),
        (dt.date(2026, 3, 1), 1, dt.date(2025, 3, 1)),
    ],
)
def test_window_starts_on_the_same_calendar_day(day: dt.date, years: int, first: dt.date) -> None:
    assert Period(months=12 * years).before(day) == first


def test_window_of_months_ends_at_the_end_of_short_months() -> None:
    assert parse_period("6个月").before(dt.date(2026, 8, 31)) == dt.date(2026, 2, 28)
    assert parse_period("6个月").after(dt.date(2025, 8, 31)) == dt.date(2026, 2, 28)


@given(st.dates(dt.date(1990, 1, 1), dt.date(2090, 1, 1)), st.integers(1, 60))
def test_window_grows_with_its_period_and_with_time(day: dt.date, months: int) -> None:
    period = Period(months=months)
    assert period.before(day) < day
    assert Period(months=months + 1).before(day) < period.before(day)
    assert period.before(day) <= period.before(day + dt.timedelta(days=1))


CREATININE = Analyte(id="creatinine", name="肌酐", unit="umol/L", molar_mass=D("113.12"))


@pytest.mark.parametrize(
    ("value", "unit", "expected"),
    [("8", "mg/dL", "707.2"), ("707", "μmol/L", "707"), ("0.707", "mmol/L", "707"), ("80", "mg/L", "707.2")],
)
def test_thresholds_convert_to_the_canonical_unit(value: str, unit: str, expected: str) -> None:
    assert to_canonical(D(value), unit, CREATININE).quantize(D("0.1")) == D(expected).quantize(D("0.1"))


@pytest.mark.parametrize("unit", ["kg", "", "mmHg", "mol", "IU/L", "g/24h"])
def test_units_that_do_not_convert_are_refused(unit: str) -> None:
    with pytest.raises(UnitError):
        to_canonical(D(1), unit, CREATININE)
    with pytest.raises(UnitError):
        convert(D(1), "g/L", "mol/L")


def test_gfr_in_ml_per_minute_means_the_normalised_value() -> None:
    egfr = Analyte(id="egfr", name="eGFR", unit="mL/min/1.73m2")
    assert to_canonical(D(15), "ml/min", egfr) == 15
    assert to_canonical(D(15), "mL/min/1.73㎡", egfr) == 15


def test_units_fold_ways_to_write_one() -> None:
    assert len({fold_unit(u) for u in ("μmol/L", "umol/l", "µmol/L", "μmol / L")}) == 1
    assert len({fold_unit(u) for u in ("×10^9/L", "10*9/L", "10^9/L", "x10^9/l", "×10⁹/L")}) == 1


@pytest.mark.parametrize("text", ["", "μmol/L", "七百", "7.0.7 g", "NaN g"])
def test_quantity_refuses_what_is_no_number(text: str) -> None:
    with pytest.raises(UnitError):
        parse_quantity(text)


@pytest.mark.parametrize(
    ("printed", "comparator", "sign", "bound", "holds"),
    [
        ("706", None, "≥", "707", False),
        ("707", None, "≥", "707", True),
        ("707", None, ">", "707", False),
        ("15", None, "≤", "15", True),
        ("15", None, "<", "15", False),
        ("707", ">", "≥", "707", True),
        ("707", ">", ">", "707", True),
        ("707", ">=", ">", "707", None),
        ("707", ">=", "≥", "707", True),
        ("600", ">", "≥", "707", None),
        ("800", "<", "≥", "707", None),
        ("707", "<", "≥", "707", False),
        ("707", "<=", "≥", "707", None),
        ("707", "<=", ">", "707", False),
        ("0.5", "<", "≥", "1", False),
        ("5", "<", "≤", "15", True),
        ("15", "<", "<", "15", True),
        ("15", "<=", "<", "15", None),
        ("20", "<", "≤", "15", None),
        ("15", ">", "≤", "15", False),
        ("15", ">=", "≤", "15", None),
        ("15", ">=", "<", "15", False),
        ("90", ">", "<", "60", False),
        ("90", "≈", "<", "60", None),
        ("NaN", None, "≥", "1", None),
    ],
)
def test_compare_minds_the_printed_comparator(
    printed: str, comparator: str | None, sign: str, bound: str, holds: bool | None
) -> None:
    assert compare(D(printed), comparator, Threshold(sign, D(bound), "")) is holds


@given(
    st.decimals(-1000, 1000, places=2),
    st.sampled_from(["<", "<=", ">", ">="]),
    st.sampled_from(["≥", "≤", ">", "<"]),
    st.decimals(-1000, 1000, places=2),
    st.decimals(-2000, 2000, places=3),
)
def test_compare_never_claims_what_a_true_value_refutes(
    printed: Decimal, comparator: str, sign: str, bound: Decimal, true: Decimal
) -> None:
    fits = {"<": true < printed, "<=": true <= printed, ">": true > printed, ">=": true >= printed}[comparator]
    if not fits:
        return
    verdict = compare(printed, comparator, Threshold(sign, bound, ""))
    if verdict is not None:
        assert compare(true, None, Threshold(sign, bound, "")) is verdict


@pytest.mark.parametrize(
    ("printed", "folded"),
    [
        ("I10.x00x002", "I10"),
        ("E11.900x001+", "E11.900"),
        ("N18.500", "N18.500"),
        ("i48.x00", "I48"),
        ("G30.900+F00.9*", "G30.900"),
        ("糖尿病", ""),
        ("", ""),
    ],
)
def test_icd10_codes_lose_their_local_extension(printed: str, folded: str) -> None:
    assert fold_icd10(printed) == folded


@pytest.mark.parametrize(
    ("grade", "rank"),
    [("2", 2), ("3级", 3), ("G5", 5), ("G3a", 3), ("II", 2), ("Ⅳ", 4), ("极高危", None), (None, None), ("2-3", None)],
)
def test_grades_are_read_or_unknown(grade: str | None, rank: int | None) -> None:
    assert grade_rank(grade) == rank
