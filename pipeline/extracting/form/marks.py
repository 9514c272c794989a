"""Places of the form that are answered by ink: labels of signatures and seals, and the paper around them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

from pipeline.extracting.form.ink import Canvas, InkReading, find_seals, no_seal, signature_in
from pipeline.extracting.identity import person_name
from pipeline.fields import fold
from pipeline.fields.find import label_hits
from pipeline.fields.geometry import height, median_height, rightward, row_slope
from pipeline.nouns import Line, ReadPage
from rules.engine.facts import Box, InkState
from rules.vocabulary.documents import load_form

__all__ = ["InkField", "hospital_seal", "ink_labels", "signature"]

_DATE = re.compile(r"^\d{0,4}年?\d{0,2}月?\d{0,2}日?$|年.{0,4}月.{0,4}日|^日期")


@dataclass(frozen=True, slots=True)
class InkField:
    """A label of a signature or seal: the piece of line that holds it and what else stands on its line."""

    page: ReadPage
    label: Line
    line: Line
    rest: str
    """Folded text behind the label on the same line."""
    rest_line: Line | None


@lru_cache(maxsize=1)
def _patterns() -> dict[str, tuple[re.Pattern[str], ...]]:
    form = load_form()
    patterns = {field: tuple(re.compile(pattern) for pattern in found) for field, found in form.ink.items()}
    patterns["not_hospital"] = tuple(re.compile(pattern) for pattern in form.not_hospital)
    return patterns


def ink_labels(page: ReadPage, field: str) -> Iterator[InkField]:
    """Labels of ``field`` on a page, each line at most once per place."""
    for line in page.lines:
        text = fold(line.text)
        if len(text.text) > 40 and "。" in text.text:
            continue
        taken: list[tuple[int, int]] = []
        for pattern in _patterns()[field]:
            for match in pattern.finditer(text.text):
                start, end = match.span()
                if end <= start or any(start < b and a < end for a, b in taken):
                    continue
                taken.append((start, end))
                a, b = text.original(start, end)
                rest = text.text[end:].lstrip(":;._-()")
                begin = len(text.text) - len(rest)
                c, d = text.original(begin, len(text.text))
                yield InkField(page, line.part(a, b), line, rest, line.part(c, d) if rest else None)


def _stacked(page: ReadPage) -> Iterator[Line]:
    """Labels printed downwards in a narrow cell (认定 / 医疗 / 机构 / 意见), as one line that spans the cell's row."""
    short = [line for line in page.lines if 1 <= len(fold(line.text).text) <= 6]
    used: set[int] = set()
    for line in short:
        if id(line) in used:
            continue
        run = [line]
        while True:
            last = run[-1]
            x0, _, x1, y1 = last.upright
            tall = height(last)
            below = [
                other
                for other in short
                if id(other) not in used
                and other not in run
                and -0.3 * tall < other.upright[1] - y1 < 1.3 * tall
                and abs((other.upright[0] + other.upright[2]) - (x0 + x1)) < 1.6 * tall
            ]
            if not below:
                break
            run.append(min(below, key=lambda other: other.upright[1]))
        if len(run) < 2:
            continue
        used |= {id(item) for item in run}
        boxes = [item.upright for item in run]
        top, bottom = min(b[1] for b in boxes), max(b[3] for b in boxes)
        first, last = run[0], run[-1]
        yield Line(
            "".join(item.text.strip() for item in run),
            ((boxes[0][0], top), (boxes[0][2], top), (boxes[0][2], bottom), (boxes[0][0], bottom)),
            (first.shown[0], first.shown[1], last.shown[2], last.shown[3]),
            min(item.confidence for item in run),
            first.reader,
            first.version,
        )


def _is_print(line: Line) -> bool:
    """True for text that is a label, a date line or prose, not an answer in a signature's place."""
    text = fold(line.text).text
    if any(pattern.search(text) for found in _patterns().values() for pattern in found):
        return True
    hits = label_hits(fold(line.text))
    return bool(hits and hits[0].start == 0) or bool(_DATE.search(text)) or len(text) > 8


_THEN_PRINT = re.compile(
    r"^([\u4e00-\u9fff·]{2,4})(?=职称|日期|签名日期|签字日期|时间|联系|电话|\d{4}[年.\-/]|年|[(]盖?章)"
)


def _name_before_print(line: Line) -> Line | None:
    """The name at the start of a line that OCR joined with the print behind it: ``闵行之 职称：主治医师``."""
    text = fold(line.text)
    match = _THEN_PRINT.match(text.text)
    if match is None or person_name(match.group(1)) is None:
        return None
    return line.part(*text.original(*match.span(1)))


