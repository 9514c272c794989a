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
from pipeline.settings import load_settings
from rules.engine.comparing import as_data, compare_regions, in_words
from rules.engine.rules_at import rules_named

__all__ = ["add_parser"]


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
        old, new = (rules_named(n, options.region, settings.rules_dir).load() for n in (options.old, options.new))
        diff = compare_regions(old, new, cases=not options.no_cases)
    if options.json:
        data = {**as_data(diff), "same": diff.same, "same_meaning": diff.same_meaning}
        print(json.dumps(data, ensure_ascii=False, indent=2))
    else:
        print(in_words(diff))
    return OK
