"""evaluation.html: what a reader must know in a minute, then stage by stage, then the worst pages."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from pipeline.calibrating import load_calibration
from pipeline.calibrating.fitting import Outcome
from pipeline.evaluating.ablation import FINDER_WORDS, MEASURES, Ablation
from pipeline.evaluating.breakdown import Figure, Group, Weakness, case_groups, figures, groups, weaknesses
from pipeline.evaluating.counting import merged
from pipeline.evaluating.documents import DocumentScore
from pipeline.evaluating.goals import goals, scale
from pipeline.evaluating.history import Change, Entry
from pipeline.evaluating.judging import JudgingScore
from pipeline.evaluating.metrics import HEADLINE, STAGES
from pipeline.evaluating.plots import Plot, Trail, dot_plot, memory_trail
from pipeline.evaluating.reliability import above_thresholds, chart, reliability
from pipeline.evaluating.runs import Pair
from pipeline.evaluating.scoring import Scores
from pipeline.evaluating.words import DIMENSIONS, figure_text, group_word, kind_word, type_word, value_text
from pipeline.evaluating.worst import worst_pages
from pipeline.reporting.rendering import render

__all__ = ["Confusion", "Stage", "evaluation_html", "finding", "plot_html"]

TEMPLATES = Path(__file__).with_name("templates")
_PLOTTED = {
    "text": "text.cer",
    "pages": "pages.type",
    "fields": "fields.exact",
    "labs": "labs.right",
    "diagnoses": "diagnoses.right",
    "statements": "statements.findings_recall",
    "boxes": "boxes.enough",
    "gate": "gate.refused",
    "cost": "cost.reading",
}
_UNITS = {
    "pages.type": "页",
    "labs.right_print": "行",
    "labs.right_photo": "行",
    "diagnoses.right": "条",
    "labs.silent": "行",
    "diagnoses.confirmed": "条不是确诊的",
    "gate.refused_well_read": "页读得好的",
    "judging.wrong_meets": "例不该符合的",
    "judging.wrong_met": "个不该符合的条目",
}
"""What goals are counted in, and what errors that must not happen are counted among."""
_PLOT_BY = ("medium", "type", "degradation", "family")


@dataclass(frozen=True, slots=True)
class Confusion:
    """Rows are true, columns read; only names that occur."""

    rows: tuple[str, ...]
    columns: tuple[str, ...]
    counts: Mapping[tuple[str, str], int]
    right: Mapping[str, frozenset[str]]
    """True name -> read names that are right."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Stage:
    id: str
    label: str
    figures: tuple[Figure, ...]
    plots: tuple[tuple[str, Plot], ...]


def evaluation_html(
    pairs: Sequence[Pair],
    scores: Scores,
    entry: Entry,
    *,
    before: Entry | None,
    changes: Sequence[Change],
    pictures: Path,
    compared: Ablation | None = None,
    outcomes: Sequence[Outcome] = (),
) -> str:
    """Return the page, self-contained.

    Args:
        pairs: truth and kept results, for the differences on the worst pages.
        pictures: folder with the small pictures that the kept pages name; a missing one leaves its frame empty.
        compared: what rules, page reader and both found, where that was measured.
        outcomes: facts of the run and whether they are right.
    """
    shown = figures(scores)
    split = groups(scores)
    weak = weaknesses(scores)
    aims = goals(scores, shown)
    shipped = load_calibration()
    documents = merged((page.documents for page in scores.pages), DocumentScore)
    judging = merged((case.judging for case in scores.cases), JudgingScore)
    return render(
        "evaluation/evaluation.html.j2",
        folder=TEMPLATES,
        title=finding(shown, split, weak),
        entry=entry,
        before=before,
        changes=tuple(c for c in changes if c.better is not None),
        steady=sum(c.better is None for c in changes),
        aims=tuple(goal for goal in aims if goal.least),
        nevers=tuple(goal for goal in aims if not goal.least),
        axis=scale(goal for goal in aims if goal.least),
        changed={c.metric.id: c for c in changes},
        weak=weak,
        stages=_stages(shown, split),
        tables=_tables(split),
        headline=tuple(shown[k].metric for k in HEADLINE),
        cases=case_groups(scores),
        judged=tuple(f for f in shown.values() if f.metric.stage == "judging"),
        types=_types(documents.confusion),
        conclusions=_conclusions(judging.confusion),
        judging=judging,
        silent=tuple(n for page in scores.pages for n in page.labs.silent),
        codes=_by_count(page.gate.codes for page in scores.pages),
        words=_by_count(page.gate.words for page in scores.pages),
        failed=tuple(case for case in scores.cases if case.failed),
        memory=_memory(scores),
        peak=max((case.cost.peak for case in scores.cases), default=0),
        worst=worst_pages(scores, pairs, pictures),
        no_lines=all(page.text.characters == 0 for page in scores.pages),
        dimensions=DIMENSIONS,
        units=_UNITS,
        group_word=group_word,
        type_word=type_word,
        value_text=value_text,
        figure_text=figure_text,
        conclusion_word=_conclusion_word,
        compared=compared,
        measures=MEASURES,
        finder_words=FINDER_WORDS,
        reliable=tuple((found, chart(found)) for found in reliability(outcomes)) if outcomes else (),
        passed=above_thresholds(outcomes, shipped) if shipped is not None else (),
        kind_word=kind_word,
    )


