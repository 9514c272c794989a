"""Signing in, signing out, one's own account."""

from __future__ import annotations

from fastapi import APIRouter

from pipeline.service.web.account import login, own

__all__ = ["router"]

router = APIRouter()
router.include_router(login.router)
router.include_router(own.router)
