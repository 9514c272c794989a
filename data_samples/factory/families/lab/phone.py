"""Screenshots: a report in a hospital's app or in a mini program, as cards, as a list, as a table."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from data_samples.factory.drawn import Drawn
from data_samples.factory.families.lab import heads
from data_samples.factory.families.lab.cells import cells, remarks, sections
from data_samples.factory.families.lab.choices import TYPES, holds
from data_samples.factory.families.lab.habits import Habits, habits
from data_samples.factory.families.labels import choose
from data_samples.factory.families.typesetting import typeset
from data_samples.factory.family import Family
from data_samples.factory.paper import Paper

__all__ = ["FAMILIES"]

_TEMPLATE = Path(__file__).parent / "phone.typ"
_WIDTH = 375.0
"""Points; the screen's own unit."""
_HEAD = ("name", "sex", "age", "number", "department", "doctor", "specimen", "panel", "sample_number", "diagnosis")
_FOOT = ("applied", "sampled", "received", "reported")
_TINTS = ("#2f7de1", "#13a6a0", "#1aad19", "#0a6ebd", "#5b6ee1", "#d9534f")
_TITLES = ("检验报告详情", "报告详情", "检验报告", "报告查询", "检验结果", "我的报告")
_NOTES = (
    "温馨提示：检验结果请以医院纸质报告为准",
    "本结果仅供参考，不作为诊断依据",
    "—— 已经到底了 ——",
    "如有疑问请咨询开单医生",
)


def _habits(rng: np.random.Generator) -> Habits:
    h = habits(
        rng,
        face=choose(rng, ("hei", "hei", "micro", "arial+hei", "zen")),
        flag_place=choose(rng, ("after", "after", "before", "none")),
        flag_red=bool(rng.random() < 0.7),
        flag_bold=bool(rng.random() < 0.3),
        name=choose(rng, ("plain", "plain", "paren")),
        dash=choose(rng, ("-", "~", "--", "-", "~")),
    )
    return replace(h, labels=replace(h.labels, spread=False, unpadded=False))


def _screen(drawn: Drawn, pixels: int) -> Drawn:
    """Turn the typeset page into what the phone saved: ``pixels`` wide, without a PDF behind it."""
    pictures = drawn.pictures(round(pixels / _WIDTH * 72))
    pages = zip(drawn.pages, pictures, strict=True)
    return Drawn(pdf=None, pages=tuple(replace(page, image=picture) for page, picture in pages))


def _draw(paper: Paper, rng: np.random.Generator, form: str) -> Drawn:
    h = _habits(rng)
    groups = []
    number = 1
    for title, rows in sections(paper.rows):
        made = []
        for row in rows:
            cell = cells(row, number, h)
            made.append({key: cell[key] for key in ("name", "result", "unit", "range")})
            number += 1
        groups.append({"title": title, "rows": made})
    card = bool(rng.random() < 0.5)
    mini = bool(rng.random() < 0.5)
    keys = [("name", 2.3), ("result", 1.25), ("unit", 1.25), ("range", 1.6)]
    if rng.random() < 0.4:
        keys = [keys[0], keys[1], keys[3], keys[2]]
    data: dict[str, Any] = {
        "page": {"w": _WIDTH * 25.4 / 72, "h": None, "mx": 0, "mt": 0, "mb": 6, "paper": "#f1f2f5"},
        "style": {"face": h.face, "size": float(rng.uniform(11.5, 13))},
        "tint": choose(rng, _TINTS),
        "bar": "white" if mini or rng.random() < 0.3 else "tint",
        "clock": f"{int(rng.integers(7, 23))}:{int(rng.integers(60)):02d}",
        "network": choose(rng, ("5G", "4G", "WiFi", "HD 5G", "中国移动 4G")),
        "battery": f"{int(rng.integers(9, 100))}%",
        "back": choose(rng, ("‹", "←", "<", "×")),
        "capsule": mini,
        "title": choose(rng, _TITLES),
        "hospital": paper.hospital.name,
        "level": paper.hospital.level,
        "report": paper.title,
        "head_form": choose(rng, ("rows", "ends", "pairs")),
        "head": heads.field_cells(paper, _HEAD, h),
        "foot": heads.field_cells(paper, _FOOT, h) + heads.sign_cells(paper, h, rng, size=10, inked=False),
        "groups": groups,
        "form": form,
        "columns": [{"key": key, "label": h.column(key), "w": width} for key, width in keys],
        "table_head": choose(rng, ("pale", "tint")),
        "zebra": bool(rng.random() < 0.5),
        "card_gap": float(rng.uniform(3, 9)),
        "space": float(rng.uniform(5, 10)),
        "radius": 7 if card else 0,
        "margin": 10 if card else 0,
        "remarks": remarks(paper),
        "note": choose(rng, _NOTES),
    }
    return _screen(typeset(_TEMPLATE, data), choose(rng, (720, 1080, 1080, 1170)))


def _family(form: str, title: str) -> Family:
    return Family(
        id=f"lab-phone-{form}",
        types=TYPES,
        split="development",
        title=title,
        draw=lambda paper, rng: _draw(paper, rng, form),
        media=frozenset({"screen"}),
        fits=holds(most=40),
    )


FAMILIES = (
    _family("cards", "Screenshot: a card for each item, unit and reference in grey below"),
    _family("list", "Screenshot: a list, reference over unit at the right"),
    _family("table", "Screenshot: a table of four columns, names broken over lines"),
)
