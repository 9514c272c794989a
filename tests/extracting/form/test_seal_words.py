"""The form's seal says whose it is; the words of another office make it doubtful."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from pipeline.extracting.form import extract_form
from pipeline.nouns import Document, Seal
from rules.engine.facts import FormEntry, InkState
from tests.extracting.form.drawing import Form
from tests.extracting.form.test_form import blank

BOX = (650.0, 1130.0, 870.0, 1350.0)


def stamped() -> Form:
    form = blank()
    form.stamp(760, 1240)
    return form


def entries(document: Document, text: str, centre: str, confidence: float = 0.96) -> dict[str, FormEntry]:
    seals = (Seal(text=text, centre=centre, box=BOX, confidence=confidence),)
    pages = tuple(replace(page, seals=seals) for page in document.pages)
    return {entry.field: entry for entry in extract_form(replace(document, pages=pages))}


def test_form_seal_says_whose_it_is(tmp_path: Path) -> None:
    found = entries(stamped().read(tmp_path), "上饶市信江云岚医院", "医保办公室")
    entry = found["hospital_seal"]
    assert entry.value == InkState.PRESENT
    ink, words = entry.evidence
    assert ink.extractor == "form-ink"
    assert (words.extractor, words.quote, words.box) == ("seal", "上饶市信江云岚医院 医保办公室", BOX)
    assert found["hospital"].value == "上饶市信江云岚医院"
    assert found["hospital"].evidence[0].extractor == "seal"
    assert found["hospital"].evidence[0].box == BOX


def test_form_seal_without_readable_words_is_still_a_seal(tmp_path: Path) -> None:
    entry = entries(stamped().read(tmp_path), "", "", 0.0)["hospital_seal"]
    assert entry.value == InkState.PRESENT
    assert len(entry.evidence) == 1


def test_form_seal_of_an_office_in_the_hospitals_place_is_unsure(tmp_path: Path) -> None:
    entry = entries(stamped().read(tmp_path), "云岚县医疗保障局", "业务专用章")["hospital_seal"]
    assert entry.value == InkState.UNSURE


@pytest.mark.parametrize("printed_behind", [False, True])
def test_form_seal_far_behind_a_label_that_heads_its_row_alone(tmp_path: Path, printed_behind: bool) -> None:
    form = Form()
    form.print("门诊慢特病病种待遇认定申请表", 300, 80)
    form.print("医疗机构盖章", 80, 700)
    form.stamp(1050, 715)
    if printed_behind:
        form.print("经办人意见", 760, 700)
    found = {entry.field: entry.value for entry in extract_form(form.read(tmp_path))}
    assert found["hospital_seal"] == (InkState.UNSURE if printed_behind else InkState.PRESENT)
