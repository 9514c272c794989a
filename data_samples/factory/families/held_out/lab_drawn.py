"""Laboratory sheets drawn by reportlab: abbreviations only, lower and upper limit apart, a thermal slip."""

from __future__ import annotations

import numpy as np

from data_samples.factory.drawn import Drawn
from data_samples.factory.families.held_out.desk import Cells, Desk, joined, lab_cells
from data_samples.factory.families.held_out.layout import Flow, Style, cell, text, width_of
from data_samples.factory.families.held_out.stamps import chop, round_seal, signed
from data_samples.factory.families.held_out.surface import Colour, Surface, paper_surface
from data_samples.factory.families.held_out.wording import Habit, Rng, chance, pick
from data_samples.factory.families.inks import barcode
from data_samples.factory.family import Family
from data_samples.factory.paper import Paper, Run

__all__ = ["FAMILIES", "draw_signs"]


def draw_signs(desk: Desk, surface: Surface, x: float, y: float, style: Style, *, step: float) -> None:
    """Draw the signatures beside each other: role, then the name by hand or in print."""
    for signature in desk.paper.signatures:
        end = text(surface, x, y, f"{signature.role}：", style)
        mark = desk.mark_of(signature)
        if signature.handwritten:
            wide = 14.0 if len(signature.name) > 2 else 10.0
            tall = surface.picture(signed(signature.name, desk.rng), end + 0.5, y - 1.6, wide)
            if mark is not None:
                surface.link(mark, end + 0.5, y - 1.6, wide, tall)
            end += 15
        else:
            end = text(surface, end, y, Run(signature.name, mark), style)
        if signature.title:
            text(surface, end + 1, y, signature.title, style)
        x += step


def _in_columns(flow: Flow, pairs: list[list[Run]], widths: list[float], style: Style) -> None:
    """Print labelled values in columns, a pair that is too wide in a line of its own."""
    column = 0
    for pair in pairs:
        wide = width_of(flow.surface, pair, style)
        if column and wide > widths[column] - 1:
            column = 0
            flow.skip(style.line)
        flow.need(style.line)
        text(flow.surface, flow.left + sum(widths[:column]), flow.y, pair, style)
        column += 1 if wide <= widths[column] - 1 else len(widths)
        if column >= len(widths):
            column = 0
            flow.skip(style.line)
    if column:
        flow.skip(style.line)


def _rest(desk: Desk) -> list[list[Run]]:
    return [desk.runs(key) for key in desk.remaining()]


def _notes(desk: Desk, flow: Flow, style: Style) -> None:
    for section in desk.paper.sections:
        runs = list(section.text) or joined([list(item) for item in section.items], "；")
        flow.write([Run(f"{section.title}：" if section.title else ""), *runs], style)


_ENGLISH = {
    "name": ("Name", "Patient"),
    "sex": ("Sex", "Gender"),
    "age": ("Age",),
    "number": ("Patient ID", "MRN", "ID"),
    "department": ("Dept.", "Ward"),
    "bed": ("Bed",),
    "specimen": ("Sample", "Specimen"),
    "sample_number": ("Sample No.", "Seq.No"),
    "doctor": ("Physician", "Req.Dr"),
    "sampled": ("Collected", "Draw Time"),
    "received": ("Received", "Rcv. Time"),
    "reported": ("Reported", "Rpt. Time"),
    "printed": ("Printed",),
    "device": ("Analyzer", "Instrument"),
    "diagnosis": ("Diagnosis", "Dx"),
    "panel": ("Panel", "Order"),
    "barcode": ("Barcode",),
    "phone": ("Tel",),
    "tester": ("Operator",),
    "checker": ("Reviewer",),
}


