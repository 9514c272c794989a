"""Results that a phone shows as cards: six ways to lay one out, drawn by hand as lines."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from pipeline.classifying import classify
from pipeline.extracting.lab import extract_lab_results
from pipeline.nouns import Line
from rules.engine.facts import Flag
from tests.extracting.lab.sheets import line, page_of

ROWS = [
    ("白细胞", "WBC", "12.30", "10^9/L", "3.50-9.50", "↑"),
    ("红细胞", "RBC", "4.55", "10^12/L", "3.80-5.10", ""),
    ("血红蛋白", "HGB", "101", "g/L", "115-150", "↓"),
    ("血小板", "PLT", "210", "10^9/L", "125-350", ""),
    ("中性粒细胞百分比", "NEUT%", "70.2", "%", "40.0-75.0", ""),
    ("C反应蛋白", "CRP", "3.20", "mg/L", "0.00-10.00", ""),
]
Put = Callable[..., None]


def labelled_lines(put: Put, y: float) -> None:
    for name, code, result, unit, span, flag in ROWS:
        texts = (f"项目名称：{name}({code})", f"检验结果：{result}{flag}", f"单位：{unit}", f"参考范围：{span}")
        for text in texts:
            put(60, y, text)
            y += 60
        y += 50


def name_left_result_right(put: Put, y: float) -> None:
    for name, _, result, unit, span, flag in ROWS:
        put(60, y, name)
        put(850, y, f"{result}{flag}")
        put(60, y + 55, f"参考值：{span} {unit}", 28)
        y += 140


def comment_behind_the_name(put: Put, y: float) -> None:
    for name, _, result, unit, span, flag in ROWS:
        put(60, y, name)
        put(900, y, {"↑": "偏高", "↓": "偏低", "": "正常"}[flag], 30)
        put(60, y + 60, f"{result} {unit}")
        put(600, y + 60, f"参考值:{span}", 30)
        y += 150


def labels_without_colon(put: Put, y: float) -> None:
    for name, code, result, unit, span, flag in ROWS:
        put(60, y, f"{name} {code}")
        put(60, y + 60, f"{result} {unit} {flag}".strip(), 50)
        put(60, y + 130, f"参考范围 {span}", 28)
        y += 210


def labels_above_values(put: Put, y: float) -> None:
    for name, _, result, unit, span, flag in ROWS:
        put(60, y, name)
        for x, label, value in ((60, "结果", f"{result}{flag}"), (400, "参考范围", span), (800, "单位", unit)):
            put(x, y + 55, label, 28)
            put(x, y + 100, value)
        y += 190


def labels_beside_values(put: Put, y: float) -> None:
    for name, _, result, unit, span, flag in ROWS:
        put(60, y, name)
        for x, dy, label, value in (
            (60, 55, "结果：", f"{result}{flag}"),
            (560, 55, "单位：", unit),
            (60, 110, "参考值：", span),
            (560, 110, "提示：", {"↑": "偏高", "↓": "偏低", "": "正常"}[flag]),
        ):
            put(x, y + dy, label, 28)
            put(x + 150, y + dy, value)
        y += 190


@pytest.mark.parametrize(
    "draw",
    [
        labelled_lines,
        name_left_result_right,
        comment_behind_the_name,
        labels_without_colon,
        labels_above_values,
        labels_beside_values,
    ],
)
def test_cards_every_item_with_result_unit_and_range(draw: Callable[[Put, float], None]) -> None:
    lines: list[Line] = []

    def put(x: float, y: float, text: str, height: float = 36) -> None:
        width = sum(height if ord(c) > 0x2E80 else height * 0.55 for c in text)
        lines.append(line(text, ((x, y), (x + width, y), (x + width, y + height), (x, y + height))))

    put(420, 40, "检验报告详情", 44)
    put(60, 130, "鄱湾县人民医院")
    put(60, 190, "姓名：王小明")
    put(500, 190, "性别：男")
    put(60, 250, "血常规")
    put(60, 310, "报告时间：2026-01-10 09:12")
    draw(put, 400)
    (document,) = classify([page_of(tuple(sorted(lines, key=lambda one: (one.upright[1], one.upright[0]))))])
    results, _ = extract_lab_results(document)
    assert [(r.text.strip("↑↓ "), r.unit, str(r.reference_high)) for r in results] == [
        (result, unit, span.split("-")[1]) for _, _, result, unit, span, _ in ROWS
    ]
    assert all(name in r.name for r, (name, *_) in zip(results, ROWS, strict=True))
    assert [r.flag for r in results][:3] == [Flag.HIGH, None, Flag.LOW]


def test_cards_one_label_of_a_header_is_no_card() -> None:
    lines = []
    for x, text in ((60, "项目"), (400, "结果"), (600, "单位"), (800, "参考范围")):
        lines.append(line(text, ((x, 100), (x + 80, 100), (x + 80, 130), (x, 130))))
    for k, (name, _, result, unit, span, _) in enumerate(ROWS):
        for x, text in ((60, name), (400, result), (600, unit), (800, span)):
            y = 150 + 45 * k
            lines.append(line(text, ((x, y), (x + 20 * len(text), y), (x + 20 * len(text), y + 30), (x, y + 30))))
    (document,) = classify([page_of(tuple(lines))])
    results, _ = extract_lab_results(document)
    assert [r.text for r in results] == [row[2] for row in ROWS]
