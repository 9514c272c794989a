"""Single tables on upright paper: ruled, unruled, zebra, results first, ranges first, English only, margin text."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from data_samples.factory.drawn import Drawn
from data_samples.factory.families.lab.cells import has
from data_samples.factory.families.lab.choices import holds, some, with_flag
from data_samples.factory.families.lab.habits import FLAG_STYLES, habits
from data_samples.factory.families.lab.sheet import A4, Plan, draw
from data_samples.factory.families.labels import choose
from data_samples.factory.family import Family
from data_samples.factory.paper import Paper

__all__ = ["FAMILIES"]

_TYPES = frozenset({"lab_report"})


def _ruled(paper: Paper, rng: np.random.Generator) -> Drawn:
    h = habits(rng)
    columns = some(rng, ("no", "name", "abbr", "result", "unit", "range", "method"), no=0.7, abbr=0.5, method=0.6)
    if rng.random() < 0.5:
        columns = tuple("range" if key == "unit" else "unit" if key == "range" else key for key in columns)
    align = {
        "head": "c",
        "no": "c",
        "result": choose(rng, ("c", "c", "r", "l")),
        "flag": "c",
        "unit": "c",
        "range": "c",
    }
    plan = Plan(
        page={**A4, "mx": float(rng.uniform(11, 18))},
        columns=with_flag(columns, h),
        rule=choose(rng, ("full", "full", "full", "columns", "outer")),
        size=float(rng.uniform(9, 10.5)),
        head_columns=choose(rng, (3, 4, 4)),
        foot_columns=choose(rng, (3, 3, 2)),
        frame=choose(rng, ("none", "none", "lines", "box")),
        align=align,
        loose=float(rng.uniform(1.5, 2.0)),
        table={"head_bold": bool(rng.random() < 0.7), "hair": float(rng.uniform(0.3, 0.8))},
        bottom=bool(rng.random() < 0.2),
        codes=bool(rng.random() < 0.4),
    )
    return draw(paper, rng, plan, h)


def _unruled(paper: Paper, rng: np.random.Generator) -> Drawn:
    h = habits(rng)
    columns = some(rng, ("no", "name", "abbr", "result", "range", "unit", "method"), no=0.4, abbr=0.3, method=0.4)
    if rng.random() < 0.4:
        columns = tuple("range" if key == "unit" else "unit" if key == "range" else key for key in columns)
    plan = Plan(
        page={**A4, "mx": float(rng.uniform(12, 22))},
        columns=with_flag(columns, h),
        rule=choose(rng, ("head", "head", "head-dash", "dots")),
        size=float(rng.uniform(9.5, 11)),
        head_columns=choose(rng, (3, 4, 5)),
        frame=choose(rng, ("none", "none", "under")),
        align={"result": choose(rng, ("l", "r", "c")), "flag": "l"},
        loose=float(rng.uniform(1.45, 1.9)),
        table={"top_rule": True, "bottom_rule": True, "head_bold": bool(rng.random() < 0.5), "rule_w": 0.9},
        bottom=bool(rng.random() < 0.4),
        codes=bool(rng.random() < 0.4),
    )
    return draw(paper, rng, plan, h)


def _zebra(paper: Paper, rng: np.random.Generator) -> Drawn:
    h = habits(rng, face=choose(rng, ("hei", "micro", "arial+hei", "zen", "times+song")), flag_red=rng.random() < 0.4)
    columns = some(rng, ("no", "name", "abbr", "result", "unit", "range"), no=0.6, abbr=0.6)
    shades = choose(
        rng, (("#d8d8d8", "#f0f0f0"), ("#cfe3f7", "#eef6fd"), ("#cdeadd", "#eef9f3"), ("#bbbbbb", "#e4e4e4"))
    )
    plan = Plan(
        page={**A4, "w": choose(rng, (210, 182)), "mx": 12} if rng.random() < 0.6 else A4,
        columns=with_flag(columns, h),
        rule="zebra",
        size=float(rng.uniform(9, 10)),
        head_columns=choose(rng, (3, 4)),
        align={"no": "c", "result": choose(rng, ("r", "c")), "flag": "c", "head": choose(rng, ("c", "l"))},
        loose=float(rng.uniform(1.6, 2.0)),
        table={"shade_head": shades[0], "shade": shades[1]},
        letterhead={"fill": choose(rng, ("#000000", "#0b4a8f", "#8a1020"))},
        codes=bool(rng.random() < 0.5),
    )
    return draw(paper, rng, plan, h)


def _result_first(paper: Paper, rng: np.random.Generator) -> Drawn:
    h = habits(rng)
    columns: tuple[str, ...] = (
        ("result", "unit", "name", "range") if rng.random() < 0.5 else ("result", "name", "unit", "range")
    )
    if rng.random() < 0.3:
        columns = (*columns[:-1], "abbr", "range")
    columns = ("no", *columns) if rng.random() < 0.4 else columns
    plan = Plan(
        page={**A4, "mx": float(rng.uniform(14, 24))},
        columns=with_flag(columns, h),
        rule=choose(rng, ("head", "none", "full", "dots")),
        size=float(rng.uniform(9.5, 11)),
        head_columns=choose(rng, (2, 3, 4)),
        frame=choose(rng, ("none", "lines", "box")),
        align={"result": choose(rng, ("l", "r")), "head": "l"},
        table={"top_rule": bool(rng.random() < 0.5), "bottom_rule": True},
    )
    return draw(paper, rng, plan, h)


def _range_first(paper: Paper, rng: np.random.Generator) -> Drawn:
    h = habits(rng)
    split = rng.random() < 0.5
    limits = ("low", "high") if split else ("range",)
    columns = ("name", *limits, "result", "unit") if rng.random() < 0.6 else ("abbr", "name", *limits, "unit", "result")
    if rng.random() < 0.5 and has(paper, "abbr") and "abbr" not in columns:
        columns = ("abbr", *columns)
    plan = Plan(
        page={**A4, "mx": float(rng.uniform(13, 20))},
        columns=with_flag(columns, h),
        rule=choose(rng, ("full", "head", "rows", "columns")),
        size=float(rng.uniform(9, 10.5)),
        head_columns=choose(rng, (3, 4)),
        align={"low": "r", "high": "l", "result": choose(rng, ("r", "c")), "head": choose(rng, ("c", "l"))},
        table={"top_rule": False, "bottom_rule": bool(rng.random() < 0.5)},
        codes=bool(rng.random() < 0.3),
    )
    return draw(paper, rng, plan, h)


def _english(paper: Paper, rng: np.random.Generator) -> Drawn:
    h = habits(rng, face=choose(rng, ("times+song", "arial+hei", "arial+song", "courier+song")))
    h = replace(h, flags=FLAG_STYLES["letters"] if rng.random() < 0.5 and h.flags else h.flags)
    words = dict(h.columns) | {"abbr": choose(rng, ("项目", "Item", "Test", "检验项目", "TEST"))}
    if rng.random() < 0.4:
        words |= {"result": "Result", "unit": "Unit", "range": "Reference", "flag": ""}
    h = replace(h, columns=words)
    columns = ("abbr", "result", "unit", "range") if rng.random() < 0.6 else ("abbr", "result", "range", "unit")
    plan = Plan(
        page={**A4, "w": 148, "h": 210, "mx": 9} if rng.random() < 0.4 and len(paper.rows) < 26 else A4,
        columns=with_flag(columns, h),
        rule=choose(rng, ("head", "none", "dots", "full")),
        size=float(rng.uniform(9, 10.5)),
        head_columns=choose(rng, (2, 3)),
        foot_columns=2,
        align={"result": choose(rng, ("l", "r")), "head": "l"},
        table={"top_rule": True, "bottom_rule": True, "spread": float(rng.uniform(0.5, 1))},
    )
    return draw(paper, rng, plan, h)


def _margin(paper: Paper, rng: np.random.Generator) -> Drawn:
    h = habits(rng)
    columns = some(rng, ("no", "name", "result", "unit", "range", "method"), no=0.4, method=0.4)
    text = choose(
        rng,
        (
            "检验报告粘贴线请沿此线粘贴于病历",
            "此联由患者保存",
            "装订线内请勿书写",
            "第二联病历存档",
            "检验结果仅供临床参考",
        ),
    )
    plan = Plan(
        page={**A4, "ml": 24, "mr": 11},
        columns=with_flag(columns, h),
        rule=choose(rng, ("full", "head", "outer", "rows")),
        size=float(rng.uniform(9, 10.5)),
        head_columns=choose(rng, (3, 4)),
        frame=choose(rng, ("none", "lines")),
        align={"result": "c", "head": choose(rng, ("c", "l"))},
        table={"top_rule": False, "bottom_rule": True},
        extra={
            "margin_text": {
                "text": text,
                "x": float(rng.uniform(7, 11)),
                "turned": bool(rng.random() < 0.5),
                "line": bool(rng.random() < 0.8),
                "dashed": bool(rng.random() < 0.6),
            }
        },
    )
    return draw(paper, rng, plan, h)


FAMILIES = (
    Family(
        id="lab-ruled-portrait",
        types=_TYPES,
        split="development",
        title="A4 upright, every cell ruled",
        draw=_ruled,
        fits=holds(most=38),
    ),
    Family(
        id="lab-unruled-portrait",
        types=_TYPES,
        split="development",
        title="A4 upright, a rule above and below the table only",
        draw=_unruled,
        fits=holds(most=38),
    ),
    Family(
        id="lab-zebra",
        types=_TYPES,
        split="development",
        title="Rows in turn shaded, no rules",
        draw=_zebra,
        fits=holds(most=36),
    ),
    Family(
        id="lab-result-first",
        types=_TYPES,
        split="development",
        title="The result stands before the name",
        draw=_result_first,
        fits=holds(most=36),
    ),
    Family(
        id="lab-range-first",
        types=_TYPES,
        split="development",
        title="The reference, in one column or as lower and upper limit, stands before the result",
        draw=_range_first,
        fits=holds(most=36),
    ),
    Family(
        id="lab-english-only",
        types=_TYPES,
        split="development",
        title="Items by English abbreviation only",
        draw=_english,
        fits=holds(most=32, abbreviated=True),
    ),
    Family(
        id="lab-margin-text",
        types=_TYPES,
        split="development",
        title="Upright text and a line along the left margin",
        draw=_margin,
        fits=holds(most=34),
    ),
)
