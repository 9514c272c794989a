"""``/admin``: what waits, who works, what is kept; and the regions."""

from __future__ import annotations

import shutil
from importlib.metadata import version
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import Response
from sqlalchemy import func, select

from pipeline.service.health import newest_schema, readiness, schema_of
from pipeline.service.office import Office
from pipeline.service.people.addresses import is_trusted
from pipeline.service.people.current import TheOffice
from pipeline.service.people.regions import known_regions
from pipeline.service.states import label, page_label
from pipeline.service.tables import Application, User
from pipeline.service.web.admin.entering import Administrator
from pipeline.service.web.rendering import page
from pipeline.service.work_state import WorkState, work_state

__all__ = ["router"]

router = APIRouter()
_CHECKS = {"database": "数据库", "schema": "表结构", "keys": "主密钥", "blobs": "材料存储"}
_SHORT_OF_SPACE = 5 * 1024**3


@router.get("")
def overview(request: Request, office: TheOffice, signed: Administrator) -> Response:
    """Show how the service is doing."""
    with office.database.read() as session:
        now = work_state(session, office)
    checks = {_CHECKS[name]: state for name, state in readiness(office).items()}
    return page(
        request,
        "admin/overview.html.j2",
        signed=signed,
        now=now,
        checks=checks,
        warnings=[*_proxy_warning(request, office), *_warnings(office, now)],
        limit=office.settings.service.max_waiting_pages,
        labels={state: label(state) for state in now.applications},
        page_labels={state: page_label(state) for state in now.pages},
        typical=sorted(now.page_seconds)[len(now.page_seconds) // 2] if now.page_seconds else None,
        kept=_kept(office),
    )


@router.get("/regions")
def regions(request: Request, office: TheOffice, signed: Administrator) -> Response:
    """Show the regions with rules, and how many people and open cases each has."""
    with office.database.read() as session:
        people = list(session.scalars(select(User).where(User.active)))
        by_region = select(Application.region, func.count()).group_by(Application.region)
        cases = dict(session.execute(by_region).all())
    rows = [
        {
            "region": region,
            "mine": region.id in signed.actor.regions,
            "people": sum(1 for user in people if region.id in user.regions),
            "cases": cases.get(region.id, 0),
            "offered": region.id == office.settings.service.region,
        }
        for region in known_regions(office.settings.rules_dir)
    ]
    return page(request, "admin/regions.html.j2", signed=signed, rows=rows)


def _proxy_warning(request: Request, office: Office) -> list[str]:
    """A proxy that is not trusted hides who asks: then one person's wrong tries slow all others down."""
    sender = request.client.host if request.client else ""
    told = "x-forwarded-for" in request.headers
    if not told or is_trusted(sender, office.settings.service.trusted_proxies):
        return []
    return [f"请求经过代理 {sender}，但它不在 trusted_proxies 中：所有人会被当作同一个地址限次。请在配置文件中写上它。"]


def _warnings(office: Office, now: WorkState) -> list[str]:
    found = []
    working = [worker for worker in now.workers if not worker.lost]
    if now.waiting and not any(worker.readers for worker in working):
        found.append("有材料在等待识别，但没有识别进程在工作。请启动 yushen worker，或检查它的日志。")
    lost = len(now.workers) - len(working)
    if lost:
        found.append(f"有 {lost} 个识别进程失联，它们的工作会由其他进程接手。")
    if now.waiting >= office.settings.service.max_waiting_pages:
        found.append("等待识别的页数已到上限，新的上传暂时被拒绝。")
    if now.overdue:
        found.append(f"有 {now.overdue} 件申请已超过办理期限。")
    try:
        free = shutil.disk_usage(office.settings.service.data_dir).free
        if free < _SHORT_OF_SPACE:
            found.append(f"数据目录所在磁盘只剩 {free / 1024**3:.1f} GB，请清理或扩容。")
    except OSError:
        found.append("读不到数据目录所在磁盘的余量。")
    return found


def _kept(office: Office) -> dict[str, Any]:
    database = "PostgreSQL" if office.database.url.startswith("postgresql") else "SQLite"
    return {
        "version": version("yushen"),
        "database": database,
        "schema": schema_of(office),
        "newest": newest_schema(),
        "blobs": "对象存储" if office.settings.service.blob_url else "数据目录",
    }
