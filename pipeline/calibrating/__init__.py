"""How often facts of a kind are right at a confidence, as measured on pages whose truth is known.

Confidences of readers and extractors are made for ordering, not for counting. A table of this package turns them into
shares, kind by kind; below a kind's threshold a fact is for a human, however it was read.
Fitting (:mod:`pipeline.calibrating.fitting`) is not imported here: a review needs none of it.
"""

from __future__ import annotations

from pipeline.calibrating.applying import calibrate
from pipeline.calibrating.kinds import kind_of
from pipeline.calibrating.table import Calibration, Curve, load_calibration

__all__ = ["Calibration", "Curve", "calibrate", "kind_of", "load_calibration"]
