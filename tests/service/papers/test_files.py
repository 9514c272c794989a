"""Bundle, ledger and filing, opened again."""

from __future__ import annotations

import datetime as dt
import hashlib
import io
import json
import zipfile

import pytest
from openpyxl import Workbook, load_workbook

from pipeline.service.access import NotFoundError, find
from pipeline.service.actors import SYSTEM, Actor, ActorKind, NotAllowedError, Role
from pipeline.service.applications import LimitError, uploads_of
from pipeline.service.decisions.bundle import write_bundle
from pipeline.service.decisions.filing import FIELDS, filing
from pipeline.service.decisions.ledger import COLUMNS, ledger, put_text
from tests.service.made import made_application
from tests.service.papers.conftest import EVIL, Decided

ANALYST = Actor(kind=ActorKind.USER, id="y", roles=frozenset({Role.ANALYST}), regions=frozenset({"jiangxi"}))
ELSEWHERE = Actor(kind=ActorKind.USER, id="x", roles=frozenset({Role.REVIEWER}), regions=frozenset({"hunan"}))


def _bundle(decided: Decided, case: str) -> zipfile.ZipFile:
    out = io.BytesIO()
    write_bundle(decided.office, decided.reviewer, case, out)
    return zipfile.ZipFile(out)


def test_bundle_holds_originals_papers_and_true_digests(decided: Decided) -> None:
    book = _bundle(decided, decided.approved)
    assert book.testzip() is None
    manifest = json.loads(book.read("manifest.json"))
    assert (manifest["schema"], manifest["missing"]) == ("yushen.bundle.v1", [])
    assert sorted(entry["path"] for entry in manifest["files"]) == sorted(set(book.namelist()) - {"manifest.json"})
    for entry in manifest["files"]:
        data = book.read(entry["path"])
        assert (len(data), hashlib.sha256(data).hexdigest()) == (entry["size"], entry["sha256"])
    with decided.office.database.read() as session:
        wanted = [(u.name, u.sha256) for u in uploads_of(session, find(session, SYSTEM, decided.approved))]
    assert [(e["name"], e["sha256"]) for e in manifest["files"] if e["path"].startswith("材料/")] == wanted
    assert book.read("认定表.pdf").startswith(b"%PDF-")
    assert json.loads(book.read("report.json"))["schema"] == "yushen.report.v1"
    (told,) = json.loads(book.read("decisions.json"))
    assert (told["outcome"], told["second_agrees"], told["made_by"]) == ("approve", True, "李审核")


def test_bundle_says_what_is_missing(decided: Decided) -> None:
    case = decided.open
    with decided.office.database.read() as session:
        (upload,) = uploads_of(session, find(session, SYSTEM, case))
    kept = decided.office.blobs.of(case).read(upload.blob)
    decided.office.blobs.delete(upload.blob)
    try:
        book = _bundle(decided, case)
    finally:
        decided.office.blobs.of(case).put(kept)
    manifest = json.loads(book.read("manifest.json"))
    assert [entry["sha256"] for entry in manifest["missing"]] == [upload.sha256]
    assert not any(name.startswith("材料/") for name in book.namelist())


def test_papers_are_for_people_of_the_region(decided: Decided) -> None:
    for actor, error in ((ANALYST, NotAllowedError), (ELSEWHERE, NotFoundError)):
        with pytest.raises(error):
            write_bundle(decided.office, actor, decided.approved, io.BytesIO())
        with pytest.raises(error):
            filing(decided.office, actor, decided.approved)
    with pytest.raises(NotAllowedError):
        ledger(decided.office, ANALYST)


def test_ledger_has_real_dates_and_no_formulas(decided: Decided) -> None:
    sheet = load_workbook(io.BytesIO(ledger(decided.office, decided.reviewer, full=True))).active
    assert sheet.freeze_panes == "B2"
    heads = [cell.value for cell in sheet[1]]
    assert heads == [heading for heading, _ in COLUMNS]
    rows = [dict(zip(heads, row, strict=True)) for row in sheet.iter_rows(min_row=2)]
    assert len(rows) == 2
    first, second = sorted(rows, key=lambda row: row["决定"].value)
    assert (second["决定"].value, first["决定"].value) == ("通过", "不通过")
    assert second["办结时间"].value == dt.datetime(2026, 3, 16, 10, 0)
    assert second["待遇起始"].value == dt.datetime(2026, 3, 16)
    assert second["待遇起始"].is_date
    assert (second["审核人"].value, second["复核人"].value) == ("李审核", "王复核")
    assert (first["参保人"].value, first["参保人"].data_type) == (EVIL, "s")
    assert (first["说明"].value, first["说明"].data_type, first["说明"].quotePrefix) == ("-1 分", "s", True)
    assert all(cell.data_type != "f" for row in sheet.iter_rows() for cell in row)


def test_ledger_is_masked_and_bounded(decided: Decided) -> None:
    sheet = load_workbook(io.BytesIO(ledger(decided.office, decided.reviewer))).active
    names = {row[1] for row in sheet.iter_rows(min_row=2, values_only=True)}
    assert "张*国" in names
    assert "张建国" not in names
    for first, last, rows in ((dt.date(2026, 3, 17), None, 1), (None, dt.date(2026, 3, 15), 1), (None, None, 3)):
        sheet = load_workbook(io.BytesIO(ledger(decided.office, decided.reviewer, first=first, last=last))).active
        assert sheet.max_row == rows
    assert load_workbook(io.BytesIO(ledger(decided.office, ELSEWHERE))).active.max_row == 1


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "张\x07三", "正常"])
def test_text_stays_text(text: str) -> None:
    book = Workbook()
    put_text(book.active.cell(1, 1), text)
    out = io.BytesIO()
    book.save(out)
    cell = load_workbook(out).active.cell(1, 1)
    assert (cell.data_type, cell.value) == ("s", text.replace("\x07", ""))


def test_filing_knows_what_it_does_not_know(decided: Decided) -> None:
    told = filing(decided.office, decided.second_reader, decided.approved)
    data = told["input"]["data"]
    assert list(data) == list(FIELDS)
    assert data["opsp_dise_code"] == "M03900"
    assert data["tel"] == "13900000000"
    assert (data["begndate"], data["enddate"]) == ("2026-03-16", None)
    assert (data["ide_fixmedins_name"], data["hosp_ide_date"]) == ("江州市第一人民医院", "2026-01-20")
    assert {row["field"] for row in told["to_fill"]} == {name for name, value in data.items() if value is None}
    assert data["psn_no"] is None


def test_filing_is_for_approved_cases(decided: Decided) -> None:
    for case in (decided.refused, decided.open, made_application(decided.office, submitted=False)):
        with pytest.raises(LimitError) as refused:
            filing(decided.office, decided.reviewer, case)
        assert refused.value.code == "not_approved"
