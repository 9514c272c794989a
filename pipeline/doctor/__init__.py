"""Start-up checks: what is wrong on this machine, and what to do about it."""

from __future__ import annotations

from pipeline.doctor.check import Check
from pipeline.doctor.run import run_checks

__all__ = ["Check", "run_checks"]
