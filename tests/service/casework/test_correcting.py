"""Reviewers correct what was read: judged again at once, the machine's value beside theirs, undone again."""

from __future__ import annotations

import threading
import time
from typing import Any

import pytest
from sqlalchemy import select

from pipeline.service import trail
from pipeline.service.access import find
from pipeline.service.actors import Actor, ActorKind, NotAllowedError, Role
from pipeline.service.applications import LimitError, claim
from pipeline.service.casework import Kind, assess, correct, criterion, latest_assessment, undo
from pipeline.service.office import Office
from pipeline.service.tables import Assessment, Correction
from tests.service.made import DISCHARGE, ECHO, HYPERTENSION, LABS, UNKNOWN_LEVEL, add_read_file, made_application


class Desk:
    """A case on a reviewer's desk."""

    def __init__(self, office: Office, reviewer: Actor, **made: Any) -> None:
        self.office, self.reviewer = office, reviewer
        self.case = made_application(office, **made)
        assert assess(office, self.case) is not None
        with office.database.write() as session:
            claim(session, reviewer, office, find(session, reviewer, self.case, lock=True))

    def correct(self, kind: Kind, target: str, field: str, human: dict[str, Any], note: str = "") -> str:
        with self.office.database.write() as session:
            row = find(session, self.reviewer, self.case, lock=True)
            return correct(session, self.reviewer, self.office, row, kind, target, field, human, note).correction.id

    def undo(self, correction: str) -> None:
        with self.office.database.write() as session:
            undo(session, self.reviewer, self.office, find(session, self.reviewer, self.case, lock=True), correction)

    @property
    def now(self) -> Assessment:
        with self.office.database.read() as session:
            found = latest_assessment(session, find(session, self.reviewer, self.case))
            assert found is not None
            session.expunge(found)
            return found

    @property
    def items(self) -> dict[str, dict[str, Any]]:
        return {c["id"]: c for c in self.now.report["reviews"][0]["criteria"]}

    def fact(self, kind: str, **wanted: object) -> dict[str, Any]:
        found = [f for f in self.now.report["facts"][kind] if wanted.items() <= f.items()]
        assert len(found) == 1, [f.get("name") for f in self.now.report["facts"][kind]]
        return dict(found[0])

    def document(self, type: str) -> str:
        return next(str(d["key"]) for d in self.now.report["documents"] if d["type"] == type)


@pytest.fixture
def desk(office: Office, reviewer: Actor) -> Desk:
    return Desk(office, reviewer)


def test_correct_hospital_level_turns_the_item_and_undo_turns_it_back(office: Office, reviewer: Actor) -> None:
    desk = Desk(office, reviewer, files={"出院.jpg": [UNKNOWN_LEVEL], "心超.jpg": [ECHO]})
    assert (desk.now.conclusion, desk.items["1"]["reason"]) == ("manual", "hospital_level_unknown")
    target = desk.document("discharge_summary")
    made = desk.correct(Kind.HOSPITAL, target, "hospital_level", {"value": {"rank": 3, "grade": "甲"}}, "官网可查")
    after = desk.now
    assert (after.conclusion, after.machine_conclusion) == ("meets", "manual")
    (told,) = after.report["corrections"]
    assert told["machine"] == {"value": {"unknown": "absent"}}
    assert (told["human"], told["state"], told["note"]) == (
        {"value": {"rank": 3, "grade": "甲"}},
        "applied",
        "官网可查",
    )
    assert told["made_by"] == reviewer.id
    desk.undo(made)
    assert (desk.now.conclusion, desk.now.report["corrections"]) == ("manual", [])
    with office.database.read() as session:
        assert trail.verify(session)[2] is None
        revisions = session.scalars(select(Assessment.revision).order_by(Assessment.revision)).all()
        assert len(revisions) == len(set(revisions)) == 3


