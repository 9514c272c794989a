"""From a paper to the data of ``sheet.typ``: what every printed laboratory family shares."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np

from data_samples.factory.drawn import Drawn
from data_samples.factory.families import inks
from data_samples.factory.families.lab import heads
from data_samples.factory.families.lab.cells import Cell, cells, has, remarks
from data_samples.factory.families.lab.habits import Habits
from data_samples.factory.families.labels import choose
from data_samples.factory.families.typesetting import typeset
from data_samples.factory.paper import Paper, Row

__all__ = ["A4", "A5", "STUB", "Plan", "draw", "is_numeric", "part", "whole"]

A4: Mapping[str, float] = {"w": 210, "h": 297, "mx": 13, "mt": 11, "mb": 12}
A5: Mapping[str, float] = {"w": 210, "h": 148, "mx": 10, "mt": 6, "mb": 7}
STUB: Mapping[str, float] = {"w": 241, "h": 140, "mx": 14, "mt": 6, "mb": 7}
_TEMPLATE = Path(__file__).parent / "sheet.typ"
_TRIES = 6
_POINTS = 72 / 25.4
_WEIGHTS = {"no": 0.2, "name": 2.2, "abbr": 0.7, "flag": 0.3, "method": 0.5}
_PAGE_NUMBERS = ("第 N 页 / 共 M 页", "第N页 共M页", "N/M", "- N -", "第 N 页", "Page N of M")


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What is fixed of one sheet, after the family has chosen."""

    page: Mapping[str, float]
    columns: tuple[str, ...]
    """Keys of ``COLUMN_WORDS`` in their order."""
    rule: str
    size: float
    """Points; made smaller where the rows would not fit."""
    blocks: int = 1
    head_columns: int = 4
    foot_columns: int = 3
    frame: str = "none"
    foot_frame: str = "none"
    align: Mapping[str, str] = field(default_factory=dict)
    loose: float = 1.75
    """Height of a row as a multiple of the size, where there is room."""
    table: Mapping[str, Any] = field(default_factory=dict)
    bottom: bool = False
    """The foot stands at the page's end, not below the table."""
    letterhead: Mapping[str, Any] = field(default_factory=dict)
    head_keys: tuple[str, ...] = heads.HEAD
    foot_keys: tuple[str, ...] = heads.FOOT
    codes: bool = False
    seal: bool = True
    extra: Mapping[str, Any] = field(default_factory=dict)
    """Further keys of the whole sheet's data."""


def is_numeric(row: Row) -> bool:
    """Return whether ``row`` is a measured value with limits."""
    return row.low is not None or row.high is not None


def draw(paper: Paper, rng: np.random.Generator, plan: Plan, habits: Habits) -> Drawn:
    """Draw ``paper`` as one report on as many pages as it takes."""
    return whole(plan, habits, [part(paper, paper.rows, rng, plan, habits)], rng)


def whole(
    plan: Plan, habits: Habits, parts: Sequence[Mapping[str, Any]], rng: np.random.Generator, *, between: str = "gap"
) -> Drawn:
    """Typeset ``parts``."""
    data: dict[str, Any] = {
        "page": dict(plan.page),
        "style": {"face": habits.face, "size": plan.size},
        "parts": list(parts),
        "between": between,
    }
    if rng.random() < 0.35 or between == "page":
        data["numbers"] = {"form": choose(rng, _PAGE_NUMBERS), "align": choose(rng, ("c", "c", "r"))}
    extra = dict(plan.extra)
    data["style"] |= extra.pop("style", {})
    data |= extra
    wanted = len(parts) if between == "page" else 1
    drawn = typeset(_TEMPLATE, data)
    for _ in range(_TRIES):
        if len(drawn.pages) <= wanted:
            break
        drawn = typeset(_TEMPLATE, _smaller(data))
    return drawn


