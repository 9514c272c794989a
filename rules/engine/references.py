"""What a rule names and must be there: sources, policies, items."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from rules.engine.levels import no_source
from rules.engine.marked_yaml import Marked, Trail
from rules.engine.nearest import nearest
from rules.engine.policies import CHOICES, OWN_READING, Policies, is_own
from rules.engine.schema import RuleFile, SourceFile

__all__ = ["check_references"]


def check_references(file: RuleFile, sources: Mapping[str, SourceFile], policies: Policies, marked: Marked) -> None:
    """Refuse a source that the region does not have, an item written twice, an unknown policy.

    Raises:
        RuleError: with file and line.
    """
    for key, trail in _sources(file):
        if key not in sources:
            raise marked.error(no_source(key, sources), trail)
    seen: set[str] = set()
    for index, item in enumerate(file.items):
        at: Trail = ("items", index)
        if item.id in seen:
            raise marked.error(f"条目 {item.id} 写了两次", (*at, "id"))
        seen.add(item.id)
        for number, reading in enumerate(item.readings):
            if reading not in policies.entries and not is_own(reading):
                problem = f"“{reading}”不是口径名称。{nearest(reading, CHOICES)}口径：{'、'.join(CHOICES)}，"
                raise marked.error(f"{problem}自己的读法以“{OWN_READING}：”开头", (*at, "readings", number))


def _sources(file: RuleFile) -> Iterator[tuple[str, Trail]]:
    for index, key in enumerate(file.provenance.sources):
        yield key, ("provenance", "sources", index)
    for index, code in enumerate(file.codes):
        yield code.source, ("codes", index, "source")
    if file.ages is not None:
        yield file.ages.source, ("ages", "source")
    if file.review is not None:
        yield file.review.source, ("review", "source")
    for index, item in enumerate(file.items):
        yield item.source, ("items", index, "source")
