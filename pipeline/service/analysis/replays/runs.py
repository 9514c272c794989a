"""Runs of a replay as folders: what was asked, how far it is, what it found. Whoever judges holds a lock meanwhile."""

from __future__ import annotations

import datetime as dt
import fcntl
import json
import os
import re
import secrets
import shutil
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any

from pipeline.service.analysis.keeping import folder_of
from pipeline.service.analysis.replays.versions import Version
from pipeline.service.office import Office

__all__ = [
    "RESULT",
    "BusyError",
    "Progress",
    "Run",
    "State",
    "fail",
    "folder_of_run",
    "held",
    "note_progress",
    "progress_of",
    "result_of",
    "run_of",
    "runs_of",
    "start",
    "state_of",
    "told_of",
]

RESULT = "result"
_KEPT = 20
_DAYS = 90
"""Results kept, and how long: samples in them tell what papers said, if not whose."""
_STARTING = dt.timedelta(seconds=90)
_ID = re.compile(r"[0-9a-f]{16}")


_STARTED: dict[str, subprocess.Popen[bytes]] = {}
"""Processes that this one has started, by run."""


class BusyError(Exception):
    """A replay is under way on this machine."""


class State(StrEnum):
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    STOPPED = "stopped"
    """Its process is gone: the server was stopped, or the system ended it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """What was asked."""

    id: str
    region: str
    old: str
    old_name: str
    new: str
    new_name: str
    asked_at: str
    """ISO, by the clock of the machine."""

    @property
    def moment(self) -> dt.datetime:
        return dt.datetime.fromisoformat(self.asked_at)


@dataclass(frozen=True, slots=True)
class Progress:
    done: int = 0
    total: int | None = None


def runs_of(office: Office) -> list[Run]:
    """Return the runs that are kept, the latest first."""
    found = (run_of(office, path.parent.name) for path in _folder(office).glob("*/run.json"))
    return sorted((run for run in found if run is not None), key=lambda run: (run.asked_at, run.id), reverse=True)


def run_of(office: Office, id: str) -> Run | None:
    """Return the run ``id``; None where there is none."""
    if not _ID.fullmatch(id):
        return None
    try:
        return Run(**json.loads((_folder(office) / id / "run.json").read_text("utf-8")))
    except (OSError, ValueError, TypeError):
        return None


def state_of(office: Office, run: Run) -> State:
    folder = folder_of_run(office, run.id)
    if (folder / RESULT).is_dir():
        return State.DONE
    if (folder / "failed.json").is_file():
        return State.FAILED
    if _is_held(folder / "lock"):
        return State.RUNNING
    own = _STARTED.get(run.id)
    if own is not None and own.poll() is None:
        return State.RUNNING
    age = dt.datetime.now(dt.UTC) - run.moment
    # Started by another web process, it needs some seconds to its lock. Asked once more, lest it just ended.
    young = own is None and age < _STARTING and not (folder / "progress.json").exists()
    return State.DONE if (folder / RESULT).is_dir() else State.RUNNING if young else State.STOPPED


def progress_of(office: Office, run: Run) -> Progress:
    try:
        told = json.loads((folder_of_run(office, run.id) / "progress.json").read_text("utf-8"))
        return Progress(int(told["done"]), told["total"])
    except (OSError, ValueError, KeyError, TypeError):
        return Progress()


def told_of(office: Office, run: Run) -> str:
    """Return why it failed, Chinese; empty where it did not."""
    try:
        return str(json.loads((folder_of_run(office, run.id) / "failed.json").read_text("utf-8"))["told"])
    except (OSError, ValueError, KeyError):
        return ""


def result_of(office: Office, run: Run) -> dict[str, Any]:
    """Return what it found, as in ``replay.json``.

    Raises:
        OSError: it has found nothing yet.
    """
    data: dict[str, Any] = json.loads((folder_of_run(office, run.id) / RESULT / "replay.json").read_text("utf-8"))
    return data


def start(office: Office, region: str, old: Version, new: Version) -> Run:
    """Begin a run in a process of its own and return at once.

    Raises:
        BusyError: one is under way.
    """
    _clear(office)
    if any(state_of(office, run) is State.RUNNING for run in runs_of(office)):
        raise BusyError
    run = Run(
        id=secrets.token_hex(8),
        region=region,
        old=old.id,
        old_name=old.name,
        new=new.id,
        new_name=new.name,
        asked_at=dt.datetime.now(dt.UTC).isoformat(timespec="microseconds"),
    )
    folder = folder_of_run(office, run.id)
    folder.mkdir(parents=True, mode=0o700)
    _write(folder / "run.json", asdict(run))
    command = [sys.executable, "-m", "pipeline.service.analysis.replays", str(os.getpid()), run.id]
    process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL)  # noqa: S603 - our own module
    assert process.stdin is not None
    # Settings may hold the password of a database: they go through a pipe, not over the command line.
    with process.stdin as stream:
        stream.write(office.settings.model_dump_json().encode())
    _STARTED[run.id] = process
    threading.Thread(target=process.wait, name="replay", daemon=True).start()
    return run


def folder_of_run(office: Office, id: str) -> Path:
    return _folder(office) / id


@contextmanager
def held(folder: Path) -> Iterator[bool]:
    """Hold the lock of a run while the block runs; False where another process holds it. It goes with its process."""
    file = os.open(folder / "lock", os.O_RDWR | os.O_CREAT, 0o600)
    try:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            yield False
        else:
            yield True
    finally:
        os.close(file)


def note_progress(folder: Path, done: int, total: int | None) -> None:
    _write(folder / "progress.json", {"done": done, "total": total})


def fail(folder: Path, told: str) -> None:
    _write(folder / "failed.json", {"told": told})


def _folder(office: Office) -> Path:
    return folder_of(office) / "replays"


def _is_held(lock: Path) -> bool:
    try:
        file = os.open(lock, os.O_RDWR)
    except OSError:
        return False
    try:
        fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except OSError:
        return True
    finally:
        os.close(file)
    return False


def _write(path: Path, told: Any) -> None:
    """Whole or not at all: pages read it meanwhile."""
    draft = path.with_suffix(".tmp")
    draft.write_text(json.dumps(told, ensure_ascii=False), "utf-8")
    draft.replace(path)


def _clear(office: Office) -> None:
    """Delete results that are old or many."""
    oldest = (dt.datetime.now(dt.UTC) - dt.timedelta(days=_DAYS)).isoformat()
    for place, run in enumerate(runs_of(office), start=1):
        if (place >= _KEPT or run.asked_at < oldest) and state_of(office, run) is not State.RUNNING:
            shutil.rmtree(folder_of_run(office, run.id), ignore_errors=True)
