"""The reviewer's workbench: the queue, a case with its pages and facts, corrections, decisions, re-examination."""

from __future__ import annotations

from fastapi import APIRouter

from pipeline.service.web.review import case, changes, comparing, deciding, images, quality, queue

__all__ = ["router"]

router = APIRouter()
for _part in (queue, quality, images, comparing, changes, deciding, case):
    router.include_router(_part.router, prefix="/desk")
