"""Several item columns side by side: two on upright and on wide paper, three narrow ones."""

from __future__ import annotations

import numpy as np

from data_samples.factory.drawn import Drawn
from data_samples.factory.families.lab.choices import TYPES, holds, some, with_flag
from data_samples.factory.families.lab.habits import habits
from data_samples.factory.families.lab.sheet import A4, A5, STUB, Plan, draw
from data_samples.factory.families.labels import choose
from data_samples.factory.family import Family
from data_samples.factory.paper import Paper

__all__ = ["FAMILIES"]


def _two(paper: Paper, rng: np.random.Generator) -> Drawn:
    h = habits(rng, name=choose(rng, ("plain", "plain", "star")))
    columns = some(rng, ("no", "name", "abbr", "result", "unit", "range"), no=0.5, abbr=0.15)
    if rng.random() < 0.4:
        columns = tuple({"unit": "range", "range": "unit"}.get(key, key) for key in columns)
    rows = len(paper.rows)
    page = choose(rng, (A4, A5, STUB)) if rows <= 30 else A4
    plan = Plan(
        page={**page, "mx": float(rng.uniform(8, 12))},
        columns=with_flag(columns, h),
        rule=choose(rng, ("head", "none", "full", "head-dash", "columns")),
        size=float(rng.uniform(8, 9)),
        blocks=2,
        head_columns=choose(rng, (4, 5)),
        foot_columns=choose(rng, (3, 4)),
        frame=choose(rng, ("none", "under", "lines")),
        align={"result": choose(rng, ("l", "r")), "head": "l"},
        loose=float(rng.uniform(1.4, 1.8)),
        table={
            "top_rule": bool(rng.random() < 0.7),
            "bottom_rule": True,
            "between": bool(rng.random() < 0.3),
            "gutter": float(rng.uniform(5, 12)),
            "pad_x": 1.6,
            "name_least": 4.5,
        },
        bottom=bool(rng.random() < 0.3),
        codes=bool(rng.random() < 0.3),
    )
    return draw(paper, rng, plan, h)


def _three(paper: Paper, rng: np.random.Generator) -> Drawn:
    place = choose(rng, ("after", "after", "before", "none"))
    h = habits(rng, name="plain", flag_place=place, bracket="")
    short = all(row.abbr for row in paper.rows) and rng.random() < 0.5
    columns = ("abbr" if short else "name", "result", *(("unit",) if rng.random() < 0.6 else ()), "range")
    plan = Plan(
        page={"w": 297, "h": 210, "mx": 10, "mt": 9, "mb": 9} if rng.random() < 0.6 else {**A4, "mx": 8},
        columns=columns,
        rule=choose(rng, ("head", "none", "full", "dots")),
        size=float(rng.uniform(8, 9)),
        blocks=3,
        head_columns=choose(rng, (4, 5, 6)),
        foot_columns=4,
        frame=choose(rng, ("none", "under", "lines")),
        align={"result": choose(rng, ("l", "r")), "head": "l"},
        loose=float(rng.uniform(1.4, 1.8)),
        table={
            "top_rule": True,
            "bottom_rule": True,
            "between": bool(rng.random() < 0.5),
            "gutter": float(rng.uniform(4, 9)),
            "pad_x": 1.4,
            "name_least": 4,
        },
    )
    return draw(paper, rng, plan, h)


FAMILIES = (
    Family(
        id="lab-two-columns",
        types=TYPES,
        split="development",
        title="Two tables of items side by side",
        draw=_two,
        fits=holds(least=8, most=64),
    ),
    Family(
        id="lab-three-columns",
        types=TYPES,
        split="development",
        title="Three narrow tables of items side by side, some without units",
        draw=_three,
        fits=holds(least=12, most=75),
    ),
)
