"""Check of the learned page reader: there, whole, and at work. Without it reviews go on by the rules alone."""

from __future__ import annotations

import time

from models.page_reader.labels import InputLine, Label, PageInput
from pipeline.doctor.check import Check, State
from pipeline.settings import ExtractingSettings

__all__ = ["check_page_reader"]

_TITLE = "版面模型"
_WITHOUT = "审核照常进行，只是内容只由规则读取"
_CELLS = ((40, "检验项目"), (320, "结果"), (420, "单位"), (540, "参考区间"))
_ROWS = (("白细胞计数", "6.1", "10^9/L", "3.5-9.5"), ("血红蛋白", "132", "g/L", "130-175"))


def check_page_reader(settings: ExtractingSettings) -> Check:
    """The weights match the sha256 of their manifest, and label the results of a small sheet."""
    if not settings.page_reader:
        return _check("ok", "设置中已关闭，内容只由规则读取")
    from models.page_reader.reader import load
    from models.page_reader.weights import FOLDER, WeightsError

    folder = settings.page_reader_dir or FOLDER
    advice = "请核对设置文件 [extracting] page_reader_dir" if settings.page_reader_dir else "请从代码库恢复该目录"
    try:
        reader = load(folder)
    except WeightsError as error:
        return _check("fail", f"{folder}：{error}", f"{advice}；在此之前{_WITHOUT}")
    if reader is None:
        return _check("warn", f"{folder} 中没有权重", f"{advice}；{_WITHOUT}")
    page = _sheet()
    reader.read([page])  # the first call prepares what later ones use
    started = time.perf_counter()
    reading = reader.read([page])[0]
    spent = (time.perf_counter() - started) * 1000
    read = [page.lines[span.line].text for span in reading.spans if span.label is Label.RESULT]
    if not {result for _, result, _, _ in _ROWS} <= set(read):
        return _check("fail", f"{reader.version}：sha256 一致，但没有读出试读的化验单", f"{advice}；{_WITHOUT}")
    return _check("ok", f"{reader.version}，sha256 一致，试读 {spent:.0f} 毫秒")


def _check(state: State, detail: str, advice: str = "") -> Check:
    return Check(id="page_reader", title=_TITLE, state=state, detail=detail, advice=advice)


def _sheet() -> PageInput:
    lines = [InputLine("江州市人民医院检验报告单", (200, 20, 500, 46)), InputLine("姓名：张三", (40, 70, 140, 88))]
    for number, row in enumerate((tuple(word for _, word in _CELLS), *_ROWS)):
        for (x, _), text in zip(_CELLS, row, strict=True):
            wide = sum(18 if ord(character) > 0x2E80 else 9 for character in text)
            lines.append(InputLine(text, (x, 120 + 30 * number, x + wide, 138 + 30 * number)))
    return PageInput(width=720, height=300, lines=tuple(lines))
