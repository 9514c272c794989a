"""Intake on good and bad uploads: every file ends as pages or as an alert with a plain reason, never both lost."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pillow_heif
import pytest
from PIL import Image

from pipeline.intake import Intake, take_in
from pipeline.nouns import Page
from pipeline.settings import IntakeLimits
from tests.intake.bad_files import JPEG, image_bytes, noisy, pdf_bytes


def take(paths: list[Path], work: Path, **limits: int | float) -> Intake:
    return take_in(paths, work, limits=IntakeLimits(**limits), workers=2)


def test_intake_tells_of_every_file_as_it_opens(tmp_path: Path) -> None:
    for name, data in [("1.jpg", JPEG), ("2.tif", image_bytes("TIFF")), ("3.jpg", JPEG[:200])]:
        (tmp_path / name).write_bytes(data)
    told: list[tuple[str, Path]] = []
    files: list[int] = []

    def opened(pages: Sequence[Page]) -> None:
        assert len(files) <= 3, "all files were open already"
        told.extend((page.file, page.image) for page in pages)

    paths = [tmp_path / name for name in ("1.jpg", "2.tif", "3.jpg")]
    intake = take_in(
        paths,
        tmp_path / "work",
        limits=IntakeLimits(),
        progress=lambda done, _: files.append(done),
        opened=opened,
    )
    assert sorted(told) == [(page.file, page.image) for page in intake.pages]
    assert [page.file for page in intake.pages] == ["1.jpg", "2.tif"]


def test_intake_tells_of_no_more_pages_than_a_case_may_have(tmp_path: Path) -> None:
    for number in range(3):
        (tmp_path / f"{number}.jpg").write_bytes(image_bytes("JPEG"))
    told: list[Page] = []
    limits = IntakeLimits(max_pages=2)
    assert len(take_in([tmp_path], tmp_path / "work", limits=limits, opened=told.extend).pages) == 2
    assert len(told) == 2


def test_intake_good_members_of_a_bad_archive_are_read(tmp_path: Path) -> None:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        archive.writestr("../evil.jpg", JPEG)
        archive.writestr("材料/报告.jpg", JPEG)
    (tmp_path / "all.zip").write_bytes(stream.getvalue())
    intake = take([tmp_path / "all.zip"], tmp_path / "work")
    assert [page.file for page in intake.pages] == ["all.zip/材料/报告.jpg"]
    assert [alert.code for alert in intake.alerts] == ["zip_unsafe_path"]


def test_intake_gbk_names_from_chinese_windows_are_readable(tmp_path: Path) -> None:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        archive.writestr("XXXXXXXX.jpg", JPEG)
    data = stream.getvalue().replace(b"XXXXXXXX", "出院记录".encode("gbk"))
    (tmp_path / "w.zip").write_bytes(data)
    assert [page.file for page in take([tmp_path / "w.zip"], tmp_path / "work").pages] == ["w.zip/出院记录.jpg"]


@pytest.mark.parametrize(
    ("name", "kind"), [("a.jpg", "JPEG"), ("a.png", "PNG"), ("a.bmp", "BMP"), ("a.webp", "WEBP"), ("a.tiff", "TIFF")]
)
def test_intake_reads_every_image_type(tmp_path: Path, name: str, kind: str) -> None:
    (tmp_path / name).write_bytes(image_bytes(kind))
    intake = take([tmp_path / name], tmp_path / "work")
    assert [(page.width, page.height) for page in intake.pages] == [(600, 800)]
    assert intake.alerts == ()


def test_intake_reads_heic(tmp_path: Path) -> None:
    pillow_heif.register_heif_opener()
    noisy().save(tmp_path / "a.heic", format="HEIF", quality=80)
    intake = take([tmp_path / "a.heic"], tmp_path / "work")
    assert [(page.width, page.height) for page in intake.pages] == [(600, 800)]


def test_intake_reads_all_pages_of_a_tiff_with_odd_depths(tmp_path: Path) -> None:
    pages = [noisy().convert("1"), noisy().convert("L"), noisy()]
    pages[0].save(tmp_path / "fax.tif", save_all=True, append_images=pages[1:])
    assert [page.number for page in take([tmp_path / "fax.tif"], tmp_path / "work").pages] == [1, 2, 3]


def test_intake_sixteen_bit_and_transparent_images_keep_their_contrast(tmp_path: Path) -> None:
    wide = (np.asarray(noisy().convert("L"), dtype=np.uint16)) * 257
    Image.fromarray(wide).save(tmp_path / "deep.png")
    glass = Image.new("RGBA", (600, 800), (0, 0, 0, 0))
    glass.paste((0, 0, 0, 255), (100, 100, 300, 300))
    glass.save(tmp_path / "glass.png")
    deep, clear = take([tmp_path / "deep.png", tmp_path / "glass.png"], tmp_path / "work").pages
    with Image.open(deep.image) as image:
        assert image.convert("L").getextrema() == noisy().convert("L").getextrema()
    with Image.open(clear.image) as image:
        assert image.getpixel((10, 10)) == (255, 255, 255)
        assert image.getpixel((200, 200)) == (0, 0, 0)


@pytest.mark.parametrize("orientation", range(1, 9))
def test_intake_applies_every_exif_orientation(tmp_path: Path, orientation: int) -> None:
    picture = Image.new("RGB", (400, 300), "white")
    picture.paste((255, 0, 0), (0, 0, 80, 60))  # red at the stored top left
    exif = Image.Exif()
    exif[0x0112] = orientation
    picture.save(tmp_path / "p.jpg", exif=exif, quality=95)
    (page,) = take([tmp_path / "p.jpg"], tmp_path / "work").pages
    # Where the stored top-left corner is shown, by the EXIF standard (CIPA DC-008, tag 274).
    corner = {1: (0, 0), 2: (1, 0), 3: (1, 1), 4: (0, 1), 5: (0, 0), 6: (1, 0), 7: (1, 1), 8: (0, 1)}[orientation]
    with Image.open(page.image) as image:
        x, y = (20 if c == 0 else side - 20 for c, side in zip(corner, image.size, strict=True))
        red, green, _ = image.getpixel((x, y))
        assert red > 200
        assert green < 80
        assert (image.width > image.height) == (orientation < 5)


def test_intake_wrong_extension_is_read_by_content_and_said(tmp_path: Path) -> None:
    (tmp_path / "photo.pdf").write_bytes(JPEG)
    intake = take([tmp_path / "photo.pdf"], tmp_path / "work")
    assert len(intake.pages) == 1
    assert [(alert.code, alert.severity.value) for alert in intake.alerts] == [("mislabelled", "warning")]


@pytest.mark.parametrize(
    ("limits", "code"),
    [
        ({"max_file_bytes": 1000}, "file_too_large"),
        ({"max_case_bytes": 1000}, "case_too_large"),
        ({"max_files": 1}, "too_many_files"),
        ({"max_pages_per_file": 1}, "too_many_pages"),
        ({"max_pages": 1}, "too_many_pages"),
        ({"max_pixels": 1000}, "too_many_pixels"),
    ],
)
def test_intake_limits_refuse_with_their_reason(tmp_path: Path, limits: dict[str, int], code: str) -> None:
    (tmp_path / "a.jpg").write_bytes(JPEG)
    (tmp_path / "b.pdf").write_bytes(pdf_bytes(3))
    intake = take([tmp_path / "a.jpg", tmp_path / "b.pdf"], tmp_path / "work", **limits)
    assert code in {alert.code for alert in intake.alerts}


def test_intake_pages_within_the_limit_stay(tmp_path: Path) -> None:
    (tmp_path / "b.pdf").write_bytes(pdf_bytes(3))
    intake = take([tmp_path / "b.pdf"], tmp_path / "work", max_pages_per_file=2)
    assert [page.number for page in intake.pages] == [1, 2]


def test_intake_text_layer_lines_lie_on_their_words(tmp_path: Path) -> None:
    (tmp_path / "b.pdf").write_bytes(pdf_bytes(1))
    (page,) = take([tmp_path / "b.pdf"], tmp_path / "work").pages
    (line,) = page.text_layer
    assert line.text == "Page 1 of an invented report, creatinine 812.4"
    with Image.open(page.image) as image:
        inside = np.asarray(image.convert("L").crop(tuple(round(v) for v in line.box)))
        assert inside.min() < 100
        around = np.asarray(image.convert("L"))
        assert (inside < 100).sum() >= 0.99 * (around < 100).sum()  # descenders may touch the box's edge


def test_intake_folder_is_walked_in_natural_order_without_droppings(tmp_path: Path) -> None:
    folder = tmp_path / "u"
    (folder / "sub").mkdir(parents=True)
    for name in ("page10.jpg", "page2.jpg", "sub/page1.jpg"):
        noisy().save(folder / name)
    for name in ("Thumbs.db", ".DS_Store", "truth.yaml"):
        (folder / name).write_bytes(b"x")
    intake = take([folder], tmp_path / "work")
    assert [page.file for page in intake.pages] == ["page2.jpg", "page10.jpg", "sub/page1.jpg"]
    assert intake.alerts == ()


def test_intake_repeated_bytes_are_marked_and_kept(tmp_path: Path) -> None:
    (tmp_path / "a.jpg").write_bytes(JPEG)
    (tmp_path / "b.jpg").write_bytes(JPEG)
    first, second = take([tmp_path / "a.jpg", tmp_path / "b.jpg"], tmp_path / "work").pages
    assert (first.duplicate_of, second.duplicate_of) == (None, first.id)


def test_intake_resaved_picture_is_a_near_duplicate_and_another_page_is_not(tmp_path: Path) -> None:
    noisy().save(tmp_path / "a.png")
    noisy().resize((540, 720)).save(tmp_path / "b.jpg", quality=60)
    noisy().rotate(180).save(tmp_path / "c.png")
    pages = take([tmp_path / n for n in ("a.png", "b.jpg", "c.png")], tmp_path / "work").pages
    assert [page.duplicate_of for page in pages] == [None, "p1", None]
