"""A document extracted again as another type: the rest of the case stays as it is."""

from __future__ import annotations

from contextlib import AbstractContextManager
from pathlib import Path

import pytest

from pipeline.keys import keys_of
from pipeline.nouns import ReadCase
from pipeline.service.blobs import BlobMissingError
from pipeline.service.casework.corrections.retyping import retyped
from rules.engine.facts import DocumentType, Owner, PatientIdentity
from tests.service.casework.test_overlay import read
from tests.service.made import DISCHARGE, ECHO, LABS


class NoPictures:
    """A case whose pictures are lost."""

    def as_file(self, blob: str) -> AbstractContextManager[Path]:
        raise BlobMissingError(blob)


@pytest.fixture(scope="module")
def case() -> ReadCase:
    return read([("a.jpg", DISCHARGE), ("b.jpg", ECHO), ("c.jpg", LABS)])


def key(case: ReadCase, id: str) -> str:
    return keys_of(case.facts, case.documents).documents[id]


@pytest.mark.parametrize(("id", "type"), [("d1", DocumentType.DISCHARGE_SUMMARY), ("d3", DocumentType.LAB_REPORT)])
def test_retyped_as_what_it_was_says_the_same(case: ReadCase, id: str, type: DocumentType) -> None:
    again = retyped(case, {key(case, id): type}, NoPictures(), None)
    assert again.facts == case.facts
    assert keys_of(again.facts, again.documents) == keys_of(case.facts, case.documents)
    assert again.alerts == case.alerts


def test_retyped_changes_that_document_only_and_keeps_keys(case: ReadCase) -> None:
    again = retyped(case, {key(case, "d1"): DocumentType.RECEIPT}, NoPictures(), None)
    assert [d.type for d in again.documents] == [DocumentType.RECEIPT, *(d.type for d in case.documents[1:])]
    assert again.facts.documents[0].type is DocumentType.RECEIPT
    assert not [d for d in again.facts.diagnoses if d.document == "d1"]
    assert again.facts.lab_results == case.facts.lab_results
    assert again.facts.findings == case.facts.findings
    assert keys_of(again.facts, again.documents).documents == keys_of(case.facts, case.documents).documents
    assert "人工更正" in again.documents[0].why[-1]
    assert case.documents[0].type is DocumentType.DISCHARGE_SUMMARY


def test_retyped_nothing_is_the_case_itself(case: ReadCase) -> None:
    assert retyped(case, {"document-gone": DocumentType.RECEIPT}, NoPictures(), None) is case


def test_retyped_holds_owners_against_who_applies(case: ReadCase) -> None:
    other = PatientIdentity(document="", name="王小明")
    again = retyped(case, {key(case, "d2"): DocumentType.OTHER}, NoPictures(), other)
    assert {info.owner for info in again.facts.documents} == {Owner.OTHER}
    assert [a.code for a in again.alerts].count("other_person") == 3
