"""Continuous stub paper: printed by a laser on half of A4's height, by a dot matrix; and sheets that go on overleaf."""

from __future__ import annotations

import math

import numpy as np

from data_samples.factory.drawn import Drawn
from data_samples.factory.families.lab.choices import TYPES, holds, some, with_flag
from data_samples.factory.families.lab.habits import habits
from data_samples.factory.families.lab.sheet import A4, A5, STUB, Plan, draw, part, whole
from data_samples.factory.families.labels import choose
from data_samples.factory.family import Family
from data_samples.factory.paper import Paper

__all__ = ["FAMILIES"]


def _stub(paper: Paper, rng: np.random.Generator) -> Drawn:
    h = habits(rng)
    columns = some(rng, ("no", "name", "abbr", "result", "unit", "range", "previous"), no=0.5, abbr=0.4, previous=0.7)
    if rng.random() < 0.4:
        columns = tuple({"unit": "range", "range": "unit"}.get(key, key) for key in columns)
    plan = Plan(
        page={**choose(rng, (STUB, A5, {**A5, "w": 217, "h": 140})), "mx": float(rng.uniform(10, 16))},
        columns=with_flag(columns, h),
        rule=choose(rng, ("head", "none", "full", "rows")),
        size=float(rng.uniform(8.5, 9.5)),
        head_columns=choose(rng, (4, 5)),
        frame=choose(rng, ("none", "under", "lines")),
        align={"result": choose(rng, ("l", "r", "c")), "head": "l"},
        loose=float(rng.uniform(1.3, 1.6)),
        table={"top_rule": True, "bottom_rule": True, "rule_w": 0.7},
        bottom=bool(rng.random() < 0.5),
        codes=bool(rng.random() < 0.3),
    )
    return draw(paper, rng, plan, h)


def _dots(paper: Paper, rng: np.random.Generator) -> Drawn:
    """Twenty-four needles on a worn ribbon: fixed width letters, grey, dashes for rules."""
    h = habits(
        rng,
        face=choose(rng, ("mono", "courier+song", "courier+ming", "courier+fangsong")),
        head_face=choose(rng, ("song", "ming")),
        flag_red=False,
        power=choose(rng, ("caret", "star", "e")),
        micro="u",
        dash=choose(rng, ("-", "--", "~", " - ")),
        star="*",
    )
    columns = some(rng, ("no", "name", "abbr", "result", "range", "unit"), no=0.6, abbr=0.3)
    wide = len(paper.rows) > 13
    plan = Plan(
        page={**STUB, "mx": 15} if not wide or rng.random() < 0.4 else {**A4, "w": 241, "h": 280, "mx": 16},
        columns=with_flag(columns, h),
        rule=choose(rng, ("head-dash", "none", "head-dash")),
        size=float(rng.uniform(9, 10)),
        head_columns=choose(rng, (3, 4)),
        align={"result": choose(rng, ("l", "r")), "head": "l"},
        loose=float(rng.uniform(1.35, 1.6)),
        table={"top_rule": bool(rng.random() < 0.6), "bottom_rule": True, "rule_w": 0.5, "head_bold": False},
        letterhead={"logo": None, "tracking": 2},
        extra={
            "holes": bool(rng.random() < 0.6),
            "style": {"ink": int(rng.integers(70, 150)), "tracking": float(rng.uniform(0, 0.3))},
        },
        seal=bool(rng.random() < 0.7),
    )
    return draw(paper, rng, plan, h)


def _continued(paper: Paper, rng: np.random.Generator) -> Drawn:
    """Two or more pages of small paper, each with letterhead and head of its own."""
    h = habits(rng)
    columns = some(rng, ("no", "name", "abbr", "result", "unit", "range", "method"), no=0.6, abbr=0.4, method=0.3)
    short = rng.random() < 0.6
    page = {**choose(rng, (A5, STUB)), "mx": 12} if short else A4
    per = int(rng.integers(11, 17)) if short else int(rng.integers(22, 34))
    pages = max(2, math.ceil(len(paper.rows) / per))
    per = min(per, len(paper.rows) - 1) if pages == 2 else math.ceil(len(paper.rows) / pages)
    plan = Plan(
        page=page,
        columns=with_flag(columns, h),
        rule=choose(rng, ("head", "none", "full", "rows", "outer")),
        size=float(rng.uniform(8.5, 9.5)),
        head_columns=choose(rng, (4, 5)),
        frame=choose(rng, ("none", "under", "lines")),
        align={"result": choose(rng, ("l", "r", "c")), "head": "l"},
        loose=float(rng.uniform(1.3, 1.7)),
        table={"bottom_rule": True, "top_rule": bool(rng.random() < 0.5)},
        bottom=bool(rng.random() < 0.5),
    )
    parts = []
    look = part(paper, paper.rows[:1], rng, plan, h)["letterhead"]
    for first in range(0, len(paper.rows), per):
        made = part(
            paper,
            paper.rows[first : first + per],
            rng,
            plan,
            h,
            first=first + 1,
            marked=first == 0,
            last=first + per >= len(paper.rows),
        )
        parts.append(made | {"letterhead": look})
    return whole(plan, h, parts, rng, between="page")


FAMILIES = (
    Family(
        id="lab-stub-landscape",
        types=TYPES,
        split="development",
        title="Half a page across: stub paper 24 x 14 cm and the like, results of the last visit now and then",
        draw=_stub,
        fits=holds(most=18),
    ),
    Family(
        id="lab-dot-matrix",
        types=TYPES,
        split="development",
        title="Dot matrix print: fixed width, faint, dashes for rules",
        draw=_dots,
        fits=holds(most=30),
    ),
    Family(
        id="lab-continued",
        types=TYPES,
        split="development",
        title="Goes on over two or more pages, each with a head",
        draw=_continued,
        fits=holds(least=8, most=90),
    ),
)
