"""The applicant's pages, from the choice of a disease to the decision. They tell what to bring, never the end."""

from __future__ import annotations

from fastapi import APIRouter

from pipeline.service.web.applicant import applying, choosing, files, finishing, live, opening, pictures, status

__all__ = ["router"]

router = APIRouter()
for _room in (choosing, applying, opening, files, pictures, live, finishing, status):
    router.include_router(_room.router)
