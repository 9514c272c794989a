"""Corrections in words; papers need them too, so they lie below the pages."""

from __future__ import annotations

from pipeline.service.casework.corrections.telling import (
    Active,
    Corrected,
    corrections_of,
    value_words,
)

__all__ = ["Active", "Corrected", "corrections_of", "value_words"]
