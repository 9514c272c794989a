"""The administrator's pages: how the service is doing, accounts, API keys, regions, the trail."""

from __future__ import annotations

from fastapi import APIRouter

from pipeline.service.web.admin import keys, overview, trail, users

__all__ = ["router"]

router = APIRouter()
for part in (overview, users, keys, trail):
    router.include_router(part.router, prefix="/admin")
