"""The whole site as text: one page per disease, the list with its search, the readings. Nothing is written here.

Every page carries its own style and script, so that it opens from a file, a stick or a chat, and a policy in it lets
nothing load. The same rules give the same bytes.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

from pipeline.catalogue.pages import DiseasePage, disease_page, is_own
from pipeline.catalogue.search_text import SearchText, search_text
from pipeline.catalogue.words import grade_words
from pipeline.reporting.rendering import render
from rules.engine.policies import Policy
from rules.engine.ruleset import Region

__all__ = ["GENERATOR", "render_site"]

TEMPLATES = Path(__file__).with_name("templates")
GENERATOR = "yushen rules catalogue"
"""Marks our pages: only those may be replaced or removed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One line of the list."""

    page: DiseasePage
    search: SearchText


@dataclass(frozen=True, slots=True, kw_only=True)
class PolicyView:
    policy: Policy
    own: bool
    source: str


def render_site(region: Region, today: dt.date | None = None) -> Mapping[str, str]:
    """Return file name -> HTML for every page of ``region``, the list first.

    ``today`` (default: the day it is) only decides which standards are said not to be in force yet, or no longer.
    """
    day = today or dt.date.today()
    pages = [disease_page(rule, region, day) for rule in region.rules]
    groups: dict[str, list[Entry]] = {}
    for page in pages:
        groups.setdefault(page.category, []).append(Entry(page=page, search=search_text(page.rule)))
    shared = {"region": region, "generator": GENERATOR, "grade_words": grade_words, "release": region.sha256[:12]}
    site = {"index.html": _page("index", **shared, groups=groups, count=len(pages))}
    for index, page in enumerate(pages):
        near = (pages[index - 1] if index else None, pages[index + 1] if index + 1 < len(pages) else None)
        site[page.href] = _page("disease", **shared, page=page, before=near[0], after=near[1])
    site["policies.html"] = _page("policies", **shared, policies=_policies(region))
    return MappingProxyType(site)


def _page(name: str, **values: object) -> str:
    return render(f"catalogue/{name}.html.j2", script="catalogue.js", folder=TEMPLATES, **values)


def _policies(region: Region) -> tuple[PolicyView, ...]:
    sources = region.file.sources
    return tuple(
        PolicyView(
            policy=entry,
            own=is_own(entry.source, region),
            source=sources[entry.source].title if entry.source in sources else entry.source,
        )
        for entry in region.policies.entries.values()
    )