def signature(field: InkField, canvas: Canvas) -> tuple[InkReading, str | None]:
    """State of the signature at a label, and the name read there if it is print (``张三``)."""
    page = field.page
    tall = height(field.line)
    x0, y0, x1, y1 = field.label.upright
    middle = (y0 + y1) / 2
    right = min(x1 + 10.5 * tall, float(page.width or canvas.page.page.width))
    answer = field.rest_line
    if answer is not None and (_DATE.search(field.rest) or re.match(r"[(]", field.rest)):
        right = min(right, answer.upright[0] - 0.1 * tall)
        answer = None
    elif answer is not None:
        cut = re.search(
            r"\d{4}年?|年|日期|职称|[\u4e00-\u9fff]{2,}:|(?<=[\u4e00-\u9fff]{2})[(](?=[^)]*(?:医师|盖章))", field.rest
        )
        if cut and cut.start() > 0 and field.rest_line is not None:
            width = answer.upright[2] - answer.upright[0]
            right = min(right, answer.upright[0] + width * cut.start() / max(len(field.rest), 1))
    for other in rightward(field.label, page):
        if other is field.line:
            continue
        if _is_print(other):
            written = _name_before_print(other)
            answer = answer or written
            right = min(right, (other.upright[0] if written is None else written.upright[2]) - 0.15 * tall)
            break
    box: Box = (x1 + 0.15 * tall, middle - 1.5 * tall, max(right, x1 + 0.5 * tall), middle + 1.4 * tall)
    inside = [line for line in page.lines if line is not field.line and _crosses(line.upright, box)]
    # Handwriting stands above or below the row of its label; OCR may have read it.
    read = [line for line in inside if not _is_print(line) and _middle_in(line.upright, box)]
    answer = answer or min(read, key=lambda line: line.upright[0], default=None)
    printed = [line for line in inside if line not in read and _name_before_print(line) is None]
    slope = row_slope(field.line, page)
    # On a line read with its answer the label's end is an estimate: only its beginning is surely print of the form.
    start: Box = (x0, y0, x0 + 0.7 * (x1 - x0) if field.rest else x1, y1)
    reading = signature_in(canvas, box, tall=tall, row=middle, slope=slope, printed=printed, answer=answer, label=start)
    name = person_name(fold(answer.text).text) if answer is not None and answer.confidence >= 0.8 else None
    if reading.state is InkState.EMPTY and not field.rest:
        # Below its label stands what was signed in the same cell, but not what the row below asks for.
        under: Box = (x0 - 0.5 * tall, y1 + 0.3 * tall, x1 + 3 * tall, y1 + 3.2 * tall)
        below = [line for line in page.lines if _crosses(line.upright, under) and line is not field.line]
        asked = not _own_column(field) and any(_asks(line, under, 12 * tall) for line in page.lines)
        if not asked and not any(_is_print(line) for line in below):
            read_below = below[0] if below else None
            # Below its label a name stands on no row but its own, typed or written.
            level = (read_below.upright[1] + read_below.upright[3]) / 2 if read_below is not None else y1 + 1.2 * tall
            second = signature_in(
                canvas, under, tall=tall, row=level, slope=slope, printed=[], answer=read_below, label=start
            )
            sure = second.state is InkState.PRESENT or _own_column(field)
            if second.state is not InkState.EMPTY and sure:
                return second, name
    return reading, name


def _own_column(field: InkField) -> bool:
    text = fold(field.line.text).text
    return not text.endswith(":") and len(text) <= 12


def _asks(line: Line, under: Box, reach: float) -> bool:
    """True for print level with ``under`` and close before it: what is written there answers that."""
    _, y0, x1, y1 = line.upright
    return y0 < under[3] and under[1] < y1 and under[0] - reach < x1 < under[2] and _is_print(line)


def _middle_in(a: Box, b: Box) -> bool:
    return b[0] <= (a[0] + a[2]) / 2 <= b[2] and b[1] <= (a[1] + a[3]) / 2 <= b[3]


def _crosses(a: Box, b: Box) -> bool:
    return min(a[2], b[2]) > max(a[0], b[0]) and min(a[3], b[3]) > max(a[1], b[1])


def _gap(seal: Box, label: Box) -> float:
    """Distance between two boxes, 0 when they touch."""
    dx = max(label[0] - seal[2], seal[0] - label[2], 0.0)
    dy = max(label[1] - seal[3], seal[1] - label[3], 0.0)
    return max(dx, dy)


def _row_of(field: InkField) -> Box:
    """Where the seal of a label belongs: around it, or along the whole row that it heads alone or as an opinion's."""
    x0, y0, x1, y1 = field.label.upright
    heading = fold(field.label.text).text.endswith("意见") or _alone_in_row(field)
    if heading or y1 - y0 > 1.6 * (x1 - x0):
        return (x0, y0, float(field.page.width or field.page.page.width), y1)
    return (x0, y0, x1, y1)


