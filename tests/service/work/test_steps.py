"""The steps as plain functions, on both databases."""

from __future__ import annotations

import io
import zipfile
from dataclasses import replace

import pytest
from sqlalchemy import select

from pipeline.intake import take_in
from pipeline.intake.problems import MESSAGES
from pipeline.nouns import QualityIssue
from pipeline.reading.stored import reading_from_json
from pipeline.service import applications, trail
from pipeline.service.access import find
from pipeline.service.actors import SYSTEM
from pipeline.service.casework.rows import page_from_json
from pipeline.service.office import Office
from pipeline.service.states import PageState
from pipeline.service.tables import ApiKey, Assessment, PageRow, TrailRow, Upload, Webhook, WebhookDelivery
from pipeline.service.work import steps
from pipeline.service.work.inline import InlineQueue
from pipeline.service.work.reading import STARTS, TRIES
from pipeline.service.work.seams import Seams
from pipeline.service.work.taking_in import open_decoder, scratch
from tests.service.made import add_file, made_application
from tests.service.work.fakes import FakeReader, fake_assess, photo, scan

SEAMS = Seams(assess=fake_assess)


def case(office: Office) -> str:
    return made_application(office, {}, submitted=False)


def upload_of(office: Office, id: str) -> Upload:
    with office.database.read() as session:
        found = session.scalars(select(Upload).where(Upload.id == id)).one()
        session.expunge_all()
        return found


def pages_of(office: Office, upload: str) -> list[PageRow]:
    with office.database.read() as session:
        found = session.scalars(select(PageRow).where(PageRow.upload_id == upload).order_by(PageRow.position)).all()
        session.expunge_all()
        return list(found)


def taken_in(office: Office, name: str, data: bytes, application: str = "") -> tuple[str, list[PageRow]]:
    upload = add_file(office, application or case(office), name, data)
    taken = steps.take_in_upload(office, upload)
    assert taken is not None
    return upload, pages_of(office, upload)


def assessments(office: Office, application: str) -> list[int]:
    with office.database.read() as session:
        query = select(Assessment.revision).where(Assessment.application_id == application)
        return sorted(session.scalars(query))


def test_steps_an_upload_becomes_pages_whose_images_are_kept(office: Office) -> None:
    upload, rows = taken_in(office, "出院.tif", scan([1, 2, 3]))
    assert upload_of(office, upload).state is PageState.DONE
    assert [(r.position, r.number, r.member, r.state) for r in rows] == [
        (n, n + 1, "出院.tif", PageState.WAITING) for n in range(3)
    ]
    assert all(office.blobs.has(r.image) for r in rows)
    page = page_from_json(rows[1].page, rows[1], id="p2")
    assert (page.width, page.height, page.number) == (rows[1].width, rows[1].height, 2)
    assert not list(scratch(office).iterdir())


def test_steps_taking_in_twice_makes_the_pages_once(office: Office) -> None:
    upload, rows = taken_in(office, "照片.jpg", photo(1))
    again = steps.take_in_upload(office, upload)
    assert again is not None
    assert again.pages == tuple(r.id for r in rows)
    assert len(pages_of(office, upload)) == 1


def test_steps_a_name_too_long_for_the_disk_is_no_hindrance(office: Office) -> None:
    upload, rows = taken_in(office, "长" * 180 + ".jpg", photo(4))
    assert upload_of(office, upload).state is PageState.DONE
    assert rows[0].member == "长" * 180 + ".jpg"


def test_steps_a_broken_file_fails_with_what_to_do(office: Office) -> None:
    upload, rows = taken_in(office, "坏.pdf", b"%PDF-1.4 broken")
    row = upload_of(office, upload)
    assert (row.state, row.code, row.why, rows) == (PageState.FAILED, "pdf_broken", MESSAGES["pdf_broken"], [])


def test_steps_members_of_an_archive_keep_their_names_and_tell_what_failed(office: Office) -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("一.jpg", photo(5))
        archive.writestr("二.jpg", photo(6)[:900])
        archive.writestr("三.jpg", photo(7))
    upload, rows = taken_in(office, "全部.zip", out.getvalue())
    assert [r.member for r in rows] == ["全部.zip/一.jpg", "全部.zip/三.jpg"]
    assert [(r.position, r.number) for r in rows] == [(0, 1), (1, 1)]
    row = upload_of(office, upload)
    assert row.state is PageState.DONE
    assert row.code in MESSAGES
    assert row.why == f"二.jpg：{MESSAGES[row.code]}"


