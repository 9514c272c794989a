"""Data keys: one for each application, wrapped by a key of the bureau, unwrapped in memory while they are needed."""

from __future__ import annotations

import datetime as dt
import os
import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING

from sqlalchemy import Connection, delete, insert, select

from pipeline.service.sealing.envelope import KEY_BYTES, DamagedError, derived, keyed_digest, place, seal, unseal
from pipeline.service.sealing.masters import Masters
from pipeline.service.tables.keys import DataKey

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from pipeline.service.database import Database

__all__ = ["SERVICE", "KeyGoneError", "KeyMissingError", "Keyring", "wrap"]

SERVICE = "0" * 32
"""Whose key it is that belongs to no application: blind indexes, answers kept for a while, the probe of the stores."""
_KEPT, _SECONDS = 20_000, 600.0
"""So many keys are kept in memory, each so long: a key deleted by another process is forgotten within that time."""


class KeyMissingError(Exception):
    """The bureau's key that wraps a data key is not at hand: for an operator; nothing is lost."""


class KeyGoneError(KeyMissingError):
    """There is no such data key: its application is deleted."""


def wrap(masters: Masters, id: str, scope: str, key: bytes) -> bytes:
    """Return a data key wrapped by the bureau's key ``id``, bound to its scope."""
    return seal(masters.wrapping(id), scope, place("data-key", scope, id), key)


class Keyring:
    """All data keys of one database; safe to share between threads.

    Args:
        masters: keys of the bureau.
        again: reads them anew; asked when a data key is wrapped by one that was not there at the start.
    """

    def __init__(self, database: Database, masters: Masters, again: Callable[[], Masters | None]) -> None:
        self._database, self._masters, self._again = database, masters, again
        self._keys: OrderedDict[str, tuple[bytes, float]] = OrderedDict()
        self._lock = threading.Lock()

    @property
    def masters(self) -> Masters:
        return self._masters

    def make(self, connection: Connection, scope: str) -> None:
        """Make the key of a new scope in the caller's transaction."""
        key, id = os.urandom(KEY_BYTES), self._masters.current
        row = {"scope": scope, "master": id, "wrapped": wrap(self._masters, id, scope, key)}
        connection.execute(insert(DataKey).values(**row, created_at=dt.datetime.now(dt.UTC)))
        self._keep(scope, key)

    def key(self, scope: str, session: Session | None = None) -> bytes:
        """Return the key of a scope.

        Args:
            session: to look in, where one is open: what it has made is not seen by others yet.

        Raises:
            KeyGoneError: it is deleted.
            KeyMissingError: it cannot be unwrapped with the bureau's keys at hand.
        """
        with self._lock:
            found = self._keys.get(scope)
            if found is not None and found[1] > time.monotonic():
                self._keys.move_to_end(scope)
                return found[0]
        if session is not None:
            self.warm(session, [scope])
        else:
            with self._database.read() as own:
                self.warm(own, [scope])
        with self._lock:
            if scope not in self._keys:
                raise KeyGoneError("no data key")
            return self._keys[scope][0]

    def warm(self, session: Session, scopes: Iterable[str]) -> None:
        """Have many keys at hand with one question to the database."""
        with self._lock:
            wanted = {scope for scope in scopes if self._keys.get(scope, (b"", 0.0))[1] <= time.monotonic()}
            for scope in wanted:
                self._keys.pop(scope, None)
        if not wanted:
            return
        query = select(DataKey.scope, DataKey.master, DataKey.wrapped).where(DataKey.scope.in_(sorted(wanted)))
        for scope, master, wrapped in session.connection().execute(query):
            self._keep(scope, self._unwrapped(scope, master, wrapped))

    def delete(self, session: Session, scope: str) -> None:
        """Delete the key of a scope in the caller's transaction: what it sealed cannot be opened any more."""
        session.connection().execute(delete(DataKey).where(DataKey.scope == scope))
        self.forget(scope)

    def forget(self, scope: str) -> None:
        with self._lock:
            self._keys.pop(scope, None)

    def blind(self, what: str, value: str) -> str:
        """Return what stands in an index instead of ``value``: equal for equal values, and no way back."""
        return keyed_digest(derived(self.key(SERVICE), "index"), what, value)

    def rewrapped(self, scope: str, master: str, wrapped: bytes) -> bytes:
        """Return a wrapped data key wrapped by the bureau's present key."""
        return wrap(self._masters, self._masters.current, scope, self._unwrapped(scope, master, wrapped))

    def reload(self) -> None:
        """Read the bureau's keys anew."""
        self._masters = self._again() or self._masters

    def _unwrapped(self, scope: str, master: str, wrapped: bytes) -> bytes:
        if master not in self._masters.keys:
            self.reload()  # somebody rotates them while this process runs
        if master not in self._masters.keys:
            raise KeyMissingError("the bureau's key that wraps it is not at hand")
        try:
            return unseal(self._masters.wrapping(master), place("data-key", scope, master), wrapped)
        except DamagedError:
            raise KeyMissingError("the data key does not open") from None

    def _keep(self, scope: str, key: bytes) -> None:
        with self._lock:
            self._keys[scope] = (key, time.monotonic() + _SECONDS)
            while len(self._keys) > _KEPT:
                self._keys.popitem(last=False)
