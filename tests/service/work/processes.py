"""Worker and server processes that tests kill and start again."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from pipeline.service.office import Office

__all__ = ["Process", "RealWorker", "Server", "Worker", "workers"]

REPOSITORY = Path(__file__).resolve().parents[3]


class Process:
    """A process that is started again whenever it was killed."""

    def __init__(self, command: Sequence[str], log: Path) -> None:
        self._command, self._log = list(command), log
        self.starts = 0
        self.restart()

    def restart(self) -> None:
        with self._log.open("ab") as log:
            self.process = subprocess.Popen(
                self._command, cwd=REPOSITORY, stdout=log, stderr=log, env={**os.environ, "PYTHONPATH": str(REPOSITORY)}
            )
        self.starts += 1

    def kill(self) -> None:
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()

    def end(self) -> None:
        """Ask it to end, and wait until it has."""
        self.process.terminate()
        self.process.wait(90)

    @property
    def works(self) -> bool:
        """Whether it has come so far as to do something."""
        raise NotImplementedError

    def wait(self, seconds: float = 90.0) -> None:
        """Return once it works."""
        until = time.monotonic() + seconds
        while not self.works:
            assert self.process.poll() is None, self.said()[-20:]
            assert time.monotonic() < until, self.said()[-20:]
            time.sleep(0.1)

    def said(self) -> list[str]:
        return self._log.read_text(encoding="utf-8").splitlines()


class Worker(Process):
    """The worker of the tests, whose reader needs no OCR."""

    def __init__(self, office: Office, log: Path, *, seconds: float, readers: int = 1, grace: float = 5.0) -> None:
        service = office.settings.service
        told = {
            "data_dir": str(service.data_dir),
            "database_url": service.database_url,
            "seconds": seconds,
            "readers": readers,
            "grace": grace,
            "sweep_seconds": 1.0,
        }
        super().__init__([sys.executable, "-m", "tests.service.work.worker_process", json.dumps(told)], log)

    @property
    def works(self) -> bool:
        mark = f'"worker": "{self.process.pid}-'
        return any(mark in line and '"worker.started"' in line for line in self.said())


class Server(Process):
    """``yushen serve``, always at the same address.

    Args:
        worker: with the worker that it starts by itself.
    """

    def __init__(self, office: Office, log: Path, *, worker: bool = False) -> None:
        service = office.settings.service
        self.config = log.with_suffix(".toml")
        with socket.create_server(("127.0.0.1", 0)) as free:
            self.port = free.getsockname()[1]
        told = {"data_dir": str(service.data_dir), "database_url": service.database_url}
        lines = [f"{key} = {json.dumps(value)}" for key, value in told.items()]
        self.config.write_text("\n".join(["[service]", *lines, f"port = {self.port}", ""]), encoding="utf-8")
        super().__init__(_yushen("serve", self.config, *([] if worker else ["--no-worker"])), log)

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def works(self) -> bool:
        return sum("预审服务已启动" in line for line in self.said()) == self.starts

    @property
    def answered(self) -> int:
        """Requests so far, of all its lives."""
        return sum('"event": "request"' in line for line in self.said())


class RealWorker(Process):
    """``yushen worker``, which reads by OCR."""

    def __init__(self, config: Path, log: Path) -> None:
        super().__init__(_yushen("worker", config), log)


def _yushen(command: str, config: Path, *more: str) -> list[str]:
    return [sys.executable, "-m", "pipeline.cli", command, "--config", str(config), *more]


@contextmanager
def workers(
    office: Office, folder: Path, count: int, *, seconds: float = 0.05, readers: int = 1, grace: float = 5.0
) -> Iterator[list[Worker]]:
    """Workers that run while the block does."""
    made = [
        Worker(office, folder / f"worker{n}.log", seconds=seconds, readers=readers, grace=grace) for n in range(count)
    ]
    try:
        yield made
    finally:
        for worker in made:
            worker.kill()
