"""From facts of which is known whether they are right to shares, thresholds, and the mark of what is for a human."""

from __future__ import annotations

from dataclasses import replace

import pytest

from pipeline.calibrating import Calibration, Curve, calibrate, kind_of, load_calibration
from pipeline.calibrating.fitting import Outcome, fit, upper_bound
from pipeline.evaluating.reliability import above_thresholds, chart, reliability
from pipeline.review import understand
from rules.engine.facts import PAGE_READER, AssertionStatus, CaseFacts, Diagnosis, Evidence, LabResult
from rules.engine.stored_facts import facts_from_json, facts_to_json
from tests.classifying.paper import sheet
from tests.extracting.learned.test_labs import AS_OF, TABLE

KIND = "lab_results.rules.ppocr"


def outcomes(count: int, wrong_below: float, *, kind: str = KIND) -> list[Outcome]:
    """Confidences spread evenly; below ``wrong_below`` every other one is wrong."""
    spread = [k / count for k in range(count)]
    return [Outcome(kind, f"c{k % 10}", c, not (c < wrong_below and k % 2)) for k, c in enumerate(spread)]


def test_many_facts_are_fitted_by_steps_that_never_fall() -> None:
    curve = fit(outcomes(1000, 0.4), {}).curves[KIND]
    assert curve.method == "isotonic"
    assert curve.at(0.2) == pytest.approx(0.5, abs=0.05)
    assert curve.at(0.9) > 0.98
    assert list(curve.shares) == sorted(curve.shares)


def test_few_facts_are_fitted_by_two_parameters() -> None:
    curve = fit(outcomes(60, 0.4), {}).curves["lab_results.rules"]
    assert curve.method == "platt"
    assert curve.at(0.1) < curve.at(0.9)


def test_facts_that_were_never_wrong_are_not_certain() -> None:
    curve = fit(outcomes(50, 0.0), {}).curves["lab_results.rules"]
    assert (curve.method, curve.shares) == ("constant", (51 / 52,))


def test_a_threshold_is_proven_by_enough_facts_alone() -> None:
    few, many = fit(outcomes(400, 0.2), {}), fit(outcomes(6000, 0.2), {})
    assert not few.curves[KIND].proven
    proven = many.curves[KIND]
    assert proven.proven
    assert proven.threshold is not None
    assert 0.19 < proven.threshold < 0.21
    assert proven.bound <= 0.001


def test_unproven_the_surest_wrong_fact_draws_the_line_and_few_facts_draw_none() -> None:
    curve = fit(outcomes(400, 0.2), {}).curves[KIND]
    assert curve.threshold is not None
    assert curve.threshold == pytest.approx(0.1975, abs=1e-4)
    assert fit(outcomes(200, 0.2), {}).curves[KIND].threshold is None


def test_unproven_one_wrong_in_a_thousand_is_let_pass_and_no_more() -> None:
    def told(count: int, *wrong: float) -> list[Outcome]:
        sure = [Outcome(KIND, f"c{k}", 0.8 + 0.19 * k / count, True) for k in range(count)]
        return sure + [Outcome(KIND, "w", confidence, False) for confidence in wrong]

    curve = fit(told(1400, 0.6, 0.95), {}).curves[KIND]
    assert curve.threshold == pytest.approx(0.6, abs=1e-4)
    assert not curve.proven
    assert curve.bound == pytest.approx(upper_bound(1, 1401))
    # Two wrong ones are too many, and above the first of them too few facts are left to carry the other.
    assert fit(told(1400, 0.6, 0.95, 0.96), {}).curves[KIND].threshold == pytest.approx(0.96, abs=1e-4)
    assert fit(told(900, 0.6, 0.95), {}).curves[KIND].threshold == pytest.approx(0.95, abs=1e-4)


def test_three_thousand_without_an_error_prove_one_in_a_thousand() -> None:
    assert upper_bound(0, 2995) <= 0.001 < upper_bound(0, 2994)


