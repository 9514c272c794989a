"""``/desk/analysis``: for analysts, why applications fail and how machine, people and papers do. No person is named."""

from __future__ import annotations

from fastapi import APIRouter

from pipeline.service.web.analysis import downloads, pages, refreshing, replays
from pipeline.service.web.analysis.asked import HOME

__all__ = ["router"]

router = APIRouter()
for _part in (replays, pages, refreshing, downloads):
    router.include_router(_part.router, prefix=HOME)
