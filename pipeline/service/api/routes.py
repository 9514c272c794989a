"""All routes of the API: importing a module adds its routes to the router."""

from __future__ import annotations

from pipeline.service.api import (  # noqa: F401
    cases,
    catalogue,
    decisions,
    describing,
    events,
    feedback,
    hooks,
    resumable,
    uploads,
)
from pipeline.service.api.routing import router

__all__ = ["router"]
