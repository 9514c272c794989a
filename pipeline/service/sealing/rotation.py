"""A new key of the bureau: data keys are wrapped anew, what they seal stays. Safe to break off and run again."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping

from sqlalchemy import func, select, update

from pipeline.service import trail
from pipeline.service.actors import SYSTEM
from pipeline.service.office import Office
from pipeline.service.sealing.masters import KeyFileError, Masters, key_file, new_master, write_masters
from pipeline.service.sealing.opening import known_ids, register
from pipeline.service.tables import DataKey

__all__ = ["prepare", "rotate", "usage"]

_AT_ONCE = 500


def usage(office: Office) -> Mapping[str, int]:
    """Return how many data keys each key of the bureau wraps; those at hand that wrap none are told too."""
    with office.database.read() as session:
        found = Counter(dict(session.execute(select(DataKey.master, func.count()).group_by(DataKey.master)).all()))
    return {id: found.get(id, 0) for id in dict.fromkeys([*office.keyring.masters.keys, *found])}


def prepare(office: Office) -> str:
    """Add a new key at the end of the key file, so that it can be brought to every machine before it is used.

    Returns:
        Its id.

    Raises:
        KeyFileError: the keys come from the environment, or the file cannot be written.
    """
    masters = office.keyring.masters
    _require_file(office)
    id, key = new_master()
    write_masters(key_file(office.settings.service), Masters({**masters.keys, id: key}))
    office.keyring.reload()
    return id


def rotate(office: Office) -> int:
    """Wrap every data key with the newest key of the bureau, and return how many were wrapped anew.

    The newest is one that :func:`prepare` added and the database does not know yet; with keys from the environment, the
    first. A rotation that was broken off goes on.

    Raises:
        KeyFileError: there is no new key, or one that is needed is missing.
    """
    path = key_file(office.settings.service)
    office.keyring.reload()
    masters = office.keyring.masters
    with office.database.read() as session:
        known = known_ids(session)
    new = [id for id in masters.keys if id not in known]
    if new and new[-1] != masters.current:
        _require_file(office)
        first = new[-1]
        rest = {id: key for id, key in masters.keys.items() if id != first}
        write_masters(path, Masters({first: masters.keys[first], **rest}))
        office.keyring.reload()
    elif not new and not any(count for id, count in usage(office).items() if id != masters.current):
        raise KeyFileError("没有新的主密钥可换：请先用 yushen keys prepare 生成，并复制到每台机器")
    register(office.database, office.keyring)
    current, count = office.keyring.masters.current, 0
    while wrapped := _some(office, current):
        count += wrapped
    if count:
        with office.database.write() as session:
            detail = {"key": current, "data_keys": count}
            trail.append(session, SYSTEM, "keys.rotate", detail=detail, at=office.now())
    return count


def _some(office: Office, current: str) -> int:
    with office.database.write() as session:
        rows = session.execute(
            select(DataKey.scope, DataKey.master, DataKey.wrapped)
            .where(DataKey.master != current)
            .order_by(DataKey.scope)
            .limit(_AT_ONCE)
            .with_for_update()
        ).all()
        for scope, master, wrapped in rows:
            values = {"master": current, "wrapped": office.keyring.rewrapped(scope, master, wrapped)}
            session.execute(update(DataKey).where(DataKey.scope == scope).values(**values))
    return len(rows)


def _require_file(office: Office) -> None:
    if not key_file(office.settings.service).is_file():
        raise KeyFileError("主密钥在环境变量里：请把新密钥加在最前面、旧的留在后面，重启后再运行 yushen keys rotate")