def finding(shown: Mapping[str, Figure], split: Mapping[str, Sequence[Group]], weak: Sequence[Weakness]) -> str:
    """Return the title: the worst errors first, else the figure that people ask for, and where it is weakest."""
    meets, silent, rows = shown["judging.wrong_meets"], shown["labs.silent"], shown["labs.right"]
    grave = []
    if meets.ratio.part:
        grave.append(f"误判“符合” {meets.ratio.part:.0f} 例")
    if silent.ratio.part:
        grave.append(f"静默错数 {silent.ratio.part:.0f} 处")
    said = "、".join(grave) if grave else "没有误判“符合”，没有静默错数"
    if rows.value is not None:
        said += f"；化验行全对 {value_text(rows.value, rows.metric.kind)}"
        media = [g for g in split.get("medium", ()) if g.figures["labs.right"].value is not None]
        lowest = min(media, key=lambda g: g.figures["labs.right"].value or 0.0, default=None)
        if lowest is not None and len(media) > 1:
            figure = lowest.figures["labs.right"]
            if figure.value is not None and figure.value < rows.value:
                said += f"（{group_word('medium', lowest.name)} {value_text(figure.value, 'share')}）"
    sure = next((w for w in weak if w.sure), None)
    if sure is not None:
        said += f"；最弱：{group_word(sure.dimension, sure.group)}的{sure.figure.metric.label}"
    return said


def plot_html(dimension: str, plot: Plot) -> str:
    """Return one plot as HTML of its own, with its styles: for notebooks."""
    return render(
        "evaluation/plot.html.j2",
        folder=TEMPLATES,
        dimension=dimension,
        p=plot,
        dimensions=DIMENSIONS,
        value_text=value_text,
    )


def _stages(shown: Mapping[str, Figure], split: Mapping[str, Sequence[Group]]) -> tuple[Stage, ...]:
    out = []
    for stage, label in STAGES.items():
        own = tuple(f for f in shown.values() if f.metric.stage == stage and f.ratio.whole)
        key = _PLOTTED.get(stage)
        plots = []
        if key is not None and shown[key].value is not None:
            for dimension in _PLOT_BY:
                plot = dot_plot(key, dimension, split[dimension], shown[key])
                if plot is not None:
                    plots.append((dimension, plot))
        if own:
            out.append(Stage(id=stage, label=label, figures=own, plots=tuple(plots)))
    return tuple(out)


def _tables(split: Mapping[str, Sequence[Group]]) -> tuple[tuple[str, tuple[Group, ...]], ...]:
    return tuple((dimension, tuple(members)) for dimension, members in split.items() if len(members) > 1)


def _types(counts: Mapping[tuple[str, str], int]) -> Confusion | None:
    """Only types that were confused: a table of twenty rows of right ones tells nothing."""
    wrong = {(a, b) for a, b in counts if a != b}
    if not wrong:
        return None
    rows = sorted({a for a, _ in wrong}, key=lambda a: -sum(n for (x, y), n in counts.items() if x == a != y))
    columns = sorted({b for (a, b) in counts if a in rows})
    return Confusion(tuple(rows), tuple(columns), counts, {a: frozenset({a}) for a in rows})


def _conclusions(counts: Mapping[tuple[str, str], int]) -> Confusion | None:
    if not counts:
        return None
    order = ("meets", "not_met", "insufficient", "manual", "not_judged")
    rows = tuple(sorted({a for a, _ in counts}))
    columns = tuple(name for name in order if any(b == name for _, b in counts))
    return Confusion(rows, columns, counts, {a: frozenset(a.split("/")) for a in rows})


_CONCLUSIONS = {
    "meets": "材料支持",
    "not_met": "材料不支持",
    "insufficient": "待补材料",
    "manual": "需人工",
    "not_judged": "未判",
}


def _conclusion_word(name: str) -> str:
    return "或".join(_CONCLUSIONS.get(part, part) for part in name.split("/"))


def _by_count(counted: Iterable[Mapping[str, int]]) -> tuple[tuple[str, int], ...]:
    counts: Counter[str] = Counter()
    for one in counted:
        counts.update(one)
    return tuple(sorted(counts.items(), key=lambda e: (-e[1], e[0])))


def _memory(scores: Scores) -> Trail | None:
    return memory_trail([m for case in scores.cases for m in case.cost.memory])
