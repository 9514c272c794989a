"""Seals in the reports: what each says, where it is, and whether it agrees with the letterhead."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from pathlib import Path

import pytest

from pipeline.extracting.header import seal_alerts
from pipeline.nouns import Alert, Document, QualityIssue, Review, Seal
from pipeline.reporting import report_json, write_expert_report
from pipeline.reporting.sealed import checked_seals
from rules.engine.facts import DocumentType
from tests.reporting.page import PageReader

Case = Callable[[str], Review]
BOX = (700.0, 1200.0, 910.0, 1410.0)


def _sealed(review: Review, *seals: Seal, of: DocumentType = DocumentType.DISCHARGE_SUMMARY) -> tuple[Review, Document]:
    """Press ``seals`` on the first page of the first document of that type."""
    old = next(d for d in review.read.documents if d.type is of)
    new = dataclasses.replace(old, pages=(dataclasses.replace(old.pages[0], seals=seals), *old.pages[1:]))
    documents = tuple(new if d is old else d for d in review.read.documents)
    return dataclasses.replace(review, read=dataclasses.replace(review.read, documents=documents)), new


def _seal(text: str, *, centre: str = "疾病诊断专用章", confidence: float = 0.97) -> Seal:
    return Seal(text=text, centre=centre, box=BOX, confidence=confidence)


@pytest.mark.parametrize(
    ("seal", "agreement", "hospital"),
    [
        (_seal("江州市第一人民医院"), "same", "江州市第一人民医院"),
        (_seal("云岚县妇幼保健院"), "other", "云岚县妇幼保健院"),
        (_seal("", centre="", confidence=0.0), "unread", None),
        (_seal("检验科", centre=""), "not_compared", None),
    ],
    ids=["same", "other", "unread", "department"],
)
def test_sealed_is_compared_with_the_letterhead(case: Case, seal: Seal, agreement: str, hospital: str | None) -> None:
    review, document = _sealed(case("meets"), seal)

    (check,) = checked_seals(document)
    assert (check.agreement, check.sealed.hospital) == (agreement, hospital)
    row = next(d for d in report_json(review)["documents"] if d["id"] == document.id)
    (given,) = row["seals"]
    assert (given["text"], given["centre"], given["agreement"]) == (seal.text, seal.centre, agreement)
    assert (given["shape"], given["colour"], given["hospital"]) == ("round", "red", hospital)
    assert given["evidence"]["box"] == list(BOX)
    assert (given["evidence"]["page"], given["evidence"]["extractor"]) == (1, "seal")


def test_sealed_name_is_the_only_one_where_no_letterhead_was_read(case: Case) -> None:
    _, document = _sealed(case("meets"), _seal("云岚县妇幼保健院"))
    page = document.pages[0]
    bare = dataclasses.replace(page, lines=tuple(line for line in page.lines if "医院" not in line.text))

    (check,) = checked_seals(dataclasses.replace(document, pages=(bare,)))

    assert check.agreement == "only_seal"


def test_sealed_documents_without_seals_say_so_in_json(case: Case) -> None:
    assert all(d["seals"] == [] for d in report_json(case("meets"))["documents"])


def test_sealed_is_shown_to_the_expert_with_its_place(case: Case, tmp_path: Path) -> None:
    review, document = _sealed(case("meets"), _seal("云岚县妇幼保健院"), _seal("", centre="", confidence=0.0))
    alerts: tuple[Alert, ...] = seal_alerts(document)
    assert [alert.code for alert in alerts] == ["seal_hospital_differs"]
    write_expert_report(dataclasses.replace(review, alerts=(*review.alerts, *alerts)), tmp_path / "report.html")

    html = (tmp_path / "report.html").read_text(encoding="utf-8")
    read = PageReader(html)

    assert "云岚县妇幼保健院" in read.text
    assert "疾病诊断专用章" in read.text
    assert "与抬头不是一家医院" in read.text
    assert "印文认不出" in read.text
    assert read.unbalanced == []
    assert [link for link in read.links if link[1:] not in read.ids] == []
    # Seal and letterhead stand side by side as pictures.
    shown = html[html.index('id="alerts"') :]
    shown = shown[: shown.index("seal_hospital_differs")]
    assert shown[shown.rindex("<li>") :].count('<a class="crop"') == 2


def test_sealed_quality_says_whether_to_take_the_page_again(case: Case) -> None:
    review = case("meets")
    document = review.read.documents[0]
    issues = tuple(QualityIssue(code=c, message="。", score=0.1, retake=c == "blurred") for c in ("blurred", "cut_off"))
    page = dataclasses.replace(document.pages[0], quality=issues)
    changed = dataclasses.replace(document, pages=(page, *document.pages[1:]))
    read = dataclasses.replace(review.read, documents=(changed, *review.read.documents[1:]))

    quality = report_json(dataclasses.replace(review, read=read))["documents"][0]["pages"][0]["quality"]

    assert [(q["code"], q["retake"]) for q in quality] == [("blurred", True), ("cut_off", False)]
