from __future__ import annotations

import dataclasses
import datetime as dt
import json
from collections.abc import Callable, Iterator
from decimal import Decimal
from typing import Any

import pytest

from pipeline.nouns import Review
from pipeline.reporting import report_json
from pipeline.reporting.schema import SCHEMA_FILE, Report, json_schema
from rules.engine.facts import Unknown
from tests.reporting.builder import ID_NUMBER
from tests.reporting.cases_more import CASES

Case = Callable[[str], Review]
EVIDENCE = {"document", "file", "page", "box", "quote", "confidence", "extractor"}
# The contract's keys, word by word; more may be added.
CONTRACT = {
    "": {"schema", "case", "reviews", "documents", "facts", "alerts", "timing"},
    "case": {"as_of", "region", "applicant"},
    "case.applicant": {"name", "sex", "age", "id_number"},
    "reviews.*": {"disease", "ruleset", "conclusion", "formula", "criteria", "missing"},
    "reviews.*.disease": {"id", "name", "code"},
    "reviews.*.ruleset": {"version", "sha256", "verified", "source"},
    "reviews.*.formula": {"text", "trace"},
    "reviews.*.criteria.*": {"id", "title", "status", "reason", "message", "evidence"},
    "reviews.*.missing.*": {"criterion", "need", "accepts", "why", "alternatives"},
    "documents.*": {"id", "type", "type_label", "hospital", "hospital_level", "date", "pages"},
    "documents.*.pages.*": {"file", "page", "width", "height", "quality"},
    "facts": {"patient", "visits", "diagnoses", "lab_results", "findings", "treatments", "form"},
    "facts.lab_results.*": {
        "analyte", "name", "value", "comparator", "text", "unit", "reference_low", "reference_high", "reference_text",
        "flag", "specimen", "sampled_at", "reported_at", "evidence",
    },
    "facts.diagnoses.*": {"name", "icd10", "status", "section", "date", "evidence"},
    "alerts.*": {"code", "severity", "message", "evidence"},
}  # fmt: skip


def _at(value: Any, path: list[str]) -> Iterator[Any]:
    if not path:
        yield value
    elif path[0] == "*":
        for one in value:
            yield from _at(one, path[1:])
    else:
        yield from _at(value[path[0]], path[1:])


def _walk(value: Any) -> Iterator[dict[str, Any]]:
    if isinstance(value, dict):
        yield value
        for one in value.values():
            yield from _walk(one)
    elif isinstance(value, list):
        for one in value:
            yield from _walk(one)


@pytest.mark.parametrize("name", CASES)
def test_as_json_holds_every_key_of_the_contract(case: Case, name: str) -> None:
    report = report_json(case(name))
    assert report["schema"] == "yushen.report.v1"
    for path, keys in CONTRACT.items():
        for found in _at(report, path.split(".") if path else []):
            assert keys <= set(found), path


@pytest.mark.parametrize("name", CASES)
def test_as_json_is_valid_json_that_the_schema_accepts(case: Case, name: str) -> None:
    text = json.dumps(report_json(case(name)), ensure_ascii=False, allow_nan=False)
    again = Report.model_validate_json(text)
    assert again.model_dump(mode="json", by_alias=True) == json.loads(text)


def test_as_json_schema_file_is_the_one_of_the_models() -> None:
    assert json.loads(SCHEMA_FILE.read_text(encoding="utf-8")) == json.loads(json.dumps(json_schema()))


def test_as_json_schema_refuses_a_changed_report(case: Case) -> None:
    report = report_json(case("meets"))
    report["reviews"][0]["conclusion"] = "granted"
    with pytest.raises(ValueError, match="conclusion"):
        Report.model_validate_json(json.dumps(report))


def test_as_json_evidence_has_exactly_seven_keys(case: Case) -> None:
    places = [d for d in _walk(report_json(case("conflicts"))) if "quote" in d]
    assert len(places) > 20
    for place in places:
        assert set(place) == EVIDENCE
        assert len(place["box"]) == 4
        assert all(isinstance(v, int | float) for v in place["box"])


@pytest.mark.parametrize("name", CASES)
def test_as_json_never_prints_an_id_number(case: Case, name: str) -> None:
    review = case(name)
    assert ID_NUMBER not in json.dumps(report_json(review), ensure_ascii=False)


def test_as_json_applicant_comes_from_the_form_and_not_from_another_person(case: Case) -> None:
    applicant = report_json(case("conflicts"))["case"]["applicant"]
    assert applicant["name"] == "张建国"
    assert applicant["id_number"] == "999999********0010"
    assert applicant["age"] == 58
    assert applicant["sex"] == "男"


def test_as_json_numbers_dates_and_flags_are_plain(case: Case) -> None:
    first = report_json(case("meets"))["facts"]["lab_results"][0]
    assert first["value"] == 712.4
    assert first["reference_high"] == 97
    assert first["flag"] == "high"
    assert first["sampled_at"] == "2025-09-12T07:31:00"
    assert first["reported_at"] is None
    bound = next(r for r in report_json(case("meets"))["facts"]["lab_results"] if r["text"].startswith("<"))
    assert (bound["comparator"], bound["value"]) == ("<", 0.5)


def test_as_json_says_why_a_value_is_null(case: Case) -> None:
    review = case("meets")
    lab = dataclasses.replace(
        review.read.facts.lab_results[0],
        sampled_at=Unknown.CONFLICTING,
        reported_at=Unknown.ABSENT,
        value=Decimal("NaN"),
        evidence=(),
    )
    facts = dataclasses.replace(review.read.facts, lab_results=(lab,))
    report = report_json(dataclasses.replace(review, read=dataclasses.replace(review.read, facts=facts)))
    row = report["facts"]["lab_results"][0]
    assert row["sampled_at"] is None
    assert row["value"] is None
    assert row["evidence"] is None
    assert row["unknown"] == {"sampled_at": "conflicting"}


def test_as_json_failed_file_is_an_alert_with_its_file(case: Case) -> None:
    alerts = report_json(case("conflicts"))["alerts"]
    failed = [a for a in alerts if a["severity"] == "error"]
    assert {a["file"] for a in failed} == {"化验单汇总.pdf", "IMG_0099.jpg"}
    assert all(a["code"] and a["message"] for a in failed)


def test_as_json_survives_broken_numbers_and_names(case: Case) -> None:
    review = case("meets")
    seconds = {"reading": float("nan"), "judging": 1.23456}
    item = review.judgements[0].criteria[0]
    bad = dataclasses.replace(
        item.evidence[0], box=(float("nan"), -5.0, float("inf"), 9.04), confidence=7.0, file="x\udc80\x00.jpg"
    )
    judgement = dataclasses.replace(review.judgements[0], criteria=(dataclasses.replace(item, evidence=(bad,)),))
    report = report_json(dataclasses.replace(review, judgements=(judgement,), seconds=seconds))
    json.dumps(report, ensure_ascii=False, allow_nan=False).encode("utf-8")
    place = report["reviews"][0]["criteria"][0]["evidence"][0]
    assert place["box"] == [0, -5, 0, 9]
    assert place["confidence"] == 1.0
    assert place["file"] == "x\ufffd.jpg"
    assert "reading" not in report["timing"]
    assert report["timing"]["judging"] == 1.235


def test_as_json_as_of_is_iso(case: Case) -> None:
    assert dt.date.fromisoformat(report_json(case("empty"))["case"]["as_of"]) == dt.date(2026, 3, 12)
