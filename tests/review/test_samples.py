"""Every sample case, from its files to the report, against its truth."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.review.running import yushen
from tests.samples.truth import case_folders, compare, load_truth

pytestmark = pytest.mark.slow


@pytest.mark.parametrize("folder", case_folders(), ids=lambda folder: folder.name)
def test_review_of_sample_agrees_with_its_truth(folder: Path, tmp_path: Path) -> None:
    truth = load_truth(folder)
    run = yushen("review", folder, "--as-of", truth.as_of.isoformat(), "--out", tmp_path, "--json", offline=True)
    assert run.status == 0, run.stderr[-2000:]
    assert compare(run.json, truth) == []
    assert {path.name for path in tmp_path.iterdir()} == {"report.html", "feedback.html", "report.json"}
