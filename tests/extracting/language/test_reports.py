"""Examination reports: findings with section and polarity, numbers with units, and nothing confirmed that is not."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import yaml

from pipeline.extracting.language import extract_clinical
from rules.engine.facts import AssertionStatus, DocumentType
from rules.vocabulary import load_vocabulary
from tests.extracting.language.paper import document

REPORTS = yaml.safe_load((Path(__file__).parent / "reports.yaml").read_text(encoding="utf-8"))
DAY = dt.date(2025, 5, 6)


@pytest.mark.parametrize("report", REPORTS, ids=[report["name"] for report in REPORTS])
def test_reports_state_their_findings(report: dict[str, Any]) -> None:
    paper = document(DocumentType(report["type"]), report["text"], date=DAY)
    facts = extract_clinical([paper])
    stated = {(f.section, f.concept, f.status.value) for f in facts.findings if f.value is None}
    for wanted in report.get("want", []):
        assert tuple(wanted) in stated
    numbers = {(f.concept, f.value, f.unit) for f in facts.findings if f.status is AssertionStatus.CONFIRMED}
    for concept, value, unit in report.get("number", []):
        assert (concept, Decimal(value), unit) in numbers
    confirmed = {f.concept for f in facts.findings if f.status is AssertionStatus.CONFIRMED}
    assert not confirmed & set(report.get("not", []))
    assert {f.modality for f in facts.findings if f.value is None} <= {report["modality"]}
    assert all(f.evidence and f.date == DAY for f in facts.findings)


def test_reports_use_only_concepts_of_the_vocabulary() -> None:
    vocabulary = load_vocabulary()
    for report in REPORTS:
        concepts = [w[1] for w in report.get("want", [])] + list(report.get("not", []))
        for concept in concepts:
            assert concept in vocabulary.findings or concept in vocabulary.measurements


def test_reports_keep_the_requested_diagnosis_unsure() -> None:
    text = "头颅CT报告\n临床诊断：脑梗死\n影像诊断：未见明显异常"
    facts = extract_clinical([document(DocumentType.IMAGING_REPORT, text)])
    assert [(d.section, d.status) for d in facts.diagnoses] == [("临床诊断", AssertionStatus.SUSPECTED)]
