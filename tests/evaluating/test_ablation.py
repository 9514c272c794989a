"""Rules, page reader and both compared: the table, the share of errors that both do not make, and the data."""

from __future__ import annotations

import json

import pytest

from pipeline.evaluating.ablation import ablation_json, ablation_of, ablation_table
from pipeline.evaluating.counting import Match, Ratio
from pipeline.evaluating.documents import DocumentScore
from pipeline.evaluating.fields import FieldCount, FieldScore
from pipeline.evaluating.labs import LabScore
from pipeline.evaluating.scoring import PageScore, PageTraits, Scores
from pipeline.learned import Finders


def scores(right: int, *, found: int = 10, silent: int = 0, form: int = 0) -> Scores:
    """One sheet of ten rows of which ``right`` are right."""
    cells = dict.fromkeys(("name", "result", "unit", "range", "flag"), Ratio(right, found))
    labs = LabScore(
        rows=Match(found, 10, found), right=Match(right, 10, found), numbers=Ratio(silent, 10), **cells
    )  # fmt: skip
    fields = FieldScore({"name": FieldCount(right=1), "form_phone": FieldCount(missed=form)})
    page = PageScore(
        case="c",
        place=("a.pdf", 1),
        traits=PageTraits(type="lab_report", family="f", split="development", medium="pdf", degradations=()),
        labs=labs,
        fields=fields,
        documents=DocumentScore(types=Ratio(1, 1)),
    )
    return Scores((page,), ())


FOUND = ablation_of({Finders.RULES: scores(6, silent=1, form=3), Finders.MODEL: scores(4), Finders.BOTH: scores(8)})


def test_ablation_counts_the_errors_that_both_do_not_make() -> None:
    assert FOUND.fewer("right_row_f1") == pytest.approx(0.5)
    assert FOUND.fewer("silent") == 1.0
    assert FOUND.fewer("type") is None  # there was nothing to better


def test_cells_of_rows_missed_or_invented_are_wrong() -> None:
    half = ablation_of({f: scores(5, found=5) for f in Finders})
    cell = half.groups["all"]["cell_f1"][Finders.RULES]
    assert (cell.ratio.part, cell.ratio.whole) == (50, 75)


def test_entries_of_the_form_are_left_out_of_the_fields() -> None:
    assert FOUND.groups["all"]["field_f1"][Finders.RULES].value == 1.0


def test_table_tells_every_group_and_finder() -> None:
    table = ablation_table(FOUND)
    assert "只用规则" in table
    assert "两者比规则少的错误" in table
    assert "检验报告单 1 页" in table
    assert "1/10" in table


def test_data_holds_values_intervals_and_counts() -> None:
    data = json.loads(ablation_json(FOUND))
    row = data["groups"]["lab_report"]["right_row_f1"]
    assert row["rules"]["value"] == 0.6
    assert row["rules"]["low"] < 0.6 < row["rules"]["high"]
    assert row["fewer_errors"] == 0.5
    assert data["wrong_meets"] == {"rules": 0, "model": 0, "both": 0}
