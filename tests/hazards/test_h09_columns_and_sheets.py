"""H9: item columns side by side, tables without or with strange headers, continued pages, several sheets on one
photo."""

from __future__ import annotations

import datetime as dt

import pytest

from pipeline.extracting.lab import extract_lab_results
from tests.extracting.lab.sheets import cells, document_of, read

ITEMS = [
    ("白细胞计数", "WBC", "11.35", "↑", "10^9/L", "3.5-9.5"),
    ("红细胞计数", "RBC", "4.60", "", "10^12/L", "4.3-5.8"),
    ("血红蛋白", "HGB", "98", "↓", "g/L", "130-175"),
    ("血小板计数", "PLT", "210", "", "10^9/L", "125-350"),
    ("中性粒细胞百分比", "NEUT%", "61.2", "", "%", "40.0-75.0"),
    ("淋巴细胞百分比", "LYM%", "27.3", "", "%", "20.0-50.0"),
    ("单核细胞百分比", "MONO%", "8.1", "", "%", "3.0-10.0"),
    ("红细胞压积", "HCT", "41.0", "", "%", "40.0-50.0"),
    ("平均红细胞体积", "MCV", "92.0", "", "fL", "82.0-100.0"),
]
EXPECTED = {(i[0], i[2], i[4], i[5]) for i in ITEMS}
WORDS = {"name": "项目", "code": "代号", "result": "结果", "flag": "提示", "unit": "单位", "range": "参考值"}
PLACE = {"name": 0, "code": 1, "result": 2, "flag": 3, "unit": 4, "range": 5}
WIDTH = {"name": 190, "code": 90, "result": 90, "flag": 60, "unit": 110, "range": 150}


def table(order: list[str], blocks: int = 1, *, header: bool = True, gap: float = 40) -> list[list[tuple[str, float]]]:
    size = -(-len(ITEMS) // blocks)
    rows: list[list[tuple[str, float]]] = [[] for _ in range(size + 1)]
    x = 80.0
    for block in range(blocks):
        for role in order:
            if header:
                rows[0].append((WORDS[role], x))
            for k, item in enumerate(ITEMS[block * size : (block + 1) * size]):
                if item[PLACE[role]]:
                    rows[k + 1].append((item[PLACE[role]], x))
            x += WIDTH[role] + 20
        x += gap
    return [row for row in rows if row]


def got(rows: list[list[tuple[str, float]]]) -> set[tuple[str, str, str | None, str | None]]:
    return {(r.name, r.text, r.unit, r.reference_text) for r in read(cells(*rows))}


@pytest.mark.parametrize("header", [True, False])
@pytest.mark.parametrize("blocks", [1, 2, 3])
@pytest.mark.parametrize(
    "order",
    [
        ["name", "result", "unit", "range"],
        ["code", "name", "result", "flag", "unit", "range"],
        ["name", "code", "range", "unit", "flag", "result"],
        ["name", "flag", "result", "range", "unit"],
        ["name", "unit", "result", "flag", "range"],
    ],
)
def test_h09_any_order_and_number_of_columns(order: list[str], blocks: int, header: bool) -> None:
    assert got(table(order, blocks, header=header)) == EXPECTED


def test_h09_name_column_cut_off_leaves_the_codes() -> None:
    rows = table(["code", "result", "flag", "unit", "range"])
    assert {(r.name, r.text) for r in read(cells(*rows))} == {(i[1], i[2]) for i in ITEMS}


@pytest.mark.parametrize("header", [True, False])
def test_h09_cut_edge_never_pairs_results_with_the_names_beside_them(header: bool) -> None:
    rows = [[c for c in row if c[1] > 250] for row in table(["name", "result", "unit", "range"], 2, header=header)]
    results, alerts = extract_lab_results(document_of(cells(*rows)))
    assert {(r.name, r.text) for r in results} == {(i[0], i[2]) for i in ITEMS[5:]}
    assert not header or "lab_rows_mismatch" in {a.code for a in alerts}


def test_h09_name_column_last_in_two_blocks() -> None:
    assert got(table(["range", "unit", "result", "name"], 2)) == EXPECTED


def test_h09_continued_page_without_header() -> None:
    order = ["name", "result", "flag", "unit", "range"]
    whole = table(order)
    results = read(cells(*whole[:5]), cells(*whole[5:]))
    assert {(r.name, r.text, r.unit, r.reference_text) for r in results} == EXPECTED
    assert {e.file for r in results for e in r.evidence} == {"photo1.jpg", "photo2.jpg"}


def head(name: str, day: str, x: float) -> list[list[tuple[str, float]]]:
    return [
        [("某某医院检验报告单", x + 150)],
        [(f"姓名:{name}", x), ("性别:男", x + 220), ("年龄:58岁", x + 400)],
        [(f"采样时间:{day} 07:31", x)],
    ]


def shifted(rows: list[list[tuple[str, float]]], x: float) -> list[list[tuple[str, float]]]:
    return [[(text, at + x) for text, at in row] for row in rows]


BODY = [[("项目", 80.0), ("结果", 300.0), ("单位", 420.0), ("参考值", 550.0)]]
KIDNEY = [
    *BODY,
    [("肌酐", 80.0), ("812.4", 300.0), ("μmol/L", 420.0), ("57-97", 550.0)],
    [("尿素", 80.0), ("28.1", 300.0), ("mmol/L", 420.0), ("3.1-8.0", 550.0)],
]
SUGAR = [
    *BODY,
    [("葡萄糖", 80.0), ("9.8", 300.0), ("mmol/L", 420.0), ("3.9-6.1", 550.0)],
    [("糖化血红蛋白", 80.0), ("8.4", 300.0), ("%", 420.0), ("4.0-6.0", 550.0)],
]
EARLY, LATE = dt.datetime(2025, 3, 1, 7, 31), dt.datetime(2025, 9, 12, 7, 31)
SAMPLED = {"肌酐": EARLY, "尿素": EARLY, "葡萄糖": LATE, "糖化血红蛋白": LATE}


@pytest.mark.parametrize("beside", [True, False])
def test_h09_two_sheets_keep_their_own_times(beside: bool) -> None:
    one = [*head("张测试", "2025-03-01", 80), *KIDNEY]
    two = [*head("张测试", "2025-09-12", 80), *SUGAR]
    second = cells(*shifted(two, 800), top=113) if beside else cells(*two, top=700)
    results, alerts = extract_lab_results(document_of((*cells(*one), *second)))
    assert {r.name: r.sampled_at for r in results} == SAMPLED
    assert alerts == ()


def test_h09_sheets_of_two_people_are_doubted() -> None:
    one = [*head("张测试", "2025-03-01", 80), *KIDNEY]
    two = [*head("李试验", "2025-09-12", 80), *SUGAR]
    results, alerts = extract_lab_results(document_of((*cells(*one), *cells(*shifted(two, 800)))))
    assert len(results) == 4
    assert all("several_patients" in r.doubts for r in results)
    assert [a.code for a in alerts] == ["lab_several_patients"]
    assert not any(name in a.message for a in alerts for name in ("张测试", "李试验"))
