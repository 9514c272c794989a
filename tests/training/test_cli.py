"""``yushen train page-reader``: what is wrong is said before anything is made."""

from __future__ import annotations

from pathlib import Path

import pytest

from models.page_reader.settings import Recipe, load_recipe
from pipeline.cli.main import main


def test_train_unknown_setting_is_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "a.toml").write_text("[training]\nepochs = 3\n", encoding="utf-8")
    assert main(["train", "page-reader", "--config", str(tmp_path / "a.toml"), "--out", str(tmp_path / "o")]) == 2
    assert "epochs" in capsys.readouterr().err
    assert not (tmp_path / "o").exists()


def test_train_never_overwrites_a_training(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "state.pt").write_bytes(b"kept")
    assert main(["train", "page-reader", "--out", str(tmp_path)]) == 2
    assert "--resume" in capsys.readouterr().err
    assert (tmp_path / "state.pt").read_bytes() == b"kept"


def test_train_shipped_recipe_is_valid() -> None:
    path = Path(__file__).parents[2] / "models" / "page_reader" / "page_reader.toml"
    recipe = load_recipe(path)
    assert recipe.shape == Recipe().shape
    assert recipe.shape.hidden % recipe.shape.heads == 0
    assert recipe.seed == 1
