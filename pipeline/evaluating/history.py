"""Runs in a row: each kept as one line without a date, and compared with the one before, noise told from change."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from pipeline.evaluating.breakdown import Figure
from pipeline.evaluating.counting import difference
from pipeline.evaluating.metrics import Metric, metric
from pipeline.evaluating.versions import digest
from pipeline.intervals import Interval

__all__ = ["Change", "Entry", "Past", "compare", "entry_for", "last_other", "load_history", "record"]


@dataclass(frozen=True, slots=True)
class Past:
    """A figure of an earlier run."""

    part: float
    whole: float
    low: float | None
    high: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One run: what it was made of, and its figures."""

    id: str
    cases: str
    code: str
    settings: str
    case_count: int
    page_count: int
    figures: Mapping[str, Past]


@dataclass(frozen=True, slots=True)
class Change:
    """How a metric moved. ``better`` None: within noise."""

    metric: Metric
    before: float
    now: float
    sure: Interval | None
    """95% interval of the difference."""
    better: bool | None


def entry_for(
    figures: Mapping[str, Figure], *, cases: str, code: str, settings: str, case_count: int, page_count: int
) -> Entry:
    """Return the entry of a run; its id is that of cases, code and settings together."""
    return Entry(
        id=digest([cases, code, settings])[:12],
        cases=cases,
        code=code,
        settings=settings,
        case_count=case_count,
        page_count=page_count,
        figures={key: _past(figure) for key, figure in figures.items() if figure.ratio.whole},
    )


def _past(figure: Figure) -> Past:
    low, high = (figure.sure.low, figure.sure.high) if figure.sure else (None, None)
    return Past(round(figure.ratio.part, 5), round(figure.ratio.whole, 5), _short(low), _short(high))


def load_history(path: Path) -> tuple[Entry, ...]:
    """Return earlier runs, oldest first; lines that cannot be read are passed over (a stopped run may leave one)."""
    if not path.is_file():
        return ()
    out = []
    for line in path.read_text(encoding="utf-8").splitlines():
        try:
            raw = json.loads(line)
            shown = {key: Past(*values) for key, values in raw.pop("figures").items()}
            out.append(Entry(**raw, figures=shown))
        except (ValueError, TypeError, KeyError, AttributeError):
            continue
    return tuple(out)


def last_other(history: Sequence[Entry], entry: Entry) -> Entry | None:
    """Return the last run that is not the same cases, code and settings as ``entry``."""
    return next((old for old in reversed(history) if old.id != entry.id), None)


def record(path: Path, entry: Entry) -> None:
    """Add ``entry`` at the end; the same run scored again takes its earlier line's place at the end."""
    kept = [old for old in load_history(path) if old.id != entry.id]
    lines = [_line(old) for old in [*kept, entry]]
    part = path.with_suffix(".part")
    part.write_text("\n".join(lines) + "\n", encoding="utf-8")
    part.replace(path)


def _line(entry: Entry) -> str:
    figures = {key: [past.part, past.whole, past.low, past.high] for key, past in entry.figures.items()}
    head = {name: getattr(entry, name) for name in ("id", "cases", "code", "settings", "case_count", "page_count")}
    return json.dumps({**head, "figures": figures}, ensure_ascii=False, separators=(",", ":"))


def _short(value: float | None) -> float | None:
    return None if value is None else round(value, 5)


def compare(before: Entry, figures: Mapping[str, Figure]) -> tuple[Change, ...]:
    """Return how each metric moved since ``before``, those beyond noise first, then by size.

    The interval of a difference is Newcombe's (1998, method 10) from the two intervals, which count pages as clusters.
    Runs over the same pages are treated as independent, which errs towards calling a change noise.
    """
    changes = []
    for key, now in figures.items():
        past = before.figures.get(key)
        if past is None or not past.whole or now.value is None:
            continue
        old = past.part / past.whole
        sure = None
        if past.low is not None and past.high is not None and now.sure is not None:
            sure = difference(old, Interval(past.low, past.high), now.value, now.sure)
        what = metric(key)
        better = None
        if sure is not None and not sure.low <= 0 <= sure.high:
            better = (now.value < old) == what.low_is_good
        changes.append(Change(what, old, now.value, sure, better))
    return tuple(sorted(changes, key=lambda c: (c.better is None, -abs(c.now - c.before))))
