"""Fields: right, wrong, missed and invented are four things."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest

from pipeline.evaluating.fields import FieldCount, score_fields
from pipeline.evaluating.kept import Place
from pipeline.evaluating.truth import TruthFact
from rules.engine.facts import (
    DocumentInfo,
    DocumentType,
    FormEntry,
    HospitalLevel,
    PatientIdentity,
    Unknown,
)
from tests.evaluating.made import FILE, document, kept, lab, read_lab, truth

AT: Place = (FILE, 1)
INFO = {"id": "d1", "type": DocumentType.LAB_REPORT, "hospital": "抚河医院", "date": dt.date(2026, 1, 5)}
PATIENT = {"document": "d1", "name": "邱桂芝", "sex": "女", "age": Decimal(64)}
LEVEL = HospitalLevel(rank=3, grade="甲")


def test_all_right() -> None:
    score = score_fields(
        truth([document()]),
        kept(infos=[DocumentInfo(**INFO, hospital_level=LEVEL)], patient=[PatientIdentity(**PATIENT)]),
    )[AT]

    assert all(count == FieldCount(right=1) for key, count in score.counts.items() if key != "id_number")
    assert score.exact.value == 1
    assert score.mistakes == ()


@pytest.mark.parametrize(
    ("key", "value", "expected"),
    [
        ("name", "邱桂枝", FieldCount(wrong=1)),
        ("name", Unknown.UNREADABLE, FieldCount(missed=1)),
        ("age", Decimal("64.0"), FieldCount(right=1)),
        ("age", Decimal(46), FieldCount(wrong=1)),
        ("id_number", "999999196105082248", FieldCount(invented=1)),
    ],
)
def test_each_field_is_counted_apart(key: str, value: object, expected: FieldCount) -> None:
    patient = PatientIdentity(**{**PATIENT, key: value})

    score = score_fields(truth([document()]), kept(infos=[DocumentInfo(**INFO)], patient=[patient]))[AT]

    assert score.counts[key] == expected


def test_a_level_known_from_the_name_is_no_invention() -> None:
    plain = document(hospital_level=None)
    catalogue = DocumentInfo(**INFO, hospital_level=HospitalLevel(rank=3, source="catalogue"))
    printed = DocumentInfo(**INFO, hospital_level=LEVEL)

    assert score_fields(truth([plain]), kept(infos=[catalogue]))[AT].counts["level"] == FieldCount()
    assert score_fields(truth([plain]), kept(infos=[printed]))[AT].counts["level"] == FieldCount(invented=1)


def test_days_of_a_sheet_are_those_of_its_rows() -> None:
    sheet = document([lab("肌酐", "88", 0)], dates={"sampled": dt.date(2026, 1, 4), "reported": dt.date(2026, 1, 5)})
    row = read_lab("肌酐", "88", 0, sampled_at=dt.datetime(2026, 1, 4, 6, 30), reported_at=dt.datetime(2026, 1, 8))

    counts = score_fields(truth([sheet]), kept(infos=[DocumentInfo(**INFO)], labs=[row]))[AT].counts

    assert counts["sampled"] == FieldCount(right=1)
    assert counts["reported"] == FieldCount(wrong=1)
    assert counts["date"] == FieldCount(right=1)


def test_entries_of_the_form() -> None:
    form = document(
        [
            TruthFact("form", {"field": "applied_on", "value": "2026-03-10"}, 0, None, {}),
            TruthFact("form", {"field": "physician_signature", "value": "empty"}, 0, None, {}),
        ],
        type="application_form",
    )
    read = (
        FormEntry(document="d1", field="applied_on", value="2026年3月10日"),
        FormEntry(document="d1", field="physician_signature", value="present"),
    )

    counts = score_fields(truth([form]), kept(facts={"form": read}))[AT].counts

    assert counts["form_applied_on"] == FieldCount(right=1)
    assert counts["form_physician_signature"] == FieldCount(wrong=1)


def test_nothing_read_is_missed_not_wrong() -> None:
    score = score_fields(truth([document()]), kept([], documents=[]))[AT]

    assert sum(c.wrong + c.right + c.invented for c in score.counts.values()) == 0
    assert score.exact.value == 0


def test_an_identity_card_states_no_day() -> None:
    card = document(type="identity_card")

    assert "date" not in score_fields(truth([card]), kept(infos=[DocumentInfo(**INFO)]))[AT].counts
