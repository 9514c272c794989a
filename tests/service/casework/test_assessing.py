"""Assessing: rows become a judged case, once for each revision, whoever asks and how often."""

from __future__ import annotations

import datetime as dt
import re
import threading

import pytest
from sqlalchemy import func, select

from pipeline.nouns import QualityIssue
from pipeline.service import trail
from pipeline.service.access import find
from pipeline.service.actors import SYSTEM, Actor
from pipeline.service.applications import Person, describe, uploads_of
from pipeline.service.casework import assess, case_from_bytes, case_to_bytes, feedback_of, latest_assessment
from pipeline.service.office import Office
from pipeline.service.states import PageState
from pipeline.service.tables import Assessment, Correction, PageRow, TrailRow
from tests.service.conftest import NOW, at
from tests.service.made import DISCHARGE, HYPERTENSION, LABS, add_file, add_read_file, applicant, made_application


def test_assessing_hypertension_case_meets_and_is_kept(office: Office) -> None:
    case = made_application(office)
    made = assess(office, case)
    assert made is not None
    assert (made.conclusion, made.machine_conclusion, made.as_of) == ("meets", "meets", dt.date(2026, 3, 16))
    assert made.report["schema"] == "yushen.report.v1"
    statuses = {c["id"]: c["status"] for c in made.report["reviews"][0]["criteria"]}
    assert (statuses["1"], statuses["2"], statuses["3"]) == ("met", "met", "met")
    with office.database.read() as session:
        row = find(session, SYSTEM, case)
        kept = latest_assessment(session, row)
        assert kept is not None
        assert (kept.id, row.conclusion, kept.revision) == (made.id, "meets", row.revision)
        assert "张建国" not in kept.facts
        assert "张建国" in str(case_from_bytes(kept.case).facts.patient)


