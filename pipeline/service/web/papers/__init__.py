"""Papers about decisions: the sheet, the bundle, the filing, the ledger, and which approvals run out."""

from __future__ import annotations

from fastapi import APIRouter

from pipeline.service.web.papers import approvals, files, ledgers

__all__ = ["router"]

router = APIRouter()
# Before the workbench's own /desk/{application}: names that are no ids come first.
for _part in (approvals, ledgers, files):
    router.include_router(_part.router, prefix="/desk")