def _abbreviations(paper: Paper, rng: Rng) -> Drawn:
    chinese = chance(rng, 0.6)
    words = {"number": ("ID",), "sampled": ("采样时间",), "sample_number": ("样本号", "序号")}
    habit = Habit(
        rng, words if chinese else _ENGLISH, colons=(":", ": "), times=("%Y/%m/%d %H:%M", "%Y-%m-%d %H:%M:%S")
    )
    desk = Desk(paper, habit, rng)
    latin = pick(rng, ("arial", "times", "courier"))
    face = pick(rng, ("song", "zen"))
    surface = paper_surface(148, 210, face, latin)
    plain = Style(face, pick(rng, (8.5, 9.0)), latin=latin, leading=1.5)
    flags = pick(
        rng,
        (
            {"high": "H", "low": "L", "abnormal": "*"},
            {"high": "+", "low": "-", "abnormal": "+"},
            {"high": "↑", "low": "↓", "abnormal": "*"},
        ),
    )
    heads = ("Test", "Result", "Flag", "Unit", "Reference") if not chinese else ("代号", "结果", "", "单位", "参考")
    x = [10.0, 40, 64, 74, 104]

    def head(s: Surface, number: int) -> float:
        title = Style(face, 13, bold=True)
        text(s, 10, 9, paper.hospital.name, title)
        text(s, 10, 15, paper.title if chinese else f"{paper.title} LABORATORY REPORT", plain.but(size=10.0))
        s.line(10, 20.5, 138, 20.5, w=1)
        return 22

    flow = Flow(surface, 10, 138, 192, head)
    keys = (
        "name",
        "sex",
        "age",
        "number",
        "department",
        "bed",
        "specimen",
        "sample_number",
        "doctor",
        "sampled",
        "reported",
    )
    _in_columns(flow, [desk.runs(k) for k in keys if desk.has(k)], [50, 34, 44], plain)
    flow.skip(1)

    def titles() -> None:
        surface.line(10, flow.y, 138, flow.y, w=0.4, dash=True)
        for at, word in zip(x, heads, strict=True):
            text(surface, at, flow.y + 1, word, plain.but(bold=True))
        flow.skip(plain.line + 1)
        surface.line(10, flow.y, 138, flow.y, w=0.4, dash=True)
        flow.skip(1)

    titles()
    for row in paper.rows:
        if flow.need(plain.line):
            titles()
        cells = lab_cells(row, flags, dash=" - ", least=">= ", most="<= ")
        for at, key in zip(x, ("abbr", "result", "flag", "unit", "range"), strict=True):
            style = plain.but(bold=True) if key == "result" and row.flag else plain
            text(surface, at, flow.y, cells[key], style)
        flow.skip(plain.line)
    surface.line(10, flow.y + 0.5, 138, flow.y + 0.5, w=0.4, dash=True)
    flow.skip(2)
    _notes(desk, flow, plain)
    _in_columns(flow, _rest(desk), [64, 64], plain)
    flow.need(8)
    draw_signs(desk, surface, 10, flow.y + 2, plain, step=55)
    if paper.seals:
        surface.picture(round_seal(paper.hospital.name, paper.seals[0], rng), 98, min(flow.y - 12, 175), 30)
    return surface.finish()


