"""Sheets of their own kind: urine and other qualitative results, tumour markers, sensitivity tests, blood counts."""

from __future__ import annotations

import numpy as np

from data_samples.factory.drawn import Drawn
from data_samples.factory.families import inks
from data_samples.factory.families.lab.choices import TYPES, some, with_flag
from data_samples.factory.families.lab.habits import FLAG_STYLES, habits
from data_samples.factory.families.lab.sheet import A4, A5, Plan, draw, is_numeric, part, whole
from data_samples.factory.families.labels import choose
from data_samples.factory.family import Family
from data_samples.factory.paper import Paper

__all__ = ["FAMILIES"]

_B5 = {"w": 182, "h": 257, "mx": 12, "mt": 10, "mb": 10}


def _qualitative(paper: Paper, rng: np.random.Generator) -> Drawn:
    h = habits(rng, flags=FLAG_STYLES[choose(rng, ("arrows-star", "arrows", "letters", "words", "star"))])
    columns = some(rng, ("no", "name", "abbr", "result", "unit", "range"), no=0.6, abbr=0.6)
    two = len(paper.rows) > 9 and rng.random() < 0.5
    plan = Plan(
        page=choose(rng, (A5, {**A5, "mx": 16})) if len(paper.rows) < 14 or two else choose(rng, (A4, _B5)),
        columns=with_flag(columns, h),
        rule=choose(rng, ("full", "head", "rows", "none")),
        size=float(rng.uniform(8.5, 9.5)) if two else float(rng.uniform(9, 10.5)),
        blocks=2 if two else 1,
        head_columns=choose(rng, (4, 5)),
        frame=choose(rng, ("none", "lines", "box")),
        align={"result": choose(rng, ("c", "l")), "range": choose(rng, ("c", "l")), "head": choose(rng, ("c", "l"))},
        loose=float(rng.uniform(1.4, 1.8)),
        table={"top_rule": bool(rng.random() < 0.4), "bottom_rule": True, "pad_x": 2},
        codes=bool(rng.random() < 0.3),
    )
    return draw(paper, rng, plan, h)


def _markers(paper: Paper, rng: np.random.Generator) -> Drawn:
    """Few rows, wide lines, method and remarks."""
    h = habits(rng)
    columns = some(rng, ("no", "name", "abbr", "result", "unit", "range", "method"), no=0.5, abbr=0.5, method=0.8)
    if rng.random() < 0.3:
        columns = ("method", *(key for key in columns if key != "method"))
    plan = Plan(
        page=choose(rng, (A5, A4, _B5)),
        columns=with_flag(columns, h),
        rule=choose(rng, ("full", "head", "dots", "rows")),
        size=float(rng.uniform(9.5, 11)),
        head_columns=choose(rng, (2, 3, 4)),
        frame=choose(rng, ("none", "box", "under")),
        align={"result": choose(rng, ("c", "r")), "head": choose(rng, ("c", "l"))},
        loose=float(rng.uniform(1.8, 2.6)),
        table={"top_rule": True, "bottom_rule": True, "group_align": choose(rng, ("l", "c"))},
        codes=bool(rng.random() < 0.5),
    )
    return draw(paper, rng, plan, h)


def _sensitivity(paper: Paper, rng: np.random.Generator) -> Drawn:
    h = habits(rng, words={"result": "MIC"})
    words = dict(h.columns) | {
        "name": choose(rng, ("抗生素", "抗菌药物", "药物名称", "抗菌药物名称")),
        "result": choose(rng, ("MIC", "MIC值", "结果", "药敏值")),
    }
    columns = some(rng, ("no", "name", "abbr", "result", "unit", "sensitivity", "range"), no=0.6, abbr=0.4, unit=0.6)
    h = habits(rng, columns=words, name="plain")
    plan = Plan(
        page=choose(rng, (A4, _B5)),
        columns=with_flag(columns, h),
        rule=choose(rng, ("full", "head", "dots")),
        size=float(rng.uniform(9.5, 10.5)),
        head_columns=choose(rng, (3, 4)),
        frame=choose(rng, ("none", "lines")),
        align={"result": "c", "sensitivity": "c", "head": "c"},
        table={"top_rule": True, "bottom_rule": True},
        codes=bool(rng.random() < 0.4),
    )
    return draw(paper, rng, plan, h)


def _counter(paper: Paper, rng: np.random.Generator) -> Drawn:
    """A blood counter's print: the curves of its three channels below the table."""
    h = habits(rng)
    columns = some(rng, ("no", "abbr", "name", "result", "unit", "range"), no=0.4, abbr=0.6)
    two = rng.random() < 0.4
    plan = Plan(
        page=A4,
        columns=with_flag(columns, h),
        rule=choose(rng, ("none", "head", "full")),
        size=float(rng.uniform(9, 10)) if not two else 8.5,
        blocks=2 if two else 1,
        head_columns=choose(rng, (3, 4)),
        frame=choose(rng, ("none", "under")),
        align={"result": choose(rng, ("l", "r")), "head": "l"},
        loose=1.5,
        table={"top_rule": True, "bottom_rule": True, "spread": float(rng.uniform(0.6, 1)), "pad_x": 2},
    )
    made = part(paper, paper.rows, rng, plan, h)
    width = float(rng.uniform(36, 48))
    made["pictures"] = [
        {"img": inks.histogram(rng, peaks=peaks, title=title), "w": width}
        for title, peaks in (("WBC", 3), ("RBC", 1), ("PLT", 1))
    ]
    return whole(plan, h, [made], rng)


def _is_qualitative(paper: Paper) -> bool:
    words = sum(not is_numeric(row) and bool(row.expected) for row in paper.rows)
    return 1 <= len(paper.rows) <= 34 and words * 3 >= len(paper.rows)


def _is_blood_count(paper: Paper) -> bool:
    names = {row.abbr for row in paper.rows}
    return {"WBC", "RBC", "PLT"} <= names and len(paper.rows) <= 28


FAMILIES = (
    Family(
        id="lab-qualitative",
        types=TYPES,
        split="development",
        title="Urine and the like: 阴性, +, 2+, ± beside numbers",
        draw=_qualitative,
        fits=_is_qualitative,
    ),
    Family(
        id="lab-few-rows",
        types=TYPES,
        split="development",
        title="A handful of results on much paper, with methods: tumour markers, hormones, HbA1c",
        draw=_markers,
        fits=lambda paper: 1 <= len(paper.rows) <= 12,
    ),
    Family(
        id="lab-sensitivity",
        types=TYPES,
        split="development",
        title="Culture with a table of antibiotics",
        draw=_sensitivity,
        fits=lambda paper: len(paper.rows) <= 26 and any("sensitivity" in row.more for row in paper.rows),
    ),
    Family(
        id="lab-blood-counter",
        types=TYPES,
        split="development",
        title="Blood count with the counter's curves",
        draw=_counter,
        fits=_is_blood_count,
    ),
)
