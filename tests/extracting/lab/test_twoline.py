"""Slips that print an item's name and its result in two lines: paired rightly, or doubted throughout."""

from __future__ import annotations

import pytest

from pipeline.extracting.lab import extract_lab_results
from pipeline.nouns import Alert
from rules.engine.facts import LabResult
from tests.extracting.lab.sheets import cells, document_of

ITEMS: list[tuple[str, ...]] = [
    ("白细胞计数", "WBC", "11.35", "10^9/L", "↑", "3.5-9.5"),
    ("红细胞计数", "RBC", "4.55", "10^12/L", "", "4.3-5.8"),
    ("血红蛋白", "HGB", "98", "g/L", "↓", "130-175"),
    ("肌酐", "CREA", "812.4", "μmol/L", "↑", "57-97"),
]
SALTS: list[tuple[str, ...]] = [
    ("钾", "K", "5.91", "mmol/L", "↑", "3.5-5.3"),
    ("钠", "Na", "138.2", "mmol/L", "", "137-147"),
    ("氯", "Cl", "101.4", "mmol/L", "", "99-110"),
]
HEAD = [("项目", 100.0), ("结果", 160.0), ("单位", 260.0), ("参考范围", 400.0)]
FOOT = [("自助打印终端", 100.0)]
PRINTED = list[list[tuple[str, float]]]


def name_row(number: int, item: tuple[str, ...]) -> list[tuple[str, float]]:
    return [(f"{number} {item[0]}({item[1]})" if number else f"{item[0]}({item[1]})", 100.0)]


def value_row(item: tuple[str, ...], indent: float = 140.0) -> list[tuple[str, float]]:
    mark = [(item[4], indent + 120)] if item[4] else []
    return [(item[2], indent), *mark, (item[3], indent + 180), (item[5], indent + 300)]


def slip(items: list[tuple[str, ...]], *, numbered: bool = True, values_first: bool = False) -> PRINTED:
    rows: PRINTED = []
    for number, item in enumerate(items, start=1):
        pair = [name_row(number if numbered else 0, item), value_row(item)]
        rows += reversed(pair) if values_first else pair
    return rows


def read_slip(rows: PRINTED, step: float = 40) -> tuple[tuple[LabResult, ...], tuple[Alert, ...]]:
    return extract_lab_results(document_of(cells(*rows, step=step)))


def told(results: tuple[LabResult, ...]) -> list[tuple[str | None, ...]]:
    return [(r.abbreviation, r.text, r.unit, r.flag and str(r.flag.value), r.reference_text) for r in results]


def expected(items: list[tuple[str, ...]]) -> list[tuple[str | None, ...]]:
    return [(i[1], i[2], i[3], {"↑": "high", "↓": "low", "": None}[i[4]], i[5]) for i in items]


@pytest.mark.parametrize("head", [[], [HEAD]], ids=["bare", "headed"])
@pytest.mark.parametrize("foot", [[], [FOOT], [[("检验者 孙某", 100.0)], FOOT]], ids=["end", "print", "label"])
@pytest.mark.parametrize("numbered", [True, False])
@pytest.mark.parametrize("values_first", [True, False])
@pytest.mark.parametrize("step", [27, 40, 60])
def test_twoline_results_meet_their_own_names(
    head: PRINTED, foot: PRINTED, numbered: bool, values_first: bool, step: float
) -> None:
    body = slip(ITEMS, numbered=numbered, values_first=values_first)
    results, alerts = read_slip([[("血常规", 100.0)], *head, *body, *foot], step)
    assert told(results) == expected(ITEMS)
    assert not any("row_mismatch" in r.doubts for r in results)
    assert not alerts


def test_twoline_whole_value_rows_read_as_one_line() -> None:
    rows: PRINTED = []
    for number, item in enumerate(ITEMS, start=1):
        rows += [name_row(number, item), [(" ".join(x for x in (item[2], item[4], item[3], item[5]) if x), 140.0)]]
    results, _ = read_slip([*rows, FOOT])
    assert told(results) == expected(ITEMS)
    assert not any("row_mismatch" in r.doubts for r in results)


def test_twoline_last_result_cut_off_moves_nothing() -> None:
    results, alerts = read_slip(slip(ITEMS)[:-1])
    assert told(results) == expected(ITEMS[:-1])
    assert "lab_rows_mismatch" in {a.code for a in alerts}


@pytest.mark.parametrize(
    "rows",
    [
        pytest.param(slip(SALTS, numbered=False)[1:-1], id="first-name-and-last-result-cut-off"),
        pytest.param(slip(SALTS, numbered=False)[1:], id="first-name-cut-off"),
        pytest.param(slip(SALTS, numbered=False)[:-1], id="last-result-cut-off"),
        pytest.param([r for k, r in enumerate(slip(ITEMS)) if k != 3], id="result-lost-inside"),
        pytest.param([r for k, r in enumerate(slip(ITEMS)) if k != 2], id="name-lost-inside"),
        pytest.param([row for i in ITEMS for row in (name_row(0, i), value_row(i, indent=500.0))], id="half-a-row-off"),
    ],
)
def test_twoline_open_pairing_is_doubted_throughout(rows: PRINTED) -> None:
    results, alerts = read_slip([*rows, FOOT])
    assert all("row_mismatch" in r.doubts for r in results)
    assert "lab_rows_mismatch" in {a.code for a in alerts}


def test_twoline_units_that_fit_the_other_name_raise_doubt() -> None:
    """Names first by the order, but every unit is that of the name below: values stand one pair off."""
    rows = slip(ITEMS, numbered=False, values_first=True)
    moved = [name_row(0, ("血小板计数", "PLT")), *rows[:-1]]
    results, alerts = read_slip(moved)
    assert all("row_mismatch" in r.doubts for r in results)
    assert "lab_rows_mismatch" in {a.code for a in alerts}
