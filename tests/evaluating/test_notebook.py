"""The notebook runs from top to bottom on the small run that is kept beside the tests."""

from __future__ import annotations

from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient

from pipeline.evaluating.runs import load_run
from pipeline.settings import REPOSITORY

NOTEBOOK = REPOSITORY / "notebooks" / "04-reading-quality.ipynb"
SMALL = Path(__file__).with_name("run_small")


def test_small_run_is_small_and_whole() -> None:
    assert len(load_run(SMALL)) == 2
    assert sum(path.stat().st_size for path in SMALL.rglob("*") if path.is_file()) < 300_000


@pytest.mark.slow
def test_notebook_runs_on_the_small_run(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("YUSHEN_RUN", raising=False)
    monkeypatch.setenv("PYTHONPATH", str(REPOSITORY))
    notebook = nbformat.read(NOTEBOOK, as_version=4)

    NotebookClient(notebook, timeout=120, kernel_name="python3").execute()

    text = "".join(output.get("text", "") for cell in notebook.cells for output in cell.get("outputs", ()))
    assert "行全对（项目+结果+单位）" in text
    assert "2 例 10 页" in text


def test_notebook_is_kept_without_outputs() -> None:
    notebook = nbformat.read(NOTEBOOK, as_version=4)

    assert all(not cell.get("outputs") for cell in notebook.cells)
