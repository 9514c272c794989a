"""A worker in this process, on SQLite: order, sweeping, tries, webhooks."""

from __future__ import annotations

import datetime as dt
import sqlite3
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest
from sqlalchemy import select, update

from pipeline.service.office import Office, open_office
from pipeline.service.states import PageState
from pipeline.service.tables import Application, Assessment, PageRow, Upload, WorkerRow
from pipeline.service.work import ask, flows, leftovers, sweep
from pipeline.service.work.client import DurableQueue
from pipeline.service.work.executors import Executors
from pipeline.service.work.names import Kind, Work
from pipeline.service.work.seams import Seams
from pipeline.service.work.sweep import Sweeper
from pipeline.service.work.system import prepare_system
from pipeline.service.work.taking_in import scratch
from pipeline.service.work.worker import run_worker
from pipeline.settings import ServiceSettings, Settings
from tests.service.made import add_file, made_application
from tests.service.work.fakes import FakeReader, fake_assess, photo, scan

pytestmark = pytest.mark.slow


@pytest.fixture
def here(tmp_path: Path) -> Iterator[Office]:
    office = open_office(Settings(service=ServiceSettings(data_dir=tmp_path / "data")))
    prepare_system(office.settings)
    yield office
    office.close()


@contextmanager
def working(office: Office, reader: FakeReader, *, seams: Seams | None = None) -> Iterator[None]:
    stop = threading.Event()
    more = {"readers": 1, "seams": seams or Seams(assess=fake_assess), "grace": 1.0, "sweep_seconds": 1.0}
    thread = threading.Thread(target=run_worker, args=(office, reader, stop), kwargs=more)
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join()


def until(true: Callable[[], object], seconds: float = 90.0) -> None:
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end
        time.sleep(0.1)


def assessed(office: Office, application: str) -> bool:
    with office.database.read() as session:
        case = session.get(Application, application)
        assert case is not None
        query = select(Assessment.id).where(
            Assessment.application_id == application, Assessment.revision == case.revision
        )
        return session.scalar(query) is not None


def test_worker_a_small_case_does_not_wait_for_a_large_one(here: Office) -> None:
    reader, queue = FakeReader(seconds=0.15), DurableQueue(here)
    large, small = (made_application(here, {}, submitted=False) for _ in range(2))
    queue.take_in(add_file(here, large, "大.tif", scan(range(100, 160), side=300)))
    with working(here, reader):
        until(lambda: len(reader.read_pages) > 3)
        queue.take_in(add_file(here, small, "小.tif", scan([1, 2], side=300)))
        until(lambda: assessed(here, small))
        assert not assessed(here, large)
        before = list(reader.read_pages)
        until(lambda: assessed(here, large))
    queue.close()
    with here.database.read() as session:
        query = select(PageRow.id).join(PageRow.upload).where(Upload.application_id == small)
        first, second = sorted(before.index(page) for page in session.scalars(query))
    assert second - first <= 2
    assert len(reader.read_pages) == 62


def test_worker_finds_what_nobody_asked_for(here: Office) -> None:
    """Rows from just before a crash: a file, a page being read, a case with everything read."""
    cases = [made_application(here, {}, submitted=False) for _ in range(2)]
    for number, case in enumerate(cases):
        add_file(here, case, "照片.jpg", photo(number, side=300))
    with working(here, FakeReader()):
        until(lambda: all(assessed(here, case) for case in cases))
    with here.database.write() as session:
        session.execute(update(PageRow).values(state=PageState.READING))
        session.execute(update(Application).values(revision=Application.revision + 1))
    with working(here, FakeReader(version="fake 2")):
        until(lambda: all(assessed(here, case) for case in cases))
    with here.database.read() as session:
        assert set(session.scalars(select(PageRow.state))) == {PageState.DONE}
        assert set(session.scalars(select(PageRow.reader))) == {"fake 2"}


