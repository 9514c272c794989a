"""Laboratory sheets that typst does not draw: a PDF through reportlab, and a phone screenshot through Pillow."""

from __future__ import annotations

import io
from typing import Any

from PIL import Image, ImageDraw, ImageFont
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.pdfgen import canvas

from data_samples.generator.fonts import font_file
from data_samples.generator.photo import Box
from data_samples.generator.sheets import Sheet
from data_samples.generator.typesetting import Marks

__all__ = ["draw_pdf", "draw_screen"]

_FACE = "YushenSample"


def _plain(value: Any) -> str:
    """Text of a template value."""
    if isinstance(value, str):
        return value
    if isinstance(value, dict):
        return str(value["t"])
    return "".join(_plain(item) for item in value)


def draw_pdf(sheet: Sheet) -> tuple[bytes, Marks]:
    """Draw a laboratory sheet as a PDF whose every cell is its own text object, columns first, as some systems do."""
    if _FACE not in pdfmetrics.getRegisteredFontNames():
        pdfmetrics.registerFont(TTFont(_FACE, str(font_file("ttf")), subfontIndex=0))
    width, height = 595.0, 842.0
    out = io.BytesIO()
    pdf = canvas.Canvas(out, pagesize=(width, height), invariant=1)
    pdf.setTitle("report")
    data = sheet.data
    marks: Marks = {}

    def write(x: float, y: float, value: Any, size: float) -> None:
        text = _plain(value)
        pdf.setFont(_FACE, size)
        pdf.drawString(x, y, text)
        if isinstance(value, dict) and value.get("id"):
            wide = pdfmetrics.stringWidth(text, _FACE, size)
            box = (x / width, 1 - (y + size) / height, (x + wide) / width, 1 - (y - size * 0.2) / height)
            marks[value["id"]] = (1, box)

    name = data["hospital"]["name"]
    pdf.setFont(_FACE, 16)
    pdf.drawCentredString(width / 2, height - 46, name)
    pdf.setFont(_FACE, 9)
    if data["hospital"]["level"]:
        pdf.drawCentredString(width / 2, height - 60, data["hospital"]["level"])
    pdf.setFont(_FACE, 14)
    pdf.drawCentredString(width / 2, height - 80, data["title"])
    size = float(data["size"])
    y = height - 108
    for line in data["head"]:
        for k, cell in enumerate(line):
            write(45 + k * 175, y, cell["label"], size)
            write(45 + k * 175 + pdfmetrics.stringWidth(cell["label"], _FACE, size), y, cell["value"], size)
        y -= 17
    pdf.line(40, y + 6, width - 40, y + 6)
    top = y - 10
    total = sum(column["w"] for column in data["columns"])
    x = 45.0
    for column in data["columns"]:
        write(x, top, column["label"], size)
        for k, row in enumerate(data["rows"], start=1):
            write(x, top - 8 - k * 16, row[column["key"]], size)
        x += (width - 90) * column["w"] / total
    pdf.line(40, top - 6, width - 40, top - 6)
    y = top - 8 - (len(data["rows"]) + 1) * 16
    pdf.line(40, y + 8, width - 40, y + 8)
    for line in data["foot"]:
        for k, cell in enumerate(line):
            value = cell["value"]
            write(45 + k * 175, y - 8, cell["label"] + (_plain(value) if isinstance(value, str | dict) else ""), size)
    pdf.save()
    return out.getvalue(), marks


def draw_screen(sheet: Sheet) -> tuple[bytes, dict[str, Box]]:
    """Draw a laboratory result as a hospital's phone app shows it: a long screenshot, one card per item."""
    data = sheet.data
    width, row_height = 1080, 118
    height = 640 + row_height * len(data["rows"]) + 330
    image = Image.new("RGB", (width, height), (244, 245, 248))
    draw = ImageDraw.Draw(image)
    fonts = {size: ImageFont.truetype(str(font_file("hei")), size) for size in (30, 34, 38, 44)}
    boxes: dict[str, Box] = {}

    def write(x: float, y: float, text: str, size: int, colour: str, mark: str | None = None) -> None:
        draw.text((x, y), text, font=fonts[size], fill=colour)
        if mark:
            left, top, right, bottom = draw.textbbox((x, y), text, font=fonts[size])
            boxes[mark] = (left / width, top / height, right / width, bottom / height)

    write(48, 22, "9:41", 34, "#222222")
    write(860, 22, "5G  86%", 34, "#222222")
    draw.rectangle((0, 80, width, 190), fill="#2f7de1")
    write(40, 108, "〈", 44, "white")
    write(400, 108, data["title"], 44, "white")
    draw.rectangle((0, 200, width, 620), fill="white")
    write(48, 216, data["hospital"]["name"], 38, "#222222")
    if data["hospital"]["level"]:
        write(620, 222, data["hospital"]["level"], 30, "#888888")
    y = 280
    for line in data["head"]:
        for cell in line:
            value = cell["value"]
            write(48, y, cell["label"], 34, "#888888")
            write(330, y, _plain(value), 34, "#222222", value.get("id") if isinstance(value, dict) else None)
            y += 54
    y = 640
    xs = {"name": 48, "result": 500, "unit": 670, "range": 850}
    for column in data["columns"]:
        write(xs[column["key"]], y, column["label"], 34, "#888888")
    y += 62
    for row in data["rows"]:
        draw.rectangle((0, y, width, y + row_height - 4), fill="white")
        result = _plain(row["result"])
        colour = "#d93025" if "↑" in result or "↓" in result or "*" in result else "#222222"
        name = _plain(row["name"])
        write(xs["name"], y + 34, name, 38 if len(name) < 11 else 30, "#222222")
        write(xs["result"], y + 34, result, 38, colour, row["result"]["id"])
        write(xs["unit"], y + 38, _plain(row["unit"]), 30, "#666666")
        write(xs["range"], y + 38, _plain(row["range"]), 30, "#666666")
        y += row_height
    y += 24
    for line in data["foot"]:
        for cell in line:
            if isinstance(cell["value"], str):
                write(48, y, f"{cell['label']}：{cell['value']}", 30, "#888888")
            y += 46
    write(48, y + 20, "温馨提示：检验结果请以医院纸质报告为准。", 30, "#b0b0b0")
    out = io.BytesIO()
    image.quantize(64).save(out, "PNG", optimize=True)
    return out.getvalue(), boxes
