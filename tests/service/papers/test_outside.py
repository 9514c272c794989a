"""What people of the bureau note for each other stays there: no platform, no applicant, no copy for others has it."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Iterator

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import select

from pipeline.reporting.schema import Report
from pipeline.service.actors import Actor, ActorKind
from pipeline.service.app import create_app
from pipeline.service.decisions.bundle import write_bundle
from pipeline.service.decisions.sheet import decision_sheet
from pipeline.service.people import sessions
from pipeline.service.people.current import CASE_COOKIE
from pipeline.service.tables import PageRow, Upload
from tests.service.api.conftest import Asked, make_key
from tests.service.papers.conftest import NOTES, Decided
from tests.service.papers.test_sheet import _text

SCOPES = ("applications:write", "applications:read", "decisions:read", "reports:read", "webhooks")
PLAIN_NOTES = tuple("".join(note.split()) for note in NOTES)
SAID = tuple(note.removeprefix("张建国") for note in PLAIN_NOTES)
"""What of the notes remains where names are masked."""


@pytest.fixture(scope="module")
def client(decided: Decided) -> Iterator[TestClient]:
    with TestClient(create_app(decided.office, Asked()), raise_server_exceptions=False) as made:
        yield made


def _says(content: bytes) -> str:
    return _text(content) if content.startswith(b"%PDF") else "".join(content.decode(errors="replace").split())


def _leaks(decided: Decided, said: str) -> list[str]:
    secrets = (*SAID, decided.reviewer.id, decided.second_reader.id)
    return [secret for secret in secrets if secret in said]


def test_no_route_of_the_api_tells_notes_or_accounts(decided: Decided, client: TestClient) -> None:
    headers = {"Authorization": f"Bearer {make_key(decided.office, SCOPES, channel='web')}"}
    with decided.office.database.read() as session:
        page = session.scalars(select(PageRow).join(Upload).where(Upload.application_id == decided.approved)).first()
        assert page is not None
    routes = [
        path
        for path, methods in client.get("/api/v1/openapi.json").json()["paths"].items()
        if "get" in methods and "{application}" in path and not path.endswith("/events")
    ]
    names = {"application": decided.approved, "upload": page.upload_id, "page": page.id}
    asked = []
    for path in routes:
        url = path.format_map({**names, "upload": page.upload_id})
        answer = client.get(url, headers=headers)
        if answer.status_code == 200:
            asked.append(path.rpartition("/")[2])
            assert _leaks(decided, _says(answer.content)) == [], path
    assert {"report.json", "decision", "decision.pdf", "feedback", "history"} <= set(asked)


def test_report_of_the_api_keeps_corrections_without_who_and_why(decided: Decided, client: TestClient) -> None:
    headers = {"Authorization": f"Bearer {make_key(decided.office, SCOPES, channel='web')}"}
    report = client.get(f"/api/v1/applications/{decided.approved}/report.json", headers=headers).json()
    Report.model_validate(report)
    (row,) = report["corrections"]
    assert (row["machine"]["value"], row["human"]["value"]) == ("88", "98")
    assert (row["made_by"], row["note"]) == ("", "")


def test_sheet_for_platforms_has_no_note_and_no_suggestion(decided: Decided) -> None:
    key = Actor(
        kind=ActorKind.CHANNEL,
        id="k",
        scopes=frozenset({"decisions:read"}),
        regions=frozenset({"jiangxi"}),
        channel="web",
    )
    outside = _text(decision_sheet(decided.office, key, decided.approved))
    inside = _text(decision_sheet(decided.office, decided.reviewer, decided.approved))
    assert _leaks(decided, outside) == []
    assert "请先核对" not in outside
    for part in (*SAID[1:], "核对结果："):
        assert part in inside
        assert part not in outside
    for part in ("人工更正", "88", "98", "通过", "高血压病3级极高危"):
        assert part in outside


def test_pages_of_the_applicant_tell_no_note(decided: Decided, client: TestClient) -> None:
    with decided.office.database.write() as session:
        token = sessions.open_for_applicant(session, decided.office, decided.approved)
    for path in ("/case", "/case/files", "/case/todo"):
        answer = client.get(path, headers={"Cookie": f"{CASE_COOKIE}={token}"})
        assert answer.status_code == 200
        assert _leaks(decided, _says(answer.content)) == [], path


def test_bundle_for_others_has_originals_and_no_note(decided: Decided) -> None:
    def members(*, outside: bool) -> dict[str, bytes]:
        out = io.BytesIO()
        write_bundle(decided.office, decided.reviewer, decided.approved, out, outside=outside)
        with zipfile.ZipFile(out) as book:
            return {name: book.read(name) for name in book.namelist()}

    copy, whole = members(outside=True), members(outside=False)
    assert copy.keys() == whole.keys()
    for name, content in copy.items():
        assert _leaks(decided, _says(content)) == [], name
    assert json.loads(copy["manifest.json"])["outside"] is True
    assert all(note in _says(whole["decisions.json"]) for note in PLAIN_NOTES[1:])
    assert "张建国" in _says(copy["认定表.pdf"])
    (told,) = json.loads(copy["decisions.json"])
    assert (told["outcome"], told["note"], told["second_note"], told["made_by"]) == ("approve", "", "", "李审核")
