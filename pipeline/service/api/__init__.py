"""The HTTP API ``/api/v1`` for the platforms that citizens use, for windows and for the bureau's own systems.

``router`` is made when first asked for: use cases import :mod:`~pipeline.service.api.webhooks` from here, and must not
pull in the routes, which import the use cases.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pipeline.service.api.routes import router

__all__ = ["router"]


def __getattr__(name: str) -> Any:
    if name == "router":
        from pipeline.service.api.routes import router

        return router
    raise AttributeError(name)
