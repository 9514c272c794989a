"""A seal names the issuer where nothing else does, never against a clear letterhead; another one calls a person."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import pytest

from pipeline.classifying import classify
from pipeline.extracting import extract
from pipeline.extracting.header import extract_header, issuer, seal_alerts, seals_of
from pipeline.nouns import Document, Seal
from rules.engine.facts import HospitalLevel, Unknown
from tests.classifying.paper import line, sheet

BODY = "# 疾病诊断证明书\n姓名：张三 | 性别：男 | 年龄：58岁\n诊断：高血压病3级\n> 2026-03-10"
HEADED = "# 云岚县人民医院\n" + BODY
BOX = (760.0, 560.0, 1010.0, 810.0)


def seal(text: str, confidence: float = 0.97, *, centre: str = "疾病诊断专用章") -> Seal:
    return Seal(text=text, centre=centre, box=BOX, confidence=confidence)


def sealed(text: str, *seals: Seal) -> Document:
    (document,) = classify([sheet(text)])
    return replace(document, pages=tuple(replace(page, seals=seals) for page in document.pages))


def test_seal_names_the_issuer_where_no_letterhead_was_read() -> None:
    document = sealed(BODY, seal("云岚县茶亭坞镇卫生院"))
    info = extract_header(document)
    assert info.hospital == "云岚县茶亭坞镇卫生院"
    assert info.hospital_level == HospitalLevel(rank=1, source="name")
    head = issuer(document)
    assert head is not None
    assert head.by_seal
    (mark,) = seals_of(document)
    assert (mark.evidence.extractor, mark.evidence.box) == ("seal", BOX)
    assert mark.evidence.quote == "云岚县茶亭坞镇卫生院 疾病诊断专用章"
    assert head.lines[0].box == BOX


@pytest.mark.parametrize(
    ("text", "confidence"),
    [("", 0.0), ("云岚县人民医院", 0.55), ("检验科", 0.99), ("市中心医院", 0.97), ("人民医院云岚县", 0.97)],
    ids=["unread", "doubtful", "department", "cut", "turned round"],
)
def test_seal_that_does_not_tell_leaves_the_issuer_unknown(text: str, confidence: float) -> None:
    document = sealed(BODY, seal(text, confidence))
    assert extract_header(document).hospital is Unknown.ABSENT
    assert len(seals_of(document)) == 1
    assert seal_alerts(document) == ()


def test_seal_never_overrides_a_clear_letterhead() -> None:
    document = sealed(HEADED, seal("云栖市第三医院", 0.99))
    assert extract_header(document).hospital == "云岚县人民医院"


def test_seal_of_another_hospital_calls_a_person() -> None:
    document = sealed(HEADED, seal("云栖市第三医院", 0.96))
    (alert,) = seal_alerts(document)
    assert alert.code == "seal_hospital_differs"
    assert (alert.file, alert.page) == ("照片1.jpg", 1)
    assert [piece.quote for piece in alert.evidence] == ["云栖市第三医院 疾病诊断专用章", "云岚县人民医院"]
    assert alert.evidence[0].box == BOX
    assert "医院" in alert.message
    _, _, alerts = extract([document], as_of=dt.date(2026, 3, 20))
    assert "seal_hospital_differs" in {one.code for one in alerts}


@pytest.mark.parametrize(
    "text",
    [
        "云岚县人民医院",
        "云岚县人民医院病案室",
        "江西省云岚县人民医院",
        "云岚县医院",
        "云凤县人民医院",
        "医学检验科",
        "",
    ],
)
def test_seal_of_the_same_hospital_or_a_department_is_no_alert(text: str) -> None:
    assert seal_alerts(sealed(HEADED, seal(text, 0.96))) == ()


def test_seal_read_doubtfully_is_no_alert() -> None:
    assert seal_alerts(sealed(HEADED, seal("云栖市第三医院", 0.8))) == ()


def test_seal_agreeing_with_a_second_letterhead_is_no_alert() -> None:
    text = "# 云岚县人民医院\n# 云栖市第三医院远程会诊中心\n" + BODY
    assert seal_alerts(sealed(text, seal("云栖市第三医院", 0.97))) == ()


def test_pieces_of_the_seal_read_as_lines_give_way_to_the_whole_seal() -> None:
    document = sealed(BODY, seal("云岚县饶北河人民医院", 0.98))
    page = document.pages[0]
    piece = line("云岚饶北河人民医院", 770, 640, confidence=0.7)
    document = replace(document, pages=(replace(page, lines=(*page.lines, piece)),))
    assert extract_header(document).hospital == "云岚县饶北河人民医院"
