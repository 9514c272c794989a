"""The OpenAPI description of the API, and a page for people made of it. Both need no key and nothing from outside."""

from __future__ import annotations

from functools import lru_cache
from importlib import import_module
from importlib.metadata import version
from typing import Any

from fastapi import Request
from fastapi.openapi.utils import get_openapi
from fastapi.responses import HTMLResponse, JSONResponse
from fastapi.routing import APIRoute

from pipeline.service.api.docs_page import groups_of, models_of
from pipeline.service.api.problems import MEDIA_TYPE
from pipeline.service.api.routing import router
from pipeline.service.web.rendering import page

__all__ = ["description"]

_ABOUT = """\
门诊慢特病申请的预审接口，供赣服通、政务服务网、公众号、医院医保办和经办窗口使用。

**顺序**：新建申请 → 上传材料 → 等页面读完（`events`，或轮询 `GET /applications/{id}`）→ 看 `feedback`，
补拍补交 → 提交 → 收 `application.returned` 或 `application.decided` 通知。
反馈只说缺什么、哪张看不清，从不说是否符合；结论由人作出。

**密钥**：`Authorization: Bearer …`，由管理员发放，限定渠道、地区和权限（`applications:write`、`applications:read`、
`decisions:read`、`webhooks`；`reports:read` 只发给经办机构自己的系统）。只看得到本渠道、本地区的申请。

**限速**：每个密钥每分钟的次数按进程计（令牌桶），超过返回 429 和 `Retry-After`；`RateLimit` 头说明还剩多少。

**重发**：`POST` 可带 `Idempotency-Key`，48 小时内同一键同一内容得到第一次的结果，内容不同返回 422；
`PUT` 和 `DELETE` 本来就可以重发。

**错误**：一律 `application/problem+json`（RFC 9457），`code` 固定，`detail` 是可以给办事人看的中文；
503 和 429 按 `Retry-After` 再试。

**通知验签**：`Yushen-Signature: t=<秒>,v1=<hex HMAC-SHA256(secret, t + "." + 正文)>`；
`t` 相差超过 300 秒应拒收，`Yushen-Delivery` 相同的只处理一次。

---
Pre-review of applications for the outpatient benefit for chronic and special diseases. Create, upload, wait for the
pages to be read, show the feedback, submit, and be told of the outcome. Feedback is a list of things to do, never a
verdict; people decide.
"""
_TAGS = [
    {"name": "目录 Catalogue", "description": "病种和材料清单 · diseases and what each asks for"},
    {"name": "申请 Applications", "description": "新建、修改、提交、撤回 · from the first line to submission"},
    {"name": "材料 Files", "description": "上传、排序、删除、下载 · files and pages"},
    {"name": "大文件分段上传 Large files in parts", "description": "网络不好时断点续传 · resumable uploads"},
    {"name": "进展 Progress", "description": "实时事件、反馈 · events and feedback"},
    {"name": "决定 Decisions", "description": "结论、理由、认定表 · needs decisions:read"},
    {"name": "通知 Webhooks", "description": "签名并重试的事件通知 · signed, retried"},
]


@lru_cache(maxsize=1)
def description() -> dict[str, Any]:
    """Return the OpenAPI document."""
    import_module("pipeline.service.api.routes")  # adds them; they import this module
    found = [route for route in router.routes if isinstance(route, APIRoute) and route.include_in_schema]
    made = get_openapi(
        title="预审 Yushen API",
        version=version("yushen"),
        summary="门诊慢特病申请预审 · pre-review of applications",
        description=_ABOUT,
        routes=found,
        tags=_TAGS,
        license_info={"name": "Apache-2.0", "identifier": "Apache-2.0"},
    )
    for operations in made["paths"].values():
        for operation in operations.values():
            for status, answer in operation["responses"].items():
                # FastAPI files models of errors under JSON; these are problems and nothing else.
                if status[0] in "45" and "content" in answer:
                    answer["content"] = {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/ProblemOut"}}}
    schemas = made["components"]["schemas"]
    for name in ("HTTPValidationError", "ValidationError"):
        schemas.pop(name, None)
    return made


@router.get("/openapi.json", include_in_schema=False)
def openapi() -> JSONResponse:
    return JSONResponse(description(), headers={"Cache-Control": "public, max-age=300"})


@router.get("/docs", include_in_schema=False)
def docs(request: Request) -> HTMLResponse:
    api = description()
    about = [part.replace("\n", "").replace("**", "").replace("`", "") for part in _ABOUT.split("---")[0].split("\n\n")]
    return page(request, "api/docs.html.j2", api=api, about=about, groups=groups_of(api, _TAGS), models=models_of(api))
