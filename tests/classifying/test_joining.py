"""Pages of one paper are joined in their order, different papers stay apart, second copies are marked."""

from __future__ import annotations

import pytest

from pipeline.classifying import classify
from pipeline.classifying.marks import page_mark
from pipeline.nouns import Document, ReadPage
from rules.engine.facts import DocumentType
from tests.classifying.paper import sheet

DISCHARGE_1 = """
# 云岚县人民医院
# 出院记录
姓名：张三 | 性别：男 | 年龄：58岁 | 住院号：0012345
入院日期：2024-01-02 | 出院日期：2024-01-09
入院诊断：高血压病
出院诊断：高血压病2级
入院情况：头晕3天。
{mark}
"""
DISCHARGE_2 = """
{head}
诊疗经过：予降压治疗。
出院情况：好转。
出院医嘱：按时服药。
出院带药：硝苯地平控释片
{mark}
"""
LAB = """
# 云岚县人民医院检验报告单
姓名：{name} | 性别：男 | 样本号：{number} | 采样时间：{day} 07:30
项目 | 结果 | 单位 | 参考区间
{rows}
"""
ROWS = """1 肌酐 | 812.4 | μmol/L | 57-97
2 尿素 | 28.11 | mmol/L | 3.1-8.0
3 尿酸 | 512.0 | μmol/L | 208-428
4 胱抑素C | 5.21 | mg/L | 0.55-1.05"""


def lab(name: str = "张三", number: str = "A1001", day: str = "2025-03-01", rows: str = ROWS) -> str:
    return LAB.format(name=name, number=number, day=day, rows=rows)


def pages_of(document: Document) -> list[str]:
    return [page.page.id for page in document.pages]


def shape(pages: list[ReadPage]) -> list[list[str]]:
    return [pages_of(document) for document in classify(pages)]


def test_joining_by_page_marks_sorts_photos_uploaded_backwards() -> None:
    second = sheet(DISCHARGE_2.format(head="姓名：张三 | 住院号：0012345", mark="## 第2页/共2页"), number=1)
    first = sheet(DISCHARGE_1.format(mark="## 第1页/共2页"), number=2)
    documents = classify([second, first])
    assert [pages_of(document) for document in documents] == [["p2", "p1"]]
    assert documents[0].type is DocumentType.DISCHARGE_SUMMARY
    assert any("页码" in reason for reason in documents[0].why)


def test_joining_continuing_page_without_title_and_mark() -> None:
    first = sheet(DISCHARGE_1.format(mark=""), number=1)
    second = sheet(DISCHARGE_2.format(head="", mark=""), number=2)
    assert shape([first, second]) == [["p1", "p2"]]


def test_joining_continuing_page_by_number_of_the_stay() -> None:
    first = sheet(DISCHARGE_1.format(mark=""), number=1)
    second = sheet(DISCHARGE_2.format(head="姓名：张三 | 住院号：0012345", mark=""), number=2)
    assert shape([first, second]) == [["p1", "p2"]]


def test_joining_continuing_page_that_holds_only_results_in_prose() -> None:
    first = sheet(DISCHARGE_1.format(mark=""), number=1)
    text = "血常规：白细胞5.1×10^9/L，血红蛋白98g/L，血小板210×10^9/L，中性粒细胞百分比70%。\n" * 2
    text += "肾功能：肌酐812.4μmol/L，尿素28.1mmol/L，尿酸512μmol/L，胱抑素C5.2mg/L。\n继续予以护肾、降压治疗。"
    assert shape([first, sheet(text, number=2)]) == [["p1", "p2"]]


def test_joining_untitled_imaging_report_is_no_page_of_the_record_before() -> None:
    first = sheet(DISCHARGE_1.format(mark=""), number=1)
    report = "超声所见：\n左室壁增厚，二尖瓣回声增强，CDFI未见异常血流信号。\n超声提示：\n左室肥厚\n仅供临床医师参考"
    assert shape([first, sheet(report, number=2)]) == [["p1"], ["p2"]]


def test_joining_never_across_two_names() -> None:
    first = sheet(DISCHARGE_1.format(mark="## 第1页/共2页"), number=1)
    second = sheet(DISCHARGE_2.format(head="姓名：李四光 | 住院号：0012345", mark="## 第2页/共2页"), number=2)
    assert shape([first, second]) == [["p1"], ["p2"]]


def test_joining_never_across_two_stays() -> None:
    first = sheet(DISCHARGE_1.format(mark=""), number=1)
    other = DISCHARGE_1.format(mark="").replace("2024-01", "2025-07")
    assert shape([first, sheet(other, number=2)]) == [["p1"], ["p2"]]


