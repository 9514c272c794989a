"""The applicant's pages on a real port, for real browsers; files are read in threads, as workers would."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

import uvicorn

from pipeline.service.app import create_app
from pipeline.service.office import Office
from pipeline.service.work.inline import InlineQueue
from tests.service.applicant.invented import InventedReader

__all__ = ["served"]


class Later:
    """Does what it is asked soon after, one thing after another."""

    def __init__(self, office: Office) -> None:
        self._inline = InlineQueue(office, InventedReader())
        self._pool = ThreadPoolExecutor(1)

    def take_in(self, upload: str) -> None:
        self._pool.submit(self._inline.take_in, upload)

    def assess(self, application: str) -> None:
        self._pool.submit(self._inline.assess, application)

    def tell(self, delivery: str) -> None:
        raise AssertionError(delivery)

    def close(self) -> None:
        self._pool.shutdown(cancel_futures=True)


@contextmanager
def served(office: Office) -> Iterator[str]:
    """Serve ``office`` while the block runs; gives the address."""
    queue = Later(office)
    listening = socket.socket()
    listening.bind(("127.0.0.1", 0))
    server = uvicorn.Server(uvicorn.Config(create_app(office, queue), log_config=None))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]}, daemon=True)
    thread.start()
    deadline = time.monotonic() + 30
    while not server.started and time.monotonic() < deadline:
        time.sleep(0.05)
    try:
        yield f"http://127.0.0.1:{listening.getsockname()[1]}"
    finally:
        server.should_exit = True
        thread.join(20)
        queue.close()
        listening.close()
