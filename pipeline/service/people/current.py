"""What a request brings along, as dependencies of FastAPI: the office, who is signed in, which case is open, CSRF."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends, Form, Header, Request

from pipeline.service.actors import Actor, ActorKind, Role
from pipeline.service.numbers import same_digest
from pipeline.service.office import Office
from pipeline.service.people import sessions
from pipeline.service.tables import Session, User
from pipeline.service.work.queue import WorkQueue

__all__ = [
    "CASE_COOKIE",
    "USER_COOKIE",
    "CaseOpened",
    "CsrfError",
    "CsrfField",
    "CsrfHeader",
    "NotSignedInError",
    "OpenedCase",
    "SignedIn",
    "TheOffice",
    "TheQueue",
    "UserSignedIn",
    "UserSignedInAtAll",
    "check_csrf",
    "get_office",
    "get_queue",
    "opened_case",
    "signed_in",
    "signed_in_at_all",
]

USER_COOKIE = "yushen_user"
CASE_COOKIE = "yushen_case"


class NotSignedInError(Exception):
    """The page needs a session. ``login`` is where to get one."""

    def __init__(self, login: str) -> None:
        super().__init__(login)
        self.login = login


class CsrfError(Exception):
    """A form or call without the token of its session."""


@dataclass(frozen=True, slots=True)
class SignedIn:
    """A person of the bureau."""

    actor: Actor
    user: User
    csrf: str


@dataclass(frozen=True, slots=True)
class OpenedCase:
    """An applicant with one open case; ``actor.id`` is its id."""

    actor: Actor
    csrf: str


def get_office(request: Request) -> Office:
    office: Office = request.app.state.office
    return office


def get_queue(request: Request) -> WorkQueue:
    queue: WorkQueue = request.app.state.queue
    return queue


TheOffice = Annotated[Office, Depends(get_office)]
TheQueue = Annotated[WorkQueue, Depends(get_queue)]


def _session(request: Request, office: Office, cookie: str) -> Session | None:
    token = request.cookies.get(cookie)
    with office.database.read() as connection:
        row = sessions.find(connection, office, token)
    if row is not None and sessions.note_is_due(office, row):
        with office.database.write() as connection:
            sessions.note_use(connection, office, token)
    return row


def signed_in(request: Request, office: TheOffice) -> SignedIn:
    """Return who of the bureau is signed in.

    Raises:
        NotSignedInError: nobody, the account was closed, or its password must be changed first.
    """
    signed = signed_in_at_all(request, office)
    if signed.user.must_change:
        raise NotSignedInError("/account/password")
    return signed


def signed_in_at_all(request: Request, office: TheOffice) -> SignedIn:
    """Return who is signed in, also while the password must be changed; for the pages that change it.

    Raises:
        NotSignedInError: nobody, or the account was closed.
    """
    row = _session(request, office, USER_COOKIE)
    if row is not None and row.user_id is not None:
        with office.database.read() as connection:
            user = connection.get(User, row.user_id)
        if user is not None and user.active:
            actor = Actor(
                kind=ActorKind.USER,
                id=user.id,
                roles=frozenset(Role(role) for role in user.roles),
                regions=frozenset(user.regions),
            )
            return SignedIn(actor, user, row.csrf)
    raise NotSignedInError("/login")


def opened_case(request: Request, office: TheOffice) -> OpenedCase:
    """Return the case that the applicant's browser has open.

    Raises:
        NotSignedInError: none.
    """
    row = _session(request, office, CASE_COOKIE)
    if row is None or row.application_id is None:
        raise NotSignedInError("/query")
    return OpenedCase(Actor(kind=ActorKind.APPLICANT, id=row.application_id), row.csrf)


UserSignedIn = Annotated[SignedIn, Depends(signed_in)]
UserSignedInAtAll = Annotated[SignedIn, Depends(signed_in_at_all)]
CaseOpened = Annotated[OpenedCase, Depends(opened_case)]


def check_csrf(session: SignedIn | OpenedCase, *told: str | None) -> None:
    """Refuse a change that does not carry its session's token, in the form field ``csrf`` or the header.

    Raises:
        CsrfError: none of ``told`` is the token.
    """
    if not any(text and same_digest(text, session.csrf) for text in told):
        raise CsrfError


CsrfField = Annotated[str | None, Form(alias="csrf")]
CsrfHeader = Annotated[str | None, Header(alias="X-CSRF-Token")]