def test_joining_repeated_title_of_one_record() -> None:
    first = sheet(DISCHARGE_1.format(mark=""), number=1, file="a.pdf")
    second = sheet(DISCHARGE_2.format(head="# 出院记录\n姓名：张三 | 住院号：0012345", mark=""), number=2, file="a.pdf")
    assert shape([first, second]) == [["p1", "p2"]]


def test_splitting_two_lab_sheets_of_one_file() -> None:
    first = sheet(lab(), number=1, file="a.pdf")
    second = sheet(lab(number="A1002", day="2025-06-01"), number=2, file="a.pdf")
    assert shape([first, second]) == [["p1"], ["p2"]]


def test_splitting_file_at_new_titles() -> None:
    texts = [lab(), DISCHARGE_1.format(mark=""), "# CT检查报告单\n姓名：张三 | 检查部位：胸部\n影像所见：正常"]
    documents = classify([sheet(text, number=i, file="a.pdf") for i, text in enumerate(texts, start=1)])
    assert [document.type for document in documents] == [
        DocumentType.LAB_REPORT,
        DocumentType.DISCHARGE_SUMMARY,
        DocumentType.IMAGING_REPORT,
    ]
    assert [document.id for document in documents] == ["d1", "d2", "d3"]


def test_joining_lab_sheet_whose_rows_count_on() -> None:
    more = "5 钾 | 5.9 | mmol/L | 3.5-5.3\n6 钠 | 138 | mmol/L | 137-147\n7 氯 | 101 | mmol/L | 99-110"
    first = sheet(lab(), number=1)
    second = sheet("项目 | 结果 | 单位 | 参考区间\n" + more, number=2)
    assert shape([first, second]) == [["p1", "p2"]]


def test_joining_lab_photo_without_head_stays_alone() -> None:
    bare = "项目 | 结果 | 单位 | 参考区间\n肌酐 | 90 | μmol/L | 57-97\n尿素 | 5 | mmol/L | 3.1-8.0"
    assert shape([sheet(lab(), number=1), sheet(bare, number=2)]) == [["p1"], ["p2"]]


def test_duplicates_of_intake_become_documents_of_their_own() -> None:
    documents = classify([sheet(lab(), number=1), sheet(lab(), number=2, duplicate_of="p1")])
    assert [document.id for document in documents] == ["d1", "d2"]
    assert documents[0].info is not None
    assert documents[0].info.duplicate_of is None
    assert documents[1].info is not None
    assert documents[1].info.duplicate_of == "d1"


def test_duplicates_that_print_different_visits_are_none() -> None:
    visit = "# 门诊病历\n姓名：张三 | 就诊时间：{day}\n主诉：复诊。\n初步诊断：2型糖尿病\n处理：二甲双胍"
    pages = [
        sheet(visit.format(day="2025-06-05"), number=1),
        sheet(visit.format(day="2025-10-14"), number=2, duplicate_of="p1"),
    ]
    documents = classify(pages)
    assert [document.info.duplicate_of for document in documents if document.info] == [None, None]


def test_duplicates_visits_whose_dates_have_no_label_are_none() -> None:
    visit = "# 门诊病历\n姓名 张三 男 58岁 | {day}\n主诉 口干1年\n体检 BP138/80mmHg 心率72次/分\n诊断 2型糖尿病\n" + (
        "处理 二甲双胍 0.5g 每日2次 共60片\n甘精胰岛素 14单位 每晚1次 共2支"
    )
    pages = [sheet(visit.format(day="2025年5月6日"), number=1), sheet(visit.format(day="2025年8月9日"), number=2)]
    assert [document.info.duplicate_of for document in classify(pages) if document.info] == [None, None]
    pages[1] = sheet(visit.format(day="2025年8月9日"), number=2, duplicate_of="p1")
    assert [document.info.duplicate_of for document in classify(pages) if document.info] == [None, None]


def test_duplicates_reprint_of_one_lab_sheet_counts_once() -> None:
    reprint = lab() + "\n打印时间：2025-09-01 10:00"
    documents = classify([sheet(lab(), number=1), sheet(reprint, number=2)])
    assert [document.info.duplicate_of for document in documents if document.info] == [None, "d1"]
    assert any("重复" in reason for reason in documents[1].why)


def test_duplicates_same_day_other_results_are_two_sheets() -> None:
    other = ROWS.replace("812.4", "640.2").replace("28.11", "20.05").replace("512.0", "433.0").replace("5.21", "4.02")
    documents = classify([sheet(lab(), number=1), sheet(lab(number="A1009", rows=other), number=2)])
    assert [document.info.duplicate_of for document in documents if document.info] == [None, None]


