from __future__ import annotations

from pathlib import Path

import pytest

from pipeline.doctor import Check, content, run_checks, system
from pipeline.doctor import run as runner
from pipeline.settings import OcrSettings, Settings


def test_run_checks_finds_each_problem_and_says_what_to_do(tmp_path: Path) -> None:
    settings = Settings(
        ocr=OcrSettings(detection_dir=tmp_path / "det", orientation_model=tmp_path / "none.onnx"), rules_dir=tmp_path
    )
    checks = {check.id: check for check in run_checks(settings)}
    assert {"python", "packages", "opencv", "ocr_models", "orientation", "rules", "vocabulary", "disk"} <= set(checks)
    assert {"temp", "memory", "font"} <= set(checks)
    assert checks["ocr_models"].state == "fail"
    assert checks["orientation"].state == "warn"
    assert checks["rules"].state == "fail"
    assert "reading" not in checks, "without models the test reading would only repeat the finding"
    assert all(check.advice for check in checks.values() if check.state != "ok")
    assert all(not check.advice for check in checks.values() if check.state == "ok")


def test_run_checks_turns_a_broken_check_into_a_finding(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken() -> Check:
        raise RuntimeError("no such thing")

    monkeypatch.setattr(runner.system, "check_disk", broken)
    checks = {check.id: check for check in run_checks(Settings(), read=False)}
    assert checks["disk"].state == "fail"
    assert "RuntimeError" in checks["disk"].detail


@pytest.mark.parametrize(
    ("text", "state"),
    [("pyyaml==0.0.1\n", "warn"), ("not-a-package==1\n", "fail"), ("# nothing\n", "ok")],
)
def test_check_packages_compares_with_the_lock(tmp_path: Path, text: str, state: str) -> None:
    lock = tmp_path / "requirements.lock"
    lock.write_text(text, encoding="utf-8")
    assert system.check_packages(lock).state == state


def test_check_packages_takes_a_build_for_one_kind_of_machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    lock = tmp_path / "requirements.lock"
    lock.write_text("torch==2.13.0\n", encoding="utf-8")
    monkeypatch.setattr(system, "version", lambda name: "2.13.0+cpu")
    assert system.check_packages(lock).state == "ok"
    monkeypatch.setattr(system, "version", lambda name: "2.13.1+cpu")
    assert system.check_packages(lock).state == "warn"
    assert system.check_packages(tmp_path / "none").state == "warn"


def test_check_temp_reports_a_folder_that_takes_nothing(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(system.tempfile, "tempdir", str(tmp_path / "gone"))
    assert system.check_temp().state == "fail"


def test_check_models_trusts_folders_named_by_the_user(tmp_path: Path) -> None:
    for name in ("det", "rec"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "inference.yml").touch()
        (tmp_path / name / "inference.onnx").touch()
    own = OcrSettings(detection_dir=tmp_path / "det", recognition_dir=tmp_path / "rec")
    assert content.check_models(own).state == "ok"


@pytest.mark.slow
def test_check_reading_reads_the_probe() -> None:
    check = content.check_reading(OcrSettings())
    assert (check.state, "812.4" in check.detail) == ("ok", True)
