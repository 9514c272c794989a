"""Runs the command line as a user does, in a process of its own."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

__all__ = ["Run", "module", "namespaces_allowed", "yushen"]

ROOT = Path(__file__).resolve().parents[2]
PROGRAM = "import sys; from pipeline.cli import main; sys.exit(main(sys.argv[1:]))"


@dataclass(frozen=True, slots=True)
class Run:
    """What came of one command."""

    status: int
    stdout: str
    stderr: str

    @property
    def json(self) -> dict[str, Any]:
        return dict(json.loads(self.stdout))


def namespaces_allowed() -> bool:
    """Whether this user may start a process in a network namespace of its own."""
    unshare = shutil.which("unshare")
    return unshare is not None and subprocess.run([unshare, "-rn", "true"], capture_output=True).returncode == 0


def yushen(*arguments: str | Path, offline: bool = False, cwd: Path = ROOT) -> Run:
    """Run ``yushen`` with ``arguments``; with ``offline``, where no interface is up or every connection is refused."""
    return _run(["-c", PROGRAM, *arguments], offline=offline, cwd=cwd)


def module(name: str, *arguments: str | Path, offline: bool = False) -> Run:
    """Run the program of a module, as :func:`yushen`."""
    return _run(["-m", name, *arguments], offline=offline, cwd=ROOT)


def _run(arguments: Sequence[str | Path], *, offline: bool, cwd: Path) -> Run:
    words: Sequence[str] = [sys.executable, *(str(argument) for argument in arguments)]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    if offline and namespaces_allowed():
        words = ["unshare", "-rn", *words]
    elif offline:
        # Child processes inherit it too: Python imports sitecustomize before anything else.
        environment["PYTHONPATH"] = f"{ROOT / 'tests/review/no_network'}:{ROOT}"
    done = subprocess.run(words, cwd=cwd, env=environment, capture_output=True, text=True, timeout=1800)
    return Run(done.returncode, done.stdout, done.stderr)
