"""A region and those it inherits from (上饶市 -> 江西省), and what the chain of them settles together."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from rules.engine.errors import RuleError
from rules.engine.marked_yaml import Marked
from rules.engine.nearest import nearest
from rules.engine.outside import foreign, outside_of, read_region
from rules.engine.policies import CHOICES, OPTIONAL, Policies, Policy
from rules.engine.schema import RegionFile, SourceFile

__all__ = ["Level", "merged_file", "merged_policies", "no_source", "read_levels", "same_settings"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Level:
    """One region of a chain."""

    file: RegionFile
    """As written; what it inherits is not in it."""
    marked: Marked
    folders: tuple[Path, ...]
    """Folders of its packs; a later one adds to or replaces what an earlier one holds."""
    sources: Mapping[str, SourceFile]
    """Its own and those of the regions above it."""


def no_source(key: str, sources: Iterable[str]) -> str:
    known = list(sources)
    return f"region.yaml 的 sources 里没有“{key}”。{nearest(key, known)}现有：{'、'.join(known) or '无'}"


Entry = tuple[Marked, RegionFile, tuple[Path, ...]]
"""A region's file as it was read, what it says, the folders of its packs."""


def read_levels(rules_dir: Path, region: str, extra: Path | None) -> tuple[Level, ...]:
    """Read the ``region.yaml`` of ``region`` and of all above it; the topmost comes first.

    ``extra`` holds packs of the region, directly or below a folder named like it. What its ``region.yaml`` may be says
    :mod:`rules.engine.outside`. Regions above are looked for beside the others, then in ``extra``.

    Raises:
        RuleError: no such region, a malformed file, a ring of regions, a source key used twice, a file in ``extra``
            that is not of the region.
    """
    found = outside_of(rules_dir, region, extra)
    chain: list[Entry] = []
    seen: list[str] = []
    wanted: str | None = region
    if found.region is not None:
        chain.append((*found.region, found.folders))
        seen = [] if found.adds else [found.region[1].id]
        wanted = region if found.adds else found.region[1].inherits
    while wanted is not None:
        packs = () if found.region is not None or seen else found.folders
        base = _folder(rules_dir, wanted, extra)
        if not (base / "region.yaml").is_file():
            raise _unknown(rules_dir, wanted, extra, chain[-1][0] if seen else None)
        marked, file = read_region(base / "region.yaml")
        chain.append((marked, file, (base, *packs)))
        seen.append(wanted)
        if file.inherits in seen:
            ring = " → ".join([*seen[seen.index(file.inherits) :], file.inherits])
            raise marked.error(f"地区互相继承成环：{ring}；请去掉其中一处 inherits", ("inherits",))
        wanted = file.inherits
    if region not in seen and found.region is not None:
        raise foreign(found.region, region)
    return _levels(chain, adds=found.adds)


def _levels(chain: Sequence[Entry], *, adds: bool) -> tuple[Level, ...]:
    levels: list[Level] = []
    sources: dict[str, SourceFile] = {}
    for number, (marked, file, folders) in enumerate(reversed(chain), start=1):
        same_region = adds and number == len(chain)
        for key, source in file.sources.items():
            # A region's own file may say more of a document that it names already; it is the same document.
            if key in sources and not (same_region and source.title == sources[key].title):
                where = "随程序的地区文件里" if same_region else "上级地区"
                raise marked.error(f"出处“{key}”在{where}已有，指另一份文件时请换一个键", ("sources", key))
        sources = {**sources, **file.sources}
        levels.append(Level(file=file, marked=marked, folders=folders, sources=sources))
    return tuple(levels)


def _folder(rules_dir: Path, region: str, extra: Path | None) -> Path:
    base = rules_dir / region
    return base if extra is None or (base / "region.yaml").is_file() else extra / region


def _unknown(rules_dir: Path, region: str, extra: Path | None, below: Marked | None) -> RuleError:
    known = sorted(p.parent.name for p in rules_dir.glob("*/region.yaml"))
    problem = f"没有“{region}”这个地区；现有：{'、'.join(known) or '无'}"
    if below is not None:
        return below.error(problem, ("inherits",))
    tried = "、".join(str(folder) for folder in (rules_dir / region, extra) if folder is not None)
    return RuleError(f"{problem}。找过的文件夹：{tried}，里面没有它的 region.yaml")


def merged_file(levels: Sequence[Level]) -> RegionFile:
    """What the chain says as one region: the last one's names, all sources, policies and notices."""
    last = levels[-1].file
    policies = {name: entry for level in levels for name, entry in level.file.policies.items()}
    notices = dict.fromkeys(notice for level in levels for notice in level.file.notices)
    title = next((level.file.form_title for level in reversed(levels) if level.file.form_title), "")
    return last.model_copy(
        update={
            "sources": dict(levels[-1].sources),
            "policies": policies,
            "notices": tuple(notices),
            "form_title": title,
            "readings_off": tuple(dict.fromkeys(key for level in levels for key in level.file.readings_off)),
        }
    )


def merged_policies(levels: Sequence[Level]) -> tuple[Policies, ...]:
    """The policies in force at each level.

    Raises:
        RuleError: an unknown policy or value, no source, or a policy that the topmost region leaves out.
    """
    entries: dict[str, Policy] = {}
    made: list[Policies] = []
    for level in levels:
        entries |= {name: _policy(level, name) for name in level.file.policies}
        for name in CHOICES:
            if name not in entries and name not in OPTIONAL:
                raise level.marked.error(f"缺少口径“{name}”，请补上 value、text、source", ("policies",))
        values: dict[str, Any] = {name: entry.value for name, entry in entries.items()}
        made.append(Policies(entries=dict(entries), **values))
    return tuple(made)


def _policy(level: Level, name: str) -> Policy:
    marked, entry = level.marked, level.file.policies[name]
    if name not in CHOICES:
        raise marked.error(
            f"没有“{name}”这个口径。{nearest(name, CHOICES)}可用：{'、'.join(CHOICES)}", ("policies", name)
        )
    allowed = CHOICES[name]
    trail = ("policies", name, "value")
    if allowed and entry.value not in allowed:
        raise marked.error(f"“{name}”不能写 {entry.value}，可写：{'、'.join(allowed)}", trail)
    if not allowed and not (isinstance(entry.value, float) and 0 <= entry.value <= 1):
        raise marked.error(f"“{name}”应写 0 到 1 之间的小数，如 0.6", trail)
    if entry.source not in level.sources:
        raise marked.error(no_source(entry.source, level.sources), ("policies", name, "source"))
    return Policy(name=name, value=entry.value, text=entry.text, source=entry.source)


def same_settings(one: Policies, other: Policies) -> bool:
    """True when both decide alike; how a policy is worded does not matter."""
    return replace(one, entries={}) == replace(other, entries={})