def test_correct_diagnosis_name_brings_grade_and_code_with_it(desk: Desk) -> None:
    key = desk.fact("diagnoses", concept="hypertension", section="出院诊断")["key"]
    desk.correct(Kind.VALUE, key, "name", {"value": "高血压病1级"})
    fact = desk.fact("diagnoses", key=key)
    assert (fact["name"], fact["grade"], fact["concept"]) == ("高血压病1级", "1", "hypertension")
    assert (fact["evidence"]["extractor"], fact["evidence"]["confidence"]) == ("person", 1)
    assert (desk.items["1"]["status"], desk.now.conclusion, desk.now.machine_conclusion) == (
        "unmet",
        "not_met",
        "meets",
    )


@pytest.mark.parametrize("status", ["suspected", "denied", "history", "family"])
def test_correct_assertion_takes_support_away(desk: Desk, status: str) -> None:
    key = desk.fact("findings", concept="left_ventricular_hypertrophy")["key"]
    desk.correct(Kind.ASSERTION, key, "status", {"value": status})
    assert desk.items["3"]["status"] != "met"
    assert (desk.now.conclusion, desk.now.machine_conclusion) != ("meets", "meets")
    assert desk.now.machine_conclusion == "meets"


def test_correct_result_is_normalised_again_with_its_flag_and_range(desk: Desk) -> None:
    key = desk.fact("lab_results", analyte="creatinine")["key"]
    assert desk.items["5"]["status"] == "unmet"
    first = desk.correct(Kind.VALUE, key, "text", {"value": "188"})
    fact = desk.fact("lab_results", key=key)
    assert (fact["value"], fact["canonical_value"], fact["flag"], fact["doubts"]) == (188, 188, "high", [])
    assert desk.items["5"]["status"] != "unmet"
    assert desk.now.report["corrections"][0]["machine"] == {"shown": "肌酐 88 μmol/L", "value": "88"}
    second = desk.correct(Kind.VALUE, key, "text", {"value": "89"})
    assert [c["id"] for c in desk.now.report["corrections"]] == [second]
    desk.undo(second)
    assert desk.fact("lab_results", key=key)["value"] == 188
    desk.undo(first)
    assert desk.fact("lab_results", key=key)["value"] == 88


def test_correct_slip_of_the_pen_stays_doubtful_until_accepted(desk: Desk) -> None:
    key = desk.fact("lab_results", analyte="creatinine")["key"]
    desk.correct(Kind.VALUE, key, "text", {"value": "88000000"})
    assert "implausible" in desk.fact("lab_results", key=key)["doubts"]
    assert desk.items["5"]["status"] != "met"
    desk.correct(Kind.EVIDENCE, key, "", {"accepted": True})
    assert desk.fact("lab_results", key=key)["doubts"] == []
    desk.correct(Kind.VALUE, key, "unit", {"value": "mmol/L"})
    assert desk.fact("lab_results", key=key)["doubts"], "accepted before it was changed again"


def test_correct_unit_reference_and_date_of_a_result(desk: Desk) -> None:
    key = desk.fact("lab_results", analyte="creatinine")["key"]
    desk.correct(Kind.VALUE, key, "reference_text", {"value": "40-80"})
    desk.correct(Kind.DATE, key, "sampled_at", {"value": "2025-12-31"})
    fact = desk.fact("lab_results", key=key)
    assert (fact["reference_low"], fact["reference_high"], fact["flag"]) == (40, 80, "high")
    assert fact["sampled_at"] == "2025-12-31T00:00:00"
    desk.correct(Kind.VALUE, key, "unit", {"value": "没有这种单位"})
    fact = desk.fact("lab_results", key=key)
    assert fact["canonical_value"] is None or "unit_repaired" in fact["doubts"]
    assert desk.items["5"]["status"] not in ("met", "unmet")


def test_correct_date_of_a_document_moves_what_took_its_date_from_it(desk: Desk) -> None:
    desk.correct(Kind.DATE, desk.document("imaging_report"), "date", {"value": "2023-01-12"})
    assert {f["date"] for f in desk.now.report["facts"]["findings"]} == {"2023-01-12"}
    assert desk.items["3"]["reason"] == "outside_window"
    desk.correct(Kind.DATE, desk.document("imaging_report"), "date", {"value": {"unknown": "unreadable"}})
    assert desk.items["3"]["status"] == "manual"


