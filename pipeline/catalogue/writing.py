"""Putting a site into a folder: the whole of it or nothing, and never over what somebody else put there."""

from __future__ import annotations

import re
import shutil
import tempfile
from collections.abc import Mapping
from pathlib import Path

__all__ = ["CatalogueError", "write_site"]

_PAGE = re.compile(r"\d{2,}-[a-z][a-z0-9_]*\.html")
_HEAD = 2048


class CatalogueError(Exception):
    """The folder cannot take the site; the message is Chinese and says what to do."""


def write_site(site: Mapping[str, str], folder: Path, *, generator: str) -> None:
    """Write ``site`` (file name -> text) into ``folder``, which is made if it is missing.

    Pages of an earlier run are replaced, those of diseases that are gone are removed; they are known by the name of
    the ``generator`` in them. Everything else in the folder stays. A run that fails leaves what was there before.

    Raises:
        CatalogueError: the folder cannot be made or written, or holds another file under one of the names.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except (FileExistsError, NotADirectoryError) as error:
        raise CatalogueError(f"“{folder}”不是文件夹，请用 --out 换一个。") from error
    except OSError as error:
        raise CatalogueError(f"不能建立文件夹“{folder}”（{_why(error)}），请换一个有写入权限的。") from error
    try:
        for name in site:
            if (folder / name).exists() and not _is_ours(folder / name, generator):
                problem = f"“{folder}”里已有不是病种目录的 {name}，为免覆盖没有写入。请用 --out 换一个文件夹。"
                raise CatalogueError(problem)
        gone = [p for p in sorted(folder.glob("*.html")) if _PAGE.fullmatch(p.name) and p.name not in site]
        gone = [path for path in gone if _is_ours(path, generator)]
        stage = Path(tempfile.mkdtemp(prefix=".catalogue.", suffix=".part", dir=folder))
    except OSError as error:
        raise CatalogueError(f"不能写入文件夹“{folder}”（{_why(error)}），请检查权限和剩余空间。") from error
    try:
        new, old = stage / "new", stage / "old"
        new.mkdir()
        old.mkdir()
        for name, text in site.items():
            (new / name).write_text(text, encoding="utf-8", newline="\n")
        _swap(list(site), [path.name for path in gone], folder, new, old)
    except OSError as error:
        raise CatalogueError(f"写入“{folder}”时出错（{_why(error)}），原有的页面没有改动。") from error
    finally:
        shutil.rmtree(stage, ignore_errors=True)


def _swap(names: list[str], gone: list[str], folder: Path, new: Path, old: Path) -> None:
    """Move the old pages aside and the new ones in; on any failure put everything back."""
    aside: list[str] = []
    placed: list[str] = []
    try:
        for name in (*names, *gone):
            if (folder / name).exists():
                (folder / name).replace(old / name)
                aside.append(name)
        for name in names:
            (new / name).replace(folder / name)
            placed.append(name)
    except BaseException:
        for name in placed:
            (folder / name).unlink(missing_ok=True)
        for name in aside:
            (old / name).replace(folder / name)
        raise


def _is_ours(path: Path, generator: str) -> bool:
    if not path.is_file():
        return False
    with path.open("rb") as file:
        return f'content="{generator}"'.encode() in file.read(_HEAD)


def _why(error: OSError) -> str:
    reasons = {1: "没有权限", 13: "没有权限", 28: "磁盘已满", 30: "只读的磁盘", 36: "名称太长", 122: "超出配额"}
    return reasons.get(error.errno or 0, error.strerror or type(error).__name__)
