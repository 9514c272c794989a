"""The command line: what goes where, and what each exit status means."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from PIL import Image

from tests.intake.bad_files import BAD_FILES, pdf_bytes
from tests.review.running import yushen


def test_command_line_missing_path_is_bad_usage(tmp_path: Path) -> None:
    run = yushen("review", tmp_path / "nowhere")
    assert (run.status, run.stdout) == (2, "")
    assert "找不到" in run.stderr


def test_command_line_without_command_is_bad_usage() -> None:
    assert yushen().status == 2


@pytest.mark.parametrize("day", ["2026-13-01", "yesterday", "20260101x"])
def test_command_line_bad_date_is_bad_usage(tmp_path: Path, day: str) -> None:
    run = yushen("review", tmp_path, "--as-of", day)
    assert run.status == 2
    assert "YYYY-MM-DD" in run.stderr


def test_command_line_unknown_disease_names_the_known_ones(tmp_path: Path) -> None:
    (tmp_path / "a.pdf").write_bytes(pdf_bytes())
    run = yushen("review", tmp_path, "--disease", "不存在的病")
    assert run.status == 2
    assert "慢性阻塞性肺疾病" in run.stderr


def test_command_line_unknown_region_is_bad_usage(tmp_path: Path) -> None:
    assert yushen("review", tmp_path, "--region", "atlantis").status == 2


def test_command_line_nothing_readable_gives_each_reason(tmp_path: Path) -> None:
    names = ("empty.jpg", "text.jpg", "secret.pdf")
    for name in names:
        BAD_FILES[name][0](tmp_path / name)
    run = yushen("review", tmp_path, "--json")
    assert (run.status, run.stdout) == (2, "")
    for name in names:
        assert name in run.stderr
    assert "密码" in run.stderr


def test_command_line_empty_folder_is_nothing_to_review(tmp_path: Path) -> None:
    assert yushen("review", tmp_path).status == 2


def test_command_line_json_goes_to_stdout_and_the_rest_to_stderr(tmp_path: Path) -> None:
    (tmp_path / "a.pdf").write_bytes(pdf_bytes())
    (tmp_path / "broken.pdf").write_bytes(b"%PDF-1.7\n")
    out = tmp_path / "deep" / "out"
    run = yushen("review", tmp_path / "a.pdf", tmp_path / "broken.pdf", "--disease", "糖尿病", "--out", out, "--json")
    assert run.status == 0, run.stderr
    report = json.loads(run.stdout)
    assert report == json.loads((out / "report.json").read_text(encoding="utf-8"))
    assert report["schema"] == "yushen.report.v1"
    assert [review["conclusion"] for review in report["reviews"]] == ["insufficient"]
    assert [alert["file"] for alert in report["alerts"] if alert["code"] == "pdf_broken"] == ["broken.pdf"]
    assert "broken.pdf" in run.stderr


@pytest.mark.parametrize("name", ["糖尿病", "糖尿病伴有并发症", "diabetes", "M01600"])
def test_command_line_disease_by_any_of_its_names(tmp_path: Path, name: str) -> None:
    (tmp_path / "a.pdf").write_bytes(pdf_bytes())
    run = yushen("review", tmp_path / "a.pdf", "--disease", name, "--out", tmp_path / "out", "--json")
    assert [review["disease"]["id"] for review in run.json["reviews"]] == ["diabetes"]


@pytest.mark.slow
def test_command_line_blank_photo_is_reviewed_and_not_judged_met(tmp_path: Path) -> None:
    Image.new("RGB", (1200, 1600), "white").save(tmp_path / "blank.jpg")
    run = yushen("review", tmp_path / "blank.jpg", "--disease", "高血压", "--out", tmp_path / "out", "--json")
    assert run.status == 0, run.stderr
    assert [review["conclusion"] for review in run.json["reviews"]] == ["insufficient"]


def test_command_line_rules_commands() -> None:
    assert "慢性阻塞性肺疾病" in yushen("rules", "list").stdout
    assert "出院小结" in yushen("rules", "show", "糖尿病").stdout
    assert yushen("rules", "show", "不存在的病").status == 2
    assert yushen("rules", "check").status == 0


def test_command_line_unwritable_out_says_so(tmp_path: Path) -> None:
    (tmp_path / "a.pdf").write_bytes(pdf_bytes())
    (tmp_path / "file").write_text("x")
    run = yushen("review", tmp_path / "a.pdf", "--disease", "糖尿病", "--out", tmp_path / "file" / "out")
    assert run.status == 2
    assert "报告写不进" in run.stderr