def test_correct_owner_takes_a_document_out_and_brings_it_back(office: Office, reviewer: Actor) -> None:
    desk = Desk(office, reviewer, files={**HYPERTENSION, "心超.jpg": [ECHO.replace("张建国", "王小明")]})
    assert desk.items["3"]["reason"] == "other_person"
    assert "other_person" in [a["code"] for a in desk.now.report["alerts"]]
    target = desk.document("imaging_report")
    desk.correct(Kind.OWNER, target, "owner", {"value": "applicant"}, "曾用名，户口簿已核")
    assert (desk.items["3"]["status"], desk.now.conclusion) == ("met", "meets")
    assert "other_person" not in [a["code"] for a in desk.now.report["alerts"]]
    desk.correct(Kind.OWNER, target, "owner", {"value": "other"})
    assert desk.items["3"]["reason"] == "other_person"


def test_correct_evidence_rejected_for_one_item_counts_for_the_others(desk: Desk) -> None:
    key = desk.fact("diagnoses", concept="hypertension", section="出院诊断")["key"]
    desk.correct(Kind.EVIDENCE, key, "1", {"accepted": False})
    assert desk.items["1"]["status"] != "met"
    assert desk.items["2"]["status"] == "met"
    desk.correct(Kind.EVIDENCE, key, "1", {"accepted": True})
    assert desk.items["1"]["status"] == "met"


@pytest.mark.parametrize(("kind", "human"), [(Kind.EVIDENCE, {"accepted": False}), (Kind.REMOVE, {})])
def test_correct_whole_fact_taken_out_leaves_the_case(desk: Desk, kind: Kind, human: dict[str, Any]) -> None:
    key = desk.fact("findings", concept="left_ventricular_hypertrophy")["key"]
    made = desk.correct(kind, key, "", human)
    assert key not in [f["key"] for f in desk.now.report["facts"]["findings"]]
    assert desk.now.conclusion != "meets"
    (told,) = desk.now.report["corrections"]
    assert told["evidence"]["quote"] == "左心室肥厚"
    desk.undo(made)
    assert desk.now.conclusion == "meets"


def test_correct_low_confidence_evidence_counts_once_a_person_accepts_it(office: Office, reviewer: Actor) -> None:
    desk = Desk(office, reviewer, confidence=0.4)
    assert desk.now.conclusion == "manual"
    for kind, wanted in (("diagnoses", "hypertension"), ("findings", "left_ventricular_hypertrophy")):
        for fact in desk.now.report["facts"][kind]:
            if fact["concept"] == wanted:
                desk.correct(Kind.EVIDENCE, fact["key"], "", {"accepted": True})
    desk.correct(Kind.EVIDENCE, desk.fact("visits")["key"], "", {"accepted": True})
    assert (desk.now.conclusion, desk.now.machine_conclusion) == ("meets", "manual")


def test_correct_added_fact_is_certain_evidence_at_its_box(office: Office, reviewer: Actor) -> None:
    desk = Desk(office, reviewer, files={"出院.jpg": [DISCHARGE], "心超.jpg": [ECHO.replace("左心室肥厚", "")]})
    assert desk.now.conclusion != "meets"
    human = {
        "file": "心超.jpg",
        "page": 1,
        "box": [100, 400, 400, 440],
        "quote": "左室肥厚（手写）",
        "concept": "left_ventricular_hypertrophy",
        "modality": "echo",
    }
    desk.correct(Kind.ADD, "", "findings", human)
    fact = desk.fact("findings", concept="left_ventricular_hypertrophy")
    assert (fact["date"], fact["evidence"]["box"], fact["evidence"]["extractor"]) == (
        "2026-01-12",
        [100, 400, 400, 440],
        "person",
    )
    assert (desk.now.conclusion, desk.now.machine_conclusion) == ("meets", "insufficient")
    assert desk.items["3"]["evidence"][0]["quote"] == "左室肥厚（手写）"
    desk.correct(Kind.ASSERTION, fact["key"], "status", {"value": "suspected"})
    assert desk.now.conclusion != "meets"


