"""Header rows: any wording, any order, glued."""

from __future__ import annotations

import pytest

from pipeline.extracting.lab.headers import header_cells, header_words
from pipeline.extracting.lab.sheets import split_sheets
from pipeline.extracting.lab.tables import rows_of
from tests.extracting.lab.sheets import cells, page_of


def roles(*words: str) -> list[str]:
    row = [(word, 100.0 + 220 * i) for i, word in enumerate(words)]
    sheet = split_sheets(page_of(cells(row)))[0]
    return [header.role for header in header_cells(rows_of(sheet)[0])]


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (
            ["序号", "代号", "项目名称", "结果", "提示", "单位", "参考区间"],
            ["index", "code", "name", "result", "flag", "unit", "range"],
        ),
        (["检验项目", "测定值", "提示单位", "生物参考区间"], ["name", "result", "flag", "unit", "range"]),
        (["项目名称结果", "单位参考值"], ["name", "result", "unit", "range"]),
        (
            ["NO.", "中文名称", "英文缩写", "检验结果", "参考下限", "参考上限"],
            ["index", "name", "code", "result", "low", "high"],
        ),
        (["参考范围(Reference)", "单位(Unit)", "结果(Result)", "项目(Item)"], ["range", "unit", "result", "name"]),
        (["项 目", "结 果", "上次结果", "参 考 值"], ["name", "result", "previous", "range"]),
        (["检验项目", "结果", "参考范国"], ["name", "result", "range"]),
    ],
)
def test_headers_roles(words: list[str], expected: list[str]) -> None:
    assert roles(*words) == expected


@pytest.mark.parametrize(
    "words",
    [
        ["姓名:张测试", "性别:男", "检验项目:血常规"],
        ["白细胞", "11.35", "10^9/L"],
        ["单位", "备注"],
        ["检验者", "审核者", "报告时间"],
    ],
)
def test_headers_other_rows_are_none(words: list[str]) -> None:
    assert roles(*words) == []


def test_headers_words_have_one_role_each() -> None:
    assert header_words()["参考区间"] == "range"
