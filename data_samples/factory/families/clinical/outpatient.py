"""Outpatient notes: a print of the hospital's system, a slip of thermal paper, a booklet filled in by hand."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np

from data_samples.factory.drawn import Drawn
from data_samples.factory.families import inks
from data_samples.factory.families.clinical import blocks as b
from data_samples.factory.families.clinical.blocks import Block
from data_samples.factory.families.clinical.hand import by_hand
from data_samples.factory.families.clinical.look import a4, look
from data_samples.factory.families.labels import choose
from data_samples.factory.family import Family
from data_samples.factory.paper import Paper

__all__ = ["FAMILIES"]

_HEAD = ("name", "sex", "age", "outpatient_number", "number", "visited", "department", "insurance", "phone", "address")
_TYPES = frozenset({"outpatient_record"})


def _print(paper: Paper, rng: np.random.Generator) -> Drawn:
    one = look(rng, paper)
    small = rng.random() < 0.35
    pages = {"w": 148, "h": 210, "mx": 11, "mt": 10, "mb": 11} if small else a4(rng, mx=(14, 22))
    width = pages["w"] - 2 * pages["mx"]
    columns = 3 if small else choose(rng, (3, 4))
    rows = b.field_rows(paper, b.rest(paper, _HEAD), one, columns=columns, width=width)
    mode = choose(rng, ("run", "run", "beside", "block"))
    style: Block = {"mode": mode, "gap": float(rng.uniform(0.4, 0.7))}
    style |= {"label_w": one.size * 2.4} if mode == "beside" else {"lists": choose(rng, ("block", "beside"))}
    head = b.letterhead(paper, rng, one, **({"size": 14.0, "title_size": 13.0, "english": None} if small else {}))
    made: list[Block] = [head, {"k": "space", "h": 2}]
    number = paper.fields.get("outpatient_number") or paper.fields.get("number")
    if number is not None and str(number.value).isascii() and rng.random() < 0.4 and not small:
        code = {"img": inks.barcode(str(number.value)), "w": 32, "at": "top right", "dx": 0, "dy": 0}
        made.append({"k": "corner", "items": [code]})
    made += [
        b.fields(rows, columns, frame=choose(rng, ("lines", "under", "cells")), gutter=4),
        {"k": "space", "h": 1.5},
        *b.sections(paper, one, **style),
        {"k": "fill"} if rng.random() < 0.3 else {"k": "space", "h": 5},
        b.seals(paper, rng, at=(width - 60, -14), size=(30, 38)),
        {"k": "signs", "items": b.sign_items(paper, one, rng, day=paper.date), "row": rng.random() < 0.4},
    ]
    if rng.random() < 0.4:
        note = choose(rng, ("本病历仅供本次就诊使用，请妥善保管。", "温馨提示：复诊请携带本病历及检查资料。"))
        made += [{"k": "rule", "w": 0.4}, b.text(note, size=0.85)]
    return b.compose(pages, one, made, rng)


def _slip(paper: Paper, rng: np.random.Generator) -> Drawn:
    """A roll of 80 (or 58) millimetres: as long as its text."""
    width = float(choose(rng, (72, 80, 80)))
    face = choose(rng, ("hei", "micro", "zen", "song"))
    one = look(
        rng,
        paper,
        face=face,
        head_face=face,
        size=float(rng.uniform(8, 9)),
        inline=bool(rng.random() < 0.4),
        bold=False,
    )
    one = replace(one, labels=replace(one.labels, spread=False), heading=choose(rng, ("{}：", "{}:", "【{}】")))
    pages: dict[str, Any] = {"w": width, "h": None, "mx": float(rng.uniform(3.5, 5)), "mt": 6, "mb": 9}
    dash = choose(rng, ("dashed", "dotted", "solid"))
    line: Block = {"k": "rule", "w": 0.5, "dash": dash}
    rows = b.field_rows(paper, b.rest(paper, _HEAD), one, columns=2, width=width - 2 * pages["mx"])
    made: list[Block] = [
        b.text(paper.hospital.name, al="c", b=True, size=1.2),
        b.text(paper.title, al="c", b=True, size=1.15),
        line,
        b.fields(rows, 2, gutter=3, column_gutter=3),
        line,
        *b.sections(paper, one, mode="run", lists="block", gap=0.4),
        line,
        {"k": "signs", "items": b.sign_items(paper, one, rng, day=paper.date), "al": "l", "gutter": 1.5},
    ]
    if rng.random() < 0.5:
        made.append(b.text("请妥善保管，遗失不补", al="c", size=0.95))
    if rng.random() < 0.35:
        code = inks.qr_code(f"{paper.date:%Y%m%d}{rng.integers(10**6):06d}")
        made += [{"k": "space", "h": 2}, {"k": "images", "items": [{"img": code, "w": 20}]}]
    style = {"ink": int(rng.integers(20, 90)), "justify": False}
    return b.compose(pages, one, made, rng, numbers=0, style=style)


def _booklet(paper: Paper, rng: np.random.Generator) -> Drawn:
    """Printed form, entries by hand: uneven letters in blue or black, now and then one struck out."""
    one = look(rng, paper, face="song", size=10.5, heading="{}：", inline=bool(rng.random() < 0.6), bold=False)
    one = replace(one, leading=float(rng.uniform(0.75, 1.0)))
    pages = choose(
        rng, ({"w": 130, "h": 190, "mx": 12, "mt": 12, "mb": 12}, {"w": 185, "h": 260, "mx": 17, "mt": 14, "mb": 14})
    )
    width = pages["w"] - 2 * pages["mx"]
    pen = choose(rng, ("#1c2e80", "#15151f", "#23357f", "#101018"))
    columns = 3
    rows = b.field_rows(
        paper, b.rest(paper, _HEAD), one, columns=columns, width=width, under=True, size=one.size * 1.12
    )
    for row in rows:
        for cell in row:
            cell["value"] = by_hand(cell["value"], rng, pen)
    made: list[Block] = [
        b.letterhead(paper, rng, one, size=14.0, logo=None, english=None),
        {"k": "space", "h": 2},
        b.fields(rows, columns, gutter=6),
        {"k": "rule", "w": 0.8},
        {"k": "space", "h": 1},
    ]
    for part in b.sections(paper, one, mode="run", lists="block", gap=1.0):
        part["body"] = [by_hand(paragraph, rng, pen, slips=0.08) for paragraph in part["body"]]
        if rng.random() < 0.25:
            part["label"] = by_hand([part["label"]], rng, pen)
        made.append(part)
    made += [
        {"k": "space", "h": 5},
        b.seals(paper, rng, at=(width - 50, -14), size=(28, 34)),
        {"k": "signs", "items": b.sign_items(paper, one, rng)},
        {"k": "space", "h": 1},
        {"k": "text", "t": by_hand([{"t": one.day(paper.date)}], rng, pen), "al": "r"},
    ]
    return b.compose(pages, one, made, rng, numbers=0.15, style={"justify": False})


FAMILIES = (
    Family(
        id="outpatient-print",
        types=_TYPES,
        split="development",
        title="Outpatient note printed by the hospital's system, A4 or A5",
        draw=_print,
    ),
    Family(
        id="outpatient-slip",
        types=_TYPES,
        split="development",
        title="Outpatient note on a narrow slip of thermal paper",
        draw=_slip,
        media=frozenset({"photo", "scan"}),
    ),
    Family(
        id="outpatient-booklet",
        types=_TYPES,
        split="development",
        title="Booklet page with printed headings and entries by hand",
        draw=_booklet,
        media=frozenset({"photo", "scan"}),
    ),
)
