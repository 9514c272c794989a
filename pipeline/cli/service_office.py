"""Opening the office that is there already, for commands that look after it; none of them makes a new one."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from pipeline.cli.exits import CommandError
from pipeline.cli.serving import new_keys_told

if TYPE_CHECKING:
    from pipeline.service.office import Office
    from pipeline.settings import Settings

__all__ = ["existing_office", "office_of"]


@contextmanager
def office_of(settings: Settings, *, upgrade: bool) -> Iterator[Office]:
    """Open the office while the block runs.

    Raises:
        CommandError: data folder or database cannot be used.
    """
    from sqlalchemy.exc import ArgumentError, OperationalError, ProgrammingError

    from pipeline.service.office import OfficeError, open_office

    try:
        office = open_office(settings, upgrade=upgrade, told=new_keys_told)
    except OfficeError as error:
        raise CommandError(str(error)) from error
    except ArgumentError as error:
        raise CommandError("数据库地址写得不对，应为 postgresql+psycopg://用户:密码@主机/库名") from error
    except OperationalError as error:
        raise CommandError("数据库连不上，请检查 service.database_url 和数据库是否在运行") from error
    try:
        yield office
    except (OperationalError, ProgrammingError) as error:
        raise CommandError("数据库连不上，或不是本程序的数据库（先用 yushen serve 启动一次）") from error
    finally:
        office.close()


@contextmanager
def existing_office(settings: Settings) -> Iterator[Office]:
    """Open an office that must be there, as it is.

    Raises:
        CommandError: there is none, or it cannot be used.
    """
    from pipeline.service.database import database_url

    url, data_dir = database_url(settings.service), settings.service.data_dir
    key = bool(os.environ.get("YUSHEN_KEY")) or (data_dir / "server.key").is_file()
    if not key or (url.startswith("sqlite:///") and not Path(url.removeprefix("sqlite:///")).is_file()):
        raise CommandError(f"{data_dir} 里没有预审的数据或密钥；请检查 --config 或 YUSHEN_SERVICE__DATA_DIR")
    with office_of(settings, upgrade=False) as office:
        yield office
