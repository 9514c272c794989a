"""What a run keeps of a case comes back as it was."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest

from pipeline.evaluating.kept import KeptCost, KeptError, keep, load
from pipeline.nouns import Document, PageReader, ReadCase, ReadPage, Review
from rules.engine.facts import CaseFacts, DocumentType
from tests.drawn_pages import draw, page_of, text_line
from tests.evaluating.made import judged, kept, kept_page, read_diagnosis, read_lab, read_line

RUN_BEFORE = '{"schema": "yushen.kept.v1", "pages": []}'
"""Of a version that did not keep which pages were refused: such a result is made again."""


def test_kept_case_survives_the_file(tmp_path: Path) -> None:
    case = kept(
        [kept_page([read_line("肌酐 88", 0)], quality=("glare", "cut_off"), refused=("glare",), picture="x.jpg")],
        labs=[read_lab("肌酐", "88.0", 0, doubts=("implausible",))],
        diagnoses=[read_diagnosis("肺癌", 1, status="suspected")],
        judgements=[judged("manual", ("1", "met"), missing=["jiangxi.07.2"])],
        alerts=(("glare", "a.jpg", 1), ("other", None, None)),
        cost=KeptCost(seconds={"reading": 1.5}, cpu_seconds={"reading": 2.0}, peak_bytes=7, cold=True),
    )
    path = tmp_path / "case.json"
    path.write_text(case.to_json(), encoding="utf-8")

    assert load(path) == case


@pytest.mark.parametrize("text", ["", "{", "[]", '{"schema": "other"}', '{"schema": "yushen.kept.v2"}', RUN_BEFORE])
def test_a_broken_file_is_named(tmp_path: Path, text: str) -> None:
    path = tmp_path / "case.json"
    path.write_text(text, encoding="utf-8")

    with pytest.raises(KeptError, match=r"case\.json"):
        load(path)


def test_evidence_of_an_unknown_page_has_no_place() -> None:
    row = read_lab("肌酐", "88", 0)

    assert kept([], labs=[row]).fraction(row.evidence[0]) is None
    assert kept(labs=[row]).fraction(row.evidence[0]) == pytest.approx((0.1, 0.1, 0.5, 0.12))


def test_a_picture_of_several_sheets_is_kept_with_the_lines_of_all(tmp_path: Path) -> None:
    page = page_of(draw(), tmp_path)
    lines = tuple(text_line(90, 100 + 60 * row, text) for row, text in enumerate("甲乙丙"))
    parts = [
        ReadPage(page=page, lines=own, reader=PageReader.OCR, why="", width=1200, height=980)
        for own in (lines[:2], lines[1:])
    ]
    documents = tuple(
        Document(id=f"d{n}", type=DocumentType.LAB_REPORT, pages=(part,), why=()) for n, part in enumerate(parts, 1)
    )
    facts = CaseFacts(as_of=dt.date(2026, 3, 15))
    review = Review(
        region="jiangxi",
        read=ReadCase(files=(), documents=documents, facts=facts),
        judgements=(),
        versions={},
    )

    case = keep(review, case="c", key="k", cost=KeptCost(), min_confidence=0.8, pictures={})

    (kept_one,) = case.pages
    assert [line.text for line in kept_one.lines] == ["甲", "乙", "丙"]
    assert [document.pages for document in case.documents] == [(("sheet.png", 1),)] * 2
