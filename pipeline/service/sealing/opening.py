"""The keyring of an office: keys found or made, compared with what the database knows, before anything is read.

Nothing is ever started with a key missing or wrong, and none is made where the database already knows one: new data
would then be sealed with a key that the other machines and the backups do not have.
"""

from __future__ import annotations

import datetime as dt
import logging
from collections.abc import Callable
from functools import partial

from sqlalchemy import inspect, select, text
from sqlalchemy.orm import Session

from pipeline.service.database import Database
from pipeline.service.logs import event
from pipeline.service.sealing.keyring import SERVICE, Keyring
from pipeline.service.sealing.masters import (
    ENVIRONMENT,
    KeyFileError,
    Masters,
    key_file,
    load_masters,
    new_master,
    write_masters,
)
from pipeline.service.tables import DataKey, MasterKey
from pipeline.settings import ServiceSettings

__all__ = ["compared", "find_masters", "known_ids", "open_keyring", "register", "state_of_keys"]

_LOG = logging.getLogger("yushen.keys")
_LOCK = 8421


def open_keyring(database: Database, service: ServiceSettings, told: Callable[[str], None]) -> Keyring:
    """Return the keyring of ``database`` and set it there. The schema may still be an older one.

    Args:
        told: called with the place of the key file where one was made.

    Raises:
        KeyFileError: the bureau's key is missing, malformed or another one.
    """
    keyring = Keyring(database, find_masters(database, service, told), partial(load_masters, service))
    database.keyring = keyring
    return keyring


def find_masters(database: Database, service: ServiceSettings, told: Callable[[str], None]) -> Masters:
    """Return the bureau's keys, made where this is the first start of all.

    Raises:
        KeyFileError: see :func:`open_keyring`.
    """
    masters = load_masters(service)
    compared(masters, database, service)
    if masters is not None:
        return masters
    id, key = new_master()
    if write_masters(key_file(service), Masters({id: key}), new=True):
        event(_LOG, "keys.made", key=id)
        told(str(key_file(service)))
    found = load_masters(service)
    if found is None:  # pragma: no cover - another process took it away again
        raise KeyFileError(f"密钥文件 {key_file(service)} 不见了")
    return found


def compared(masters: Masters | None, database: Database, service: ServiceSettings) -> None:
    """Hold keys against what the database knows.

    Raises:
        KeyFileError: they are missing although the database is sealed, or are others.
    """
    known = _known(database)
    if masters is not None:
        _compare(masters, *known)
    elif any(known):
        raise KeyFileError(
            f"没有找到主密钥（环境变量 {ENVIRONMENT} 或文件 {key_file(service)}）：数据库里的材料是加密的，"
            "没有密钥不能启动，也不会另造新密钥；请放回密钥文件"
        )


def register(database: Database, keyring: Keyring) -> None:
    """Tell a database that has the present schema which key it is sealed with, and make the service's own data key.

    Raises:
        KeyFileError: another process has told it of another key meanwhile.
    """
    with database.read() as session:
        if _known_in(session)[0].keys() >= {keyring.masters.current} and session.get(DataKey, SERVICE) is not None:
            return
    with database.write() as session:
        if session.get_bind().dialect.name == "postgresql":
            session.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _LOCK})
        known, used = _known_in(session)
        _compare(keyring.masters, known, used)
        current = keyring.masters.current
        if current not in known:  # one that was only prepared is not told: that is how it is known as new
            check = keyring.masters.check(current)
            session.add(MasterKey(id=current, check=check, created_at=dt.datetime.now(dt.UTC)))
        if session.get(DataKey, SERVICE) is None:
            keyring.make(session.connection(), SERVICE)


def state_of_keys(database: Database, service: ServiceSettings) -> str:
    """Return ``ok``, or what is wrong with the keys as a code: ``missing``, ``wrong`` or ``malformed``."""
    try:
        masters = load_masters(service)
    except KeyFileError:
        return "malformed"
    if masters is None:
        return "missing"
    try:
        compared(masters, database, service)
    except KeyFileError:
        return "wrong"
    return "ok"


def _compare(masters: Masters, known: dict[str, str], used: set[str]) -> None:
    for id in masters.keys:
        if id in known and known[id] != masters.check(id):
            raise KeyFileError(f"主密钥 {id} 与数据库登记的不是同一把：请换回原来的密钥文件")
    if known and not set(known) & set(masters.keys):
        raise KeyFileError("主密钥与数据库登记的都不同：请换回原来的密钥文件（多台机器用同一份）")
    missing = sorted(used - set(masters.keys))
    if missing:
        raise KeyFileError(f"缺少主密钥 {'、'.join(missing)}：还有材料是用它加密的，请把它放回密钥文件")


def known_ids(session: Session) -> set[str]:
    """Return the ids of the keys that wrap data keys, or did."""
    return set(_known_in(session)[0])


def _known(database: Database) -> tuple[dict[str, str], set[str]]:
    """Checks by id of the keys that a database knows, and ids that data keys need; nothing before the first start."""
    if not inspect(database.engine).has_table(MasterKey.__tablename__):
        return {}, set()
    with database.read() as session:
        return _known_in(session)


def _known_in(session: Session) -> tuple[dict[str, str], set[str]]:
    known = {row.id: row.check for row in session.scalars(select(MasterKey))}
    return known, set(session.scalars(select(DataKey.master).distinct()))