def test_a_kind_seen_seldom_takes_the_curve_and_the_line_of_all_readers() -> None:
    table = fit([*outcomes(500, 0.2), *outcomes(20, 0.0, kind="lab_results.rules.text-layer")], {})
    assert "lab_results.rules.text-layer" not in table.curves
    assert table.curve("lab_results.rules.text-layer") is table.curves["lab_results.rules"]
    assert table.threshold("lab_results.rules.text-layer") == table.curves["lab_results.rules"].threshold


def test_table_is_written_and_read_back(tmp_path: object) -> None:
    from pathlib import Path

    path = Path(str(tmp_path)) / "calibration.json"
    table = fit(outcomes(500, 0.3), {"cases": "abc"})
    path.write_text(table.to_json(), encoding="utf-8")
    back = load_calibration(path)
    assert back is not None
    assert back.recipe == {"cases": "abc"}
    assert back.curves[KIND].at(0.77) == pytest.approx(table.curves[KIND].at(0.77), abs=1e-3)
    path.write_text('{"schema": "other"}', encoding="utf-8")
    with pytest.raises(ValueError, match="schema"):
        load_calibration(path)


def evidence(extractor: str) -> Evidence:
    return Evidence(
        document="d1", file="a", page=1, box=(0, 0, 1, 1), quote="", confidence=0.9, extractor=extractor
    )  # fmt: skip


@pytest.mark.parametrize(
    ("extractors", "finder"),
    [
        (("lab-table",), "rules"),
        ((PAGE_READER,), "model"),
        (("lab-table+page-reader",), "both"),
        (("person",), None),
        ((), None),
    ],
)
def test_kinds_tell_who_found_a_fact(extractors: tuple[str, ...], finder: str | None) -> None:
    result = LabResult(document="d1", name="x", text="1", evidence=tuple(map(evidence, extractors)))
    wanted = None if finder is None else f"lab_results.{finder}.ppocr"
    assert kind_of("lab_results", result, lambda _: "ppocr") == wanted
    doubted = replace(result, doubts=("implausible",))
    assert kind_of("lab_results", doubted, lambda _: "ppocr") == (None if wanted is None else f"{wanted}.doubted")


def test_only_confirmed_diagnoses_are_calibrated() -> None:
    suspected = Diagnosis(
        document="d1", name="x", status=AssertionStatus.SUSPECTED, section="诊断", evidence=(evidence("a"),)
    )
    assert kind_of("diagnoses", suspected, lambda _: "ppocr") is None


def test_facts_below_the_line_are_for_a_human_and_others_carry_their_share() -> None:
    page = sheet(TABLE)
    facts = understand([page], files=(), as_of=AS_OF).facts
    assert facts.lab_results
    line = Curve(
        confidences=(0.5, 1.0), shares=(0.5, 0.99), method="isotonic", count=500, wrong=5, threshold=0.975
    )  # fmt: skip
    strict = calibrate(facts, [page], Calibration({"lab_results.rules": line}, {}))
    easy = calibrate(facts, [page], Calibration({"lab_results.rules": replace(line, threshold=0.9)}, {}))
    assert {r.evidence[0].for_human for r in strict.lab_results} == {True}
    assert {r.evidence[0].for_human for r in easy.lab_results} == {False}
    assert all(0.9 < (r.evidence[0].share or 0) < 0.99 for r in easy.lab_results)
    assert facts_from_json(facts_to_json(strict)) == strict


def test_without_a_curve_facts_stay_as_they_are() -> None:
    facts = CaseFacts(
        as_of=AS_OF, lab_results=(LabResult(document="d", name="x", text="1", evidence=(evidence("a"),)),)
    )
    assert calibrate(facts, [], Calibration({}, {})) == facts


def test_reliability_is_measured_on_cases_that_were_not_fitted_on() -> None:
    found = {r.name: r for r in reliability(outcomes(1000, 0.4))}
    assert found[""].count == 1000
    assert found[""].error < 0.08 < found[""].raw_error
    assert len(chart(found[""]).dots) == len(found[""].bins)


def test_thresholds_tell_what_they_let_pass() -> None:
    told = outcomes(400, 0.2)
    (above,) = above_thresholds(told, fit(told, {}))
    assert (above.wrong, above.proven) == (0, False)
    assert above.above < above.count
