"""Pages of one paper among others: in wrong order, parted by another paper, beside a second stay of the same patient.

A wrong joining gives one page the dates of another stay, so wherever two papers may be meant the page stays alone.
"""

from __future__ import annotations

import pytest

from pipeline.classifying import classify
from tests.classifying.paper import sheet
from tests.classifying.test_joining import DISCHARGE_1, DISCHARGE_2, ROWS, lab, pages_of


def second(head: str = "", mark: str = "", foot: str = "") -> str:
    return DISCHARGE_2.format(head=head, mark=mark) + foot


HEAD = "姓名：张三 | 住院号：0012345"
REST = "诊疗经过：入院后予降压、调脂等治疗，血压控制良好，头晕症状明显缓解，病情平稳。\n{mark}"
FIRST = DISCHARGE_1
FIRST_LATER = DISCHARGE_1.replace("2024-01", "2025-07")
ADMISSION = (
    FIRST.replace("出院记录", "入院记录").replace("出院诊断", "初步诊断").replace("出院日期：2024-01-09", "民族：汉族")
)


def mark_of(mark: str) -> str:
    return f"## {mark}"


VISIT = "# 门诊病历\n姓名：张三 | 门诊号：112233 | 就诊时间：{day}\n主诉：头晕。\n诊断：高血压病\n处理：氨氯地平"
NEXT_LEAF = (
    "2025-08-09 复诊，血压平稳，无头晕头痛，继续原治疗方案。\n现病史：血压控制可，无不适，规律服药，饮食睡眠可。\n"
    "诊断：高血压病\n处理：氨氯地平"
)
MORE_ROWS = (
    "项目 | 结果 | 单位 | 参考区间\n5 钾 | 5.9 | mmol/L | 3.5-5.3\n6 钠 | 138 | mmol/L | 137-147\n"
    "7 氯 | 101 | mmol/L | 99-110"
)

LONG = FIRST.replace("0012345", "0620012345")
MISREAD_NAME, MISREAD_NUMBER = "姓名：张王 | 住院号：0620012345", "姓名：张三 | 住院号：0620072845"
WHOLE_HEAD = (
    "# 云岚县人民医院\n# 出院记录\n姓名：张三 | 住院号：0620012345\n入院日期：2024-01-02 | 出院日期：2024-01-09\n"
    "出院诊断：高血压病2级\n患者目前血压平稳，无头晕头痛，饮食睡眠可。\n"
)
WITHOUT_END = (
    LONG.format(mark="").replace("出院诊断：高血压病2级\n", "") + "患者3天前无明显诱因出现头晕，伴恶心，无呕吐。\n"
)

