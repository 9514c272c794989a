"""How long requests take on two cores while workers read: platforms and applicants upload, look and submit.

    python -m tests.benchmarks.upload_latency                 # yushen serve on SQLite, two pages read at once
    python -m tests.benchmarks.upload_latency --postgres      # a PostgreSQL of its own, two worker processes

Real processes, real OCR. Photographs wait in the queue before measuring begins, and more come with every upload, so
the workers never rest; how much of the two cores they had is printed. Half of the clients call the API, half are
browsers of applicants. All run on the same two cores as the service. Exit status 1 where 95 % of the requests, or of
the uploads among them, took more than 200 ms.
"""

from __future__ import annotations

import argparse
import io
import itertools
import json
import math
import os
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path

import psutil
from PIL import Image
from sqlalchemy import func, select

from pipeline.service.office import Office, open_office
from pipeline.service.states import PageState
from pipeline.service.tables import PageRow
from pipeline.settings import load_settings
from tests.benchmarks.clients import Applicant, Call, Platform
from tests.benchmarks.machine import machine, on_cores
from tests.service import postgres
from tests.service.api.conftest import make_key

GOAL_MS = 200.0
SAMPLES = Path(__file__).resolve().parents[2] / "data_samples"
_FILES_A_CASE = 5
_SIDE = 3200
"""Of a photograph as the applicant's page sends it."""