def test_sheets_two_reports_on_one_photo_are_two_documents() -> None:
    upper = lab().strip()
    lower = lab(number="B2002", day="2025-06-01").strip()
    documents = classify([sheet(f"{upper}\n\n\n\n\n\n{lower}", number=1)])
    assert [pages_of(document) for document in documents] == [["p1"], ["p1"]]
    assert sum(len(document.lines) for document in documents) == len(sheet(f"{upper}\n\n\n\n\n\n{lower}").lines)


def test_sheets_lower_title_in_small_print_is_found_above_its_patient() -> None:
    lower = lab(number="B2002", day="2025-06-01").strip().replace("# ", "## ")
    documents = classify([sheet(f"{lab().strip()}\n\n\n\n{lower}", number=1)])
    assert [pages_of(document) for document in documents] == [["p1"], ["p1"]]


def test_sheets_record_that_quotes_a_report_stays_one() -> None:
    text = DISCHARGE_1.format(mark="") + "\n检验报告单\n肌酐 812.4\n" + DISCHARGE_2.format(head="", mark="")
    assert shape([sheet(text)]) == [["p1"]]


def test_classify_every_page_lands_in_one_document() -> None:
    pages = [sheet(lab(), number=1), sheet("你好", number=2), sheet(DISCHARGE_1.format(mark=""), number=3)]
    assert sorted(name for document in classify(pages) for name in pages_of(document)) == ["p1", "p2", "p3"]


MORE = """5 钾 | 5.91 | mmol/L | 3.5-5.3
6 钠 | 138.2 | mmol/L | 137-147
7 氯 | 101.4 | mmol/L | 99-110
8 钙 | 2.01 | mmol/L | 2.11-2.52"""
BARE = "\n".join(row.split(" ", 1)[1] for row in ROWS.splitlines())
BARE_MORE = "\n".join(row.split(" ", 1)[1] for row in MORE.splitlines())


@pytest.mark.parametrize(
    ("text", "mark"),
    [
        ("第1页 总2页", (1, 2)),
        ("总2页 第1页", (1, 2)),
        ("第一页，共两页", (1, 2)),
        ("第1张/共2张", (1, 2)),
        ("第1页，合计2页", (1, 2)),
        ("页次：1-2", (1, 2)),
        ("第1页 | 共2页", (1, 2)),
        ("第1頁/共2頁", (1, 2)),
        ("第l页/共2页", (1, 2)),
        ("1页/2页", (1, 2)),
        ("第1 / 共2页", (1, 2)),
        ("1 of 2", (1, 2)),
        ("第2页（续）", (2, None)),
        ("第 页 共 页", None),
        ("第3页/共2页", None),
    ],
)
def test_joining_reads_every_kind_of_page_mark(text: str, mark: tuple[int, int | None] | None) -> None:
    assert page_mark(sheet(DISCHARGE_1.format(mark=text)).lines) == mark


def test_joining_a_fraction_inside_the_text_is_no_page_mark() -> None:
    assert page_mark(sheet(DISCHARGE_1.format(mark="尿蛋白\n1/2\n" + "复查\n" * 12)).lines) is None


def test_joining_head_printed_again_with_the_same_number_and_further_rows() -> None:
    first, second = sheet(lab(rows=BARE), number=1), sheet(lab(rows=BARE_MORE), number=2)
    assert shape([first, second]) == [["p1", "p2"]]


@pytest.mark.parametrize(
    "other",
    [
        lab(rows=BARE),
        lab(rows=BARE_MORE, day="2025-03-08"),
        lab(rows=BARE_MORE, number="A1002"),
        lab(rows=BARE_MORE, name="李四"),
    ],
    ids=["same-rows", "other-day", "other-number", "other-person"],
)
def test_joining_head_printed_again_needs_all_to_agree(other: str) -> None:
    assert shape([sheet(lab(rows=BARE), number=1), sheet(other, number=2)]) == [["p1"], ["p2"]]


@pytest.mark.parametrize("word", ["续页", "接上页", "（续表）"])
def test_joining_page_that_says_it_goes_on(word: str) -> None:
    rest = sheet(f"{word}\n项目 | 结果 | 单位 | 参考区间\n{BARE_MORE}", number=2)
    assert shape([sheet(lab(rows=BARE), number=1), rest]) == [["p1", "p2"]]


def test_joining_never_across_two_specimens() -> None:
    first = lab(rows=BARE).replace("样本号", "标本种类：血清 | 样本号")
    rest = f"续页\n姓名：张三 | 标本种类：尿液\n项目 | 结果 | 单位 | 参考区间\n{BARE_MORE}"
    assert shape([sheet(first, number=1), sheet(rest, number=2)]) == [["p1"], ["p2"]]