def _low_high(paper: Paper, rng: Rng) -> Drawn:
    words = {
        "number": ("病历号", "病案编号"),
        "specimen": ("检材", "标本类型"),
        "sample_number": ("检验编号",),
        "sampled": ("标本采集", "采集时间"),
        "received": ("标本接收",),
        "reported": ("报告打印", "报告时间"),
        "diagnosis": ("诊　　断", "临床印象"),
        "doctor": ("开单医师",),
    }
    habit = Habit(rng, words, colons=("：", " "), spread=0.3)
    desk = Desk(paper, habit, rng)
    face, latin = pick(rng, ("micro", "song", "kai")), pick(rng, (None, "times", "arial"))
    surface = paper_surface(210, 297, face, *([latin] if latin else []))
    plain = Style(face, pick(rng, (9.5, 10.0)), latin=latin)
    tint: Colour | None = pick(rng, (None, (236, 240, 246), (240, 240, 240)))
    way = pick(rng, ("star-before", "triangle", "boxed", "hh"))
    flags = {
        "star-before": {"high": "*", "low": "*", "abnormal": "*"},
        "triangle": {"high": "▲", "low": "▼", "abnormal": "◆"},
        "boxed": {"high": "[高]", "low": "[低]", "abnormal": "[异常]"},
        "hh": {"high": "HH", "low": "LL", "abnormal": "AA"},
    }[way]
    method = any(row.method for row in paper.rows)
    extra = [k for k in ("previous", "sensitivity") if any(k in row.more for row in paper.rows)]
    with_abbr = any(row.abbr for row in paper.rows)
    names = {
        "n": "序",
        "name": "检验项目",
        "abbr": "简称",
        "result": "检验结果",
        "unit": "计量单位",
        "low": "下限",
        "high": "上限",
    }
    names |= {"method": "方法", "previous": "前次", "sensitivity": "敏感度"}
    if chance(rng, 0.4):
        names |= {"low": "参考低值", "high": "参考高值"}
    keys = [
        "n",
        "name",
        *(["abbr"] if with_abbr else []),
        "result",
        "unit",
        "low",
        "high",
        *(["method"] if method else []),
        *extra,
    ]
    share = {
        "n": 0.7,
        "name": 4.2,
        "abbr": 1.8,
        "result": 2.4,
        "unit": 2.1,
        "low": 1.4,
        "high": 1.4,
        "method": 2,
        "previous": 1.5,
        "sensitivity": 1.5,
    }
    widths = [share[key] * 182 / sum(share[k] for k in keys) for key in keys]
    high = 6.6

    def head(s: Surface, number: int) -> float:
        big = Style(face, 16, bold=True)
        title = [Run(paper.hospital.name)]
        text(s, 105 - width_of(s, title, big) / 2, 11, title, big)
        under = Style(face, 13)
        text(s, 105 - width_of(s, [Run(paper.title)], under) / 2, 18.5, paper.title, under)
        if "barcode" in paper.fields:
            s.picture(barcode(str(paper.fields["barcode"].value)), 158, 10, 36, 8)
        return 27

    flow = Flow(surface, 14, 196, 278, head)
    first = (
        "name",
        "sex",
        "age",
        "number",
        "department",
        "bed",
        "diagnosis",
        "doctor",
        "specimen",
        "sample_number",
        "panel",
    )
    _in_columns(flow, [desk.runs(k) for k in first if desk.has(k)], [52, 40, 40, 50], plain)
    flow.skip(1.5)

    def line(cells: Cells, filled: bool, bold: bool = False) -> None:
        x = flow.left
        if filled and tint is not None:
            surface.box(x, flow.y, flow.width, high, fill=tint)
        for key, wide in zip(keys, widths, strict=True):
            style = plain.but(bold=True) if bold else plain
            surface.box(x, flow.y, wide, high, stroke=(90, 90, 90), w=0.4)
            cell(surface, x, flow.y, wide, high, cells.get(key, []), style, align="left" if key == "name" else "center")
            x += wide
        flow.skip(high)

    titles: Cells = {key: [Run(names[key])] for key in keys}
    line(titles, True, bold=True)
    group = ""
    for number, row in enumerate(paper.rows, start=1):
        if flow.need(high):
            line(titles, True, bold=True)
        if row.group != group:
            group = row.group
            surface.box(flow.left, flow.y, flow.width, high, stroke=(90, 90, 90), w=0.4)
            cell(surface, flow.left, flow.y, flow.width, high, f"〖{group}〗", plain.but(bold=True))
            flow.skip(high)
            if flow.need(high):
                line(titles, True, bold=True)
        cells = lab_cells(row, flags)
        flag = cells["flag"]
        cells["result"] = joined(
            [flag, cells["result"]] if way == "star-before" else [cells["result"], flag], " " if flag else ""
        )
        line(cells | {"n": [Run(str(number))]}, number % 2 == 0)
    flow.skip(2.5)
    _notes(desk, flow, plain)
    flow.skip(1)
    _in_columns(flow, _rest(desk), [62, 60, 60], plain)
    flow.need(12)
    flow.skip(3)
    draw_signs(desk, surface, 20, flow.y, plain, step=60)
    if paper.seals:
        surface.picture(chop(paper.seals[0], rng), 150, flow.y - 6, 32)
    return surface.finish()


