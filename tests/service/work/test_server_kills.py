"""Server and workers killed at random moments while platforms send cases: all arrive, and each is done once.

8 cases in every test run; as many as YUSHEN_KILL_CASES says where it is set.
"""

from __future__ import annotations

import importlib.util
import os
import random
import threading
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from pipeline.service.office import Office
from pipeline.service.states import State
from pipeline.service.tables import Application, PageRow, Upload, UploadPart, UploadSession
from pipeline.service.work import leftovers
from pipeline.service.work.system import prepare_system
from tests.service.api.conftest import make_key
from tests.service.work.fakes import photo, scan
from tests.service.work.processes import Server, workers
from tests.service.work.test_kills import check, killing, wait_for

CASES = int(os.environ.get("YUSHEN_KILL_CASES", "8"))
PLATFORMS = 3
_CLIENT = Path(__file__).resolve().parents[3] / "docs/api/client.py"


@pytest.fixture(scope="module")
def example() -> Any:
    """The example client: what it promises of broken connections is what is proved here."""
    spec = importlib.util.spec_from_file_location("example_client_killed", _CLIENT)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    module.PART = 2000
    return module


def send(client: Any, number: int, folder: Path) -> str:
    """Send one case in every way there is: in parts, as a form, as raw bytes. Returns its id."""
    made: str = client.create("高血压", {"name": f"测试{number}", "phone": "13900000000"})["id"]
    seeds = [1000 + 10 * number + k for k in range(3)]
    path = folder / f"照片{number}.jpg"
    path.write_bytes(photo(seeds[0], side=400))
    client.upload(made, path)
    form = [("files", ("扫描.tif", scan(seeds[1:], side=400), "image/tiff"))]
    client._call("POST", f"/applications/{made}/uploads", files=form)
    if number % 4 == 0:
        path = folder / f"坏{number}.pdf"
        path.write_bytes(b"%PDF-1.4 broken" + str(number).encode())
        client.upload(made, path)
    if number % 2:
        client.submit(made)
    return made


@contextmanager
def killed_at_random(
    server: Server, chance: random.Random, most: int, while_busy: list[Future[str]]
) -> Iterator[list[int]]:
    """Kill the server again and again, at most ``most`` times, while any of the futures is not done.

    Yields:
        How many requests it had answered each time; it is killed in the midst of a later one.
    """
    answered: list[int] = []
    over = threading.Event()
    longest = max(6, min(30, len(while_busy) // 2))  # few cases make few requests, and all kills must fit

    def kill() -> None:
        before, wanted = 0, chance.randint(1, longest)
        while len(answered) < most and not over.is_set() and not all(each.done() for each in while_busy):
            count = server.answered
            if count - before < wanted:
                time.sleep(0.02)
                continue
            time.sleep(chance.uniform(0.0, 0.1))
            server.kill()
            answered.append(count - before)
            before, wanted = server.answered, chance.randint(1, longest)
            server.restart()

    thread = threading.Thread(target=kill)
    thread.start()
    try:
        yield answered
    finally:
        over.set()
        thread.join()


@pytest.mark.slow
def test_server_and_workers_killed_while_cases_come(
    office: Office, example: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    prepare_system(office.settings)
    key = make_key(office, per_minute=1_000_000)
    began, chance = time.monotonic(), random.Random(13)
    server = Server(office, tmp_path / "server.log")
    try:
        with (
            workers(office, tmp_path, 2 if office.settings.service.database_url else 1) as running,
            ThreadPoolExecutor(PLATFORMS) as platforms,
        ):
            for each in (server, *running):
                each.wait()
            client = example.Client(server.address, key, tries=300)
            coming = [platforms.submit(send, client, number, tmp_path) for number in range(CASES)]
            with killed_at_random(server, chance, max(4, CASES // 4), coming) as ends:
                most = max(4, CASES // 5)
                kills = killing(office, running, CASES, seconds=1800, seed=11, kills=most, beside=[server])
            cases = [each.result() for each in coming]
            wait_for(office, CASES, 600)
    finally:
        server.kill()
    took = time.monotonic() - began
    print(f"{CASES} cases: {took:.0f} s, workers killed {kills} times, server after {ends} requests")
    assert len(ends) > 1
    assert kills > 0
    assert len(set(cases)) == CASES
    check(office, cases)
    with office.database.read() as session:
        states = {case.id: case.state for case in session.scalars(select(Application))}
        assert states == {id: State.SUBMITTED if n % 2 else State.DRAFT for n, id in enumerate(cases)}
        files = Counter(session.scalars(select(Upload.application_id)))
        assert files == {id: 2 + (n % 4 == 0) for n, id in enumerate(cases)}
        ways = Counter(session.scalars(select(UploadSession.application_id)))
        assert ways == dict.fromkeys(cases, 1)
        assert None not in session.scalars(select(UploadSession.upload_id)).all()
        assert session.scalars(select(UploadPart.id)).all() == []
        named = set(session.scalars(select(Upload.blob))) | set(session.scalars(select(PageRow.image)))
    monkeypatch.setattr(leftovers, "_AGE", leftovers._AGE * 0)
    leftovers.sweep_blobs(office)
    assert set(office.blobs.digests()) == named
    assert all(office.blobs.check(digest) for digest in named)
