"""Refuses changes that another site's page sends, whatever the form carries: a second line behind the tokens."""

from __future__ import annotations

from urllib.parse import urlsplit

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Receive, Scope, Send

from pipeline.service.people.current import CsrfError

__all__ = ["OwnOrigin"]

_SAFE = frozenset({"GET", "HEAD", "OPTIONS"})


class OwnOrigin:
    """Pages only: the API takes no cookies."""

    def __init__(self, app: ASGIApp, *, public_url: str) -> None:
        self._app = app
        self._public = urlsplit(public_url).netloc

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and scope["method"] not in _SAFE and not scope["path"].startswith("/api/"):
            headers = Headers(scope=scope)
            if not self._own(headers):
                raise CsrfError
        await self._app(scope, receive, send)

    def _own(self, headers: Headers) -> bool:
        site = headers.get("sec-fetch-site")
        if site is not None:
            return site in ("same-origin", "none")
        origin = headers.get("origin")
        if origin is None:
            return True  # no browser of this century leaves both out on a form of another site
        return urlsplit(origin).netloc in {headers.get("host", ""), self._public} - {""}
