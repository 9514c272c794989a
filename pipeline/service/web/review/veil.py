"""The veil of cases; papers need it too, so it lies below the pages."""

from __future__ import annotations

from pipeline.service.veil import (
    Veil,
    masked_name,
    masked_number,
    veil_of,
)

__all__ = ["Veil", "masked_name", "masked_number", "veil_of"]
