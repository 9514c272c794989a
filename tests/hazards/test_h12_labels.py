"""H12: many dates stand on one paper; the label decides which one the paper is of, never the order or the print."""

from __future__ import annotations

import datetime as dt
from itertools import permutations

import pytest

from pipeline.classifying import classify
from pipeline.extracting.header import extract_header, labelled_dates
from rules.engine.facts import Unknown
from tests.classifying.paper import sheet

DATES = {
    "采样时间": "2025-09-12 07:31",
    "接收时间": "2025-09-13 08:02",
    "报告时间": "2025-09-14 10:02",
    "打印时间": "2025-12-01 09:00",
}
TABLE = "项目 | 结果 | 单位 | 参考区间\n肌酐 | 812.4 | μmol/L | 57-97"


@pytest.mark.parametrize("order", list(permutations(DATES)), ids="-".join)
def test_h12_labels_sampling_date_wins_in_any_order(order: tuple[str, ...]) -> None:
    head = " | ".join(f"{label}：{DATES[label]}" for label in order)
    document = classify([sheet(f"# 检验报告单\n姓名：张三 | 标本：血清\n{TABLE}\n{head}")])[0]
    assert extract_header(document).date == dt.date(2025, 9, 12)


@pytest.mark.parametrize(
    ("printed", "day"),
    [
        ("采样时间：2025-09-1207:31", dt.date(2025, 9, 12)),
        ("采样时间：25-09-12 07:31", dt.date(2025, 9, 12)),
        ("采样时间：2025年9月12日7时31分", dt.date(2025, 9, 12)),
        ("采样时间：20250912", dt.date(2025, 9, 12)),
        ("采集日期 2025/9/12", dt.date(2025, 9, 12)),
        ("釆样时间；2025.09.12", dt.date(2025, 9, 12)),
        ("采样时间：2O25-O9-12", dt.date(2025, 9, 12)),
        ("标本采集时间：09-12 07:31", Unknown.UNREADABLE),
        ("采样时间：2025-13-12", Unknown.UNREADABLE),
    ],
)
def test_h12_labels_prints_of_one_moment(printed: str, day: dt.date | Unknown) -> None:
    document = classify([sheet(f"# 检验报告单\n姓名：张三 | {printed}\n{TABLE}")])[0]
    assert extract_header(document).date == day


def test_h12_labels_printing_date_never_wins_over_another() -> None:
    text = "# 检验报告单\n姓名：张三 | 打印时间：2025-12-01\n" + TABLE + "\n报告日期：2025-09-14"
    assert extract_header(classify([sheet(text)])[0]).date == dt.date(2025, 9, 14)


def test_h12_labels_upload_date_of_a_screenshot_is_a_printing_date() -> None:
    text = "## 检验报告详情\n姓名 张三 | 上传时间 2025-12-01\n报告时间 2025-09-14\n" + TABLE
    assert extract_header(classify([sheet(text)])[0]).date == dt.date(2025, 9, 14)


def test_h12_labels_birth_date_is_no_date_of_the_paper() -> None:
    text = "# 疾病诊断证明书\n姓名：张三 | 出生日期：1966-03-05\n诊断：高血压"
    assert extract_header(classify([sheet(text)])[0]).date is Unknown.ABSENT


def test_h12_labels_discharge_date_wins_over_admission_and_signature() -> None:
    text = (
        "# 出院记录\n姓名：张三 | 入院日期：2025-01-02 | 出院日期：2025-01-09\n出院诊断：肺炎\n出院医嘱：休息\n"
        "> 医师签名：\n> 2025年1月10日"
    )
    document = classify([sheet(text)])[0]
    assert extract_header(document).date == dt.date(2025, 1, 9)
    assert {item.key for item in labelled_dates(document)} >= {"admitted", "discharged", "signature"}


def test_h12_labels_two_far_samplings_under_one_label_conflict() -> None:
    text = "# 检验报告单\n姓名：张三 | 采样时间：2025-01-02\n" + TABLE + "\n采样时间：2025-06-02"
    assert extract_header(classify([sheet(text)])[0]).date is Unknown.CONFLICTING


HEAD = "# 检验报告单\n姓名：张三 | 标本：血清"
COLUMNS = "项目 | 结果 | 单位 | 参考区间"
ROW = "肌酐 | 812.4 | μmol/L | 57-97"


@pytest.mark.parametrize(
    "table",
    [
        f"{COLUMNS} | 上次结果 | 上次日期\n{ROW} | 790 | 2025-06-02",
        f"{COLUMNS} | 上次日期 | 上次结果\n{ROW} | 2025-06-02 | 790\n尿素 | 28 | mmol/L | 3.1-8.0 | 2025-06-02 | 27",
        f"{COLUMNS} | 上次结果 | 日期\n{ROW} | 790 | 2025-06-02",
        f"{COLUMNS} | 历史结果\n{ROW} | 790 2025-06-02",
        f"{COLUMNS} | 历史结果 2025-06-02\n{ROW} | 790",
        f"{TABLE}\n历史结果(2025-06-02)：790",
        f"上次检验日期：2025-06-02\n{TABLE}",
        f"前次采样时间：2025-06-02 08:00\n{TABLE}",
        f"上次报告时间 | 2025-06-02\n{TABLE}",
    ],
)
@pytest.mark.parametrize("own", ["", "报告时间：2025-09-14"])
def test_h12_labels_day_of_the_earlier_result_is_never_the_sheets(table: str, own: str) -> None:
    document = classify([sheet(f"{HEAD}\n{table}\n{own}")])[0]
    assert extract_header(document).date == (dt.date(2025, 9, 14) if own else Unknown.ABSENT)


def test_h12_labels_own_dates_beside_and_under_the_earlier_column_stay() -> None:
    beside = f"{HEAD} | 上次报告时间：2025-06-02 报告时间：2025-09-14\n{TABLE}"
    under = f"{HEAD}\n{COLUMNS} | 上次结果\n{ROW} | 790\n备注： | | | 报告日期 | 2025-09-14"
    for text in (beside, under):
        assert extract_header(classify([sheet(text)])[0]).date == dt.date(2025, 9, 14)


@pytest.mark.parametrize(
    "title", ["24小时内入出院记录", "24小时入、出院记录", "24小时内入院出院记录", "入院记录（24小时内出院）"]
)
def test_h12_labels_record_of_a_day_takes_the_discharge(title: str) -> None:
    text = (
        f"# 云岚县人民医院\n# {title}\n姓名：张三 | 性别：女\n入院时间：2025-01-02 08:00 | 出院时间：2025-01-03 07:00\n"
        "主诉：头晕\n入院诊断：肺炎\n记录时间：2025-01-04"
    )
    assert extract_header(classify([sheet(text)])[0]).date == dt.date(2025, 1, 3)
