"""Figures on the quality of decisions: what is counted, for which days, and who may see them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import replace

import pytest

from pipeline.service.access import find
from pipeline.service.actors import Actor, ActorKind, NotAllowedError, Role
from pipeline.service.decisions import Reason, decide, second
from pipeline.service.decisions.figures import Span, quality_figures
from pipeline.service.decisions.quality import Difference, classify, examine
from pipeline.service.office import Office
from pipeline.service.tables import Correction, Decision, Outcome, QualitySample
from tests.service.decisions.conftest import person, with_settings

ANALYST = Actor(kind=ActorKind.USER, id="a", roles=frozenset({Role.ANALYST}), regions=frozenset({"jiangxi"}))
DAY = dt.date(2026, 3, 16)
MISSING = (Reason(code="missing", criterion="2"),)


def test_figures_count_what_people_decided_beside_the_machine(
    office: Office, reviewer: Actor, second_reader: Actor, on_desk: Callable[..., tuple[str, str]]
) -> None:
    office = with_settings(office, quality_share=0)

    def made(conclusion: str, outcome: Outcome, at: Office = office, **more: object) -> str:
        case, seen = on_desk(conclusion, **more)
        reasons = () if outcome is Outcome.APPROVE else MISSING
        with at.database.write() as session:
            return decide(session, reviewer, at, find(session, reviewer, case), seen, outcome, reasons, "说明").id

    agreed = made("meets", Outcome.APPROVE)
    made("insufficient", Outcome.RETURN)
    refused = made("meets", Outcome.REFUSE)
    made("manual", Outcome.APPROVE)  # no suggestion: not among those compared
    objected = made("meets", Outcome.APPROVE, with_settings(office, second_reader=frozenset({"*"})))
    with office.database.write() as session:
        row = session.get_one(Decision, objected)
        second(session, second_reader, office, row, False, "缺报告")
        corrected = session.get_one(Decision, agreed).application_id
        session.add(
            Correction(
                application_id=corrected,
                made_at=office.now(),
                made_by=reviewer.id,
                kind="value",
                target="x",
                machine={},
                human={},
            )
        )
    other = person(office, "mangping", "盲评丙", Role.REVIEWER)
    with office.database.write() as session:
        for decision in (agreed, refused):
            row = session.get_one(Decision, decision)
            session.add(
                QualitySample(
                    id=decision,
                    application_id=row.application_id,
                    decision_id=row.id,
                    drawn_at=office.now(),
                    reasons=[],
                )
            )
        session.flush()
        examine(session, other, office, agreed, Outcome.APPROVE, ())
        examine(session, other, office, refused, Outcome.RETURN, MISSING)
        classify(session, other, office, refused, Difference.EVIDENCE_MISREAD)

    with office.database.read() as session:
        found = quality_figures(session, ANALYST, Span(first=DAY, last=DAY), "hypertension")
        outside = quality_figures(session, ANALYST, Span(last=DAY - dt.timedelta(days=1)))
        nothing = quality_figures(session, ANALYST, Span(), "diabetes")
        strange = quality_figures(session, replace(ANALYST, regions=frozenset({"hunan"})), Span())
    total = found.total
    assert (total.decided, total.suggested, total.agreed) == (4, 3, 2)
    assert (total.corrected, total.turned) == (1, 0)
    assert (total.seconded, total.objected) == (1, 1)
    assert (total.drawn, total.examined, total.differed) == (2, 2, 1)
    assert found.crossed == {
        ("meets", "approve"): 1,
        ("insufficient", "return"): 1,
        ("meets", "refuse"): 1,
        ("manual", "approve"): 1,
    }
    assert found.kinds == {Difference.EVIDENCE_MISREAD.value: 1}
    assert list(found.by_disease) == ["hypertension"]
    for empty in (outside, nothing, strange):
        assert (empty.total.decided, empty.total.drawn) == (0, 0)


@pytest.mark.parametrize("role", [Role.REVIEWER, Role.SECOND_READER, Role.ADMINISTRATOR])
def test_figures_are_for_analysts_alone(office: Office, role: Role) -> None:
    actor = replace(ANALYST, roles=frozenset({role}))
    with office.database.read() as session, pytest.raises(NotAllowedError):
        quality_figures(session, actor, Span())
