"""The few calls of ``/api/v1`` that the watched folder makes, with the standard library alone."""

from __future__ import annotations

import hashlib
import http.client
import json
import ssl
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlsplit

from pipeline.cli.exits import CommandError

__all__ = ["AwayError", "Calling", "RefusedError"]

_SECONDS = 120.0
_CHUNK = 1024 * 1024
_LATER = frozenset({408, 425, 429, 500, 502, 503, 504})


class AwayError(Exception):
    """The service cannot be reached or is busy; the same call is made again later."""

    def __init__(self, wait: float = 0.0) -> None:
        super().__init__("away")
        self.wait = wait
        """Seconds that the service asked for."""


class RefusedError(Exception):
    """The service will never take this; the message (Chinese) says why."""

    def __init__(self, status: int, code: str, message: str) -> None:
        super().__init__(message)
        self.status, self.code = status, code


@dataclass(frozen=True, slots=True)
class Calling:
    """Calls to the service at ``url`` with an API key.

    Raises:
        CommandError: ``url`` is no address of a service.
    """

    url: str
    key: str = field(repr=False)

    def __post_init__(self) -> None:
        try:
            parts = urlsplit(self.url)
            good = parts.scheme in ("http", "https") and bool(parts.hostname) and (parts.port is None or parts.port > 0)
        except ValueError:
            good = False
        if not good:
            raise CommandError(f"--url 应是预审服务的地址，如 https://yushen.example.gov.cn，而不是 {self.url!r}")

    def create(self, idempotency_key: str, content: Mapping[str, Any]) -> dict[str, Any]:
        """Make an application, once for each key."""
        body = json.dumps(content, ensure_ascii=False).encode()
        return self._json("POST", "/applications", body, {"Idempotency-Key": idempotency_key})

    def change(self, application: str, content: Mapping[str, Any]) -> dict[str, Any]:
        """Set disease and person of an application as ``content`` says."""
        body = json.dumps(content, ensure_ascii=False).encode()
        return self._json("PATCH", f"/applications/{application}", body, {})

    def upload(self, application: str, path: Path, name: str) -> dict[str, Any]:
        """Send a file; sending it again changes nothing."""
        total = hashlib.sha256()
        with path.open("rb") as file:
            while chunk := file.read(_CHUNK):
                total.update(chunk)
            size = file.tell()
            file.seek(0)
            headers = {
                "Content-Type": "application/octet-stream",
                "Content-Length": str(size),
                "Content-Disposition": f"attachment; filename*=UTF-8''{quote(name, safe='')}",
            }
            where = f"/applications/{application}/uploads/{total.hexdigest()}"
            return self._json("PUT", where, file, headers)

    def submit(self, application: str, idempotency_key: str) -> dict[str, Any]:
        return self._json("POST", f"/applications/{application}/submit", b"", {"Idempotency-Key": idempotency_key})

    def _json(self, method: str, path: str, body: Any, headers: Mapping[str, str]) -> dict[str, Any]:
        parts = urlsplit(self.url)
        connection: http.client.HTTPConnection
        if parts.scheme == "https":
            context = ssl.create_default_context()
            connection = http.client.HTTPSConnection(
                parts.hostname or "", parts.port, timeout=_SECONDS, context=context
            )
        else:
            connection = http.client.HTTPConnection(parts.hostname or "", parts.port, timeout=_SECONDS)
        sent = {"Content-Type": "application/json", "Authorization": f"Bearer {self.key}", **headers}
        try:
            connection.request(method, f"{parts.path.rstrip('/')}/api/v1{path}", body=body, headers=sent)
            answer = connection.getresponse()
            data, status, wait = answer.read(), answer.status, answer.headers.get("Retry-After", "")
        except (OSError, http.client.HTTPException) as error:
            raise AwayError from error
        finally:
            connection.close()
        return _answer(status, data, wait)


def _answer(status: int, data: bytes, wait: str) -> dict[str, Any]:
    if status in _LATER:
        raise AwayError(min(float(wait), 600.0) if wait.isascii() and wait.isdigit() else 0.0)
    try:
        content = json.loads(data)
    except ValueError:
        content = None
    if not isinstance(content, dict):
        # Not the service, but something in between or a wrong address.
        if 200 <= status < 300 or status >= 500:
            raise AwayError
        raise RefusedError(status, "no_service", f"这个地址不像是预审服务（HTTP {status}）")
    if 200 <= status < 300:
        return content
    raise RefusedError(status, str(content.get("code", "")), str(content.get("detail", "")) or f"HTTP {status}")
