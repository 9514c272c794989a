"""Workers killed at random moments: every case is assessed once a revision, no page is lost or recorded twice."""

from __future__ import annotations

import random
import signal
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import func, select

from pipeline.service import trail
from pipeline.service.office import Office
from pipeline.service.states import PageState
from pipeline.service.tables import Application, Assessment, PageRow, TrailRow, Upload, WorkerRow
from pipeline.service.work.client import DurableQueue
from pipeline.service.work.system import prepare_system
from tests.service.made import add_file, made_application
from tests.service.work.fakes import photo, scan
from tests.service.work.processes import Process, Worker, workers


@pytest.fixture
def queue(office: Office) -> Iterator[DurableQueue]:
    prepare_system(office.settings)
    made = DurableQueue(office)
    yield made
    made.close()


def make_cases(office: Office, queue: DurableQueue, count: int, *, first: int = 0) -> list[str]:
    """Cases of a photo and a scan of two pages; every fourth also has a file that cannot be opened."""
    made = []
    for number in range(first, first + count):
        application = made_application(office, {}, submitted=False)
        made.append(application)
        seeds = [1000 + 10 * number + k for k in range(3)]
        files = {"照片.jpg": photo(seeds[0], side=400), "扫描.tif": scan(seeds[1:], side=400)}
        if number % 4 == 0:
            files["坏.pdf"] = b"%PDF-1.4 broken" + str(number).encode()
        for name, data in files.items():
            upload = add_file(office, application, name, data)
            if number % 5:  # every fifth case is never asked for: the sweeper has to find it
                queue.take_in(upload)
    return made


def assessed(office: Office) -> int:
    """How many cases are assessed at their present revision."""
    with office.database.read() as session:
        query = (
            select(func.count())
            .select_from(Application)
            .join(Assessment, Assessment.application_id == Application.id)
            .where(Assessment.revision == Application.revision)
        )
        return session.scalar(query) or 0


def check(office: Office, cases: list[str]) -> None:
    with office.database.read() as session:
        uploads = Counter(session.scalars(select(Upload.state)))
        broken = sum(1 for n in range(len(cases)) if n % 4 == 0)
        assert uploads == {PageState.DONE: 2 * len(cases), PageState.FAILED: broken}
        pages = list(session.scalars(select(PageRow)))
        assert Counter(p.state for p in pages) == {PageState.DONE: 3 * len(cases)}
        assert all(p.reading for p in pages)
        recorded = session.scalars(select(TrailRow).where(TrailRow.action == "page.read")).all()
        assert Counter(t.detail["page"] for t in recorded) == Counter({p.id: 1 for p in pages})
        opened = session.scalars(select(TrailRow).where(TrailRow.action == "upload.read")).all()
        assert Counter(t.detail["upload"] for t in opened) == Counter(session.scalars(select(Upload.id)))
        made = Counter((a, r) for a, r in session.execute(select(Assessment.application_id, Assessment.revision)))
        assert set(made.values()) == {1}
        assert {application for application, _ in made} == set(cases)
        assert trail.verify(session)[2] is None


def wait_for(office: Office, count: int, seconds: float) -> None:
    until = time.monotonic() + seconds
    while assessed(office) < count:
        assert time.monotonic() < until, f"{assessed(office)} of {count} assessed"
        time.sleep(0.2)


def killing(
    office: Office,
    running: list[Worker],
    count: int,
    *,
    seconds: float,
    seed: int,
    kills: int,
    beside: Sequence[Process] = (),
) -> int:
    """Kill workers at random moments, at most ``kills`` times, until every case is assessed; return how often.

    Nobody waits for a process, ``beside`` the workers too, that ended by itself.
    """
    chance, until, killed = random.Random(seed), time.monotonic() + seconds, 0
    while assessed(office) < count:
        assert time.monotonic() < until, f"{assessed(office)} of {count} assessed after {killed} kills"
        for each in (*running, *beside):
            assert each.process.poll() in (None, -signal.SIGKILL), each.said()[-20:]
        worker = chance.choice(running)
        if killed < kills and worker.works:
            time.sleep(chance.uniform(0.0, 2.5))
            worker.kill()
            worker.restart()
            killed += 1
        time.sleep(0.1)
    return killed


@pytest.mark.slow
def test_kills_twelve_cases_survive_workers_killed_at_random(
    office: Office, queue: DurableQueue, tmp_path: Path
) -> None:
    several = bool(office.settings.service.database_url)
    with workers(office, tmp_path, 2 if several else 1) as running:
        cases = make_cases(office, queue, 12)
        # Most of the time goes into starting again: six kills fall on every kind of step already.
        killed = killing(office, running, len(cases), seconds=600, seed=7, kills=6)
    assert killed > 2
    check(office, cases)


@pytest.mark.slow
def test_kills_two_workers_share_the_queue(postgres_office: Office, tmp_path: Path) -> None:
    office = postgres_office
    prepare_system(office.settings)
    with closing(DurableQueue(office)) as queue, workers(office, tmp_path, 2, seconds=0.3):
        cases = make_cases(office, queue, 6)
        wait_for(office, len(cases), 240)
        with office.database.read() as session:
            assert session.scalar(select(func.count()).select_from(WorkerRow)) == 2
        check(office, cases)
        ran = queue._asker.client.list_workflows(name="page", load_input=False, load_output=False)
    assert len({each.executor_id for each in ran}) == 2


@pytest.mark.slow
def test_kills_a_worker_told_to_end_hands_its_page_back(office: Office, queue: DurableQueue, tmp_path: Path) -> None:
    with workers(office, tmp_path, 1, seconds=600.0, grace=1.0) as (slow,):
        application = made_application(office, {}, submitted=False)
        queue.take_in(add_file(office, application, "照片.jpg", photo(1)))
        until = time.monotonic() + 60
        while state_of_page(office) is not PageState.READING:
            assert time.monotonic() < until
            time.sleep(0.1)
        slow.process.terminate()
        assert slow.process.wait(20) == 0
        assert state_of_page(office) is PageState.WAITING
        with office.database.read() as session:
            assert session.scalars(select(WorkerRow)).all() == []
    with workers(office, tmp_path, 1):
        wait_for(office, 1, 60)
    with office.database.read() as session:
        assert session.scalars(select(PageRow.attempts)).all() == [1]


def state_of_page(office: Office) -> PageState | None:
    with office.database.read() as session:
        return session.scalar(select(PageRow.state))
