"""One worker process: reads pages and assesses cases until it is told to end."""

from __future__ import annotations

import logging
import random
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from dbos import DBOS, DBOSConfig

from pipeline.intake import Decoder
from pipeline.service.analysis.keeping import refresh_when_due
from pipeline.service.logs import event, places_of
from pipeline.service.office import Office
from pipeline.service.work.ask import Asker
from pipeline.service.work.executors import BEAT, Executors
from pipeline.service.work.flows import Shop, open_shop
from pipeline.service.work.names import APPLICATION, QUEUES, SCHEMA, VERSION, Kind
from pipeline.service.work.seams import PageReading, Seams
from pipeline.service.work.sweep import Sweeper
from pipeline.service.work.system import prepare_system, system_url

__all__ = ["GRACE", "run_worker"]

_LOG = logging.getLogger(__name__)

GRACE = 20.0
"""Seconds in which a page under way may be finished when the process is told to end; then it is handed back."""
_SWEEP = 10.0
_THOROUGH_EVERY = 30
_TIDY_EVERY = 360
"""Sweeps between two times of looking closer (five minutes) and of tidying (an hour)."""
_ANALYSIS_AFTER = 3
"""Sweeps after which the analysts' data are looked at, so that a start stays quick."""
_BLOBS_EVERY = 24 * _TIDY_EVERY
"""... and of walking through all bytes (a day; the first time after an hour, so that a start stays quick)."""
_POLL = 0.2
"""Seconds between two looks into a queue; three queues lie between an upload and what the applicant is told."""


def run_worker(
    office: Office,
    reader: PageReading,
    stop: threading.Event,
    *,
    readers: int,
    decoder: Decoder | None = None,
    seams: Seams | None = None,
    grace: float = GRACE,
    sweep_seconds: float = _SWEEP,
) -> None:
    """Work until ``stop`` is set.

    The caller opens and closes ``office``. ``reader`` is closed here, where it can be, so that pages under way come
    back; they wait again for whoever is next.

    Args:
        readers: pages read at once.
        decoder: opens files; left open, because a file under way would count as broken when it is closed.
    """
    prepare_system(office.settings)
    asker = Asker(office.settings, patient=True)
    executors = Executors(office.database, readers=readers)
    shop = Shop(office=office, reader=reader, seams=seams or Seams(), asker=asker, readers=readers, decoder=decoder)
    open_shop(shop)
    try:
        with _beating(executors):
            DBOS(config=_config(office, executors.id))
            # Its own handler would write messages of exceptions; ours does not.
            logging.getLogger("dbos").handlers.clear()
            logging.getLogger("dbos").propagate = True
            DBOS.launch()
            try:
                _queues(readers)
                event(_LOG, "worker.started", worker=executors.id, readers=readers)
                _sweep_until(stop, Sweeper(shop, executors), sweep_seconds)
            finally:
                _end(reader, grace)
                event(_LOG, "worker.ended", worker=executors.id)
    finally:
        open_shop(None)
        asker.close()


def _config(office: Office, executor: str) -> DBOSConfig:
    config: DBOSConfig = {
        "name": APPLICATION,
        "system_database_url": system_url(office.settings),
        "dbos_system_schema": SCHEMA,
        "executor_id": executor,
        "application_version": VERSION,
        "log_level": "WARNING",
        "run_migrations": False,
    }
    return config


def _queues(readers: int) -> None:
    limits: dict[Kind, int] = {Kind.UPLOAD: 1, Kind.PAGE: readers, Kind.ASSESS: 1, Kind.TELL: 4}
    for kind, name in QUEUES.items():
        options: dict[str, Any] = {"worker_concurrency": limits[kind], "polling_interval_sec": _POLL}
        there = DBOS.retrieve_queue(name)
        if there is not None and kind is Kind.PAGE:
            # One number for all machines: that of the largest. The sweeper lowers it when that one is gone.
            options["worker_concurrency"] = max(readers, there.worker_concurrency or 0)
        DBOS.register_queue(name, on_conflict="always_update", **options)


def _sweep_until(stop: threading.Event, sweeper: Sweeper, every: float) -> None:
    count = 0
    while not stop.is_set():
        try:
            sweeper.sweep(thorough=count % _THOROUGH_EVERY == 0)
            if count % _TIDY_EVERY == 0:
                sweeper.tidy(thorough=count % _BLOBS_EVERY == _TIDY_EVERY)
            if count % _THOROUGH_EVERY == _ANALYSIS_AFTER:
                refresh_when_due(sweeper.office)
        except Exception as error:
            event(_LOG, "sweep.broke", level=logging.ERROR, error=type(error).__name__, places=places_of(error))
        count += 1
        stop.wait(every * random.uniform(0.8, 1.2))  # noqa: S311 - machines shall not sweep in step


@contextmanager
def _beating(executors: Executors) -> Iterator[None]:
    """Say that this process lives while the block runs."""
    executors.beat()
    ended = threading.Event()

    def beat() -> None:
        while not ended.wait(BEAT):
            try:
                executors.beat()
            except Exception as error:
                event(_LOG, "worker.no_beat", level=logging.ERROR, error=type(error).__name__)

    thread = threading.Thread(target=beat, name="beat", daemon=True)
    thread.start()
    try:
        yield
    finally:
        ended.set()
        thread.join(timeout=BEAT)
        try:
            executors.leave()
        except Exception as error:
            event(_LOG, "worker.not_left", level=logging.ERROR, error=type(error).__name__)


def _end(reader: PageReading, grace: float) -> None:
    """Take nothing up any more, let pages under way finish for ``grace`` seconds, then have them handed back."""
    close = getattr(reader, "close", None)
    timer = threading.Timer(grace, close or (lambda: None))
    timer.start()
    DBOS.destroy(workflow_completion_timeout_sec=int(grace) + 10)
    timer.cancel()
    if close is not None:
        close()
