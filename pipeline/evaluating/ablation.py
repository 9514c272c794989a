"""What rules alone, the page reader alone and both together find, on the same readings of the same pages."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from pipeline.evaluating.counting import NO_MATCH, Match, Ratio, interval
from pipeline.evaluating.labs import CELLS
from pipeline.evaluating.scoring import PageScore, Scores
from pipeline.evaluating.table import aligned
from pipeline.evaluating.words import type_word, value_text
from pipeline.intervals import Interval
from pipeline.learned import Finders

__all__ = ["FINDER_WORDS", "MEASURES", "Ablation", "Cell", "Measure", "ablation_json", "ablation_of", "ablation_table"]

ALL = "all"
FINDER_WORDS = {Finders.RULES: "只用规则", Finders.MODEL: "只用模型", Finders.BOTH: "两者"}


@dataclass(frozen=True, slots=True)
class Measure:
    """One figure that finders are compared by."""

    id: str
    label: str
    of: Callable[[PageScore], Ratio]
    errors: bool = False
    """True: what is counted are errors, and none is best."""


def _cells(score: PageScore) -> Ratio:
    """F1 of the cells of laboratory rows: those of rows missed or invented are all wrong."""
    labs = score.labs
    right = sum(getattr(labs, cell).part for cell in CELLS)
    return Ratio(2 * right, len(CELLS) * (labs.rows.expected + labs.rows.found))


def _fields(score: PageScore) -> Ratio:
    """F1 of what heads print; the entries of the 申请表 are no business of the page reader."""
    total = NO_MATCH
    for name, count in score.fields.counts.items():
        if not name.startswith("form_"):
            printed, read = count.right + count.wrong + count.missed, count.right + count.wrong + count.invented
            total += Match(count.right, printed, read)
    return total.f1


MEASURES = (
    Measure("row_f1", "化验行 F1", lambda s: s.labs.rows.f1),
    Measure("right_row_f1", "行全对 F1", lambda s: s.labs.right.f1),
    Measure("cell_f1", "单元格 F1", _cells),
    Measure("field_f1", "表头字段 F1", _fields),
    Measure("type", "页面类型", lambda s: s.documents.types),
    Measure("diagnosis_f1", "诊断 F1", lambda s: s.diagnoses.right.f1),
    Measure("silent", "静默错数", lambda s: s.labs.numbers, errors=True),
)


@dataclass(frozen=True, slots=True)
class Cell:
    """One measure of one finder over a group of pages, with its 95% interval."""

    ratio: Ratio
    sure: Interval | None

    @property
    def value(self) -> float | None:
        return self.ratio.value


@dataclass(frozen=True, slots=True)
class Ablation:
    """Group of pages -> measure -> finder -> figure. The group ``all`` comes first, then document types."""

    groups: Mapping[str, Mapping[str, Mapping[Finders, Cell]]]
    counts: Mapping[str, int]
    """Pages of each group."""
    meets: Mapping[Finders, int]
    """Cases wrongly judged ``meets``."""

    def fewer(self, measure: str, group: str = ALL) -> float | None:
        """Share of the rules' errors that both together do not make; negative where they make more."""
        rules, both = (self.groups[group][measure][f].value for f in (Finders.RULES, Finders.BOTH))
        if rules is None or both is None:
            return None
        wrong, left = (rules, both) if _measure(measure).errors else (1 - rules, 1 - both)
        return None if wrong <= 0 else (wrong - left) / wrong


def _measure(id: str) -> Measure:
    return next(measure for measure in MEASURES if measure.id == id)


def ablation_of(scores: Mapping[Finders, Scores]) -> Ablation:
    """Compare the scores of one run by finder; all must be of the same cases."""
    names = [ALL, *sorted({page.traits.type for score in scores.values() for page in score.pages})]
    groups: dict[str, dict[str, dict[Finders, Cell]]] = {}
    counts: dict[str, int] = {}
    for name in names:
        for finders, score in scores.items():
            pages = [page for page in score.pages if name in (ALL, page.traits.type)]
            counts[name] = len(pages)
            for measure in MEASURES:
                cell = _cell([measure.of(page) for page in pages])
                groups.setdefault(name, {}).setdefault(measure.id, {})[finders] = cell
    meets = {f: int(sum(case.judging.wrong_meets.part for case in score.cases)) for f, score in scores.items()}
    return Ablation(groups, counts, meets)


def _cell(parts: Sequence[Ratio]) -> Cell:
    total = sum(parts, Ratio())
    return Cell(total, interval(parts) if total.whole else None)


def ablation_table(found: Ablation) -> str:
    """Return the comparison as text for a terminal."""
    lines = ["规则、模型、两者（同一批识别结果）"]
    for group, measures in found.groups.items():
        rows = [("", *FINDER_WORDS.values(), "两者比规则少的错误")]
        for measure in MEASURES:
            cells = measures[measure.id]
            if not any(cell.ratio.whole for cell in cells.values()):
                continue
            fewer = found.fewer(measure.id, group)
            shown = [_shown(cells[finders], measure) if finders in cells else "" for finders in FINDER_WORDS]
            rows.append((measure.label, *shown, "" if fewer is None else f"{fewer:+.0%}"))
        if len(rows) > 1:
            name = "全部页面" if group == ALL else type_word(group)
            lines += ["", f"{name} {found.counts[group]} 页", *(f"  {line}" for line in aligned(rows))]
    lines += ["", "误判“符合”：" + "，".join(f"{FINDER_WORDS[f]} {n} 例" for f, n in found.meets.items())]
    return "\n".join(lines) + "\n"


def _shown(cell: Cell, measure: Measure) -> str:
    if measure.errors:
        return f"{cell.ratio.part:.0f}/{cell.ratio.whole:.0f}"
    return value_text(cell.value, "share")


def ablation_json(found: Ablation) -> str:
    """Return the comparison as JSON. Shares are 0 to 1, intervals 95%."""
    data = {
        "schema": "yushen.ablation.v1",
        "groups": {
            group: {
                "pages": found.counts[group],
                **{
                    id: {
                        **{finders.value: _data(cell) for finders, cell in cells.items() if cell.ratio.whole},
                        "fewer_errors": None if (fewer := found.fewer(id, group)) is None else round(fewer, 4),
                    }
                    for id, cells in measures.items()
                    if any(cell.ratio.whole for cell in cells.values())
                },
            }
            for group, measures in found.groups.items()
        },
        "wrong_meets": {finders.value: count for finders, count in found.meets.items()},
    }
    return json.dumps(data, ensure_ascii=False, indent=1)


def _data(cell: Cell) -> dict[str, float | None]:
    return {
        "value": None if cell.value is None else round(cell.value, 5),
        "low": None if cell.sure is None else round(cell.sure.low, 5),
        "high": None if cell.sure is None else round(cell.sure.high, 5),
        "part": round(cell.ratio.part, 3),
        "whole": round(cell.ratio.whole, 3),
    }
