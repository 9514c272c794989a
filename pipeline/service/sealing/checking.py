"""What ``yushen doctor`` says of the keys."""

from __future__ import annotations

from sqlalchemy.exc import SQLAlchemyError

from pipeline.doctor.check import Check
from pipeline.service.database import Database, database_url
from pipeline.service.sealing.masters import KeyFileError, key_file, load_masters
from pipeline.service.sealing.opening import compared
from pipeline.settings import ServiceSettings

__all__ = ["check_keys"]

_TITLE = "主密钥"
_ADVICE = f"{_TITLE}不对时服务不会启动，数据也不会丢；请放回原来的密钥文件（docs/operations.md）"


def check_keys(service: ServiceSettings) -> Check:
    """Whether the bureau's keys are there, whole, ours alone, and those that the database was begun with."""
    database = Database(database_url(service))
    try:
        masters = load_masters(service)
        compared(masters, database, service)
    except KeyFileError as error:
        return Check(id="keys", title=_TITLE, state="fail", detail=str(error), advice=_ADVICE)
    except SQLAlchemyError as error:
        detail = f"数据库连不上，不能核对（{type(error).__name__}）"
        return Check(id="keys", title=_TITLE, state="warn", detail=detail, advice="请检查 service.database_url")
    finally:
        database.close()
    if masters is None:
        detail = f"还没有，第一次启动服务时生成：{key_file(service)}"
        return Check(id="keys", title=_TITLE, state="ok", detail=detail)
    return Check(id="keys", title=_TITLE, state="ok", detail=f"{len(masters.keys)} 把，当前 {masters.current}")
