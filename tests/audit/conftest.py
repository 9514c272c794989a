"""The shipped rules, and a store of a few invented applications that every test reads and none changes."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from pipeline.audit.invented import write_invented
from pipeline.audit.store import Store, open_store
from rules.engine import Region, load_region

RULES = Path(__file__).resolve().parents[2] / "rules"
FEW = 900


@pytest.fixture(scope="session")
def jiangxi() -> Region:
    return load_region(RULES, "jiangxi")


@pytest.fixture(scope="session")
def few(jiangxi: Region, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    """900 invented applications."""
    folder = tmp_path_factory.mktemp("audit") / "few"
    write_invented(folder, FEW, region=jiangxi)
    with open_store(folder) as store:
        yield store
