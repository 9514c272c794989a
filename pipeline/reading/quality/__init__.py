"""The quality gate: is a page too poor to rely on, and what should the applicant do about it?

    picture, reading ─▶ measure ─▶ Signs ─▶ issues ─▶ refused with its cause, warned of a missing part, or silent

The reading itself is the judge; the pixels only name the cause.
"""

from __future__ import annotations

from pipeline.reading.quality.deciding import issues
from pipeline.reading.quality.messages import AGAIN
from pipeline.reading.quality.signs import Signs, measure

__all__ = ["CODES", "Signs", "issues", "measure"]

CODES = tuple(AGAIN)
"""Every code that a page can get; ``not_read`` (the reader failed) comes from the reader."""
