"""Typesetting: whatever stands in a name or a quote, there is a paper, and nothing of it is taken for markup."""

from __future__ import annotations

import datetime as dt
import io
from typing import Any

import pdfplumber
import pytest

from pipeline.service.decisions.typesetting import TypesettingError, typeset

NOW = dt.datetime(2026, 3, 16, 2, 0, tzinfo=dt.UTC)


def _data(text: str) -> dict[str, Any]:
    return {
        "title": "门诊慢特病病种待遇认定表",
        "office": "江西省",
        "serial": "YS20260316-0000193",
        "draft": "",
        "applicant": [["参保人", text], ["联系电话", ""], ["代办人", "李梅"]],
        "case": [["申请病种", "高血压"]],
        "decision": None,
        "rules": {"source": "来源", "version": "1", "digest": "0", "as_of": "2026-03-16", "formula": ""},
        "items": [],
        "suggestion": {"status": "met", "word": "材料支持", "before": ""},
        "alerts": [text],
        "corrections": [],
        "documents": [],
        "rounds": [],
        "notices": [],
        "printed": "李审核",
        "watermark": "李审核",
    }


def _text(pdf: bytes) -> str:
    with pdfplumber.open(io.BytesIO(pdf)) as file:
        return "".join(page.extract_text() for page in file.pages)


@pytest.mark.parametrize("text", ["#panic()", "*粗*", "$x$", "@ref <label>", "// 注释", '"引号"', "\\n"])
def test_typeset_takes_nothing_for_markup(text: str) -> None:
    assert text in _text(typeset("sheet.typ", _data(text), NOW))


@pytest.mark.parametrize("text", ["欧阳\U00030edd", "😀张", "张\x00三\x07", "半\ud83d", "A" * 400, "עברית"])
def test_typeset_makes_a_paper_of_any_text(text: str) -> None:
    assert "YS20260316-0000193" in _text(typeset("sheet.typ", _data(text), NOW))


def test_typeset_is_an_archive_file_with_the_usual_signs() -> None:
    made = typeset("sheet.typ", _data("μmol/L ≥ ≤ × ℃ ↑ ↓ Ⅱ ① 10⁹/L □ ■"), NOW)
    assert b"pdfaid:part" in made
    assert "μmol/L ≥ ≤ × ℃ ↑ ↓ Ⅱ ①" in _text(made)


def test_typeset_quotes_nothing_of_a_case_that_cannot_be_set() -> None:
    with pytest.raises(TypesettingError) as failed:
        typeset("sheet.typ", {"title": "张建国"}, NOW)
    assert "张建国" not in str(failed.value)
