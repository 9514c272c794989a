"""Copies of the database: SQLite by its own online backup, PostgreSQL by ``pg_dump`` and ``pg_restore``."""

from __future__ import annotations

import os
import shutil
import sqlite3
import subprocess
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from sqlalchemy import inspect
from sqlalchemy.engine import make_url

from pipeline.service.backup.manifest import BackupError
from pipeline.service.database import Database
from pipeline.service.work.names import SCHEMA

__all__ = ["dump", "file_of", "is_empty", "kind_of", "load", "opened_copy"]


def kind_of(url: str) -> str:
    """Return ``sqlite`` or ``postgresql``."""
    return "sqlite" if url.startswith("sqlite") else "postgresql"


def file_of(url: str) -> Path:
    """Return the file of an SQLite database."""
    return Path(url.removeprefix("sqlite:///"))


def is_empty(url: str) -> bool:
    """Whether a backup may be restored there: no file, or no table."""
    if kind_of(url) == "sqlite":
        return not file_of(url).exists()
    database = Database(url)
    try:
        return not inspect(database.engine).get_table_names()
    finally:
        database.close()


def dump(url: str, target: Path) -> None:
    """Copy the database at ``url`` as of one moment while others go on working.

    Raises:
        BackupError: PostgreSQL's program is missing or fails.
    """
    if kind_of(url) == "sqlite":
        with closing(sqlite3.connect(file_of(url))) as source, closing(sqlite3.connect(target)) as copy:
            source.backup(copy)
            # One file, without a log beside it.
            copy.execute("PRAGMA journal_mode=DELETE")
            if copy.execute("PRAGMA integrity_check").fetchone() != ("ok",):
                raise BackupError("数据库备份读回检查不通过，请检查磁盘后重做")
        return
    _postgresql("pg_dump", url, "--format=custom", "--no-owner", f"--exclude-schema={SCHEMA}", f"--file={target}")
    # Reading its table of contents back shows that the file is whole enough to be opened.
    _run("pg_restore", ["--list", str(target)], {})


def load(source: Path, url: str) -> None:
    """Fill the empty database at ``url`` from a copy.

    Raises:
        BackupError: PostgreSQL's program is missing or fails.
    """
    if kind_of(url) == "sqlite":
        target = file_of(url)
        target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        part = target.with_suffix(".restoring")
        shutil.copyfile(source, part)
        part.chmod(0o600)
        part.replace(target)
        return
    _postgresql("pg_restore", url, "--no-owner", "--exit-on-error", "--single-transaction", str(source))


@contextmanager
def opened_copy(path: Path) -> Iterator[Database]:
    """Open an SQLite copy to read it."""
    database = Database(f"sqlite:///{path.resolve()}")
    try:
        yield database
    finally:
        database.close()
        with closing(sqlite3.connect(path)) as copy:
            copy.execute("PRAGMA journal_mode=DELETE")


def _postgresql(program: str, url: str, *arguments: str) -> None:
    parsed = make_url(url)
    # The password goes through the environment: arguments can be seen by everyone on the machine.
    environment = {
        "PGHOST": parsed.host,
        "PGPORT": str(parsed.port) if parsed.port else None,
        "PGUSER": parsed.username,
        "PGPASSWORD": parsed.password,
    }
    given = {name: value for name, value in environment.items() if value}
    _run(program, [f"--dbname={parsed.database}", *arguments], given)


def _run(program: str, arguments: list[str], environment: dict[str, str]) -> None:
    found = shutil.which(program)
    if found is None:
        raise BackupError(
            f"没有找到 {program}：请安装 PostgreSQL 客户端（与服务器同版本或更新），或在装有它的机器上运行"
        )
    done = subprocess.run(  # noqa: S603 - a fixed program and our own arguments
        [found, *arguments], capture_output=True, env={**os.environ, **environment}, check=False
    )
    if done.returncode != 0:
        first = done.stderr.decode(errors="replace").strip().splitlines()[:1]
        raise BackupError(f"{program} 失败：{first[0] if first else done.returncode}")
