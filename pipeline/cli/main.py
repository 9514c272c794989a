"""Parses the command line and hands over to one module per command."""

from __future__ import annotations

import argparse
import os
import sys
import traceback
from collections.abc import Sequence
from importlib.metadata import version

from pipeline.cli import (
    admin,
    audit,
    backup,
    doctor,
    evaluate,
    keys,
    retention,
    review,
    rules,
    serve,
    train,
    watch,
    worker,
)
from pipeline.cli.exits import BAD_USAGE, DEFECT, CommandError

__all__ = ["build_parser", "main"]


def build_parser() -> argparse.ArgumentParser:
    """Return the parser of the whole command line."""
    parser = argparse.ArgumentParser(
        prog="yushen", description="预审：门诊慢特病申请材料的离线预审。只作建议，由人决定。"
    )
    parser.add_argument("--version", action="version", version=f"yushen {version('yushen')}")
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    for module in (review, serve, worker, watch, admin, audit, backup, keys, retention, rules, evaluate, train, doctor):
        module.add_parser(commands)
    return parser


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return its exit status."""
    try:
        options = build_parser().parse_args(arguments)
        return int(options.run(options))
    except CommandError as error:
        print(f"yushen: {error}", file=sys.stderr)
        return BAD_USAGE
    except BrokenPipeError:
        # The reader of stdout went away (`yushen rules list | head`); nothing is wrong.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except KeyboardInterrupt:
        print("yushen: 已中断。", file=sys.stderr)
        return 130
    except Exception as error:
        # Messages of foreign exceptions may quote a document; only the kind and the places are shown.
        frames = traceback.extract_tb(error.__traceback__)
        print(f"yushen: 程序出错（{type(error).__name__}），请把以下位置告诉维护者：", file=sys.stderr)
        for frame in frames[-6:]:
            print(f"  {frame.filename}:{frame.lineno} {frame.name}", file=sys.stderr)
        return DEFECT
