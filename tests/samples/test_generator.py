"""Regenerating a sample gives the same truth, with the fonts of the development packages alone."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from data_samples.generator.case import write_case
from data_samples.generator.cases import CASES
from data_samples.generator.fonts import add_font_dirs
from tests.fonts import cjk_font_dir
from tests.samples.truth import SAMPLES, case_folders

SLUG = "copd_conflicting"


def _without_boxes(value: object) -> object:
    if isinstance(value, dict):
        return {key: _without_boxes(item) for key, item in value.items() if key not in ("box", "at")}
    if isinstance(value, list):
        return [_without_boxes(item) for item in value]
    return value


@pytest.fixture(scope="module")
def regenerated(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    add_font_dirs([cjk_font_dir()])
    first, second = tmp_path_factory.mktemp("first"), tmp_path_factory.mktemp("second")
    for folder in (first, second):
        write_case(CASES[SLUG](0), folder, seed=0)
    return first, second


def test_generator_covers_the_committed_cases() -> None:
    assert {folder.name for folder in case_folders()} == set(CASES)


@pytest.mark.slow
def test_generator_gives_the_same_bytes_twice(regenerated: tuple[Path, Path]) -> None:
    first, second = regenerated
    assert [path.name for path in sorted(first.iterdir())] == [path.name for path in sorted(second.iterdir())]
    for path in first.iterdir():
        assert path.read_bytes() == (second / path.name).read_bytes(), path.name


@pytest.mark.slow
def test_generator_gives_the_committed_truth(regenerated: tuple[Path, Path]) -> None:
    """Boxes move with the fonts; everything else is the same."""
    fresh = yaml.safe_load((regenerated[0] / "truth.yaml").read_text(encoding="utf-8"))
    committed = yaml.safe_load((SAMPLES / SLUG / "truth.yaml").read_text(encoding="utf-8"))
    assert _without_boxes(fresh) == _without_boxes(committed)
