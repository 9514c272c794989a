"""Passwords that cost little, and an office on SQLite alone for tests of pages."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from pipeline.service.office import Office, open_office
from pipeline.settings import ServiceSettings, Settings
from tests.service.conftest import NOW
from tests.service.signed import cheap_passwords


@pytest.fixture(autouse=True)
def _cheap(monkeypatch: pytest.MonkeyPatch) -> None:
    cheap_passwords(monkeypatch)


@pytest.fixture
def small(tmp_path: Path) -> Iterator[Office]:
    """An office on SQLite."""
    settings = Settings(service=ServiceSettings(data_dir=tmp_path / "small"))
    opened = replace(open_office(settings), now=lambda: NOW)
    yield opened
    opened.close()
