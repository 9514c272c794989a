"""The committed samples are whole, invented, and say of themselves what they are."""

from __future__ import annotations

import io
import re
import zipfile
from collections import Counter
from pathlib import Path

import pillow_heif
import pypdfium2
import pytest
import yaml
from PIL import Image

from data_samples.generator.hospitals import HOSPITALS
from data_samples.generator.people import AREA, check_digit
from rules.engine.facts import AssertionStatus, DocumentType
from rules.engine.judgement import Conclusion, Status
from tests.samples.truth import SAMPLES, case_folders, load_truth

FOLDERS = case_folders()
each_case = pytest.mark.parametrize("folder", FOLDERS, ids=[folder.name for folder in FOLDERS])


def _page_count(content: bytes, name: str) -> int:
    if name.endswith(".pdf"):
        document = pypdfium2.PdfDocument(content)
        for page in document:
            page.get_size()
        return len(document)
    if name.endswith(".zip"):
        with zipfile.ZipFile(io.BytesIO(content)) as bundle:
            return sum(_page_count(bundle.read(member), member) for member in bundle.namelist())
    pillow_heif.register_heif_opener()
    with Image.open(io.BytesIO(content)) as image:
        image.load()
        return int(getattr(image, "n_frames", 1))


def test_samples_there_are_at_least_ten_and_every_conclusion_occurs() -> None:
    conclusions = {value for folder in FOLDERS for value in load_truth(folder).expected.conclusion}
    assert len(FOLDERS) >= 10
    assert conclusions == {str(value) for value in Conclusion}


def test_samples_stay_small() -> None:
    files = [path for folder in FOLDERS for path in folder.iterdir()]
    assert sum(path.stat().st_size for path in files) < 25 * 1024 * 1024
    assert max(path.stat().st_size for path in files) < 1024 * 1024


@each_case
def test_truth_uses_only_known_words(folder: Path) -> None:
    truth = load_truth(folder)
    assert truth.case == folder.name
    assert {value for values in truth.expected.criteria.values() for value in values} <= {str(s) for s in Status}
    assert set(truth.expected.missing) <= set(truth.expected.criteria)
    for document in truth.documents:
        assert document.type in {str(kind) for kind in DocumentType}
        for fact in document.facts:
            if "status" in fact.values:
                assert fact.values["status"] in {str(status) for status in AssertionStatus}


@each_case
def test_truth_names_every_file_and_every_page(folder: Path) -> None:
    truth = load_truth(folder)
    assert {file.name for file in truth.files} == {path.name for path in folder.iterdir()} - {"truth.yaml"}
    uploaded = Counter(re.sub(r"\.zip/.*", ".zip", name) for document in truth.documents for name, _ in document.pages)
    for file in truth.files:
        content = (folder / file.name).read_bytes()
        if file.kind == "broken":
            assert file.reason
            with pytest.raises((pypdfium2.PdfiumError, OSError, ValueError)):
                _page_count(content, file.name)
        else:
            assert _page_count(content, file.name) == uploaded[file.name]


@each_case
def test_truth_boxes_lie_on_their_page(folder: Path) -> None:
    for document in load_truth(folder).documents:
        for fact in document.facts:
            if fact.box is not None:
                x0, y0, x1, y1 = fact.box
                assert -0.02 <= x0 < x1 <= 1.02
                assert -0.02 <= y0 < y1 <= 1.02
                assert fact.page is not None
                assert 0 <= fact.page < len(document.pages)


@each_case
def test_truth_people_are_invented(folder: Path) -> None:
    text = (folder / "truth.yaml").read_text(encoding="utf-8")
    numbers = set(re.findall(r"\b\d{17}[\dX]\b", text))
    assert numbers
    for number in numbers:
        assert number.startswith(AREA)
        assert number[17] == check_digit(number[:17])
    applicant = load_truth(folder).applicant
    assert applicant["id_number"][6:14] == applicant["birth_date"].replace("-", "")


@each_case
def test_truth_hospitals_are_the_invented_ones(folder: Path) -> None:
    names = {document.hospital for document in load_truth(folder).documents}
    assert names <= {hospital.name for hospital in HOSPITALS.values()}


def test_hospitals_are_in_no_catalogue_of_real_ones() -> None:
    catalogue = SAMPLES.parent / "rules/vocabulary/hospitals"
    real = "\n".join(
        str(yaml.load(path.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)) for path in catalogue.glob("*.yaml")
    )
    for hospital in HOSPITALS.values():
        assert f"'{hospital.name}'" not in real
