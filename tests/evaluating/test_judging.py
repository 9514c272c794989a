"""Judging, evidence boxes, the quality gate and cost."""

from __future__ import annotations

import pytest

from pipeline.evaluating.boxes import score_boxes
from pipeline.evaluating.cost import CostScore, score_cost
from pipeline.evaluating.counting import Ratio, merged
from pipeline.evaluating.gate import score_gate
from pipeline.evaluating.judging import JudgingScore, item_number, score_judging
from pipeline.evaluating.kept import KeptCost
from pipeline.evaluating.labs import pair_rows
from pipeline.evaluating.matching import iou, overlap, turned
from pipeline.evaluating.text import TextScore
from tests.evaluating.made import FILE, document, judged, kept, kept_page, lab, read_lab, truth, truth_page


def test_a_wrong_meets_is_counted_apart_and_listed() -> None:
    case = truth(conclusion=["insufficient"], criteria={"1": ["met"], "2": ["missing", "manual"]})

    score = score_judging(case, kept(judgements=[judged("meets", ("1", "met"), ("2", "met"))]))

    assert score.criteria == Ratio(1, 2)
    assert score.wrong_met == Ratio(1, 1)
    assert score.wrong_meets == Ratio(1, 1)
    assert [m.case for m in score.meets] == ["case"]
    assert score.confusion == {("insufficient", "meets"): 1}


def test_one_of_several_right_statuses_is_right() -> None:
    case = truth(conclusion=["not_met", "insufficient"], criteria={"2": ["missing", "manual"]}, missing=["2"])

    score = score_judging(case, kept(judgements=[judged("not_met", ("2", "manual"), missing=["jiangxi.07.2"])]))

    assert (score.criteria, score.conclusions, score.wrong_meets) == (Ratio(1, 1), Ratio(1, 1), Ratio(0, 1))
    assert score.named == Ratio(1, 1)


def test_a_disease_that_was_not_judged_is_wrong_but_no_wrong_meets() -> None:
    score = score_judging(truth(conclusion=["manual"]), kept())

    assert (score.conclusions, score.wrong_meets) == (Ratio(0, 1), Ratio(0, 1))
    assert score.confusion == {("manual", "not_judged"): 1}


def test_meets_where_it_should_is_no_error() -> None:
    score = score_judging(truth(), kept(judgements=[judged("meets", ("1", "met"))]))

    assert score.wrong_meets == Ratio(0, 0)
    assert score.conclusions == Ratio(1, 1)


def test_a_case_without_expectation_is_not_scored() -> None:
    assert score_judging(truth(conclusion=[]), kept()) == JudgingScore()


@pytest.mark.parametrize(("id", "number"), [("jiangxi.16.item-2", "2"), ("3", "3"), ("dialysis", "dialysis")])
def test_item_number(id: str, number: str) -> None:
    assert item_number(id) == number


def test_boxes_overlap_by_area() -> None:
    assert iou((0, 0, 1, 1), (0, 0, 1, 1)) == 1
    assert iou((0, 0, 1, 1), (0.5, 0, 1.5, 1)) == pytest.approx(1 / 3)
    assert iou((0, 0, 1, 1), (2, 2, 3, 3)) == iou((0, 0, 0, 0), (0, 0, 0, 0)) == 0
    assert overlap((0, 0, 1, 1), (0.25, 0.25, 0.5, 0.5)) == 1


@pytest.mark.parametrize("angle", [0, 90, 180, 270])
def test_turning_four_times_comes_back(angle: int) -> None:
    box = (0.1, 0.2, 0.3, 0.5)
    once = turned(box, angle)

    assert turned(once, 360 - angle) == pytest.approx(box)


def test_a_quarter_turn_clockwise_brings_the_bottom_left_to_the_top_left() -> None:
    assert turned((0.0, 0.9, 0.1, 1.0), 90) == pytest.approx((0.0, 0.0, 0.1, 0.1))


def test_evidence_at_its_place_elsewhere_and_on_another_page() -> None:
    case = truth([document([lab("肌酐", "88", 0), lab("尿素", "5", 1)])], [truth_page()])
    read = kept(labs=[read_lab("肌酐", "88", 0), read_lab("尿素", "5", 9)])

    score = score_boxes([pair_rows(case, read)])[(FILE, 1)]

    assert score.overlap.part == pytest.approx(1.0, abs=1e-6)
    assert score.enough == Ratio(1, 2)
    assert score.covered == Ratio(1, 2)


def test_gate_catches_and_lets_pass() -> None:
    bad = truth_page(unusable=("blurred",))
    flagged, other = (kept_page(quality=(code,), refused=(code,)) for code in ("blurred", "glare"))
    clear = kept_page()
    well = TextScore(characters=100, edits=1)

    assert (score_gate(bad, flagged, TextScore()).caught, score_gate(bad, flagged, TextScore()).cause) == (
        Ratio(1, 1),
        Ratio(1, 1),
    )
    assert score_gate(bad, other, TextScore()).cause == Ratio(0, 1)
    assert score_gate(bad, clear, TextScore()).caught == Ratio(0, 1)
    assert score_gate(truth_page(), clear, well).refused == Ratio(0, 1)
    assert score_gate(truth_page(), flagged, well).refused_well_read == Ratio(1, 1)
    assert score_gate(truth_page(), flagged, TextScore(characters=100, edits=30)).refused_well_read == Ratio()
    assert score_gate(truth_page(), None, TextScore()).refused == Ratio(1, 1)


def test_gate_takes_a_word_on_a_part_for_no_refusal() -> None:
    told = kept_page(quality=("cut_off",))
    both = kept_page(quality=("blurred", "cut_off"), refused=("blurred",))
    well = TextScore(characters=100, edits=1)

    taken = score_gate(truth_page(), told, well)
    assert (taken.refused, taken.refused_well_read, taken.warned) == (Ratio(0, 1), Ratio(0, 1), Ratio(1, 1))
    assert (dict(taken.codes), dict(taken.words)) == ({}, {"cut_off": 1})
    refused = score_gate(truth_page(), both, well)
    assert (refused.refused, refused.warned, dict(refused.codes)) == (Ratio(1, 1), Ratio(0, 1), {"blurred": 1})
    assert score_gate(truth_page(unusable=("cut_off",)), told, TextScore()).caught == Ratio(0, 1)


def test_cost_is_per_page_and_leaves_the_cold_start_out() -> None:
    pages = [kept_page(), kept_page(page=2)]
    warm = kept(pages, cost=KeptCost(seconds={"reading": 6.0}, cpu_seconds={"reading": 8.0}, peak_bytes=5))
    cold = kept(pages, cost=KeptCost(seconds={"reading": 60.0}, peak_bytes=9, cold=True))

    total = merged([score_cost(warm), score_cost(cold)], CostScore)

    assert total.wall.value == 3.0
    assert total.cpu.value == 4.0
    assert total.cold_seconds == Ratio(60.0, 2)
    assert total.peak == 9
