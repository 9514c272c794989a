"""``yushen worker``: reads pages and assesses cases on this machine, until it is told to end."""

from __future__ import annotations

import argparse
import os
import signal
import sys
import threading
from typing import Any

from pipeline.cli.exits import OK, CommandError
from pipeline.cli.serving import add_config, opened, require_models, settings_of

__all__ = ["add_parser"]

_NICE = 10
"""People who upload go before pages that are read."""


def add_parser(commands: Any) -> None:
    parser = commands.add_parser("worker", help="识别上传的材料并预审（多台机器时在每台识别机上运行）")
    add_config(parser)
    parser.add_argument("--parent", type=int, help=argparse.SUPPRESS)
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    settings = settings_of(options)
    readers = settings.service.readers
    if readers < 1:
        raise CommandError("设置里 service.readers 为 0：这台机器不识别材料")
    require_models(settings)
    from pipeline.reading import Reader
    from pipeline.service import logs
    from pipeline.service.work.taking_in import open_decoder
    from pipeline.service.work.warming import warm_up
    from pipeline.service.work.worker import run_worker

    logs.configure()
    os.nice(_NICE)
    office = opened(settings)
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    if options.parent is not None:
        _follow(options.parent, stop)
    ocr = settings.ocr.model_copy(update={"workers": min(settings.ocr.workers or readers, readers)})
    reader, decoder = Reader(ocr), open_decoder(office)
    threading.Thread(target=warm_up, args=(office, reader, decoder), name="warming", daemon=True).start()
    run_worker(office, reader, stop, readers=readers, decoder=decoder)
    office.close()
    for stream in (sys.stdout, sys.stderr):
        stream.flush()
    # A file that is still being opened is not waited for: it is opened again by whoever is next.
    os._exit(OK)


def _follow(parent: int, stop: threading.Event) -> None:
    """End when the process that started this one is gone: a new one would start another beside it."""

    def watch() -> None:
        while not stop.wait(1.0):
            if os.getppid() != parent:
                stop.set()

    threading.Thread(target=watch, name="parent", daemon=True).start()
