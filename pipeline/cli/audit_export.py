"""``yushen audit export`` and ``yushen audit example``: data for analysts, as Parquet, without anybody's identity.

Exit status: 0 written; 2 bad usage, nothing to export, or a folder that holds something else.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import Any

from pipeline.cli.audit_progress import records_shown
from pipeline.cli.exits import OK, CommandError
from pipeline.cli.service_office import existing_office
from pipeline.cli.serving import add_config, settings_of

__all__ = ["add_parser"]

KEY = Path("yushen-audit.key")


def add_parser(parts: Any) -> None:
    """Add ``export`` and ``example`` to the commands of ``yushen audit``."""
    parser = parts.add_parser("export", help="导出去除身份的分析数据（Parquet），供 DuckDB、看板和笔记本使用")
    source = parser.add_mutually_exclusive_group(required=True)
    source.add_argument("--reports", type=Path, metavar="FOLDER", help="汇总这个文件夹以下的 report.json")
    source.add_argument("--service", action="store_true", help="汇总预审服务的数据（在服务所在的机器上运行）")
    parser.add_argument("--out", type=Path, required=True, metavar="DIR", help="写到这个文件夹")
    parser.add_argument(
        "--key",
        type=Path,
        metavar="FILE",
        help=f"编号用的密钥；没有就新建（默认 {KEY}；--service 默认用服务自己的密钥）。留在本单位，不随数据给人",
    )
    parser.add_argument("--no-facts", action="store_true", help="不带事实：不能重判，但没有任何病历文字")
    parser.add_argument(
        "--suppress",
        type=_smallest,
        default=0,
        metavar="N",
        help="性别、年龄、医院等合起来不足 N 份申请的，抹去这些特征",
    )
    parser.add_argument("--replace", action="store_true", help="覆盖那里原有的分析数据")
    add_config(parser)
    parser.set_defaults(run=run_export)
    example = parts.add_parser("example", help="写一份虚构的分析数据，里面埋有可以找到的问题")
    example.add_argument("--out", type=Path, required=True, metavar="DIR")
    example.add_argument("--count", type=_smallest, default=6000, metavar="N", help="多少份申请（默认 6000）")
    example.add_argument("--seed", type=int, default=None, help="同一个数得同一份数据")
    example.add_argument("--replace", action="store_true", help="覆盖那里原有的分析数据")
    example.set_defaults(run=run_example)


def _smallest(text: str) -> int:
    number = int(text)
    if not 2 <= number <= 1_000_000:
        raise ValueError
    return number


def run_export(options: argparse.Namespace) -> int:
    from pipeline.audit.exporting import export_reports
    from pipeline.audit.identity import KeyFileError, load_key
    from pipeline.audit.store import StoreError

    if options.service:
        return _export_service(options)
    if not options.reports.is_dir():
        raise CommandError(f"没有这个文件夹：{options.reports}")
    key = options.key or KEY
    _outside(key, options.out)
    try:
        exported = export_reports(
            options.reports,
            options.out,
            load_key(key),
            facts=not options.no_facts,
            replace=options.replace,
            smallest=options.suppress,
        )
    except (KeyFileError, StoreError) as error:
        raise CommandError(str(error)) from None
    for path in exported.unusable[:5]:
        print(f"不是 report.json，没有用：{path}", file=sys.stderr)
    if len(exported.unusable) > 5:
        print(f"……共 {len(exported.unusable)} 个", file=sys.stderr)
    print(f"✓ {exported.reports} 份申请写入 {options.out}；密钥 {key} 请留在本单位")
    if exported.left_out:
        print(f"  {exported.left_out} 份的病种、月份、地区少有人相同，没有写入")
    if exported.without_facts:
        print(f"  其中 {exported.without_facts} 份的事实不能还原，不参加重判")
    return OK


def _export_service(options: argparse.Namespace) -> int:
    from pipeline.audit.identity import KeyFileError, load_key
    from pipeline.audit.store import StoreError
    from pipeline.service.analysis.exporting import export_service

    if options.key is not None:
        _outside(options.key, options.out)
    settings = settings_of(options)
    with existing_office(settings) as office, records_shown("导出") as show:
        try:
            exported = export_service(
                office,
                options.out,
                None if options.key is None else load_key(options.key),
                facts=not options.no_facts,
                replace=options.replace,
                smallest=options.suppress,
                progress=lambda done: show(done, None),
            )
        except (KeyFileError, StoreError) as error:
            raise CommandError(str(error)) from None
    print(f"✓ {exported.applications} 份申请写入 {options.out}")
    if exported.left_out:
        print(f"  {exported.left_out} 份的病种、月份、地区少有人相同，没有写入")
    if exported.without_facts:
        print(f"  {exported.without_facts} 份的事实不能还原，不参加重判")
    return OK


def _outside(key: Path, out: Path) -> None:
    """A key beside the data would give everybody the numbers back."""
    if out.resolve() in key.resolve().parents:
        raise CommandError("密钥不能放在导出的文件夹里")


def run_example(options: argparse.Namespace) -> int:
    from pipeline.audit.invented import PLANTED, SEED, write_invented
    from pipeline.audit.store import StoreError

    seed = SEED if options.seed is None else options.seed
    try:
        manifest = write_invented(options.out, options.count, seed, replace=options.replace)
    except StoreError as error:
        raise CommandError(str(error)) from None
    print(f"✓ {manifest.tables['applications'].rows} 份虚构申请写入 {options.out}")
    print("其中埋有：")
    for planted in PLANTED:
        print(f"  · {planted.chinese}")
    return OK
