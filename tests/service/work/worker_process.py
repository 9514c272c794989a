"""A worker process of the tests: the real one, with a reader that reads nothing. Run with a JSON of its settings."""

from __future__ import annotations

import json
import os
import signal
import sys
import threading
from pathlib import Path

from pipeline.service import logs
from pipeline.service.office import open_office
from pipeline.service.work.seams import Seams
from pipeline.service.work.taking_in import open_decoder
from pipeline.service.work.worker import run_worker
from pipeline.settings import ServiceSettings, Settings
from tests.service.work.fakes import FakeReader, fake_assess


def main() -> None:
    told = json.loads(sys.argv[1])
    logs.configure()
    service = ServiceSettings(data_dir=Path(told["data_dir"]), database_url=told["database_url"])
    office = open_office(Settings(service=service), upgrade=False)
    stop = threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: stop.set())
    run_worker(
        office,
        FakeReader(seconds=told["seconds"]),
        stop,
        readers=told["readers"],
        decoder=open_decoder(office),
        seams=Seams(assess=fake_assess),
        grace=told["grace"],
        sweep_seconds=told["sweep_seconds"],
    )
    office.close()
    os._exit(0)


if __name__ == "__main__":
    main()