@pytest.mark.parametrize(
    "change",
    [
        {"page": 9},
        {"box": [100, 400, 99, 440]},
        {"box": [0, 0, 5000, 10]},
        {"quote": " "},
        {"concept": "no_such_finding"},
        {"value": "many"},
        {"box": "all"},
    ],
)
def test_correct_added_fact_must_point_at_its_place(desk: Desk, change: dict[str, Any]) -> None:
    human = {"file": "心超.jpg", "page": 1, "box": [1, 1, 9, 9], "quote": "x", "concept": "cardiac_enlargement"}
    with pytest.raises(LimitError, match="更正"):
        desk.correct(Kind.ADD, "", "findings", {**human, **change})


def test_correct_document_type_extracts_the_document_again(office: Office, reviewer: Actor) -> None:
    odd = ECHO.replace("# 超声心动图报告单", "# 某某检查单")
    desk = Desk(office, reviewer, files={"出院.jpg": [DISCHARGE], "心超.jpg": [odd]})
    made = desk.correct(Kind.DOCUMENT_TYPE, desk.document("discharge_summary"), "type", {"value": "lab_report"})
    assert desk.items["1"]["status"] != "met"
    types = [d["type"] for d in desk.now.report["documents"]]
    assert types[0] == "lab_report"
    assert not [d for d in desk.now.report["facts"]["diagnoses"] if d["section"] == "出院诊断"]
    assert desk.now.report["corrections"][0]["machine"] == {"value": "discharge_summary"}
    desk.correct(Kind.VALUE, desk.fact("findings", concept="lvef")["key"], "value", {"value": "45"})
    desk.undo(made)
    assert desk.items["1"]["status"] == "met"
    assert desk.fact("findings", concept="lvef")["value"] == 45


def test_correct_item_left_to_a_person_is_settled_with_evidence(office: Office, reviewer: Actor) -> None:
    desk = Desk(office, reviewer, files={"出院.jpg": [UNKNOWN_LEVEL], "心超.jpg": [ECHO]})
    key = desk.fact("diagnoses", concept="hypertension", section="出院诊断")["key"]
    with pytest.raises(LimitError):
        desk.correct(Kind.CRITERION, criterion("1"), "status", {"value": "met", "evidence": []})
    with pytest.raises(LimitError):
        desk.correct(Kind.CRITERION, criterion("4"), "status", {"value": "met", "evidence": [key]})
    desk.correct(Kind.CRITERION, criterion("1"), "status", {"value": "met", "evidence": [key]})
    item = desk.items["1"]
    assert (item["status"], item["reason"], desk.now.conclusion) == ("met", "settled_by_person", "meets")
    assert desk.now.machine_conclusion == "manual"
    # What it rested on is taken out: the word does not count any more, and that is told.
    desk.correct(Kind.REMOVE, key, "", {})
    assert desk.items["1"]["status"] != "met"
    assert "correction_not_applied" in [a["code"] for a in desk.now.report["alerts"]]


def test_correct_stays_in_force_when_material_is_added_and_tells_what_is_gone(desk: Desk, office: Office) -> None:
    key = desk.fact("lab_results", analyte="creatinine")["key"]
    document = desk.document("discharge_summary")
    desk.correct(Kind.VALUE, key, "text", {"value": "188"})
    desk.correct(Kind.HOSPITAL, document, "hospital_level", {"value": {"rank": 1}})
    add_read_file_by_reviewer(office, desk, "补充.jpg", LABS.replace("2026-01-11", "2026-02-02").replace("88", "95"))
    made = assess(office, desk.case)
    assert made is not None
    assert desk.fact("lab_results", key=key)["value"] == 188
    assert desk.items["1"]["reason"] == "hospital_below_level"
    with office.database.write() as session:
        row = session.scalars(select(Correction).where(Correction.target == key)).one()
        row.target = "lab_results-" + "0" * 24
        find(session, desk.reviewer, desk.case, lock=True).revision += 1
    again = assess(office, desk.case)
    assert again is not None
    states = {c["target"]: c["state"] for c in again.report["corrections"]}
    assert states == {"lab_results-" + "0" * 24: "target_lost", document: "applied"}
    assert "correction_not_applied" in [a["code"] for a in again.report["alerts"]]


