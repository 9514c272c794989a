"""A full disk, or models that do not load, while workers work: files and pages wait, none is called broken."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, NoReturn

import pytest
from sqlalchemy import select
from sqlalchemy.exc import OperationalError

from pipeline.intake import Decoder, Intake
from pipeline.nouns import Alert, Page, ReadPage, Severity
from pipeline.service.blobs import BlobsAwayError
from pipeline.service.office import Office
from pipeline.service.states import PageState
from pipeline.service.tables import PageRow, Upload
from pipeline.service.work import flows, steps
from pipeline.service.work.names import Kind, Work
from pipeline.service.work.passing import PassingError
from pipeline.service.work.reading import STARTS
from pipeline.service.work.seams import Seams
from pipeline.settings import IntakeLimits
from tests.service.faults.conftest import FullDisk
from tests.service.made import add_file, made_application
from tests.service.work.fakes import FakeReader, photo


@pytest.fixture
def database_url() -> str:
    return ""


@pytest.fixture(scope="module")
def decoder() -> Iterator[Decoder]:
    with Decoder(IntakeLimits(), workers=1) as opened:
        yield opened


@pytest.fixture
def upload(office: Office) -> str:
    return add_file(office, made_application(office, {}, submitted=False), "照片.jpg", photo(1, side=300))


def rows(office: Office) -> list[PageRow]:
    with office.database.read() as session:
        found = list(session.scalars(select(PageRow)))
        session.expunge_all()
        return found


def state_of(office: Office, upload: str) -> PageState:
    with office.database.read() as session:
        return session.get_one(Upload, upload).state


class Asked:
    """The durable queue, as far as a step that broke needs it."""

    def __init__(self) -> None:
        self.again: list[tuple[Work, float]] = []

    def ask(self, work: Work, *, priority: int, delay: float = 0.0) -> None:
        del priority
        self.again.append((work, delay))

    def ask_again(self, work: Work, *, priority: int, delay: float = 0.0, beside: bool = False) -> Work:
        del beside
        self.ask(work, priority=priority, delay=delay)
        return work


def run(
    office: Office, work: Work, reader: Any = None, *, error: Exception | None = None, decoder: Decoder | None = None
) -> Asked:
    """Run one step as its workflow does, and return what it asked for."""
    asked = Asked()
    asker: Any = asked
    reader = reader or FakeReader()
    shop = flows.Shop(office=office, reader=reader, seams=Seams(), asker=asker, readers=1, decoder=decoder)

    def fails(shop: flows.Shop, work: Work) -> str:
        assert error is not None
        raise error

    do = fails if error is not None else {Kind.UPLOAD: flows._take_in, Kind.PAGE: flows._read}[work.kind]
    flows.open_shop(shop)
    try:
        flows._guarded(do, work.kind, work.key, work.id)
    finally:
        flows.open_shop(None)
    return asked


def test_file_taken_in_on_a_full_disk_waits_and_is_taken_in_later(
    office: Office, upload: str, full_disk: FullDisk, decoder: Decoder
) -> None:
    with full_disk.now():
        for generation in (1, flows.GENERATIONS, 5 * flows.GENERATIONS):
            ((again, delay),) = run(office, Work(Kind.UPLOAD, upload, generation), decoder=decoder).again
            assert again == Work(Kind.UPLOAD, upload, generation + 1)
            assert delay <= 120.0
    assert state_of(office, upload) is not PageState.FAILED
    assert rows(office) == []
    assert list((office.settings.service.data_dir / "scratch").iterdir()) == []
    run(office, Work(Kind.UPLOAD, upload, 99), decoder=decoder)
    assert state_of(office, upload) is PageState.DONE
    assert len(rows(office)) == 1


def test_file_that_the_decoder_could_not_write_waits_too(
    office: Office, upload: str, decoder: Decoder, monkeypatch: pytest.MonkeyPatch
) -> None:
    alert = Alert(code="disk_full", severity=Severity.ERROR, message="存储空间不足", file="照片.jpg")

    def full(paths: Sequence[Path], *args: Any, **kwargs: Any) -> Intake:
        return Intake(files=(), pages=(), alerts=(alert,))

    with monkeypatch.context() as patched:
        patched.setattr("pipeline.service.work.taking_in.take_in", full)
        with pytest.raises(PassingError):
            steps.take_in_upload(office, upload)
    assert state_of(office, upload) is not PageState.FAILED
    assert steps.take_in_upload(office, upload, decoder=decoder) is not None
    assert state_of(office, upload) is PageState.DONE


class Ill(FakeReader):
    """Fails as a reader does whose models cannot be loaded, until it is well."""

    well = False
    code = "worker_start_failed"

    def read(self, pages: Sequence[Page]) -> tuple[tuple[ReadPage, ...], tuple[Alert, ...]]:
        self.fails = lambda page, before: None if self.well else self.code
        return super().read(pages)


@pytest.mark.parametrize("code", ["worker_start_failed", "ocr_models_missing", "disk_full", "machine_fault"])
def test_page_waits_for_a_reader_that_is_well(office: Office, upload: str, decoder: Decoder, code: str) -> None:
    steps.take_in_upload(office, upload, decoder=decoder)
    (page,) = rows(office)
    reader = Ill()
    reader.code = code
    for _ in range(3 * STARTS):
        outcome = steps.read_page(office, reader, page.id)
        assert outcome is not None
        assert outcome.again_in == 60.0
    (waiting,) = rows(office)
    assert (waiting.state, waiting.attempts, waiting.retake) == (PageState.WAITING, 0, False)
    reader.well = True
    steps.read_page(office, reader, page.id)
    assert rows(office)[0].state is PageState.DONE


class Full(FakeReader):
    """Meets a full disk itself."""

    def read(self, pages: Sequence[Page]) -> tuple[tuple[ReadPage, ...], tuple[Alert, ...]]:
        raise OSError(28, "No space left on device")


def test_page_read_on_a_full_disk_loses_no_try(office: Office, upload: str, decoder: Decoder) -> None:
    steps.take_in_upload(office, upload, decoder=decoder)
    (page,) = rows(office)
    for generation in range(1, 2 * STARTS):
        ((again, _),) = run(office, Work(Kind.PAGE, page.id, generation), Full()).again
        assert again.generation == generation + 1
    (waiting,) = rows(office)
    assert (waiting.state, waiting.attempts) == (PageState.WAITING, 0)
    run(office, Work(Kind.PAGE, page.id, 99))
    assert rows(office)[0].state is PageState.DONE


@pytest.mark.parametrize(
    ("error", "gives_up"),
    [
        (OperationalError("x", {}, Exception("server closed the connection")), False),
        (BlobsAwayError(), False),
        (OSError(28, "x"), False),
        (ValueError("x"), True),
    ],
)
def test_only_what_does_not_pass_is_given_up(office: Office, upload: str, error: Exception, gives_up: bool) -> None:
    asked = run(office, Work(Kind.UPLOAD, upload, flows.GENERATIONS), error=error)
    assert (state_of(office, upload) is PageState.FAILED) is gives_up
    uploads = [work for work, _ in asked.again if work.kind is Kind.UPLOAD]
    assert (uploads == []) is gives_up


def test_bytes_on_a_disk_that_fails_are_not_called_missing(
    office: Office, upload: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    with office.database.read() as session:
        row = session.get_one(Upload, upload)
        files, blob = office.blobs.of(row.application_id), row.blob

    def fails(self: Path, mode: str = "r") -> NoReturn:
        raise OSError(5, "Input/output error")

    monkeypatch.setattr(Path, "open", fails)
    with pytest.raises(OSError, match="Input/output"):
        files.read(blob)
