"""Each invented case is built once per session; reviews are frozen."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache

import pytest

from pipeline.nouns import Review
from tests.reporting.cases_more import CASES


@pytest.fixture(scope="session")
def case(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Review]:
    @lru_cache
    def build(name: str) -> Review:
        return CASES[name](tmp_path_factory.mktemp(name))

    return build
