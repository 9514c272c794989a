"""Accounts of the bureau: made, changed and closed by administrators, each change with its trace.

An administrator rules over the regions that he or she has: grants none other, and does not touch people of others.
"""

from __future__ import annotations

import re
from collections.abc import Collection

from sqlalchemy import select
from sqlalchemy.orm import Session

from pipeline.service import trail
from pipeline.service.access import NotFoundError
from pipeline.service.actors import Actor, ActorKind, NotAllowedError, Role
from pipeline.service.applications import LimitError
from pipeline.service.office import Office
from pipeline.service.people import passwords, sessions
from pipeline.service.people.regions import known_regions
from pipeline.service.states import State, Step, step
from pipeline.service.tables import Application, User, new_id

__all__ = ["change", "close", "create", "find", "list_users", "reopen", "set_password"]

_LOGIN = re.compile(r"[a-z][a-z0-9._-]{2,31}")


def create(
    session: Session,
    actor: Actor,
    office: Office,
    *,
    login: str,
    name: str,
    password: str,
    roles: Collection[Role],
    regions: Collection[str],
    must_change: bool = True,
) -> User:
    """Make an account.

    Raises:
        NotAllowedError: not an administrator, or not of all ``regions``.
        LimitError: ``bad_login``, ``login_taken``, ``bad_name``, ``no_role``, ``no_region``, ``bad_region`` or
            ``bad_password``.
    """
    _require(actor, regions)
    login = login.strip().lower()
    if not _LOGIN.fullmatch(login):
        raise LimitError("bad_login", "登录名用 3 到 32 个小写字母、数字或 . _ -，以字母开头")
    if session.scalars(select(User).where(User.login == login)).one_or_none() is not None:
        raise LimitError("login_taken", "这个登录名已经有人使用，请换一个")
    _check(office, name, roles, regions)
    wrong = passwords.check_new(password, login=login)
    if wrong:
        raise LimitError("bad_password", wrong)
    user = User(
        id=new_id(),
        login=login,
        name=name.strip(),
        password=passwords.hash_password(password),
        roles=_words(roles),
        regions=sorted(set(regions)),
        active=True,
        must_change=must_change,
        created_at=office.now(),
    )
    session.add(user)
    session.flush()
    detail = {"user": user.id, "roles": user.roles, "regions": user.regions}
    trail.append(session, actor, "user.create", detail=detail, at=office.now())
    return user


def find(session: Session, actor: Actor, user: str, *, lock: bool = False) -> User:
    """Return an account that ``actor`` may change.

    Raises:
        NotAllowedError: not an administrator.
        NotFoundError: there is none, or it is of other regions.
    """
    _require(actor, ())
    query = select(User).where(User.id == user)
    found = session.scalars(query.with_for_update() if lock else query).one_or_none()
    if found is None or not _is_under(actor, found):
        raise NotFoundError("user")
    return found


def list_users(session: Session, actor: Actor) -> list[User]:
    """Return the accounts that ``actor`` may change, the open ones first.

    Raises:
        NotAllowedError: not an administrator.
    """
    _require(actor, ())
    rows = session.scalars(select(User).order_by(User.active.desc(), User.login))
    return [user for user in rows if _is_under(actor, user)]


def change(
    session: Session,
    actor: Actor,
    office: Office,
    user: User,
    *,
    name: str,
    roles: Collection[Role],
    regions: Collection[str],
) -> None:
    """Change name, roles and regions; open sessions have the new rights from their next request on.

    Raises:
        NotAllowedError: not an administrator of all these regions.
        LimitError: ``bad_name``, ``no_role``, ``no_region``, ``bad_region``, ``last_administrator``.
    """
    _require(actor, {*regions, *user.regions})
    _check(office, name, roles, regions)
    if Role.ADMINISTRATOR not in roles:
        _keep_one_administrator(session, user)
    before = {"roles": list(user.roles), "regions": list(user.regions)}
    renamed = user.name != name.strip()
    user.name, user.roles, user.regions = name.strip(), _words(roles), sorted(set(regions))
    after = {"roles": user.roles, "regions": user.regions}
    if renamed or before != after:
        detail = {"user": user.id, "before": before, "after": after, "renamed": renamed}
        trail.append(session, actor, "user.change", detail=detail, at=office.now())


