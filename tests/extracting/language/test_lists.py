"""Every numbering style of diagnosis lists (hazard H10)."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from pipeline.extracting.language.lists import split_list
from pipeline.extracting.language.text import join_plain

LISTS = yaml.safe_load((Path(__file__).parent / "lists.yaml").read_text(encoding="utf-8"))


@pytest.mark.parametrize("case", LISTS, ids=[case["text"] for case in LISTS])
def test_lists_split_into_diagnoses(case: dict[str, Any]) -> None:
    source = join_plain(case["text"])
    items = split_list(source.text, source.before, case.get("from", 0), len(source.text))
    names = [source.text[item.start : item.end].replace("\n", "") for item in items]
    assert names == case["items"]
    if "codes" in case:
        assert [item.icd10 for item in items] == case["codes"]


def test_lists_suite_is_broad() -> None:
    assert len(LISTS) >= 40
