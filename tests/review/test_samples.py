"""Every sample case, from its files to the report, against its truth, where no network is."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.review.every_sample import BROKE
from tests.review.running import module, yushen
from tests.samples.truth import case_folders, compare, load_truth

pytestmark = pytest.mark.slow
REPORTS = {"report.html", "feedback.html", "report.json"}


@pytest.fixture(scope="module")
def reviewed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """All samples reviewed by one process: loading the models costs more than reading a sample."""
    out = tmp_path_factory.mktemp("samples")
    run = module("tests.review.every_sample", out, offline=True)
    assert run.status == 0, run.stderr[-2000:]
    return out


@pytest.mark.parametrize("folder", case_folders(), ids=lambda folder: folder.name)
def test_review_of_sample_agrees_with_its_truth(folder: Path, reviewed: Path) -> None:
    made = reviewed / folder.name
    broke = made / BROKE
    assert not broke.exists(), broke.read_text(encoding="utf-8")
    report = json.loads((made / "report.json").read_text(encoding="utf-8"))
    assert compare(report, load_truth(folder)) == []
    assert {path.name for path in made.iterdir()} == REPORTS


def test_review_of_a_sample_on_the_command_line(tmp_path: Path) -> None:
    folder = next(folder for folder in case_folders() if folder.name == "uremia_meets")
    truth = load_truth(folder)
    run = yushen("review", folder, "--as-of", truth.as_of.isoformat(), "--out", tmp_path, "--json", offline=True)
    assert run.status == 0, run.stderr[-2000:]
    assert compare(run.json, truth) == []
    assert {path.name for path in tmp_path.iterdir()} == REPORTS
