"""Pages that do not lie flat: bent, creased or seen from aside, they are straightened by the direction of their print.

``lies_flat`` (boxes only) ─▶ slopes (ink) ─▶ bend (splines) ─▶ Flat (picture and the way back)
"""

from __future__ import annotations

from pipeline.reading.flattening.flat import Flat, flatten

__all__ = ["Flat", "flatten"]
