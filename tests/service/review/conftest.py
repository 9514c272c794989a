"""A signed-in browser before the workbench, on SQLite: what depends on the database is tested with the use cases."""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient
from httpx2 import Response

from pipeline.service.app import create_app
from pipeline.service.casework import assess
from pipeline.service.office import Office, open_office
from pipeline.service.people import sessions
from pipeline.service.people.current import USER_COOKIE
from pipeline.service.tables import User
from pipeline.settings import ServiceSettings, Settings
from tests.service.conftest import NOW
from tests.service.made import made_application

__all__ = ["Desk"]


class Queue:
    """Does at once what matters here: judging."""

    def __init__(self, office: Office) -> None:
        self._office = office

    def take_in(self, upload: str) -> None:
        raise AssertionError("nothing is uploaded here")

    def assess(self, application: str) -> None:
        assess(self._office, application)

    def tell(self, delivery: str) -> None:
        del delivery


class Desk:
    """One person of the bureau before a browser."""

    def __init__(self, office: Office, login: str, roles: tuple[str, ...], regions: tuple[str, ...]) -> None:
        self.office = office
        with office.database.write() as session:
            user = User(
                login=login,
                name=f"审核{login[-1]}",
                password="",
                roles=list(roles),
                regions=list(regions),
                created_at=office.now(),
            )
            session.add(user)
            session.flush()
            self.user = user.id
            token = sessions.open_for_user(session, office, user.id)
        app = create_app(office, Queue(office))
        self.http = TestClient(app, cookies={USER_COOKIE: token}, follow_redirects=False)
        self.token = token
        self.csrf = ""

    def get(self, path: str) -> str:
        answer = self.http.get(path)
        assert answer.status_code == 200, answer.status_code
        found = re.search(r'(?:data-csrf|name="csrf" value)="([^"]+)"', answer.text)
        if found:
            self.csrf = found[1]
        return answer.text

    def post(self, path: str, **fields: str) -> int:
        return self.http.post(path, data={"csrf": self.csrf, **fields}).status_code

    def parts(self, application: str) -> dict[str, Any]:
        answer = self.http.get(f"/desk/{application}/parts", headers={"Accept": "application/json"})
        assert answer.status_code == 200, answer.status_code
        found: dict[str, Any] = answer.json()
        return found

    def change(self, application: str, path: str, fields: dict[str, str], revision: int | None = None) -> Response:
        """Send a form as the script does; of the present revision unless one is named."""
        if revision is None:
            revision = self.parts(application)["data"]["revision"]
        headers = {"Accept": "application/json", "X-CSRF-Token": self.csrf}
        data = {"revision": str(revision), **fields}
        return self.http.post(f"/desk/{application}{path}", data=data, headers=headers)

    def claim(self, application: str) -> None:
        self.get(f"/desk/{application}")
        assert self.post(f"/desk/{application}/claim") == 303


@pytest.fixture(scope="session")
def judged(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    """The data folder of an office with one judged case, made once and copied for each test; the id of the case."""
    folder = tmp_path_factory.mktemp("judged") / "data"
    opened = _open(folder)
    application = made_application(opened)
    assert assess(opened, application) is not None
    opened.close()
    return folder, application


def _open(folder: Path) -> Office:
    return replace(open_office(Settings(service=ServiceSettings(data_dir=folder))), now=lambda: NOW)


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Office]:
    opened = _open(tmp_path / "data")
    yield opened
    opened.close()


@pytest.fixture
def sit(office: Office) -> Callable[..., Desk]:
    """Sit a person down: ``sit("shenhe1")``, another one with other roles or regions."""

    def make(
        login: str = "shenhe1", roles: tuple[str, ...] = ("reviewer",), regions: tuple[str, ...] = ("jiangxi",)
    ) -> Desk:
        return Desk(office, login, roles, regions)

    return make


@pytest.fixture
def desk(sit: Callable[..., Desk]) -> Desk:
    return sit()


@pytest.fixture
def case(judged: tuple[Path, str], office: Office, tmp_path: Path) -> str:
    """A submitted case of hypertension whose pages are read and judged."""
    folder, application = judged
    office.database.close()
    shutil.copytree(folder, tmp_path / "data", dirs_exist_ok=True)
    return application
