"""The weights in the repository: whole, small, quick, and of use."""

from __future__ import annotations

import time

import pytest

from models.page_reader.labels import InputLine, Label, PageInput
from models.page_reader.reader import PageReader, load
from models.page_reader.weights import FOLDER, checked

_ITEMS = ("白细胞计数", "红细胞计数", "血红蛋白", "血小板计数", "淋巴细胞百分比", "中性粒细胞百分比")
_COLUMNS = ((40, "序号"), (100, "项目名称"), (320, "结果"), (420, "单位"), (540, "参考区间"))


def _sheet(rows: int) -> PageInput:
    """A laboratory sheet: rows below column heads, two lines of fields above."""
    lines = [InputLine("云岚县人民医院检验报告单", (200, 20, 500, 46))]
    heads = (("姓名：张三", "性别：女", "年龄：58岁"), ("科室：肾内科", "标本：血清", "床号：12"))
    for number, pairs in enumerate(heads):
        for k, text in enumerate(pairs):
            x, y = 40 + 220 * k, 70 + 30 * number
            lines.append(InputLine(text, (x, y, x + 15 * len(text), y + 18)))
    for x, text in _COLUMNS:
        lines.append(InputLine(text, (x, 140, x + 18 * len(text), 158)))
    for row in range(rows):
        y = 170 + 26 * row
        cells = (str(row + 1), _ITEMS[row % len(_ITEMS)], f"{4.1 + row / 10:.1f}", "10^9/L", "3.5-9.5")
        for (x, _), text in zip(_COLUMNS, cells, strict=True):
            wide = sum(18 if ord(c) > 0x2E80 else 9 for c in text)
            lines.append(InputLine(text, (x, y, x + wide, y + 18)))
    return PageInput(width=720, height=200 + 26 * rows, lines=tuple(lines))


@pytest.fixture(scope="module")
def reader() -> PageReader:
    found = load()
    assert found is not None
    return found


def test_shipped_files_are_those_of_the_manifest_and_small() -> None:
    manifest = checked(FOLDER)
    assert sum(int(told["bytes"]) for told in manifest.files.values()) < 20_000_000
    for name, told in manifest.files.items():
        assert (FOLDER / name).stat().st_size == told["bytes"]
    assert manifest.about["data"]["split"] == "development"
    assert manifest.about["scores"]["score"] > 0


def test_shipped_reader_reads_a_plain_sheet(reader: PageReader) -> None:
    page = _sheet(12)
    reading = reader.read([page])[0]
    assert max(reading.types, key=lambda name: reading.types[name]) == "lab_report"
    assert sum(reading.types.values()) == pytest.approx(1, abs=1e-4)
    results = [span for span in reading.spans if span.label is Label.RESULT]
    right = 0
    for span in results:
        assert 0 <= span.confidence <= 1
        if span.link is None:
            continue
        head = reading.spans[span.link]
        right += page.lines[head.line].box[1] == page.lines[span.line].box[1]
    assert right >= 10


def test_shipped_reader_same_page_same_answer_alone_or_together(reader: PageReader) -> None:
    small, large = _sheet(3), _sheet(30)
    alone = reader.read([large])[0]
    assert reader.read([small, large, small])[1] == alone
    again = load()
    assert again is not None
    assert again.read([large])[0] == alone
    assert again.version == reader.version


def test_shipped_reader_page_takes_a_tenth_of_a_second_of_processor_time(reader: PageReader) -> None:
    page = _sheet(25)
    reader.read([page])
    spent = []
    for _ in range(5):
        began = time.process_time()
        reader.read([page])
        spent.append(time.process_time() - began)
    # 150 ms are promised for one core; shared machines of test runs get thrice that.
    assert min(spent) < 0.45


def test_shipped_reader_empty_page(reader: PageReader) -> None:
    reading = reader.read([PageInput(width=100, height=100, lines=())])[0]
    assert reading.spans == ()
