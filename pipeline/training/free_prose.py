"""Sections of a record laid out freely: headings before, above or beside; diagnoses in a list or in one line."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from data_samples.factory.families.clinical.words import NUMBERINGS
from data_samples.factory.families.labels import choose
from data_samples.factory.paper import Paper, Section
from models.page_reader.labels import Label
from pipeline.training.board import Board, Part, width_of, wrapped
from pipeline.training.words import words

__all__ = ["put_sections"]

_DIAGNOSES = (
    "admission_diagnosis",
    "discharge_diagnosis",
    "diagnosis",
    "preoperative_diagnosis",
    "postoperative_diagnosis",
    "outpatient_diagnosis",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Style:
    """How one page sets its sections."""

    form: str
    """``inline``: the heading leads the text, ``own``: on a line of its own, ``cell``: beside it, ``card``."""
    colon: str
    frame: str
    numbering: Callable[[int], str]
    together: bool
    """Items follow each other in one line."""
    step: float
    size: float
    margin: float


def put_sections(board: Board, paper: Paper, y: float, margin: float, size: float, rng: np.random.Generator) -> float:
    """Put the sections of ``paper`` one below the other."""
    form = choose(rng, ("inline", "inline", "own", "own", "cell", "card"))
    style = _Style(
        form=form,
        colon=choose(rng, ("：", "：", ":", "：", "") if form != "inline" else ("：", "：", ":", ": ", "： ")),
        frame=choose(rng, ("{}", "{}", "{}", "{}", "【{}】", "[{}]", "■{}", "一、{}", "●{}", "{}")),
        numbering=choose(rng, [*NUMBERINGS.values(), lambda k: ""]),
        together=bool(rng.random() < 0.35),
        step=size * float(rng.uniform(1.15, 1.9)),
        size=size,
        margin=margin,
    )
    sections = list(paper.sections)
    if rng.random() < 0.2:
        sections = [sections[int(k)] for k in rng.permutation(len(sections))]
    if rng.random() < 0.15 and len(sections) > 1:
        sections = sections[int(rng.integers(len(sections))) :]
    for number, section in enumerate(sections):
        y = _section(board, section, y, style, rng, number)
        y += float(rng.uniform(0, 0.8)) * size
    return y


def _section(board: Board, section: Section, y: float, style: _Style, rng: np.random.Generator, index: int) -> float:
    wordings = words()["sections"].get(section.key, ())
    title = section.title if not wordings or rng.random() < 0.4 else choose(rng, wordings)
    name: object = ("section", index)
    size, x, room = style.size, style.margin, board.width - 2 * style.margin
    head: list[Part] = []
    if title.strip():
        before, _, after = style.frame.partition("{}")
        head = [(before, None, None), (title, Label.SECTION, name), (after + style.colon, None, None)]
        if style.form == "cell":
            board.put(x, y, head, size)
            shift = max(width_of(title + style.colon, size) + size, room * 0.18)
            x, room, head = x + shift, room - shift, []
        elif style.form in ("own", "card"):
            board.put(x, y, head, size * float(rng.uniform(1, 1.2)))
            y, head = y + style.step, []
            shift = float(choose(rng, (0, 0, size * 2)))
            x, room = x + shift, room - shift
    linked = name if title.strip() else None
    lines = _items(board, section, head, style, rng, index, linked, room)
    head = head if not section.items else []
    text = "".join(run.text for run in section.text)
    diagnoses = section.key in _DIAGNOSES
    if text:
        thing = ("text", index)
        if linked is not None:
            board.link(thing, linked)
        head = [*head, (text, Label.DIAGNOSIS if diagnoses else Label.TEXT, thing)]
    if head:
        lines += wrapped(head, size, room)
    for number, line in enumerate(lines):
        indent = size * 2 if number == 0 and style.form == "own" and text and rng.random() < 0.3 else 0
        board.put(x + indent, y, _own(line, number, board, linked), size)
        y += style.step
    return y


def _items(
    board: Board,
    section: Section,
    head: list[Part],
    style: _Style,
    rng: np.random.Generator,
    index: int,
    linked: object,
    room: float,
) -> list[list[Part]]:
    """Lines of the section's items, the heading before them where it leads the text."""
    lines: list[list[Part]] = []
    current: list[Part] = list(head) if section.items else []
    for number, item in enumerate(section.items, start=1):
        text = "".join(run.text for run in item)
        mark = style.numbering(number) if len(section.items) > 1 or rng.random() < 0.5 else ""
        thing = ("item", index, number)
        if linked is not None:
            board.link(thing, linked)
        piece: list[Part] = [(mark + text, Label.TEXT, thing)]
        if section.key in _DIAGNOSES:
            if rng.random() < 0.12:
                text += choose(rng, ("？", "?", "待查", "（待排）", ""))
            piece = [(mark, None, None), (text, Label.DIAGNOSIS, thing)]
            if rng.random() < 0.05:
                piece.append((choose(rng, (" I10.x00", " E11.900", " (N18.001)", " N18.900x001")), None, None))
        if style.together:
            between = choose(rng, ("；", ";", "  ", "，", " ")) if number < len(section.items) else ""
            current += [*piece, (between, None, None)]
        else:
            lines += wrapped([*current, *piece], style.size, room)
            current = []
    return lines + (wrapped(current, style.size, room) if current else [])


def _own(line: list[Part], number: int, board: Board, head: object) -> list[Part]:
    """Prose of each line is a thing of its own; a diagnosis keeps its name over lines."""
    out: list[Part] = []
    for printed, label, name in line:
        thing = name
        if label is Label.TEXT:
            thing = (name, number)
            if head is not None:
                board.link(thing, head)
        out.append((printed, label, thing))
    return out
