"""Faults of the machine, made: a disk that takes nothing, for as long as a test wants."""

from __future__ import annotations

import errno
import os
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from tests.service.api.conftest import app, asked, client
from tests.service.applicant.conftest import visitor

__all__ = ["FullDisk", "app", "asked", "client", "full_disk", "visitor"]


class FullDisk:
    """Makes every file that is to be made durable fail for want of space."""

    def __init__(self, patching: pytest.MonkeyPatch) -> None:
        self._patching = patching

    @contextmanager
    def now(self) -> Iterator[None]:
        def full(handle: int) -> None:
            raise OSError(errno.ENOSPC, "No space left on device")

        with self._patching.context() as patched:
            patched.setattr(os, "fsync", full)
            yield


@pytest.fixture
def full_disk(monkeypatch: pytest.MonkeyPatch) -> FullDisk:
    return FullDisk(monkeypatch)
