"""``yushen audit replay``: judges stored cases again by another version of the rules and says what would change.

``--rules`` and ``--against`` are each the word ``shipped``, a folder that holds region folders, a region folder, or a
folder of packs laid over the shipped rules, as for ``yushen rules diff``. A run that was stopped (Ctrl+C, power) goes
on where it was when the same command is given again. Exit status: 0 done, whatever differs; 2 bad usage.
"""

from __future__ import annotations

import argparse
import os
import sys
import time
from pathlib import Path
from typing import Any

from pipeline.cli.exits import OK, CommandError

__all__ = ["add_parser"]


def add_parser(parts: Any) -> None:
    """Add ``replay`` to the commands of ``yushen audit``."""
    parser = parts.add_parser("replay", help="按另一版规则重判已存的案件，看结论怎样变、谁受影响")
    what = "shipped（随程序的规则），或规则文件夹、地区文件夹、只有规则包的文件夹"
    parser.add_argument("--facts", type=Path, required=True, metavar="STORE", help="审计库的文件夹，或事实文件")
    parser.add_argument("--rules", required=True, metavar="NEW", help=f"新版：{what}")
    parser.add_argument("--against", default="shipped", metavar="OLD", help="旧版，写法同 --rules；默认 shipped")
    parser.add_argument("--out", type=Path, default=Path("yushen-replay"), metavar="DIR")
    parser.add_argument("--region", default="jiangxi")
    parser.add_argument("--processes", type=int, default=0, metavar="N", help="几个进程；默认同核数，至多 8")
    parser.add_argument("--cluster", metavar="ADDRESS", help="用 Dask 集群判，如 tcp://10.0.0.5:8786")
    parser.add_argument("--everything", action="store_true", help="标准两版相同的病种也重判，以得到全部案件的结论数")
    parser.add_argument("--config", type=Path, metavar="FILE")
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    from pipeline.audit.replay import SourceError, WorkError, open_facts, replay
    from pipeline.audit.replay.writing import write_replay
    from pipeline.cli.audit_progress import records_shown
    from pipeline.cli.loading import broken_files_told
    from pipeline.settings import load_settings
    from rules.engine.rules_at import rules_named

    started = time.perf_counter()
    processes = options.processes or min(8, os.cpu_count() or 1)
    try:
        with broken_files_told(), records_shown("重判案件") as progress:
            shipped = load_settings(options.config).rules_dir
            old, new = (rules_named(name, options.region, shipped) for name in (options.against, options.rules))
            source = open_facts(options.facts)
            options.out.mkdir(parents=True, exist_ok=True)
            found = replay(
                source,
                old,
                new,
                processes=processes,
                cluster=options.cluster,
                everything=options.everything,
                keep=options.out,
                progress=progress,
            )
    except (SourceError, WorkError) as error:
        raise CommandError(str(error)) from None
    except KeyboardInterrupt:
        print("已中断；再运行同一命令会接着判。", file=sys.stderr)
        raise
    page, *_ = write_replay(found, options.out, seconds=time.perf_counter() - started)
    whole = found.whole
    told = f"重判 {found.judged} 次，结论改变 {found.changed} 次；标准未变、不必重判 {whole.skipped.total()} 次"
    lost = whole.broken.total() + whole.unknown.total() + whole.elsewhere.total()
    print(f"{told}{f'；未能判 {lost} 件' if lost else ''}。报告：{page}")
    return OK
