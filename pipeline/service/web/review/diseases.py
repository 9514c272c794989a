"""Names of diseases; papers need them too, so they lie below the pages."""

from __future__ import annotations

from pipeline.service.casework.diseases import (
    disease_names,
)

__all__ = ["disease_names"]
