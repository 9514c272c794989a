"""``yushen retention``: what has been kept long enough, and its deletion; a case that goes before its time."""

from __future__ import annotations

import argparse
from typing import Any

from pipeline.cli.exits import OK, CommandError
from pipeline.cli.service_office import existing_office
from pipeline.cli.serving import add_config, settings_of

__all__ = ["add_parser"]

_REASONS = ("request", "mistake")


def add_parser(commands: Any) -> None:
    parser = commands.add_parser("retention", help="保存期限：查看、执行到期删除、单独删除一份申请")
    parts = parser.add_subparsers(dest="part", required=True, metavar="COMMAND")
    parts.add_parser("show", help="到期应删的各有多少").set_defaults(run=run_show)
    parts.add_parser("apply", help="删除已到期的；服务也会每天自动执行").set_defaults(run=run_apply)
    erasing = parts.add_parser("erase", help="立即删除一份申请和由它产生的一切，不能恢复")
    erasing.add_argument("serial", metavar="SERIAL", help="受理编号")
    erasing.add_argument("--reason", required=True, choices=_REASONS, help="本人要求 request；误建或试用 mistake")
    erasing.add_argument("--yes", action="store_true", help="确认删除；没有它只显示会删什么")
    erasing.set_defaults(run=run_erase)
    for part in parts.choices.values():
        add_config(part)


def run_show(options: argparse.Namespace) -> int:
    from pipeline.service.retention import due

    settings = settings_of(options)
    with existing_office(settings) as office, office.database.read() as session:
        found, service = due(session, office), settings.service
    for words, limit, unit, count in (
        ("未提交的草稿", service.keep_drafts_days, "天", found.drafts),
        ("已撤回的申请", service.keep_withdrawn_days, "天", found.withdrawn),
        ("已办结的申请", service.keep_decided_years, "年", found.decided),
        ("申请人自己删掉的材料", service.keep_removed_days, "天", found.removed),
    ):
        print(f"{words}：{f'保存 {limit} {unit}' if limit else '不自动删除'}，到期 {count} 份")
    return OK


def run_apply(options: argparse.Namespace) -> int:
    from pipeline.service.retention import apply_policy

    with existing_office(settings_of(options)) as office:
        done = apply_policy(office)
    print(f"已删除申请 {len(done.cases)} 份、申请人自己删掉的材料 {done.removed} 份。{_BACKUPS}")
    return OK


def run_erase(options: argparse.Namespace) -> int:
    from sqlalchemy import select

    from pipeline.service.actors import SYSTEM
    from pipeline.service.numbers import normal_serial
    from pipeline.service.retention import Reason, erase
    from pipeline.service.states import label
    from pipeline.service.tables import Application

    with existing_office(settings_of(options)) as office:
        with office.database.read() as session:
            serial = normal_serial(options.serial)
            case = session.scalars(select(Application).where(Application.serial == serial)).one_or_none()
        if case is None:
            raise CommandError("没有这个受理编号")
        if not options.yes:
            print(f"{case.serial}（{label(case.state)}）会被删除，不能恢复；确认请加 --yes")
            return OK
        erased = erase(office, SYSTEM, case.id, Reason(options.reason))
        office.database.checkpoint()
    print(f"已删除 {case.serial} 和它的 {erased.files if erased else 0} 个文件。{_BACKUPS}")
    return OK


_BACKUPS = "以前的备份里还有，请按期限销毁旧备份。"