def add_read_file_by_reviewer(office: Office, desk: Desk, name: str, text: str) -> None:
    from pipeline.service.states import State

    with office.database.write() as session:
        find(session, desk.reviewer, desk.case, lock=True).state = State.RETURNED
    add_read_file(office, desk.case, name, [text])
    with office.database.write() as session:
        find(session, desk.reviewer, desk.case, lock=True).state = State.UNDER_REVIEW


@pytest.mark.parametrize(
    ("kind", "field", "human"),
    [
        (Kind.VALUE, "no_such_field", {"value": "1"}),
        (Kind.VALUE, "evidence", {"value": []}),
        (Kind.VALUE, "document", {"value": "d9"}),
        (Kind.VALUE, "text", {}),
        (Kind.VALUE, "text", {"value": 7}),
        (Kind.VALUE, "text", {"value": " "}),
        (Kind.DATE, "sampled_at", {"value": "2026-02-30"}),
        (Kind.DATE, "text", {"value": "188"}),
        (Kind.EVIDENCE, "", {"accepted": "yes"}),
        (Kind.EVIDENCE, "99", {"accepted": False}),
    ],
)
def test_correct_refuses_what_makes_no_sense(desk: Desk, kind: Kind, field: str, human: dict[str, Any]) -> None:
    key = desk.fact("lab_results", analyte="creatinine")["key"]
    before = desk.now.id
    with pytest.raises(LimitError) as error:
        desk.correct(kind, key, field, human)
    assert error.value.code == "bad_correction"
    assert desk.now.id == before


def test_correct_is_for_the_reviewer_on_whose_desk_the_case_is(desk: Desk, office: Office) -> None:
    other = Actor(kind=ActorKind.USER, id="f" * 32, roles=frozenset({Role.REVIEWER}), regions=frozenset({"jiangxi"}))
    analyst = Actor(kind=ActorKind.USER, id="e" * 32, roles=frozenset({Role.ANALYST}), regions=frozenset({"jiangxi"}))
    key = desk.fact("lab_results", analyte="creatinine")["key"]
    for actor in (other, analyst, Actor(kind=ActorKind.APPLICANT, id=desk.case)):
        with office.database.write() as session:
            row = find(session, desk.reviewer, desk.case, lock=True)
            with pytest.raises(NotAllowedError):
                correct(session, actor, office, row, Kind.VALUE, key, "text", {"value": "1"}, "")


def test_correct_while_the_case_is_assessed_loses_neither(desk: Desk, office: Office) -> None:
    key = desk.fact("lab_results", analyte="creatinine")["key"]
    errors: list[Exception] = []

    def again() -> None:
        try:
            with office.database.write() as session:
                find(session, desk.reviewer, desk.case, lock=True).revision += 1
            assess(office, desk.case)
        except Exception as error:
            errors.append(error)

    def fix() -> None:
        while True:
            try:
                desk.correct(Kind.VALUE, key, "text", {"value": "188"})
            except LimitError:  # it is being assessed
                time.sleep(0.05)
            else:
                return

    threads = [threading.Thread(target=step) for step in (again, fix)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not errors
    made = assess(office, desk.case)
    assert made is not None
    assert made.revision == max_revision(office, desk)
    assert desk.fact("lab_results", key=key)["value"] == 188


def max_revision(office: Office, desk: Desk) -> int:
    with office.database.read() as session:
        return find(session, desk.reviewer, desk.case).revision
