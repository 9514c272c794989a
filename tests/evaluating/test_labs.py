"""Laboratory rows: what is found, what is right, and the numbers that nobody is warned of."""

from __future__ import annotations

from decimal import Decimal

import pytest

from pipeline.evaluating.counting import Match, Ratio
from pipeline.evaluating.kept import KeptDocument
from pipeline.evaluating.labs import LabScore, pair_rows, score_labs
from pipeline.evaluating.truth import TruthFact
from rules.engine.facts import Flag, LabResult
from tests.evaluating.made import FILE, box, document, kept, lab, read_lab, truth, truth_page


def score(wanted: list[TruthFact], found: list[LabResult], *, type: str = "lab_report") -> LabScore:
    case = truth([document(wanted, type=type)])
    read = kept(documents=[KeptDocument("d1", type, ((FILE, 1),))], labs=found)
    return score_labs(case, read, pair_rows(case, read)).get((FILE, 1), LabScore())


def test_a_right_row_is_right_in_every_cell() -> None:
    found = score([lab("肌酐", "88", 0)], [read_lab("肌酐", "88", 0)])

    assert found.right == found.rows == Match(1, 1, 1)
    assert found.name == found.result == found.unit == found.range == found.flag == Ratio(1, 1)
    assert found.mistakes == ()


def test_row_found_but_unit_wrong() -> None:
    found = score([lab("肌酐", "88", 0)], [read_lab("肌酐", "88", 0, unit="mmol/L")])

    assert found.rows == Match(1, 1, 1)
    assert found.right == Match(0, 1, 1)
    assert found.unit == Ratio(0, 1)
    assert found.mistakes[0].cells == ("unit",)


@pytest.mark.parametrize("unit", ["umol/L", "μmol/l", "µmol／L"])
def test_spellings_of_a_unit_are_one(unit: str) -> None:
    found = score([lab("肌酐", "88", 0)], [read_lab("肌酐", "88", 0, unit=unit, analyte="creatinine")])

    assert found.unit == Ratio(1, 1)


def test_another_name_of_the_same_analyte_is_right() -> None:
    found = score([lab("肌酐", "88", 0)], [read_lab("血清肌酐", "88", 0, analyte="creatinine")])

    assert found.name == Ratio(1, 1)


def test_a_misread_name_at_the_same_place_is_a_found_row_with_a_wrong_name() -> None:
    found = score([lab("肌酐", "88", 0)], [read_lab("肌肝X", "88", 0)])

    assert (found.rows, found.name, found.right) == (Match(1, 1, 1), Ratio(0, 1), Match(0, 1, 1))


def test_a_wrong_number_without_doubt_is_silent() -> None:
    found = score([lab("肌酐", "812.4", 0)], [read_lab("肌酐", "8124", 0)])

    assert found.numbers == Ratio(1, 1)
    assert [(n.name, n.printed, n.read) for n in found.silent] == [("肌酐", "812.4", "8124")]


@pytest.mark.parametrize(
    "more", [{"doubts": ("implausible",)}, {"confidence": 0.5}, {"value": None}], ids=["doubt", "unsure", "no number"]
)
def test_a_wrong_number_that_warns_is_not_silent(more: dict[str, object]) -> None:
    found = score([lab("肌酐", "812.4", 0)], [read_lab("肌酐", "8124", 0, **more)])

    assert found.silent == ()
    assert found.numbers == Ratio(0, 1)
    assert found.result == Ratio(0, 1)


def test_a_lost_comparator_is_another_number() -> None:
    wanted = lab("肌酐", "0.5", 0, comparator="<")

    assert len(score([wanted], [read_lab("肌酐", "0.5", 0)]).silent) == 1
    assert score([wanted], [read_lab("肌酐", "0.5", 0, comparator="<")]).silent == ()


