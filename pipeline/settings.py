"""Settings of one installation: a TOML file with environment overrides. Every limit is here, none in the code."""

from __future__ import annotations

import datetime as dt
import os
import tomllib
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

__all__ = [
    "ExtractingSettings",
    "IntakeLimits",
    "OcrSettings",
    "ServiceSettings",
    "Settings",
    "SettingsError",
    "load_settings",
]

_PREFIX = "YUSHEN_"
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
    """Without time in which others held the processor: a busy machine is no fault of the page."""
    detection_side: int = 1600
    """Longest side given to detection."""


class ExtractingSettings(_Section):
    """Who looks for facts on a page that is read."""

    page_reader: bool = True
    """``on``: the learned page reader looks beside the rules, where its weights are installed. ``off``: rules alone."""
    page_reader_dir: Path | None = None
    """Folder of other weights; unset: those shipped."""


class ServiceSettings(_Section):
    """The service: where it listens, what it keeps where, and what it allows."""

    data_dir: Path = Path("yushen-data")
    """Database (unless another is named), uploads, keys, exports. Private to the service's user."""
    key_file: Path | None = None
    """The bureau's own keys, which wrap all others; unset: ``<data_dir>.keys`` beside the data folder, never in it.
    ``YUSHEN_MASTER_KEYS`` goes before it."""
    database_url: str = ""
    """``postgresql+psycopg://...`` for several machines; empty: SQLite in ``data_dir``."""
    blob_url: str = ""
    """``s3://bucket/prefix`` for several machines; empty: a folder in ``data_dir``."""
    s3_endpoint: str = ""
    """Of an S3-compatible store inside the network; empty: that of the environment."""
    region: str = "jiangxi"
    """Region whose diseases the applicant's page offers."""
    host: str = "127.0.0.1"
    port: int = Field(default=8420, ge=0, le=65535)
    public_url: str = ""
    """Address that links and QR codes carry; empty: that of the request."""
    secure_cookies: bool = False
    """True behind HTTPS. Without it cookies also travel over plain HTTP, as on a test machine."""
    trusted_proxies: tuple[str, ...] = ()
    """Addresses or networks whose X-Forwarded-For is believed; none unless told."""
    readers: int = Field(default=1, ge=0)
    """Pages read at once on this machine; 0: none here (API only)."""
    max_waiting_pages: int = Field(default=2000, ge=1)
    """More pages than this waiting to be read, and uploads are refused for now (503) instead of filling the memory."""
    working_days: int = Field(default=20, ge=1)
    """Working days from submission to decision (服务指南)."""
    warn_days: int = Field(default=5, ge=0)
    """Working days before the due date from which the queue warns."""
    holidays: frozenset[dt.date] = frozenset()
    """Days off of a year whose notice the calendar library does not have yet."""
    workdays: frozenset[dt.date] = frozenset()
    """Weekend days worked instead."""
    second_reader: frozenset[str] = frozenset()
    """Rule ids of diseases whose decisions need a second reader; ``*``: all."""
    quality_share: float = Field(default=0.05, ge=0, le=1)
    """Share of decided cases drawn to be examined again."""
    analysis_minutes: int = Field(default=60, ge=0)
    """The analysts' data are made anew at most this often, by a worker and only when something has changed; 0: only
    when somebody asks for it."""
    session_minutes: int = Field(default=30, ge=1)
    """A person of the bureau is signed out after this long without a request."""
    session_hours: int = Field(default=10, ge=1)
    """... and after this long in any case."""
    applicant_hours: int = Field(default=12, ge=1)
    drafts_per_address: int = Field(default=30, ge=0)
    """Applications that one address may begin on the applicant's page within an hour; 0: no limit."""
    drafts_per_hour: int = Field(default=2000, ge=0)
    """... and all addresses together."""
    wrong_codes_per_address: int = Field(default=40, ge=0)
    """Wrong query codes from one address within an hour; 0: no limit."""
    wrong_codes_per_hour: int = Field(default=5000, ge=0)
    """... and from all together."""
    keep_drafts_days: int = Field(default=30, ge=0)
    """Drafts that were never handed in are deleted after so many days without a new file; 0: never."""
    keep_withdrawn_days: int = Field(default=30, ge=0)
    """Withdrawn applications are deleted after so many days; 0: never."""
    keep_decided_years: int = Field(default=0, ge=0)
    """Decided applications are deleted after so many years; 0: never. The rules for the archives say how many."""
    keep_removed_days: int = Field(default=30, ge=0)
    """Files that the applicant took out again are deleted after so many days; 0: with the application."""
    webhook_private: bool = False
    """Webhooks may go to addresses inside the network (10.x, 192.168.x, this machine). Off: only to public ones."""


class Settings(_Section):
    intake: IntakeLimits = IntakeLimits()
    ocr: OcrSettings = OcrSettings()
    extracting: ExtractingSettings = ExtractingSettings()
    service: ServiceSettings = ServiceSettings()
    rules_dir: Path = REPOSITORY / "rules"


def load_settings(path: Path | None = None) -> Settings:
    """Read settings from ``path``, else from ``$YUSHEN_CONFIG``, else the defaults.

    Environment variables go before the file: ``YUSHEN_SERVICE__PORT=9000`` sets ``port`` of ``[service]``. Lists and
    numbers are written as in TOML.

    Raises:
        SettingsError: the file is missing, is not TOML, or holds an unknown key or a bad value.
    """
    named = path or (Path(os.environ["YUSHEN_CONFIG"]) if os.environ.get("YUSHEN_CONFIG") else None)
    try:
        data = tomllib.loads(named.read_text(encoding="utf-8")) if named else {}
    except (OSError, tomllib.TOMLDecodeError) as error:
        raise SettingsError(f"{named}: {error}") from error
    for name, text in os.environ.items():
        section, between, key = name.removeprefix(_PREFIX).lower().partition("__")
        if name.startswith(_PREFIX) and between:
            data.setdefault(section, {})[key] = _value(text)
    try:
        return Settings.model_validate(data)
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(p) for p in first["loc"])
        raise SettingsError(f"{named or 'environment'}: {where}: {first['msg']}") from error


def _value(text: str) -> Any:
    try:
        return tomllib.loads(f"value = {text}")["value"]
    except tomllib.TOMLDecodeError:
        return text
