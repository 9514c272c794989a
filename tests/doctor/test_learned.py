"""The page reader in the doctor: there, whole, at work, or told of."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from models.page_reader.weights import FOLDER, MANIFEST, NETWORK, VOCABULARY
from pipeline.doctor.learned import check_page_reader
from pipeline.settings import ExtractingSettings


@pytest.fixture
def copied(tmp_path: Path) -> Path:
    for name in (MANIFEST, NETWORK, VOCABULARY):
        shutil.copy(FOLDER / name, tmp_path / name)
    return tmp_path


def test_check_page_reader_shipped_weights_match_and_read() -> None:
    found = check_page_reader(ExtractingSettings())
    assert (found.state, found.advice) == ("ok", "")
    assert "sha256 一致" in found.detail
    assert "毫秒" in found.detail


def test_check_page_reader_switched_off_is_no_fault() -> None:
    found = check_page_reader(ExtractingSettings(page_reader=False))
    assert (found.state, found.detail) == ("ok", "设置中已关闭，内容只由规则读取")


def test_check_page_reader_without_weights_warns(tmp_path: Path) -> None:
    found = check_page_reader(ExtractingSettings(page_reader_dir=tmp_path))
    assert found.state == "warn"
    assert "只由规则读取" in found.advice


@pytest.mark.parametrize("name", [NETWORK, VOCABULARY])
def test_check_page_reader_changed_file_fails_by_its_name(copied: Path, name: str) -> None:
    path = copied / name
    path.write_bytes(path.read_bytes()[:-1] + b"\x00")
    found = check_page_reader(ExtractingSettings(page_reader_dir=copied))
    assert found.state == "fail"
    assert name in found.detail
    assert "只由规则读取" in found.advice
