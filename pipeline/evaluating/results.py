"""scores.json: all figures of a run as data, with groups, lists of the worst errors, and one row a page."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

from pipeline.evaluating.breakdown import Figure, Group, case_groups, groups
from pipeline.evaluating.counting import merged
from pipeline.evaluating.documents import DocumentScore
from pipeline.evaluating.history import Change, Entry
from pipeline.evaluating.judging import JudgingScore
from pipeline.evaluating.metrics import HEADLINE, METRICS
from pipeline.evaluating.scoring import PageScore, Scores

__all__ = ["scores_json"]

SCHEMA = "yushen.scores.v1"


def scores_json(
    scores: Scores, figures: Mapping[str, Figure], entry: Entry, changes: Sequence[Change], before: str | None
) -> str:
    """Return the JSON text. Shares are 0 to 1, intervals 95%; both ends are null where there is too little for one."""
    documents = merged((page.documents for page in scores.pages), DocumentScore)
    judging = merged((case.judging for case in scores.cases), JudgingScore)
    data = {
        "schema": SCHEMA,
        "run": {name: getattr(entry, name) for name in ("id", "cases", "code", "settings", "case_count", "page_count")},
        "figures": _figures(figures),
        "groups": {dimension: _groups(members) for dimension, members in groups(scores).items()},
        "case_groups": {dimension: _groups(members) for dimension, members in case_groups(scores).items()},
        "confusion": {
            "types": _confusion(documents.confusion),
            "conclusions": _confusion(judging.confusion),
        },
        "wrong_meets": [asdict(m) for m in judging.meets],
        "silent_wrong_numbers": [asdict(n) for page in scores.pages for n in page.labs.silent],
        "criterion_mistakes": [asdict(m) for m in judging.mistakes],
        "failed": {case.case: case.failed for case in scores.cases if case.failed},
        "memory": [list(m) for case in scores.cases for m in case.cost.memory],
        "compared_with": before,
        "changes": [
            {
                "metric": c.metric.id,
                "before": _short(c.before),
                "now": _short(c.now),
                "low": _short(c.sure.low) if c.sure else None,
                "high": _short(c.sure.high) if c.sure else None,
                "better": c.better,
            }
            for c in changes
        ],
        "pages": [_page(page) for page in scores.pages],
    }
    return json.dumps(data, ensure_ascii=False, indent=1)


def _figures(figures: Mapping[str, Figure]) -> dict[str, Any]:
    return {
        key: {
            "value": _short(f.value),
            "low": _short(f.sure.low) if f.sure else None,
            "high": _short(f.sure.high) if f.sure else None,
            "part": _short(f.ratio.part),
            "whole": _short(f.ratio.whole),
        }
        for key, f in figures.items()
        if f.ratio.whole
    }


def _groups(members: Sequence[Group]) -> dict[str, Any]:
    return {group.name: {"count": group.count, "figures": _figures(group.figures)} for group in members}


def _confusion(counts: Mapping[tuple[str, str], int]) -> list[dict[str, Any]]:
    return [{"true": a, "read": b, "count": n} for (a, b), n in sorted(counts.items(), key=lambda e: (-e[1], e[0]))]


def _page(page: PageScore) -> dict[str, Any]:
    of = {m.id: m.of(page) for m in METRICS if m.id in HEADLINE}
    return {
        "case": page.case,
        "file": page.place[0],
        "page": page.place[1],
        **asdict(page.traits),
        "usable": page.usable,
        "figures": {key: [_short(r.part), _short(r.whole)] for key, r in of.items() if r.whole},
    }


def _short(value: float | None) -> float | None:
    return None if value is None else round(value, 5)
