"""Which errors tell of the machine and not of what was sent in."""

from __future__ import annotations

import errno

import pytest

from pipeline.faults import machine_fault


@pytest.mark.parametrize(
    ("number", "code"),
    [
        (errno.ENOSPC, "disk_full"),
        (errno.EDQUOT, "disk_full"),
        (errno.EIO, "machine_fault"),
        (errno.EMFILE, "machine_fault"),
        (errno.EROFS, "machine_fault"),
        (errno.ENOENT, None),
        (errno.EACCES, None),
        (errno.EISDIR, None),
    ],
)
def test_faults_of_the_machine_by_number(number: int, code: str | None) -> None:
    assert machine_fault(OSError(number, "x")) == code


def test_faults_are_found_behind_what_they_were_wrapped_in() -> None:
    wrapped = ValueError("x")
    wrapped.__cause__ = OSError(errno.ENOSPC, "x")
    assert machine_fault(wrapped) == "disk_full"
    assert machine_fault(ValueError("disk full")) is None
    assert machine_fault(None) is None
