"""Every hostile file is read or refused with a clear sentence; none stops the others, none leaves its folder."""

from __future__ import annotations

import re
import time
from pathlib import Path

import pytest

from pipeline.intake import Decoder, take_in
from pipeline.intake.problems import MESSAGES
from pipeline.settings import IntakeLimits
from tests.intake.bad_files import JPEG
from tests.intake.hostile import hostile_files

LIMITS = IntakeLimits(decode_seconds=6.0, decode_memory_bytes=1024**3, max_files=2000, max_pages=2000)
CHINESE = re.compile(r"[\u4e00-\u9fff]")


@pytest.fixture(scope="module")
def files() -> dict[str, bytes]:
    return hostile_files()


@pytest.mark.slow
def test_hostile_files_are_many_and_made_again_alike(files: dict[str, bytes]) -> None:
    assert len(files) >= 200
    again = hostile_files()
    assert [name for name, data in files.items() if again.get(name) != data] == []
    assert {name.rsplit(".", 1)[-1] for name in files} >= {
        "pdf",
        "jpg",
        "png",
        "tif",
        "webp",
        "heic",
        "bmp",
        "gif",
        "zip",
    }


@pytest.mark.slow
def test_hostile_files_are_read_or_refused_and_stop_nobody(files: dict[str, bytes], tmp_path: Path) -> None:
    folder, work = tmp_path / "uploads", tmp_path / "work"
    folder.mkdir()
    for name, data in files.items():
        (folder / name).write_bytes(data)
    (folder / "zz-good.jpg").write_bytes(JPEG)
    before = {path: path.read_bytes() for path in folder.iterdir()}
    started = time.monotonic()
    with Decoder(LIMITS, workers=2, writable=(work,), readable=(folder,)) as decoder:
        made = take_in([folder], work, limits=LIMITS, decoder=decoder)
    assert time.monotonic() - started < 240  # on a machine that others hold, too

    read = {page.file.split("/")[0] for page in made.pages}
    told: dict[str, set[str]] = {}
    for alert in made.alerts:
        told.setdefault((alert.file or "").split("/")[0], set()).add(alert.code)
        assert alert.message == MESSAGES[alert.code]
        assert CHINESE.search(alert.message)
        assert alert.message.endswith("。")
    assert not set(before) - {folder / name for name in read | told.keys()}  # nobody is passed over in silence
    assert "zz-good.jpg" in read
    # A machine that is at fault would be told as such; what does not end in time or memory is the file's.
    assert not {"disk_full", "machine_fault"} & set().union(*told.values())
    crashed = {name for name, codes in told.items() if codes & {"decode_crashed", "decode_timeout", "decode_memory"}}
    # An endless drawing and a reference to itself end by the clock; everything else is told what it is.
    assert crashed <= {"pdf-endless-drawing.pdf", "pdf-refers-to-itself.pdf", "pdf-endless-states.pdf"}
    # What PDFium renders is read, whatever pdfplumber makes of it.
    assert {"pdf-page-not-a-number.pdf", "pdf-flipped-1.pdf", "pdf-and-zip.pdf"} <= read
    assert {path: path.read_bytes() for path in folder.iterdir()} == before
    outside = [path for path in tmp_path.iterdir() if path not in (folder, work)]
    assert outside == []
    for page in made.pages:
        assert page.image.resolve().is_relative_to(work)
        assert max(page.width, page.height) <= LIMITS.working_side


EXPECTED = {
    "empty.jpg": "empty_file",
    "pdf-locked.pdf": "pdf_encrypted",
    "pdf-no-pages.pdf": "pdf_broken",
    "png-65535.png": "too_many_pixels",
    "jpeg-65500.jpg": "too_many_pixels",
    "bmp-huge.bmp": "too_many_pixels",
    "new-word.zip": "office_document",
    "old-word.pdf": "office_document",
    "zip-bomb.zip": "zip_bomb",
    "zip-without-members.zip": "zip_empty",
    "zip-in-zips.zip": "zip_nested",
    "text.pdf": "unsupported_type",
    "gif-cut-99.gif": "unsupported_type",
}


@pytest.mark.slow
def test_hostile_files_whose_trouble_is_plain_are_told_it(files: dict[str, bytes], tmp_path: Path) -> None:
    for name in EXPECTED:
        (tmp_path / name).write_bytes(files[name])
    made = take_in(sorted(tmp_path.iterdir()), tmp_path / "work", limits=LIMITS)
    told = {(alert.file or "").split("/")[0]: alert.code for alert in made.alerts if alert.code != "mislabelled"}
    assert told == EXPECTED
