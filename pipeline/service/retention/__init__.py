"""How long what is kept, and how it goes: rows, files, key, what was made of them."""

from __future__ import annotations

from pipeline.service.retention.erasing import Erased, Reason, erase
from pipeline.service.retention.policy import Due, apply_policy, due

__all__ = ["Due", "Erased", "Reason", "apply_policy", "due", "erase"]
