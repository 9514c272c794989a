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

__all__ = ["server"]

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


@contextmanager
def server() -> Iterator[str]:
    """Run a server and give its URL, without a database name at the end."""
    user = _other_user()
    folder = Path(tempfile.mkdtemp(prefix="yushen-pg-", dir="/tmp"))
    try:
        if user:
            shutil.chown(folder, user)
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = probe.getsockname()[1]
        data = folder / "data"
        run = {"user": user, "cwd": folder, "env": {"PATH": os.environ["PATH"], "LC_ALL": "C"}}
        subprocess.run(
            [_program("initdb"), "-D", str(data), "-U", "yushen", "-A", "trust", "-E", "UTF8", "--no-sync"],
            check=True,
            capture_output=True,
            **run,  # type: ignore[call-overload]
        )
        with (folder / "log").open("wb") as log:
            process = subprocess.Popen(
                [_program("postgres"), "-D", str(data), "-p", str(port), "-k", str(folder), "-h", "127.0.0.1", *_QUICK],
                stdout=log,
                stderr=log,
                **run,  # type: ignore[call-overload]
            )
        try:
            _wait(port)
            yield f"postgresql+psycopg://yushen@127.0.0.1:{port}"
        finally:
            process.send_signal(signal.SIGQUIT)  # at once, with nothing written: the folder goes with it
            process.wait(60)
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
