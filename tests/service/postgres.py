"""A PostgreSQL server of the tests' own: started in a temporary folder on a free port, ended with the test run."""

from __future__ import annotations

import os
import pwd
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

__all__ = ["Server", "restartable", "server"]

_QUICK = ("-c", "fsync=off", "-c", "full_page_writes=off")
"""The databases of a test run need not survive the machine; they do survive killed clients."""


def _program(name: str) -> str:
    """PostgreSQL's programs lie outside PATH on Debian."""
    found = shutil.which(name) or next(
        (str(p) for p in sorted(Path("/usr/lib/postgresql").glob(f"*/bin/{name}"), reverse=True)), None
    )
    if found is None:
        raise FileNotFoundError(f"{name}: install postgresql (apt install postgresql)")
    return str(Path(found).resolve())


def _other_user() -> str | None:
    """PostgreSQL refuses to run as root."""
    if os.geteuid() != 0:
        return None
    names = {entry.pw_name for entry in pwd.getpwall()}
    return "postgres" if "postgres" in names else "nobody"


class Server:
    """A server in a folder of its own, which can be ended and started again."""

    def __init__(self, folder: Path) -> None:
        user = _other_user()
        self._folder = folder
        if user:
            shutil.chown(folder, user)
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self._port = probe.getsockname()[1]
        self._run: dict[str, Any] = {
            "user": user,
            "cwd": folder,
            "env": {"PATH": os.environ["PATH"], "LC_ALL": "C"},
        }
        subprocess.run(
            [_program("initdb"), "-D", self._data, "-U", "yushen", "-A", "trust", "-E", "UTF8", "--no-sync"],
            check=True,
            capture_output=True,
            **self._run,
        )
        self.start()

    @property
    def _data(self) -> str:
        return str(self._folder / "data")

    @property
    def url(self) -> str:
        """Without a database name at the end."""
        return f"postgresql+psycopg://yushen@127.0.0.1:{self._port}"

    def start(self) -> None:
        where = ["-D", self._data, "-p", str(self._port), "-k", str(self._folder), "-h", "127.0.0.1"]
        with (self._folder / "log").open("ab") as log:
            self._process = subprocess.Popen(
                [_program("postgres"), *where, *_QUICK], stdout=log, stderr=log, **self._run
            )
        _wait(self._port)

    def stop(self) -> None:
        """End it at once, as a crash would; what was committed is there when it starts again."""
        self._process.send_signal(signal.SIGQUIT)
        self._process.wait(60)


@contextmanager
def server() -> Iterator[str]:
    """Run a server and give its URL, without a database name at the end."""
    with restartable() as running:
        yield running.url


@contextmanager
def restartable() -> Iterator[Server]:
    """Run a server that the block may stop and start."""
    folder = Path(tempfile.mkdtemp(prefix="yushen-pg-", dir="/tmp"))
    try:
        running = Server(folder)
        try:
            yield running
        finally:
            running.stop()
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _wait(port: int) -> None:
    import psycopg

    until = time.monotonic() + 60
    while True:
        try:
            psycopg.connect(f"host=127.0.0.1 port={port} user=yushen dbname=postgres").close()
        except psycopg.OperationalError:
            if time.monotonic() > until:
                raise
            time.sleep(0.2)
        else:
            return