def test_worker_a_step_that_breaks_is_tried_again_and_stands_in_nobodys_way(
    here: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(flows, "_FIRST_DELAY", 0.1)

    def breaks(page: object, before: int) -> str | None:
        if len(reader.read_pages) < 3:
            raise ValueError("某人的姓名")
        return None

    reader, queue = FakeReader(fails=breaks), DurableQueue(here)
    case = made_application(here, {}, submitted=False)
    queue.take_in(add_file(here, case, "照片.jpg", photo(1, side=300)))
    with working(here, reader):
        until(lambda: assessed(here, case))
    found = queue._asker.client.list_workflows(name="page")
    queue.close()
    assert len(found) == 3
    assert all("姓名" not in f"{each.output} {each.error}" for each in found)


def test_worker_a_page_whose_step_always_breaks_fails_in_the_end(here: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(flows, "_FIRST_DELAY", 0.01)

    def breaks(page: object, before: int) -> str | None:
        raise ValueError

    queue = DurableQueue(here)
    case = made_application(here, {}, submitted=False)
    queue.take_in(add_file(here, case, "照片.jpg", photo(1, side=300)))
    with working(here, FakeReader(fails=breaks)):
        until(lambda: assessed(here, case))
    queue.close()
    with here.database.read() as session:
        row = session.scalars(select(PageRow)).one()
        assert (row.state, row.code) == (PageState.FAILED, "gave_up")
        assert row.why


def test_worker_a_webhook_is_tried_until_it_says_no_more(here: Office) -> None:
    told: list[str] = []

    def deliver(office: Office, delivery: str) -> dt.datetime | None:
        told.append(delivery)
        return dt.datetime.now(dt.UTC) + dt.timedelta(seconds=1) if len(told) < 3 else None

    queue = DurableQueue(here)
    queue.tell("a" * 32)
    queue.tell("a" * 32)
    queue.settle()  # asked for only after the last try, the second would be a delivery of its own
    with working(here, FakeReader(), seams=Seams(assess=fake_assess, deliver=deliver)):
        until(lambda: len(told) == 3)
        time.sleep(2)
    queue.close()
    assert told == ["a" * 32] * 3


def test_worker_an_assessment_asked_for_while_one_runs_is_made(here: Office) -> None:
    queue = DurableQueue(here)
    case = made_application(here, {}, submitted=False)
    queue.take_in(add_file(here, case, "照片.jpg", photo(1, side=300)))
    with working(here, FakeReader()):
        until(lambda: assessed(here, case))
        with here.database.write() as session:
            session.execute(update(Application).values(revision=Application.revision + 1))
        queue.assess(case)
        until(lambda: assessed(here, case), 8)
    queue.close()


def test_worker_asking_is_no_failure_when_the_queue_is_away(here: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    def away(*_: object, **__: object) -> None:
        raise OSError("postgresql://user:geheim@host")

    queue = DurableQueue(here)
    case = made_application(here, {}, submitted=False)
    upload = add_file(here, case, "照片.jpg", photo(1, side=300))
    monkeypatch.setattr(ask.Asker, "ask", away)
    queue.take_in(upload)
    queue.assess(case)
    queue.tell("b" * 32)
    queue.close()
    with here.database.read() as session:
        assert session.scalars(select(Upload.state)).all() == [PageState.WAITING]


def test_executors_know_who_is_gone(here: Office) -> None:
    mine, other = Executors(here.database, readers=2), Executors(here.database, readers=1)
    mine.beat()
    other.beat()
    assert mine.living() == {mine.id: 2, other.id: 1}
    with here.database.write() as session:  # its process number is another process's now
        session.execute(update(WorkerRow).where(WorkerRow.id == other.id).values(born=WorkerRow.born - 100))
    assert set(mine.living()) == {mine.id}
    silent = dt.datetime.now(dt.UTC) - dt.timedelta(minutes=5)
    with here.database.write() as session:  # on another machine: only its silence tells
        session.execute(update(WorkerRow).where(WorkerRow.id == other.id).values(host="elsewhere"))
    assert set(mine.living()) == {mine.id, other.id}
    with here.database.write() as session:
        session.execute(update(WorkerRow).where(WorkerRow.id == other.id).values(seen_at=silent))
    assert set(mine.living()) == {mine.id}
    mine.leave()
    assert mine.registered() == {other.id}


def test_asker_counts_on_from_what_has_ended(here: Office) -> None:
    asker = ask.Asker(here.settings, patient=False)
    work = Work(Kind.PAGE, "c" * 32)
    assert asker.ask_again(work, priority=5) == work
    assert asker.ask_again(work, priority=5) is None
    assert asker.under_way(Kind.PAGE) == {"c" * 32}
    asker.client.cancel_workflow(work.id)
    assert asker.ask_again(work, priority=5) == Work(Kind.PAGE, "c" * 32, 2)
    assert asker.last(work) == ("ENQUEUED", 2)
    asker.close()


@pytest.fixture
def sweeper(here: Office) -> Iterator[Sweeper]:
    asker = ask.Asker(here.settings, patient=False)
    shop = flows.Shop(office=here, reader=FakeReader(), seams=Seams(assess=fake_assess), asker=asker, readers=1)
    yield Sweeper(shop, Executors(here.database, readers=1))
    asker.close()


def read_case(office: Office, *, submitted: bool = False) -> str:
    application = made_application(office, {"出院.jpg": ("无关",)}, submitted=submitted)
    assert fake_assess(office, application)
    return application


def test_sweep_asks_for_cases_changed_since_they_were_assessed(here: Office, sweeper: Sweeper) -> None:
    changed, waiting, same = (read_case(here) for _ in range(3))
    made_application(here, {}, submitted=False)  # without files
    add_file(here, waiting, "新.jpg", photo(1))
    with here.database.write() as session:
        session.execute(
            update(Application).where(Application.id.in_([changed, waiting])).values(revision=Application.revision + 1)
        )
    assert sweeper._cases(thorough=True) == 1
    assert sweeper._shop.asker.under_way(Kind.ASSESS) == {changed}
    assert sweeper._cases(thorough=True) == 0
    assert same != changed


def test_sweep_asks_for_cases_submitted_on_another_day_than_they_were_assessed_on(
    here: Office, sweeper: Sweeper
) -> None:
    early, today = (read_case(here, submitted=True) for _ in range(2))
    with here.database.write() as session:
        session.execute(
            update(Assessment)
            .where(Assessment.application_id == early)
            .values(as_of=here.today() - dt.timedelta(days=1))
        )
    assert sweeper._cases(thorough=False) == 0
    assert sweeper._cases(thorough=True) == 1
    assert sweeper._shop.asker.under_way(Kind.ASSESS) == {early}
    assert today != early


def test_sweep_waits_longer_with_a_case_that_was_tried_often(here: Office, sweeper: Sweeper) -> None:
    case = read_case(here)
    assert sweeper._patience(case) == 0.0
    for generation in range(1, flows.GENERATIONS + 3):
        work = Work(Kind.ASSESS, f"{case}-2", generation)
        sweeper._shop.asker.ask(work, priority=1)
    assert sweeper._patience(case) > sweeper._patience(read_case(here))


def test_sweep_tidies_what_is_long_finished(here: Office, sweeper: Sweeper, monkeypatch: pytest.MonkeyPatch) -> None:
    asker, old = sweeper._shop.asker, Work(Kind.PAGE, "d" * 32)
    asker.ask(old, priority=1)
    asker.client.cancel_workflow(old.id)
    asker.ask(Work(Kind.PAGE, "e" * 32), priority=1)
    left = scratch(here) / "left-behind"
    left.mkdir()
    sweeper.tidy()
    assert asker.last(old) is not None
    assert left.exists()
    monkeypatch.setattr(sweep, "_KEEP", dt.timedelta(seconds=-5))
    monkeypatch.setattr(leftovers, "_LEFT_SECONDS", -5.0)
    sweeper.tidy()
    assert asker.last(old) is None
    assert asker.last(Work(Kind.PAGE, "e" * 32)) is not None
    assert not left.exists()


def set_status(office: Office, status: str) -> None:
    with closing(sqlite3.connect(office.settings.service.data_dir / "work.db")) as connection:
        connection.execute("UPDATE workflow_status SET status = ?", (status,))
        connection.commit()


@pytest.mark.parametrize(
    ("status", "given_up"), [("SUCCESS", False), ("ERROR", False), ("MAX_RECOVERY_ATTEMPTS_EXCEEDED", True)]
)
def test_sweep_gives_up_only_what_ended_its_process_each_time(
    here: Office, sweeper: Sweeper, status: str, given_up: bool
) -> None:
    upload = add_file(here, made_application(here, {}, submitted=False), "照片.jpg", photo(1, side=300))
    sweeper._shop.asker.ask(Work(Kind.UPLOAD, upload, 60), priority=1)
    set_status(here, status)
    sweeper._uploads()
    with here.database.read() as session:
        assert (session.get_one(Upload, upload).state is PageState.FAILED) is given_up
    last = sweeper._shop.asker.last(Work(Kind.UPLOAD, upload))
    assert last is not None
    assert (last[1] == 60) is given_up
