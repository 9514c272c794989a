"""``yushen rules diff OLD NEW``: what two versions of the rules differ in, in words.

OLD and NEW are each the word ``shipped`` (the rules that came with the program), a folder that holds region folders, a
region folder (with ``region.yaml``), or a folder of packs, laid over the shipped rules as with ``--rules``: one without
``region.yaml``, with one that says ``extends``, or with the id of a shipped region and another name than that.
A region folder that inherits, without its parent beside it, is laid over the shipped rules too.

Both are read against the vocabulary that came with the program.

Exit status: 0 whether or not anything differs; 2 where a folder cannot be read, with file and line. ``--json`` prints
one object: the fields of ``rules.engine.comparing.model.RegionDiff``, plus ``same`` and ``same_meaning``.
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import Any

from pipeline.cli.exits import OK
from pipeline.cli.loading import broken_files_told
from pipeline.settings import Settings, load_settings
from rules.engine import Region, RuleError, load_region
from rules.engine.comparing import as_data, compare_regions, in_words
from rules.engine.marked_yaml import load_marked

__all__ = ["add_parser"]

SHIPPED = "shipped"


def add_parser(actions: Any) -> None:
    action = actions.add_parser("diff", help="用文字说明两版规则的不同，以及哪些样例结果不同")
    what = "shipped（随程序的规则），或规则文件夹、地区文件夹、只有规则包的文件夹"
    action.add_argument("old", metavar="OLD", help=f"旧版：{what}")
    action.add_argument("new", metavar="NEW", help=f"新版：{what}")
    action.add_argument("--region", default="jiangxi")
    action.add_argument("--json", action="store_true", help="输出 JSON")
    action.add_argument("--no-cases", action="store_true", help="不用样例比较")
    action.add_argument("--config", type=Path, metavar="FILE")
    action.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    with broken_files_told():
        settings = load_settings(options.config)
        old = _load(options.old, options.region, settings)
        new = _load(options.new, options.region, settings)
        diff = compare_regions(old, new, cases=not options.no_cases)
    if options.json:
        data = {**as_data(diff), "same": diff.same, "same_meaning": diff.same_meaning}
        print(json.dumps(data, ensure_ascii=False, indent=2))
    else:
        print(in_words(diff))
    return OK


def _load(named: str, region: str, settings: Settings) -> Region:
    """Load what OLD or NEW names.

    Raises:
        RuleError: nothing of the kind is there, or it is malformed.
    """
    if named == SHIPPED and not Path(named).exists():
        return load_region(settings.rules_dir, region)
    folder = Path(named)
    if not folder.is_dir():
        raise RuleError("没有这个文件夹；随程序的规则请写 shipped", file=folder)
    if (folder / "rule.yaml").is_file():
        raise RuleError("这是一个病种的规则包，请给它上一层的文件夹", file=folder)
    if (folder / "region.yaml").is_file():
        return _load_region_folder(folder.resolve(), region, settings)
    if (folder / region / "region.yaml").is_file():
        return _load_region_folder((folder / region).resolve(), region, settings)
    return load_region(settings.rules_dir, region, extra=folder)


def _load_region_folder(folder: Path, region: str, settings: Settings) -> Region:
    """A region by its folder, or the shipped region with what the folder adds to it.

    A folder that adds says so (``extends``), or has the id of a shipped region and not its name. One that inherits,
    without its parent beside it, has the shipped parent.
    """
    data = load_marked(folder / "region.yaml").data
    told = data if isinstance(data, dict) else {}
    own, above = told.get("id"), told.get("inherits")
    if "extends" in told:
        named = told["extends"]
        return load_region(settings.rules_dir, named if isinstance(named, str) else region, extra=folder)
    if isinstance(own, str):
        shipped = own != folder.name and (settings.rules_dir / own / "region.yaml").is_file()
        if shipped or (isinstance(above, str) and not (folder.parent / above / "region.yaml").is_file()):
            return load_region(settings.rules_dir, own, extra=folder)
    return load_region(folder.parent, folder.name)
