"""Faults of the machine, which say nothing about what was sent in: no space left, a disk that fails, no handles left.

A file or page that meets one is neither broken nor to be photographed again: it waits until the machine is well.
"""

from __future__ import annotations

import errno

__all__ = ["DISK_FULL", "MACHINE_CODES", "MACHINE_FAULT", "machine_fault"]

DISK_FULL = "disk_full"
MACHINE_FAULT = "machine_fault"
MACHINE_CODES = frozenset({DISK_FULL, MACHINE_FAULT})

_FULL = frozenset({errno.ENOSPC, errno.EDQUOT})
_ILL = frozenset({errno.EIO, errno.EROFS, errno.EMFILE, errno.ENFILE, errno.ENOLCK, errno.ESTALE})
_DEPTH = 8


def machine_fault(error: BaseException | None) -> str | None:
    """Return the code of the fault that ``error``, or what it was raised from, tells of; None for any other error."""
    for _ in range(_DEPTH):
        if error is None:
            return None
        if isinstance(error, OSError):
            if error.errno in _FULL:
                return DISK_FULL
            if error.errno in _ILL:
                return MACHINE_FAULT
        error = error.__cause__
    return None
