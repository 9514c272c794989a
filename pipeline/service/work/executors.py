"""Which worker processes live. The durable queue by itself takes up only the work of a process that starts again under
the same name; here every process says that it lives, and the others learn whose work is to be taken over.
"""

from __future__ import annotations

import datetime as dt
import os
import platform
import secrets
from pathlib import Path

import psutil
from sqlalchemy import delete, func, select, update
from sqlalchemy.orm import Session

from pipeline.service.database import Database
from pipeline.service.tables import WorkerRow

__all__ = ["BEAT", "Executors"]

BEAT = 5.0
"""Seconds between two signs of life."""
_SILENCE = 45.0
"""Seconds without a sign after which a process counts as dead. A wrong guess costs work done twice, recorded once."""


class Executors:
    """The register of worker processes, and this process's place in it."""

    def __init__(self, database: Database, *, readers: int) -> None:
        self._database = database
        self._readers = readers
        self._host, self._pid = _host(), os.getpid()
        self.id = f"{self._pid}-{secrets.token_hex(8)}"

    def beat(self) -> None:
        """Say that this process lives; the first time, that it is there."""
        with self._database.write() as session:
            now = _clock(session)
            seen = session.execute(update(WorkerRow).where(WorkerRow.id == self.id).values(seen_at=now))
            if seen.rowcount == 0:  # type: ignore[attr-defined]
                session.add(
                    WorkerRow(
                        id=self.id,
                        host=self._host,
                        pid=self._pid,
                        born=_born(self._pid) or 0.0,
                        readers=self._readers,
                        started_at=now,
                        seen_at=now,
                    )
                )

    def leave(self) -> None:
        """Take this process out of the register: what it still holds is free for the others at once."""
        with self._database.write() as session:
            session.execute(delete(WorkerRow).where(WorkerRow.id == self.id))

    def living(self) -> dict[str, int]:
        """Return the ids of all processes that live, with how many pages each reads at once.

        A process of this machine that is gone is known at once, one of another machine by its silence.
        """
        with self._database.read() as session:
            since = _clock(session) - dt.timedelta(seconds=_SILENCE)
            rows = list(session.scalars(select(WorkerRow)))
            return {row.id: row.readers for row in rows if row.id == self.id or self._lives(row, since)}

    def forget(self, dead: set[str]) -> None:
        """Take rows of dead processes away, once their work is taken over."""
        with self._database.write() as session:
            session.execute(delete(WorkerRow).where(WorkerRow.id.in_(sorted(dead - {self.id}))))

    def registered(self) -> set[str]:
        """Return the ids in the register, of the living and the dead."""
        with self._database.read() as session:
            return set(session.scalars(select(WorkerRow.id)))

    def _lives(self, row: WorkerRow, since: dt.datetime) -> bool:
        if row.host == self._host:
            born = _born(row.pid)
            if born is None or abs(born - row.born) > 1.0:
                return False
        return row.seen_at >= since


def _clock(session: Session) -> dt.datetime:
    """The database's clock: those of several machines differ."""
    if session.get_bind().dialect.name == "postgresql":
        now: dt.datetime = session.scalars(select(func.clock_timestamp())).one()
        return now
    return dt.datetime.now(dt.UTC)


def _host() -> str:
    """What is the same for two processes exactly when the one can look the other up by its number."""
    try:
        boot = Path("/proc/sys/kernel/random/boot_id").read_text(encoding="ascii").strip()
        space = str(Path("/proc/self/ns/pid").readlink())
    except OSError:  # not Linux
        boot, space = f"{psutil.boot_time():.0f}", platform.node()
    return f"{boot} {space}"[:128]


def _born(pid: int) -> float | None:
    """When the process started, as every process of the machine computes it; None where it is gone."""
    try:
        process = psutil.Process(pid)
        if process.status() == psutil.STATUS_ZOMBIE:
            return None
        return float(process.create_time())
    except psutil.Error:
        return None