def test_steps_pages_beyond_the_ceiling_of_the_case_are_told(office: Office) -> None:
    limits = office.settings.intake.model_copy(update={"max_pages": 3})
    small = replace(office, settings=office.settings.model_copy(update={"intake": limits}))
    application = case(small)
    first = add_file(small, application, "一.tif", scan([1, 2]))
    second = add_file(small, application, "二.tif", scan([3, 4]))
    steps.take_in_upload(small, first)
    steps.take_in_upload(small, second)
    assert (len(pages_of(small, first)), len(pages_of(small, second))) == (2, 1)
    assert upload_of(small, second).code == "too_many_pages"


def test_steps_a_damaged_blob_fails_the_file_and_asks_for_it_again(office: Office) -> None:
    application = case(office)
    upload = add_file(office, application, "照片.jpg", photo(8))
    office.blobs.delete(upload_of(office, upload).blob)
    steps.take_in_upload(office, upload)
    assert (upload_of(office, upload).state, upload_of(office, upload).code) == (PageState.FAILED, "blob_missing")


def test_steps_a_page_is_read_and_recorded_once(office: Office) -> None:
    reader = FakeReader(quality=(QualityIssue(code="faint", message="有一处看不清", score=0.4, retake=False),))
    _, (row,) = taken_in(office, "照片.jpg", photo(9))
    assert steps.read_page(office, reader, row.id) == steps.read_page(office, reader, row.id)
    after = pages_of(office, row.upload_id)[0]
    assert (after.state, after.attempts, after.retake, after.code) == (PageState.DONE, 1, False, "faint")
    assert after.reader == reader.version
    assert after.seconds == 0.01
    assert after.reading is not None
    assert [line.text for line in reading_from_json(after.reading, page_from_json(row.page, row, id="p1")).lines]
    assert len(reader.read_pages) == 1
    with office.database.read() as session:
        traced = session.scalars(select(TrailRow).where(TrailRow.action == "page.read")).all()
        assert [t.detail["page"] for t in traced] == [row.id]
        assert trail.verify(session)[2] is None


def test_steps_a_page_to_be_taken_again_says_why(office: Office) -> None:
    issue = QualityIssue(code="blurred", message="照片太模糊，请重拍", score=0.1)
    _, (row,) = taken_in(office, "照片.jpg", photo(10))
    steps.read_page(office, FakeReader(quality=(issue,)), row.id)
    after = pages_of(office, row.upload_id)[0]
    assert (after.state, after.retake, after.code, after.why) == (PageState.DONE, True, "blurred", issue.message)


def test_steps_the_same_picture_is_read_once_by_one_reader(office: Office) -> None:
    reader, one = FakeReader(), case(office)
    for number, name in enumerate(("一.jpg", "二.jpg")):
        _, (row,) = taken_in(office, name, photo(11) + bytes(number), one)
        steps.read_page(office, reader, row.id)
        assert pages_of(office, row.upload_id)[0].state is PageState.DONE
    assert len(reader.read_pages) == 1
    _, (row,) = taken_in(office, "三.jpg", photo(11) + bytes(2), one)
    steps.read_page(office, FakeReader(version="fake 2"), row.id)
    assert pages_of(office, row.upload_id)[0].reader == "fake 2"


def test_steps_the_same_picture_in_two_cases_is_read_twice(office: Office) -> None:
    reader = FakeReader()
    images = set()
    for name in ("一.jpg", "二.jpg"):
        _, (row,) = taken_in(office, name, photo(11))
        images.add(row.image)
        steps.read_page(office, reader, row.id)
    assert (len(reader.read_pages), len(images)) == (2, 2)


def test_steps_a_page_whose_reading_breaks_off_is_tried_again_and_then_fails(office: Office) -> None:
    reader = FakeReader(fails=lambda page, before: "page_crashed")
    _, (row,) = taken_in(office, "照片.jpg", photo(12))
    waits = []
    for _ in range(TRIES):
        outcome = steps.read_page(office, reader, row.id)
        assert outcome is not None
        waits.append(outcome.again_in)
    assert waits == [5.0, 30.0, None]
    after = pages_of(office, row.upload_id)[0]
    assert (after.state, after.code, after.why) == (PageState.FAILED, "page_crashed", "没有读出来")


def test_steps_a_page_that_cannot_be_read_fails_at_once(office: Office) -> None:
    _, (row,) = taken_in(office, "照片.jpg", photo(13))
    outcome = steps.read_page(office, FakeReader(fails=lambda page, before: "image_missing"), row.id)
    assert outcome is not None
    assert outcome.again_in is None
    assert pages_of(office, row.upload_id)[0].state is PageState.FAILED