def test_assessing_again_gives_the_same_assessment(office: Office) -> None:
    case = made_application(office)
    found: list[str] = []

    def ask() -> None:
        made = assess(office, case)
        assert made is not None
        found.append(made.id)

    threads = [threading.Thread(target=ask) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    ask()
    assert len(found) == 5
    assert len(set(found)) == 1
    with office.database.read() as session:
        assert session.scalar(select(func.count()).select_from(Assessment)) == 1
        made = select(func.count()).select_from(TrailRow).where(TrailRow.action == "assessment.make")
        assert session.scalar(made) == 1
        assert trail.verify(session)[2] is None


def test_assessing_waits_for_files_and_pages_and_for_nobody(office: Office) -> None:
    case = made_application(office, submitted=False)
    upload = add_file(office, case, "later.jpg", b"later")
    assert assess(office, case) is None
    with office.database.write() as session:
        row = next(u for u in uploads_of(session, find(session, SYSTEM, case)) if u.id == upload)
        row.state, row.code, row.why = PageState.FAILED, "image_broken", "图片文件已损坏，打不开，请重新拍照上传。"
    made = assess(office, case)
    assert made is not None
    assert made.conclusion == "meets"
    assert [(a["code"], a["file"]) for a in made.report["alerts"] if a["severity"] == "error"] == [
        ("image_broken", "later.jpg")
    ]
    assert assess(office, "0" * 32) is None


def test_assessing_page_that_failed_stays_in_the_case(office: Office) -> None:
    case = made_application(office, submitted=False)
    upload = add_read_file(office, case, "糊.jpg", ["看不清"])
    with office.database.write() as session:
        row = session.scalars(select(PageRow).where(PageRow.upload_id == upload)).one()
        row.state, row.reading, row.code, row.why = PageState.FAILED, None, "page_timeout", "识别超时，请重拍"
    made = assess(office, case)
    assert made is not None
    pages = [page for d in made.report["documents"] for page in d["pages"] if page["file"] == "糊.jpg"]
    assert [p["quality"][0]["code"] for p in pages] == ["not_read"]
    assert ("page_timeout", "error") in [(a["code"], a["severity"]) for a in made.report["alerts"]]


def test_assessing_reading_that_is_damaged_is_told_and_supports_nothing(office: Office) -> None:
    case = made_application(office, {"出院.jpg": [DISCHARGE]})
    with office.database.write() as session:
        session.scalars(select(PageRow)).one().reading = b'{"lines": ['
    made = assess(office, case)
    assert made is not None
    assert made.conclusion == "insufficient"
    assert [a["code"] for a in made.report["alerts"] if a["severity"] == "error"] == ["reading_damaged"]


def test_assessing_case_without_files_is_insufficient(office: Office) -> None:
    case = made_application(office, {}, submitted=False)
    made = assess(office, case)
    assert made is not None
    assert made.conclusion == "insufficient"
    assert made.report["reviews"][0]["missing"]


@pytest.mark.parametrize("disease", [None, "no-such-disease"])
def test_assessing_without_a_disease_of_the_region_goes_to_a_person(office: Office, disease: str | None) -> None:
    case = made_application(office, disease=disease, submitted=False)
    made = assess(office, case)
    assert made is not None
    assert made.conclusion == "manual"
    assert len(made.report["documents"]) == 3


def test_assessing_defect_becomes_an_honest_state(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object, **__: object) -> None:
        raise RuntimeError("张建国")

    case = made_application(office)
    monkeypatch.setattr("pipeline.service.casework.judging.understand", broken)
    made = assess(office, case)
    assert made is not None
    assert made.conclusion == "insufficient"
    assert "understanding_failed" in [a["code"] for a in made.report["alerts"]]
    assert [p["file"] for d in made.report["documents"] for p in d["pages"]] == list(HYPERTENSION)


def test_assessing_draft_on_a_later_day_counts_windows_from_that_day(office: Office) -> None:
    case = made_application(office, submitted=False)
    first = assess(office, case)
    later = at(office, NOW + dt.timedelta(days=800))
    second = assess(later, case)
    assert first is not None
    assert second is not None
    assert second.revision == first.revision + 1
    assert (first.conclusion, second.conclusion) == ("meets", "insufficient")


def test_assessing_added_material_is_a_new_revision_and_order_decides_page_ids(office: Office) -> None:
    case = made_application(office, {"出院.jpg": [DISCHARGE]}, submitted=False)
    first = assess(office, case)
    add_read_file(office, case, "化验.jpg", [LABS])
    second = assess(office, case)
    assert first is not None
    assert second is not None
    assert second.revision > first.revision
    assert [p["id"] for d in second.report["documents"] for p in d["pages"]] == ["p1", "p2"]


def test_stored_case_comes_back_as_it_was(office: Office) -> None:
    made = assess(office, made_application(office))
    assert made is not None
    case = case_from_bytes(made.case)
    assert case_from_bytes(case_to_bytes(case)) == case
    assert all(office.blobs.has(p.page.image.name) for d in case.documents for p in d.pages)
    assert len(made.case) < 60_000


def test_assessing_tells_the_applicant_what_is_needed_and_never_how_it_stands(office: Office) -> None:
    case = made_application(office, {"出院.jpg": [DISCHARGE]}, submitted=False)
    blurred = QualityIssue(code="blurred", message="照片模糊，看不清字", score=0.1)
    add_read_file(office, case, "糊.jpg", ["#一张看不清的纸"], quality=(blurred,))
    made = assess(office, case)
    assert made is not None
    told = feedback_of(made)
    assert told.diseases == ("高血压伴有并发症",)
    assert [(r.at.file, r.why) for r in told.retake] == [("糊.jpg", ("照片模糊，看不清字",))]
    assert office.blobs.has(told.retake[0].at.image)
    assert told.needed
    assert told.to_do == len(told.needed) + 1
    assert (told.received[0].label, told.received[0].date) == ("出院小结/出院记录", "2026-01-20")
    words = str(made.feedback)
    assert not re.search("符合|不符|糖尿病|极高危|meets", words)


def test_assessing_papers_of_somebody_else_support_nothing_however_well_they_agree(office: Office) -> None:
    case = made_application(office, name="王小明")
    made = assess(office, case)
    assert made is not None
    assert made.conclusion == "insufficient"
    assert {d["owner"] for d in made.report["documents"]} == {"other"}
    assert "other_person" in [a["code"] for a in made.report["alerts"]]


def test_assessing_again_when_another_person_applies(office: Office) -> None:
    case = made_application(office, submitted=False)
    first = assess(office, case)
    with office.database.write() as session:
        row = find(session, applicant(case), case, lock=True)
        describe(session, applicant(case), office, row, person=Person(name="王小明", phone="13900000000"))
    second = assess(office, case)
    assert first is not None
    assert second is not None
    assert (first.conclusion, second.conclusion) == ("meets", "insufficient")


def test_assessing_with_corrections_that_break_leaves_the_case_to_a_person(
    office: Office, reviewer: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object) -> None:
        raise RuntimeError("张建国")

    case = made_application(office)
    with office.database.write() as session:
        session.add(
            Correction(
                application_id=case,
                made_at=office.now(),
                made_by=reviewer.id,
                kind="of a later version",
                target="lab_results-0",
                machine={},
                human={},
            )
        )
    unknown = assess(office, case)
    assert unknown is not None
    assert [c["state"] for c in unknown.report["corrections"]] == ["not_possible"]
    assert unknown.conclusion == "meets"
    with office.database.write() as session:
        find(session, SYSTEM, case, lock=True).revision += 1
    monkeypatch.setattr("pipeline.service.casework.corrected.apply", broken)
    made = assess(office, case)
    assert made is not None
    assert (made.conclusion, made.machine_conclusion) == ("manual", "meets")
    assert "corrections_failed" in [a["code"] for a in made.report["alerts"]]
