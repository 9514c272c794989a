"""A worker keeps the analysts' data fresh on its way, and a failure of that costs no case anything."""

from __future__ import annotations

import logging
import threading
from types import SimpleNamespace
from typing import Any

import pytest

from pipeline.service.analysis import keeping
from pipeline.service.office import Office
from pipeline.service.work import worker
from tests.service.made import made_application


class Sweeper:
    """Counts, and stops the worker after some sweeps."""

    def __init__(self, office: Office, stop: threading.Event, most: int) -> None:
        self.office, self.sweeps, self._stop, self._most = office, 0, stop, most

    def sweep(self, *, thorough: bool) -> None:
        self.sweeps += 1
        if self.sweeps >= self._most:
            self._stop.set()

    def tidy(self, *, thorough: bool) -> None: ...


def swept(office: Office, sweeps: int) -> Sweeper:
    stop = threading.Event()
    sweeper: Any = Sweeper(office, stop, sweeps)
    worker._sweep_until(stop, sweeper, 0.001)
    return sweeper


def test_worker_makes_the_data_soon_after_it_starts(office: Office) -> None:
    made_application(office)
    assert keeping.kept_manifest(office) is None
    assert swept(office, worker._ANALYSIS_AFTER).sweeps == worker._ANALYSIS_AFTER
    assert keeping.kept_manifest(office) is None  # a start stays quick
    swept(office, worker._ANALYSIS_AFTER + 2)
    for thread in threading.enumerate():
        if thread.name == "analysis":
            thread.join(30)
    kept = keeping.kept_manifest(office)
    assert kept is not None
    assert kept.tables["applications"].rows == 1


def test_worker_looks_again_and_again_and_survives_a_failure(
    office: Office, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    asked: list[Office] = []

    def broken(office: Office) -> None:
        asked.append(office)
        raise OSError("张建国")

    monkeypatch.setattr(worker, "refresh_when_due", broken)
    sweeps = 2 * worker._THOROUGH_EVERY + worker._ANALYSIS_AFTER + 2
    assert swept(office, sweeps).sweeps == sweeps
    assert len(asked) == 3
    assert [record.getMessage() for record in caplog.records].count("sweep.broke") == 3
    assert "张建国" not in caplog.text


def test_data_that_cannot_be_made_leave_the_old_ones(
    office: Office, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    made_application(office)
    assert keeping.refresh(office)
    before = keeping.kept_manifest(office)

    def broken(*args: object, **more: object) -> None:
        raise OSError("张建国")

    monkeypatch.setattr(keeping, "export_service", broken)
    with caplog.at_level(logging.INFO):
        keeping.refresh_later(office).join(30)
    assert keeping.kept_manifest(office) == before
    assert [record.getMessage() for record in caplog.records] == ["analysis.broke"]
    assert "张建国" not in caplog.text
    assert not keeping.is_being_made(office)


def test_data_are_not_made_by_the_clock_where_that_is_off(office: Office) -> None:
    service = office.settings.service.model_copy(update={"analysis_minutes": 0})
    quiet: Any = SimpleNamespace(settings=office.settings.model_copy(update={"service": service}))
    assert keeping.refresh_when_due(quiet) is None
