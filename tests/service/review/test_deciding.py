"""Decisions at the desk: asked once more, kept with their reasons, a second reader where wanted."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
from sqlalchemy import select

from pipeline.service.casework import assess
from pipeline.service.decisions import reason_codes
from pipeline.service.office import Office
from pipeline.service.states import State
from pipeline.service.tables import Application, Decision, Outcome
from pipeline.service.web.review.deciding import _SUGGESTED
from tests.service.made import made_application
from tests.service.review.conftest import Desk


def _decisions(office: Office) -> list[Decision]:
    with office.database.read() as session:
        return list(session.scalars(select(Decision)))


def _state(office: Office, application: str) -> State:
    with office.database.read() as session:
        found = session.get(Application, application)
        assert found is not None
        return found.state


def test_decision_asks_once_more_and_then_stands(office: Office, case: str, desk: Desk) -> None:
    desk.claim(case)
    form = desk.get(f"/desk/{case}/decision")
    assert len(re.findall(r'type="radio" name="outcome"', form)) == 3
    assert not re.search(r'type="radio"[^>]* checked', form)  # nothing is chosen beforehand
    fields = {"outcome": "refuse", "refuse.code.3": "negative", "approve.code.1": "expert", "note": "内部说明"}
    asked = desk.change(case, "/decision/check", fields)
    assert asked.status_code == 200
    assert "检查结果为阴性，不支持这一项" in asked.text
    assert "与机器建议" in asked.text
    assert _decisions(office) == []
    assert _state(office, case) is State.UNDER_REVIEW
    assert desk.change(case, "/decision", fields).status_code == 422  # not confirmed
    assert _decisions(office) == []
    done = desk.change(case, "/decision", {**fields, "confirmed": "refuse"})
    assert done.status_code == 200
    assert "已决定：不通过" in done.json()["said"]
    (decision,) = _decisions(office)
    assert [(r["criterion"], r["code"]) for r in decision.reasons] == [("3", "negative")]
    assert _state(office, case) is State.DECIDED
    assert 'data-do="decide"' not in done.json()["html"]["decision-bar"]
    assert "不通过" in done.json()["html"]["panel"]


def test_decision_return_begins_with_why_what_was_handed_in_does_not_count(office: Office, desk: Desk) -> None:
    case = made_application(office, name="刘小平")  # the papers are another person's
    assess(office, case)
    desk.claim(case)
    form = desk.get(f"/desk/{case}/decision")
    chosen = dict(re.findall(r'name="return\.code\.(\d)"[^§]*?<option value="(\w+)" selected', form))
    assert chosen["1"] == "other_person"
    known = {entry.code for entry in reason_codes(Outcome.RETURN)}
    assert set(_SUGGESTED.values()) <= known


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({}, "请先选择"),
        ({"outcome": "refuse"}, "至少选择一个原因"),
        ({"outcome": "refuse", "refuse.code.": "other"}, "请写明原因"),
        ({"outcome": "return", "return.code.99": "missing"}, "不在本次核对的条目之中"),
    ],
)
def test_decision_without_reasons_is_refused(case: str, desk: Desk, fields: dict[str, str], words: str) -> None:
    desk.claim(case)
    answer = desk.change(case, "/decision/check", fields)
    assert answer.status_code == 422
    assert words in answer.json()["message"]


def test_decision_on_what_has_changed_since_is_refused(office: Office, case: str, desk: Desk) -> None:
    desk.claim(case)
    seen = desk.parts(case)["data"]["revision"]
    fields = {"outcome": "approve", "confirmed": "approve"}
    answer = desk.change(case, "/decision", fields, seen - 1)
    assert answer.status_code == 409
    assert _decisions(office) == []


def test_returned_case_begins_a_round_and_keeps_the_first(office: Office, desk: Desk) -> None:
    application = made_application(office, {"化验.jpg": ("# 检验报告单\n姓名：张建国 | 性别：男",)})
    assess(office, application)
    desk.claim(application)
    form = desk.get(f"/desk/{application}/decision")
    assert re.search(r'name="return\.code\.1".*?value="missing" selected', form, re.S)
    fields = {"outcome": "return", "return.code.1": "missing", "confirmed": "return"}
    assert desk.change(application, "/decision", fields).status_code == 200
    assert _state(office, application) is State.RETURNED
    assert "第 1 轮：退回补件" in desk.get(f"/desk/{application}")


@pytest.fixture
def strict(office: Office) -> Office:
    """An office where two people decide on hypertension."""
    service = office.settings.service.model_copy(update={"second_reader": frozenset({"hypertension"})})
    return replace(office, settings=office.settings.model_copy(update={"service": service}))


def test_second_reader_makes_it_stand(strict: Office) -> None:
    case = made_application(strict)
    assess(strict, case)
    first, other = Desk(strict, "a1", ("reviewer",), ("jiangxi",)), Desk(strict, "a2", ("second_reader",), ("jiangxi",))
    first.claim(case)
    approve = {"outcome": "approve", "confirmed": "approve"}
    assert "需要第二人复核" in first.change(case, "/decision/check", approve).text
    assert "等待第二人复核" in first.change(case, "/decision", approve).json()["said"]
    assert _state(strict, case) is State.UNDER_REVIEW
    mine = first.get(f"/desk/{case}")
    assert "收回决定" in mine
    assert 'data-do="edit"' not in mine  # what the second reader looks at stays as it is
    assert case in other.get("/desk?second=1")
    assert case not in first.get("/desk?second=1")
    assert "在等您复核" in other.get(f"/desk/{case}")
    assert "第二人复核：通过" in other.get(f"/desk/{case}/decision")
    decision = _decisions(strict)[0].id
    assert other.change(case, "/second", {"decision": decision}).status_code == 422
    assert other.change(case, "/second", {"decision": decision, "agrees": "no"}).status_code == 422  # no word why
    answer = other.change(case, "/second", {"decision": decision, "agrees": "yes"})
    assert answer.status_code == 200
    assert _state(strict, case) is State.DECIDED
    assert other.change(case, "/second", {"decision": decision, "agrees": "yes"}).status_code == 409


def test_proposal_is_taken_back(strict: Office) -> None:
    case = made_application(strict)
    assess(strict, case)
    first = Desk(strict, "a1", ("reviewer",), ("jiangxi",))
    first.claim(case)
    assert first.change(case, "/decision", {"outcome": "approve", "confirmed": "approve"}).status_code == 200
    assert "收回等待复核的决定" in first.get(f"/desk/{case}/decision")
    assert first.change(case, "/retract", {}).status_code == 200
    other = Desk(strict, "a2", ("second_reader",), ("jiangxi",))
    assert case not in other.get("/desk?second=1")
    assert 'data-do="edit"' in first.get(f"/desk/{case}")
