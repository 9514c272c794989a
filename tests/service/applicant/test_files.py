"""Files of the open case: added, refused, retaken, moved, removed, watched, looked at."""

from __future__ import annotations

import io

import pytest
from PIL import Image
from sqlalchemy import select

from pipeline.service.office import Office
from pipeline.service.states import PageState, State
from pipeline.service.tables import Application, PageRow, Upload
from tests.service.applicant.conftest import Asked, Visitor, case_id
from tests.service.applicant.invented import BLURRED
from tests.service.made import DISCHARGE, ECHO, LABS, add_read_file

JSON = {"Accept": "application/json"}


def _names(office: Office, case: str) -> list[str]:
    with office.database.read() as session:
        query = select(Upload).where(Upload.application_id == case, Upload.removed_at.is_(None))
        return [upload.name for upload in session.scalars(query.order_by(Upload.position))]


def _token(visitor: Visitor) -> dict[str, str]:
    visitor.get("/case/files")
    return JSON | {"X-CSRF-Token": visitor.page.partition('name="csrf" value="')[2].partition('"')[0]}


def test_files_several_of_one_form_are_added_in_order(visitor: Visitor, office: Office, asked: Asked) -> None:
    visitor.apply()
    visitor.upload(("一.jpg", b"1"), ("二.jpg", b"2"), ("三.jpg", b"1"))
    assert visitor.url == "/case/files"
    assert _names(office, case_id(office, visitor)) == ["一.jpg", "二.jpg"]  # the third is the first again
    assert len(asked.taken) == 2
    assert visitor.text.count("等待") >= 2


def test_files_form_without_a_file_says_so(visitor: Visitor) -> None:
    visitor.apply()
    visitor.get("/case/files")
    visitor.send("/case/files", files=[("", b"")])
    assert visitor.status == 422
    assert "还没有选照片或文件" in visitor.text


