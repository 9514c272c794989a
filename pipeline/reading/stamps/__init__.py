"""The words of round and oval seals: whose seal it is, and what for. They are read beside the page's own lines, which
stay as they are (hazard H5).

    find_rings ─▶ seal_ink ─▶ unroll ─▶ middle_of (straight lines, taken out) ─▶ recognition without detection
"""

from __future__ import annotations

from pipeline.reading.stamps.looking import may_hold_seal
from pipeline.reading.stamps.words import find_seals, read_seals

__all__ = ["find_seals", "may_hold_seal", "read_seals"]
