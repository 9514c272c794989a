"""The folder: all of the site or nothing, and what belongs to others stays."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest

from pipeline.catalogue import CatalogueError, write_catalogue
from pipeline.catalogue.site import GENERATOR
from pipeline.catalogue.writing import write_site
from pipeline.cli import main
from rules.engine import Region

OURS = f'<meta name="generator" content="{GENERATOR}">'
OLD = {"index.html": OURS + "old", "01-a.html": OURS + "old", "02-gone.html": OURS + "old"}
NEW = {"index.html": OURS + "new", "01-a.html": OURS + "new", "03-b.html": OURS + "new"}


def _content(folder: Path) -> dict[str, str]:
    return {path.name: path.read_text("utf-8") for path in folder.iterdir()}


def test_write_site_replaces_its_own_pages_and_leaves_the_rest(tmp_path: Path) -> None:
    write_site(OLD, tmp_path, generator=GENERATOR)
    others = {"notes.txt": "x", "99-mine.html": "<p>mine</p>", "about.html": OURS}
    for name, text in others.items():
        (tmp_path / name).write_text(text, "utf-8")
    write_site(NEW, tmp_path, generator=GENERATOR)
    assert _content(tmp_path) == {**NEW, **others}


def test_write_site_makes_the_folder(tmp_path: Path) -> None:
    write_site(NEW, tmp_path / "a" / "b", generator=GENERATOR)
    assert _content(tmp_path / "a" / "b") == NEW


def test_write_site_refuses_to_replace_a_foreign_page(tmp_path: Path) -> None:
    (tmp_path / "index.html").write_text("<p>somebody's</p>", "utf-8")
    with pytest.raises(CatalogueError, match=r"index\.html.*--out"):
        write_site(NEW, tmp_path, generator=GENERATOR)
    assert _content(tmp_path) == {"index.html": "<p>somebody's</p>"}


def test_write_site_refuses_a_file_as_folder(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x", "utf-8")
    for folder in (tmp_path / "file", tmp_path / "file" / "below"):
        with pytest.raises(CatalogueError, match="不是文件夹"):
            write_site(NEW, folder, generator=GENERATOR)


def test_write_site_says_why_a_folder_cannot_be_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(**_: object) -> str:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr("pipeline.catalogue.writing.tempfile.mkdtemp", refuse)
    with pytest.raises(CatalogueError, match=r"不能写入文件夹.*没有权限"):
        write_site(NEW, tmp_path, generator=GENERATOR)
    assert _content(tmp_path) == {}


@pytest.mark.parametrize("fails_at", range(1, 7))
def test_write_site_that_fails_leaves_what_was_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, fails_at: int
) -> None:
    write_site(OLD, tmp_path, generator=GENERATOR)
    real, calls = Path.replace, [0]

    def replace(self: Path, target: Path) -> Path:
        calls[0] += 1
        if calls[0] == fails_at:
            raise OSError(28, "No space left on device")
        return real(self, target)

    monkeypatch.setattr(Path, "replace", replace)
    with pytest.raises(CatalogueError, match="磁盘已满"):
        write_site(NEW, tmp_path, generator=GENERATOR)
    assert _content(tmp_path) == OLD


def test_write_site_that_cannot_write_a_page_leaves_what_was_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_site(OLD, tmp_path, generator=GENERATOR)

    def refuse(self: Path, *_: object, **__: object) -> int:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "write_text", refuse)
    with pytest.raises(CatalogueError):
        write_site(NEW, tmp_path, generator=GENERATOR)
    assert _content(tmp_path) == OLD


def test_write_catalogue_gives_the_site(region: Region, site: Mapping[str, str], tmp_path: Path) -> None:
    files = write_catalogue(region, tmp_path)
    assert files[0] == tmp_path / "index.html"
    assert _content(tmp_path) == dict(site)
    assert {path.stat().st_mode & 0o400 for path in files} == {0o400}


def test_command_writes_the_site(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["rules", "catalogue", "--out", str(tmp_path / "site")]) == 0
    assert "江西省的 67 个病种" in capsys.readouterr().out
    assert (tmp_path / "site" / "16-diabetes.html").is_file()


def test_command_explains_what_is_wrong(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "file").write_text("x", "utf-8")
    assert main(["rules", "catalogue", "--out", str(tmp_path / "file")]) == 2
    assert "不是文件夹" in capsys.readouterr().err
    assert main(["rules", "catalogue", "--out", str(tmp_path / "site"), "--region", "nowhere"]) == 2
    assert "没有“nowhere”这个地区" in capsys.readouterr().err
    assert not (tmp_path / "site").exists()
