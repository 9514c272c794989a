"""Deciding: who, on what, with which reasons; second readers; what follows. On both databases."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence

import pytest
from sqlalchemy import select

from pipeline.service import applications, trail
from pipeline.service.access import NotFoundError, find
from pipeline.service.actors import SYSTEM, Actor, ActorKind, NotAllowedError, Role
from pipeline.service.applications import LimitError
from pipeline.service.decisions import Reason, decide, proposal_of, reason_codes, retract, second
from pipeline.service.decisions.effects import is_drawn
from pipeline.service.decisions.reasons import checked
from pipeline.service.office import Office
from pipeline.service.states import PageState, State, StateError
from pipeline.service.tables import Application, Approval, Decision, Outcome, QualitySample, TrailRow, Upload
from tests.service.conftest import NOW
from tests.service.decisions.conftest import assessment, claim, person, with_settings
from tests.service.made import add_read_file, submit

Desk = Callable[..., tuple[str, str]]
MISSING = (Reason(code="missing", criterion="2"),)


def _decide(
    office: Office,
    actor: Actor,
    case: str,
    seen: str,
    outcome: Outcome,
    reasons: Sequence[Reason] = (),
    note: str = "",
) -> Decision:
    with office.database.write() as session:
        return decide(session, actor, office, find(session, SYSTEM, case, lock=True), seen, outcome, reasons, note)


def _second(office: Office, actor: Actor, decision: Decision, agrees: bool, note: str = "") -> Decision:
    with office.database.write() as session:
        row = session.get(Decision, decision.id)
        assert row is not None
        return second(session, actor, office, row, agrees, note)


def _case(office: Office, case: str) -> Application:
    with office.database.read() as session:
        return find(session, SYSTEM, case)


def _actions(office: Office, case: str) -> list[str]:
    with office.database.read() as session:
        rows = session.scalars(select(TrailRow).where(TrailRow.application_id == case).order_by(TrailRow.seq))
        return [row.action for row in rows]


def _approval(office: Office, case: str) -> Approval | None:
    with office.database.read() as session:
        return session.scalars(select(Approval).where(Approval.application_id == case)).one_or_none()


def test_approving_decides_the_case_and_grants(office: Office, reviewer: Actor, on_desk: Desk) -> None:
    case, seen = on_desk()
    made = _decide(office, reviewer, case, seen, Outcome.APPROVE)
    assert (made.final, made.needs_second, made.round) == (True, False, 1)
    after = _case(office, case)
    assert (after.state, after.claimed_by, after.decided_at) == (State.DECIDED, None, NOW)
    approval = _approval(office, case)
    assert approval is not None
    assert (approval.disease, approval.valid_from, approval.valid_until) == ("hypertension", dt.date(2026, 3, 16), None)
    actions = [action for action in _actions(office, case) if action.partition(".")[0] in ("decision", "application")]
    assert actions[-2:] == ["decision.make", "application.decide"]
    with office.database.read() as session:
        assert trail.verify(session)[2] is None


def test_refusing_keeps_reasons_in_words_and_grants_nothing(office: Office, reviewer: Actor, on_desk: Desk) -> None:
    case, seen = on_desk("not_met")
    given = (Reason(code="negative", criterion="1"), Reason(code="other", text=" 病历系复印件 "))
    made = _decide(office, reviewer, case, seen, Outcome.REFUSE, given)
    assert made.reasons == [
        {"criterion": "1", "code": "negative", "text": "检查结果为阴性，不支持这一项：确诊高血压，并写明2级及以上"},
        {"criterion": None, "code": "other", "text": "病历系复印件"},
    ]
    assert _case(office, case).state is State.DECIDED
    assert _approval(office, case) is None


def test_returning_opens_a_round_and_the_case_can_come_back(office: Office, reviewer: Actor, on_desk: Desk) -> None:
    case, seen = on_desk("insufficient")
    made = _decide(office, reviewer, case, seen, Outcome.RETURN, MISSING, "请到医院病案室复印")
    assert (made.final, made.round) == (True, 1)
    assert made.reasons[0]["text"] == "还缺：3 次不同日期的高血压门诊病历（或处方），或 1 次住院的出院小结"
    after = _case(office, case)
    assert (after.state, after.round, after.decided_at, after.claimed_by) == (State.RETURNED, 2, None, None)
    add_read_file(office, case, "补充.jpg", ("# 门诊病历",))
    submit(office, case)
    claim(office, reviewer, case)
    again = _decide(office, reviewer, case, assessment(office, case), Outcome.APPROVE)
    assert (again.round, _case(office, case).state) == (2, State.DECIDED)


def test_returning_asks_for_material_where_no_rule_tells_of_it_by_the_item(
    office: Office, reviewer: Actor, on_desk: Desk
) -> None:
    case, seen = on_desk("insufficient", disease="of_another_pack")
    made = _decide(office, reviewer, case, seen, Outcome.RETURN, MISSING)
    assert made.reasons[0]["text"] == "缺少证明这一项的材料：高血压治疗的3次门诊或1次住院记录"


def test_every_reason_to_return_one_item_asks_for_material() -> None:
    for entry in reason_codes(Outcome.RETURN):
        if "{item}" in entry.item:
            (kept,) = checked(Outcome.RETURN, [Reason(code=entry.code, criterion="3")], {"3": "标题"}, {"3": "病历"})
            assert kept["text"].endswith("：病历")
            (kept,) = checked(Outcome.REFUSE, [Reason(code=entry.code, criterion="3")], {"3": "标题"}, {"3": "病历"})
            assert kept["text"].endswith("：标题")


@pytest.mark.parametrize(
    ("outcome", "reasons", "code"),
    [
        (Outcome.REFUSE, (), "no_reason"),
        (Outcome.RETURN, (), "no_reason"),
        (Outcome.RETURN, (Reason(code="other", text="  "),), "words_needed"),
        (Outcome.RETURN, (Reason(code="expert"),), "unknown_reason"),
        (Outcome.REFUSE, (Reason(code="nonsense"),), "unknown_reason"),
        (Outcome.REFUSE, (Reason(code="missing", criterion="99"),), "unknown_criterion"),
        (Outcome.APPROVE, (), "note_needed"),
    ],
)
def test_incomplete_decisions_are_refused(
    office: Office, reviewer: Actor, on_desk: Desk, outcome: Outcome, reasons: Sequence[Reason], code: str
) -> None:
    case, seen = on_desk("manual")
    with pytest.raises(LimitError) as refused:
        _decide(office, reviewer, case, seen, outcome, reasons)
    assert refused.value.code == code
    assert _case(office, case).state is State.UNDER_REVIEW
    with office.database.read() as session:
        assert session.scalars(select(Decision)).all() == []


def test_approving_against_the_suggestion_needs_a_note(office: Office, reviewer: Actor, on_desk: Desk) -> None:
    case, seen = on_desk("not_met")
    made = _decide(office, reviewer, case, seen, Outcome.APPROVE, (Reason(code="expert", criterion="2"),), "已见原件")
    assert made.final
    assert made.note == "已见原件"


def test_deciding_on_what_has_changed_is_refused(office: Office, reviewer: Actor, on_desk: Desk) -> None:
    case, seen = on_desk()
    with office.database.write() as session:
        find(session, SYSTEM, case).revision += 1
    with pytest.raises(LimitError) as refused:
        _decide(office, reviewer, case, seen, Outcome.APPROVE)
    assert refused.value.code == "changed"


def test_deciding_while_pages_are_read_is_refused(office: Office, reviewer: Actor, on_desk: Desk) -> None:
    case, seen = on_desk()
    with office.database.write() as session:
        upload = session.scalars(select(Upload).where(Upload.application_id == case)).one()
        upload.pages[0].state = PageState.READING
    with pytest.raises(LimitError) as refused:
        _decide(office, reviewer, case, seen, Outcome.APPROVE)
    assert refused.value.code == "reading"


def test_assessment_of_another_case_is_refused(office: Office, reviewer: Actor, on_desk: Desk) -> None:
    case, _ = on_desk()
    _, other = on_desk()
    with pytest.raises(NotFoundError):
        _decide(office, reviewer, case, other, Outcome.APPROVE)


def test_only_who_claimed_the_case_decides(office: Office, on_desk: Desk, second_reader: Actor) -> None:
    case, seen = on_desk()
    for actor in (second_reader, person(office, "fenxi", "分析丙", Role.ANALYST)):
        with pytest.raises(NotAllowedError):
            _decide(office, actor, case, seen, Outcome.APPROVE)
    elsewhere = Actor(
        kind=ActorKind.USER, id=second_reader.id, roles=frozenset({Role.REVIEWER}), regions=frozenset({"hunan"})
    )
    with pytest.raises(NotFoundError):
        _decide(office, elsewhere, case, seen, Outcome.APPROVE)


def test_a_decided_case_is_not_decided_again(office: Office, reviewer: Actor, on_desk: Desk) -> None:
    case, seen = on_desk()
    _decide(office, reviewer, case, seen, Outcome.APPROVE)
    with pytest.raises(StateError):
        _decide(office, reviewer, case, seen, Outcome.REFUSE, MISSING)


def test_second_reader_agreeing_makes_it_final(
    office: Office, reviewer: Actor, second_reader: Actor, on_desk: Desk
) -> None:
    two = with_settings(office, second_reader=frozenset({"hypertension"}))
    case, seen = on_desk()
    made = _decide(two, reviewer, case, seen, Outcome.APPROVE)
    assert (made.final, made.needs_second, _case(two, case).state) == (False, True, State.UNDER_REVIEW)
    assert _approval(two, case) is None
    with pytest.raises(LimitError, match="第二人"):
        _decide(two, reviewer, case, seen, Outcome.APPROVE)
    with pytest.raises(NotAllowedError):
        _second(two, reviewer, made, True)
    done = _second(two, second_reader, made, True)
    assert (done.final, done.second_agrees, done.second_by) == (True, True, second_reader.id)
    assert _case(two, case).state is State.DECIDED
    assert _approval(two, case) is not None
    assert {"decision.propose", "decision.second", "application.decide"} <= set(_actions(two, case))


def test_second_reader_disagreeing_gives_the_case_back(
    office: Office, reviewer: Actor, second_reader: Actor, on_desk: Desk
) -> None:
    two = with_settings(office, second_reader=frozenset({"*"}))
    case, seen = on_desk()
    made = _decide(two, reviewer, case, seen, Outcome.APPROVE)
    with pytest.raises(LimitError, match="意见"):
        _second(two, second_reader, made, False)
    done = _second(two, second_reader, made, False, "分级未写明")
    assert (done.final, done.second_agrees, done.second_note) == (False, False, "分级未写明")
    after = _case(two, case)
    assert (after.state, after.claimed_by) == (State.UNDER_REVIEW, reviewer.id)
    with pytest.raises(LimitError):
        _second(two, second_reader, made, True)
    again = _decide(two, reviewer, case, seen, Outcome.REFUSE, MISSING)
    assert _second(two, second_reader, again, True).final


def test_own_proposal_is_not_seconded_even_with_both_roles(office: Office, second_reader: Actor, on_desk: Desk) -> None:
    two = with_settings(office, second_reader=frozenset({"*"}))
    case, seen = on_desk()
    with two.database.write() as session:
        find(session, SYSTEM, case).claimed_by = second_reader.id
    made = _decide(two, second_reader, case, seen, Outcome.APPROVE)
    with pytest.raises(NotAllowedError):
        _second(two, second_reader, made, True)


def test_agreeing_to_what_has_changed_is_refused(
    office: Office, reviewer: Actor, second_reader: Actor, on_desk: Desk
) -> None:
    two = with_settings(office, second_reader=frozenset({"*"}))
    case, seen = on_desk()
    made = _decide(two, reviewer, case, seen, Outcome.APPROVE)
    with two.database.write() as session:
        find(session, SYSTEM, case).revision += 1
    with pytest.raises(LimitError) as refused:
        _second(two, second_reader, made, True)
    assert refused.value.code == "changed"
    assert not _second(two, second_reader, made, False, "材料有变").final


def test_returning_needs_no_second_reader(office: Office, reviewer: Actor, on_desk: Desk) -> None:
    two = with_settings(office, second_reader=frozenset({"*"}))
    case, seen = on_desk("insufficient")
    assert _decide(two, reviewer, case, seen, Outcome.RETURN, MISSING).final
    assert _case(two, case).state is State.RETURNED


def test_a_proposal_is_taken_back_or_lapses_with_the_desk(
    office: Office, reviewer: Actor, second_reader: Actor, on_desk: Desk
) -> None:
    two = with_settings(office, second_reader=frozenset({"*"}))
    case, seen = on_desk()
    first = _decide(two, reviewer, case, seen, Outcome.APPROVE)
    with two.database.write() as session:
        retract(session, reviewer, two, find(session, reviewer, case, lock=True))
    with pytest.raises(LimitError):
        _second(two, second_reader, first, True)
    later = _decide(two, reviewer, case, seen, Outcome.APPROVE)
    with two.database.write() as session:
        applications.release(session, reviewer, two, find(session, reviewer, case, lock=True))
    with pytest.raises(StateError):
        _second(two, second_reader, later, True)
    claim(two, second_reader, case)
    with two.database.read() as session:
        assert proposal_of(session, find(session, SYSTEM, case)) is None


@pytest.mark.parametrize(
    ("disease", "until"),
    [
        ("mdr_tuberculosis", dt.date(2028, 3, 15)),
        ("aplastic_anemia", dt.date(2031, 3, 15)),
        ("malignant_tumor", None),
    ],
)
def test_approvals_end_as_the_rules_say(
    office: Office, reviewer: Actor, on_desk: Desk, disease: str, until: dt.date | None
) -> None:
    case, seen = on_desk(disease=disease)
    _decide(office, reviewer, case, seen, Outcome.APPROVE)
    approval = _approval(office, case)
    assert approval is not None
    assert approval.valid_until == until
    assert approval.why


@pytest.mark.parametrize(("number", "until"), [("999999201205010013", dt.date(2030, 4, 30)), ("", None)])
def test_childrens_approvals_end_before_the_birthday(
    office: Office, reviewer: Actor, on_desk: Desk, number: str, until: dt.date | None
) -> None:
    case, seen = on_desk(disease="autism")
    with office.database.write() as session:
        identity = find(session, SYSTEM, case).identity
        assert identity is not None
        identity.id_number = number and _checksum(number)
    _decide(office, reviewer, case, seen, Outcome.APPROVE)
    approval = _approval(office, case)
    assert approval is not None
    assert approval.valid_until == until


def _checksum(number: str) -> str:
    weights = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
    total = sum(int(digit) * weight for digit, weight in zip(number[:17], weights, strict=True))
    return number[:17] + "10X98765432"[total % 11]


def test_approving_again_renews_the_earlier_approval(office: Office, reviewer: Actor, on_desk: Desk) -> None:
    first, seen = on_desk()
    _decide(office, reviewer, first, seen, Outcome.APPROVE)
    later, seen = on_desk()
    _decide(office, reviewer, later, seen, Outcome.APPROVE)
    approval = _approval(office, first)
    assert approval is not None
    assert approval.renewed_by == later


@pytest.mark.parametrize(("share", "drawn"), [(1.0, 1), (0.0, 0)])
def test_share_of_decided_cases_is_drawn(
    office: Office, reviewer: Actor, on_desk: Desk, share: float, drawn: int
) -> None:
    all_or_none = with_settings(office, quality_share=share)
    case, seen = on_desk()
    made = _decide(all_or_none, reviewer, case, seen, Outcome.APPROVE)
    with office.database.read() as session:
        samples = session.scalars(select(QualitySample)).all()
    assert [sample.decision_id for sample in samples] == [made.id] * drawn


def test_draw_depends_on_case_and_key_alone_and_keeps_its_share(office: Office) -> None:
    fifth = with_settings(office, quality_share=0.2)
    cases = [Application(id=f"{number:032x}") for number in range(2000)]
    drawn = [case.id for case in cases if is_drawn(fifth, case)]
    assert 320 <= len(drawn) <= 480
    assert drawn == [case.id for case in cases if is_drawn(fifth, case)]


def test_reason_codes_have_words_for_every_case() -> None:
    codes = reason_codes()
    assert len({entry.code for entry in codes}) == len(codes) >= 10
    for entry in codes:
        assert entry.label
        assert entry.outcomes
        assert entry.words or (entry.item and entry.whole)
