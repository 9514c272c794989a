"""Sealed columns: a row's attribute is plain text in memory, and sealed bytes in the database.

``name = SealedText("name_sealed")`` beside the mapped column ``name_sealed`` makes ``row.name`` open it when it is
asked for and seal it when the session writes. The bytes are bound to table, column and row; the data key is that of the
row's application. In queries the attribute has no meaning and is refused: what is sealed cannot be searched.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any, Generic, TypeVar, overload

from sqlalchemy import Dialect, LargeBinary, event
from sqlalchemy.orm import Mapped, Session, mapped_column, object_session
from sqlalchemy.types import TypeDecorator

from pipeline.service.sealing.envelope import DamagedError, derived, place, scope_of, seal, unseal

if TYPE_CHECKING:
    from sqlalchemy.orm import QueryContext

    from pipeline.service.sealing.keyring import Keyring

__all__ = [
    "Keyed",
    "SealedBytes",
    "SealedData",
    "SealedJson",
    "SealedOptional",
    "SealedText",
    "Sealing",
    "opened",
    "sealed_column",
    "sealing",
]

T = TypeVar("T")
_KEYRING = "keyring"


class _Clear:
    """A value that waits to be sealed; the database never takes it."""

    def __init__(self, value: Any) -> None:
        self.value = value

    def __repr__(self) -> str:
        return "<to be sealed>"


class SealedBytes(TypeDecorator[bytes]):
    """Column type of sealed bytes. What is not sealed yet does not pass: a mistake fails instead of telling."""

    impl = LargeBinary
    cache_ok = True

    def process_bind_param(self, value: Any, dialect: Dialect) -> bytes | None:
        if value is None or (isinstance(value, bytes) and _looks_sealed(value)):
            return value
        raise TypeError("a value for a sealed column is not sealed")

    def process_result_value(self, value: bytes | None, dialect: Dialect) -> bytes | None:
        return value


def sealed_column() -> Mapped[bytes | None]:
    """Return the mapped column behind a sealed attribute; None stands for the attribute's empty value."""
    return mapped_column(SealedBytes)


class Sealing:
    """Mixin of tables with sealed attributes."""

    def sealed_scope(self, session: Session) -> str:
        """Return the id of the application whose key seals this row."""
        raise NotImplementedError

    def sealed_place(self) -> tuple[str, ...]:
        """Return what of the row its sealed values are bound to: its id, and that of the row it belongs to."""
        raise NotImplementedError

    def before_sealing(self, keyring: Keyring) -> None:
        """Called when the row is written, while its values are still plain: blind indexes are made here."""

    def sealed_owner(self) -> str | None:
        """Return the application that the row says it is of; None where the row alone does not tell."""
        return None


class Keyed:
    """Mixin of the table whose rows have a data key each, made when the row is."""

    def key_scope(self) -> str:
        raise NotImplementedError


class _Sealed(Generic[T]):
    """Descriptor of one attribute."""

    def __init__(self, column: str) -> None:
        self.column, self.name = column, ""

    def __set_name__(self, owner: type, name: str) -> None:
        self.name = name
        _ATTRIBUTES.setdefault(owner, []).append(self)

    def _empty(self) -> T:
        raise NotImplementedError

    def _out(self, plain: bytes) -> T:
        raise NotImplementedError

    def _in(self, value: T) -> bytes:
        raise NotImplementedError

    @overload
    def __get__(self, row: None, owner: type) -> _Sealed[T]: ...

    @overload
    def __get__(self, row: Sealing, owner: type) -> T: ...

    def __get__(self, row: Sealing | None, owner: type) -> _Sealed[T] | T:
        if row is None:
            return self
        kept = getattr(row, self.column)
        if kept is None:
            return self._empty()
        if isinstance(kept, _Clear):
            value: T = kept.value
            return value
        cache = row.__dict__.setdefault("_opened", {})
        known = cache.get(self.name)
        if known is None or known[0] is not kept:
            known = cache[self.name] = (kept, self._out(self._open(row, kept)))
        return known[1]  # type: ignore[no-any-return]

    def __set__(self, row: Sealing, value: T | None) -> None:
        # Emptiness is no secret: it keeps its plain form.
        setattr(row, self.column, None if value is None or value == self._empty() else _Clear(value))

    def seal(self, row: Sealing, session: Session) -> None:
        waiting = row.__dict__.get(self.column)
        if not isinstance(waiting, _Clear):
            return
        keyring, scope = _keyring(row, session), row.sealed_scope(session)
        key = derived(keyring.key(scope, session), "column")
        sealed = seal(key, scope, self._where(row), self._in(waiting.value))
        setattr(row, self.column, sealed)
        row.__dict__.setdefault("_opened", {})[self.name] = (sealed, waiting.value)
        row.__dict__["_keyring"] = keyring

    def _where(self, row: Sealing) -> bytes:
        return place("column", f"{type(row).__tablename__}.{self.name}", *row.sealed_place())  # type: ignore[attr-defined]

    def _open(self, row: Sealing, sealed: bytes) -> bytes:
        session = object_session(row)
        scope, owner = scope_of(sealed), row.sealed_owner()
        if owner is not None and owner != scope:
            raise DamagedError
        key = derived(_keyring(row, session).key(scope, session), "column")
        return unseal(key, self._where(row), sealed)


