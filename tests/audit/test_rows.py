"""How items become rows: whose fault a missing item is, what a person took it to be, what stood in the way."""

from __future__ import annotations

from typing import Any

import pytest

from pipeline.audit.invented.reports import report_of
from pipeline.audit.rows import Decided, Round, judgement_rows, person_verdict
from pipeline.audit.rows.photo import Pictures
from pipeline.audit.schema import table
from pipeline.audit.schema.arrow import arrow_table
from pipeline.audit.words import MACHINE_REASONS, machine_reason
from rules.engine import Region, judge
from rules.engine.case_facts import CaseDocument, build_facts
from rules.engine.reasons import REASONS
from tests.rules.conftest import AS_OF

BAD = [{"code": "blurred", "retake": True}]


def _report(
    region: Region, issues: dict[str, Any], *documents: dict[str, Any], disease: str = "copd"
) -> dict[str, Any]:
    facts = build_facts([CaseDocument.model_validate(d) for d in documents], AS_OF, region.vocabulary)
    rule = next(r for r in region.rules if r.id == disease)
    return report_of(judge(facts, rule, region), facts, region, issues)


def _round(disease: str = "copd", **more: Any) -> Round:
    return Round(application_id="a", judgement_ids={disease: "j"}, **more)


def test_words_know_every_reason_of_the_engine() -> None:
    assert {"error"} <= REASONS <= MACHINE_REASONS.keys()
    assert machine_reason("never_heard") == "never_heard"


@pytest.mark.parametrize(
    ("status", "reason", "documents", "accepts", "types", "expected"),
    [
        ("missing", "no_evidence", [], ["近2年的肺功能报告"], {"d2": "lung_function_report"}, True),
        ("missing", "no_evidence", [], ["近2年的胸部 CT 报告"], {"d2": "lung_function_report"}, False),
        ("missing", "no_evidence", [], ["近2年的胸部 CT 报告"], {"d2": "unknown"}, True),
        ("missing", "no_evidence", [], ["近2年的胸部 CT 报告"], {}, False),
        ("manual", "value_unreadable", ["d2"], [], {"d2": "lab_report"}, True),
        ("manual", "value_unreadable", ["d3"], [], {"d2": "lab_report"}, False),
        ("manual", "catch_all", ["d2"], ["检验报告单"], {"d2": "lab_report"}, False),
        ("unmet", "below_threshold", ["d2"], ["检验报告单"], {"d2": "lab_report"}, False),
        ("met", "evidence_found", ["d2"], ["检验报告单"], {"d2": "lab_report"}, False),
    ],
)
def test_photo_is_to_blame_only_where_a_picture_of_the_right_kind_cannot_be_used(
    status: str, reason: str, documents: list[str], accepts: list[str], types: dict[str, str], expected: bool
) -> None:
    assert Pictures(types).explain(status, reason, documents, accepts) is expected


@pytest.mark.parametrize(
    ("status", "machine", "outcome", "named", "settled", "expected"),
    [
        ("met", "met", "approve", set(), None, ("established", "standing")),
        ("unmet", "unmet", "refuse", {"1"}, None, ("not_established", "reason")),
        ("met", "met", "return", {"1"}, None, ("not_established", "reason")),
        ("met", "unmet", "approve", set(), None, ("established", "correction")),
        ("unmet", "met", "refuse", {"2"}, None, ("not_established", "correction")),
        ("met", "manual", "refuse", {"2"}, "met", ("established", "correction")),
        ("missing", "missing", "return", set(), None, (None, None)),
        ("missing", "missing", "approve", {"1"}, None, (None, None)),
        ("met", "met", None, set(), None, (None, None)),
        ("met", None, "approve", set(), None, ("established", "standing")),
    ],
)
def test_verdict_is_what_the_person_said_strongest_first(
    status: str, machine: str | None, outcome: str | None, named: set[str], settled: str | None, expected: Any
) -> None:
    found = person_verdict("1", status=status, machine_status=machine, outcome=outcome, named=named, settled=settled)

    assert (found.verdict, found.basis) == expected


def test_rows_are_of_their_tables_and_tell_what_stands_in_the_way(jiangxi: Region) -> None:
    certificate = {"type": "疾病诊断证明书", "date": "2026-03-01", "diagnoses": ["慢阻肺 J44.900"]}
    lung = {"type": "肺功能", "date": "2025-06-01", "modality": "lung_function", "hospital": "甲医院"}

    rows = judgement_rows(_report(jiangxi, {"d2": BAD}, certificate, lung), _round(applied=frozenset({"copd"})))

    for name, some in rows.items():
        assert arrow_table(table(name), some).num_rows == len(some)
    (judgement,) = rows["judgements"]
    assert (judgement["conclusion"], judgement["applied"], judgement["latest"]) == ("insufficient", True, True)
    assert {c["criterion"]: c["status"] for c in rows["criteria"]} == dict(
        zip("1234", ("met", "missing", "missing", "missing"), strict=True)
    )
    (need,) = rows["needs"]
    assert need["photo_problem"], "a lung function would do instead of the chest film, and its picture is bad"
    assert [(r["criterion"], r["origin"], r["code"]) for r in rows["reasons"]] == [("3", "machine", "no_evidence")]


def test_rows_reason_of_a_refusal_is_what_failed_and_not_what_is_missing_besides(jiangxi: Region) -> None:
    denied = {"type": "疾病诊断证明书", "date": "2026-03-01", "diagnoses": ["慢阻肺 否认"]}

    rows = judgement_rows(_report(jiangxi, {}, denied), _round())

    assert [(r["criterion"], r["code"], r["outcome"]) for r in rows["reasons"]] == [("1", "denied", "not_met")]
    assert rows["reasons"][0]["label"] == "材料写明没有"


def test_rows_readings_tell_ours_from_the_standards(jiangxi: Region) -> None:
    lung = {"type": "肺功能", "date": "2025-06-01", "modality": "lung_function", "findings": ["fev1_fvc_post 58%"]}

    rows = judgement_rows(_report(jiangxi, {}, lung), _round())

    item = next(c for c in rows["criteria"] if c["criterion"] == "2")
    assert item["own_reading"]
    assert item["confidence"] == 0.95
    assert any("FEV1/FVC" in r["reading"] and r["own"] for r in rows["readings"])
    old = lung | {"date": "2023-06-01"}
    outside = judgement_rows(_report(jiangxi, {}, old), _round())["readings"]
    assert any("往回数" in r["reading"] and not r["own"] for r in outside)


def test_rows_machine_and_person_stand_beside_each_other(jiangxi: Region) -> None:
    lung = {"type": "肺功能", "date": "2025-06-01", "modality": "lung_function", "findings": ["阻塞性通气功能障碍"]}

    rows = judgement_rows(
        _report(jiangxi, {}, lung),
        _round(
            machine_conclusions={"copd": "not_met"},
            machine_items={("copd", "2"): ("unmet", "negative")},
            decided=Decided(outcome="return", named=frozenset({"1"})),
        ),
    )

    items = {c["criterion"]: c for c in rows["criteria"]}
    assert rows["judgements"][0]["machine_conclusion"] == "not_met"
    assert (items["2"]["machine_status"], items["2"]["machine_reason"]) == ("unmet", "negative")
    assert (items["2"]["person_verdict"], items["2"]["person_basis"]) == ("established", "correction")
    assert (items["1"]["person_verdict"], items["1"]["person_basis"]) == ("not_established", "reason")
    assert items["3"]["person_verdict"] is None