def set_password(session: Session, actor: Actor, office: Office, user: User, password: str) -> None:
    """Give a new password that must be changed at the next sign-in, and end all sessions of the account.

    Raises:
        NotAllowedError: not an administrator.
        LimitError: ``bad_password``.
    """
    _require(actor, user.regions)
    wrong = passwords.check_new(password, login=user.login)
    if wrong:
        raise LimitError("bad_password", wrong)
    user.password, user.must_change = passwords.hash_password(password), True
    sessions.close_all_of(session, user.id)
    trail.append(session, actor, "user.set_password", detail={"user": user.id}, at=office.now())


def close(session: Session, actor: Actor, office: Office, user: User) -> None:
    """Close an account: its sessions end and the cases on its desk go back into the queue. It is never deleted.

    Raises:
        NotAllowedError: not an administrator.
        LimitError: ``last_administrator``.
    """
    _require(actor, user.regions)
    if not user.active:
        return
    _keep_one_administrator(session, user)
    user.active = False
    sessions.close_all_of(session, user.id)
    claimed = select(Application).where(Application.claimed_by == user.id, Application.state == State.UNDER_REVIEW)
    for case in session.scalars(claimed.with_for_update()):
        case.state = step(case.state, Step.RELEASE)
        case.claimed_by = case.claimed_at = None
        trail.append(
            session,
            actor,
            "application.release",
            application=case.id,
            detail={"why": "account_closed", "user": user.id},
            at=office.now(),
        )
    trail.append(session, actor, "user.close", detail={"user": user.id}, at=office.now())


def reopen(session: Session, actor: Actor, office: Office, user: User) -> None:
    """Open a closed account again; its password stays as it was.

    Raises:
        NotAllowedError: not an administrator.
    """
    _require(actor, user.regions)
    if not user.active:
        user.active = True
        trail.append(session, actor, "user.reopen", detail={"user": user.id}, at=office.now())


def _require(actor: Actor, regions: Collection[str]) -> None:
    """The service itself (the command line of whoever owns the machine) may do all of it."""
    if actor.kind is ActorKind.SYSTEM:
        return
    actor.require_role(Role.ADMINISTRATOR)
    if not set(regions) <= actor.regions:
        raise NotAllowedError("region")


def _is_under(actor: Actor, user: User) -> bool:
    return actor.kind is ActorKind.SYSTEM or set(user.regions) <= actor.regions


def _check(office: Office, name: str, roles: Collection[Role], regions: Collection[str]) -> None:
    if not name.strip() or len(name.strip()) > 32 or not name.strip().isprintable():
        raise LimitError("bad_name", "请填写姓名，不超过 32 个字")
    if not roles:
        raise LimitError("no_role", "请至少选择一个角色")
    if not regions:
        raise LimitError("no_region", "请至少选择一个地区")
    unknown = set(regions) - {region.id for region in known_regions(office.settings.rules_dir)}
    if unknown:
        raise LimitError("bad_region", f"没有这个地区的规则：{'、'.join(sorted(unknown))[:100]}")


def _keep_one_administrator(session: Session, user: User) -> None:
    if Role.ADMINISTRATOR.value not in user.roles:
        return
    others = session.scalars(select(User).where(User.active, User.id != user.id).with_for_update())
    if not any(Role.ADMINISTRATOR.value in other.roles for other in others):
        raise LimitError("last_administrator", "这是最后一个管理员账号，不能停用或取消管理员角色")


def _words(roles: Collection[Role]) -> list[str]:
    return [role.value for role in Role if role in roles]
