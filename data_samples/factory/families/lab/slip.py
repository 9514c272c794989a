"""A slip from a till printer, 58 or 80 mm wide, as bedside and clinic devices and terminals give: two lines an item."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

from data_samples.factory.drawn import Drawn
from data_samples.factory.families import inks
from data_samples.factory.families.lab import heads
from data_samples.factory.families.lab.cells import cells, remarks, sections
from data_samples.factory.families.lab.choices import TYPES, holds
from data_samples.factory.families.lab.habits import Habits, habits
from data_samples.factory.families.labels import choose
from data_samples.factory.families.typesetting import typeset
from data_samples.factory.family import Family
from data_samples.factory.paper import Paper, Row

__all__ = ["FAMILIES"]

_TEMPLATE = Path(__file__).parent / "slip.typ"


def _item(row: Row, number: int, h: Habits, limits: str, numbered: bool) -> dict[str, Any]:
    made = cells(row, number, h)
    flag = [{"t": " "}, *made["flag"]] if made["flag"] else []
    first = [{"t": f"{number}."}, *made["name"]] if numbered else made["name"]
    second = [*made["result"], *flag, {"t": " "}, *made["unit"]]
    third = [{"t": limits}, *made["range"]] if made["range"] else []
    return {
        "first": first,
        "second": second,
        "third": third,
        "cells": [[*made["result"], *flag], made["unit"], made["range"]],
    }


def _draw(paper: Paper, rng: np.random.Generator) -> Drawn:
    h = habits(
        rng,
        face=choose(rng, ("hei", "mono", "zen", "micro", "courier+song", "song")),
        head_face=choose(rng, ("hei", "song")),
        flag_red=False,
        name=choose(rng, ("plain", "paren", "front")),
    )
    form = choose(rng, ("spread", "thirds", "lines"))
    limits = "" if form == "thirds" else choose(rng, ("参考:", "参考值:", "参考范围：", "正常值:", "[参考]", "Ref:"))
    numbered = bool(rng.random() < 0.4)
    narrow = rng.random() < 0.2 and form == "lines"
    groups = []
    number = 1
    for title, rows in sections(paper.rows):
        items = []
        for row in rows:
            items.append(_item(row, number, h, limits, numbered))
            number += 1
        groups.append({"title": title, "rows": items})
    columns = [h.column("result"), h.column("unit"), h.column("range")] if form == "thirds" else []
    head = heads.field_cells(paper, heads.HEAD, h)
    foot = heads.field_cells(paper, heads.FOOT, h) + heads.sign_cells(paper, h, rng, size=8, inked=False)
    code = paper.fields.get("barcode") or paper.fields.get("sample_number")
    codes = []
    if code is not None and str(code.value).isascii() and rng.random() < 0.6:
        codes = [{"img": inks.barcode(str(code.value)), "w": 42, "h": 8, "text": [{"t": str(code.value)}]}]
    letterhead: dict[str, Any] = {"name": paper.hospital.name, "face": h.head_face, "size": 11 if narrow else 12.5}
    letterhead |= {"title": paper.title, "title_size": 10.5, "level": paper.hospital.level}
    data: dict[str, Any] = {
        "page": {"w": 58 if narrow else 80, "h": None, "mx": 3 if narrow else 4, "mt": 5, "mb": 7},
        "style": {"face": h.face, "size": float(rng.uniform(7.5, 9)), "ink": int(rng.integers(0, 90))},
        "letterhead": letterhead,
        "head": head,
        "foot": foot,
        "groups": groups,
        "columns": columns,
        "form": form,
        "gap": float(rng.uniform(0.25, 0.7)),
        "indent": float(rng.uniform(1, 8)),
        "dash": choose(rng, ("-", "=", "*", "line", "dashed")),
        "remarks": remarks(paper),
        "codes": codes,
    }
    if rng.random() < 0.6:
        data["note"] = choose(rng, ("热敏纸请及时复印保存", "** 结果仅供临床参考 **", "谢谢！请妥善保管"))
    return typeset(_TEMPLATE, data)


FAMILIES = (
    Family(
        id="lab-thermal-slip",
        types=TYPES,
        split="development",
        title="Till slip 80 or 58 mm wide, two or three lines an item",
        draw=_draw,
        media=frozenset({"scan", "photo"}),
        fits=holds(most=26),
    ),
)
