"""Checks of the machine: Python, packages, system libraries, disk, memory, fonts."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from pipeline.doctor.check import Check, State
from pipeline.settings import REPOSITORY
from pipeline.workers.sandbox import EVERYTHING

__all__ = [
    "check_disk",
    "check_font",
    "check_memory",
    "check_opencv",
    "check_packages",
    "check_python",
    "check_sandbox",
    "check_temp",
]

_GIB = 1024**3
_SETUP = "在项目目录运行 ./setup.sh"


def check_python() -> Check:
    """Python 3.11 or newer."""
    here = ".".join(str(n) for n in sys.version_info[:3])
    good = sys.version_info >= (3, 11)
    return Check(
        id="python",
        title="Python",
        state="ok" if good else "fail",
        detail=f"{here}，{sys.executable}",
        advice="" if good else "需要 Python 3.11 或更新版本；安装后重新运行 ./setup.sh",
    )


def check_packages(lock: Path = REPOSITORY / "requirements.lock") -> Check:
    """Installed versions against the lock file."""
    title = "软件包"
    try:
        wanted = dict(
            line.split("==", 1)
            for line in (raw.split("#")[0].strip() for raw in lock.read_text(encoding="utf-8").splitlines())
            if "==" in line
        )
    except OSError:
        return Check(
            id="packages", title=title, state="warn", detail="没有 requirements.lock，无法核对版本", advice=_SETUP
        )
    missing, other = [], []
    for name, pinned in wanted.items():
        try:
            found = version(name)
        except PackageNotFoundError:
            missing.append(name)
            continue
        # A build for one kind of machine says so behind a plus (torch 2.13.0+cpu); it is the same version (PEP 440).
        if found != pinned and found.partition("+")[0] != pinned:
            other.append(f"{name} {found}（应为 {pinned}）")
    if missing:
        return Check(id="packages", title=title, state="fail", detail=f"缺少 {'、'.join(missing[:8])}", advice=_SETUP)
    if other:
        detail = f"版本与锁定的不同：{'、'.join(other[:5])}"
        return Check(id="packages", title=title, state="warn", detail=detail, advice=_SETUP)
    return Check(id="packages", title=title, state="ok", detail=f"{len(wanted)} 个，版本与 requirements.lock 一致")


def check_opencv() -> Check:
    """``cv2`` loads in a fresh process; the distribution build fails where libGL is missing."""
    done = subprocess.run(
        [sys.executable, "-c", "import cv2; print(cv2.__version__)"], capture_output=True, text=True, check=False
    )
    if done.returncode == 0:
        return Check(id="opencv", title="OpenCV", state="ok", detail=done.stdout.strip())
    reason = (done.stderr.strip().splitlines() or ["?"])[-1]
    advice = (
        f"{Path(sys.executable).name} -m pip install --no-deps --force-reinstall "
        "opencv-contrib-python-headless==4.10.0.84（./setup.sh 会自动完成；无需 root）"
    )
    return Check(id="opencv", title="OpenCV", state="fail", detail=reason, advice=advice)


def check_disk() -> Check:
    """Free space where the project and the temporary files lie."""
    places = {"项目目录": REPOSITORY, "临时目录": Path(tempfile.gettempdir())}
    free = {name: shutil.disk_usage(path).free for name, path in places.items()}
    detail = "，".join(f"{name}可用 {size / _GIB:.1f} GiB" for name, size in free.items())
    least = min(free.values())
    state: State = "ok" if least >= 2 * _GIB else "warn" if least >= _GIB // 4 else "fail"
    advice = "" if state == "ok" else "请腾出至少 2 GiB 空间，或用环境变量 TMPDIR 指定空间充足的临时目录"
    return Check(id="disk", title="磁盘", state=state, detail=detail, advice=advice)


def check_temp() -> Check:
    """The temporary folder takes private files."""
    folder = tempfile.gettempdir()
    try:
        with tempfile.TemporaryDirectory(prefix="yushen-") as name:
            (Path(name) / "probe").write_bytes(b"x" * 4096)
    except OSError as error:
        advice = "请修复该目录的权限，或用环境变量 TMPDIR 指定可写目录"
        return Check(
            id="temp", title="临时目录", state="fail", detail=f"{folder}：{error.strerror or error}", advice=advice
        )
    return Check(id="temp", title="临时目录", state="ok", detail=f"{folder} 可写")


def check_memory() -> Check:
    """Memory for at least one reading worker beside the main process."""
    import psutil

    available = psutil.virtual_memory().available
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    state: State = "ok" if available >= 2 * _GIB else "warn" if available >= _GIB else "fail"
    advice = "" if state == "ok" else "请关闭其他程序，或在设置文件 [ocr] 中写 workers = 1；至少需要 2 GiB 可用内存"
    detail = f"可用 {available / _GIB:.1f} GiB，{cores} 个处理器核"
    return Check(id="memory", title="内存", state=state, detail=detail, advice=advice)


def check_font() -> Check:
    """A Chinese font for viewing reports on this machine; reading does not need one."""
    names = (
        "*CJK*",
        "*SourceHan*",
        "*wqy*",
        "*msyh*",
        "*simsun*",
        "*simhei*",
        "*PingFang*",
        "*uming*",
        "*SC-*",
        "*Hei*",
    )
    folders = (
        Path("/usr/share/fonts"),
        Path("/usr/local/share/fonts"),
        Path("/System/Library/Fonts"),
        Path("/Library/Fonts"),
        Path.home() / ".fonts",
        Path.home() / ".local/share/fonts",
    )
    for folder in folders:
        if folder.is_dir():
            for name in names:
                found = next(folder.rglob(name + ".[to]t[fc]"), None)
                if found is not None:
                    return Check(id="font", title="中文字体", state="ok", detail=str(found.name))
    advice = "识别与审核不受影响；要在本机查看或打印报告，请安装中文字体（如 apt install fonts-noto-cjk）"
    return Check(id="font", title="中文字体", state="warn", detail="本机没有找到中文字体", advice=advice)


def check_sandbox() -> Check:
    """What a process that opens strangers' files gives up on this system; tried in one of its own."""
    title = "文件隔离"
    program = "import sys\nfrom pipeline.workers.sandbox import Sandbox, shut_in\n"
    program += "print(*shut_in(Sandbox(writable=(sys.argv[1],), readable=())))"
    with tempfile.TemporaryDirectory(prefix="yushen-") as folder:
        done = subprocess.run(  # noqa: S603 - our own interpreter
            [sys.executable, "-c", program, folder],
            capture_output=True,
            text=True,
            check=False,
            env={**os.environ, "PYTHONPATH": os.pathsep.join(entry for entry in sys.path if entry)},
        )
    held = done.stdout.split()
    missing = [name for name in EVERYTHING if name not in held]
    detail = "打开材料的进程：" + ("、".join(held) or "没有隔离")
    if not missing:
        return Check(id="sandbox", title=title, state="ok", detail=detail)
    advice = (
        f"本机没有 {'、'.join(missing)}：恶意文件若攻破解码程序，可能上网或读写别的文件；"
        "请用较新的 Linux 内核（5.13 以上）"
    )
    return Check(id="sandbox", title=title, state="warn", detail=detail, advice=advice)
