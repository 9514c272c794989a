"""Ceilings of what browsers send, counted as it comes in: a form is small, and files are bounded by the settings.

The API has ceilings of its own.
"""

from __future__ import annotations

from starlette.datastructures import Headers
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

__all__ = ["FORM_BYTES", "BodySize"]

FORM_BYTES = 1024 * 1024
_AROUND_FILES = 1024 * 1024
"""Boundaries, names and fields of a form with files."""


class BodySize:
    """Answer 413 to more than ``most_file_bytes`` in a form with files or a raw body, :data:`FORM_BYTES` in another."""

    def __init__(self, app: ASGIApp, *, most_file_bytes: int) -> None:
        self._app = app
        self._most = most_file_bytes + _AROUND_FILES

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["path"].startswith("/api/"):
            await self._app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        form = headers.get("content-type", "").lower().startswith("application/x-www-form-urlencoded")
        most, size = FORM_BYTES if form else self._most, 0
        told = headers.get("content-length", "")
        if told.isascii() and told.isdigit() and int(told[:19]) > most:
            raise HTTPException(413)

        async def counting() -> Message:
            nonlocal size
            message = await receive()
            if message["type"] == "http.request":
                size += len(message.get("body", b""))
                if size > most:
                    raise HTTPException(413)
            return message

        await self._app(scope, counting, send)
