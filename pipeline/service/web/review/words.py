"""Words of cases; papers need them too, so they lie below the pages."""

from __future__ import annotations

from pipeline.service.words import (
    CHANNELS,
    CONCLUSION_STATUS,
    CONCLUSION_WORDS,
    FIELD_WORDS,
    KIND_WORDS,
    OUTCOMES,
    UNKNOWN_WORDS,
    action_words,
)

__all__ = [
    "CHANNELS",
    "CONCLUSION_STATUS",
    "CONCLUSION_WORDS",
    "FIELD_WORDS",
    "KIND_WORDS",
    "OUTCOMES",
    "UNKNOWN_WORDS",
    "action_words",
]
