"""Session cookies: not readable by scripts, not sent by other sites, over HTTPS only where the settings say so."""

from __future__ import annotations

from fastapi import Response

from pipeline.service.office import Office

__all__ = ["clear_session_cookie", "set_session_cookie"]


def set_session_cookie(response: Response, office: Office, name: str, token: str) -> None:
    """Give the browser a session. The cookie ends with the browser; the server ends it earlier."""
    response.set_cookie(
        name, token, httponly=True, samesite="lax", secure=office.settings.service.secure_cookies, path="/"
    )


def clear_session_cookie(response: Response, office: Office, name: str) -> None:
    """Take the session's cookie away."""
    response.delete_cookie(name, httponly=True, samesite="lax", secure=office.settings.service.secure_cookies, path="/")
