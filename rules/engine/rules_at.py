"""Which rules somebody means, as places on disk: what a command line names and what another process can load again."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from rules.engine.errors import RuleError
from rules.engine.loader import load_region
from rules.engine.marked_yaml import load_marked
from rules.engine.ruleset import Region
from rules.vocabulary import Vocabulary

__all__ = ["SHIPPED", "RulesAt", "rules_named"]

SHIPPED = "shipped"
"""The rules that came with the program."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RulesAt:
    """A version of the rules of a region. Unlike a :class:`Region` it can be sent to another process."""

    rules_dir: Path
    region: str
    extra: Path | None = None
    """As in :func:`rules.engine.load_region`."""

    def load(self, *, vocabulary: Vocabulary | None = None) -> Region:
        """Load them.

        Raises:
            RuleError: as of :func:`rules.engine.load_region`.
        """
        return load_region(self.rules_dir, self.region, extra=self.extra, vocabulary=vocabulary)


def rules_named(named: str, region: str, shipped: Path) -> RulesAt:
    """What ``named`` means: ``shipped``, a folder of region folders, a region folder, or a folder of packs.

    A folder of packs is laid over the shipped rules: one without ``region.yaml``, with one that says ``extends``, or
    with the id of a shipped region and another name than that. A region folder that inherits, without its parent
    beside it, is laid over them too.

    Args:
        region: the region asked for, where the folder does not say it.
        shipped: the folder of the shipped rules.

    Raises:
        RuleError: nothing of the kind is there, or its ``region.yaml`` cannot be read.
    """
    if named == SHIPPED and not Path(named).exists():
        return RulesAt(rules_dir=shipped, region=region)
    folder = Path(named)
    if not folder.is_dir():
        raise RuleError("没有这个文件夹；随程序的规则请写 shipped", file=folder)
    if (folder / "rule.yaml").is_file():
        raise RuleError("这是一个病种的规则包，请给它上一层的文件夹", file=folder)
    if (folder / "region.yaml").is_file():
        return _region_folder(folder.resolve(), region, shipped)
    if (folder / region / "region.yaml").is_file():
        return _region_folder((folder / region).resolve(), region, shipped)
    return RulesAt(rules_dir=shipped, region=region, extra=folder)


def _region_folder(folder: Path, region: str, shipped: Path) -> RulesAt:
    data = load_marked(folder / "region.yaml").data
    told = data if isinstance(data, dict) else {}
    own, above = told.get("id"), told.get("inherits")
    if "extends" in told:
        named = told["extends"]
        return RulesAt(rules_dir=shipped, region=named if isinstance(named, str) else region, extra=folder)
    if isinstance(own, str):
        known = own != folder.name and (shipped / own / "region.yaml").is_file()
        if known or (isinstance(above, str) and not (folder.parent / above / "region.yaml").is_file()):
            return RulesAt(rules_dir=shipped, region=own, extra=folder)
    return RulesAt(rules_dir=folder.parent, region=folder.name)
