"""Corrections and decisions: filled in when casework and decisions can take them."""

from __future__ import annotations

from fastapi import APIRouter

__all__ = ["router"]

router = APIRouter()
