"""Draws invented hospital pages whose every text has a known box, so that reports can be judged by eye and by test."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

from PIL import Image, ImageChops, ImageDraw, ImageFilter, ImageFont

from rules.engine.facts import Box
from tests.fonts import cjk_font_path

WIDTH, HEIGHT = 1240, 1754
INK = (38, 38, 42)


@lru_cache(maxsize=32)
def _font(style: str, size: int) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(str(cjk_font_path(style)), size)


class Sheet:
    """One page being drawn. ``boxes`` holds the place of each text that was put under a key."""

    def __init__(self, width: int = WIDTH, height: int = HEIGHT) -> None:
        self.image = Image.new("RGB", (width, height), (252, 251, 247))
        self.draw = ImageDraw.Draw(self.image)
        self.lines: list[tuple[str, Box]] = []
        self.boxes: dict[str, Box] = {}

    def put(
        self,
        x: float,
        y: float,
        text: str,
        *,
        size: int = 24,
        style: str = "serif",
        key: str = "",
        centre: bool = False,
    ) -> Box:
        font = _font(style, size)
        if centre:
            x -= font.getlength(text) / 2
        self.draw.text((x, y), text, font=font, fill=INK)
        box = tuple(float(v) for v in self.draw.textbbox((x, y), text, font=font))
        self.lines.append((text, box))  # type: ignore[arg-type]
        if key:
            self.boxes[key] = box  # type: ignore[assignment]
        return box  # type: ignore[return-value]

    def rule(self, y: float, x0: float = 90, x1: float = 1150) -> None:
        self.draw.line((x0, y, x1, y), fill=INK, width=2)

    def paragraph(self, x: float, y: float, text: str, *, size: int = 24, width: int = 42, key: str = "") -> float:
        for number, start in enumerate(range(0, len(text), width)):
            self.put(x, y, text[start : start + width], size=size, key=f"{key}.{number}" if key else "")
            y += size * 1.75
        return y

    def seal(self, cx: int, cy: int, text: str) -> None:
        layer = Image.new("RGBA", self.image.size, (0, 0, 0, 0))
        pen = ImageDraw.Draw(layer)
        red = (200, 30, 40, 150)
        pen.ellipse((cx - 105, cy - 105, cx + 105, cy + 105), outline=red, width=6)
        pen.text((cx - 15, cy - 24), "★", font=_font("sans", 34), fill=red)
        pen.text((cx, cy + 34), text, font=_font("serif", 20), fill=red, anchor="ma")
        self.image.paste(layer, (0, 0), layer)

    def photo(self, *, blur: float = 0.0, dim: float = 1.0) -> None:
        """Uneven light, grain and perhaps blur, as a phone gives; the geometry stays, so boxes stay true."""
        size = self.image.size
        light = Image.linear_gradient("L").resize(size).point(lambda v: 255 - v // 6)
        shade = Image.merge("RGB", [light.point(lambda v, t=t: int(v * t)) for t in (0.97, 0.95, 0.89)])
        grain = Image.effect_noise((620, 877), 40).resize(size).convert("RGB")
        image = Image.blend(ImageChops.multiply(self.image, shade), grain, 0.06).point(lambda v: int(v * dim))
        self.image = image.filter(ImageFilter.GaussianBlur(blur)) if blur else image


def lab_sheet(
    hospital: str, title: str, name: str, date: str, rows: Sequence[tuple[str, str, str, str, str, str]]
) -> Sheet:
    """A borderless laboratory sheet; rows are (abbreviation, name, result, flag, unit, range), keys ``row0`` ..."""
    sheet = Sheet()
    sheet.put(620, 70, hospital, size=40, centre=True, key="hospital")
    sheet.put(620, 130, title, size=30, centre=True, key="title")
    sheet.put(90, 200, f"姓名：{name}", key="name")
    sheet.put(400, 200, "性别：男")
    sheet.put(600, 200, "年龄：58岁", key="age")
    sheet.put(850, 200, "科室：肾内科")
    sheet.put(90, 245, "标本：血清")
    sheet.put(400, 245, f"采样时间：{date} 07:31", key="date")
    sheet.rule(290)
    columns = (90, 160, 290, 600, 720, 770, 980)
    for x, head in zip(columns, ("序号", "代号", "项目名称", "结果", "", "单位", "参考区间"), strict=True):
        sheet.put(x, 302, head, size=22)
    sheet.rule(340)
    y = 356
    for index, (abbreviation, item, result, flag, unit, reference) in enumerate(rows):
        first = sheet.put(90, y, str(index + 1), size=22)
        for x, text in zip(columns[1:], (abbreviation, item, result, flag, unit, reference), strict=True):
            if text:
                last = sheet.put(x, y, text, size=22)
        sheet.boxes[f"row{index}"] = (first[0], first[1] - 2, last[2], last[3])
        y += 44
    sheet.rule(y + 10)
    sheet.put(90, y + 26, f"报告时间：{date} 10:02   检验者：李检验   审核者：王审核   本报告仅对本标本负责", size=20)
    return sheet


def record(hospital: str, title: str, fields: Sequence[tuple[str, str]], sections: Sequence[tuple[str, str]]) -> Sheet:
    """A clinical record: head fields two in a row, then headed sections. Keys: field and section names."""
    sheet = Sheet()
    sheet.put(620, 80, hospital, size=42, centre=True, key="hospital")
    sheet.put(620, 145, title, size=36, centre=True, key="title")
    y = 230.0
    for number, (name, value) in enumerate(fields):
        x = 100 if number % 2 == 0 else 640
        sheet.put(x, y, f"{name}：{value}", key=name)
        y += 46 if number % 2 else 0
    y += 60
    sheet.rule(y)
    y += 24
    for name, text in sections:
        sheet.put(100, y, f"{name}：", style="sans", size=25)
        y = sheet.paragraph(130, y + 44, text, key=name) + 14
    sheet.seal(930, min(int(y) + 130, 1560), "医务专用章")
    return sheet
