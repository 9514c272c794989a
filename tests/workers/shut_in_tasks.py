"""What a program that has taken over a decoder would try."""

from __future__ import annotations

import os
import socket
import subprocess
import threading
from pathlib import Path

__all__ = ["attempt"]


def attempt(order: tuple[str, str]) -> str:
    """Try one thing and return what came of it: the kind of error, or ``done`` with what was got."""
    what, argument = order
    try:
        return f"done {_TRIES[what](argument)}"
    except Exception as error:
        return type(error).__name__


def _spin(argument: str) -> str:
    del argument
    while True:
        pass


def _thread(argument: str) -> str:
    said: list[str] = []
    thread = threading.Thread(target=said.append, args=(argument,))
    thread.start()
    thread.join()
    return said[0]


def _in_thread(argument: str) -> str:
    """Whether a thread that starts afterwards is shut in as well."""
    said: list[str] = []
    thread = threading.Thread(target=lambda: said.append(attempt(("socket", argument))))
    thread.start()
    thread.join()
    return said[0]


_TRIES = {
    "socket": lambda _: socket.socket(),
    "pair": lambda _: socket.socketpair(),
    "program": lambda _: subprocess.run(["/bin/true"], check=True).returncode,
    "fork": lambda _: os.fork(),
    "signal": lambda _: os.kill(os.getppid(), 0),
    "write": lambda path: Path(path).write_bytes(b"x"),
    "append": lambda path: Path(path).open("ab").close(),
    "delete": lambda path: Path(path).unlink(),
    "move": lambda path: Path(path).rename(f"{path}.moved"),
    "link": lambda path: Path(path).with_name("out").symlink_to("/etc/passwd"),
    "mode": lambda path: Path(path).chmod(0o777),
    "read": lambda path: Path(path).read_text(),
    "environment": lambda name: os.environ.get(name),
    "large": lambda path: Path(path).write_bytes(b"\0" * 2_000_000),
    "files": lambda path: len([open(path, "rb") for _ in range(500)]),  # noqa: SIM115, PTH123
    "thread": _thread,
    "in thread": _in_thread,
    "spin": _spin,
}
