"""The small run that notebooks/04-reading-quality explores; tests/audit executes the notebook."""

from __future__ import annotations

from pathlib import Path

from pipeline.evaluating.runs import load_run

SMALL = Path(__file__).with_name("run_small")


def test_small_run_is_small_and_whole() -> None:
    assert len(load_run(SMALL)) == 2
    assert sum(path.stat().st_size for path in SMALL.rglob("*") if path.is_file()) < 300_000
