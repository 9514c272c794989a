"""``yushen admin``: accounts and API keys from the machine itself; the first administrator is made here."""

from __future__ import annotations

import argparse
import getpass
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from pipeline.cli.exits import OK, CommandError
from pipeline.cli.service_office import office_of
from pipeline.cli.serving import add_config, settings_of

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from pipeline.service.office import Office
    from pipeline.service.tables import User

__all__ = ["add_parser"]

_ROLES = ("reviewer", "second_reader", "analyst", "administrator")


def add_parser(commands: Any) -> None:
    parser = commands.add_parser("admin", help="管理工作人员账号和接口密钥")
    parts = parser.add_subparsers(dest="part", required=True, metavar="COMMAND")

    making = parts.add_parser("create-user", help="新建账号；密码从终端输入，或从标准输入读一行")
    making.add_argument("login", metavar="LOGIN")
    making.add_argument("--name", required=True, metavar="N", help="姓名，会印在决定书上")
    _rights(making)
    making.add_argument("--must-change", action="store_true", help="首次登录时必须改密码")
    making.set_defaults(run=run_create_user)

    changing = parts.add_parser("change-user", help="改姓名、角色、地区")
    changing.add_argument("login", metavar="LOGIN")
    changing.add_argument("--name", metavar="N")
    _rights(changing, required=False)
    changing.set_defaults(run=run_change_user)

    for name, help_, run in (
        ("set-password", "重设密码；本人下次登录时必须改", run_set_password),
        ("close-user", "停用账号", run_close_user),
        ("open-user", "启用账号", run_open_user),
    ):
        part = parts.add_parser(name, help=help_)
        part.add_argument("login", metavar="LOGIN")
        part.set_defaults(run=run)

    listing = parts.add_parser("list-users", help="列出账号")
    listing.set_defaults(run=run_list_users)

    issuing = parts.add_parser("create-key", help="发放接口密钥；密钥只显示这一次")
    issuing.add_argument("name", metavar="NAME", help="用途")
    issuing.add_argument("--channel", required=True, help="ganfutong, portal, wechat, hospital, window, web")
    issuing.add_argument("--scope", action="append", required=True, metavar="S", help="可重复")
    issuing.add_argument("--region", action="append", required=True, metavar="R", help="可重复")
    issuing.add_argument("--per-minute", type=int, default=120, metavar="N")
    issuing.set_defaults(run=run_create_key)

    revoking = parts.add_parser("revoke-key", help="停用接口密钥，不能恢复")
    revoking.add_argument("name", metavar="NAME")
    revoking.set_defaults(run=run_revoke_key)
    for part in parts.choices.values():
        add_config(part)


def _rights(parser: argparse.ArgumentParser, *, required: bool = True) -> None:
    parser.add_argument("--role", action="append", required=required, choices=_ROLES, help="可重复")
    parser.add_argument("--region", action="append", required=required, metavar="R", help="如 jiangxi，可重复")


def run_create_user(options: argparse.Namespace) -> int:
    from pipeline.service.actors import SYSTEM, Role
    from pipeline.service.people import users

    password = _password()
    with _writing(options) as (session, office):
        user = users.create(
            session,
            SYSTEM,
            office,
            login=options.login,
            name=options.name,
            password=password,
            roles=[Role(role) for role in options.role],
            regions=options.region,
            must_change=options.must_change,
        )
        login = user.login
    print(f"已新建账号 {login}")
    return OK


def run_change_user(options: argparse.Namespace) -> int:
    from pipeline.service.actors import SYSTEM, Role
    from pipeline.service.people import users

    with _writing(options) as (session, office):
        user = _user(session, options.login)
        users.change(
            session,
            SYSTEM,
            office,
            user,
            name=options.name or user.name,
            roles=[Role(role) for role in options.role or user.roles],
            regions=options.region or user.regions,
        )
    print("已保存")
    return OK


def run_set_password(options: argparse.Namespace) -> int:
    from pipeline.service.actors import SYSTEM
    from pipeline.service.people import users

    password = _password()
    with _writing(options) as (session, office):
        users.set_password(session, SYSTEM, office, _user(session, options.login), password)
    print("已重设密码，正在进行的登录已全部退出")
    return OK


def run_close_user(options: argparse.Namespace) -> int:
    from pipeline.service.actors import SYSTEM
    from pipeline.service.people import users

    with _writing(options) as (session, office):
        users.close(session, SYSTEM, office, _user(session, options.login))
    print("已停用")
    return OK


def run_open_user(options: argparse.Namespace) -> int:
    from pipeline.service.actors import SYSTEM
    from pipeline.service.people import users

    with _writing(options) as (session, office):
        users.reopen(session, SYSTEM, office, _user(session, options.login))
    print("已启用")
    return OK


def run_list_users(options: argparse.Namespace) -> int:
    from pipeline.service.actors import SYSTEM
    from pipeline.service.people import users

    with _writing(options) as (session, _):
        for user in users.list_users(session, SYSTEM):
            state = "使用中" if user.active else "已停用"
            print(f"{user.login}\t{user.name}\t{','.join(user.roles)}\t{','.join(user.regions)}\t{state}")
    return OK


def run_create_key(options: argparse.Namespace) -> int:
    from pipeline.service.actors import SYSTEM
    from pipeline.service.api import issuing
    from pipeline.service.api.keys import Scope
    from pipeline.service.states import Channel

    try:
        channel, scopes = Channel(options.channel), [Scope(scope) for scope in options.scope]
    except ValueError as error:
        raise CommandError(f"渠道应为 {'、'.join(Channel)} 之一，权限应为 {'、'.join(Scope)} 之中的") from error
    with _writing(options) as (session, office):
        _, secret = issuing.issue(
            session,
            SYSTEM,
            office,
            name=options.name,
            channel=channel,
            scopes=scopes,
            regions=options.region,
            per_minute=options.per_minute,
        )
    print("密钥只显示这一次，请保存：", file=sys.stderr)
    print(secret)
    return OK


def run_revoke_key(options: argparse.Namespace) -> int:
    from sqlalchemy import select

    from pipeline.service.actors import SYSTEM
    from pipeline.service.api import issuing
    from pipeline.service.tables import ApiKey

    with _writing(options) as (session, office):
        key = session.scalars(select(ApiKey).where(ApiKey.name == options.name)).one_or_none()
        if key is None:
            raise CommandError("没有这个名字的密钥")
        issuing.revoke(session, SYSTEM, office, key.id)
    print("已停用")
    return OK


@contextmanager
def _writing(options: argparse.Namespace) -> Iterator[tuple[Session, Office]]:
    from pipeline.service.applications import LimitError

    # The first account is made before the service ever ran, so the tables may have to be made too.
    with office_of(settings_of(options), upgrade=True) as office:
        try:
            with office.database.write() as session:
                yield session, office
        except LimitError as error:
            raise CommandError(str(error)) from error


def _user(session: Session, login: str) -> User:
    from sqlalchemy import select

    from pipeline.service.tables import User

    found = session.scalars(select(User).where(User.login == login.strip().lower())).one_or_none()
    if found is None:
        raise CommandError("没有这个登录名")
    return found


def _password() -> str:
    """From the terminal, twice and unseen; else one line of standard input. Never an argument: those can be seen."""
    if not sys.stdin.isatty():
        line = sys.stdin.readline().rstrip("\r\n")
        if not line:
            raise CommandError("没有读到密码：请在标准输入里给一行")
        return line
    first = getpass.getpass("密码：")
    if first != getpass.getpass("再输入一次："):
        raise CommandError("两次输入的密码不一样")
    return first
