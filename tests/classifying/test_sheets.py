"""Several sheets on one photograph: each becomes a paper of its own, none takes lines of another."""

from __future__ import annotations

import math

import pytest

from pipeline.classifying import classify
from pipeline.classifying.sheets import split_sheets
from pipeline.nouns import Line, Quad, ReadPage
from tests.classifying.paper import HEIGHT, WIDTH, page, sheet

LAB = """
# 云岚县人民医院
# 检验报告单
姓名：张三 | 性别：男 | 样本号：{n} | 采样时间：2025-0{n}-01 07:30
项目 | 结果 | 单位 | 参考区间
肌酐 | 81{n} | μmol/L | 57-97
尿素 | 28.1 | mmol/L | 3.1-8.0
尿酸 | 512.0 | μmol/L | 208-428
胱抑素C | 5.21 | mg/L | 0.55-1.05
检验者：赵一 | 审核者：钱二 | 报告时间：2025-0{n}-01 10:02
"""
_ACROSS, _DOWN = WIDTH + 200.0, 620.0


def together(*places: tuple[float, float, float]) -> ReadPage:
    """Laboratory sheets on one photograph: columns to the right, rows down, degrees by which each lies askew."""
    lines: list[Line] = []
    for number, (column, row, degrees) in enumerate(places, start=1):
        lines += [_moved(line, column * _ACROSS, row * _DOWN, degrees) for line in sheet(LAB.format(n=number)).lines]
    lines.sort(key=lambda line: line.upright[1])
    return page(lines)


def _moved(line: Line, right: float, down: float, degrees: float) -> Line:
    c, s = math.cos(math.radians(degrees)), math.sin(math.radians(degrees))
    points = ((x - WIDTH / 2, y - HEIGHT / 2) for x, y in line.quad)
    a, b, e, d = ((x * c - y * s + WIDTH / 2 + right, x * s + y * c + HEIGHT / 2 + down) for x, y in points)
    quad: Quad = (a, b, e, d)
    return Line(line.text, quad, quad, line.confidence, "ppocr", "test")


@pytest.mark.parametrize(
    "places",
    [
        ((0, 0, 0),),
        ((0, 0, 0), (1, 0, 1)),
        ((0, 0, 0), (1, 0, 1), (2, 0, -1)),
        ((0, 0, 1), (0, 1, 0), (0, 2, -1)),
        ((0, 0, 0), (1, 0, 1), (0.5, 1, 0)),
        ((0.5, 0, 0), (0, 1, 0), (1, 1, -1)),
        ((0, 0, 0), (1, 0, 0), (0, 1, 1), (1, 1, 1)),
        ((0, 0.6, 1), (1, 0.3, 0), (2, 0, -1)),
    ],
)
def test_sheets_each_becomes_a_part_with_its_own_lines(places: tuple[tuple[float, float, float], ...]) -> None:
    photo = together(*places)
    parts = split_sheets(photo)
    assert len(parts) == len(places)
    assert sum(len(part.lines) for part in parts) == len(photo.lines)
    for part in parts:
        text = "".join(line.text for line in part.lines)
        (number,) = {n for n in range(1, len(places) + 1) if f"样本号：{n}" in text}
        assert sorted(line.text for line in part.lines) == sorted(
            line.text for line in sheet(LAB.format(n=number)).lines
        )


def test_sheets_of_one_photograph_are_papers_of_their_own() -> None:
    documents = classify([together((0, 0, 0), (1, 0, 1), (2, 0, 0))])
    assert [document.type.value for document in documents] == ["lab_report"] * 3


def test_sheets_a_title_without_a_patient_of_its_own_begins_no_sheet() -> None:
    lines = [*sheet(LAB.format(n=1)).lines]
    lines += [_moved(line, 0, _DOWN, 0) for line in sheet(LAB.format(n=2)).lines if "姓名" not in line.text]
    assert len(split_sheets(page(lines))) == 1
