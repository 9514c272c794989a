"""After the decision: approvals that run out, blind re-examination. On both databases."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

import pytest
from sqlalchemy import select

from pipeline.service.access import NotFoundError, find
from pipeline.service.actors import SYSTEM, Actor, ActorKind, NotAllowedError, Role
from pipeline.service.applications import LimitError
from pipeline.service.decisions import Reason, decide
from pipeline.service.decisions.approvals import counts, expiring, set_end
from pipeline.service.decisions.filing import filing
from pipeline.service.decisions.quality import (
    Difference,
    classify,
    differs,
    examine,
    figures,
    is_blind_for,
    waiting,
)
from pipeline.service.office import Office
from pipeline.service.tables import Outcome, QualitySample, TrailRow
from tests.service.conftest import at
from tests.service.decisions.conftest import person, with_settings

Desk = Callable[..., tuple[str, str]]
ELSEWHERE = Actor(kind=ActorKind.USER, id="x", roles=frozenset({Role.REVIEWER}), regions=frozenset({"hunan"}))


def _approve(office: Office, reviewer: Actor, on_desk: Desk, disease: str, number: str = "") -> str:
    case, seen = on_desk(disease=disease)
    with office.database.write() as session:
        identity = find(session, SYSTEM, case).identity
        assert identity is not None
        identity.id_number = number
        decide(session, reviewer, office, find(session, SYSTEM, case), seen, Outcome.APPROVE, ())
    return case


def test_approvals_run_out_soonest_first(office: Office, reviewer: Actor, on_desk: Desk) -> None:
    short = _approve(office, reviewer, on_desk, "mdr_tuberculosis")
    long = _approve(office, reviewer, on_desk, "aplastic_anemia")
    endless = _approve(office, reviewer, on_desk, "malignant_tumor")
    child = _approve(office, reviewer, on_desk, "autism")
    later = at(office, dt.datetime(2028, 3, 20, 2, 0, tzinfo=dt.UTC))
    with office.database.read() as session:
        assert [due.application.id for due in expiring(session, reviewer, office)] == [child]
        told = expiring(session, reviewer, later, days=3650)
        assert [due.application.id for due in told] == [short, long, child]
        assert (told[0].left, told[2].left) == (-5, None)
        assert told[1].left is not None
        assert told[1].left > 0
        assert counts(session, reviewer, later, days=90) == {
            "overdue": 1,
            "soon": 0,
            "without_end": 1,
            "in_force": 3,
        }
        assert expiring(session, ELSEWHERE, later, days=3650) == []
        only = expiring(session, reviewer, later, days=3650, disease="aplastic_anemia")
        assert [due.application.id for due in only] == [long]
    assert endless


def test_end_is_entered_by_hand_and_told(office: Office, reviewer: Actor, on_desk: Desk) -> None:
    case = _approve(office, reviewer, on_desk, "autism")
    with office.database.read() as session:
        (due,) = expiring(session, reviewer, office)
    until = dt.date(2030, 4, 30)
    for day, why, code in ((dt.date(2020, 1, 1), "户口簿", "bad_end"), (until, " ", "words_needed")):
        with pytest.raises(LimitError) as refused, office.database.write() as session:
            set_end(session, reviewer, office, due.approval.id, day, why)
        assert refused.value.code == code
    with pytest.raises(NotFoundError), office.database.write() as session:
        set_end(session, ELSEWHERE, office, due.approval.id, until, "户口簿")
    with office.database.write() as session:
        set_end(session, reviewer, office, due.approval.id, until, "户口簿上的出生日期")
    with office.database.read() as session:
        assert expiring(session, reviewer, office) == []
        row = session.scalars(select(TrailRow).where(TrailRow.action == "approval.end")).one()
        assert (row.application_id, row.detail["until"], row.detail["before"]) == (case, "2030-04-30", None)


@pytest.fixture
def drawn(office: Office, reviewer: Actor, on_desk: Desk) -> tuple[Office, str, str]:
    """An office that draws every case, a case it approved, and the sample."""
    every = with_settings(office, quality_share=1.0)
    case = _approve(every, reviewer, on_desk, "hypertension")
    with office.database.read() as session:
        return every, case, session.scalars(select(QualitySample.id)).one()


def test_drawn_case_waits_for_everyone_but_who_decided(
    drawn: tuple[Office, str, str], reviewer: Actor, second_reader: Actor
) -> None:
    office, case, sample = drawn
    with office.database.read() as session:
        assert [row.id for row in waiting(session, second_reader)] == [sample]
        assert waiting(session, reviewer) == []
        assert waiting(session, ELSEWHERE) == []
        assert (is_blind_for(session, second_reader, case), is_blind_for(session, reviewer, case)) == (True, False)
    with pytest.raises(NotFoundError):
        filing(office, second_reader, case)
    with pytest.raises(NotAllowedError), office.database.write() as session:
        examine(session, reviewer, office, sample, Outcome.APPROVE, ())
    with pytest.raises(NotFoundError), office.database.write() as session:
        examine(session, ELSEWHERE, office, sample, Outcome.APPROVE, ())


def test_same_result_needs_no_difference(drawn: tuple[Office, str, str], second_reader: Actor) -> None:
    office, case, sample = drawn
    with office.database.write() as session:
        row = examine(session, second_reader, office, sample, Outcome.APPROVE, ())
        assert not differs(session, row)
    with pytest.raises(LimitError) as refused, office.database.write() as session:
        classify(session, second_reader, office, sample, Difference.EVIDENCE_MISREAD)
    assert refused.value.code == "no_difference"
    with office.database.read() as session:
        assert waiting(session, second_reader) == []
        assert not is_blind_for(session, second_reader, case)
        told = figures(session, second_reader)
    assert (told["drawn"], told["examined"], told["agreed"], told["differed"]) == (1, 1, 1, 0)


def test_difference_is_classified_after_the_blind_part(drawn: tuple[Office, str, str], second_reader: Actor) -> None:
    office, _, sample = drawn
    with pytest.raises(LimitError) as refused, office.database.write() as session:
        classify(session, second_reader, office, sample, Difference.RULE_WRONG)
    assert refused.value.code == "not_examined"
    given = (Reason(code="missing", criterion="2"),)
    with pytest.raises(LimitError), office.database.write() as session:
        examine(session, second_reader, office, sample, Outcome.REFUSE, ())
    with office.database.write() as session:
        row = examine(session, second_reader, office, sample, Outcome.REFUSE, given, "缺门诊记录")
        assert differs(session, row)
    with pytest.raises(LimitError) as refused, office.database.write() as session:
        examine(session, second_reader, office, sample, Outcome.APPROVE, ())
    assert refused.value.code == "examined"
    with office.database.write() as session:
        row = classify(session, second_reader, office, sample, Difference.MISSING_MATERIAL, "第2项")
        assert (row.difference, row.note) == ("缺件判断错", "缺门诊记录\n第2项")
    analyst = person(office, "fenxi", "分析丙", Role.ANALYST)
    with office.database.read() as session:
        told = figures(session, analyst)
        assert (told["differed"], told["缺件判断错"], told["规则有误"]) == (1, 1, 0)
        with pytest.raises(NotAllowedError):
            waiting(session, analyst)
