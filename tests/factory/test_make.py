"""Making cases: the same seed gives the same files, truth loads and places every fact, killed runs leave no halves."""

from __future__ import annotations

import io
import os
import time
import zipfile
from pathlib import Path

import numpy as np
import pypdfium2
import pytest
from PIL import Image, ImageOps

from data_samples.factory import casework, uploads
from data_samples.factory import make as making
from data_samples.factory.capture import IDENTITY, CapturedPage, identity
from data_samples.factory.casework import case_name, write_case
from data_samples.factory.papers import example
from pipeline.evaluating.truth import Truth, load_truth
from tests.factory.tiny import TINY


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """No camera, one family, coarse pixels."""
    monkeypatch.setattr(uploads, "camera", lambda: (IDENTITY, identity))
    monkeypatch.setattr(uploads, "_DPI", 40)
    monkeypatch.setattr(casework, "families", lambda: (TINY,))


def _write(folder: Path, number: int, seed: int = 0) -> Truth:
    folder.mkdir(parents=True, exist_ok=True)
    write_case(number, seed, "development", folder)
    return load_truth(folder)


def _bytes(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in sorted(folder.iterdir())}


@pytest.mark.parametrize("number", [0, 1, 2, 3])
def test_make_same_seed_same_bytes(tmp_path, number):
    _write(tmp_path / "a", number)
    _write(tmp_path / "b", number)
    assert _bytes(tmp_path / "a") == _bytes(tmp_path / "b")
    _write(tmp_path / "c", number, seed=1)
    assert _bytes(tmp_path / "c") != _bytes(tmp_path / "a")


def test_make_papers_of_some_types_alone(tmp_path):
    whole = _write(tmp_path / "a", 0)
    (tmp_path / "b").mkdir()
    write_case(0, 0, "development", tmp_path / "b", kinds=frozenset({"lab_report"}))
    some = load_truth(tmp_path / "b")
    wanted = {document.id: document.type for document in whole.documents if document.type == "lab_report"}
    assert wanted
    assert {document.id: document.type for document in some.documents} == wanted
    assert {id for page in some.pages for id in page.documents} <= wanted.keys()
    assert some.expected.conclusion == some.expected.missing == ()


def test_make_habit_decides_how_papers_are_handed_in(monkeypatch):
    seen = []
    monkeypatch.setattr(
        casework, "_family", lambda paper, pool, split, habit, rng: (seen.append(habit), (TINY, "pdf"))[1]
    )
    for habit in casework.HABITS:
        seen.clear()
        casework._papers_drawn("development", np.random.default_rng(1), None, habit)
        assert set(seen) == {habit}


@pytest.mark.parametrize("number", range(8))
def test_make_truth_loads_and_every_fact_has_a_place(tmp_path, number):
    truth = _write(tmp_path, number)
    places = {(page.file, page.page): page for page in truth.pages}
    assert len(places) == len(truth.pages)
    for document in truth.documents:
        assert document.pages
        for fact in document.facts:
            if fact.values.get("field") in ("physician_signature", "hospital_seal"):
                continue
            assert fact.page is not None, fact
            assert fact.box is not None, fact
            page = places[document.pages[fact.page]]
            assert document.id in page.documents
            x0, y0, x1, y1 = fact.box
            assert 0 <= x0 < x1 <= 1
            assert 0 <= y0 < y1 <= 1
            if fact.kind == "lab_results" and document.type == "lab_report":
                assert {"name", "result"} <= set(fact.cells)
                assert fact.values["reference_low"] is None, "this family prints no ranges"


@pytest.mark.parametrize("number", range(8))
def test_make_files_hold_the_pages_of_the_truth(tmp_path, number):
    truth = _write(tmp_path, number)
    counted: dict[str, int] = {}
    for page in truth.pages:
        counted[page.file] = counted.get(page.file, 0) + 1
    for file, pages in counted.items():
        outer, _, member = file.partition(".zip/")
        path = tmp_path / (f"{outer}.zip" if member else outer)
        content = zipfile.ZipFile(path).read(member) if member else path.read_bytes()
        if path.suffix == ".pdf":
            assert len(pypdfium2.PdfDocument(content)) == pages
        else:
            assert getattr(Image.open(io.BytesIO(content)), "n_frames", 1) == pages


