"""The pages that went worst, each as a picture with its differences numbered on it."""

from __future__ import annotations

import base64
import io
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from PIL import Image
from rapidfuzz.distance import Levenshtein

from pipeline.evaluating.kept import KeptPage
from pipeline.evaluating.matching import turned
from pipeline.evaluating.metrics import FIELDS
from pipeline.evaluating.runs import Pair
from pipeline.evaluating.scoring import PageScore, Scores
from pipeline.evaluating.text import LineGroup, Piece, group_lines, pieces
from pipeline.evaluating.truth import Box, TruthPage
from pipeline.evaluating.words import type_word

__all__ = ["Difference", "WorstPage", "loss", "said", "worst_pages"]

_MOST_DIFFERENCES = 16
_BANDS = ("strong", "medium", "weak")
_SMALL = 420
"""Pixels of the width of a picture for a glance."""
_TURNS = {90: Image.Transpose.ROTATE_270, 180: Image.Transpose.ROTATE_180, 270: Image.Transpose.ROTATE_90}


@dataclass(frozen=True, slots=True)
class Difference:
    """One difference. ``kind``: silent, type, field, lab, diagnosis, text, missed, invented."""

    number: int
    kind: str
    label: str
    pieces: tuple[Piece, ...]
    box: tuple[float, float, float, float] | None
    """left, top, width, height in percent of the picture."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WorstPage:
    score: PageScore
    differences: tuple[Difference, ...]
    more: int
    """Differences that are not listed."""
    said: str
    """What is wrong on it, in a sentence."""
    picture: str | None
    """data: URI."""
    small: str | None
    """The same for a glance."""
    strongest: tuple[str, ...] = ()
    """What paper and camera did to it most, up to three."""
    width: int
    height: int
    """Pixels of the page upright, for its shape."""


def loss(page: PageScore) -> float:
    """How much went wrong on a page, in wrong laboratory rows; a silent wrong number weighs as ten of them."""
    rows = page.labs.right.expected + page.labs.right.found - 2 * page.labs.right.right
    named = page.diagnoses.right.expected + page.diagnoses.right.found - 2 * page.diagnoses.right.right
    fields = sum(c.wrong + c.missed + c.invented for c in page.fields.counts.values())
    types = page.documents.types.whole - page.documents.types.part
    text = page.text.edits + page.text.missed
    return 10 * len(page.labs.silent) + rows + named + 0.7 * fields + 5 * types + text / 15


def said(page: PageScore, *, there: bool) -> str:
    """Say what went wrong on a page, the gravest first: ``静默错数 1 处；化验 12 行有 3 行不对（单位 3）``."""
    if not there:
        return "这一页没有进入审阅"
    parts = []
    if page.labs.silent:
        parts.append(f"静默错数 {len(page.labs.silent)} 处")
    parts += [f"{type_word(a)}认成了{type_word(b)}" for a, b in page.documents.confusion if a != b]
    right = page.labs.right
    if right.expected > right.right:
        parts.append(f"化验 {right.expected} 行有 {right.expected - right.right} 行不对" + _of_cells(page))
    if right.found > right.expected:
        parts.append(f"多出化验 {right.found - right.expected} 行")
    named = page.diagnoses.right
    if named.expected > named.right:
        parts.append(f"诊断 {named.expected} 条有 {named.expected - named.right} 条不对")
    if named.found > named.expected:
        parts.append(f"多出诊断 {named.found - named.expected} 条")
    fields = tuple(dict.fromkeys(FIELDS.get(m.field, m.field) for m in page.fields.mistakes))
    if fields:
        parts.append("没读对" + "、".join(fields[:3]) + (f"等 {len(fields)} 项" if len(fields) > 3 else ""))
    wrong = page.text.edits + page.text.missed
    if wrong:
        missed = f"（其中漏读 {page.text.missed}）" if page.text.missed else ""
        parts.append(f"{page.text.characters} 个字错漏 {wrong} 个{missed}")
    return "；".join(parts)


def _of_cells(page: PageScore) -> str:
    """Which cells of the wrong rows differ, most often first: ``（单位 3、项目 1）``."""
    counts = Counter(cell for row in page.labs.mistakes if row.printed for cell in row.cells)
    named = "、".join(f"{'漏行' if cell == 'row' else _CELLS[cell]} {count}" for cell, count in counts.most_common(3))
    return f"（{named}）" if named else ""


def worst_pages(scores: Scores, pairs: Sequence[Pair], pictures: Path, *, most: int = 12) -> tuple[WorstPage, ...]:
    """Return the usable pages with the largest :func:`loss`, worst first; pages without any are left out."""
    ranked = sorted((p for p in scores.pages if p.usable and loss(p) > 0), key=lambda p: (-loss(p), p.case, p.place))
    by_case = {pair.kept.case: pair for pair in pairs}
    out = []
    for score in ranked[:most]:
        pair = by_case[score.case]
        truth = next(p for p in pair.truth.pages if (p.file, p.page) == score.place)
        out.append(_page(score, truth, pair.kept.page(score.place), pictures))
    return tuple(out)


def _page(score: PageScore, truth: TruthPage, kept: KeptPage | None, pictures: Path) -> WorstPage:
    frame = _frame(truth, kept)
    found = _differences(score, truth, kept, frame)
    width, height = (kept.width, kept.height) if kept else (210, 297)
    if truth.angle % 180:
        width, height = height, width
    width, height = round(width * (frame[2] - frame[0])), round(height * (frame[3] - frame[1]))
    picture = pictures / kept.picture if kept and kept.picture else None
    return WorstPage(
        score=score,
        said=said(score, there=kept is not None),
        strongest=tuple(sorted(score.traits.degradations, key=lambda d: _BANDS.index(d.rpartition(":")[2]))[:3]),
        differences=tuple(found[:_MOST_DIFFERENCES]),
        more=max(0, len(found) - _MOST_DIFFERENCES),
        picture=_picture(picture, truth.angle, frame) if picture else None,
        small=_picture(picture, truth.angle, frame, side=_SMALL) if picture else None,
        width=width,
        height=height,
    )


def _frame(truth: TruthPage, kept: KeptPage | None) -> Box:
    """The part of the upright page that holds print, with a margin: a sheet of six rows needs no blank half page."""
    boxes = [line.box for line in (truth.lines or ())] + [line.box for line in (kept.lines if kept else ())]
    if not boxes:
        return (0.0, 0.0, 1.0, 1.0)
    up = [turned(box, truth.angle) for box in boxes]
    return (
        max(0.0, min(b[0] for b in up) - 0.04),
        max(0.0, min(b[1] for b in up) - 0.03),
        min(1.0, max(b[2] for b in up) + 0.04),
        min(1.0, max(b[3] for b in up) + 0.03),
    )


def _differences(score: PageScore, truth: TruthPage, kept: KeptPage | None, frame: Box) -> list[Difference]:
    rows: list[tuple[str, str, tuple[Piece, ...], Box | None]] = []
    for number in score.labs.silent:
        rows.append(("silent", f"静默错数：{number.name}", _side_by_side(number.printed, number.read), number.box))
    for a, b in score.documents.confusion:
        if a != b:
            rows.append(("type", "页面类型", _side_by_side(type_word(a), type_word(b)), None))
    silent = {number.box for number in score.labs.silent}
    for row in score.labs.mistakes:
        if row.box is None or row.box not in silent:
            label = "化验行" if row.cells == ("row",) else f"化验行：{'、'.join(_CELLS[c] for c in row.cells)}"
            rows.append(("lab", label, _by_cell(row.printed, row.read), row.box))
    for diagnosis in score.diagnoses.mistakes:
        rows.append(("diagnosis", "诊断", _two(diagnosis.printed, diagnosis.read), None))
    for field in score.fields.mistakes:
        rows.append(("field", FIELDS.get(field.field, field.field), _two(field.printed, field.read), None))
    groups = group_lines(truth.lines, kept.lines if kept else (), truth.angle) if truth.lines is not None else ()
    texts = [(group, pieces(group.printed, group.read)) for group in groups if group.printed != group.read]
    texts.sort(key=lambda entry: -sum(max(len(p.printed), len(p.read)) for p in entry[1] if p.kind != "same"))
    for group, shown in texts:
        kind = "text" if group.wanted and group.found else "missed" if group.wanted else "invented"
        label = {"text": "文字", "missed": "漏读", "invented": "多读"}[kind]
        rows.append((kind, label, _shortened(shown), _around(group)))
    return [
        Difference(n, kind, label, shown, _percent(box, truth.angle, frame))
        for n, (kind, label, shown, box) in enumerate(rows, start=1)
    ]


_CELLS: Mapping[str, str] = {
    "name": "项目",
    "result": "结果",
    "unit": "单位",
    "range": "参考范围",
    "flag": "标记",
    "row": "整行",
}


def _side_by_side(printed: str, read: str) -> tuple[Piece, ...]:
    kind = "wrong" if printed and read else "missed" if printed else "invented"
    return (Piece(kind, printed, read),)


def _by_cell(printed: str, read: str) -> tuple[Piece, ...]:
    """A row cell by cell: a number is right or wrong as a whole."""
    a, b = printed.split(" "), read.split(" ")
    if not printed or not read:
        return _side_by_side(printed, read)
    kinds = {"equal": "same", "replace": "wrong", "delete": "missed", "insert": "invented"}
    out: list[Piece] = []
    for step in Levenshtein.opcodes(a, b):
        one, other = " ".join(a[step.src_start : step.src_end]), " ".join(b[step.dest_start : step.dest_end])
        out += [Piece(kinds[step.tag], one, other), Piece("same", " ", " ")]
    return tuple(out[:-1])


def _two(printed: str, read: str) -> tuple[Piece, ...]:
    """Short values side by side; alike ones piece by piece."""
    if not printed or not read:
        return _side_by_side(printed, read)
    found = pieces(printed, read)
    same = sum(len(p.printed) for p in found if p.kind == "same")
    return found if same * 2 >= max(len(printed), len(read)) else (Piece("wrong", printed, read),)


def _shortened(shown: tuple[Piece, ...], *, most: int = 14) -> tuple[Piece, ...]:
    """Cut long stretches without a difference down to what stands next to one."""
    out = []
    for place, piece in enumerate(shown):
        text = piece.printed
        if piece.kind == "same" and len(text) > most:
            first, last = place == 0, place == len(shown) - 1
            text = ("" if first else text[: most // 2]) + "…" + ("" if last else text[-most // 2 :])
            piece = Piece("same", text, text)
        out.append(piece)
    return tuple(out)


def _around(group: LineGroup) -> Box | None:
    boxes = [line.box for line in (group.wanted or group.found)]
    if not boxes:
        return None
    return (min(b[0] for b in boxes), min(b[1] for b in boxes), max(b[2] for b in boxes), max(b[3] for b in boxes))


def _percent(box: Box | None, angle: int, frame: Box) -> tuple[float, float, float, float] | None:
    if box is None:
        return None
    left, top, right, bottom = frame
    a0, b0, a1, b1 = turned(box, angle)
    inside = ((a0 - left) / (right - left), (b0 - top) / (bottom - top), (a1 - left) / (right - left))
    x0, y0, x1, y1 = (min(1.0, max(0.0, side)) for side in (*inside, (b1 - top) / (bottom - top)))
    return (round(x0 * 100, 2), round(y0 * 100, 2), round((x1 - x0) * 100, 2), round((y1 - y0) * 100, 2))


def _picture(path: Path, angle: int, frame: Box, *, side: int | None = None) -> str | None:
    try:
        with Image.open(path) as image:
            turn = _TURNS.get(angle % 360)
            upright = image.transpose(turn) if turn is not None else image
            width, height = upright.size
            upright = upright.crop(
                (
                    round(frame[0] * width),
                    round(frame[1] * height),
                    round(frame[2] * width),
                    round(frame[3] * height),
                )
            )
            if side is not None:
                upright.thumbnail((side, 3 * side))
            out = io.BytesIO()
            upright.convert("RGB").save(out, "JPEG", quality=62)
    except OSError:
        return None
    return "data:image/jpeg;base64," + base64.b64encode(out.getvalue()).decode()