def test_steps_a_page_handed_back_waits_and_has_lost_no_try(office: Office) -> None:
    reader = FakeReader()
    reader.close()
    _, (row,) = taken_in(office, "照片.jpg", photo(14))
    outcome = steps.read_page(office, reader, row.id)
    assert outcome is not None
    assert outcome.again_in == 0.0
    after = pages_of(office, row.upload_id)[0]
    assert (after.state, after.attempts) == (PageState.WAITING, 0)


def test_steps_a_page_that_ends_its_worker_each_time_is_given_up(office: Office) -> None:
    class Killed(BaseException):
        pass

    def dies(page: object, before: int) -> str | None:
        raise Killed

    _, (row,) = taken_in(office, "照片.jpg", photo(15))
    for _ in range(STARTS):
        with pytest.raises(Killed):
            steps.read_page(office, FakeReader(fails=dies), row.id)
    assert pages_of(office, row.upload_id)[0].state is PageState.READING
    steps.read_page(office, FakeReader(), row.id)
    after = pages_of(office, row.upload_id)[0]
    assert (after.state, after.code) == (PageState.FAILED, "gave_up")


def test_steps_pages_of_a_removed_file_are_not_read(office: Office) -> None:
    application = case(office)
    upload = add_file(office, application, "照片.jpg", photo(16))
    steps.take_in_upload(office, upload)
    with office.database.write() as session:
        owner = find(session, SYSTEM, application, lock=True)
        applications.remove_upload(session, SYSTEM, office, owner, upload)
    reader = FakeReader()
    (row,) = pages_of(office, upload)
    steps.read_page(office, reader, row.id)
    assert reader.read_pages == []
    with office.database.read() as session:
        assert applications.waiting_pages(session) == 0


def test_steps_a_case_is_assessed_once_nothing_waits(office: Office) -> None:
    reader = FakeReader()
    application = case(office)
    upload = add_file(office, application, "出院.tif", scan([20, 21]))
    assert not steps.assess_if_settled(office, application, seams=SEAMS)
    steps.take_in_upload(office, upload)
    first, second = pages_of(office, upload)
    steps.read_page(office, reader, first.id)
    assert not steps.assess_if_settled(office, application, seams=SEAMS)
    steps.read_page(office, FakeReader(fails=lambda page, before: "image_missing"), second.id)
    assert steps.assess_if_settled(office, application, seams=SEAMS)
    assert len(assessments(office, application)) == 1


def test_steps_a_case_without_files_is_not_assessed(office: Office) -> None:
    assert not steps.assess_if_settled(office, case(office), seams=SEAMS)


def test_inline_queue_reads_and_assesses_with_the_real_casework(office: Office) -> None:
    queue = InlineQueue(office, FakeReader(fails=lambda page, before: "page_crashed" if not before else None))
    application = case(office)
    queue.take_in(add_file(office, application, "出院.tif", scan([30, 31])))
    queue.take_in(add_file(office, application, "坏.pdf", b"%PDF-1.4 broken"))
    with office.database.read() as session:
        made = session.scalars(
            select(Assessment).where(Assessment.application_id == application).order_by(Assessment.revision)
        ).all()
        assert [a.revision for a in made] == [2, 3]
        assert find(session, SYSTEM, application).conclusion == made[-1].conclusion


def test_steps_platforms_are_told_of_a_failed_page_and_of_what_is_ready(office: Office) -> None:
    application = case(office)
    with office.database.write() as session:
        key = ApiKey(
            name="平台",
            digest="0" * 64,
            channel="web",
            scopes=["webhooks"],
            regions=["jiangxi"],
            created_at=office.now(),
        )
        session.add(key)
        session.flush()
        wanted = ["page.failed", "feedback.ready"]
        session.add(
            Webhook(
                api_key_id=key.id, url="https://platform.example", secret="s", events=wanted, created_at=office.now()
            )
        )
    reader = FakeReader(fails=lambda page, before: "image_missing")
    InlineQueue(office, reader).take_in(add_file(office, application, "照片.jpg", photo(40)))
    with office.database.read() as session:
        assert sorted(session.scalars(select(WebhookDelivery.event))) == ["feedback.ready", "page.failed"]


def test_steps_files_are_opened_by_processes_that_reach_nothing_else_of_the_service(office: Office) -> None:
    data = office.settings.service.data_dir
    places = [data / "scratch" / "a.jpg", data / "a.jpg"]
    with open_decoder(office) as decoder:
        for place in places:
            place.parent.mkdir(exist_ok=True)
            place.write_bytes(photo(21))
        limits = office.settings.intake
        made = [take_in([place], data / "scratch" / "work", limits=limits, decoder=decoder) for place in places]
        outside = take_in([places[0]], data / "elsewhere", limits=limits, decoder=decoder)
    assert [len(one.pages) for one in made] == [1, 0]
    assert outside.pages == ()
