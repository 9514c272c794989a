"""The disease that a browser has chosen, before there is a case.

It travels as a sealed token that says nothing to whoever finds it in a cookie or a link: a random number and an HMAC.
The server finds the disease by trying its few rules. Tokens in links run out, so that a browser's history does not
tell for long.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import hmac
import secrets
from base64 import urlsafe_b64encode
from dataclasses import dataclass

from fastapi import Request, Response

from pipeline.service.numbers import same_digest
from pipeline.service.office import Office
from pipeline.service.web.applicant.diseases import the_region
from rules.engine import Rule

__all__ = ["CHOICE_COOKIE", "Choice", "chosen", "forget_choice", "link_token", "open_link", "remember_choice"]

CHOICE_COOKIE = "yushen_choice"
_LINK_DAYS = 7
_EPOCH = dt.date(2020, 1, 1)


@dataclass(frozen=True, slots=True)
class Choice:
    rule: Rule
    agreed: bool
    """The notice was read and agreed to."""


def chosen(request: Request, office: Office) -> Choice | None:
    """Return what this browser has chosen; None where nothing, or the region has the disease no more."""
    nonce, _, seal = request.cookies.get(CHOICE_COOKIE, "").partition(".")
    for rule in the_region(office).rules:
        for agreed in (False, True):
            if same_digest(seal, _seal(office, "choice", nonce, rule.id, str(agreed))):
                return Choice(rule, agreed)
    return None


def remember_choice(response: Response, office: Office, disease: str, *, agreed: bool = False) -> None:
    """Keep the choice until the browser is closed."""
    nonce = secrets.token_urlsafe(9)
    response.set_cookie(
        CHOICE_COOKIE,
        f"{nonce}.{_seal(office, 'choice', nonce, disease, str(agreed))}",
        httponly=True,
        samesite="lax",
        secure=office.settings.service.secure_cookies,
        path="/",
    )


def forget_choice(response: Response, office: Office) -> None:
    response.delete_cookie(
        CHOICE_COOKIE, httponly=True, samesite="lax", secure=office.settings.service.secure_cookies, path="/"
    )


def link_token(office: Office, disease: str) -> str:
    """Return the part of a link that chooses ``disease`` in another browser."""
    nonce, last = secrets.token_urlsafe(6), (office.today() - _EPOCH).days + _LINK_DAYS
    return f"{nonce}.{last:x}.{_seal(office, 'link', nonce, disease, str(last))}"


def open_link(office: Office, token: str) -> Rule | None:
    """Return the disease of a link; None where it has run out or is not ours."""
    nonce, _, rest = token.partition(".")
    day, _, seal = rest.partition(".")
    try:
        last = int(day, 16)
    except ValueError:
        return None
    if (office.today() - _EPOCH).days > last:
        return None
    rules = the_region(office).rules
    return next((r for r in rules if same_digest(seal, _seal(office, "link", nonce, r.id, str(last)))), None)


def _seal(office: Office, *parts: str) -> str:
    digest = hmac.new(office.key, "\0".join(parts).encode(), hashlib.sha256).digest()
    return urlsafe_b64encode(digest[:16]).decode().rstrip("=")
