"""Around every request: a number, one line in the log, its time in the metrics, an answer when something breaks.

It stands inside the security headers and outside everything else, so that answers to errors nobody expected carry
those headers too and no server above it prints a message that may quote a person.
"""

from __future__ import annotations

import logging
import secrets
import time

from starlette.datastructures import MutableHeaders
from starlette.requests import ClientDisconnect, Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from pipeline.faults import machine_fault
from pipeline.service.logs import event, places_of
from pipeline.service.metrics import RequestTimes
from pipeline.service.web import errors

__all__ = ["Requests"]

_LOG = logging.getLogger("yushen.requests")
_CLIENT_GONE = 499
_QUIET = frozenset({"/healthz", "/readyz", "/metrics"})
"""Asked for every few seconds by machines; logged only when they fail."""


class Requests:
    """ASGI middleware."""

    def __init__(self, app: ASGIApp, *, times: RequestTimes) -> None:
        self._app = app
        self._times = times

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        number, start = secrets.token_hex(8), time.perf_counter()
        scope.setdefault("state", {})["request_id"] = number
        status, first_byte, stream = 0, 0.0, False

        async def noting(message: Message) -> None:
            nonlocal status, first_byte, stream
            if message["type"] == "http.response.start":
                status, first_byte = message["status"], time.perf_counter() - start
                headers = MutableHeaders(scope=message)
                headers["X-Request-ID"] = number
                stream = headers.get("content-type", "").startswith("text/event-stream")
            await send(message)

        try:
            await self._app(scope, receive, noting)
        except ClientDisconnect:
            status = status or _CLIENT_GONE
        except Exception as error:
            if status:  # half an answer is out: nothing can be added to it
                _tell(error, number)
                status = 500
            else:
                if fault := machine_fault(error):
                    event(_LOG, "machine.fault", level=logging.ERROR, request=number, code=fault)
                elif not errors.expected(error) and not scope["path"].startswith("/api/"):  # the API tells its own
                    _tell(error, number)
                await errors.answer(Request(scope, receive), error, number)(scope, receive, noting)
        finally:
            seconds = first_byte if stream else time.perf_counter() - start
            route = _template(scope)
            self._times.note(scope["method"], route, status, seconds)
            if route not in _QUIET or status >= 400:
                event(
                    _LOG,
                    "request",
                    method=scope["method"],
                    route=route,
                    status=status,
                    ms=round(seconds * 1000, 1),
                    request=number,
                )


def _tell(error: Exception, number: str) -> None:
    event(_LOG, "defect", level=logging.ERROR, request=number, error=type(error).__name__, places=places_of(error))


def _template(scope: Scope) -> str:
    """The route's pattern (``/desk/{application_id}``): paths that match none may hold anything, so are not told."""
    # An included router knows its own part of the path only; the whole is in the context of the inclusion.
    included = scope.get("fastapi", {}).get("effective_route_context")
    route = included if getattr(included, "path_format", None) else scope.get("route")
    path = getattr(route, "path_format", None) or getattr(route, "path", None)
    if path is None:
        return "/static" if scope["path"].startswith("/static/") else "none"
    return str(path)
