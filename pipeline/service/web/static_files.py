"""Style sheets, scripts and pictures, addressed by their content so that browsers keep them until they change."""

from __future__ import annotations

import hashlib
from functools import lru_cache
from pathlib import Path

from starlette import staticfiles
from starlette.responses import Response
from starlette.types import Scope

__all__ = ["STATIC", "StaticFiles", "static"]

STATIC = Path(__file__).parent / "static"


def static(name: str) -> str:
    """Return the address of a file under ``static/``, with the mark of its content."""
    path = STATIC / name
    return f"/static/{name}?v={_mark(path, path.stat().st_mtime_ns)}"


@lru_cache(maxsize=256)
def _mark(path: Path, changed: int) -> str:
    del changed  # part of the key only
    return hashlib.sha256(path.read_bytes()).hexdigest()[:10]


class StaticFiles(staticfiles.StaticFiles):
    """Files kept for a year under the address of their content, asked for again under the bare one."""

    def __init__(self) -> None:
        super().__init__(directory=STATIC)

    async def get_response(self, path: str, scope: Scope) -> Response:
        response = await super().get_response(path, scope)
        marked = scope.get("query_string", b"").startswith(b"v=")
        response.headers["Cache-Control"] = "public, max-age=31536000, immutable" if marked else "no-cache"
        return response