def _smaller(data: dict[str, Any]) -> dict[str, Any]:
    """Set everything a little smaller, in place: names that break over lines made more of it than was reckoned."""
    data["style"]["size"] *= 0.96
    for made in data["parts"]:
        made["table"] |= {"size": made["table"]["size"] * 0.96, "pad_y": made["table"]["pad_y"] * 0.75}
    return data


def part(
    paper: Paper,
    rows: Sequence[Row],
    rng: np.random.Generator,
    plan: Plan,
    habits: Habits,
    *,
    first: int = 1,
    marked: bool = True,
    share: float = 1.0,
    last: bool = True,
) -> dict[str, Any]:
    """Return one part: letterhead, head, ``rows`` in blocks, foot.

    Args:
        first: number of the first row.
        marked: False for a head that repeats one already marked.
        share: of the page's height that the part may take.
        last: the report ends with it (remarks, signatures, seal).
    """
    width = plan.page["w"] - plan.page.get("ml", plan.page["mx"]) - plan.page.get("mr", plan.page["mx"])
    ems = width * _POINTS / plan.size
    head, head_columns = heads.flow(
        heads.field_cells(paper, plan.head_keys, habits, marked=marked), plan.head_columns, ems * 0.98
    )
    foot_cells = heads.field_cells(paper, plan.foot_keys, habits, marked=marked)
    foot_cells += heads.sign_cells(paper, habits, rng, size=plan.size) if last else []
    foot, foot_columns = heads.flow(foot_cells, plan.foot_columns, ems * 0.98)
    columns = tuple(
        key for key in plan.columns if key not in ("method", "previous", "sensitivity", "range") or has(paper, key)
    )
    texts = remarks(paper) if last else []
    printed = heads.note(paper, rng)
    blocks = _blocks(rows, plan.blocks, habits, first, set(columns), rng)
    tallest = max(sum(len(group["rows"]) + bool(group["title"]) for group in block) for block in blocks)
    room = (plan.page["h"] - plan.page["mt"] - plan.page["mb"]) * share * _POINTS
    letterhead = _letterhead(paper, rng, habits, plan)
    room -= _height(letterhead) + 34 + plan.size * (1.4 * (len(head) + len(foot) + len(texts)) + 2.5)
    height = min(plan.size * plan.loose, room / (tallest + 1))
    size = min(plan.size, height / 1.16)
    data: dict[str, Any] = {
        "letterhead": letterhead,
        "head": {"rows": head, "columns": head_columns, "gutter": plan.size * 0.38},
        "foot": {"rows": foot, "columns": foot_columns},
        "frame": plan.frame,
        "foot_frame": plan.foot_frame,
        "table": {
            "columns": [_column(key, plan, habits) for key in columns],
            "rule": plan.rule,
            "pad_y": max(0.3, (height - size) / 2),
            "size": size,
            **plan.table,
        },
        "blocks": blocks,
        "remarks": texts,
        "bottom": plan.bottom,
        "codes": _codes(paper, rng, marked, beside_logo=bool(letterhead.get("logo"))) if plan.codes else [],
        "ink": _seals(paper, rng, width) if plan.seal and last else [],
    }
    if printed:
        data["note"] = printed
    return data


def _blocks(
    rows: Sequence[Row], count: int, habits: Habits, first: int, columns: set[str], rng: np.random.Generator
) -> list[list[dict[str, Any]]]:
    """Divide rows to ``count`` columns of equal height, groups with their headings."""
    names = habits
    if "abbr" in columns and habits.name in ("paren", "front"):
        names = replace(habits, name="plain")
    stars = rng.random(len(rows)) < 0.4
    per = math.ceil(len(rows) / count)
    blocks: list[list[dict[str, Any]]] = []
    for index, row in enumerate(rows):
        if index % per == 0:
            blocks.append([])
        block = blocks[-1]
        if not block or block[-1]["title"] != row.group:
            block.append({"title": row.group, "rows": []})
        made: dict[str, Cell] = cells(row, first + index, names, recognised=bool(stars[index]))
        block[-1]["rows"].append({key: made[key] for key in columns})
    return blocks


