"""``yushen audit counterfactual``: what evidence would have met the standard, for one case or for all that are stored.

For analysts. Applicants are told what to hand in by their own page; nothing of this is for them.
"""

from __future__ import annotations

import argparse
import json
import os
from pathlib import Path
from typing import Any

from pipeline.cli.exits import OK, CommandError

__all__ = ["add_parser"]

_SHOWN = 15


def add_parser(parts: Any) -> None:
    """Add ``counterfactual`` to the commands of ``yushen audit``."""
    parser = parts.add_parser("counterfactual", help="未达标准的案件：证据最少怎样变就能达到；一批案件最缺哪一样材料")
    parser.add_argument("--facts", type=Path, required=True, metavar="STORE", help="审计库的文件夹，或事实文件")
    parser.add_argument("--application", metavar="ID", help="只看这一件（加密编号）")
    parser.add_argument(
        "--rules", default="shipped", metavar="RULES", help="哪版规则，写法同 audit replay；默认 shipped"
    )
    parser.add_argument("--out", type=Path, default=Path("yushen-counterfactual"), metavar="DIR")
    parser.add_argument("--region", default="jiangxi")
    parser.add_argument("--processes", type=int, default=0, metavar="N", help="几个进程；默认同核数，至多 8")
    parser.add_argument("--config", type=Path, metavar="FILE")
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    from pipeline.audit.replay import SourceError, WorkError, open_facts
    from pipeline.cli.loading import broken_files_told
    from pipeline.settings import load_settings
    from rules.engine.rules_at import rules_named

    try:
        with broken_files_told():
            at = rules_named(options.rules, options.region, load_settings(options.config).rules_dir)
            source = open_facts(options.facts)
            return _one(options, source, at) if options.application else _all(options, source, at)
    except (SourceError, WorkError) as error:
        raise CommandError(str(error)) from None


def _one(options: argparse.Namespace, source: Any, at: Any) -> int:
    from pipeline.audit.counterfactual import counterfactual
    from pipeline.audit.counterfactual.finding import find_case
    from rules.engine import find_disease

    stored = find_case(source, options.application)
    if stored is None:
        raise CommandError(f"库里没有“{options.application}”这件申请，或其事实读不出。")
    region = at.load()
    facts = stored.facts()
    told = []
    for name in stored.diseases:
        rule = find_disease(region, name)
        if rule is not None:
            found = counterfactual(facts, rule, region)
            told.append({"disease_name": rule.name, **found.data()})
            print(f"{options.application} {rule.name}：现为 {found.judgement.conclusion.value}")
            for number, way in enumerate(found.ways, start=1):
                print(f"  {number}. {way.text}")
            if not found.ways:
                print("  没有可说的变动。")
    options.out.mkdir(parents=True, exist_ok=True)
    path = options.out / "counterfactual.json"
    path.write_text(
        json.dumps({"application": options.application, "diseases": told}, ensure_ascii=False, indent=1), "utf-8"
    )
    return OK


def _all(options: argparse.Namespace, source: Any, at: Any) -> int:
    from pipeline.audit.counterfactual import materials
    from pipeline.audit.counterfactual.materials import TO_HAND_IN
    from pipeline.audit.counterfactual.writing import write_materials
    from pipeline.cli.audit_progress import records_shown

    processes = options.processes or min(8, os.cpu_count() or 1)
    with records_shown("核对案件") as progress:
        found = materials(source, at, processes=processes, progress=progress)
    files = write_materials(found, options.out)
    data = found.data()
    print(f"{data['judged']} 次判断中 {data['not_met_yet']} 次未达标准。单凭一样材料就能达到的，最多的是：")
    for row in found.ranked(lacks=TO_HAND_IN)[:_SHOWN]:
        where = f"{row['disease_name']} 第 {row['criterion']} 项（{row['lack_text']}）"
        print(f"  {row['settled']:>6} 次  {where}：{row['material']}")
    print(f"全部见 {files[0]}")
    return OK
