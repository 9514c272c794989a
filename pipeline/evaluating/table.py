"""The scores as plain text for a terminal: one line a metric, columns aligned whatever the width of characters."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping, Sequence

from pipeline.evaluating.breakdown import Figure, Group
from pipeline.evaluating.history import Change
from pipeline.evaluating.metrics import STAGES
from pipeline.evaluating.scoring import Scores
from pipeline.evaluating.words import DIMENSIONS, figure_text, group_word, value_text

__all__ = ["aligned", "score_table"]

_MOST_EFFECTS = 10
_SPLIT_BY = ("pages.type", "fields.exact", "text.cer", "labs.right", "diagnoses.right", "boxes.enough")


def aligned(rows: Sequence[Sequence[str]], *, left: int = 1) -> list[str]:
    """Return rows as lines; the first ``left`` columns start at the left, the others end at the right."""
    widths = [max(_width(row[column]) for row in rows) for column in range(len(rows[0]))] if rows else []
    lines = []
    for row in rows:
        cells = [
            cell + " " * (width - _width(cell)) if column < left else " " * (width - _width(cell)) + cell
            for column, (cell, width) in enumerate(zip(row, widths, strict=True))
        ]
        lines.append("  ".join(cells).rstrip())
    return lines


def _width(text: str) -> int:
    return sum(2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in text)


def score_table(
    scores: Scores,
    figures: Mapping[str, Figure],
    groups: Mapping[str, Sequence[Group]],
    changes: Sequence[Change] = (),
    *,
    only: str | None = None,
) -> str:
    """Return the whole table; ``only`` keeps one stage."""
    changed = {change.metric.id: change for change in changes}
    lines: list[str] = [f"{len(scores.cases)} 例 {len(scores.pages)} 页", ""]
    for stage, label in STAGES.items():
        shown = [f for f in figures.values() if f.metric.stage == stage and f.ratio.whole]
        if not shown or only not in (None, stage):
            continue
        rows = [
            (
                f.metric.label,
                figure_text(f),
                _counts(f),
                _goal(f),
                _change(changed.get(f.metric.id)),
            )
            for f in shown
        ]
        lines += [label, *(f"  {line}" for line in aligned(rows)), ""]
    if only is None:
        for dimension in ("medium", "type"):
            lines += _split(dimension, groups.get(dimension, ()))
        lines += _split("degradation", _worst_read(groups.get("degradation", ())))
    lines += _worst(scores)
    return "\n".join(lines).rstrip() + "\n"


def _split(dimension: str, members: Sequence[Group]) -> list[str]:
    if len(members) < 2:
        return []
    head = (DIMENSIONS[dimension], "页", *(members[0].figures[key].metric.label for key in _SPLIT_BY))
    rows = [head] + [
        (
            group_word(dimension, group.name),
            str(group.count),
            *(value_text(group.figures[key].value, group.figures[key].metric.kind) for key in _SPLIT_BY),
        )
        for group in members
    ]
    return [*(f"  {line}" for line in aligned(rows)), ""]


def _worst_read(members: Sequence[Group]) -> Sequence[Group]:
    """Of several dozen effects only those with the highest error rate; the page has them all."""
    rated = [group for group in members if group.figures["text.cer"].value is not None]
    return sorted(rated, key=lambda g: -(g.figures["text.cer"].value or 0.0))[:_MOST_EFFECTS]


def _worst(scores: Scores) -> list[str]:
    lines = []
    meets = [m for case in scores.cases for m in case.judging.meets]
    silent = [n for page in scores.pages for n in page.labs.silent]
    failed = [case for case in scores.cases if case.failed]
    lines.append(f"误判“符合” {len(meets)} 例；静默错数 {len(silent)} 处；未能审阅 {len(failed)} 例")
    lines += [f"  误判“符合”：{m.case}（应为 {'/'.join(m.expected)}）" for m in meets]
    lines += [
        f"  静默错数：{n.case} {n.place[0]} 第{n.place[1]}页 {n.name}：印 {n.printed or '（无此行）'}，读 {n.read}"
        for n in silent
    ]
    lines += [f"  未能审阅：{case.case}（{case.failed}）" for case in failed]
    return lines


def _counts(figure: Figure) -> str:
    ratio = figure.ratio
    return f"{ratio.part:.0f}/{ratio.whole:.0f}" if figure.metric.kind != "seconds" else f"{ratio.whole:.0f} 页"


def _goal(figure: Figure) -> str:
    if figure.metric.goal is None:
        return ""
    sign = "≤" if figure.metric.low_is_good else "≥"
    goal = f"目标 {sign}{figure.metric.goal:.0%}" if figure.metric.goal else "应为 0"
    return goal + {True: " 达到", False: " 未达", None: " 未定"}[figure.reached]


def _change(change: Change | None) -> str:
    if change is None or change.better is None:
        return ""
    return f"{'变好' if change.better else '变差'}（上次 {value_text(change.before, change.metric.kind)}）"
