"""Keys and the overlay as pure functions."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from pipeline.keys import FACT_KINDS, keys_of
from pipeline.nouns import ReadCase
from pipeline.review import understand
from pipeline.service.casework.corrections.changes import FIELDS, Change, Kind
from pipeline.service.casework.corrections.overlay import apply
from rules.engine.facts import AssertionStatus, Owner, Unknown
from rules.engine.stored_fields import KINDS
from tests.classifying.paper import sheet
from tests.service.made import DISCHARGE, ECHO, LABS

AS_OF = dt.date(2026, 3, 16)


def read(texts: Sequence[tuple[str, str]]) -> ReadCase:
    """A case of pages (file, text) in this order."""
    pages = [sheet(text, number=n, file=file) for n, (file, text) in enumerate(texts, start=1)]
    return understand(pages, files=(), as_of=AS_OF)


@pytest.fixture(scope="module")
def case() -> ReadCase:
    return read([("a.jpg", DISCHARGE), ("b.jpg", ECHO), ("c.jpg", LABS)])


def change(kind: Kind, target: str, field: str = "", minute: int = 0, **human: object) -> Change:
    return Change(
        id=f"{minute:032x}",
        kind=kind,
        target=target,
        field=field,
        human=human,
        made_at=dt.datetime(2026, 3, 16, 9, minute, tzinfo=dt.UTC),
    )


def names(case: ReadCase) -> dict[str, str]:
    """Key by what the fact says."""
    keys = keys_of(case.facts, case.documents)
    return {
        key: repr(replace(fact, document="", evidence=()))
        for kind in FACT_KINDS
        for key, fact in zip(keys.facts[kind], getattr(case.facts, kind), strict=True)
    }


def test_keys_differ_and_stay_when_order_and_company_change(case: ReadCase) -> None:
    first = names(case)
    keys = keys_of(case.facts, case.documents)
    assert len(first) == sum(len(k) for k in keys.facts.values())
    again = names(read([("z.jpg", LABS.replace("2026-01-11", "2026-02-11")), ("c.jpg", LABS), ("a.jpg", DISCHARGE)]))
    shared = {key: said for key, said in first.items() if said in set(again.values()) and "心" not in said}
    assert len(shared) > 8
    assert all(again.get(key) == said for key, said in shared.items() if "高血压" in said or "肌酐" in said)


def test_keys_of_documents_are_those_of_their_first_page(case: ReadCase) -> None:
    before = keys_of(case.facts, case.documents).documents
    other = read([("b.jpg", ECHO), ("a.jpg", DISCHARGE)])
    after = keys_of(other.facts, other.documents).documents
    assert after == {"d1": before["d2"], "d2": before["d1"]}


def test_overlay_of_nothing_changes_nothing(case: ReadCase) -> None:
    made = apply(case.facts, case.documents, ())
    assert made.facts == case.facts
    assert made.keys == keys_of(case.facts, case.documents)
    assert (made.notes, made.views, made.settled) == ((), {}, {})


def test_overlay_newest_correction_of_a_field_counts_whatever_the_order(case: ReadCase) -> None:
    key = keys_of(case.facts, case.documents).facts["lab_results"][0]
    changes = [change(Kind.VALUE, key, "text", m, value=v) for m, v in ((1, "100"), (3, "300"), (2, "200"))]
    assert apply(case.facts, case.documents, changes).facts.lab_results[0].value == Decimal(300)


def test_overlay_leaves_the_machine_as_it_was_and_touches_one_fact(case: ReadCase) -> None:
    before = repr(case)
    keys = keys_of(case.facts, case.documents)
    key = keys.facts["diagnoses"][1]
    made = apply(case.facts, case.documents, [change(Kind.ASSERTION, key, "status", value="history")])
    assert made.facts.diagnoses[1].status is AssertionStatus.HISTORY
    assert [a == b for a, b in zip(made.facts.diagnoses, case.facts.diagnoses, strict=True)] == [True, False, True]
    assert made.facts.lab_results == case.facts.lab_results
    assert made.touched == {key}
    assert repr(case) == before


def test_overlay_name_of_two_diseases_becomes_two_facts_with_keys_of_their_own(case: ReadCase) -> None:
    key = keys_of(case.facts, case.documents).facts["diagnoses"][2]
    made = apply(case.facts, case.documents, [change(Kind.VALUE, key, "name", value="糖尿病肾病 CKD5期")])
    own = [k for k in made.keys.facts["diagnoses"] if k.startswith(key)]
    assert len(own) == len(set(own)) == len(made.facts.diagnoses) - 2
    assert own[0] == key


def test_overlay_person_on_a_fact_goes_before_what_follows_from_its_document(case: ReadCase) -> None:
    keys = keys_of(case.facts, case.documents)
    target, finding = keys.documents["d2"], keys.facts["findings"][0]
    changes = [
        change(Kind.DATE, finding, "date", 1, value="2026-02-02"),
        change(Kind.DATE, target, "date", 2, value="2025-02-02"),
    ]
    made = apply(case.facts, case.documents, changes).facts
    assert made.findings[0].date == dt.date(2026, 2, 2)
    assert {f.date for f in made.findings[1:]} == {dt.date(2025, 2, 2)}
    assert made.diagnoses == case.facts.diagnoses


def test_overlay_hospital_by_another_name_has_the_level_of_that_name(case: ReadCase) -> None:
    target = keys_of(case.facts, case.documents).documents["d2"]
    made = apply(case.facts, case.documents, [change(Kind.HOSPITAL, target, "hospital", value="江州市某某镇卫生院")])
    level = made.facts.documents[1].hospital_level
    assert not isinstance(level, Unknown)
    assert level.rank < 2
    printed = keys_of(case.facts, case.documents).documents["d1"]
    made = apply(case.facts, case.documents, [change(Kind.HOSPITAL, printed, "hospital", value="江州市某某镇卫生院")])
    assert made.facts.documents[0].hospital_level == case.facts.documents[0].hospital_level


@pytest.mark.parametrize(
    ("made", "code"),
    [
        (change(Kind.VALUE, "lab_results-gone", "text", value="1"), "target_lost"),
        (change(Kind.OWNER, "document-gone", "owner", value="other"), "target_lost"),
        (change(Kind.VALUE, "nonsense", "text", value="1"), "target_lost"),
        (change(Kind.REMOVE, "findings-gone"), "target_lost"),
        (change(Kind.EVIDENCE, "findings-gone", accepted=False), "target_lost"),
        (change(Kind.EVIDENCE, "findings-gone", "3", accepted=False, disease="other"), "other_disease"),
        (change(Kind.ADD, "", "findings", sha256="gone", page=1, concept="lvef", quote="x"), "page_lost"),
        (change(Kind.UNKNOWN, "x"), "not_possible"),
    ],
)
def test_overlay_tells_what_it_could_not_lay_over(case: ReadCase, made: Change, code: str) -> None:
    found = apply(case.facts, case.documents, [made], "hypertension")
    assert [(n.correction, n.code) for n in found.notes] == [(made.id, code)]
    assert found.facts == case.facts


def test_overlay_added_to_a_copy_counts_with_the_copy_that_counts() -> None:
    case = read([("a.jpg", ECHO), ("b.jpg", ECHO)])
    assert case.facts.documents[1].duplicate_of == "d1"
    human: dict[str, Any] = {
        "sha256": "b.jpg",
        "page": 1,
        "box": [10, 10, 90, 40],
        "quote": "左房大",
        "concept": "cardiac_enlargement",
    }
    made = apply(case.facts, case.documents, [change(Kind.ADD, "", "findings", **human)])
    (added,) = [f for f in made.facts.findings if f.concept == "cardiac_enlargement"]
    assert (added.document, added.evidence[0].file) == ("d1", "b.jpg")


def test_overlay_owner_and_type_words_are_those_of_the_facts(case: ReadCase) -> None:
    target = keys_of(case.facts, case.documents).documents["d1"]
    made = apply(case.facts, case.documents, [change(Kind.OWNER, target, "owner", value="other")])
    assert made.facts.documents[0].owner is Owner.OTHER
    assert made.owned == {target}


def test_changes_fields_are_fields_of_the_facts() -> None:
    for kind, fields in FIELDS.items():
        stored = "documents" if kind == "document" else kind
        assert fields.keys() <= KINDS[stored][1].keys()
