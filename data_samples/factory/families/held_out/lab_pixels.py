"""Laboratory results that never were a PDF: a dot matrix print on continuous paper and the cards of a phone app."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from PIL import Image, ImageFilter

from data_samples.factory.drawn import Drawn, DrawnPage
from data_samples.factory.families.held_out.desk import Desk, joined, lab_cells
from data_samples.factory.families.held_out.layout import Flow, Style, text, width_of
from data_samples.factory.families.held_out.surface import Colour, PixelSurface, Surface
from data_samples.factory.families.held_out.wording import Habit, Rng, chance, pick
from data_samples.factory.family import Family
from data_samples.factory.paper import Paper, Run

__all__ = ["FAMILIES", "as_dots", "paged_screens"]


def as_dots(page: DrawnPage, rng: Rng) -> DrawnPage:
    """Return ``page`` (drawn at 180 dpi) as the pins of a printer leave it, at 200 dpi: dots, a tired ribbon."""
    assert page.image is not None
    ink = 1 - page.image.mean(axis=2) / 255
    pins = (ink > 0.42).astype(np.float32)
    worn = np.linspace(float(rng.uniform(0.75, 1)), float(rng.uniform(0.55, 0.95)), pins.shape[0], dtype=np.float32)
    pins *= worn[:, None] * (0.82 + 0.18 * rng.random(pins.shape, dtype=np.float32))
    # Two pixels a pin, a little gap between the rows of pins.
    large = np.repeat(np.repeat(pins, 2, axis=0), 2, axis=1)
    large[1::2] *= 0.62
    tone = np.array(pick(rng, ((26, 26, 34), (44, 38, 70), (58, 58, 62))), dtype=np.float32)
    picture = 252 - large[..., None] * (252 - tone)
    image = Image.fromarray(picture.clip(0, 255).astype(np.uint8)).filter(ImageFilter.GaussianBlur(0.9))
    size = (round(page.width * 200 / 25.4), round(page.height * 200 / 25.4))
    return replace(page, image=np.asarray(image.resize(size, Image.Resampling.LANCZOS)))


def _dot_matrix(paper: Paper, rng: Rng) -> Drawn:
    words = {
        "number": ("病案号", "住院号/门诊号"),
        "specimen": ("标本",),
        "sample_number": ("标本号",),
        "department": ("科别", "病区"),
        "reported": ("报告日期",),
        "sampled": ("采样日期",),
        "received": ("送检日期",),
        "doctor": ("送检医师",),
    }
    habit = Habit(rng, words, colons=("：", ":"), times=("%Y-%m-%d %H:%M", "%Y.%m.%d %H:%M"), spread=0.4)
    desk = Desk(paper, habit, rng)
    plain = Style("mono", 10.5, leading=1.28)
    surface = PixelSurface(241, 140, dpi=180)
    flags = pick(rng, ({"high": "↑", "low": "↓", "abnormal": "+"}, {"high": "H", "low": "L", "abnormal": "*"}))
    columns = pick(
        rng, (("name", "result", "flag", "unit", "range"), ("name", "abbr", "result", "flag", "range", "unit"))
    )
    at = dict(
        zip(columns, (20.0, 88, 114, 124, 165) if len(columns) == 5 else (20.0, 82, 112, 138, 148, 190), strict=True)
    )
    names = {"name": "项  目", "abbr": "代  号", "result": "结  果", "flag": "", "unit": "单  位", "range": "参 考 值"}
    line_of = pick(rng, ("-", "="))

    def rule(y: float) -> None:
        text(surface, 20, y, line_of * 104, plain)

    def head(s: Surface, number: int) -> float:
        for k in range(11):
            for x in (6.3, 234.7):
                s.box(x - 2, 4 + k * 12.7, 4, 4, stroke=(0, 0, 0), w=0.3, round_=2)
        title = plain.but(size=15.0, bold=True)
        whole = [Run(f"{paper.hospital.name}{paper.title}")]
        text(s, 120 - width_of(s, whole, title) / 2, 6, whole, title)
        return 13.5

    flow = Flow(surface, 20, 221, 135, head)

    def pairs(keys: list[str], widths: tuple[float, ...]) -> None:
        column = 0
        for key in keys:
            if not desk.has(key):
                continue
            runs = desk.runs(key)
            wide = width_of(surface, runs, plain)
            if column and (column >= len(widths) or wide > 201 - sum(widths[:column])):
                flow.skip(plain.line)
                column = 0
            flow.need(plain.line)
            text(surface, 20 + sum(widths[:column]), flow.y, runs, plain)
            column += 1
            while (
                column < len(widths)
                and wide > sum(widths[:column]) - sum(widths[: max(0, column - 1)]) - 1
                and wide > 48
            ):
                column += 1
                wide -= 50
        flow.skip(plain.line)

    pairs(
        ["name", "sex", "age", "number", "department", "bed", "specimen", "sample_number", "doctor", "diagnosis"],
        (52, 40, 50, 59),
    )

    def titles() -> None:
        rule(flow.y)
        flow.skip(plain.line * 0.9)
        for key in columns:
            text(surface, at[key], flow.y, names[key], plain)
        flow.skip(plain.line * 0.95)
        rule(flow.y)
        flow.skip(plain.line * 0.95)

    titles()
    group = ""
    for row in paper.rows:
        if flow.need(plain.line):
            titles()
        if row.group != group:
            group = row.group
            text(surface, 20, flow.y, f"[{group}]", plain)
            flow.skip(plain.line)
            if flow.need(plain.line):
                titles()
        cells = lab_cells(row, flags, dash=pick(rng, ("--",)) if line_of == "=" else "-", least=">=", most="<=")
        for key in columns:
            text(surface, at[key], flow.y, cells[key], plain)
        flow.skip(plain.line)
    flow.need(plain.line * 4)
    rule(flow.y)
    flow.skip(plain.line)
    for section in paper.sections:
        flow.write(
            [Run(f"{section.title}："), *section.text, *joined([list(item) for item in section.items], "；")], plain
        )
    pairs(desk.remaining(), (68, 68, 65))
    x = 20.0
    for signature in paper.signatures:
        flow.need(plain.line)
        x = (
            text(surface, x, flow.y, [Run(f"{signature.role}:"), Run(signature.name, desk.mark_of(signature))], plain)
            + 12
        )
    drawn = surface.finish()
    return replace(drawn, pages=tuple(as_dots(page, rng) for page in drawn.pages))


_SCREEN = 1080 * 25.4 / 400
"""Width of a screen in millimetres: 1080 pixels at 400 dots per inch."""


def paged_screens(surface: PixelSurface, used: float) -> Drawn:
    """Cut the long page where its content ends."""
    surface.cut(min(surface.height, used))
    return surface.finish()


def _status_bar(surface: PixelSurface, rng: Rng, back: Colour, ink: Colour) -> None:
    surface.box(0, 0, surface.width, 5.4, fill=back)
    bar = Style("noto", 7.5, fill=ink)
    text(surface, 4, 1.3, f"{int(rng.integers(7, 23))}:{int(rng.integers(0, 60)):02d}", bar)
    text(surface, surface.width - 16, 1.3, pick(rng, ("5G", "4G")), bar)
    surface.box(surface.width - 9.5, 1.7, 5.4, 2.4, stroke=ink, w=0.5, round_=0.5)
    surface.box(surface.width - 9.2, 2.0, float(rng.uniform(1, 4.7)), 1.8, fill=ink)


def _app(paper: Paper, rng: Rng) -> Drawn:
    words = {
        "name": ("姓名", "就诊人"),
        "number": ("就诊卡号", "病历号"),
        "department": ("开单科室", "就诊科室"),
        "doctor": ("开单医生",),
        "reported": ("报告时间", "出报告时间"),
        "sampled": ("采样时间", "采集时间"),
        "specimen": ("标本类型",),
        "panel": ("项目名称",),
        "sample_number": ("报告单号",),
    }
    habit = Habit(rng, words, colons=("：", ""), times=("%Y-%m-%d %H:%M", "%Y-%m-%d %H:%M:%S"), unpadded=0)
    desk = Desk(paper, habit, rng)
    tone: Colour = pick(rng, ((28, 118, 240), (18, 170, 130), (58, 92, 210), (240, 130, 40)))
    grey, pale, black = (120, 124, 132), (244, 245, 248), (34, 36, 42)
    high = 60 + 8 * len(paper.fields) + 22.0 * len(paper.rows) + 40 * len(paper.sections)
    surface = PixelSurface(_SCREEN, high, dpi=400, paper=pale)
    filled = chance(rng, 0.6)
    _status_bar(surface, rng, tone if filled else (255, 255, 255), (255, 255, 255) if filled else black)
    surface.box(0, 5.4, _SCREEN, 8.6, fill=tone if filled else (255, 255, 255))
    title = Style("noto", 12, fill=(255, 255, 255) if filled else black)
    heading = pick(rng, ("检验报告", "报告详情", "检验报告单", "报告查询"))
    text(surface, 4, 7.5, "＜", title)
    text(surface, _SCREEN / 2 - width_of(surface, [Run(heading)], title) / 2, 7.5, heading, title)
    plain, small = Style("noto", 9.5, fill=black), Style("noto", 8.5, fill=grey)
    bold = Style("notobold", 10.5, fill=black)
    flow = Flow(surface, 6, _SCREEN - 6, high, lambda s, n: 17)
    heads = ("name", "sex", "age", "number", "department", "panel", "specimen", "sampled", "reported")
    lines = [key for key in (*heads, *desk.remaining()) if desk.has(key)]
    lines = list(dict.fromkeys(lines))
    surface.box(3, flow.y, _SCREEN - 6, 8.5 + len(lines) * 5.2, fill=(255, 255, 255), round_=2)
    flow.skip(2)
    text(surface, flow.left, flow.y, paper.hospital.name, bold)
    flow.skip(5.6)
    right = chance(rng, 0.5)
    for key in lines:
        label = habit.label(key)
        value = desk.take(key)
        text(surface, flow.left, flow.y, label, small)
        wide = width_of(surface, value, plain)
        start = max(20, width_of(surface, [Run(label)], small) + 1)
        shown = plain if wide <= flow.width - start else plain.but(size=plain.size * (flow.width - start) / wide)
        at = flow.right - width_of(surface, value, shown) if right else flow.left + start
        text(surface, at, flow.y, value, shown)
        flow.skip(5.2)
    flow.skip(4)
    way = pick(rng, ("arrow", "badge", "word"))
    flags = (
        {"high": "↑", "low": "↓", "abnormal": "*"}
        if way == "arrow"
        else {"high": "偏高", "low": "偏低", "abnormal": "异常"}
    )
    group = ""
    for row in paper.rows:
        if row.group != group:
            group = row.group
            flow.skip(1.5)
            text(surface, flow.left, flow.y, group, bold)
            flow.skip(6)
        cells = lab_cells(row, flags, dash=" - " if right else "~", most="<")
        _card(surface, flow, cells, way, row.flag, plain, small, bold)
    for section in paper.sections:
        body = [Run(f"{section.title}："), *section.text, *joined([list(item) for item in section.items], "；")]
        flow.write(body, small)
        flow.skip(2)
    for signature in paper.signatures:
        flow.write([Run(f"{signature.role}："), Run(signature.name, desk.mark_of(signature))], small)
    flow.write(
        pick(rng, ("本报告仅供参考，以医院纸质报告为准", "仅供临床参考，如有疑问请咨询医生")), small.but(size=7.5)
    )
    return paged_screens(surface, flow.y + 6)


def _card(
    surface: PixelSurface,
    flow: Flow,
    cells: dict[str, list[Run]],
    way: str,
    flag: str | None,
    plain: Style,
    small: Style,
    bold: Style,
) -> None:
    colour: Colour = {"high": (226, 60, 50), "low": (36, 128, 226), "abnormal": (226, 120, 20)}.get(
        flag or "", (34, 36, 42)
    )
    surface.box(3, flow.y, surface.width - 6, 17, fill=(255, 255, 255), round_=2)
    text(surface, flow.left, flow.y + 2, joined([cells["name"], cells["abbr"]], "  "), plain)
    value = bold.but(size=13.0, fill=colour)
    end = text(surface, flow.left, flow.y + 8.4, cells["result"], value)
    end = text(surface, end + 1, flow.y + 9.6, cells["unit"], small)
    if cells["flag"]:
        mark = small.but(fill=(255, 255, 255) if way == "badge" else colour)
        wide = width_of(surface, cells["flag"], mark)
        x = surface.width - 6 - wide - 2 if way != "arrow" else end + 2
        if way == "badge":
            surface.box(x - 1.2, flow.y + 1.6, wide + 2.4, 4.8, fill=colour, round_=1)
        text(surface, x, flow.y + (2.3 if way != "arrow" else 9.3), cells["flag"], mark)
    if cells["range"]:
        bounds = [Run("参考范围 "), *cells["range"]]
        text(surface, surface.width - 6 - width_of(surface, bounds, small), flow.y + 9.6, bounds, small)
    flow.skip(18.6)


_LAB = frozenset({"lab_report"})
FAMILIES = (
    Family(
        id="held-lab-dot-matrix",
        types=_LAB,
        split="held-out",
        title="24-pin print on continuous paper with a tired ribbon, rules made of hyphens",
        draw=_dot_matrix,
        media=frozenset({"scan", "photo"}),
        fits=lambda paper: not any(row.more for row in paper.rows),
    ),
    Family(
        id="held-lab-app-cards",
        types=_LAB,
        split="held-out",
        title="Cards of a city's health app, one for each result, as a long screenshot",
        draw=_app,
        media=frozenset({"screen"}),
        fits=lambda paper: len(paper.rows) <= 24 and not any("sensitivity" in row.more for row in paper.rows),
    ),
)
