"""Signing in and out, and changing one's own password.

An unknown login, a closed account and a wrong password get the same answer after the same work.
"""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select

from pipeline.service import trail
from pipeline.service.actors import SYSTEM, Actor, ActorKind
from pipeline.service.applications import LimitError
from pipeline.service.office import Office
from pipeline.service.people import passwords, sessions, throttle
from pipeline.service.tables import User

__all__ = ["Entered", "WrongPasswordError", "change_password", "sign_in", "sign_out"]


class WrongPasswordError(Exception):
    """Login and password do not belong together; which of the two is wrong is not told."""


@dataclass(frozen=True, slots=True)
class Entered:
    """A session just begun."""

    token: str
    must_change: bool


def sign_in(office: Office, login: str, password: str, *, address: str, old: str | None) -> Entered:
    """Begin a session. Whatever session the browser had before (``old``: its cookie) ends.

    Raises:
        ThrottledError: too many failures; nothing was compared.
        WrongPasswordError: see there.
    """
    name = login.strip().lower()[:64]
    with office.database.write() as session:
        throttle.begin(session, office, "login", name, address)
    with office.database.read() as session:
        user = session.scalars(select(User).where(User.login == name)).one_or_none()
    if user is None:
        passwords.verify_nothing(password)
        good = False
    else:
        good = passwords.verify(user.password, password) and user.active
    if user is None or not good:
        with office.database.write() as session:
            # Only accounts that exist are named; a login typed into the wrong field may be a password.
            detail = {"user": user.id} if user is not None else {}
            trail.append(session, SYSTEM, "session.fail", detail=detail, at=office.now())
        raise WrongPasswordError
    fresh = passwords.hash_password(password) if passwords.needs_rehash(user.password) else None
    with office.database.write() as session:
        throttle.succeeded(session, office, "login", name, address)
        row = session.get(User, user.id, with_for_update=True)
        if row is None or not row.active or row.password != user.password:
            raise WrongPasswordError  # closed or changed while the password was being checked
        if fresh is not None:
            row.password = fresh
        sessions.close(session, old)
        token = sessions.open_for_user(session, office, row.id)
        trail.append(session, Actor(kind=ActorKind.USER, id=row.id), "session.open", at=office.now())
        return Entered(token, row.must_change)


def sign_out(office: Office, user: str, token: str | None) -> None:
    """End the session of a cookie."""
    with office.database.write() as session:
        sessions.close(session, token)
        trail.append(session, Actor(kind=ActorKind.USER, id=user), "session.close", at=office.now())


def change_password(office: Office, user: str, old: str, new: str, *, address: str) -> str:
    """Change one's own password; every session of the account ends and a new one begins.

    Returns:
        The token of the new session.

    Raises:
        ThrottledError: too many wrong old passwords.
        WrongPasswordError: the old password is wrong.
        LimitError: ``bad_password``: the new one will not do.
    """
    with office.database.write() as session:
        throttle.begin(session, office, "password", user, address)
    with office.database.read() as session:
        row = session.get_one(User, user)
    if not passwords.verify(row.password, old):
        raise WrongPasswordError
    wrong = passwords.check_new(new, login=row.login)
    if wrong is None and new == old:
        wrong = "新密码不能与原密码相同。"
    fresh = passwords.hash_password(new) if wrong is None else ""
    with office.database.write() as session:
        throttle.succeeded(session, office, "password", user, address)
        if wrong is None:
            row = session.get_one(User, user, with_for_update=True)
            row.password, row.must_change = fresh, False
            sessions.close_all_of(session, user)
            token = sessions.open_for_user(session, office, user)
            trail.append(session, Actor(kind=ActorKind.USER, id=user), "user.change_password", at=office.now())
            return token
    raise LimitError("bad_password", wrong or "")
