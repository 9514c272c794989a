"""Two reports printed on one sheet: each with head and table, one below the other, of one patient and one day."""

from __future__ import annotations

import numpy as np

from data_samples.factory.drawn import Drawn
from data_samples.factory.families.lab.cells import sections
from data_samples.factory.families.lab.choices import TYPES, some, with_flag
from data_samples.factory.families.lab.habits import habits
from data_samples.factory.families.lab.sheet import A4, Plan, part, whole
from data_samples.factory.families.labels import choose
from data_samples.factory.family import Family
from data_samples.factory.paper import Paper, Row

__all__ = ["FAMILIES"]


def _halves(paper: Paper) -> tuple[tuple[Row, ...], tuple[Row, ...]]:
    """Divide by groups where there are any, else in the middle."""
    parts = [tuple(rows) for _, rows in sections(paper.rows)]
    if len(parts) == 1:
        middle = (len(paper.rows) + 1) // 2
        return paper.rows[:middle], paper.rows[middle:]
    best = min(range(1, len(parts)), key=lambda cut: abs(_count(parts[:cut]) - _count(parts[cut:])))
    return sum(parts[:best], ()), sum(parts[best:], ())


def _count(parts: list[tuple[Row, ...]]) -> int:
    return sum(len(rows) for rows in parts)


def _merged(paper: Paper, rng: np.random.Generator) -> Drawn:
    h = habits(rng)
    columns = some(rng, ("no", "name", "abbr", "result", "unit", "range"), no=0.5, abbr=0.4)
    plan = Plan(
        page={**A4, "mt": 8, "mb": 8},
        columns=with_flag(columns, h),
        rule=choose(rng, ("head", "none", "full", "rows")),
        size=float(rng.uniform(8.5, 9.5)),
        head_columns=choose(rng, (4, 5)),
        frame=choose(rng, ("none", "under", "lines")),
        align={"result": choose(rng, ("l", "r", "c")), "head": "l"},
        loose=float(rng.uniform(1.3, 1.6)),
        table={"bottom_rule": True, "top_rule": bool(rng.random() < 0.5)},
    )
    top, bottom = _halves(paper)
    parts = []
    again = rng.random() < 0.5
    look = part(paper, top[:1], rng, plan, h)["letterhead"]
    for index, rows in enumerate((top, bottom)):
        first = 1 if again or index == 0 else len(top) + 1
        made = part(
            paper, rows, rng, plan, h, first=first, marked=index == 0, share=len(rows) / len(paper.rows), last=True
        )
        parts.append(made | {"letterhead": look})
    return whole(plan, h, parts, rng, between=choose(rng, ("cut", "cut", "gap")))


def _fits(paper: Paper) -> bool:
    return 4 <= len(paper.rows) <= 40 and all(len(rows) <= 22 for rows in _halves(paper))


FAMILIES = (
    Family(
        id="lab-merged",
        types=TYPES,
        split="development",
        title="Two reports on one sheet, one below the other",
        draw=_merged,
        fits=_fits,
    ),
)
