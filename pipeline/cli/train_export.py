"""``yushen train export-corrections``: what reviewers corrected, as pages to train on, without identity."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import Any

from pipeline.cli.exits import OK, CommandError
from pipeline.cli.service_office import existing_office
from pipeline.cli.serving import add_config, settings_of

__all__ = ["add_parser"]


def add_parser(kinds: Any) -> None:
    parser = kinds.add_parser("export-corrections", help="把审核人员更正过的页面导出为训练页面，不含个人身份")
    parser.add_argument("--out", type=Path, required=True, metavar="FILE", help="写到哪里（JSON Lines，一行一页）")
    add_config(parser)
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Write the pages; say how many.

    Raises:
        CommandError: there is no service data, or the file cannot be written.
    """
    from pipeline.service.casework.corrections.exporting import exported_pages

    with existing_office(settings_of(options)) as office:
        pages, cases, dropped = exported_pages(office)
    try:
        options.out.touch(mode=0o600)
        options.out.write_text("".join(f"{page.to_json()}\n" for page in pages), encoding="utf-8")
    except OSError as error:
        raise CommandError(f"写不进 {options.out}：{error.strerror}") from error
    print(f"{cases} 份有更正的申请，导出 {len(pages)} 页到 {options.out}", file=sys.stderr)
    if dropped:
        print(f"另有 {dropped} 份读不回来，没有导出", file=sys.stderr)
    return OK
