"""Decisions of people: deciding and second reading, what follows from them, and the papers about them."""

from __future__ import annotations

from pipeline.service.decisions.deciding import decide, proposal_of, retract, second
from pipeline.service.decisions.reasons import Reason, ReasonCode, reason_codes

__all__ = ["Reason", "ReasonCode", "decide", "proposal_of", "reason_codes", "retract", "second"]
