"""H6: in borderless tables rows must not slip, merge or drop silently: sloping, bent and tilted pages, missing
cells."""

from __future__ import annotations

import math
from collections.abc import Callable

import pytest

from pipeline.extracting.lab import extract_lab_results
from pipeline.nouns import Line
from rules.engine.facts import DocumentType
from tests.extracting.lab.sheets import cells, document_of, line, read

HEAD = [("项目", 100.0), ("结果", 420.0), ("单位", 620.0), ("参考区间", 820.0)]
NAMES = [
    "总蛋白",
    "白蛋白",
    "球蛋白",
    "总胆红素",
    "碱性磷酸酶",
    "尿素",
    "肌酐",
    "尿酸",
    "葡萄糖",
    "钾",
    "钠",
    "氯",
    "钙",
    "无机磷",
]
ROWS = [
    [(name, 100.0), (f"{k + 1}.{k}5", 420.0), ("mmol/L", 620.0), (f"{k}.10-{k + 3}.20", 820.0)]
    for k, name in enumerate(NAMES)
]
EXPECTED = [(name, f"{k + 1}.{k}5", f"{k}.10-{k + 3}.20") for k, name in enumerate(NAMES)]


def bent(lines: tuple[Line, ...], move: Callable[[float, float], tuple[float, float]]) -> tuple[Line, ...]:
    """Move every line's ends, keeping it a straight box as a reader gives it."""
    out = []
    for one in lines:
        (x0, y0), (x1, _), (_, y1), _ = one.quad
        middle = (y0 + y1) / 2
        (ax, ay), (bx, by) = move(x0, middle), move(x1, middle)
        half = (y1 - y0) / 2
        out.append(line(one.text, ((ax, ay - half), (bx, by - half), (bx, by + half), (ax, ay + half))))
    return tuple(out)


@pytest.mark.parametrize("step", [30, 40, 60])
@pytest.mark.parametrize(
    "move",
    [
        pytest.param(lambda x, y: (x, y), id="flat"),
        pytest.param(lambda x, y: (x - 0.09 * y, y + 0.09 * x), id="tilted-right"),
        pytest.param(lambda x, y: (x + 0.12 * y, y - 0.12 * x), id="tilted-left"),
        pytest.param(lambda x, y: (x, y + 22 * math.sin(x / 300)), id="curled"),
        pytest.param(lambda x, y: (x, y + 0.00012 * (x - 500) ** 2), id="sagging"),
        pytest.param(lambda x, y: (x / (1 + y / 6000), y / (1 + x / 5000)), id="perspective"),
        pytest.param(
            lambda x, y: (x / (1 + y / 6000), y / (1 - x / 7000) + 14 * math.sin(x / 280)), id="perspective-and-curl"
        ),
    ],
)
def test_h06_rows_stay_together(move: Callable[[float, float], tuple[float, float]], step: float) -> None:
    results, alerts = extract_lab_results(document_of(bent(cells(HEAD, *ROWS, step=step), move)))
    assert [(r.name, r.text, r.reference_text) for r in results] == EXPECTED
    assert not [a for a in alerts if a.code == "lab_rows_mismatch"]


def test_h06_missing_result_raises_the_alarm_and_shifts_nothing() -> None:
    rows = [list(row) for row in ROWS]
    del rows[6][1]
    results, alerts = extract_lab_results(document_of(cells(HEAD, *rows)))
    assert [(r.name, r.text, r.reference_text) for r in results] == EXPECTED[:6] + EXPECTED[7:]
    (alert,) = [a for a in alerts if a.code == "lab_rows_mismatch"]
    assert "未读到结果" in alert.message
    assert "肌酐" in alert.evidence[0].quote


def test_h06_missing_name_raises_the_alarm_and_invents_nothing() -> None:
    rows = [list(row) for row in ROWS]
    del rows[6][0]
    results, alerts = extract_lab_results(document_of(cells(HEAD, *rows)))
    assert [(r.name, r.text) for r in results] == [(n, t) for n, t, _ in EXPECTED[:6] + EXPECTED[7:]]
    assert [a.code for a in alerts] == ["lab_rows_mismatch"]


