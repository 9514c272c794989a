"""An office on SQLite with invented applications as the analysts' data, made once."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from pipeline.audit.invented import write_invented
from pipeline.audit.store import Store, open_store
from pipeline.service.access import find
from pipeline.service.actors import Actor, Role
from pipeline.service.analysis.keeping import folder_of
from pipeline.service.casework import assess
from pipeline.service.decisions import Reason, decide
from pipeline.service.office import Office
from pipeline.service.tables import Outcome
from tests.service.decisions.conftest import claim
from tests.service.signed import Browser, cheap_passwords, make_user

COUNT = 150
NOTE = "备注里的暗号甲乙丙"


@pytest.fixture
def database_url(tmp_path: Path, empty_sqlite: Path) -> str:
    (tmp_path / "data").mkdir(mode=0o700)
    shutil.copyfile(empty_sqlite, tmp_path / "data" / "yushen.db")
    return ""


@pytest.fixture(scope="session")
def invented_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("invented") / "store"
    write_invented(folder, COUNT)
    return folder


def put_store(office: Office, folder: Path) -> Path:
    """Make a copy of ``folder`` the present store of the office."""
    own = folder_of(office) / "store-20260101T000000000000"
    own.parent.mkdir(parents=True, exist_ok=True)
    shutil.copytree(folder, own)
    (own.parent / "present").write_text(f"{own.name} head\n")
    return own


@pytest.fixture
def store(office: Office, invented_folder: Path) -> Iterator[Store]:
    with open_store(put_store(office, invented_folder)) as opened:
        yield opened


@pytest.fixture
def quiet_office(office: Office) -> Office:
    """Nothing is drawn for re-examination."""
    service = office.settings.service.model_copy(update={"quality_share": 0.0})
    return replace(office, settings=office.settings.model_copy(update={"service": service}))


@pytest.fixture
def browser(office: Office, monkeypatch: pytest.MonkeyPatch) -> Browser:
    """An analyst of 江西, signed in."""
    cheap_passwords(monkeypatch)
    make_user(office, "fenxi1", roles=(Role.ANALYST,), name="分析乙")
    opened = Browser(office)
    assert opened.sign_in("fenxi1").status_code == 303
    return opened


def decided(office: Office, reviewer: Actor, case: str, outcome: Outcome, *reasons: Reason) -> None:
    seen = assess(office, case)
    assert seen is not None
    claim(office, reviewer, case)
    with office.database.write() as session:
        decide(session, reviewer, office, find(session, reviewer, case), seen.id, outcome, reasons, NOTE)
