"""Diagnoses of whole papers, each wording once: nothing asked, offered, excluded or told is ever confirmed."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from pipeline.extracting.language import extract_clinical
from rules.engine.facts import AssertionStatus, DocumentType
from tests.extracting.language.paper import document

CASES = yaml.safe_load((Path(__file__).parent / "wordings.yaml").read_text(encoding="utf-8"))


def squeezed(name: str) -> str:
    return name.replace(" ", "")


@pytest.mark.parametrize("case", CASES, ids=[case["name"] for case in CASES])
def test_wordings_of_diagnoses(case: dict[str, Any]) -> None:
    kind = DocumentType(case.get("type", "discharge_summary"))
    facts = extract_clinical([document(kind, *(case.get("pages") or [case["text"]]))])
    named = {
        status.value: [squeezed(d.name) for d in facts.diagnoses if d.status is status] for status in AssertionStatus
    }
    confirmed = named["confirmed"]
    if "confirmed" in case:
        wanted = [squeezed(name) for name in case["confirmed"]]
        if case.get("any_order"):
            wanted, confirmed = sorted(wanted), sorted(confirmed)
        assert confirmed == wanted
    assert {squeezed(name) for name in case.get("confirmed_contains", [])} <= set(confirmed)
    assert not {squeezed(name) for name in case.get("not_confirmed", [])} & set(confirmed)
    for status in ("suspected", "denied", "history", "family"):
        assert {squeezed(name) for name in case.get(status, [])} <= set(named[status])
    codes = {squeezed(d.name): d.icd10 for d in facts.diagnoses}
    assert {name: codes[squeezed(name)] for name in case.get("codes", {})} == case.get("codes", {})
    assert facts.alerts == ()
