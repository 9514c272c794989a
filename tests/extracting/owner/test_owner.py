"""Whose case, whose document: the applicant's, another person's, or not to be told."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

from pipeline.extracting.owner import assign_owners
from pipeline.nouns import Alert, Document, Severity
from rules.engine.facts import DocumentInfo, DocumentType, Evidence, FormEntry, Maybe, Owner, PatientIdentity, Unknown
from tests.classifying.paper import sheet

ID = "999999196603051233"
OTHER_ID = "99999919800101002X"


def document(name: str, kind: DocumentType, date: Maybe[dt.date] = dt.date(2025, 3, 1)) -> Document:
    info = DocumentInfo(id=name, type=kind, date=date)
    return Document(id=name, type=kind, pages=(sheet("姓名"),), why=("标题",), info=info)


def person(
    name: str,
    called: Maybe[str] = "张三",
    *,
    sex: Maybe[str] = "男",
    age: Maybe[Decimal] = Decimal(59),
    id_number: Maybe[str] = Unknown.ABSENT,
    confidence: float = 0.98,
) -> PatientIdentity:
    shown = Evidence(
        document=name,
        file="照片1.jpg",
        page=1,
        box=(0.0, 0.0, 10.0, 10.0),
        quote=f"姓名：{called}",
        confidence=confidence,
        extractor="identity",
    )
    return PatientIdentity(document=name, name=called, sex=sex, age=age, id_number=id_number, evidence=(shown,))


def owners(
    *pairs: tuple[Document, PatientIdentity], form: tuple[FormEntry, ...] = ()
) -> tuple[list[Owner], tuple[Alert, ...]]:
    documents, alerts = assign_owners([pair[0] for pair in pairs], [pair[1] for pair in pairs], form)
    return [item.info.owner for item in documents if item.info is not None], alerts


FORM = document("d1", DocumentType.APPLICATION_FORM, dt.date(2025, 4, 1))
LAB = document("d2", DocumentType.LAB_REPORT)
CT = document("d3", DocumentType.IMAGING_REPORT)


def test_owner_same_person_is_the_applicant() -> None:
    found, alerts = owners((FORM, person("d1", id_number=ID)), (LAB, person("d2")))
    assert found == [Owner.APPLICANT, Owner.APPLICANT]
    assert alerts == ()


def test_owner_other_name_is_other_with_alert_and_place() -> None:
    found, alerts = owners((FORM, person("d1")), (LAB, person("d2", "李秀英", sex="女")))
    assert found == [Owner.APPLICANT, Owner.OTHER]
    assert [alert.code for alert in alerts] == ["other_person"]
    assert alerts[0].severity is Severity.WARNING
    assert alerts[0].evidence
    assert "李秀英" not in alerts[0].message


def test_owner_same_name_other_sex_and_age_is_other() -> None:
    found, alerts = owners((FORM, person("d1")), (LAB, person("d2", sex="女", age=Decimal(24))))
    assert found[1] is Owner.OTHER
    assert alerts[0].code == "other_person"


def test_owner_same_name_other_id_is_other() -> None:
    found, _ = owners((FORM, person("d1", id_number=ID)), (LAB, person("d2", id_number=OTHER_ID)))
    assert found[1] is Owner.OTHER


def test_owner_lower_age_on_an_old_sheet_is_the_applicant() -> None:
    old = document("d2", DocumentType.LAB_REPORT, dt.date(2020, 3, 1))
    found, alerts = owners((FORM, person("d1", id_number=ID)), (old, person("d2", age=Decimal(54))))
    assert found[1] is Owner.APPLICANT
    assert alerts == ()


def test_owner_known_confusion_in_name_with_agreeing_details_is_the_applicant() -> None:
    found, _ = owners((FORM, person("d1", "张明华")), (LAB, person("d2", "张朋华")))
    assert found[1] is Owner.APPLICANT


def test_owner_brother_with_one_other_glyph_is_not_taken_for_the_applicant() -> None:
    found, alerts = owners((FORM, person("d1", "张建国")), (LAB, person("d2", "张建军")))
    assert found[1] is Owner.UNKNOWN
    assert alerts[0].code == "owner_unsure"


def test_owner_one_glyph_read_unsurely_is_the_applicant() -> None:
    found, _ = owners((FORM, person("d1", "张建国")), (LAB, person("d2", "张建固", confidence=0.71)))
    assert found[1] is Owner.APPLICANT


def test_owner_unreadable_name_is_unknown() -> None:
    found, _ = owners((FORM, person("d1")), (LAB, person("d2", Unknown.UNREADABLE)))
    assert found[1] is Owner.UNKNOWN


def test_owner_two_names_on_one_paper_is_unknown_with_alert() -> None:
    found, alerts = owners((FORM, person("d1")), (LAB, person("d2", Unknown.CONFLICTING)))
    assert found[1] is Owner.UNKNOWN
    assert alerts[0].code == "owner_unsure"


def test_owner_without_form_the_identity_card_decides() -> None:
    card = document("d1", DocumentType.IDENTITY_CARD, Unknown.ABSENT)
    found, _ = owners(
        (LAB, person("d2", "李秀英", sex="女")),
        (CT, person("d3", "李秀英", sex="女")),
        (card, person("d1", age=Unknown.ABSENT, id_number=ID)),
    )
    assert found == [Owner.OTHER, Owner.OTHER, Owner.APPLICANT]


def test_owner_without_form_and_card_the_majority_decides() -> None:
    found, alerts = owners(
        (document("d1", DocumentType.DISCHARGE_SUMMARY), person("d1")),
        (LAB, person("d2")),
        (CT, person("d3", "李秀英", sex="女")),
    )
    assert found == [Owner.APPLICANT, Owner.APPLICANT, Owner.OTHER]
    assert [alert.code for alert in alerts] == ["other_person"]


def test_owner_tie_of_two_names_is_no_one() -> None:
    found, alerts = owners((LAB, person("d2")), (CT, person("d3", "李秀英", sex="女")))
    assert found == [Owner.UNKNOWN, Owner.UNKNOWN]
    assert {alert.code for alert in alerts} == {"owner_unsure"}


def test_owner_form_whose_name_was_read_by_the_form_reader() -> None:
    entry = FormEntry(document="d1", field="applicant_name", value="张三")
    found, _ = owners((FORM, person("d1", Unknown.ABSENT)), (LAB, person("d2")), form=(entry,))
    assert found[1] is Owner.APPLICANT


def test_owner_of_a_single_named_document_is_the_applicant() -> None:
    found, _ = owners((LAB, person("d2")))
    assert found == [Owner.APPLICANT]
