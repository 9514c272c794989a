"""Exit statuses, and the error that a command raises for a reason its user can mend."""

from __future__ import annotations

__all__ = ["BAD_USAGE", "DEFECT", "OK", "CommandError"]

OK = 0
DEFECT = 1
BAD_USAGE = 2


class CommandError(Exception):
    """Ends the command with status 2 and this message (Chinese, says what to do)."""