_ATTRIBUTES: dict[type, list[_Sealed[Any]]] = {}


class SealedText(_Sealed[str]):
    """Text; empty where nothing is kept."""

    def _empty(self) -> str:
        return ""

    def _out(self, plain: bytes) -> str:
        return plain.decode()

    def _in(self, value: str) -> bytes:
        return value.encode()


class SealedData(_Sealed[bytes]):
    """Bytes; none where nothing is kept."""

    def _empty(self) -> bytes:
        return b""

    def _out(self, plain: bytes) -> bytes:
        return plain

    def _in(self, value: bytes) -> bytes:
        return value


class SealedOptional(_Sealed[bytes | None]):
    """Bytes; None where nothing is kept."""

    def _empty(self) -> bytes | None:
        return None

    def _out(self, plain: bytes) -> bytes | None:
        return plain

    def _in(self, value: bytes | None) -> bytes:
        return value or b""


class SealedJson(_Sealed[Any]):
    """A JSON object or list; empty where nothing is kept. Assign a new one instead of changing it in place."""

    def __init__(self, column: str, empty: Callable[[], Any] = dict) -> None:
        self._made = empty
        super().__init__(column)

    def _empty(self) -> Any:
        return self._made()

    def _out(self, plain: bytes) -> Any:
        return json.loads(plain)

    def _in(self, value: Any) -> bytes:
        return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()


def opened(keyring: Keyring, table: str, name: str, at: tuple[str, ...], sealed: bytes | None) -> bytes | None:
    """Open one value that a query brought without its row.

    Args:
        at: as :meth:`Sealing.sealed_place`.
    """
    if sealed is None:
        return None
    key = derived(keyring.key(scope_of(sealed)), "column")
    return unseal(key, place("column", f"{table}.{name}", *at), sealed)


def sealing(keyring: Keyring, scope: str, table: str, name: str, at: tuple[str, ...], plain: bytes) -> bytes:
    """Seal one value for a statement without its row; the counterpart of :func:`opened`."""
    return seal(derived(keyring.key(scope), "column"), scope, place("column", f"{table}.{name}", *at), plain)


def _looks_sealed(value: bytes) -> bool:
    try:
        scope_of(value)
    except DamagedError:
        return False
    return True


def _keyring(row: Sealing, session: Session | None) -> Keyring:
    found = session.info.get(_KEYRING) if session is not None else row.__dict__.get("_keyring")
    if found is None:
        from pipeline.service.sealing.keyring import KeyMissingError

        raise KeyMissingError("the database was opened without keys")
    keyring: Keyring = found
    return keyring


def _attributes(kind: type) -> Iterator[_Sealed[Any]]:
    for base in kind.__mro__:
        yield from _ATTRIBUTES.get(base, ())


@event.listens_for(Sealing, "load", propagate=True)
def _loaded(row: Sealing, context: QueryContext) -> None:
    # Rows outlive their session; what they hold can still be opened.
    row.__dict__["_keyring"] = context.session.info.get(_KEYRING)


@event.listens_for(Session, "before_flush")
def _flushing(session: Session, context: object, instances: object) -> None:
    del context, instances
    with session.no_autoflush:
        keyring = session.info.get(_KEYRING)
        for row in session.new:
            if isinstance(row, Keyed) and keyring is not None:
                keyring.make(session.connection(), row.key_scope())
        for row in [*session.new, *session.dirty]:
            if isinstance(row, Sealing):
                if keyring is not None:
                    row.before_sealing(keyring)
                for attribute in _attributes(type(row)):
                    attribute.seal(row, session)