def _alone_in_row(field: InkField) -> bool:
    """True when nothing is printed behind a label: the rest of its row is its place. A rim's letters run aslant."""
    slope = row_slope(field.line, field.page)
    return not field.rest and not any(
        abs(other.right[1] - other.left[1] - slope * (other.right[0] - other.left[0])) < 0.3 * other.height
        for other in rightward(field.line, field.page)
    )


def _stacked_fields(page: ReadPage, field: str) -> Iterator[InkField]:
    for line in _stacked(page):
        text = fold(line.text).text
        if any(pattern.search(text) for pattern in _patterns()[field]):
            yield InkField(page, line, line, "", None)


_OFFICE = re.compile(r"医院|附院|卫生院|医保办|医务科|保健院|服务中心")


def _worded(page: ReadPage, canvas: Canvas) -> list[tuple[Box, float]]:
    """Seals of any ink whose words are those of a hospital or its office, upright frame, with the confidence.

    On a copy without colour only its words tell a seal from other ink.
    """
    found = []
    for seal in page.seals:
        words = fold(seal.text + seal.centre).text
        if _OFFICE.search(words) and "医疗保障" not in words:
            found.append((canvas.from_displayed(seal.box), 0.8 if seal.confidence >= 0.8 else 0.65))
    return found


def _seal_without_label(page: ReadPage, canvas: Canvas) -> tuple[InkReading, InkField] | None:
    """A seal on a form whose label is not readable (the seal often covers it): the hospital's if its text says so."""
    if not page.lines:
        return None
    tall = median_height(page.lines)
    for seal in find_seals(canvas, tall=tall):
        inside = [line for line in page.lines if _crosses(line.upright, seal)]
        named = next((line for line in inside if _OFFICE.search(line.text)), None)
        if named is None and any(_crosses(box, seal) for box, sure in _worded(page, canvas) if sure >= 0.8):
            named = inside[0] if inside else page.lines[0]
        if named is not None:
            return InkReading(InkState.PRESENT, seal, 0.7), InkField(page, named, named, "", None)
        anchor = inside[0] if inside else page.lines[0]
        return InkReading(InkState.UNSURE, seal, 0.5), InkField(page, anchor, anchor, "", None)
    for place, _ in _worded(page, canvas):
        return InkReading(InkState.UNSURE, place, 0.5), InkField(page, page.lines[0], page.lines[0], "", None)
    return None


def hospital_seal(page: ReadPage, canvas: Canvas, fields: Sequence[InkField]) -> tuple[InkReading, InkField] | None:
    """State of the hospital's seal: the red seal nearest to a label of the hospital, not to one of another office."""
    tall = median_height(page.lines)
    others = [_row_of(field) for field in ink_labels(page, "not_hospital")]
    others += [_row_of(field) for field in _stacked_fields(page, "not_hospital")]
    own = [(field, _row_of(field)) for field in fields if not _within(field.label.upright, others)]
    own += [(field, _row_of(field)) for field in _stacked_fields(page, "hospital_seal")]
    if not own:
        return _seal_without_label(page, canvas) if not others else None
    seals = [(seal, 0.9) for seal in find_seals(canvas, tall=tall)]
    for seal, certain in (*seals, *_worded(page, canvas)):
        field, gap = min(((field, _gap(seal, box)) for field, box in own), key=lambda pair: pair[1])
        rival = min((_gap(seal, box) for box in others), default=float("inf"))
        if gap <= 9 * tall and gap <= rival:
            sure = gap < rival or not others
            state = InkState.PRESENT if sure else InkState.UNSURE
            return InkReading(state, seal, certain if sure else 0.5), field
    lone = [seal for seal, _ in seals if min((_gap(seal, box) for box in others), default=float("inf")) > 9 * tall]
    best: tuple[InkReading, InkField] | None = None
    for field, (x0, y0, x1, y1) in own:
        # A seal hangs well below the heading of its opinion.
        row = x1 - x0 > 20 * tall
        down = (10 if row else 4) * tall
        region: Box = (max(0.0, x0 - 4 * tall), max(0.0, y0 - 4 * tall), x1 + 6 * tall, y1 + down)
        reading = no_seal(canvas, region, tall=tall, row=row)
        if lone and reading.state is InkState.EMPTY:
            # A seal that stands at no office's label may be the hospital's, pressed beside its place.
            reading = InkReading(InkState.UNSURE, lone[0], 0.5)
        if best is None or (reading.state is InkState.UNSURE and best[0].state is InkState.EMPTY):
            best = (reading, field)
    return best


def _within(label: Box, others: Sequence[Box]) -> bool:
    return any(_crosses(label, other) and abs(label[1] - other[1]) < 3 for other in others)
