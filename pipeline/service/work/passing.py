"""What passes without anybody's doing: a database away, a full disk, a reader that does not start.

Work that meets it waits and is tried again for as long as it takes. It is never given up: the applicant would be told
to photograph anew what nobody has looked at.
"""

from __future__ import annotations

from sqlalchemy.exc import OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError

from pipeline.faults import MACHINE_CODES, machine_fault
from pipeline.service.blobs import BlobsAwayError
from pipeline.service.sealing import KeyGoneError, KeyMissingError

__all__ = ["AGAIN_SECONDS", "NOT_THE_PAGES", "PassingError", "passes"]

AGAIN_SECONDS = 60.0
NOT_THE_PAGES = MACHINE_CODES | {"ocr_models_missing", "worker_start_failed", "worker_not_started"}
"""Codes of a file or page that tell of the machine: its disk, or models that cannot be loaded."""


class PassingError(Exception):
    """The machine could not do it now; carries a code of :data:`NOT_THE_PAGES`."""


def passes(error: BaseException) -> bool:
    """Whether ``error`` is the machine's and goes when that is well again."""
    if isinstance(error, KeyGoneError):
        return False  # the application is deleted
    kinds = (PassingError, OperationalError, PoolTimeoutError, BlobsAwayError, KeyMissingError)
    return isinstance(error, kinds) or machine_fault(error) is not None
