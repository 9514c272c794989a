"""The command line. stdout carries results, stderr progress and messages.

Exit status: 0 done, 2 bad usage or nothing to review, 1 a defect.
"""

from __future__ import annotations

from pipeline.cli.main import main

__all__ = ["main"]
