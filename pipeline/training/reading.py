"""What a reader makes of a page: lines joined and cut, characters mistaken, places moved, other print read."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cache
from itertools import pairwise
from pathlib import Path

import numpy as np

from data_samples.factory.families.labels import choose
from models.page_reader.labels import Box, InputLine, Label, PageInput
from pipeline.training.truth import Piece, TrueLine, TruePage, pieces_of
from pipeline.training.words import words

__all__ = ["LabelledPage", "as_drawn", "confusions", "read_again", "read_badly"]

Mark = tuple[Label, int] | None


@dataclass(frozen=True, slots=True, kw_only=True)
class LabelledPage:
    """A page as read, with the truth of its characters."""

    page: PageInput
    pieces: tuple[tuple[Piece, ...], ...]
    """For each line."""
    heads: dict[int, int]
    type: str
    family: str
    partial: bool = False
    """True where print without a label is not known to be none: it is not learned from."""


@dataclass(slots=True)
class _Line:
    text: str
    marks: list[Mark]
    box: Box
    """As printed."""

    def cut(self, start: int, end: int) -> _Line | None:
        text = self.text[start:end]
        lead, kept = len(text) - len(text.lstrip()), text.strip()
        if not kept:
            return None
        a, b = start + lead, start + lead + len(kept)
        ends = np.concatenate([[0.0], np.cumsum([1.0 if ord(c) > 0x2000 else 0.52 for c in self.text])])
        x0, y0, x1, y1 = self.box
        wide = (x1 - x0) / float(ends[-1])
        return _Line(kept, self.marks[a:b], (x0 + wide * float(ends[a]), y0, x0 + wide * float(ends[b]), y1))


@cache
def confusions() -> dict[str, list[tuple[str, float]]]:
    """Return what is read for a character when it is misread, as measured; "" for one that is lost."""
    path = Path(__file__).with_name("confusions.json")
    table: dict[str, dict[str, float]] = json.loads(path.read_text(encoding="utf-8")) if path.is_file() else {}
    return {right: [(wrong, count) for wrong, count in found.items()] for right, found in table.items()}


def as_drawn(page: TruePage) -> LabelledPage:
    """Return the page as a text layer gives it."""
    return _finished(page, _opened(page))


def read_badly(page: TruePage, rng: np.random.Generator) -> LabelledPage:
    """Return the page as a camera and a reader of pictures might give it; hardly two are alike."""
    lines = _opened(page)
    pictured = rng.random() < 0.85
    lines = _joined(lines, rng, 1.0 if pictured else 0.4)
    lines = _parted(lines, rng)
    if rng.random() < 0.12:
        lines = _cropped(lines, page, rng)
    if pictured:
        if rng.random() < 0.75:
            lines = [_without_spaces(line) for line in lines]
        rate = float(choose(rng, (0.0, 0.003, 0.008, 0.02, 0.05)))
        lines = [_mistaken(line, rate, rng) for line in lines]
        lost = float(choose(rng, (0.0, 0.005, 0.02)))
        lines = [line for line in lines if line.text and rng.random() > lost * (4 if len(line.text) <= 2 else 1)]
        lines += _strange(page, lines, rng)
        _moved(lines, page, rng)
    if not lines:
        return as_drawn(page)
    lines.sort(key=lambda line: ((line.box[1] + line.box[3]) / 2, line.box[0]))
    return _finished(page, lines)


def read_again(page: LabelledPage, rng: np.random.Generator) -> LabelledPage:
    """Return a page that was really read as another photograph of it might be read: lines as they are, places moved,
    now and then cropped, with strange print about or a character more mistaken."""
    if rng.random() < 0.2:
        return page
    read = page.page
    true = TruePage(
        width=read.width,
        height=read.height,
        lines=tuple(TrueLine(a.text, a.box, p) for a, p in zip(read.lines, page.pieces, strict=True)),
        heads=page.heads,
        type=page.type,
        family=page.family,
    )
    lines = _opened(true)
    if rng.random() < 0.12:
        lines = _cropped(lines, true, rng)
    rate = float(choose(rng, (0.0, 0.0, 0.003, 0.01)))
    lines = [line for line in (_mistaken(line, rate, rng) for line in lines) if line.text]
    if rng.random() < 0.3:
        lines += _strange(true, lines, rng)
    _moved(lines, true, rng)
    if not lines:
        return page
    lines.sort(key=lambda line: ((line.box[1] + line.box[3]) / 2, line.box[0]))
    return replace(_finished(true, lines), partial=page.partial)


def _opened(page: TruePage) -> list[_Line]:
    lines = []
    for line in page.lines:
        marks: list[Mark] = [None] * len(line.text)
        for piece in line.pieces:
            marks[piece.start : piece.end] = [(piece.label, piece.thing)] * (piece.end - piece.start)
        lines.append(_Line(line.text, marks, line.box))
    return lines


def _finished(page: TruePage, lines: Sequence[_Line]) -> LabelledPage:
    x1 = max((line.box[2] for line in lines), default=1.0)
    y1 = max((line.box[3] for line in lines), default=1.0)
    return LabelledPage(
        page=PageInput(
            width=max(page.width, x1),
            height=max(page.height, y1),
            lines=tuple(InputLine(line.text, line.box) for line in lines),
        ),
        pieces=tuple(pieces_of(line.marks) for line in lines),
        heads=dict(page.heads),
        type=page.type,
        family=page.family,
    )


def _joined(lines: list[_Line], rng: np.random.Generator, eager: float) -> list[_Line]:
    """Print that stands close together is read as one line."""
    chance = eager * float(choose(rng, (0.0, 0.5, 1.0, 1.0, 1.5)))
    rows = sorted(lines, key=lambda line: line.box[0])
    out: list[_Line] = []
    for line in rows:
        high = line.box[3] - line.box[1]
        for other in out[:-40:-1]:
            gap = (line.box[0] - other.box[2]) / max(high, 1e-6)
            level = abs((line.box[1] + line.box[3]) - (other.box[1] + other.box[3])) < 0.5 * high
            if not level or gap > 3 or gap < -0.3:
                continue
            share = 0.75 if gap < 0.35 else 0.35 if gap < 0.8 else 0.08 if gap < 1.5 else 0.015
            if rng.random() < share * chance:
                space = 1 if gap > 0.2 else 0
                other.text += " " * space + line.text
                other.marks += [None] * space + line.marks
                a, b = other.box, line.box
                other.box = (a[0], min(a[1], b[1]), b[2], max(a[3], b[3]))
                break
        else:
            out.append(line)
            continue
        continue
    return out


def _parted(lines: list[_Line], rng: np.random.Generator) -> list[_Line]:
    """Lines are read in parts: mostly at white space, seldom inside words."""
    at_space, anywhere = float(choose(rng, (0.0, 0.1, 0.4))), float(choose(rng, (0.0, 0.0, 0.02)))
    out: list[_Line] = []
    for line in lines:
        cuts = [0]
        for k in range(1, len(line.text)):
            space = line.text[k].isspace()
            edge = line.marks[k] != line.marks[k - 1]
            if (space and rng.random() < at_space) or (edge and rng.random() < anywhere * 4):
                cuts.append(k)
        if len(line.text) > 12 and rng.random() < anywhere:
            cuts.append(int(rng.integers(4, len(line.text) - 4)))
        cuts = [*sorted(set(cuts)), len(line.text)]
        for a, b in pairwise(cuts):
            part = line.cut(a, b)
            if part is not None:
                out.append(part)
    return out


def _cropped(lines: list[_Line], page: TruePage, rng: np.random.Generator) -> list[_Line]:
    """A part of the page was photographed, or one side is cut off."""
    if rng.random() < 0.6:
        top = float(rng.uniform(0, 0.5)) * page.height
        low = top + float(rng.uniform(0.35, 0.8)) * page.height
        kept = [line for line in lines if top <= line.box[1] and line.box[3] <= low]
        return kept if len(kept) > 4 else lines
    left, right = float(rng.uniform(0, 0.15)) * page.width, float(rng.uniform(0.85, 1)) * page.width
    out = []
    for line in lines:
        x0, _, x1, _ = line.box
        wide = max(x1 - x0, 1e-6)
        a = int(np.ceil(max(0.0, (left - x0) / wide) * len(line.text)))
        b = int(min(1.0, (right - x0) / wide) * len(line.text)) if right < x1 else len(line.text)
        part = line.cut(a, b) if b > a else None
        if part is not None:
            out.append(part)
    return out


def _without_spaces(line: _Line) -> _Line:
    kept = [k for k, c in enumerate(line.text) if not c.isspace()]
    return replace(line, text="".join(line.text[k] for k in kept), marks=[line.marks[k] for k in kept])


def _mistaken(line: _Line, rate: float, rng: np.random.Generator) -> _Line:
    if rate == 0:
        return line
    table = confusions()
    text, marks = "", list[Mark]()
    draws = rng.random(len(line.text))
    for character, mark, draw in zip(line.text, line.marks, draws, strict=True):
        options = table.get(character)
        # Characters that were never misread are so a tenth as often, as another one of their kind.
        if options is not None and draw < rate * 1.5:
            total = sum(count for _, count in options)
            at, wrong = float(rng.random()) * total, options[-1][0]
            for option, count in options:
                at -= count
                if at <= 0:
                    wrong = option
                    break
        elif options is None and draw < rate * 0.2:
            wrong = chr(int(rng.integers(0x4E00, 0x9FA0))) if ord(character) >= 0x4E00 else choose(rng, "1lI0O.,-:;'")
        else:
            wrong = character
        text += wrong
        marks += [mark] * len(wrong)
    return replace(line, text=text, marks=marks)


def _strange(page: TruePage, lines: Sequence[_Line], rng: np.random.Generator) -> list[_Line]:
    """Print that is no part of the paper: seals, what lies around it, shadows read as characters."""
    if not lines or rng.random() < 0.45:
        return []
    pools = words()["noise"]
    high = float(np.median([line.box[3] - line.box[1] for line in lines]))
    out = []
    for _ in range(int(rng.integers(1, 6))):
        draw = rng.random()
        if draw < 0.35:
            text = choose(rng, pools["seals"])
            text = text[int(rng.integers(0, max(1, len(text) - 2))) :]
        elif draw < 0.6:
            text = choose(rng, pools["background"])
        elif draw < 0.8:
            text = "".join(choose(rng, "1lI|-_.·,'~一丨丶口日0OTE/\\") for _ in range(int(rng.integers(1, 4))))
        else:
            text = "".join(chr(int(rng.integers(0x4E00, 0x9FA0))) for _ in range(int(rng.integers(1, 6))))
        size = high * float(rng.uniform(0.5, 2.5))
        x, y = float(rng.uniform(-0.05, 1)) * page.width, float(rng.uniform(-0.05, 1.05)) * page.height
        wide = size * sum(1.0 if ord(c) > 0x2000 else 0.52 for c in text)
        out.append(_Line(text, [None] * len(text), (x, y, x + wide, y + size)))
    return out


def _moved(lines: list[_Line], page: TruePage, rng: np.random.Generator) -> None:
    """Skew, perspective, curl and scale of the whole page, and the reader's own jitter of each box."""
    angle = np.radians(float(rng.normal(0, choose(rng, (0.1, 0.4, 1.2)))))
    curl, bow = float(rng.normal(0, choose(rng, (0.0, 0.003, 0.012)))) * page.height, float(rng.uniform(0.5, 2))
    phase = float(rng.uniform(0, 3))
    tilt_x, tilt_y = rng.normal(0, choose(rng, (0.0, 0.05, 0.15)), 2)
    squeeze, scale = float(rng.uniform(0.85, 1.2)), float(np.exp(rng.uniform(-1, 2)))
    jitter = float(choose(rng, (0.02, 0.05, 0.1)))
    cos, sin = float(np.cos(angle)), float(np.sin(angle))
    w, h = page.width, page.height
    if not lines:
        return
    boxes = np.array([line.box for line in lines])
    high = (boxes[:, 3] - boxes[:, 1])[:, None]
    u = boxes[:, [0, 2, 2, 0]] / w - 0.5
    v = boxes[:, [1, 1, 3, 3]] / h - 0.5
    shrink = 1.0 / np.maximum(0.4, 1 + tilt_x * u + tilt_y * v)
    px = u * w * shrink * squeeze
    py = v * h * shrink + curl * np.sin(np.pi * bow * u + phase)
    ax, ay = px * cos - py * sin, px * sin + py * cos
    moved = np.stack([ax.min(1), ay.min(1), ax.max(1), ay.max(1)], axis=1)
    moved += rng.normal(0, jitter, moved.shape) * high * np.array([1, 0.6, 1, 0.6])
    moved = (moved + np.array([w, h, w, h])) * scale
    moved[:, 2:] = np.maximum(moved[:, 2:], moved[:, :2] + 0.1)
    for line, box in zip(lines, moved.tolist(), strict=True):
        line.box = (box[0], box[1], box[2], box[3])
