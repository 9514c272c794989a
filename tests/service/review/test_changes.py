"""Corrections at the desk: judged again at once, the machine's value kept, nobody's work overwritten."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from sqlalchemy import select

from pipeline.service.office import Office
from pipeline.service.tables import Application, Correction
from pipeline.service.web.review.editing import changes_in, fields_of, human_value
from tests.service.review.conftest import Desk


def _key(panel: str, kind: str, words: str) -> str:
    """Key of the fact of ``kind`` whose row holds ``words``."""
    for row in re.findall(r'<tr class="fact.*?</tr>', panel, re.S):
        found = re.search(rf'data-key="({kind}-[^"]+)"', row)
        if found and words in row:
            return found[1]
    raise AssertionError(words)


def _item(panel: str, id: str) -> str:
    return panel.split(f'data-item="{id}"', 1)[1].split("</li>", 1)[0]


@pytest.fixture
def mine(case: str, desk: Desk) -> str:
    desk.claim(case)
    return case


def test_corrected_value_is_judged_again_and_shown_beside_the_machines(mine: str, desk: Desk) -> None:
    before = desk.parts(mine)["html"]["panel"]
    key = _key(before, "diagnoses", "高血压病3级")
    assert "st-met" in _item(before, "1")
    answer = desk.change(mine, "/corrections", {"target": key, "field.status": "suspected", "note": "原件写考虑"})
    assert answer.status_code == 200
    after = answer.json()["html"]["panel"]
    assert "st-met" not in _item(after, "1")
    assert "确定性已更正，机器：明确" in after
    assert "is-changed" in after
    assert "更正前：材料支持" in answer.json()["html"]["decision-bar"]


def test_form_left_as_it_was_changes_nothing(office: Office, mine: str, desk: Desk) -> None:
    key = _key(desk.parts(mine)["html"]["panel"], "lab_results", "肌酐")
    form = desk.get(f"/desk/{mine}/edit?key={key}")
    fields = dict(re.findall(r'name="(field\.\w+)" type="text" value="([^"]*)"', form))
    assert fields["field.text"] == "88"
    assert desk.change(mine, "/corrections", {"target": key, **fields}).status_code == 200
    with office.database.read() as session:
        assert session.scalars(select(Correction)).all() == []


def test_rejected_fact_is_listed_and_comes_back_when_undone(office: Office, mine: str, desk: Desk) -> None:
    key = _key(desk.parts(mine)["html"]["panel"], "findings", "左心室肥厚")
    fields = {"target": key, "kind": "evidence", "accepted": "0"}
    panel = desk.change(mine, "/corrections", fields).json()["html"]["panel"]
    assert "不采信的事实" in panel
    assert "st-missing" in _item(panel, "3")
    found = re.search(r'data-correction="([0-9a-f]{32})"', panel)
    assert found
    panel = desk.change(mine, "/corrections/undo", {"correction": found[1]}).json()["html"]["panel"]
    assert "不采信的事实" not in panel
    assert "st-met" in _item(panel, "3")


def test_fact_drawn_on_a_page_counts(mine: str, desk: Desk) -> None:
    parts = desk.parts(mine)
    page = parts["data"]["pages"][0]["id"]
    form = desk.get(f"/desk/{mine}/add?page={page}&box=0.03,0.02,0.97,0.2")
    assert "江州市第一人民医院" in form
    fields = {"page": page, "box": "0.05,0.5,0.5,0.53", "kind": "diagnoses", "quote": "脑梗死"}
    fields |= {"diagnoses.name": "脑梗死", "diagnoses.status": "confirmed", "lab_results.name": "不计"}
    answer = desk.change(mine, "/corrections/add", fields)
    assert answer.status_code == 200
    panel = answer.json()["html"]["panel"]
    assert "人工补录" in panel
    key = _key(panel, "diagnoses", "脑梗死")
    places = re.search(rf'data-key="{key}" data-places="(e\d+)"', panel)
    assert places
    assert answer.json()["data"]["places"][places[1]]["box"] == pytest.approx([0.05, 0.5, 0.45, 0.03], abs=0.002)


@pytest.mark.parametrize("box", ["", "1,2", "0.5,0.5,0.1,0.6", "nan,0,1,1", "0,0,2,2"])
def test_box_that_is_none_is_refused(mine: str, desk: Desk, box: str) -> None:
    page = desk.parts(mine)["data"]["pages"][0]["id"]
    fields = {"page": page, "box": box, "kind": "diagnoses", "quote": "x", "diagnoses.name": "脑梗死"}
    assert desk.change(mine, "/corrections/add", fields).status_code == 404


def test_change_since_the_page_was_loaded_is_told(office: Office, mine: str, desk: Desk) -> None:
    loaded = desk.parts(mine)
    key = _key(loaded["html"]["panel"], "lab_results", "肌酐")
    with office.database.write() as session:
        application = session.get(Application, mine)
        assert application is not None
        application.revision += 1  # the applicant's material came in between
    answer = desk.change(mine, "/corrections", {"target": key, "field.text": "900"}, loaded["data"]["revision"])
    assert answer.status_code == 409
    assert answer.json()["code"] == "changed"
    assert "没有保存" in answer.json()["message"]
    with office.database.read() as session:
        assert session.scalars(select(Correction)).all() == []


def test_case_on_another_desk_is_read_only(mine: str, desk: Desk, sit: Callable[..., Desk]) -> None:
    other = sit("shenhe2")
    page = other.get(f"/desk/{mine}")
    assert 'data-do="edit"' not in page
    assert 'data-do="decide"' not in page
    key = _key(desk.parts(mine)["html"]["panel"], "lab_results", "肌酐")
    for path, fields in (
        ("/corrections", {"target": key, "field.text": "900"}),
        ("/corrections/undo", {"correction": "0" * 32}),
        ("/decision", {"outcome": "approve", "confirmed": "approve"}),
    ):
        answer = other.change(mine, path, fields)
        assert answer.status_code == 409, path
        assert "审核1" in answer.json()["message"]


def test_correction_needs_the_token(mine: str, desk: Desk) -> None:
    key = _key(desk.parts(mine)["html"]["panel"], "lab_results", "肌酐")
    desk.csrf = "x" * 43
    assert desk.change(mine, "/corrections", {"target": key, "field.text": "900"}).status_code == 403


def test_what_makes_no_sense_is_told_in_chinese(mine: str, desk: Desk) -> None:
    key = _key(desk.parts(mine)["html"]["panel"], "diagnoses", "高血压病3级")
    answer = desk.change(mine, "/corrections", {"target": key, "field.date": "去年"})
    assert answer.status_code == 422
    assert "更正填写有误" in answer.json()["message"]
    assert desk.change(mine, "/corrections", {"target": "lab_results-none", "field.text": "1"}).status_code == 404


def test_document_shows_its_corrected_type(mine: str, desk: Desk) -> None:
    panel = desk.parts(mine)["html"]["panel"]
    key = _key(panel, "document", "影像报告")
    parts = desk.change(mine, "/corrections", {"target": key, "field.type": "other"}).json()
    assert "类型已更正，机器：影像报告" in parts["html"]["panel"]
    assert "已更正" in parts["html"]["thumbs"]


def test_human_values_take_the_form_of_casework() -> None:
    assert human_value("date", " ") == {"unknown": "absent"}
    assert human_value("flag", "") is None
    assert human_value("hospital_level", "3甲") == {"rank": 3, "grade": "甲"}
    assert human_value("hospital_level", "0") == {"rank": 0, "grade": None}
    assert human_value("text", " 812 ") == "812"


def test_only_changed_fields_are_changes() -> None:
    fact = {"kind": "inpatient", "start": "2026-01-10", "end": None}
    assert [f.value for f in fields_of("visits", fact)] == ["inpatient", "2026-01-10", ""]
    sent = {"field.kind": "inpatient", "field.start": "2026-01-11", "field.end": "", "field.hospital": "x"}
    assert [(c.field, c.human) for c in changes_in("visits", fact, sent)] == [("start", {"value": "2026-01-11"})]
