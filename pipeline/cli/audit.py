"""``yushen audit``: data for analysts, replay, and whether the log of all that was seen and done is whole."""

from __future__ import annotations

import argparse
import json
from typing import Any

from pipeline.cli import audit_counterfactual, audit_export, audit_replay
from pipeline.cli.exits import DEFECT, OK
from pipeline.cli.service_office import existing_office
from pipeline.cli.serving import add_config, settings_of

__all__ = ["add_parser"]


def add_parser(commands: Any) -> None:
    parser = commands.add_parser("audit", help="导出分析数据，按新规则重判，核对操作留痕")
    parts = parser.add_subparsers(dest="part", required=True, metavar="COMMAND")
    verifying = parts.add_parser("verify", help="从头走一遍留痕链；完好返回 0，断开返回 1")
    verifying.add_argument("--head", metavar="HASH", help="以前抄录的末条指纹：它应当还在链上")
    verifying.add_argument("--json", action="store_true", help="结果写成 JSON")
    add_config(verifying)
    verifying.set_defaults(run=run_verify)
    audit_export.add_parser(parts)
    audit_replay.add_parser(parts)
    audit_counterfactual.add_parser(parts)


def run_verify(options: argparse.Namespace) -> int:
    from sqlalchemy import select

    from pipeline.service import trail
    from pipeline.service.tables import TrailRow

    noted, gone = (options.head or "").strip().lower(), False
    with existing_office(settings_of(options)) as office, office.database.snapshot() as session:
        rows, head, broken = trail.verify(session)
        if noted and noted != trail.GENESIS:
            found = session.scalars(select(TrailRow).where(TrailRow.hash == noted)).one_or_none()
            gone = found is None or (broken is not None and found.seq >= broken.seq)
    if options.json:
        told = {"whole": broken is None and not gone, "rows": rows, "head": head}
        told |= {"broken_at": broken.seq, "why": broken.why} if broken else {}
        told |= {"noted_head_found": not gone} if noted else {}
        print(json.dumps(told))
    elif broken is not None:
        print(f"✕ 留痕在第 {broken.seq} 条断开（{broken.why}）；前 {rows} 条完好，末条指纹 {head}")
    else:
        print(f"✓ 留痕完好：{rows} 条，末条指纹 {head}")
    if gone and not options.json:
        print("✕ 抄录的指纹不在完好的链上：末尾被截去过，或整条链被换过")
    return DEFECT if broken is not None or gone else OK