def _column(key: str, plan: Plan, habits: Habits) -> dict[str, Any]:
    align = plan.align.get(key, "l")
    return {
        "key": key,
        "label": habits.column(key),
        "align": align,
        "halign": plan.align.get("head", align),
        "weight": _WEIGHTS.get(key, 1.0),
    }


def _letterhead(paper: Paper, rng: np.random.Generator, habits: Habits, plan: Plan) -> dict[str, Any]:
    hospital = paper.hospital
    wide = plan.page["w"] > 120
    head: dict[str, Any] = {
        "name": hospital.name,
        "face": habits.head_face,
        "size": float(rng.uniform(14, 20)) if wide else 12,
        "tracking": choose(rng, (0, 0, 1, 2)),
        "title": paper.title,
        "title_size": float(rng.uniform(12, 16)) if wide else 11,
        "title_tracking": choose(rng, (0, 0, 1, 3, 6)),
        "title_face": choose(rng, (habits.head_face, "song", "hei")),
        "gap": choose(rng, (4, 5, 6)),
    }
    if rng.random() < 0.25:
        head["title_face"] = habits.head_face
    if hospital.level:
        head["level"] = choose(rng, ("{}", "（{}）", "({})")).format(hospital.level)
        head["level_beside"] = bool(rng.random() < 0.2)
    if hospital.english and rng.random() < 0.6:
        head["english"] = hospital.english
    if rng.random() < 0.35:
        head |= {"logo": inks.logo(rng), "logo_w": 12}
    return head | dict(plan.letterhead)


def _height(letterhead: Mapping[str, Any]) -> float:
    """Return the letterhead's height in points."""
    sizes: list[float] = [letterhead["size"], letterhead["title_size"]]
    sizes += [9.0] if "level" in letterhead and not letterhead["level_beside"] else []
    sizes += [7.5] if "english" in letterhead else []
    gap: float = letterhead["gap"]
    return max(34.0 if letterhead.get("logo") else 0.0, sum(sizes) + gap * (len(sizes) - 1))


def _codes(paper: Paper, rng: np.random.Generator, marked: bool, *, beside_logo: bool) -> list[dict[str, Any]]:
    """A barcode in a corner, or a QR code, from the number the paper gives."""
    code = paper.fields.get("barcode") or paper.fields.get("sample_number")
    if code is None or not str(code.value).isascii():
        return []
    text = str(code.value)
    at = choose(rng, ("top right", "top left"))
    at = "top right" if beside_logo else at
    side = -1 if at == "top right" else 1
    if rng.random() < 0.2:
        return [{"img": inks.qr_code(text), "w": 15, "h": 15, "at": at, "dx": 0, "dy": 0, "text": None}]
    below = {"t": text, "id": code.mark} if marked else {"t": text}
    width = float(rng.uniform(28, 38))
    return [
        {"img": inks.barcode(text), "w": width, "h": 7, "at": at, "dx": side * -1, "dy": 0, "text": [below]},
    ]


def _seals(paper: Paper, rng: np.random.Generator, width: float) -> list[dict[str, Any]]:
    """Seals pressed near the foot, now and then over the last rows. Places in points from the foot's top left."""
    found = []
    over = rng.random() < 0.25
    for number, text in enumerate(paper.seals):
        size = float(rng.uniform(34, 40))
        right = width - size * (1.05 + number) - float(rng.uniform(0, 30))
        found.append(
            {
                "img": inks.seal(paper.hospital.name, text, rng),
                "dx": max(0.0, right) * _POINTS,
                "dy": float(rng.uniform(-26, -14) if over else rng.uniform(-13, -2)) * _POINTS,
                "w": size * _POINTS,
            }
        )
    return found
