"""Settings of one installation: a TOML file with environment overrides. Every limit is here, none in the code."""

from __future__ import annotations

import os
import tomllib
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

__all__ = ["IntakeLimits", "OcrSettings", "Settings", "SettingsError", "load_settings"]

REPOSITORY = Path(__file__).resolve().parents[1]


class SettingsError(ValueError):
    """The settings file cannot be used; the message names the file and the key."""


class _Section(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class IntakeLimits(_Section):
    """Ceilings applied before and while decoding uploads (hazard H14)."""

    max_file_bytes: int = 60 * 1024 * 1024
    max_case_bytes: int = 600 * 1024 * 1024
    max_files: int = 300
    max_pages_per_file: int = 200
    max_pages: int = 400
    max_pixels: int = 120_000_000
    """Pixels of one image before decoding."""
    working_side: int = 3200
    """Longest side to which a larger image is scaled down after decoding."""
    pdf_dpi: int = 200
    decode_seconds: float = 90.0
    decode_memory_bytes: int = 3 * 1024**3


class OcrSettings(_Section):
    """The reader of pixels."""

    detection_dir: Path = REPOSITORY / "models/ocr/weights/PP-OCRv6_small_det"
    detection_name: str = "PP-OCRv6_small_det"
    recognition_dir: Path = REPOSITORY / "models/ocr/weights/PP-OCRv6_small_rec"
    recognition_name: str = "PP-OCRv6_small_rec"
    orientation_model: Path = REPOSITORY / "models/ocr/weights/page_orientation/inference.onnx"
    device: str = "cpu"
    network: Literal["openvino", "onnxruntime"] = "openvino"
    """What computes the networks on a processor; on other devices it is always ONNX Runtime."""
    workers: int = Field(default=0, ge=0)
    """Worker processes; 0 means one per core, as memory allows."""
    pages_per_worker: int = Field(default=60, ge=1)
    worker_memory_bytes: int = 2 * 1024**3
    page_seconds: float = 300.0
    """Wall time; generous, because a busy machine is no fault of the page."""
    detection_side: int = 1600
    """Longest side given to detection."""


class Settings(_Section):
    intake: IntakeLimits = IntakeLimits()
    ocr: OcrSettings = OcrSettings()
    rules_dir: Path = REPOSITORY / "rules"


def load_settings(path: Path | None = None) -> Settings:
    """Read settings from ``path``, else from ``$YUSHEN_CONFIG``, else the defaults.

    Raises:
        SettingsError: the file is missing, is not TOML, or holds an unknown key or a bad value.
    """
    named = path or (Path(os.environ["YUSHEN_CONFIG"]) if os.environ.get("YUSHEN_CONFIG") else None)
    if named is None:
        return Settings()
    try:
        data = tomllib.loads(named.read_text(encoding="utf-8"))
        return Settings.model_validate(data)
    except (OSError, tomllib.TOMLDecodeError) as error:
        raise SettingsError(f"{named}: {error}") from error
    except ValidationError as error:
        first = error.errors()[0]
        raise SettingsError(f"{named}: {'.'.join(str(p) for p in first['loc'])}: {first['msg']}") from error
