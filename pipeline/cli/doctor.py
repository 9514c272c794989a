"""``yushen doctor``: whether this machine can do the work, and what to do where it cannot."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pipeline.cli.exits import DEFECT, OK
from pipeline.cli.loading import broken_files_told

if TYPE_CHECKING:
    from pipeline.doctor.check import Check
    from pipeline.settings import Settings

__all__ = ["add_parser"]

_MARKS = {"ok": "✓", "warn": "!", "fail": "✕"}


def add_parser(commands: Any) -> None:
    parser = commands.add_parser("doctor", help="检查模型、规则、磁盘、字体、系统库和版本")
    parser.add_argument("--config", type=Path, metavar="FILE")
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    from pipeline.doctor import run_checks
    from pipeline.settings import load_settings

    with broken_files_told():
        settings = load_settings(options.config)
    failed = False
    for check in (*run_checks(settings), *_of_service(settings)):
        print(f"{_MARKS[check.state]} {check.title}：{check.detail}")
        if check.state != "ok" and check.advice:
            print(f"    → {check.advice}")
        failed = failed or check.state == "fail"
    return DEFECT if failed else OK


def _of_service(settings: Settings) -> tuple[Check, ...]:
    """What concerns the service, where it has been started here before."""
    service = settings.service
    if not service.data_dir.is_dir():
        return ()
    from pipeline.service.sealing.checking import check_keys

    return (check_keys(service),)
