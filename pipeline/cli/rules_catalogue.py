"""``yushen rules catalogue``: the standards of a region as a site for a phone."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from pipeline.cli.exits import OK, CommandError
from pipeline.cli.loading import region_of

__all__ = ["add_parser"]


def add_parser(actions: Any) -> None:
    parser = actions.add_parser("catalogue", help="把一个地区的病种目录写成手机可看的静态网页")
    parser.add_argument("--out", type=Path, required=True, metavar="DIR", help="写入的文件夹，没有就新建")
    parser.add_argument("--region", default="jiangxi")
    parser.add_argument("--rules", type=Path, metavar="DIR", help="另加或替换规则包的文件夹")
    parser.add_argument("--config", type=Path, metavar="FILE")
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    from pipeline.catalogue import CatalogueError, write_catalogue

    region = region_of(options)
    try:
        files = write_catalogue(region, options.out)
    except CatalogueError as error:
        raise CommandError(str(error)) from error
    print(f"{region.name}的 {len(region.rules)} 个病种已写成 {len(files)} 个网页，请打开 {files[0]}")
    return OK
