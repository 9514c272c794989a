"""``yushen rules``: read, check and test the rule base."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import Any

from pipeline.cli import rules_catalogue, rules_diff, rules_schema
from pipeline.cli.exits import OK, CommandError
from pipeline.cli.loading import region_of
from rules.engine import check_rules, find_disease, list_rules, run_cases, show_rule

__all__ = ["add_parser"]

FAILED = 1


def add_parser(commands: Any) -> None:
    parser = commands.add_parser("rules", help="查看、检查、测试认定标准的规则")
    actions = parser.add_subparsers(dest="action", required=True, metavar="ACTION")
    helps = {
        "list": "列出病种",
        "show": "按人读的方式显示一个病种的标准和清单",
        "check": "检查规则库",
        "test": "运行规则旁的案例",
    }
    for name, text in helps.items():
        action = actions.add_parser(name, help=text)
        if name == "show":
            action.add_argument("disease", metavar="DISEASE")
        action.add_argument("--region", default="jiangxi")
        action.add_argument("--rules", type=Path, metavar="DIR", help="另加或替换规则包的文件夹")
        action.add_argument("--config", type=Path, metavar="FILE")
        action.set_defaults(run=run)
    rules_catalogue.add_parser(actions)
    rules_diff.add_parser(actions)
    rules_schema.add_parser(actions)


def run(options: argparse.Namespace) -> int:
    region = region_of(options)
    if options.action == "list":
        print(list_rules(region))
        return OK
    if options.action == "show":
        rule = find_disease(region, options.disease)
        if rule is None:
            raise CommandError(f"目录里没有“{options.disease}”这个病种。")
        print(show_rule(rule, region))
        return OK
    failures = check_rules(region) if options.action == "check" else run_cases(region)
    for failure in failures:
        print(failure, file=sys.stderr)
    print("规则检查通过。" if options.action == "check" else "案例全部通过。") if not failures else None
    return FAILED if failures else OK
