"""Handing in, being returned, handing in again, taking back; the decision in the bureau's words."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from sqlalchemy import select

from pipeline.service.access import find
from pipeline.service.actors import SYSTEM, Actor
from pipeline.service.casework import assess
from pipeline.service.office import Office
from pipeline.service.states import State
from pipeline.service.tables import Application, Approval, Decision, Outcome, TrailRow
from tests.service.applicant.conftest import Visitor, case_id
from tests.service.made import DISCHARGE, ECHO, add_read_file


def handed_in(visitor: Visitor, office: Office) -> str:
    visitor.apply()
    case = case_id(office, visitor)
    add_read_file(office, case, "a.jpg", [DISCHARGE])
    visitor.get("/case/check")
    visitor.send("/case/submit")
    return case


def decided(office: Office, case: str, reviewer: Actor, outcome: Outcome, **more: Any) -> None:
    assessment = assess(office, case)
    assert assessment is not None
    with office.database.write() as session:
        row = find(session, SYSTEM, case, lock=True)
        session.add(
            Decision(
                application_id=case,
                round=row.round,
                assessment_id=assessment.id,
                outcome=outcome,
                reasons=[{"criterion": "3", "code": "missing", "text": "请补近2年的心脏彩超报告"}],
                note="内部：与上次的影像不一致。",
                made_by=reviewer.id,
                made_at=office.now(),
                **({"final": True} | more),
            )
        )
        row.state = State.RETURNED if outcome is Outcome.RETURN else State.DECIDED
        row.round += outcome is Outcome.RETURN


def test_submit_shows_the_due_date_once_and_closes_the_case(visitor: Visitor, office: Office) -> None:
    case = handed_in(visitor, office)
    assert visitor.url == "/case/submitted"
    assert "2026-04-14" in visitor.text
    assert "20 个工作日" in visitor.text
    visitor.send("/case/submit")
    assert visitor.url == "/case/submitted"
    with office.database.read() as session:
        actions = session.scalars(select(TrailRow.action).where(TrailRow.application_id == case)).all()
        assert actions.count("application.submit") == 1
    for path in ("/case/files", "/case/todo", "/case/check", "/case/person", "/case/disease"):
        visitor.get(path)
        assert visitor.url == "/case", path
    visitor.get("/case/withdraw")
    visitor.send("/case/files", files=[("b.jpg", b"b")])
    assert visitor.status == 422
    assert "暂时不能修改材料" in visitor.text


def test_submit_without_material_says_what_to_do(visitor: Visitor, office: Office) -> None:
    visitor.apply()
    visitor.get("/case/check")
    visitor.send("/case/submit")
    assert visitor.url == "/case/check"
    assert "还没有材料" in visitor.text
    with office.database.write() as session:
        row = session.get_one(Application, case_id(office, visitor))
        row.disease = None
        assert row.identity is not None
        row.identity.name = ""
    visitor.get("/case/check")
    assert "还没有选" in visitor.text
    visitor.send("/case/submit")
    assert "还没有选病种" in visitor.text
    visitor.get("/case/check?wrong=<script>")
    assert "还不能提交" not in visitor.text


def test_returned_case_says_what_to_add_and_is_handed_in_again(
    visitor: Visitor, office: Office, reviewer: Actor
) -> None:
    case = handed_in(visitor, office)
    decided(office, case, reviewer, Outcome.RETURN)
    visitor.get("/case")
    for words in ("请补充材料", "请补近2年的心脏彩超报告", "去补材料"):
        assert words in visitor.text
    assert "审核甲" not in visitor.page
    assert "内部" not in visitor.page
    visitor.get("/case/files")
    assert "上次已经提交，不能删除" in visitor.text
    visitor.get("/case/check")
    visitor.send("/case/submit")
    assert "还没有补充新的材料" in visitor.text
    add_read_file(office, case, "b.jpg", [ECHO])
    visitor.get("/case/check")
    visitor.send("/case/submit")
    assert visitor.url == "/case/submitted"
    visitor.get("/case")
    assert "补充材料后再次提交" in visitor.text
    assert "要补什么" not in visitor.text


@pytest.mark.parametrize(("outcome", "words"), [(Outcome.APPROVE, "审核通过"), (Outcome.REFUSE, "审核没有通过")])
def test_decision_is_told_in_the_words_of_the_bureau(
    visitor: Visitor, office: Office, reviewer: Actor, outcome: Outcome, words: str
) -> None:
    case = handed_in(visitor, office)
    decided(office, case, reviewer, outcome)
    if outcome is Outcome.APPROVE:
        with office.database.write() as session:
            day = dt.date(2028, 3, 15)
            session.add(
                Approval(
                    application_id=case,
                    region="jiangxi",
                    disease="hypertension",
                    valid_from=office.today(),
                    valid_until=day,
                    why="2 年",
                )
            )
    visitor.get("/case")
    assert words in visitor.text
    assert "内部" not in visitor.page
    assert ("有效期到 2028-03-15" in visitor.text) == (outcome is Outcome.APPROVE)
    assert "请补近2年的心脏彩超报告" in visitor.text
    assert ("重新申请" in visitor.text) == (outcome is Outcome.REFUSE)
    assert "撤回" not in visitor.text


def test_decision_that_waits_for_a_second_reader_is_not_told(visitor: Visitor, office: Office, reviewer: Actor) -> None:
    case = handed_in(visitor, office)
    decided(office, case, reviewer, Outcome.REFUSE, final=False, needs_second=True)
    with office.database.write() as session:
        session.get_one(Application, case).state = State.UNDER_REVIEW
    visitor.get("/case")
    assert "正在审核" in visitor.text
    assert "没有通过" not in visitor.text


def test_withdraw_asks_first_and_cannot_be_undone(visitor: Visitor, office: Office) -> None:
    handed_in(visitor, office)
    visitor.get("/case/withdraw")
    assert "不能恢复" in visitor.text
    visitor.send("/case/withdraw")
    assert visitor.url == "/case/withdraw"
    visitor.send("/case/withdraw", sure="yes")
    assert visitor.url == "/case"
    assert "已撤回" in visitor.text
    visitor.get("/case/withdraw")
    assert visitor.url == "/case"


def test_looking_leaves_a_trace_and_what_updates_itself_does_not(visitor: Visitor, office: Office) -> None:
    visitor.apply()
    for path in ("/case/files", "/case/files/list", "/case/todo", "/case/todo/list", "/case/check"):
        visitor.get(path)
    with office.database.read() as session:
        query = select(TrailRow.detail).where(TrailRow.action == "application.view").order_by(TrailRow.seq)
        assert [detail["page"] for detail in session.scalars(query)] == ["files", "todo", "check"]