def test_an_invented_row_with_a_number_is_silent_too() -> None:
    found = score([lab("肌酐", "88", 0)], [read_lab("肌酐", "88", 0), read_lab("尿素", "5.1", 7)])

    assert found.rows == Match(1, 1, 2)
    assert [(n.printed, n.read) for n in found.silent] == [("", "5.1")]


def test_a_row_read_twice_costs_precision() -> None:
    found = score([lab("肌酐", "88", 0)], [read_lab("肌酐", "88", 0), read_lab("肌酐", "88", 0)])

    assert found.rows == Match(1, 1, 2)


def test_repeated_names_pair_by_result_and_place() -> None:
    wanted = [lab("葡萄糖", "5.1", 0), lab("葡萄糖", "9.9", 1)]

    found = score(wanted, [read_lab("葡萄糖", "9.9", 1), read_lab("葡萄糖", "5.1", 0)])

    assert found.right == Match(2, 2, 2)


def test_values_swapped_between_rows_are_wrong_numbers() -> None:
    wanted = [lab("肌酐", "88", 0), lab("尿酸", "300", 1)]

    found = score(wanted, [read_lab("肌酐", "300", 0), read_lab("尿酸", "88", 1)])

    assert len(found.silent) == 2
    assert found.result == Ratio(0, 2)


def test_nothing_read() -> None:
    found = score([lab("肌酐", "88", 0)], [])

    assert (found.rows, found.right, found.name) == (Match(0, 1, 0), Match(0, 1, 0), Ratio())
    assert found.numbers == Ratio(0, 1)


def test_everything_invented_on_a_sheet_without_rows() -> None:
    found = score([], [read_lab("肌酐", "88", 0)])

    assert found.rows == Match(0, 0, 1)


def test_values_in_prose_that_the_truth_does_not_list_are_not_judged() -> None:
    found = score([], [read_lab("肌酐", "88", 0)], type="discharge_summary")

    assert (found.rows, found.elsewhere, found.silent) == (Match(), 1, ())


def test_qualitative_results_compare_as_text() -> None:
    wanted = lab("尿蛋白", "阴性（-）", 0, unit=None, low=None, high=None)
    read = read_lab(
        "尿蛋白", "阴性(-)", 0, unit=None, reference_low=None, reference_high=None, reference_text="None-None"
    )

    assert score([wanted], [read]).right == Match(1, 1, 1)


def test_a_range_from_zero_is_an_upper_bound() -> None:
    wanted = lab("肌酐", "12", 0, low=0, high=30)

    assert score([wanted], [read_lab("肌酐", "12", 0, reference_low=None, reference_high=Decimal(30))]).range == Ratio(
        1, 1
    )
    assert score([wanted], [read_lab("肌酐", "12", 0, reference_low=None, reference_high=Decimal(80))]).range == Ratio(
        0, 1
    )


def test_a_flag_that_is_not_printed_may_follow_from_the_range() -> None:
    cells = {"name": box(0), "result": box(0)}
    unmarked = lab("肌酐", "300", 0, flag="high", cells=cells)
    marked = lab("肌酐", "300", 0, flag="high", cells={**cells, "flag": box(0)})

    assert score([unmarked], [read_lab("肌酐", "300", 0)]).flag == Ratio(1, 1)
    assert score([unmarked], [read_lab("肌酐", "300", 0, flag=Flag.HIGH)]).flag == Ratio(1, 1)
    assert score([unmarked], [read_lab("肌酐", "300", 0, flag=Flag.LOW)]).flag == Ratio(0, 1)
    assert score([marked], [read_lab("肌酐", "300", 0)]).flag == Ratio(0, 1)


def test_unusable_pages_ask_for_nothing() -> None:
    case = truth([document([lab("肌酐", "88", 0)])], [truth_page(unusable=("blurred",))])
    read = kept(labs=[read_lab("肌酐", "8", 0)])

    assert score_labs(case, read, pair_rows(case, read)).get((FILE, 1), LabScore()).rows == Match()
