"""The result of one check."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

__all__ = ["Check", "State"]

State = Literal["ok", "warn", "fail"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """One finding for the operator; ``id`` never changes, the texts are Chinese."""

    id: str
    title: str
    state: State
    detail: str
    advice: str = ""
    """What to do; empty when all is well."""
