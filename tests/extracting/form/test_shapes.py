"""Application forms of many offices: what is applied for, by whom, with which physician, on which day."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from pipeline.classifying import classify
from pipeline.extracting.form import extract_form
from pipeline.extracting.identity import extract_identity
from rules.engine.facts import Unknown
from tests.classifying.paper import sheet

CASES = yaml.safe_load((Path(__file__).parent / "shapes.yaml").read_text(encoding="utf-8"))


def plain(value: object) -> object:
    if value is Unknown.ABSENT:
        return None
    return value.value if isinstance(value, Unknown) else str(value)


@pytest.mark.parametrize("case", CASES, ids=[case["name"] for case in CASES])
def test_form_of_another_shape(case: dict[str, Any]) -> None:
    document = classify([sheet(case["page"])])[0]
    assert document.type.value == "application_form"
    entries = extract_form(document)
    for field, want in case.get("expect", {}).items():
        found = [plain(entry.value) for entry in entries if entry.field == field]
        assert found == (want if isinstance(want, list) else [want]), field
    identity = extract_identity(document)[0]
    for field, want in case.get("identity", {}).items():
        assert plain(getattr(identity, field)) == want, field
