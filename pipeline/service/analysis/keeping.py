"""The store that the dashboard asks: kept in the data folder, made anew beside the old one and then put in its place.

Pages only ever read a finished store; whoever makes one holds a lock, so that a machine makes one at a time.
"""

from __future__ import annotations

import datetime as dt
import fcntl
import logging
import os
import shutil
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import select

from pipeline.audit.store import Manifest, Store, StoreError, open_store, read_manifest
from pipeline.service.analysis.exporting import export_service
from pipeline.service.logs import event, places_of
from pipeline.service.office import Office
from pipeline.service.tables import TrailHead

__all__ = [
    "folder_of",
    "forget_old",
    "is_being_made",
    "kept_manifest",
    "opened",
    "refresh",
    "refresh_later",
    "refresh_when_due",
]

_LOG = logging.getLogger(__name__)
_OLD = 2
"""Stores kept: pages may still be reading the one before."""
_OPEN = 12
"""Stores held open at once: one for each set of regions that accounts have."""


def folder_of(office: Office) -> Path:
    """Return the folder of the dashboard's stores; it is private as all of the data folder."""
    return office.settings.service.data_dir / "analysis"


def kept_manifest(office: Office) -> Manifest | None:
    """Return the manifest of the present store; None before the first."""
    present = _present(office)
    if present is None:
        return None
    try:
        return read_manifest(present)
    except StoreError:
        return None


@contextmanager
def opened(office: Office, regions: frozenset[str]) -> Iterator[Store]:
    """Open the present store, cut down to ``regions``; it stays open for the next who asks.

    Raises:
        StoreError: there is none yet, or it is damaged.
    """
    present = _present(office)
    if present is None:
        raise StoreError("还没有分析数据")
    yield _STORES.get(present, regions)


def refresh(office: Office) -> bool:
    """Make the store anew; False where somebody is at it already.

    Raises:
        StoreError, OSError: it cannot be written.
    """
    folder = folder_of(office)
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    with _locked(folder) as mine:
        if not mine:
            return False
        head = _head(office)
        # Numbered by the clock of the machine: the office's may stand still.
        out = folder / f"store-{dt.datetime.now(dt.UTC):%Y%m%dT%H%M%S%f}"
        export_service(office, out, facts=False)
        _name(folder, out, head)
        _clear(folder, out)
    return True


def refresh_when_due(office: Office) -> threading.Thread | None:
    """Begin to make the store anew when it is old and something has changed since; returns who is at it."""
    every = office.settings.service.analysis_minutes
    if not every:
        return None
    kept = kept_manifest(office)
    if kept is not None:
        age = office.now() - dt.datetime.fromisoformat(kept.created)
        if age < dt.timedelta(minutes=every) or _told_head(office) == _head(office):
            return None
    return refresh_later(office)


def refresh_later(office: Office) -> threading.Thread:
    """Begin to make the store anew and return at once."""
    thread = threading.Thread(target=_refresh, args=(office,), name="analysis", daemon=True)
    thread.start()
    return thread


def forget_old(office: Office) -> None:
    """Make the store anew where there is one, and keep no earlier one: what was erased is then in none.

    Results of replays that name a case which is gone are deleted.
    """
    from pipeline.service.analysis.replays.forgetting import forget_gone  # looks for its folder here

    try:
        forget_gone(office)
        if _present(office) is not None and refresh(office):
            _clear(folder_of(office), folder_of(office) / (_told(office) or ("",))[0], keep=1)
    except Exception as error:
        event(_LOG, "analysis.broke", level=logging.ERROR, error=type(error).__name__, places=places_of(error))


def is_being_made(office: Office) -> bool:
    """Whether somebody on this machine is making a store."""
    folder = folder_of(office)
    if not folder.is_dir():
        return False
    with _locked(folder) as mine:
        return not mine


def _refresh(office: Office) -> None:
    try:
        if refresh(office):
            event(_LOG, "analysis.refreshed")
    except Exception as error:
        event(_LOG, "analysis.broke", level=logging.ERROR, error=type(error).__name__, places=places_of(error))


@contextmanager
def _locked(folder: Path) -> Iterator[bool]:
    """Hold the lock while the block runs; False where another holds it. It goes with its process."""
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


def _head(office: Office) -> str:
    """The trail's end: nothing changes without it."""
    with office.database.read() as session:
        return session.scalar(select(TrailHead.hash)) or ""


def _present(office: Office) -> Path | None:
    told = _told(office)
    return folder_of(office) / told[0] if told else None


def _told_head(office: Office) -> str:
    told = _told(office)
    return told[1] if told else ""


def _told(office: Office) -> tuple[str, str] | None:
    try:
        name, _, head = (folder_of(office) / "present").read_text("ascii").strip().partition(" ")
    except (OSError, UnicodeDecodeError):
        return None
    return (name, head) if name.startswith("store-") and "/" not in name else None


def _name(folder: Path, out: Path, head: str) -> None:
    """Say that ``out`` is the present store; whoever reads sees the old or the new."""
    new = folder / "present.new"
    new.write_text(f"{out.name} {head}\n", "ascii")
    new.replace(folder / "present")


def _clear(folder: Path, present: Path, keep: int = _OLD) -> None:
    """Delete stores that nobody reads any more, and what a killed process left half made."""
    stores = sorted(path for path in folder.iterdir() if path.name.startswith("store-"))
    for old in stores[:-keep]:
        if old != present:
            shutil.rmtree(old, ignore_errors=True)
    for left in folder.glob(".store-*"):
        shutil.rmtree(left, ignore_errors=True)


class _Stores:
    """Open stores by folder and regions, the latest used last."""

    def __init__(self) -> None:
        self._open: dict[tuple[Path, frozenset[str]], Store] = {}
        self._lock = threading.Lock()

    def get(self, folder: Path, regions: frozenset[str]) -> Store:
        with self._lock:
            store = self._open.pop((folder, regions), None) or open_store(folder, regions=regions)
            self._open[folder, regions] = store
            while len(self._open) > _OPEN:
                # Not closed: a page may be reading it. It goes with its last user.
                self._open.pop(next(iter(self._open)))
            return store


_STORES = _Stores()