def test_make_is_resumable_and_leaves_no_half_case(tmp_path, monkeypatch):
    calls = []

    def failing(number, seed, split, folder, **more):
        calls.append(number)
        if number == 2 and len(calls) < 4:
            (folder / "half.jpg").write_bytes(b"x")
            raise KeyboardInterrupt
        return write_case(number, seed, split, folder, **more)

    monkeypatch.setattr(making, "write_case", failing)
    with pytest.raises(KeyboardInterrupt):
        making.make(tmp_path, cases=4, seed=3, split="development", quiet=True)
    names = sorted(path.name for path in tmp_path.iterdir())
    assert names == [case_name(0, 3, "development"), case_name(1, 3, "development")]
    before = {path: _bytes(path) for path in tmp_path.iterdir()}
    folders = making.make(tmp_path, cases=4, seed=3, split="development", quiet=True)
    assert calls == [0, 1, 2, 2, 3]
    assert all((folder / "truth.json").is_file() for folder in folders)
    assert all(_bytes(path) == content for path, content in before.items())


def test_make_clears_what_a_killed_run_left(tmp_path):
    dead = tmp_path / f"{making._PASSING}dev-0-000000-999999999"
    dead.mkdir()
    own = tmp_path / f"{making._PASSING}dev-0-000001-{os.getppid()}"
    own.mkdir()
    making.make(tmp_path, cases=1, seed=0, split="development", quiet=True)
    assert not dead.exists()
    assert own.exists(), "another run is at work there"


def test_make_a_case_does_not_depend_on_how_many(tmp_path):
    one = making.make(tmp_path / "one", cases=2, seed=9, split="development", quiet=True)[1]
    more = making.make(tmp_path / "more", cases=3, seed=9, split="development", quiet=True)[1]
    assert _bytes(one) == _bytes(more)


def test_joined_pdfs_do_not_tell_when_they_were_written():
    papers = [example("diagnosis_certificate", np.random.default_rng(k)) for k in range(2)]
    documents = [
        uploads.Document(id=f"t{k}", paper=paper, family=TINY, drawn=TINY.draw(paper, np.random.default_rng(0)))
        for k, paper in enumerate(papers)
    ]
    written = []
    for _ in range(2):
        files = uploads.Files(np.random.default_rng(0))
        files.add_pdf("a.pdf", documents)
        written.append(files.content["a.pdf"])
        time.sleep(1.05)
    assert written[0] == written[1]
    assert len(pypdfium2.PdfDocument(written[0])) == 2


@pytest.mark.parametrize("kind", ["jpg", "png", "heic"])
@pytest.mark.parametrize("orientation", [None, 3, 6, 8])
def test_encoded_pictures_display_as_meant(kind, orientation):
    image = np.full((60, 100, 3), 255, np.uint8)
    image[:20, :30] = (200, 0, 0)
    shown = {None: 0, 3: 2, 6: 3, 8: 1}[orientation]
    shot = CapturedPage(image=image, sheets=(), exif=orientation)
    opened = Image.open(io.BytesIO(uploads.encoded(shot, kind)))
    displayed = np.asarray(ImageOps.exif_transpose(opened).convert("RGB")).astype(int)
    wanted = np.rot90(image, shown).astype(int)
    assert displayed.shape == wanted.shape
    assert np.abs(displayed - wanted).mean() < 12


def test_make_draws_no_paper_without_a_family(tmp_path, monkeypatch):
    monkeypatch.setattr(casework, "families", lambda: ())
    with pytest.raises(LookupError):
        write_case(0, 0, "development", tmp_path)
