"""Files of a trained page reader and the manifest that vouches for them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import yaml

from models.digests import sha256_of
from models.page_reader.classes import TYPES
from models.page_reader.labels import Label
from models.page_reader.settings import Shape

__all__ = ["FOLDER", "MANIFEST", "Manifest", "WeightsError", "checked", "write_manifest"]

FOLDER = Path(__file__).with_name("weights")
MANIFEST = "manifest.yaml"
SCHEMA = "yushen.page_reader.v1"
NETWORK, VOCABULARY, FULL = "network.onnx", "vocabulary.txt", "network.safetensors"


class WeightsError(ValueError):
    """The weights cannot be used; the message names the file and what to do."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Manifest:
    """What is known of weights."""

    version: str
    shape: Shape
    files: Mapping[str, Mapping[str, Any]]
    """Name -> sha256 and size in bytes."""
    about: Mapping[str, Any]
    """Recipe, data, code version, scores: told, not used."""


def write_manifest(folder: Path, shape: Shape, about: Mapping[str, Any]) -> Manifest:
    """Write the manifest of the files in ``folder`` and return it."""
    files = {
        name: {"sha256": sha256_of(folder / name), "bytes": (folder / name).stat().st_size}
        for name in (NETWORK, VOCABULARY, FULL)
        if (folder / name).is_file()
    }
    version = f"page-reader {str(files[NETWORK]['sha256'])[:12]}"
    data = {
        "schema": SCHEMA,
        "version": version,
        "shape": asdict(shape),
        "labels": [label.value for label in Label],
        "types": list(TYPES),
        "files": files,
        "about": dict(about),
    }
    text = yaml.safe_dump(data, allow_unicode=True, sort_keys=False)
    (folder / MANIFEST).write_text(text, encoding="utf-8")
    return Manifest(version=version, shape=shape, files=files, about=about)


def checked(folder: Path) -> Manifest:
    """Return the manifest of ``folder`` after its files were found to be those that it names.

    Raises:
        WeightsError: a file is missing or changed, or the weights are of another code's labels.
    """
    try:
        data = yaml.safe_load((folder / MANIFEST).read_text(encoding="utf-8"))
        shape = Shape(**data["shape"])
        files, labels, types = dict(data["files"]), data["labels"], data["types"]
        if data["schema"] != SCHEMA or labels != [label.value for label in Label] or types != list(TYPES):
            raise WeightsError(f"{MANIFEST}: made for another version of the page reader; train it again")
        if NETWORK not in files or VOCABULARY not in files:
            raise WeightsError(f"{MANIFEST}: names no {NETWORK} or {VOCABULARY}")
    except (OSError, yaml.YAMLError, KeyError, TypeError, AttributeError) as error:
        raise WeightsError(f"{MANIFEST}: cannot be read ({type(error).__name__})") from error
    for name, known in files.items():
        path = folder / name
        if name == FULL and not path.is_file():
            continue  # only a training that goes on needs it
        if not path.is_file() or sha256_of(path) != known["sha256"]:
            raise WeightsError(f"{name}: missing or not the file that {MANIFEST} names; fetch the weights again")
    return Manifest(version=str(data["version"]), shape=shape, files=files, about=data.get("about", {}))
