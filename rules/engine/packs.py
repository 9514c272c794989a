"""Which rules a chain of regions has: those of the topmost, replaced, added to and amended by the ones below."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from rules.engine.amend_schema import AmendFile
from rules.engine.amending import Amendment, amend
from rules.engine.errors import RuleError
from rules.engine.levels import Level
from rules.engine.marked_yaml import Marked, check_model, load_marked
from rules.engine.nearest import nearest
from rules.engine.schema import RuleFile, SourceFile

__all__ = ["Pack", "PackCases", "collect"]


@dataclass(frozen=True, slots=True, kw_only=True)
class PackCases:
    """A folder with cases, of the region at ``level`` of the chain."""

    folder: Path
    level: int
    superseded: Mapping[str, tuple[Path, int]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Pack:
    """One rule before it is compiled."""

    id: str
    marked: Marked
    """The rule as it holds in the last region of the chain."""
    layer: int
    """Number of the folder of packs that the rule or its last amendment comes from."""
    sources: Mapping[str, SourceFile]
    """What the texts of the rule may name as their source."""
    content: Any
    """All that was written of it, for the digest."""
    cases: tuple[PackCases, ...]
    amendments: tuple[Amendment, ...] = ()


def collect(levels: Sequence[Level]) -> list[Pack]:
    """The packs of the chain.

    Raises:
        RuleError: a malformed file, one id twice in one folder, an amendment that does not fit its rule.
    """
    packs: dict[str, Pack] = {}
    layer = 0
    for number, level in enumerate(levels):
        for folder in level.folders:
            layer += 1
            for path in sorted(folder.glob("*/rule.yaml")):
                pack = _read(path, number, layer, level)
                known = packs.get(pack.id)
                if known is not None and known.layer == layer:
                    problem = f"病种编号 id“{pack.id}”在 {known.marked.file.parent.name} 已用过，请换一个"
                    raise pack.marked.error(problem, ("id",))
                packs[pack.id] = pack
            for path in sorted(folder.glob("*/amend.yaml")):
                changed = _amended(path, packs, number, layer, level)
                packs[changed.id] = changed
    return list(packs.values())


def _read(path: Path, level: int, layer: int, region: Level) -> Pack:
    marked = load_marked(path)
    file = check_model(RuleFile, marked.data, marked)
    if (path.parent / "amend.yaml").is_file():
        raise RuleError("rule.yaml 和 amend.yaml 不能在同一个文件夹：前者整个替换，后者只改几处", file=path)
    cases = PackCases(folder=path.parent, level=level, superseded={})
    return Pack(id=file.id, marked=marked, layer=layer, sources=region.sources, content=marked.data, cases=(cases,))


def _amended(path: Path, packs: Mapping[str, Pack], level: int, layer: int, region: Level) -> Pack:
    marked = load_marked(path)
    file = check_model(AmendFile, marked.data, marked)
    parent = packs.get(file.amends)
    if parent is None:
        known = "、".join(sorted(packs)) or "无（region.yaml 没有写 inherits）"
        problem = f"上级地区没有 id 为“{file.amends}”的病种。{nearest(file.amends, packs)}现有：{known}"
        raise marked.error(problem, ("amends",))
    if parent.layer == layer:
        other = parent.amendments[-1].file if parent.amendments else parent.marked.file
        raise marked.error(f"同一地区的 {other.parent.name}/{other.name} 已写有这个病种，请直接改那里", ("amends",))
    result, amendment = amend(parent.marked, file, marked, region.file.name, region.sources)
    places = {title: (marked.file, line) for title, line in amendment.supersedes.items()}
    earlier = [replace(source, superseded={**source.superseded, **places}) for source in parent.cases]
    return Pack(
        id=parent.id,
        marked=result,
        layer=layer,
        sources=region.sources,
        content=[parent.content, marked.data],
        cases=(*earlier, PackCases(folder=path.parent, level=level, superseded={})),
        amendments=(*parent.amendments, amendment),
    )
