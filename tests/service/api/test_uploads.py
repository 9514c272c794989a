"""Files over the API: forms, raw bytes, parts, order, download, page images."""

from __future__ import annotations

import hashlib
import io
from dataclasses import replace

import pytest
from fastapi.testclient import TestClient
from PIL import Image
from sqlalchemy import func, select

from pipeline.service.api import bodies
from pipeline.service.api.parts import sweep_sessions
from pipeline.service.app import create_app
from pipeline.service.blobs import CaseBlobs
from pipeline.service.office import Office
from pipeline.service.tables import UploadPart, UploadSession
from tests.service.api.conftest import Asked, create, make_key, with_key
from tests.service.made import LABS, add_read_file

V1 = "/api/v1"


def sha(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


@pytest.fixture
def case(client: TestClient) -> str:
    return f"{V1}/applications/{create(client)['id']}"


def put(client: TestClient, case: str, data: bytes, name: str = "a.jpg", **headers: str) -> dict:
    headers = {"Content-Disposition": f'attachment; filename="{name}"', **headers}
    answer = client.put(f"{case}/uploads/{sha(data)}", content=data, headers=headers)
    assert answer.status_code == 200, answer.text
    return answer.json()


def test_uploads_form_takes_all_files_or_none(client: TestClient, case: str) -> None:
    files = [("files", ("一.jpg", b"1")), ("files", ("二.pdf", b"2"))]
    answer = client.post(f"{case}/uploads", files=files)
    assert answer.status_code == 201
    assert [each["name"] for each in answer.json()["items"]] == ["一.jpg", "二.pdf"]
    answer = client.post(f"{case}/uploads", files=[("files", ("三.jpg", b"3")), ("files", ("空.jpg", b""))])
    assert (answer.status_code, answer.json()["code"]) == (422, "file_empty")
    assert len(client.get(f"{case}/uploads").json()["items"]) == 2


def test_uploads_form_without_files_or_broken_is_refused(client: TestClient, case: str) -> None:
    assert client.post(f"{case}/uploads", json={}).json()["code"] == "media_type"
    for kind, body in [
        ("multipart/form-data", b"x"),
        ("multipart/form-data; boundary=", b"x"),
        ("multipart/form-data; boundary=b", b"--b\r\nnonsense"),
        ("multipart/form-data; boundary=b", b"--b--\r\n"),
    ]:
        answer = client.post(f"{case}/uploads", content=body, headers={"Content-Type": kind})
        assert answer.status_code in (400, 422), answer.text
        assert answer.json()["code"] in ("bad_form", "no_files")


def test_uploads_raw_bytes_are_checked_against_the_address_and_may_come_twice(
    client: TestClient, case: str, asked: Asked
) -> None:
    first = put(client, case, b"one", **{"Content-Disposition": "attachment; filename*=UTF-8''%E5%87%BA%E9%99%A2.jpg"})
    again = put(client, case, b"one")
    assert first["name"] == "出院.jpg"
    assert (again["id"], again["sha256"]) == (first["id"], sha(b"one"))
    assert asked.taken == [first["id"]] * 2
    answer = client.put(f"{case}/uploads/{sha(b'one')}", content=b"two")
    assert (answer.status_code, answer.json()["code"]) == (422, "digest_mismatch")


@pytest.mark.parametrize(
    ("header", "name"),
    [
        (None, ""),
        ("attachment", ""),
        ('attachment; filename="a b.jpg"', "a b.jpg"),
        ("attachment; filename=a.jpg", "a.jpg"),
        ("attachment; filename=\"x\"; filename*=UTF-8''%E5%87%BA%00.jpg", "出.jpg"),
        ("attachment; filename*=UTF-8''%ff%fe", "��"),
    ],
)
def test_bodies_file_name_of_a_disposition(header: str | None, name: str) -> None:
    assert bodies.file_name(header) == name


def test_uploads_too_large_is_refused_while_it_comes(office: Office, asked: Asked) -> None:
    limits = office.settings.intake.model_copy(update={"max_file_bytes": 1000})
    small = replace(office, settings=office.settings.model_copy(update={"intake": limits}))
    with TestClient(create_app(small, asked)) as client:
        client.headers.update(with_key(client, make_key(office)))
        case = f"{V1}/applications/{create(client)['id']}"

        answer = client.put(f"{case}/uploads/{'0' * 64}", content=b"x" * 1001)
        assert (answer.status_code, answer.json()["code"]) == (413, "file_too_large")
        # Without a length it is cut off once it is too long; the test client sends all of it before.
        answer = client.put(f"{case}/uploads/{'0' * 64}", content=(b"x" * 400 for _ in range(3)))
        assert (answer.status_code, answer.json()["code"]) == (413, "file_too_large")
        answer = client.post(f"{case}/upload-sessions", json={"name": "a", "size": 1001, "sha256": "0" * 64})
        assert (answer.status_code, answer.json()["code"]) == (413, "file_too_large")


def test_uploads_in_any_order_stand_by_their_places(client: TestClient, case: str) -> None:
    def send(data: bytes, place: int) -> None:
        name = {"Content-Disposition": f'attachment; filename="{place}.jpg"'}
        told: dict[str, str | int] = {"batch": "scan-7", "place": place}
        answer = client.put(f"{case}/uploads/{sha(data)}", content=data, headers=name, params=told)
        assert answer.status_code == 200, answer.text

    begun = {"name": "1.pdf", "size": 3, "sha256": sha(b"big"), "batch": "scan-7", "place": 1}
    session = client.post(f"{case}/upload-sessions", json=begun).json()["id"]
    send(b"c", 2)
    send(b"a", 0)
    where = f"{case}/upload-sessions/{session}"
    client.put(where, content=b"big", headers={"Content-Range": "bytes 0-2/3"})
    assert client.post(f"{where}/finish").status_code == 200
    assert [each["name"] for each in client.get(f"{case}/uploads").json()["items"]] == ["0.jpg", "1.pdf", "2.jpg"]
    bad: list[dict[str, str | int]] = [{"place": -1}, {"place": "x"}, {"place": 1, "batch": "a b"}]
    for wrong in bad:
        answer = client.put(f"{case}/uploads/{sha(b'd')}", content=b"d", params=wrong)
        assert answer.status_code == 422


def test_uploads_order_and_removal(client: TestClient, case: str) -> None:
    ids = [put(client, case, data)["id"] for data in (b"1", b"2", b"3")]
    answer = client.put(f"{case}/order", json={"order": [ids[2], ids[0]]})
    assert (answer.status_code, answer.json()["code"]) == (422, "bad_order")
    answer = client.put(f"{case}/order", json={"order": [ids[2], ids[0], ids[1]]})
    assert [each["id"] for each in answer.json()["items"]] == [ids[2], ids[0], ids[1]]
    assert client.delete(f"{case}/uploads/{ids[0]}").status_code == 204
    assert client.delete(f"{case}/uploads/{ids[0]}").status_code == 404
    assert client.get(f"{case}/uploads/{ids[0]}").status_code == 404
    assert [each["id"] for each in client.get(f"{case}/uploads").json()["items"]] == [ids[2], ids[1]]


def test_uploads_pages_say_how_far_they_are_and_show_themselves(client: TestClient, office: Office) -> None:
    made = create(client)
    case = f"{V1}/applications/{made['id']}"
    upload = add_read_file(office, made["id"], "化验.jpg", (LABS,))
    file = client.get(f"{case}/uploads/{upload}").json()
    (page,) = file["pages"]
    assert (page["state"], page["state_label"], page["file"], page["number"]) == ("done", "完成", "化验.jpg", 1)
    assert client.get(case).json()["pages"] == {"waiting": 0, "reading": 0, "done": 1, "failed": 0, "retake": 0}
    image = client.get(f"{case}/pages/{page['id']}/image", params={"width": 200})
    assert (image.headers["content-type"], image.headers["cache-control"]) == ("image/jpeg", "private, max-age=3600")
    assert Image.open(io.BytesIO(image.content)).width == 200
    original = client.get(f"{case}/uploads/{upload}/file")
    assert sha(original.content) == file["sha256"]
    assert original.headers["content-disposition"].startswith("attachment; filename*=UTF-8''%E5%8C%96")
    other = f"{V1}/applications/{create(client)['id']}"
    assert client.get(f"{other}/uploads/{upload}/file").status_code == 404
    assert client.get(f"{other}/pages/{page['id']}/image").status_code == 404


def begin(client: TestClient, case: str, data: bytes, name: str = "扫描.pdf") -> str:
    body = {"name": name, "size": len(data), "sha256": sha(data)}
    answer = client.post(f"{case}/upload-sessions", json=body)
    assert answer.status_code == 201, answer.text
    return f"{case}/upload-sessions/{answer.json()['id']}"


def send(client: TestClient, session: str, data: bytes, start: int, end: int):
    headers = {"Content-Range": f"bytes {start}-{end - 1}/{len(data)}"}
    return client.put(session, content=data[start:end], headers=headers)


def test_resumable_parts_become_the_file_and_leave_nothing_behind(
    client: TestClient, office: Office, case: str, asked: Asked
) -> None:
    data = bytes(range(256)) * 40
    session = begin(client, case, data)
    assert send(client, session, data, 0, 4000).json()["received"] == 4000
    assert send(client, session, data, 0, 4000).json()["received"] == 4000  # sent again
    answer = send(client, session, data, 8000, len(data))
    assert (answer.status_code, answer.json()["code"], answer.json()["received"]) == (409, "wrong_offset", 4000)
    assert client.post(f"{session}/finish").json()["code"] == "wrong_offset"
    assert begin(client, case, data) == session  # a client that forgot goes on
    send(client, session, data, 4000, len(data))
    done = client.post(f"{session}/finish")
    assert (done.status_code, done.json()["name"], done.json()["sha256"]) == (200, "扫描.pdf", sha(data))
    assert client.post(f"{session}/finish").json()["id"] == done.json()["id"]
    assert client.get(session).json()["upload"] == done.json()["id"]
    assert asked.taken == [done.json()["id"]]
    (kept,) = office.blobs.digests()
    assert sha(office.blobs.of(case.rsplit("/", 1)[-1]).read(kept)) == sha(data)


def test_resumable_finished_twice_at_once_is_one_file(
    client: TestClient, office: Office, case: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    data = b"x" * 100
    session = begin(client, case, data)
    send(client, session, data, 0, 100)
    read, other = CaseBlobs.read, []

    def slow(self: CaseBlobs, blob: str) -> bytes:
        if not other:
            other.append("begun")
            other.append(client.post(f"{session}/finish").json()["id"])
        return read(self, blob)

    monkeypatch.setattr(CaseBlobs, "read", slow)
    answer = client.post(f"{session}/finish")
    assert (answer.status_code, answer.json()["id"]) == (200, other[1])


def test_resumable_wrong_bytes_are_thrown_away(client: TestClient, office: Office, case: str) -> None:
    data = b"x" * 100
    session = begin(client, case, data)
    send(client, session, b"y" * 100, 0, 100)
    answer = client.post(f"{session}/finish")
    assert (answer.status_code, answer.json()["code"]) == (422, "digest_mismatch")
    assert client.get(session).status_code == 404
    assert list(office.blobs.digests()) == []


@pytest.mark.parametrize("told", ["bytes 0-9/99", "bytes 0-8/100", "bytes 95-104/100", "items 0-9/100", "bytes */100"])
def test_resumable_range_has_to_fit(client: TestClient, case: str, told: str) -> None:
    session = begin(client, case, b"x" * 100)
    answer = client.put(session, content=b"x" * 10, headers={"Content-Range": told})
    assert (answer.status_code, answer.json()["code"]) == (422, "bad_range")


def test_resumable_cancelled_and_forgotten_sessions_are_swept(client: TestClient, office: Office, case: str) -> None:
    import datetime as dt

    from tests.service.conftest import NOW, at

    first, second = begin(client, case, b"a" * 10), begin(client, case, b"b" * 10)
    send(client, first, b"a" * 10, 0, 5)
    send(client, second, b"b" * 10, 0, 5)
    assert client.delete(first).status_code == 204
    assert len(list(office.blobs.digests())) == 1
    assert sweep_sessions(at(office, NOW + dt.timedelta(days=2))) == 1
    with office.database.read() as session:
        assert session.scalar(select(func.count()).select_from(UploadPart)) == 0
        assert session.scalar(select(func.count()).select_from(UploadSession)) == 0
    assert list(office.blobs.digests()) == []


def test_resumable_session_of_another_case_is_not_found(client: TestClient, case: str) -> None:
    session = begin(client, case, b"x" * 10)
    other = f"{V1}/applications/{create(client)['id']}"
    assert client.get(f"{other}/upload-sessions/{session.rpartition('/')[2]}").status_code == 404
