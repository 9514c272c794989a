"""CSRF of forms that come before any session: sign-in, query, first step of an application.

The browser gets a random cookie; the form carries its HMAC. Another site can neither read the cookie nor make the pair,
and the cookie does not travel with its requests (SameSite). Forms within a session use the session's own token.
"""

from __future__ import annotations

import hashlib
import hmac

from fastapi import Request, Response

from pipeline.service.numbers import new_token, same_digest
from pipeline.service.office import Office
from pipeline.service.people.current import CsrfError

__all__ = ["FORM_COOKIE", "check_form", "form_token", "set_form_cookie"]

FORM_COOKIE = "yushen_form"


def form_token(request: Request, office: Office) -> tuple[str, str]:
    """Return the cookie's value, old or new, and the token for the form's hidden field ``csrf``."""
    cookie = request.cookies.get(FORM_COOKIE) or new_token()
    return cookie, _token(office, cookie)


def set_form_cookie(response: Response, office: Office, cookie: str) -> None:
    """Put the cookie of :func:`form_token` on the page that shows the form."""
    response.set_cookie(
        FORM_COOKIE, cookie, httponly=True, samesite="lax", secure=office.settings.service.secure_cookies, path="/"
    )


def check_form(request: Request, office: Office, told: str | None) -> None:
    """Refuse a form that did not come from this browser's own page.

    Raises:
        CsrfError: cookie or token is missing or of another.
    """
    cookie = request.cookies.get(FORM_COOKIE)
    if not cookie or not told or not same_digest(told, _token(office, cookie)):
        raise CsrfError


def _token(office: Office, cookie: str) -> str:
    return hmac.new(office.key, f"form\0{cookie}".encode(), hashlib.sha256).hexdigest()
