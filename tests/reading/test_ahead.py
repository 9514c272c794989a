"""Pages are read while other files are still being opened."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import Future
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from pipeline.nouns import Page, PageReader
from pipeline.reading import Reader
from pipeline.reading import reader as module
from pipeline.reading.found import Reading
from pipeline.settings import OcrSettings
from pipeline.workers import Done, Result
from tests.drawn_pages import draw, page_of, text_line

_BLANK = (Reading((), angle=0, skew=0.0, width=1200, height=980, text_height=None), ())


class Pool:
    """Notes what it is asked, and reads nothing."""

    def __init__(self, *_: object, **__: object) -> None:
        self.begun: list[Any] = []
        self.ran: list[Any] = []
        self.futures: list[Future[Result[Any]]] = []

    def begin(self, job: Any) -> Future[Result[Any]]:
        self.begun.append(job)
        self.futures.append(Future())
        return self.futures[-1]

    def map(
        self, jobs: Sequence[Any], *, on_done: Callable[[int, Result[Any]], None], begun: dict[Any, Any] | None
    ) -> None:
        for index, job in enumerate(jobs):
            if begun is None or begun.pop(job, None) is None:
                self.ran.append(job)
            on_done(index, Done(_BLANK, 0.1))

    def close(self) -> None:
        pass


@pytest.fixture
def pool(monkeypatch: pytest.MonkeyPatch) -> Pool:
    made = Pool()
    monkeypatch.setattr(module, "WorkerPool", lambda *_, **__: made)
    return made


def test_reader_does_not_read_again_what_began_early(pool: Pool, tmp_path: Path) -> None:
    first, late = (page_of(draw(), tmp_path, name=name) for name in ("1.png", "2.png"))
    with Reader(OcrSettings()) as reader, reader.ahead() as ahead:
        ahead.begin([replace(first, id="not known yet")])
        read, alerts = reader.read([first, late], ahead=ahead)
    assert [job.image for job in pool.begun] == [first.image]
    assert [job.image for job in pool.ran] == [late.image]
    assert [page.page.id for page in read] == [first.id, late.id]
    assert alerts == ()


def test_reader_drops_what_was_begun_for_nothing(pool: Pool, tmp_path: Path) -> None:
    page = page_of(draw(), tmp_path)
    with Reader(OcrSettings()) as reader, reader.ahead() as ahead:
        ahead.begin([page])
    assert [future.cancelled() for future in pool.futures] == [True]


def test_reader_waits_with_pages_that_have_a_text_layer(pool: Pool, tmp_path: Path) -> None:
    page: Page = replace(page_of(draw(), tmp_path), text_layer=(text_line(80, 60, "肌酐"),))
    with Reader(OcrSettings()) as reader, reader.ahead() as ahead:
        ahead.begin([page])
        assert pool.begun == []
        (read,), _ = reader.read([page], ahead=ahead)
    assert read.reader is PageReader.OCR