def test_h06_column_one_row_off_is_doubted_throughout() -> None:
    """Results that stand one row low (a page folded between the columns): no row may pass as sure."""
    rows = [[row[0], *([(ROWS[k - 1][1][0], 420.0)] if k else [])] for k, row in enumerate(ROWS)]
    rows.append([(ROWS[-1][1][0], 420.0)])
    results, alerts = extract_lab_results(document_of(cells([("项目", 100.0), ("结果", 420.0)], *rows)))
    assert all("row_mismatch" in r.doubts for r in results)
    assert "lab_rows_mismatch" in {a.code for a in alerts}


def test_h06_wrapped_names_and_ranges_join_their_row() -> None:
    lines = (
        *cells(HEAD, [("活化部分凝血", 100.0)], top=100, step=36),
        *cells([("41.2", 420.0), ("s", 620.0), ("28.0-43.5", 820.0)], top=150),
        *cells([("活酶时间", 100.0)], top=164),
        *cells([("肌酐", 100.0), ("812.4", 420.0), ("μmol/L", 620.0), ("男:57-97", 820.0)], top=230),
        *cells([("女:41-81", 820.0)], top=254),
        *cells([("尿素", 100.0), ("28.1", 420.0), ("mmol/L", 620.0), ("3.1-8.0", 820.0)], top=310),
    )
    results = read(lines)
    assert [(r.name, r.text) for r in results] == [
        ("活化部分凝血活酶时间", "41.2"),
        ("肌酐", "812.4"),
        ("尿素", "28.1"),
    ]
    assert "女:41-81" in (results[1].reference_text or "")


def test_h06_whole_rows_read_as_single_lines() -> None:
    results = read(
        cells(
            [("项目 结果 提示 单位 参考区间", 100.0)],
            [("白细胞计数 11.35 ↑ 10^9/L 3.5-9.5", 100.0)],
            [("血红蛋白 98 ↓ g/L 130-175", 100.0)],
            [("血小板计数 210 10^9/L 125-350", 100.0)],
        )
    )
    assert [(r.name, r.text, r.flag, r.unit, r.reference_text) for r in results] == [
        ("白细胞计数", "11.35", "high", "10^9/L", "3.5-9.5"),
        ("血红蛋白", "98", "low", "g/L", "130-175"),
        ("血小板计数", "210", None, "10^9/L", "125-350"),
    ]


def test_h06_heads_feet_and_notes_are_no_rows() -> None:
    results = read(
        cells(
            [("某某医院检验报告单", 300.0)],
            [("姓名:张测试", 100.0), ("年龄:58岁", 420.0), ("床号:12", 700.0)],
            [("样本号:20250912", 100.0), ("科室:肾内科", 420.0)],
            HEAD,
            *ROWS[:3],
            [("检验者:孙某", 100.0), ("审核者:周某", 420.0), ("报告时间:2025-09-12 10:02", 700.0)],
            [("备注:本报告仅对该标本负责", 100.0)],
            [("糖尿病诊断标准:空腹血糖≥7.0mmol/L，餐后2小时≥11.1mmol/L。", 100.0)],
        )
    )
    assert [r.name for r in results] == NAMES[:3]


def test_h06_evidence_covers_name_and_result() -> None:
    result = read(cells(HEAD, *ROWS))[6]
    (evidence,) = result.evidence
    assert evidence.box[0] <= 100
    assert 420 < evidence.box[2] <= 620
    assert evidence.quote == "肌酐 7.65 mmol/L 6.10-9.20"
    assert evidence.extractor == "lab-table"


def test_h06_sentences_of_a_record_are_no_table() -> None:
    lines = cells(
        [("出院记录", 400.0)],
        [("入院后查血常规示白细胞 11.35×10^9/L，血红蛋白 98g/L，", 100.0)],
        [("肌酐 812.4μmol/L，尿素 28.1mmol/L，予血液透析治疗。", 100.0)],
    )
    assert read(lines, type=DocumentType.DISCHARGE_SUMMARY) == ()


def test_h06_result_block_inside_a_record_is_read() -> None:
    lines = cells(
        [("出院记录", 400.0)], [("辅助检查：", 100.0)], HEAD, *ROWS[:5], [("出院医嘱：低盐饮食，定期复查。", 100.0)]
    )
    assert [r.name for r in read(lines, type=DocumentType.DISCHARGE_SUMMARY)] == NAMES[:5]