def test_files_too_large_or_empty_are_refused_by_name_and_the_others_kept(
    visitor: Visitor, office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    visitor.apply()
    monkeypatch.setattr(type(office.settings.intake), "max_file_bytes", 3, raising=False)
    limits = office.settings.intake.model_copy(update={"max_file_bytes": 3})
    monkeypatch.setitem(office.settings.__dict__, "intake", limits)
    visitor.upload(("大.jpg", b"1234"), ("空.jpg", b""), ("好.jpg", b"123"))
    assert visitor.status == 422
    assert "大.jpg：文件太大" in visitor.text
    assert "空.jpg：文件是空的" in visitor.text
    assert _names(office, case_id(office, visitor)) == ["好.jpg"]


def test_files_script_is_told_by_status_and_code(visitor: Visitor, office: Office) -> None:
    visitor.apply()
    headers = _token(visitor)
    sent = visitor.client.post("/case/files", files={"files": ("a.jpg", b"1")}, headers=headers)
    assert sent.status_code == 201
    assert len(sent.json()["uploads"]) == 1
    empty = visitor.client.post("/case/files", files={"files": ("a.jpg", b"")}, headers=headers)
    assert (empty.status_code, empty.json()["code"]) == (422, "file_empty")
    refused = visitor.client.post("/case/files", files={"files": ("b.jpg", b"2")}, headers=JSON)
    assert (refused.status_code, refused.json()["code"]) == (403, "csrf")
    visitor.client.cookies.clear()
    gone = visitor.client.post("/case/files", files={"files": ("b.jpg", b"2")}, headers=headers)
    assert gone.status_code == 401
    assert _names(office, case_id(office, visitor)) == ["a.jpg"]


def test_files_sent_at_once_stand_as_they_were_chosen(visitor: Visitor, office: Office) -> None:
    visitor.apply()
    headers = _token(visitor)

    def send(name: str, **told: str) -> None:
        sent = visitor.client.post("/case/files", data=told, files={"files": (name, name.encode())}, headers=headers)
        assert sent.status_code == 201

    send("首.jpg")
    for number in (2, 0, 3, 1):
        send(f"{number}.jpg", batch="a", place=str(number))
    send("后.jpg", batch="b", place="0")
    send("迟.jpg", batch="a", place="4")
    case = case_id(office, visitor)
    assert _names(office, case) == ["首.jpg", "0.jpg", "1.jpg", "2.jpg", "3.jpg", "后.jpg", "迟.jpg"]

    # What a person put in order by hand stays, and a late one still finds its place.
    with office.database.write() as session:
        rows = {row.name: row for row in session.scalars(select(Upload))}
        for position, name in enumerate(["后.jpg", "3.jpg", "0.jpg", "1.jpg", "2.jpg", "首.jpg", "迟.jpg"]):
            rows[name].position = position
    send("更迟.jpg", batch="b", place="1")
    send("插.jpg", batch="a", place="2")
    assert _names(office, case)[:3] == ["后.jpg", "插.jpg", "3.jpg"]
    send("乱.jpg", batch="a b", place="-1")  # told badly: at the end, not refused
    assert _names(office, case)[-1] == "乱.jpg"


def test_files_too_many_waiting_is_told_as_later(
    visitor: Visitor, office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    visitor.apply()
    service = office.settings.service.model_copy(update={"max_waiting_pages": 1})
    monkeypatch.setitem(office.settings.__dict__, "service", service)
    headers = _token(visitor)
    for name, status in (("a.jpg", 201), ("b.jpg", 503)):
        answer = visitor.client.post("/case/files", files={"files": (name, name.encode())}, headers=headers)
        assert answer.status_code == status
    assert int(answer.headers["Retry-After"]) > 0


def test_files_retake_takes_the_place_of_a_photograph(visitor: Visitor, office: Office) -> None:
    visitor.apply()
    case = case_id(office, visitor)
    old = add_read_file(office, case, "a.jpg", [LABS], quality=(BLURRED,))
    add_read_file(office, case, "b.jpg", [ECHO])
    visitor.get(f"/case/files?replaces={old}")
    assert "重拍第 1 份" in visitor.text
    assert "会换掉原来的这张" in visitor.text
    visitor.send("/case/files", files=[("新.jpg", b"new")], replaces=old)
    assert _names(office, case) == ["新.jpg", "b.jpg"]


def test_files_retake_of_a_page_of_many_or_of_what_was_submitted_is_added_beside(
    visitor: Visitor, office: Office
) -> None:
    visitor.apply()
    case = case_id(office, visitor)
    many = add_read_file(office, case, "a.pdf", [LABS, ECHO], quality=(BLURRED,))
    add_read_file(office, case, "b.jpg", [DISCHARGE])
    visitor.upload(("新.jpg", b"new"), replaces=many)
    assert _names(office, case) == ["a.pdf", "新.jpg", "b.jpg"]
    with office.database.write() as session:
        row = session.get_one(Application, case)
        row.state, row.round = State.RETURNED, 2
        (one,) = [upload.id for upload in session.scalars(select(Upload)) if upload.name == "b.jpg"]
    visitor.upload(("再.jpg", b"again"), replaces=one)
    assert _names(office, case) == ["a.pdf", "新.jpg", "b.jpg", "再.jpg"]


def test_files_move_and_remove(visitor: Visitor, office: Office) -> None:
    visitor.apply()
    visitor.upload(("1.jpg", b"1"), ("2.jpg", b"2"), ("3.jpg", b"3"))
    case = case_id(office, visitor)
    with office.database.read() as session:
        ids = {u.name: u.id for u in session.scalars(select(Upload))}
    for name, to, order in (
        ("3.jpg", "up", ["1.jpg", "3.jpg", "2.jpg"]),
        ("1.jpg", "up", ["1.jpg", "3.jpg", "2.jpg"]),
        ("1.jpg", "down", ["3.jpg", "1.jpg", "2.jpg"]),
        ("2.jpg", "nowhere", ["3.jpg", "1.jpg", "2.jpg"]),
    ):
        visitor.send(f"/case/files/{ids[name]}/move", to=to)
        assert _names(office, case) == order
    visitor.send(f"/case/files/{ids['1.jpg']}/remove")
    assert _names(office, case) == ["3.jpg", "2.jpg"]
    for action in ("move", "remove"):
        assert visitor.client.post(f"/case/files/{ids['2.jpg']}/{action}", data={"to": "up"}).status_code == 403


def test_files_of_another_case_cannot_be_seen_or_touched(visitor: Visitor, other: Visitor, office: Office) -> None:
    visitor.apply()
    other.apply()
    theirs = add_read_file(office, case_id(office, visitor), "a.jpg", [DISCHARGE])
    with office.database.read() as session:
        page = session.scalars(select(PageRow.id)).one()
    assert visitor.client.get(f"/case/pages/{page}/image").status_code == 200
    assert other.client.get(f"/case/pages/{page}/image").status_code == 404
    for action in ("move", "remove"):
        other.get("/case/files")
        other.send(f"/case/files/{theirs}/{action}", to="up")
        assert other.status == 404
    other.get(f"/case/files?replaces={theirs}")
    assert "重拍" not in other.text
    other.upload(("b.jpg", b"2"), replaces=theirs)
    assert _names(office, case_id(office, visitor)) == ["a.jpg"]


def test_files_page_states_have_words(visitor: Visitor, office: Office) -> None:
    visitor.apply()
    case = case_id(office, visitor)
    upload = add_read_file(office, case, "a.pdf", [DISCHARGE, LABS, ECHO])
    with office.database.write() as session:
        pages = list(session.scalars(select(PageRow).order_by(PageRow.position)))
        pages[1].state, pages[2].state = PageState.READING, PageState.WAITING
    visitor.get("/case/files")
    assert "识别中，已识别 1/3 页" in visitor.text
    with office.database.write() as session:
        pages = list(session.scalars(select(PageRow).order_by(PageRow.position)))
        pages[1].state = PageState.DONE
        pages[2].state, pages[2].why = PageState.FAILED, "没有读出来。"
    visitor.get("/case/files")
    assert "失败" in visitor.text
    assert "第 3 页请重拍： 没有读出来。" in visitor.text
    assert f"replaces={upload}" in visitor.page


def test_files_list_is_sent_again_only_when_it_changed(visitor: Visitor, office: Office) -> None:
    visitor.apply()
    for path in ("/case/files/list", "/case/todo/list"):
        first = visitor.client.get(path)
        assert first.status_code == 200
        known = {"If-None-Match": first.headers["ETag"]}
        assert visitor.client.get(path, headers=known).status_code == 304
        add_read_file(office, case_id(office, visitor), f"{len(path)}.jpg", [LABS + path])
        assert visitor.client.get(path, headers=known).status_code == 200


def test_picture_is_small_upright_and_private(visitor: Visitor, office: Office) -> None:
    visitor.apply()
    add_read_file(office, case_id(office, visitor), "a.jpg", [DISCHARGE])
    with office.database.write() as session:
        row = session.scalars(select(PageRow)).one()
        page = row.id
        assert row.reading is not None
        row.reading = row.reading.replace(b'"angle":0', b'"angle":90')
    answer = visitor.client.get(f"/case/pages/{page}/image?width=100")
    assert answer.headers["Content-Type"] == "image/webp"
    assert answer.headers["Cache-Control"].startswith("private")
    with Image.open(io.BytesIO(answer.content)) as image:
        assert image.width == 160
        assert image.width > image.height
    assert visitor.client.get("/case/pages/none/image").status_code == 404
