"""Notice, person, serial number and code."""

from __future__ import annotations

import pytest
from sqlalchemy import func, select

from pipeline.service.office import Office
from pipeline.service.states import Channel, State
from pipeline.service.tables import Application, TrailRow
from pipeline.service.web.applicant.person_form import read_form
from pipeline.service.web.applicant.who import masked_phone
from tests.service.applicant.conftest import AGENT_ID, ID_NUMBER, PERSON, Visitor, case_id

AGENT = {
    "who": "agent",
    "agent_name": "张小明",
    "agent_relation": "子女",
    "agent_id_number": AGENT_ID,
    "agent_phone": "0791-88888888",
}


def test_apply_opens_a_draft_of_the_web_with_person_and_notice_in_the_trail(visitor: Visitor, office: Office) -> None:
    visitor.apply(**AGENT)
    with office.database.read() as session:
        row = session.scalars(select(Application)).one()
        assert (row.channel, row.state, row.disease, row.region) == (
            Channel.WEB,
            State.DRAFT,
            "hypertension",
            "jiangxi",
        )
        assert row.identity is not None
        assert (row.identity.name, row.identity.id_number) == ("张建国", ID_NUMBER)
        assert (row.identity.agent_name, row.identity.agent_phone) == ("张小明", "079188888888")
        detail = session.scalars(select(TrailRow.detail).where(TrailRow.action == "application.agree")).one()
        assert detail == {"notice": "2026-11"}
    visitor.get("/case/check")
    assert "张*明（子女）" in visitor.text
    for secret in ("张建国", ID_NUMBER, AGENT_ID, "13900000000", visitor.code):
        assert secret not in visitor.page


def test_apply_asks_for_choice_and_notice_first(visitor: Visitor) -> None:
    visitor.get("/apply")
    assert visitor.url == "/"
    visitor.get("/apply/person")
    assert visitor.url == "/"
    visitor.send("/choose", disease="gout")
    visitor.get("/apply/person")
    assert visitor.url == "/apply"
    assert "由医保经办机构的工作人员审核后决定" in visitor.text


@pytest.mark.parametrize("path", ["/apply/agree", "/apply/person"])
def test_apply_refuses_forms_without_their_token(visitor: Visitor, path: str, office: Office) -> None:
    visitor.send("/choose", disease="gout")
    visitor.get("/apply")
    answer = visitor.client.post(path, data={**PERSON, "csrf": "0" * 64})
    assert answer.status_code == 403
    with office.database.read() as session:
        assert session.scalar(select(func.count()).select_from(Application)) == 0


def test_apply_sent_twice_makes_one_case(visitor: Visitor, office: Office) -> None:
    visitor.send("/choose", disease="gout")
    visitor.get("/apply")
    visitor.send("/apply/agree")
    before = visitor.page
    visitor.send("/apply/person", **PERSON)
    visitor.page = before
    visitor.send("/apply/person", **PERSON)
    assert visitor.url == "/case/files"
    with office.database.read() as session:
        assert session.scalar(select(func.count()).select_from(Application)) == 1


def test_mistakes_are_told_field_by_field_and_what_was_typed_stays(visitor: Visitor, office: Office) -> None:
    visitor.send("/choose", disease="gout")
    visitor.get("/apply")
    visitor.send("/apply/agree")
    visitor.send("/apply/person", **(PERSON | {"id_number": "999999196803120011", "phone": "123"}))
    assert visitor.status == 422
    assert "有 2 处要改" in visitor.text
    assert 'href="#f-id_number"' in visitor.page
    assert 'aria-invalid="true"' in visitor.page
    assert 'value="张建国"' in visitor.page
    with office.database.read() as session:
        assert session.scalar(select(func.count()).select_from(Application)) == 0


@pytest.mark.parametrize(
    ("change", "wrong"),
    [
        ({}, []),
        ({"name": "阿卜杜拉·买买提"}, []),
        ({"name": "张 建 国"}, []),
        ({"id_number": "９９９９９９ 19680312 0010"}, []),
        ({"phone": "+86 139-0000-0000"}, []),
        ({"phone": "0791 8888888"}, []),
        ({"who": ""}, ["who"]),
        ({"name": ""}, ["name"]),
        ({"name": "张3"}, ["name"]),
        ({"id_number": "99999919680312001O"}, ["id_number"]),
        ({"id_number": "99999919681312001X"}, ["id_number"]),
        ({"id_number": "9999991968031200"}, ["id_number"]),
        ({"phone": "12345678901"}, ["phone"]),
        (AGENT, []),
        (AGENT | {"agent_relation": "自己"}, ["agent_relation"]),
        (AGENT | {"agent_id_number": ID_NUMBER}, ["agent_id_number"]),
        ({"agent_name": "只有替别人办才看"}, []),
    ],
)
def test_form_checks_each_field(change: dict[str, str], wrong: list[str]) -> None:
    form = read_form(PERSON | change)
    assert list(form.wrong) == wrong
    assert (form.person is None) == bool(wrong)


def test_phone_is_masked_in_the_middle() -> None:
    assert masked_phone("13912345678") == "139****5678"
    assert masked_phone("079188888888") == "********8888"
    assert masked_phone("") == ""


def test_person_and_disease_can_be_changed_while_it_is_a_draft(visitor: Visitor, office: Office) -> None:
    visitor.apply()
    visitor.get("/case/person")
    assert "张建国" not in visitor.page
    visitor.send("/case/person", **(PERSON | {"name": ""}))
    assert visitor.status == 422
    visitor.send("/case/person", **(PERSON | {"name": "李建军"}))
    assert visitor.url == "/case/check"
    assert "李*军" in visitor.text
    visitor.get("/case/disease")
    visitor.send("/case/disease", disease="gout")
    assert visitor.url == "/case/check"
    assert "痛风" in visitor.text
    with office.database.write() as session:
        row = session.get_one(Application, case_id(office, visitor))
        row.state, row.round = State.RETURNED, 2
    visitor.get("/case/disease")
    assert visitor.url == "/case"
    visitor.get("/case/check")
    visitor.send("/case/disease", disease="hypertension")
    assert visitor.status == 409
