"""Errors of use cases as pages: what happened, in plain Chinese, and what to do. One place for all rooms.

A browser's page gets a page; a script that asked for JSON gets ``{"code", "message"}`` with the same status. Nothing
that a person typed is repeated. Errors nobody expected show a number; the log holds kind and places under it.
"""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import quote

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, RedirectResponse, Response
from sqlalchemy.exc import OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError
from starlette.exceptions import HTTPException

from pipeline.faults import machine_fault
from pipeline.service.access import NotFoundError
from pipeline.service.actors import NotAllowedError
from pipeline.service.api import problems
from pipeline.service.applications import FullError, LimitError
from pipeline.service.blobs import BlobsAwayError
from pipeline.service.office import OfficeError
from pipeline.service.people.current import CsrfError, NotSignedInError
from pipeline.service.people.limits import OftenError
from pipeline.service.people.throttle import ThrottledError
from pipeline.service.sealing import KeyMissingError
from pipeline.service.states import StateError, label
from pipeline.service.web.rendering import page

__all__ = ["Told", "answer", "expected", "install", "respond", "tell", "unexpected", "wants_json"]

_SIZE = frozenset({"file_too_large", "case_too_large", "too_many_files"})
_CONFLICT = frozenset({"not_open", "submitted", "nothing_added"})
_DESK = ("/desk", "/admin", "/login", "/account", "/figures", "/codes")


_AWAY = (OfficeError, OperationalError, PoolTimeoutError, BlobsAwayError, KeyMissingError)
_EXPECTED = (
    NotSignedInError,
    CsrfError,
    NotAllowedError,
    NotFoundError,
    StateError,
    LimitError,
    FullError,
    ThrottledError,
    *_AWAY,
    RequestValidationError,
    HTTPException,
    problems.ProblemError,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What a person is told of an error."""

    status: int
    code: str
    title: str
    text: str
    retry_after: int | None = None
    """Seconds after which trying again makes sense."""
    number: str = ""
    """Of an unexpected error, to find it in the log."""


_HTTP = {
    400: ("bad_request", "请求有误", "请返回上一页重新操作。"),
    404: ("not_found", "没有找到这个页面", "网址可能输错了，或内容已经移走。请从首页重新进入。"),
    405: ("method_not_allowed", "不能这样访问", "请返回上一页，用页面上的按钮操作。"),
    413: ("too_large", "内容太大", "请减少一次上传的文件，或把照片缩小后再试。"),
}


def tell(error: Exception) -> Told | None:
    """Return what to tell of ``error``; None when nobody expected it."""
    match error:
        case NotFoundError():
            return Told(
                status=404,
                code="not_found",
                title="没有找到",
                text="内容不存在，或您没有查看的权限。请返回列表重新进入。",
            )
        case NotAllowedError():
            return Told(
                status=403,
                code="not_allowed",
                title="没有权限",
                text="您的账号不能做这一步。如工作需要，请联系管理员。",
            )
        case CsrfError():
            return Told(
                status=403,
                code="csrf",
                title="页面已过期",
                text="为保护您的信息，这一步没有执行。请返回上一页，刷新后再试。",
            )
        case StateError():
            return Told(
                status=409,
                code="state",
                title="现在不能做这一步",
                text=f"申请目前的状态是“{label(error.state)}”。可能刚有人处理过，请刷新后查看最新状态。",
            )
        case OftenError():
            return Told(status=429, code=error.code, title="请过一会儿再试", text=str(error), retry_after=error.seconds)
        case LimitError():
            status = 413 if error.code in _SIZE else 409 if error.code in _CONFLICT else 422
            return Told(status=status, code=error.code, title="还不能继续", text=str(error))
        case ThrottledError():
            return Told(
                status=429,
                code="throttled",
                title="尝试次数太多",
                text=f"为保护信息安全，请 {error.words} 后再试。",
                retry_after=error.seconds,
            )
        case FullError():
            return Told(
                status=503,
                code="full",
                title="现在办理的人太多",
                text="已上传的材料都保存好了。请过几分钟再上传剩下的材料。",
                retry_after=120,
            )
        case _ if isinstance(error, _AWAY) or machine_fault(error):
            return Told(
                status=503,
                code="unavailable",
                title="服务暂时不能使用",
                text="已提交的内容不会丢失。请过几分钟再试。",
                retry_after=60,
            )
        case RequestValidationError():
            return Told(
                status=422,
                code="invalid",
                title="填写的内容不完整",
                text="有一项没有填写或格式不对。请返回上一页检查。",
            )
        case HTTPException():
            code, title, text = _HTTP.get(error.status_code, ("http", "不能完成", "请返回上一页重新操作。"))
            return Told(status=error.status_code, code=code, title=title, text=text)
    return None


def unexpected(number: str) -> Told:
    """Return what to tell of an error nobody expected."""
    return Told(
        status=500,
        code="defect",
        title="程序出错了",
        text="已保存的内容不会丢失。请稍后再试；如果一直这样，请把下面的编号告诉工作人员。",
        number=number,
    )


def wants_json(request: Request) -> bool:
    """Whether a script asked, not a person following a link or sending a form."""
    accept = request.headers.get("accept", "")
    return "application/json" in accept and "text/html" not in accept


def respond(request: Request, told: Told) -> Response:
    """Return ``told`` in the form that was asked for."""
    headers = {"Retry-After": str(told.retry_after)} if told.retry_after is not None else {}
    if wants_json(request):
        content = {"code": told.code, "message": told.text, **({"number": told.number} if told.number else {})}
        return JSONResponse(content, told.status, headers={**headers, "Cache-Control": "no-store"})
    face = "desk" if request.url.path.startswith(_DESK) else "applicant"
    response = page(request, "error.html.j2", status=told.status, told=told, face_of_error=face)
    response.headers.update(headers)
    return response


def _to_login(request: Request, error: NotSignedInError) -> Response:
    if wants_json(request):
        content = {"code": "not_signed_in", "message": "登录已过期，请重新登录。", "login": error.login}
        return JSONResponse(content, 401, headers={"Cache-Control": "no-store"})
    target = error.login
    if request.method == "GET" and target == "/login" and request.url.path != "/":
        target += f"?next={quote(request.url.path)}"
    return RedirectResponse(target, 303)


def answer(request: Request, error: Exception, number: str = "") -> Response:
    """Return the answer to any error; ``number`` finds one that nobody expected in the log."""
    if request.url.path.startswith("/api/"):
        return problems.respond(request, error)
    if isinstance(error, NotSignedInError):
        return _to_login(request, error)
    if isinstance(error, HTTPException) and error.status_code < 400:
        return Response(status_code=error.status_code, headers=error.headers)
    response = respond(request, tell(error) or unexpected(number))
    if isinstance(error, HTTPException) and error.headers:
        response.headers.update(error.headers)
    return response


def expected(error: Exception) -> bool:
    """Whether ``error`` is one that a use case may end with, not a defect."""
    return isinstance(error, _EXPECTED)


def install(app: FastAPI) -> None:
    """Let ``app`` answer the errors of use cases."""

    def handle(request: Request, error: Exception) -> Response:
        return answer(request, error)

    for kind in _EXPECTED:
        app.add_exception_handler(kind, handle)