CASES: dict[str, tuple[list[str], list[list[str]]]] = {
    "3,1,2 by marks": (
        [
            second(HEAD, mark_of("第3页 共3页")),
            FIRST.format(mark=mark_of("第1页 共3页")),
            "诊疗经过：予降压。\n" + HEAD + "\n" + mark_of("第2页 共3页"),
        ],
        [["p2", "p3", "p1"]],
    ),
    "lab between, marks": (
        [FIRST.format(mark=mark_of("1/2")), lab(), second(HEAD, mark_of("2/2"))],
        [["p1", "p3"], ["p2"]],
    ),
    "lab between, number only": ([FIRST.format(mark=""), lab(), second(HEAD)], [["p1", "p3"], ["p2"]]),
    "lab between, number, two records": (
        [FIRST.format(mark=""), ADMISSION.format(mark=""), lab(), second(HEAD)],
        [["p1"], ["p2"], ["p3"], ["p4"]],
    ),
    "lab between, nothing": ([FIRST.format(mark=""), lab(), second("")], [["p1"], ["p2"], ["p3"]]),
    "A1 FIRST_LATER 2 2 ambiguous": (
        [
            FIRST.format(mark=mark_of("第1页/共2页")),
            FIRST_LATER.format(mark=mark_of("第1页/共2页")),
            second(HEAD, mark_of("第2页/共2页")),
            second(HEAD, mark_of("第2页/共2页")),
        ],
        [["p1"], ["p2"], ["p3"], ["p4"]],
    ),
    "A1 FIRST_LATER A2 B2 by foot dates": (
        [
            FIRST.format(mark=mark_of("第1页/共2页")),
            FIRST_LATER.format(mark=mark_of("第1页/共2页")),
            second(HEAD, mark_of("第2页/共2页"), "\n2024年1月9日"),
            second(HEAD, mark_of("第2页/共2页"), "\n2025年7月9日"),
        ],
        [["p1", "p3"], ["p2", "p4"]],
    ),
    "A1 A2 FIRST_LATER B2 in turn": (
        [
            FIRST.format(mark=mark_of("第1页/共2页")),
            second(HEAD, mark_of("第2页/共2页")),
            FIRST_LATER.format(mark=mark_of("第1页/共2页")),
            second(HEAD, mark_of("第2页/共2页")),
        ],
        [["p1", "p2"], ["p3", "p4"]],
    ),
    "A1 B2 FIRST_LATER wrong order": (
        [
            FIRST.format(mark=mark_of("第1页/共2页")),
            second(HEAD, mark_of("第2页/共2页")),
            FIRST_LATER.format(mark=mark_of("第1页/共2页")),
        ],
        [["p1"], ["p2"], ["p3"]],
    ),
    "A1 B2 FIRST_LATER with date": (
        [
            FIRST.format(mark=mark_of("第1页/共2页")),
            second(HEAD, mark_of("第2页/共2页"), "\n2025-07-09"),
            FIRST_LATER.format(mark=mark_of("第1页/共2页")),
        ],
        [["p1"], ["p3", "p2"]],
    ),
    "name misread once, number and marks": (
        [LONG.format(mark=mark_of("第1页 共2页")), second(MISREAD_NAME, mark_of("第2页 共2页"))],
        [["p1", "p2"]],
    ),
    "another name, another short number": (
        [FIRST.format(mark=mark_of("第1页 共2页")), second("姓名：张王 | 住院号：12345", mark_of("第2页 共2页"))],
        [["p1"], ["p2"]],
    ),
    "two names of one number, both glyphs differ": (
        [
            LONG.format(mark=mark_of("第1页 共2页")),
            second("姓名：李四 | 住院号：0620012345", mark_of("第2页 共2页")),
        ],
        [["p1"], ["p2"]],
    ),
    "number misread in two places, name and marks": (
        [LONG.format(mark=mark_of("第1页 共2页")), second(MISREAD_NUMBER, mark_of("第2页 共2页"))],
        [["p1", "p2"]],
    ),
    "number of another stay, name and marks": (
        [
            LONG.format(mark=mark_of("第1页 共2页")),
            second("姓名：张三 | 住院号：0719938107", mark_of("第2页 共2页")),
        ],
        [["p1"], ["p2"]],
    ),
    "name alone on the second page": (
        [FIRST.format(mark=""), second("姓名：张三 | 科室：心内科 | 床号：12")],
        [["p1", "p2"]],
    ),
    "name alone, days of another stay": (
        [FIRST.format(mark=""), second("姓名：张三 | 床号：12", foot="\n医师签名：周文斌 | 2025-07-09")],
        [["p1"], ["p2"]],
    ),
    "whole head on every page": (
        [
            WITHOUT_END,
            WHOLE_HEAD + second(),
        ],
        [["p1", "p2"]],
    ),
    "whole head of another stay": (
        [
            WITHOUT_END,
            WHOLE_HEAD.replace("2024-01", "2025-07") + second(),
        ],
        [["p1"], ["p2"]],
    ),
    "nameless 1 3 2 whole set": (
        [
            FIRST.format(mark=mark_of("第1页/共3页")),
            second("", mark_of("第3页/共3页")),
            "诊疗经过：予降压，症状缓解。\n出院情况：好转，血压平稳。\n" + mark_of("第2页/共3页"),
        ],
        [["p1", "p3", "p2"]],
    ),
    "marks -k-": ([FIRST.format(mark=mark_of("-1-")), second(HEAD, mark_of("-2-"))], [["p1", "p2"]]),
    "two records other totals": (
        [
            ADMISSION.format(mark=mark_of("第1页/共3页")),
            FIRST.format(mark=mark_of("第1页/共2页")),
            "既往史：高血压病史。\n个人史：无。\n" + HEAD + "\n" + mark_of("第2页/共3页"),
            second(HEAD, mark_of("第2页/共2页")),
        ],
        [["p1", "p3"], ["p2", "p4"]],
    ),
    "finished 1/1 then nameless": ([FIRST.format(mark=mark_of("第1页/共1页")), second("", "")], [["p1"], ["p2"]]),
    "two patients nameless page": (
        [FIRST.format(mark=mark_of("第1页/共2页")), lab(name="李四光"), second("", mark_of("第2页/共2页"))],
        [["p1"], ["p2"], ["p3"]],
    ),
    "second visit untitled": (
        [
            "# 门诊病历\n姓名：张三 | 就诊时间：2025-05-06\n主诉：头晕。\n诊断：高血压病\n处理：氨氯地平",
            NEXT_LEAF,
        ],
        [["p1"], ["p2"]],
    ),
    "second visit titled": (
        [
            VISIT.format(day="2025-05-06"),
            VISIT.format(day="2025-08-09"),
        ],
        [["p1"], ["p2"]],
    ),
    "lab two of a day 1/2 each, numbers": (
        [
            lab(number="A1001") + "\n" + mark_of("1/2"),
            lab(number="B2001", rows=ROWS.replace("812", "511")) + "\n" + mark_of("1/2"),
            lab(number="A1001", rows=ROWS.replace("1 ", "5 ")) + "\n" + mark_of("2/2"),
            lab(number="B2001", rows=ROWS.replace("2 ", "6 ")) + "\n" + mark_of("2/2"),
        ],
        [["p1", "p3"], ["p2", "p4"]],
    ),
    "lab two of a day no numbers": (
        [
            lab(number="").replace("样本号：", "科别：内科") + "\n" + mark_of("1/2"),
            lab(number="", rows=ROWS.replace("812", "511")).replace("样本号：", "科别：内科") + "\n" + mark_of("1/2"),
            lab(number="", rows=ROWS.replace("8", "7")).replace("样本号：", "科别：内科") + "\n" + mark_of("2/2"),
        ],
        [["p1"], ["p2"], ["p3"]],
    ),
    "lab continued table without head, second file page": (
        [
            lab(),
            MORE_ROWS,
        ],
        [["p1", "p2"]],
    ),
    "sentence goes on": (
        [
            FIRST.format(mark="").replace(
                "入院情况：头晕3天。", "入院情况：患者3天前无明显诱因出现头晕，伴恶心，无呕吐，遂来我院就诊，门诊以"
            ),
            "“高血压病”收入我科。\n" + REST.format(mark=""),
        ],
        [["p1", "p2"]],
    ),
    "same name other hospital": (
        [
            FIRST.format(mark=mark_of("第1页/共2页")),
            second("## 南坡市第二医院\n姓名：张三 | 住院号：9988776", mark_of("第2页/共2页")),
        ],
        [["p1"], ["p2"]],
    ),
    "another hospital, no number": (
        [FIRST.format(mark=mark_of("第1页/共2页")), second("# 南坡市第二医院\n姓名：张三", mark_of("第2页/共2页"))],
        [["p1"], ["p2"]],
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_joining_among_other_papers(name: str) -> None:
    texts, wanted = CASES[name]
    documents = classify([sheet(text, number=number) for number, text in enumerate(texts, start=1)])
    assert sorted(map(pages_of, documents)) == sorted(wanted)


def test_joining_says_how_a_set_was_found() -> None:
    texts, _ = CASES["nameless 1 3 2 whole set"]
    (document,) = classify([sheet(text, number=number) for number, text in enumerate(texts, start=1)])
    assert any("页码合成一套，共3页" in reason for reason in document.why)
