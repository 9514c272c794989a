"""H1: text of one page must never turn up on another, whatever runs at the same time."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest

from pipeline.nouns import ReadPage
from pipeline.reading import Reader
from pipeline.settings import OcrSettings
from tests.drawn_pages import draw, page_of

pytestmark = pytest.mark.slow


def test_concurrent_pages_keep_their_own_text(tmp_path: Path) -> None:
    def sentinel(thread: int, number: int) -> str:
        return f"编号{1000 * (thread + 1) + number}"

    results: dict[int, tuple[ReadPage, ...]] = {}
    with Reader(OcrSettings(workers=2)) as reader:

        def work(thread: int) -> None:
            folder = tmp_path / str(thread)
            folder.mkdir()
            pages = []
            for number in range(1, 5):
                items = [(40, 30 + 60 * row, sentinel(thread, number)) for row in range(3)]
                pages.append(page_of(draw(items, size=(420, 220)), folder, number=number))
            results[thread] = reader.read(pages)[0]

        threads = [threading.Thread(target=work, args=(index,)) for index in range(3)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

    assert sorted(results) == [0, 1, 2]
    for thread, pages in results.items():
        for page in pages:
            assert {line.text for line in page.lines} == {sentinel(thread, page.page.number)}
            assert len(page.lines) == 3
