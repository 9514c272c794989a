"""Every error of the API as ``application/problem+json`` (RFC 9457), and the one place that says which is which.

``code`` is stable and meant for programs; ``detail`` is Chinese and may be shown to the applicant's side. Nothing that
was sent is repeated: it may name a person.
"""

from __future__ import annotations

import logging
import math
import re
import secrets
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from fastapi import Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from sqlalchemy.exc import OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError
from starlette.exceptions import HTTPException

from pipeline.faults import machine_fault
from pipeline.service.access import NotFoundError
from pipeline.service.actors import NotAllowedError
from pipeline.service.applications import FullError, LimitError
from pipeline.service.blobs import BlobsAwayError
from pipeline.service.logs import event, places_of
from pipeline.service.office import OfficeError
from pipeline.service.sealing import KeyMissingError
from pipeline.service.states import StateError, label

__all__ = ["MEDIA_TYPE", "Problem", "ProblemError", "problem_of", "respond", "too_many"]

_LOG = logging.getLogger("yushen.api")
MEDIA_TYPE = "application/problem+json"
_TOO_LARGE = frozenset({"file_too_large", "case_too_large", "part_too_large", "body_too_large"})
_CONFLICT = frozenset({"not_open", "submitted", "nothing_added", "too_many_files", "wrong_offset"})
_AWAY = (OfficeError, OperationalError, PoolTimeoutError, BlobsAwayError, KeyMissingError)
FULL_SECONDS = 60
BUSY_SECONDS = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """What the caller is told."""

    status: int
    code: str
    title: str
    """English, for whoever writes the client; the same for all problems of one code."""
    detail: str
    """Chinese, for people."""
    errors: tuple[Mapping[str, str], ...] = ()
    """Of a request whose content is wrong: ``{"field", "code", "detail"}`` each."""
    extra: Mapping[str, Any] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)


class ProblemError(Exception):
    """A problem that the API itself finds."""

    def __init__(
        self,
        status: int,
        code: str,
        title: str,
        detail: str,
        *,
        extra: Mapping[str, Any] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(code)
        self.problem = Problem(
            status=status, code=code, title=title, detail=detail, extra=extra or {}, headers=headers or {}
        )


def respond(request: Request, error: Exception) -> JSONResponse:
    """Return the answer to ``error``. Errors that nobody expected are logged under the number that the answer shows."""
    problem = problem_of(error)
    if problem is None:
        problem = _unexpected(request, error)
    content: dict[str, Any] = {
        "type": f"urn:yushen:problem:{problem.code}",
        "title": problem.title,
        "status": problem.status,
        "code": problem.code,
        "detail": problem.detail,
        **({"errors": [dict(each) for each in problem.errors]} if problem.errors else {}),
        **problem.extra,
    }
    headers = {"Cache-Control": "no-store", **problem.headers}
    return JSONResponse(content, problem.status, headers=headers, media_type=MEDIA_TYPE)


def problem_of(error: Exception) -> Problem | None:
    """Return what ``error`` means to the caller; None where nobody expected it."""
    match error:
        case ProblemError():
            return error.problem
        case RequestValidationError():
            return Problem(
                status=422,
                code="invalid",
                title="The request is not valid",
                detail="提交的内容不完整或格式不对，请核对后再提交。",
                errors=tuple(_fields(error.errors())),
            )
        case NotFoundError():
            return Problem(status=404, code="not_found", title="Not found", detail="没有找到，或没有查看的权限。")
        case NotAllowedError():
            return Problem(
                status=403, code="not_allowed", title="The key may not do this", detail="此接口密钥没有这项权限。"
            )
        case StateError():
            return Problem(
                status=409,
                code="state",
                title="Not possible in the present state",
                detail=f"申请目前的状态是“{label(error.state)}”，不能做这一步。",
                extra={"state": error.state.value, "step": error.step.value},
            )
        case LimitError():
            status = 413 if error.code in _TOO_LARGE else 409 if error.code in _CONFLICT else 422
            return Problem(status=status, code=error.code, title="Refused by a limit or a rule", detail=str(error))
        case FullError():
            return Problem(
                status=503,
                code="full",
                title="Too many pages are waiting to be read",
                detail="现在办理的人太多，材料请稍后再上传；已上传的不会丢失。",
                headers={"Retry-After": str(FULL_SECONDS)},
            )
        case _ if isinstance(error, _AWAY) or machine_fault(error):
            return Problem(
                status=503,
                code="unavailable",
                title="The service cannot answer right now",
                detail="服务暂时不能使用，请稍后再试；已提交的内容不会丢失。",
                headers={"Retry-After": str(BUSY_SECONDS)},
            )
        case HTTPException():
            return _http(error)
    return None


def too_many(seconds: float) -> ProblemError:
    """Return the error of a key that asks too often; it may ask again in ``seconds``."""
    return ProblemError(
        429,
        "too_many_requests",
        "The key has used up its requests",
        "请求太频繁，请稍后再试。",
        headers={"Retry-After": str(max(1, math.ceil(seconds)))},
    )


_HTTP = {
    400: ("bad_request", "Bad request", "请求有误。"),
    404: ("not_found", "Not found", "没有这个接口地址。"),
    405: ("method_not_allowed", "Method not allowed", "这个地址不支持此种请求方法。"),
    413: ("body_too_large", "Body too large", "提交的内容太大。"),
    415: ("media_type", "Unsupported media type", "不支持这种内容类型。"),
}


def _http(error: HTTPException) -> Problem:
    code, title, detail = _HTTP.get(error.status_code, ("http", "HTTP error", "请求不能完成。"))
    return Problem(status=error.status_code, code=code, title=title, detail=detail, headers=dict(error.headers or {}))


def _unexpected(request: Request, error: Exception) -> Problem:
    number = secrets.token_hex(6)
    route = getattr(request.scope.get("route"), "path", "")
    # Kind and places only: messages may quote what was sent.
    event(
        _LOG,
        "api.unexpected",
        level=logging.ERROR,
        number=number,
        method=request.method,
        route=route,
        error=type(error).__name__,
        places=places_of(error),
    )
    return Problem(
        status=500,
        code="unexpected",
        title="Unexpected error",
        detail="程序出错了，请稍后再试；如果一直这样，请把编号告诉工作人员。",
        extra={"number": number},
    )


_WORDS = {
    "missing": "缺少这一项",
    "extra_forbidden": "没有这一项",
    "string_too_long": "太长",
    "string_too_short": "太短",
    "too_long": "太多",
    "too_short": "太少",
    "string_pattern_mismatch": "格式不对",
    "json_invalid": "不是正确的 JSON",
    "enum": "不在可选的值之内",
    "literal_error": "不在可选的值之内",
}


_FIELD = re.compile(r"[A-Za-z][A-Za-z0-9_-]{0,39}")


def _fields(errors: Iterable[Any]) -> Iterable[Mapping[str, str]]:
    for each in errors:
        # Names of fields that do not exist came from outside too; only what looks like one of ours is said again.
        place = [str(part) for part in each.get("loc", ()) if isinstance(part, int) or _FIELD.fullmatch(str(part))]
        kind = str(each.get("type", "invalid"))
        if kind == "json_invalid":
            place = place[:1]  # what follows is a position in what was sent
        yield {"field": ".".join(place)[:200], "code": kind, "detail": _WORDS.get(kind, "填写不对")}
