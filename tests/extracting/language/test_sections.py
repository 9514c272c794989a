"""Headings in every style open their section; words of prose do not."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from pipeline.extracting.language.sections import find_sections
from pipeline.extracting.language.text import join_plain

CASES = yaml.safe_load((Path(__file__).parent / "sections.yaml").read_text(encoding="utf-8"))


@pytest.mark.parametrize("case", CASES, ids=[case["text"] for case in CASES])
def test_sections_open_at_headings(case: dict[str, Any]) -> None:
    source = join_plain(case["text"])
    found = [[s.name, source.text[s.start : s.end]] for s in find_sections(source.text, source.before)]
    assert found == case["sections"]
