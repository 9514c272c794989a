from __future__ import annotations

import dataclasses
import datetime as dt
import itertools
from decimal import Decimal

import pytest

from pipeline.reporting.charts import lab_charts
from rules.engine.facts import CaseFacts, DocumentInfo, DocumentType, Evidence, LabResult, Owner

DAY = dt.date(2025, 1, 1)


def _result(days: int, value: str, *, document: str = "d1", **more: object) -> LabResult:
    base = LabResult(
        document=document,
        name="肌酐",
        text=value,
        value=Decimal(value),
        unit="μmol/L",
        reference_low=Decimal(57),
        reference_high=Decimal(97),
        analyte="creatinine",
        sampled_at=dt.datetime.combine(DAY + dt.timedelta(days=days), dt.time(8)),
    )
    return dataclasses.replace(base, **more)  # type: ignore[arg-type]


def _facts(*results: LabResult, documents: tuple[DocumentInfo, ...] = ()) -> CaseFacts:
    return CaseFacts(as_of=dt.date(2026, 3, 12), lab_results=results, documents=documents)


@pytest.mark.parametrize(
    ("values", "said"),
    [
        (("800", "900"), "肌酐：2 次均高于参考上限，由 800 到 900"),
        (("50", "40"), "肌酐：2 次均低于参考下限，由 50 到 40"),
        (("60", "70"), "肌酐：2 次均在参考区间内，由 60 到 70"),
        (("60", "120", "50"), "肌酐：3 次中 1 次偏高、1 次偏低，由 60 到 50"),
        (("97", "97"), "肌酐：2 次均在参考区间内，都是 97"),
    ],
)
def test_charts_title_states_the_finding(values: tuple[str, ...], said: str) -> None:
    charts, more = lab_charts(_facts(*(_result(30 * i, v) for i, v in enumerate(values))))
    assert [c.finding for c in charts] == [said]
    assert more == 0


def test_charts_points_and_band_lie_inside_the_picture() -> None:
    (chart,), _ = lab_charts(_facts(*(_result(9 * i, str(60 + 37 * i)) for i in range(25))))
    assert all(chart.left <= p.x <= chart.right and 0 < p.y < chart.height for p in chart.points)
    assert [p.x for p in chart.points] == sorted(p.x for p in chart.points)
    assert chart.band is not None
    assert 0 < chart.band[0] < chart.band[0] + chart.band[1] < chart.height
    labels = sorted(p.x for p in chart.points if p.labelled)
    assert all(b - a >= 40 for a, b in itertools.pairwise(labels))
    ticks = [x for x, _ in chart.x_ticks]
    assert all(b - a >= 80 for a, b in itertools.pairwise(ticks))


@pytest.mark.parametrize("values", [("0", "0"), ("-2.5", "-3"), ("0.001", "0.002"), ("120000", "5"), ("97", "97")])
def test_charts_scale_holds_any_numbers(values: tuple[str, str]) -> None:
    (chart,), _ = lab_charts(_facts(*(_result(i, v) for i, v in enumerate(values))))
    assert all(0 < p.y < chart.height for p in chart.points)
    assert len(chart.y_ticks) >= 3


def test_charts_count_a_sheet_photographed_twice_once_and_leave_others_out() -> None:
    documents = (
        DocumentInfo(id="d1", type=DocumentType.LAB_REPORT),
        DocumentInfo(id="d2", type=DocumentType.LAB_REPORT, owner=Owner.OTHER),
        DocumentInfo(id="d3", type=DocumentType.LAB_REPORT, duplicate_of="d1"),
    )
    results = (
        _result(0, "800"),
        _result(0, "800"),
        _result(9, "900"),
        _result(5, "60", document="d2"),
        _result(6, "61", document="d3"),
    )
    (chart,), _ = lab_charts(_facts(*results, documents=documents))
    assert [p.text for p in chart.points] == ["800", "900"]


def test_charts_one_day_or_text_results_make_no_chart() -> None:
    assert lab_charts(_facts(_result(0, "800"), _result(0, "801"))) == ((), 0)
    assert lab_charts(_facts(_result(0, "800"), dataclasses.replace(_result(9, "1"), value=None))) == ((), 0)


def test_charts_mixed_units_use_the_canonical_one() -> None:
    results = (
        _result(0, "800", canonical_value=Decimal(800), canonical_unit="umol/L"),
        _result(
            9,
            "9.05",
            unit="mg/dL",
            canonical_value=Decimal(800),
            canonical_unit="umol/L",
            reference_high=Decimal("1.1"),
        ),
    )
    (chart,), _ = lab_charts(_facts(*results))
    assert chart.unit == "μmol/L"
    assert [p.text for p in chart.points] == ["800", "800"]


def test_charts_mixed_units_that_do_not_convert_stay_apart() -> None:
    results = (_result(0, "800"), _result(9, "810"), _result(3, "9.0", unit="mg/dL"), _result(5, "9.1", unit="mg/dL"))
    charts, _ = lab_charts(_facts(*results))
    assert sorted(c.unit for c in charts) == ["mg/dL", "μmol/L"]


def test_charts_doubtful_values_and_bounds_are_marked() -> None:
    (chart,), _ = lab_charts(_facts(_result(0, "80", doubts=("low_confidence",)), _result(9, "90", comparator=">")))
    assert [p.doubtful for p in chart.points] == [True, True]
    assert chart.points[1].text == ">90"


def test_charts_decisive_series_come_first_and_quiet_ones_are_counted() -> None:
    place = Evidence(document="d1", file="a", page=1, box=(0, 0, 1, 1), quote="", confidence=1, extractor="t")
    quiet = [_result(i, "70", analyte="quiet", name="钠") for i in (0, 9)]
    out = [_result(i, "300", analyte="out", name="尿酸") for i in (0, 9)]
    hit = [_result(i, "71", analyte="hit", name="钾", evidence=(place,)) for i in (0, 9)]
    charts, more = lab_charts(_facts(*quiet, *out, *hit), [place])
    assert [c.name for c in charts] == ["钾", "尿酸"]
    assert more == 1
