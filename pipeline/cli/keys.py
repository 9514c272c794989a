"""``yushen keys``: the bureau's own keys, which wrap all others."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from pipeline.cli.exits import OK, CommandError
from pipeline.cli.service_office import existing_office
from pipeline.cli.serving import add_config, settings_of

__all__ = ["add_parser"]


def add_parser(commands: Any) -> None:
    parser = commands.add_parser("keys", help="主密钥：查看、生成、轮换")
    parts = parser.add_subparsers(dest="part", required=True, metavar="COMMAND")
    for name, help_, run in (
        ("make", "生成一把主密钥，打印成密钥文件的一行", run_make),
        ("status", "每把主密钥保护着多少份申请", run_status),
        ("prepare", "在密钥文件末尾加一把新密钥（多台机器时先复制到每台）", run_prepare),
        ("rotate", "改用新密钥；材料不重新加密，中断后可再次运行", run_rotate),
    ):
        part = parts.add_parser(name, help=help_)
        part.set_defaults(run=run)
        add_config(part)


def run_make(options: argparse.Namespace) -> int:
    from pipeline.service.sealing.masters import new_master

    del options
    id, key = new_master()
    print(f"{id} {key.hex()}")
    return OK


def run_status(options: argparse.Namespace) -> int:
    from pipeline.service.sealing.rotation import usage

    with _told(), existing_office(settings_of(options)) as office:
        for number, (id, count) in enumerate(usage(office).items()):
            spare = "" if count or not number else "；没有数据在用，旧备份可能还要用它"
            print(f"{id}\t{'当前' if not number else '以前或备用'}\t{count} 个数据密钥{spare}")
    return OK


def run_prepare(options: argparse.Namespace) -> int:
    from pipeline.service.sealing.masters import key_file
    from pipeline.service.sealing.rotation import prepare

    settings = settings_of(options)
    with _told(), existing_office(settings) as office:
        id = prepare(office)
    print(f"已在 {key_file(settings.service)} 末尾加入新密钥 {id}。")
    print("请把这份文件复制到每台机器，再运行 yushen keys rotate。")
    return OK


def run_rotate(options: argparse.Namespace) -> int:
    from pipeline.service.sealing.rotation import rotate

    with _told(), existing_office(settings_of(options)) as office:
        count = rotate(office)
        current = office.keyring.masters.current
    print(f"已改用主密钥 {current}，重新包裹 {count} 个数据密钥。旧密钥请留到旧备份都到期为止。")
    return OK


@contextmanager
def _told() -> Iterator[None]:
    from pipeline.service.sealing import KeyFileError, KeyMissingError

    try:
        yield
    except KeyFileError as error:
        raise CommandError(str(error)) from error
    except KeyMissingError as error:
        raise CommandError("有数据密钥打不开：密钥文件里缺少包裹它的主密钥") from error
