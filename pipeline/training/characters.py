"""Lines of print with a place for every character, out of the PDF that a family drew or out of its lines."""

from __future__ import annotations

from dataclasses import dataclass, field

import pypdfium2

from data_samples.factory.drawn import DrawnPage
from models.page_reader.labels import Box, Label

__all__ = ["CharLine", "of_lines", "of_pdf"]


@dataclass(slots=True)
class CharLine:
    """A line with a box for each of its characters, and what each was marked as."""

    text: str
    boxes: list[Box]
    marked: list[tuple[Label, int] | None] = field(default_factory=list)

    @property
    def box(self) -> Box:
        return (
            min(b[0] for b in self.boxes),
            min(b[1] for b in self.boxes),
            max(b[2] for b in self.boxes),
            max(b[3] for b in self.boxes),
        )

    def free(self, start: int, end: int) -> bool:
        return all(mark is None for mark in self.marked[start:end])

    def put(self, start: int, end: int, label: Label, thing: int) -> None:
        while start < end and self.text[start].isspace():
            start += 1
        while end > start and self.text[end - 1].isspace():
            end -= 1
        for index in range(start, end):
            self.marked[index] = (label, thing)


def of_pdf(pdf: bytes) -> list[list[CharLine]]:
    """Return the lines of each page; boxes in fractions of the page."""
    document = pypdfium2.PdfDocument(pdf)
    try:
        return [_lines(page) for page in document]
    finally:
        document.close()


def _lines(page: pypdfium2.PdfPage) -> list[CharLine]:
    """Characters joined to lines as a reader of pictures does: same base line, no gap wider than the print is high."""
    width, height = page.get_size()
    text_page = page.get_textpage()
    whole = text_page.get_text_range()
    count = text_page.count_chars()
    if len(whole) != count:
        whole = "".join(text_page.get_text_range(k, 1) or " " for k in range(count))
    lines: list[CharLine] = []
    pending = False
    for index, character in enumerate(whole):
        character = "-" if character == "\ufffe" else character
        if character.isspace():
            pending = True
            continue
        left, bottom, right, top = text_page.get_charbox(index, loose=True)
        box = (left / width, 1 - top / height, right / width, 1 - bottom / height)
        if lines and _joins(lines[-1], box, width / height):
            if pending:
                last = lines[-1].boxes[-1]
                lines[-1].text += " "
                lines[-1].boxes.append((last[2], box[1], max(last[2], box[0]), box[3]))
            lines[-1].text += character
            lines[-1].boxes.append(box)
        else:
            lines.append(CharLine(character, [box]))
        pending = False
    text_page.close()
    return lines


def _joins(line: CharLine, box: Box, aspect: float) -> bool:
    last = line.boxes[-1]
    size = (box[3] - box[1]) / aspect
    middle = (box[1] + box[3]) / 2
    # Spread labels (姓　　名) are one: a single character reaches further.
    reach = 2.6 if len(line.text) == 1 and ord(line.text) > 0x2E80 else 0.9
    same = last[1] - 0.1 * (box[3] - box[1]) <= middle <= last[3] + 0.1 * (box[3] - box[1])
    return same and -0.6 * size <= box[0] - last[2] <= reach * size


def of_lines(page: DrawnPage) -> list[CharLine]:
    """Lines without the places of their characters: spaced by their widths."""
    found = []
    for line in page.lines:
        x0, y0, x1, y1 = line.box
        widths = [1.0 if ord(c) > 0x2000 else 0.54 for c in line.text]
        whole, at, boxes = sum(widths) or 1.0, 0.0, []
        for w in widths:
            boxes.append((x0 + (x1 - x0) * at / whole, y0, x0 + (x1 - x0) * (at + w) / whole, y1))
            at += w
        if line.text:
            found.append(CharLine(line.text, boxes))
    return found
