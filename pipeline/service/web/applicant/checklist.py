"""What to bring for one disease, in plain words, drawn from its rule as it holds today."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import TypeVar

from pipeline.catalogue.conditions import Ask
from pipeline.catalogue.pages import DiseasePage, ItemView, disease_page
from pipeline.catalogue.spans import Span
from pipeline.reporting.text import single_line
from rules.engine import Region, Rule

__all__ = ["Bring", "Checklist", "Together", "checklist_of"]

T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class Bring:
    """One thing to bring."""

    number: str
    what: str
    accepts: tuple[str, ...]
    """What counts; any of them."""
    instead: bool
    """``what`` is itself one of those that count, and ``accepts`` are the others."""
    where: str
    window: str
    """``近2年``; empty where any date will do."""
    level: str
    """``二级及以上医院``; empty where any hospital will do."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Together:
    """Things that belong together, and how many of them are needed."""

    words: str
    brings: tuple[Bring, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Checklist:
    name: str
    also: tuple[str, ...]
    sentence: str
    """The whole in one sentence, where the groups alone do not say it."""
    groups: tuple[Together, ...]
    form: str
    """Title of the application form; empty where the region names none."""
    ages: str
    review: str
    not_with: tuple[str, ...]
    """Diseases whose benefit excludes this one's."""
    verified: bool
    coming: dt.date | None
    ended: dt.date | None


def checklist_of(rule: Rule, region: Region, today: dt.date) -> Checklist:
    """Return what to bring for ``rule`` when applying on ``today``."""
    page = disease_page(rule, region, today)
    groups = tuple(
        Together(words=group.words, brings=tuple(_bring(page.item(item), today) for item in group.items))
        for group in page.groups
    )
    return Checklist(
        name=single_line(rule.name),
        also=tuple(single_line(name) for name in rule.file.aliases if name != rule.name)[:4],
        sentence="" if all(group.words for group in groups) else _today(page.wanted, today) or "",
        groups=groups,
        form=single_line(region.file.form_title),
        ages=single_line(rule.file.ages.text) if rule.file.ages else "",
        review=single_line(rule.file.review.text) if rule.file.review else "",
        not_with=_neighbours(page),
        verified=rule.info.verified,
        coming=page.coming,
        ended=page.ended,
    )


def _bring(item: ItemView, today: dt.date) -> Bring:
    ask: Ask | None = _today(item.asks, today)
    papers = ask is not None and ask.papers
    what = single_line(item.file.advice).rstrip("。")
    accepts = tuple(single_line(text).rstrip("。") for text in item.file.accepts)
    return Bring(
        number=item.file.id,
        what=what,
        accepts=tuple(text for text in accepts if text != what),
        instead=what in accepts,
        where=single_line(item.file.where),
        window=ask.window if ask and papers else "",
        level=ask.level if ask and papers else "",
    )


def _today(spans: tuple[Span[T], ...], today: dt.date) -> T | None:
    """What holds today; of a standard that is yet to come or has ended, what comes nearest."""
    for span in spans:
        if span.first <= today and (span.last is None or today <= span.last):
            return span.value
    return spans[-1].value if spans else None


def _neighbours(page: DiseasePage) -> tuple[str, ...]:
    return tuple(single_line(other.name) for other in page.exclusive if other.name)