class Files:
    """Photographs that all differ, and between them printed PDFs. Safe to share between threads."""

    def __init__(self) -> None:
        self._photos = sorted(path for path in SAMPLES.glob("*/*.jpg") if path.parent.name != "bad_files")
        self._pdfs = sorted(path for path in SAMPLES.glob("*/*.pdf") if path.parent.name != "bad_files")
        self._numbers = itertools.count()
        self._made: list[tuple[str, bytes]] = []
        self._lock = threading.Lock()

    def prepare(self, count: int) -> None:
        """Draw before measuring: scaling photographs takes a processor."""
        self._made = [self._draw(next(self._numbers)) for _ in range(count)]

    def take(self) -> tuple[str, bytes]:
        with self._lock:
            return self._made.pop()

    def _draw(self, number: int) -> tuple[str, bytes]:
        if number % 5 == 4:
            path = self._pdfs[number % len(self._pdfs)]
            return f"{number}.pdf", path.read_bytes() + f"\n% {number}\n".encode()
        with Image.open(self._photos[number % len(self._photos)]) as photo:
            cut = photo.crop((number % 40, number // 40, photo.width, photo.height))
        scale = _SIDE / max(cut.size)
        out = io.BytesIO()
        cut.resize((round(cut.width * scale), round(cut.height * scale))).save(out, "JPEG", quality=85)
        return f"{number}.jpg", out.getvalue()


@contextmanager
def service(folder: Path, url: str, workers: int) -> Iterator[tuple[str, Path, list[psutil.Process]]]:
    """The service as processes; gives its address, its configuration, and the roots of server and workers."""
    config = folder / "yushen.toml"
    readers = 1 if workers else 2
    told = {"data_dir": str(folder / "data"), "database_url": url, "port": 0, "readers": readers}
    lines = "\n".join(f"{key} = {json.dumps(value)}" for key, value in told.items())
    config.write_text(f"[service]\n{lines}\n", encoding="utf-8")
    log = folder / "log"
    with ExitStack() as running, log.open("ab") as out:

        def start(*command: str) -> psutil.Process:
            process = subprocess.Popen(
                [sys.executable, "-m", "pipeline.cli", *command, "--config", str(config)], stdout=out, stderr=out
            )
            running.callback(process.wait)
            running.callback(process.terminate)
            return psutil.Process(process.pid)

        server = start("serve", *(["--no-worker"] if workers else []))
        address = _address(log, server)
        yield address, config, [server, *(start("worker") for _ in range(workers))]


def _address(log: Path, server: psutil.Process) -> str:
    mark = "预审服务已启动："
    while server.is_running():
        for line in log.read_text(encoding="utf-8").splitlines():
            if mark in line:
                return line.partition(mark)[2].strip()
        time.sleep(0.2)
    raise SystemExit(log.read_text(encoding="utf-8"))


def pages(office: Office, *states: PageState) -> int:
    with office.database.read() as session:
        return session.scalar(select(func.count()).select_from(PageRow).where(PageRow.state.in_(states))) or 0


def cpu(roots: Sequence[psutil.Process], server: psutil.Process) -> dict[str, float]:
    """CPU seconds so far: of the server's own process, and of the workers with all below them, the ended ones too."""
    spent = {"server": 0.0, "workers": 0.0}
    for root in roots:
        for each in [root, *root.children(recursive=True)]:
            try:
                times = each.cpu_times()
            except psutil.Error:
                continue
            own, ended = times.user + times.system, times.children_user + times.children_system
            spent["server" if each == server else "workers"] += own
            spent["workers"] += ended
    return spent


def percentile(values: Sequence[float], share: float) -> float:
    """Return the least value that ``share`` of them do not exceed."""
    return sorted(values)[max(math.ceil(len(values) * share) - 1, 0)]


def table(calls: Sequence[Call]) -> str:
    """Milliseconds by kind of request, as Markdown."""
    lines = ["| request | count | p50 ms | p95 ms | p99 ms | most ms |", "| --- | --- | --- | --- | --- | --- |"]
    kinds = sorted({call.kind for call in calls})
    groups = [(kind, [call for call in calls if call.kind == kind]) for kind in kinds]
    groups += [("all uploads", [call for call in calls if call.upload]), ("all", list(calls))]
    for name, group in groups:
        times = [call.ms for call in group]
        shares = " | ".join(f"{percentile(times, share):.0f}" for share in (0.5, 0.95, 0.99, 1.0))
        lines.append(f"| {name} | {len(times)} | {shares} |")
    return "\n".join(lines)


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.upload_latency")
    parser.add_argument("--postgres", action="store_true")
    parser.add_argument("--uploads", type=int, default=200)
    parser.add_argument("--clients", type=int, default=4)
    parser.add_argument("--backlog", type=int, default=40, help="files that wait before measuring begins")
    parser.add_argument("--pause", type=float, default=0.1, help="mean seconds between two requests of a client")
    options = parser.parse_args()
    on_cores(2)
    print(machine())
    files = Files()
    files.prepare(options.uploads + options.backlog + _FILES_A_CASE * options.clients)
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="yushen-load-")))
        url = f"{stack.enter_context(postgres.server())}/postgres" if options.postgres else ""
        address, config, roots = stack.enter_context(service(folder, url, 2 if options.postgres else 0))
        office = open_office(load_settings(config), upgrade=False)
        stack.callback(office.close)
        key = make_key(office, per_minute=1_000_000)
        first = Platform(address, key, pause=0.0)
        for _ in range(options.backlog // _FILES_A_CASE):
            first.case(files.take, _FILES_A_CASE)
        while pages(office, PageState.DONE) < 2:  # the models are loaded, both readers read
            time.sleep(0.5)
        clients = [
            Platform(address, key, pause=options.pause) if n % 2 else Applicant(address, pause=options.pause)
            for n in range(options.clients)
        ]
        cases = max(1, options.uploads // (options.clients * _FILES_A_CASE))
        threads = [threading.Thread(target=each.cases, args=(cases, files.take, _FILES_A_CASE)) for each in clients]
        done, spent, began = pages(office, PageState.DONE), cpu(roots, roots[0]), time.monotonic()
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        took = time.monotonic() - began
        now = cpu(roots, roots[0])
        read = pages(office, PageState.DONE) - done
        left = pages(office, PageState.WAITING, PageState.READING)
        busy = {name: (now[name] - spent[name]) / took for name in now}
    calls = [call for each in clients for call in each.calls]
    failed = [call for call in calls if not call.good]
    size = statistics.mean(call.bytes for call in calls if call.upload)
    print(table(calls))
    print(
        f"{took:.0f} s; cores: workers {busy['workers']:.2f}, server {busy['server']:.2f}; "
        f"{read} pages read meanwhile, {left} still waiting; load {os.getloadavg()[0]:.1f}; "
        f"{size / 1024:.0f} KiB an upload; {len(failed)} refused"
    )
    worst = max(percentile([c.ms for c in group], 0.95) for group in (calls, [c for c in calls if c.upload]))
    missed = worst > GOAL_MS or bool(failed) or not left
    print(f"95 % within {worst:.0f} ms (goal {GOAL_MS:.0f}): {'missed' if missed else 'reached'}")
    return int(missed)


if __name__ == "__main__":
    sys.exit(main())
