"""How much one address, and all together, may begin within an hour: new applications, wrong query codes.

:mod:`pipeline.service.people.throttle` slows one guesser down; this keeps a crowd of them, or a program that fills the
database with empty applications, within bounds that the settings name. Counts are kept as that module keeps its own:
under HMACs of the server's key, so that the table names no address.
"""

from __future__ import annotations

import hashlib
import hmac
from enum import StrEnum

from sqlalchemy.dialects.postgresql import insert as postgresql_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert
from sqlalchemy.orm import Session

from pipeline.service.applications import LimitError
from pipeline.service.office import Office
from pipeline.service.tables import Throttle

__all__ = ["Limited", "OftenError", "give_back", "take"]

_HOUR = 3600


class Limited(StrEnum):
    DRAFT = "draft"
    """An application begun on the applicant's page."""
    WRONG_CODE = "wrong_code"
    """A query code that opens nothing."""


_WORDS = {
    (Limited.DRAFT, True): "这个网络一小时内新建的申请太多了。请过一会儿再试；急着办的，请到医保服务窗口。",
    (Limited.DRAFT, False): "现在新建申请的人太多了。请过一会儿再试；已经建好的申请不受影响。",
    (Limited.WRONG_CODE, True): "这个网络一小时内填错的次数太多了。请过一会儿再试；查询码丢了可以到窗口补发。",
    (Limited.WRONG_CODE, False): "现在填错查询码的次数太多，为保护信息安全，请过一会儿再试。",
}


class OftenError(LimitError):
    """More than the settings allow within an hour; ``seconds`` until it is counted anew."""

    def __init__(self, what: Limited, *, of_address: bool, seconds: int) -> None:
        super().__init__(f"too_many_{what.value}s", _WORDS[what, of_address])
        self.seconds = seconds


def take(session: Session, office: Office, what: Limited, address: str) -> None:
    """Count one, in a write transaction of its own that is kept before anything is done.

    Args:
        address: :func:`pipeline.service.people.addresses.client_address`.

    Raises:
        OftenError: it would be one too many; it is not counted.
    """
    hour, gone = divmod(int(office.now().timestamp()), _HOUR)
    rows = {key: _row(session, office, key) for key in sorted(_keys(office, what, address, hour))}
    for key, (most, of_address) in _keys(office, what, address, hour).items():
        if most and rows[key].failures >= most:
            raise OftenError(what, of_address=of_address, seconds=_HOUR - gone)
    for row in rows.values():
        row.failures, row.updated_at = row.failures + 1, office.now()


def give_back(session: Session, office: Office, what: Limited, address: str) -> None:
    """Take one back that turned out to be none: the code was right."""
    hour = int(office.now().timestamp()) // _HOUR
    for key in sorted(_keys(office, what, address, hour)):
        row = _row(session, office, key)
        row.failures = max(row.failures - 1, 0)


def _row(session: Session, office: Office, key: str) -> Throttle:
    """The row of a key, made where missing, held until the transaction ends; callers keep one order."""
    insert = postgresql_insert if session.get_bind().dialect.name == "postgresql" else sqlite_insert
    made = insert(Throttle).values(key=key, failures=0, updated_at=office.now())
    session.execute(made.on_conflict_do_nothing(index_elements=["key"]))
    row = session.get(Throttle, key, with_for_update=True, populate_existing=True)
    assert row is not None
    return row


def _keys(office: Office, what: Limited, address: str, hour: int) -> dict[str, tuple[int, bool]]:
    """Key of each count -> the most it may reach (0: no end), and whether it is that of the address."""
    service = office.settings.service
    each, total = {
        Limited.DRAFT: (service.drafts_per_address, service.drafts_per_hour),
        Limited.WRONG_CODE: (service.wrong_codes_per_address, service.wrong_codes_per_hour),
    }[what]
    return {
        _key(office, f"{what.value}\0{hour}\0address\0{address}"): (each, True),
        _key(office, f"{what.value}\0{hour}\0all"): (total, False),
    }


def _key(office: Office, value: str) -> str:
    return hmac.new(office.key, f"hourly\0{value}".encode(), hashlib.sha256).hexdigest()
