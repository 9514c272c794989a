"""Diagnoses with status, findings, treatments and visits."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest

from pipeline.evaluating.counting import Match, Ratio
from pipeline.evaluating.diagnoses import DiagnosisScore, pair_diagnoses, score_diagnoses
from pipeline.evaluating.statements import (
    StatementScore,
    pair_findings,
    pair_treatments,
    pair_visits,
    score_statements,
)
from pipeline.evaluating.truth import TruthFact
from rules.engine.facts import AssertionStatus, Diagnosis, Finding, Treatment, Visit, VisitKind
from tests.evaluating.made import FILE, diagnosis, document, evidence, kept, read_diagnosis, truth

AT = (FILE, 1)


def score(wanted: list[TruthFact], found: list[Diagnosis]) -> DiagnosisScore:
    case = truth([document(wanted, type="discharge_summary")])
    read = kept(diagnoses=found)
    return score_diagnoses(case, pair_diagnoses(case, read)).get(AT, DiagnosisScore())


def test_name_and_status_right() -> None:
    assert score([diagnosis("2型糖尿病", 0)], [read_diagnosis("2型糖尿病", 0)]).right == Match(1, 1, 1)


def test_a_suspicion_taken_for_certain_is_counted_apart() -> None:
    found = score([diagnosis("肺癌", 0, status="suspected")], [read_diagnosis("肺癌", 0)])

    assert (found.named, found.right) == (Match(1, 1, 1), Match(0, 1, 1))
    assert found.confirmed == Ratio(1, 1)


def test_the_same_diagnosis_in_two_sections_pairs_section_by_section() -> None:
    wanted = [diagnosis("肺癌", 0, status="suspected"), diagnosis("肺癌", 5)]

    found = score(wanted, [read_diagnosis("肺癌", 5), read_diagnosis("肺癌", 0, status="suspected")])

    assert found.right == Match(2, 2, 2)


def test_a_misread_character_is_still_the_diagnosis() -> None:
    assert score([diagnosis("慢性肾小球肾炎", 0)], [read_diagnosis("慢性肾小球肾类", 0)]).named == Match(1, 1, 1)
    assert score([diagnosis("慢性肾小球肾炎", 0)], [read_diagnosis("冠心病", 0)]).named == Match(0, 1, 1)


@pytest.mark.parametrize(
    ("code", "category", "exact"), [("E11.900", 1, 1), ("E11", 1, 1), ("E10.900", 0, 0), (None, 0, 0)]
)
def test_codes(code: str | None, category: int, exact: int) -> None:
    found = score([diagnosis("2型糖尿病", 0, icd10="E11.900")], [read_diagnosis("2型糖尿病", 0, icd10=code)])

    assert (found.category, found.code) == (Ratio(category, 1), Ratio(exact, 1))


def test_invented_and_repeated() -> None:
    wanted = [diagnosis("2型糖尿病", 0)]
    true = read_diagnosis("2型糖尿病", 0)

    assert score(wanted, [true, read_diagnosis("肺癌", 3)]).right == Match(1, 1, 2)
    assert score(wanted, [true, read_diagnosis("2型糖尿病", 3)]).right == Match(1, 1, 1)
    assert score(wanted, [true, read_diagnosis("冠心病", 3, status="denied")]).right == Match(1, 1, 1)


def test_nothing_read() -> None:
    found = score([diagnosis("肺癌", 0, status="suspected")], [])

    assert (found.right, found.confirmed) == (Match(0, 1, 0), Ratio(0, 1))


def statement(kind: str, values: dict[str, object]) -> TruthFact:
    return TruthFact(kind, values, 0, None, {})


def test_findings_need_status_and_value() -> None:
    wanted = statement("findings", {"concept": "lvef", "status": "confirmed", "value": 42.0})
    case = truth([document([wanted])])

    def found(value: str, status: AssertionStatus = AssertionStatus.CONFIRMED) -> StatementScore:
        fact = Finding(document="d1", concept="lvef", status=status, value=Decimal(value), evidence=(evidence(0),))
        return score_statements(case, pair_findings(case, kept(facts={"findings": (fact,)})))[AT]

    assert found("42").right == Match(1, 1, 1)
    assert found("24") == StatementScore(Match(1, 1, 1), Match(0, 1, 1))
    assert found("42", AssertionStatus.DENIED).right == Match(0, 1, 1)


def test_findings_beyond_a_truth_that_lists_a_few_are_no_mistakes() -> None:
    wanted = statement("findings", {"concept": "lvef", "status": "denied"})

    def found(concept: str, status: AssertionStatus, **more: object) -> int:
        case = truth([document([wanted], **more)])
        fact = Finding(document="d1", concept=concept, status=status, evidence=(evidence(3),))
        first = Finding(document="d1", concept="lvef", status=AssertionStatus.DENIED, evidence=(evidence(0),))
        given = kept(facts={"findings": (first, fact)})
        return score_statements(case, pair_findings(case, given))[AT].right.found

    assert found("heart_rate", AssertionStatus.CONFIRMED) == 1
    assert found("heart_rate", AssertionStatus.CONFIRMED, complete=("findings",)) == 2
    assert found("lvef", AssertionStatus.CONFIRMED) == 2


def test_treatments_pair_session_by_session() -> None:
    days = [dt.date(2026, 2, 2), dt.date(2026, 2, 4)]
    wanted = [
        statement("treatments", {"name": "血液透析", "kind": "dialysis", "status": "confirmed", "date": str(day)})
        for day in days
    ]
    read = tuple(
        Treatment(
            document="d1",
            kind="dialysis",
            name="血液透析",
            status=AssertionStatus.CONFIRMED,
            date=day,
            evidence=(evidence(0),),
        )
        for day in reversed(days)
    )
    case = truth([document(wanted)])

    pairs = pair_treatments(case, kept(facts={"treatments": read}))

    assert [str(found.fact.date) for _, found in pairs.matched] == [str(day) for day in days]
    assert score_statements(case, pairs)[AT].right == Match(2, 2, 2)


def test_visits_need_both_days() -> None:
    case = truth([document([statement("visits", {"kind": "inpatient", "start": "2026-01-01", "end": "2026-01-09"})])])
    stay = Visit(
        document="d1",
        kind=VisitKind.INPATIENT,
        start=dt.date(2026, 1, 1),
        end=dt.date(2026, 1, 8),
        evidence=(evidence(0),),
    )

    found = score_statements(case, pair_visits(case, kept(facts={"visits": (stay,)})))[AT]

    assert found == StatementScore(Match(1, 1, 1), Match(0, 1, 1))
