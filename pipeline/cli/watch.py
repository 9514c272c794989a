"""``yushen watch``: a folder that a window's scanner saves into; each subfolder or group of files is an application."""

from __future__ import annotations

import argparse
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from pipeline.cli.exits import OK, CommandError

__all__ = ["add_parser"]

_KEY = "YUSHEN_API_KEY"


def add_parser(commands: Any) -> None:
    parser = commands.add_parser(
        "watch",
        help="盯住一个扫描目录：每个子文件夹（或名字相同、末尾编号的一组文件）作为一份申请上传",
        description=(
            "文件停止变化后上传，受理编号和查询码写在 done/ 里各自的 受理结果.txt；"
            "没办成的在 failed/，改正后放回即可接着办。"
            "病种和人员可写在子文件夹的 yushen.json 里，内容同接口的新建申请。"
        ),
    )
    parser.add_argument("folder", type=Path, metavar="DIR", help="扫描仪存放文件的目录")
    parser.add_argument("--url", required=True, metavar="URL", help="预审服务的地址")
    parser.add_argument("--key", metavar="KEY", help=f"接口密钥；不写则取环境变量 {_KEY}（命令行上的别人看得到）")
    parser.add_argument("--disease", metavar="NAME_OR_ID", help="没有写明病种的申请按这个病种")
    parser.add_argument("--submit", action="store_true", help="上传完就提交；否则由窗口人员或本人提交")
    parser.add_argument("--settle", type=float, default=10.0, metavar="SECONDS", help="多久不变才算扫完，默认 10 秒")
    parser.add_argument("--every", type=float, default=2.0, metavar="SECONDS", help="多久看一次，默认 2 秒")
    parser.add_argument("--once", action="store_true", help="办完现有的就结束")
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Watch until interrupted, or with ``--once`` until nothing is left to do.

    Raises:
        CommandError: the folder, the address or the key cannot be used.
    """
    from pipeline.cli.watching.calling import Calling
    from pipeline.cli.watching.watcher import Watcher

    key = options.key or os.environ.get(_KEY, "")
    if not key:
        raise CommandError(f"缺少接口密钥：写在环境变量 {_KEY} 或 --key")
    if not options.folder.is_dir():
        raise CommandError(f"找不到目录 {options.folder}")
    root = options.folder.resolve()
    watcher = Watcher(
        root=root,
        calling=Calling(options.url, key),
        defaults={"disease": options.disease} if options.disease else {},
        submit=options.submit,
        settle=max(0.0, options.settle),
        tell=lambda line: print(line, flush=True),
    )
    with _alone(root):
        while watcher.step() or not options.once:
            time.sleep(max(0.1, options.every))
    return OK


@contextmanager
def _alone(root: Path) -> Iterator[None]:
    """Let one program watch the folder; a lock that a killed one left is taken over."""
    import psutil

    from pipeline.cli.watching.folder import STATE

    state = root / STATE
    try:
        state.mkdir(mode=0o700, exist_ok=True)
        lock = state / "lock"
        if lock.exists():
            holder, _, born = lock.read_text(encoding="ascii", errors="replace").partition(" ")
            if holder.isdigit() and int(holder) != os.getpid() and _alive(int(holder), born):
                raise CommandError(f"{root} 已有一个 yushen watch 在看（进程 {holder}）")
            lock.unlink()
        handle = os.open(lock, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        raise CommandError(f"{root} 已有一个 yushen watch 在看") from None
    except OSError as error:
        raise CommandError(f"目录 {root} 不能写：{error.strerror}") from error
    with os.fdopen(handle, "w", encoding="ascii") as file:
        file.write(f"{os.getpid()} {psutil.Process().create_time():.2f}")
    try:
        yield
    finally:
        lock.unlink(missing_ok=True)


def _alive(pid: int, born: str) -> bool:
    """Whether that very process runs; a number is given again after a restart of the machine."""
    import psutil

    try:
        return f"{psutil.Process(pid).create_time():.2f}" == born
    except psutil.Error:
        return False
