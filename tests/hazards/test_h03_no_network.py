"""H3: with the models in place nothing asks the network.

The page is read inside a network namespace that has no interface but a dead loopback. Where the kernel forbids that to
ordinary users, every connection is refused inside the program instead, and attempts are counted.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests.drawn_pages import draw
from tests.review.running import namespaces_allowed

pytestmark = pytest.mark.slow

ROOT = Path(__file__).resolve().parents[2]

PROGRAM = """
import os, socket, sys
from pathlib import Path

attempts = []
if sys.argv[2] == "blocked":
    def refuse(self, address, *rest):
        if self.family != socket.AF_UNIX:
            attempts.append(address)
            raise OSError("no network")
        return connect(self, address, *rest)
    connect, socket.socket.connect, socket.socket.connect_ex = socket.socket.connect, refuse, refuse
    def lookup(*address, **more):
        attempts.append(address)
        raise OSError("no network")
    socket.getaddrinfo = lookup
else:
    names = [name for _, name in socket.if_nameindex()]
    assert names in ([], ["lo"]), names

from pipeline.reading import worker
from pipeline.settings import OcrSettings

worker.prepare(OcrSettings())
reading, _ = worker.read(worker.Job(Path(sys.argv[1]), "1"))
assert not attempts, attempts
print("".join(line.text for line in reading.lines))
"""


def run_reading(image: Path, mode: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-c", PROGRAM, str(image), mode]
    if mode == "namespace":
        command = ["unshare", "-rn", *command]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=300)


def test_a_page_is_read_without_any_network(tmp_path: Path) -> None:
    image = tmp_path / "page.png"
    draw([(40, 40, "肌酐 812.4 μmol/L")], size=(520, 130)).save(image)
    done = run_reading(image, "namespace" if namespaces_allowed() else "blocked")
    assert done.returncode == 0, done.stderr[-2000:]
    assert "812.4" in done.stdout


def test_reading_never_tries_to_connect(tmp_path: Path) -> None:
    image = tmp_path / "page.png"
    draw([(40, 40, "尿素 28.11 mmol/L")], size=(520, 130)).save(image)
    done = run_reading(image, "blocked")
    assert done.returncode == 0, done.stderr[-2000:]
    assert "28.11" in done.stdout
