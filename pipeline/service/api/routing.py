"""The router that all modules of the API add their routes to. Every error inside a route becomes a problem."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from typing import Any

from fastapi import APIRouter, Request, Response
from fastapi.routing import APIRoute
from starlette.requests import ClientDisconnect

from pipeline.service.api.models import ProblemOut
from pipeline.service.api.problems import MEDIA_TYPE, respond

__all__ = ["router"]


class ProblemRoute(APIRoute):
    """A route whose errors are problems, whatever application it is mounted in."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        handler = super().get_route_handler()

        async def answer(request: Request) -> Response:
            try:
                response = await handler(request)
            except ClientDisconnect:
                raise
            except Exception as error:
                response = respond(request, error)
            limit = getattr(request.state, "api_limit", None)
            if limit is not None:
                per_minute, left = limit
                response.headers["RateLimit-Policy"] = f'"key";q={per_minute};w=60'
                response.headers["RateLimit"] = f'"key";r={left.tokens};t={int(left.wait + 0.999)}'
            response.headers.setdefault("Cache-Control", "private, no-store")
            return response

        return answer


_PROBLEM: dict[str, Any] = {
    "model": ProblemOut,
    "content": {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/ProblemOut"}}},
}
_WORDS = {
    400: "读不懂的请求 · cannot be parsed",
    401: "没有有效的接口密钥 · no valid API key",
    403: "密钥没有这项权限 · the key lacks the scope",
    404: "没有找到 · not found",
    409: "现在的状态不允许 · not in the present state",
    413: "太大 · too large",
    422: "内容不对 · invalid request",
    429: "请求太频繁 · too many requests, see Retry-After",
    503: "暂时不能受理 · busy, see Retry-After",
}
router = APIRouter(
    prefix="/api/v1",
    route_class=ProblemRoute,
    responses={status: {**_PROBLEM, "description": words} for status, words in _WORDS.items()},
)
