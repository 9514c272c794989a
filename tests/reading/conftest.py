from __future__ import annotations

from collections.abc import Iterator

import pytest

from pipeline.reading import Reader
from pipeline.settings import OcrSettings


@pytest.fixture(scope="session")
def reader() -> Iterator[Reader]:
    """One reader for all reading tests: the models load once."""
    with Reader(OcrSettings(workers=1)) as opened:
        yield opened
