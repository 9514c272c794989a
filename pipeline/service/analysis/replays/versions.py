"""Versions of the rules that a replay can compare: the one in force, and those that analysts uploaded.

An upload is one ``rule.yaml``, or a ZIP of packs or of whole region folders, as for ``yushen audit replay``. Only files
that say something of the rules are kept; what they say is read by the process that judges, never here.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import io
import json
import shutil
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path, PurePosixPath

from pipeline.service.analysis.keeping import folder_of
from pipeline.service.applications import LimitError
from pipeline.service.office import Office
from rules.engine import RuleError
from rules.engine.rules_at import SHIPPED, RulesAt, rules_named

__all__ = ["CURRENT", "MOST_BYTES", "Version", "kept_version", "rules_of", "version_of", "versions_of"]

CURRENT = "current"
"""Id of the version in force."""
MOST_BYTES = 20 * 1024 * 1024
"""Of an upload, packed or not; the shipped rules of a region are a tenth of it."""
_MOST_FILES = 3000
_MOST_DEPTH = 8
_KINDS = frozenset({"region.yaml", "rule.yaml", "amend.yaml"})
_NAME = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class Version:
    id: str
    """:data:`CURRENT`, or the beginning of a digest of what was uploaded."""
    name: str
    kept_at: str = ""
    """Moment of the upload, ISO; empty for the one in force."""
    files: int = 0


def versions_of(office: Office) -> list[Version]:
    """Return the version in force and then what was uploaded, the latest first."""
    found = []
    for path in _folder(office).glob("*/version.json"):
        try:
            found.append(Version(**json.loads(path.read_text("utf-8"))))
        except (OSError, ValueError, TypeError):
            continue
    return [Version(id=CURRENT, name="现行规则"), *sorted(found, key=lambda v: (v.kept_at, v.id), reverse=True)]


def version_of(office: Office, id: str) -> Version | None:
    """Return the version ``id``; None where there is none."""
    return next((version for version in versions_of(office) if version.id == id), None)


def kept_version(office: Office, name: str, data: bytes) -> Version:
    """Keep an upload and return its version; the same content again is the same version.

    Raises:
        LimitError: it is too large, no ZIP and no text, holds no rules, or names places outside itself.
    """
    if len(data) > MOST_BYTES:
        raise LimitError("file_too_large", "规则文件太大，请只打包 region.yaml、rule.yaml 和 amend.yaml")
    files = dict(_files(data))
    if not files:
        raise LimitError("no_rules", "里面没有规则文件（region.yaml、rule.yaml 或 amend.yaml）")
    digest = hashlib.sha256()
    for place, content in sorted(files.items()):
        digest.update(f"{place}\0{len(content)}\0".encode() + content)
    id = digest.hexdigest()[:16]
    known = version_of(office, id)
    if known is not None:
        return known
    moment = f"{office.now().astimezone(dt.UTC).isoformat(timespec='seconds')}"
    version = Version(
        id=id, name=" ".join(name.split())[:_NAME] or f"上传的规则 {id[:6]}", kept_at=moment, files=len(files)
    )
    _write(_folder(office) / id, files, version)
    return version


def rules_of(office: Office, id: str, region: str) -> RulesAt:
    """Return where the rules of a version lie.

    Raises:
        RuleError: nothing that could be rules is there, or rules of another region.
    """
    shipped = office.settings.rules_dir
    if id == CURRENT:
        return rules_named(SHIPPED, region, shipped)
    found = rules_named(str(_top(_folder(office) / id / "rules")), region, shipped)
    if found.region != region:
        raise RuleError(f"这是另一地区（{found.region}）的规则")
    return found


def _folder(office: Office) -> Path:
    return folder_of(office) / "rules"


def _files(data: bytes) -> Iterator[tuple[str, bytes]]:
    if not data.startswith(b"PK\x03\x04"):
        try:
            data.decode("utf-8")
        except UnicodeDecodeError:
            raise LimitError("not_rules", "请上传 rule.yaml，或规则文件夹打包的 zip") from None
        if data.strip():
            yield "pack/rule.yaml", data
        return
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            yield from _members(archive)
    except (zipfile.BadZipFile, zlib.error, NotImplementedError, RuntimeError, EOFError, OSError):
        raise LimitError("not_rules", "zip 打不开：可能已损坏或加了密码") from None


def _members(archive: zipfile.ZipFile) -> Iterator[tuple[str, bytes]]:
    whole = count = 0
    for info in archive.infolist():
        place = PurePosixPath(info.filename.replace("\\", "/"))
        if info.is_dir() or place.name not in _KINDS or "__MACOSX" in place.parts:
            continue
        odd = any(part.startswith(".") or ":" in part or "\0" in part or len(part) > _NAME for part in place.parts)
        if place.is_absolute() or odd or len(place.parts) > _MOST_DEPTH:
            raise LimitError("not_rules", "zip 里有不该有的路径，请重新打包规则文件夹")
        count += 1
        with archive.open(info) as member:
            content = member.read(MOST_BYTES - whole + 1)
        whole += len(content)
        if whole > MOST_BYTES or count > _MOST_FILES:
            raise LimitError("file_too_large", "规则文件太大，请只打包 region.yaml、rule.yaml 和 amend.yaml")
        yield place.as_posix(), content


def _write(folder: Path, files: Mapping[str, bytes], version: Version) -> None:
    """Whole or not at all."""
    growing = folder.with_name(f".{folder.name}")
    shutil.rmtree(growing, ignore_errors=True)
    for place, content in files.items():
        path = growing / "rules" / place
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    (growing / "version.json").write_text(json.dumps(asdict(version), ensure_ascii=False), "utf-8")
    if not folder.exists():
        growing.rename(folder)


def _top(folder: Path) -> Path:
    """Go down through folders that hold nothing but one other: a ZIP has the folder that was packed on top."""
    while not (folder / "region.yaml").is_file():
        inside = list(folder.iterdir())
        if len(inside) != 1 or not inside[0].is_dir() or (inside[0] / "rule.yaml").is_file():
            break
        folder = inside[0]
    return folder
