"""The applicant's pages on an office of the test's own, with a reader of invented lines and a browser of forms."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from dataclasses import dataclass, field

import httpx
import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from sqlalchemy import select

from pipeline.service.app import create_app
from pipeline.service.casework import assess
from pipeline.service.office import Office
from pipeline.service.tables import Application
from pipeline.service.work.inline import InlineQueue
from tests.service.applicant.invented import InventedReader

ID_NUMBER, AGENT_ID = "999999196803120010", "999999199001010024"
PERSON = {"who": "self", "name": "张建国", "id_number": ID_NUMBER, "phone": "13900000000"}
_CSRF = re.compile(r'name="csrf" value="([^"]+)"')


@pytest.fixture
def database_url() -> str:
    """SQLite: what differs between the databases has tests of its own."""
    return ""


@dataclass
class Asked:
    """A queue that assesses at once and only remembers the uploads: opening files takes processes and seconds."""

    office: Office
    taken: list[str] = field(default_factory=list)

    def take_in(self, upload: str) -> None:
        self.taken.append(upload)

    def assess(self, application: str) -> None:
        assess(self.office, application)

    def tell(self, delivery: str) -> None:
        raise AssertionError(delivery)


@pytest.fixture
def asked(office: Office) -> Asked:
    return Asked(office)


@pytest.fixture
def app(office: Office, asked: Asked) -> FastAPI:
    return create_app(office, asked)


@dataclass
class Visitor:
    """A browser without scripts: follows redirects, keeps cookies, sends the token of the page it last saw."""

    client: TestClient
    page: str = ""
    url: str = ""
    status: int = 0
    serial: str = ""
    code: str = ""

    def get(self, path: str) -> str:
        return self._seen(self.client.get(path))

    def send(self, path: str, *, files: list[tuple[str, bytes]] | None = None, **fields: str) -> str:
        """Send a form of the page seen last."""
        token = _CSRF.search(self.page)
        data = {"csrf": html.unescape(token[1])} | fields if token else fields
        parts = [("files", (name, content)) for name, content in files or []] or None
        return self._seen(self.client.post(path, data=data, files=parts))

    def _seen(self, answer: httpx.Response) -> str:
        self.page, self.url, self.status = answer.text, answer.url.path, answer.status_code
        return self.page

    @property
    def text(self) -> str:
        """What the page says, without its marks."""
        body = self.page.partition("<main")[2].partition("</main>")[0]
        return html.unescape(re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", body)))

    def apply(self, disease: str = "hypertension", **person: str) -> None:
        """Choose, agree, say who; then the case is open."""
        self.get("/")
        self.send("/choose", disease=disease)
        self.get("/apply")
        self.send("/apply/agree")
        self.send("/apply/person", **(PERSON | person))
        found = re.search(r'data-serial="([^"]+)" data-code="([^"]+)"', self.page)
        assert found, self.text
        self.serial, self.code = found[1], found[2]

    def upload(self, *files: tuple[str, bytes], replaces: str = "") -> str:
        """Open the page of files and send its form."""
        self.get("/case/files")
        return self.send("/case/files", files=list(files), **({"replaces": replaces} if replaces else {}))


@pytest.fixture
def visitor(app: FastAPI) -> Iterator[Visitor]:
    with TestClient(app) as client:
        yield Visitor(client)


@pytest.fixture
def reading_visitor(office: Office) -> Iterator[Visitor]:
    """A visitor whose uploads are opened and read while the form is answered."""
    with TestClient(create_app(office, InlineQueue(office, InventedReader()))) as client:
        yield Visitor(client)


@pytest.fixture
def other(app: FastAPI) -> Iterator[Visitor]:
    """Another applicant's browser."""
    with TestClient(app) as client:
        yield Visitor(client)


def case_id(office: Office, visitor: Visitor) -> str:
    """The id of the visitor's case, which no page shows."""
    with office.database.read() as session:
        return session.scalars(select(Application.id).where(Application.serial == visitor.serial)).one()