def _thermal(paper: Paper, rng: Rng) -> Drawn:
    # Drawn once to see how long the slip gets, then on a slip of that length.
    seed = int(rng.integers(2**31))
    _, length = _slip(paper, np.random.default_rng(seed), 700)
    return _slip(paper, np.random.default_rng(seed), length)[0].finish()


def _slip(paper: Paper, rng: Rng, length: float) -> tuple[Surface, float]:
    wide = pick(rng, (57.0, 80.0))
    words = {
        "number": ("ID", "病人编号"),
        "sampled": ("测试时间", "采样"),
        "specimen": ("样本类型", "样本"),
        "sample_number": ("样本编号", "No"),
        "reported": ("打印时间", "报告"),
    }
    habit = Habit(rng, words, colons=(":", "："), times=("%Y-%m-%d %H:%M:%S", "%Y/%m/%d %H:%M"))
    desk = Desk(paper, habit, rng)
    face = pick(rng, ("mono", "zen"))
    size = 7.5 if wide < 60 else 9.0
    plain = Style(face, size, leading=1.3, fill=pick(rng, ((30, 30, 36), (60, 60, 66), (20, 20, 60))))
    flags = pick(rng, ({"high": "↑", "low": "↓", "abnormal": "!"}, {"high": "(H)", "low": "(L)", "abnormal": "(!)"}))
    surface = paper_surface(wide, length, face)
    flow = Flow(surface, 3.5, wide - 3.5, 800, lambda s, n: 5)
    title = plain.but(size=size + 2, bold=True)
    flow.write(paper.hospital.name, title)
    flow.write(paper.title, plain)

    def rule() -> None:
        surface.line(flow.left, flow.y + 0.6, flow.right, flow.y + 0.6, w=0.6, fill=plain.fill, dash=True)
        flow.skip(2)

    rule()
    for key in ("name", "sex", "age", "number", "specimen", "sample_number", "department", "bed", "sampled"):
        if desk.has(key):
            flow.write(desk.runs(key), plain)
    rule()
    two_lines = wide < 60
    for row in paper.rows:
        cells = lab_cells(row, flags, dash="-", least=">", most="<")
        name = (
            cells["abbr"] or cells["name"]
            if two_lines and chance(rng, 0)
            else joined([cells["name"], cells["abbr"]], " ")
        )
        value = joined([cells["result"], cells["flag"], cells["unit"]], " ")
        bounds = [Run("["), *cells["range"], Run("]")] if cells["range"] else []
        flow.write(name, plain)
        text(surface, flow.left + 3, flow.y, value, plain.but(bold=bool(row.flag)))
        text(surface, flow.right - width_of(surface, bounds, plain), flow.y, bounds, plain)
        flow.skip(plain.line + 0.4)
    rule()
    _notes(desk, flow, plain)
    for pair in _rest(desk):
        flow.write(pair, plain)
    for signature in paper.signatures:
        text(
            surface, flow.left, flow.y, [Run(f"{signature.role}:"), Run(signature.name, desk.mark_of(signature))], plain
        )
        flow.skip(plain.line)
    return surface, flow.y + 6


_LAB = frozenset({"lab_report"})
FAMILIES = (
    Family(
        id="held-lab-abbreviations",
        types=_LAB,
        split="held-out",
        title="Emergency laboratory, unruled, items by English abbreviation only",
        draw=_abbreviations,
        fits=lambda paper: all(row.abbr and not row.more for row in paper.rows),
    ),
    Family(
        id="held-lab-low-high",
        types=_LAB,
        split="held-out",
        title="Full grid, lower and upper limit in columns of their own; flags as stars, triangles, doubled letters",
        draw=_low_high,
    ),
    Family(
        id="held-lab-thermal",
        types=_LAB,
        split="held-out",
        title="Slip of a bedside analyser on thermal paper, each result below its item",
        draw=_thermal,
        media=frozenset({"scan", "photo"}),
        fits=lambda paper: len(paper.rows) <= 16 and not any(row.more or row.group for row in paper.rows),
    ),
)
