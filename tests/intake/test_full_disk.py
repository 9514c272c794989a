"""A full disk is told as what it is: neither photograph nor PDF nor archive is called broken."""

from __future__ import annotations

import importlib
import zipfile
from pathlib import Path

import pytest
from PIL import Image

from pipeline.intake import take_in
from pipeline.intake.decode import DecodeTask, decode
from pipeline.intake.unzip import unzip
from pipeline.settings import IntakeLimits
from tests.intake.drawn_pdfs import pdf, words

FULL = Path("/dev/full")
"""Takes nothing: every write to it fails for want of space."""


def photo(path: Path) -> Path:
    Image.new("RGB", (900, 1200), "white").save(path)
    return path


@pytest.mark.parametrize("kind", ["jpg", "png", "pdf"])
def test_full_disk_while_a_page_is_kept(tmp_path: Path, kind: str) -> None:
    if kind == "pdf":
        path, media = tmp_path / "a.pdf", "application/pdf"
        path.write_bytes(pdf(lambda canvas: words(canvas, 72, 700, ("discharge", 0.0, 12.0))))
    else:
        path, media = photo(tmp_path / f"a.{kind}"), f"image/{'jpeg' if kind == 'jpg' else 'png'}"
    target = tmp_path / "pages"
    target.mkdir()
    for suffix in ("jpg", "png"):
        (target / f"page-0001.{suffix}").symlink_to(FULL)
    made = decode(DecodeTask(path=path, media_type=media, target=target, limits=IntakeLimits()))
    assert made.problem == "disk_full"
    assert made.pages == ()


def test_full_disk_while_an_archive_is_unpacked(tmp_path: Path) -> None:
    archive = tmp_path / "a.zip"
    with zipfile.ZipFile(archive, "w") as made:
        made.writestr("1.jpg", photo(tmp_path / "1.jpg").read_bytes())
    target = tmp_path / "out"
    target.mkdir()
    (target / "0.jpg").symlink_to(FULL)
    assert [member.problem for member in unzip(archive, target, IntakeLimits())] == ["disk_full"]


def test_full_disk_is_no_fault_of_the_file_in_the_words(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(path: Path) -> str:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(importlib.import_module("pipeline.intake.collect"), "sha256_of", full)
    made = take_in([photo(tmp_path / "a.jpg")], tmp_path / "work", limits=IntakeLimits())
    (alert,) = made.alerts
    assert alert.code == "disk_full"
    assert "不是文件的问题" in alert.message
    assert "重拍" not in alert.message
    assert "损坏" not in alert.message
