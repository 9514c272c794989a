"""A case as bytes: lossless, and refused where it is damaged."""

from __future__ import annotations

import datetime as dt
import zlib
from dataclasses import replace
from pathlib import Path

import pytest

from pipeline.nouns import Alert, Flattening, QualityIssue, ReadCase, Seal, Severity, SourceFile
from pipeline.review import understand
from pipeline.service.casework import StoredCaseError, case_from_bytes, case_to_bytes
from pipeline.service.casework.stored import StoredCase, stored_from_bytes, stored_to_bytes
from rules.engine.facts import DocumentType, HospitalLevel, Unknown
from tests.classifying.paper import sheet
from tests.service.made import DISCHARGE, LABS


@pytest.fixture(scope="module")
def case() -> ReadCase:
    first = replace(
        sheet(DISCHARGE, number=1),
        flattening=Flattening(10, 10, (((0.0, 0.5), (1.0, 1.0)), ((0.1, 2.0), (3.0, 4.25)))),
        seals=(Seal(text="某某医院", box=(1.0, 2.0, 3.0, 4.5), confidence=0.5),),
        quality=(QualityIssue(code="glare", message="反光\n换行", score=0.25, retake=False),),
        angle=90,
    )
    files = (SourceFile(name="照片1.jpg", path=Path("a" * 64), sha256="a" * 64, media_type="", size=7),)
    alerts = (Alert(code="image_broken", severity=Severity.ERROR, message="打不开", file="照片1.jpg"),)
    return understand([first, sheet(LABS, number=2)], files=files, as_of=dt.date(2026, 3, 16), alerts=alerts)


def test_stored_case_is_lossless(case: ReadCase) -> None:
    back = case_from_bytes(case_to_bytes(case))
    assert back == case
    assert case.facts.lab_results
    assert case.documents[0].pages[0].seals


def test_stored_case_tells_words_from_states(case: ReadCase) -> None:
    """A hospital called ``absent`` is not a hospital that is not known."""
    infos = tuple(
        replace(info, hospital="absent", department=Unknown.ABSENT, date=Unknown.UNREADABLE)
        for info in case.facts.documents
    )
    odd = replace(
        case,
        facts=replace(case.facts, documents=infos),
        documents=tuple(
            replace(d, info=replace(d.info, hospital="conflicting", hospital_level=HospitalLevel(rank=0)))
            for d in case.documents
            if d.info is not None
        ),
    )
    assert case_from_bytes(case_to_bytes(odd)) == odd


def test_stored_case_keeps_what_people_said_documents_are(case: ReadCase) -> None:
    stored = StoredCase(machine=case, types={"document-1": DocumentType.LAB_REPORT}, retyped=case)
    assert stored_from_bytes(stored_to_bytes(stored)) == stored


@pytest.mark.parametrize(
    "damage",
    [
        lambda data: data[:-9],
        lambda data: b"",
        lambda data: zlib.compress(b"{}"),
        lambda data: zlib.compress(zlib.decompress(data).replace(b'"version": 1', b'"version": 2')),
        lambda data: zlib.compress(zlib.decompress(data).rsplit(b"\n", 1)[0]),
        lambda data: zlib.compress(zlib.decompress(data).replace(b'"confidence"', b'"c"')),
    ],
)
def test_stored_case_that_is_damaged_is_refused_without_quoting_it(case: ReadCase, damage) -> None:  # type: ignore[no-untyped-def]
    with pytest.raises(StoredCaseError) as error:
        case_from_bytes(damage(case_to_bytes(case)))
    assert "张" not in str(error.value)
