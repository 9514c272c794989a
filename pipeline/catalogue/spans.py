"""What a rule says over time: each value with the days on which it holds, equal neighbours drawn together."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from typing import Generic, TypeVar

from rules.engine.ruleset import Regime, Rule

__all__ = ["Span", "days_words", "spans_of"]

T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class Span(Generic[T]):
    """A value from ``first`` to ``last``, both included; ``last`` is None where no end is set."""

    first: dt.date
    last: dt.date | None
    value: T | None
    """None where the rule gives no value for the time."""

    @property
    def words(self) -> str:
        return days_words(self.first, self.last)


def days_words(first: dt.date, last: dt.date | None) -> str:
    return f"{first.isoformat()} 至 {last.isoformat()}" if last else f"{first.isoformat()} 起"


def spans_of(rule: Rule, pick: Callable[[Regime, dt.date], T]) -> tuple[Span[T], ...]:
    """Return what ``pick`` yields for each regime of the rule, in order of time."""
    regimes = list(rule.regimes)
    found: list[Span[T]] = []
    for index, (start, regime) in enumerate(regimes):
        last = regimes[index + 1][0] - dt.timedelta(days=1) if index + 1 < len(regimes) else rule.file.effective.to
        value = pick(regime, start) if regime is not None else None
        if found and found[-1].value == value:
            found[-1] = Span(first=found[-1].first, last=last, value=value)
        else:
            found.append(Span(first=start, last=last, value=value))
    return tuple(found)
