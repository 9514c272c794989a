"""H14: bombs, huge, encrypted, broken and lying files: each refused with its reason by a worker, the rest read."""

from __future__ import annotations

from pathlib import Path

from PIL import Image

from pipeline.intake import Intake, take_in
from pipeline.intake.problems import MESSAGES
from pipeline.settings import IntakeLimits
from tests.intake.bad_files import BAD_FILES, JPEG, pdf_bytes


def take(paths: list[Path], work: Path, **limits: int | float) -> Intake:
    return take_in(paths, work, limits=IntakeLimits(**limits), workers=2)


def test_h14_every_bad_file_gets_its_reason_and_good_ones_are_read(tmp_path: Path) -> None:
    folder = tmp_path / "uploads"
    folder.mkdir()
    for name, (make, _) in BAD_FILES.items():
        make(folder / name)
    (folder / "good.jpg").write_bytes(JPEG)
    (folder / "good.pdf").write_bytes(pdf_bytes(2))

    intake = take([folder], tmp_path / "work")

    reasons = {alert.file.split("/")[0]: alert.code for alert in intake.alerts if alert.file}
    assert reasons == {name: code for name, (_, code) in BAD_FILES.items()}
    assert len(BAD_FILES) >= 20
    assert [(page.file, page.number) for page in intake.pages] == [
        ("good.jpg", 1),
        ("good.pdf", 1),
        ("good.pdf", 2),
    ]
    for alert in intake.alerts:
        assert alert.message == MESSAGES[alert.code]
        assert alert.message.endswith("。")


def test_h14_unsafe_members_write_nothing_outside_the_work_folder(tmp_path: Path) -> None:
    work = tmp_path / "deep" / "er" / "work"
    for name in ("climbing.zip", "absolute.zip", "windows.zip", "link.zip"):
        BAD_FILES[name][0](tmp_path / name)
    before = set(tmp_path.rglob("*"))
    take([tmp_path / n for n in ("climbing.zip", "absolute.zip", "windows.zip", "link.zip")], work)
    outside = {p for p in set(tmp_path.rglob("*")) - before if not p.is_relative_to(tmp_path / "deep")}
    assert outside == set()
    assert not Path("/etc/evil.jpg").exists()


def test_h14_slow_file_is_given_up_and_the_rest_read(tmp_path: Path) -> None:
    (tmp_path / "a.jpg").write_bytes(JPEG)
    intake = take([tmp_path / "a.jpg"], tmp_path / "work", decode_seconds=0.001)
    assert [alert.code for alert in intake.alerts] == ["decode_timeout"]


def test_h14_hungry_file_hits_the_memory_ceiling_alone(tmp_path: Path) -> None:
    Image.new("RGB", (12_000, 9_000), "white").save(tmp_path / "big.png")
    (tmp_path / "small.jpg").write_bytes(JPEG)
    intake = take([tmp_path / "big.png", tmp_path / "small.jpg"], tmp_path / "work", decode_memory_bytes=500 * 1024**2)
    assert [page.file for page in intake.pages] == ["small.jpg"]
    assert [alert.code for alert in intake.alerts] == ["decode_memory"]
