"""Unpacks one ZIP archive member by member, within limits, never outside its own folder (hazard H14)."""

from __future__ import annotations

import lzma
import stat
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from pipeline.intake.problems import FileProblem, writing
from pipeline.settings import IntakeLimits

__all__ = ["Member", "unzip"]

CHUNK = 1 << 20
_OFFICE = frozenset({"[Content_Types].xml", "mimetype", "Document.xml", "OFD.xml"})
"""Names that documents of office programs begin with; they are archives, too."""
MAX_RATIO = 200
"""Unpacked to packed size beyond which a member is taken for a bomb; page images and PDFs stay far below."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """One member: unpacked at ``path``, or refused with the code ``problem``."""

    name: str
    path: Path | None = None
    problem: str | None = None


def _decoded_name(info: zipfile.ZipInfo) -> str:
    """Undo zipfile's cp437 reading of names that Chinese Windows writes in GBK without saying so."""
    if info.flag_bits & 0x800:
        return info.filename
    try:
        raw = info.filename.encode("cp437")
    except UnicodeEncodeError:
        return info.filename
    for encoding in ("utf-8", "gbk"):
        try:
            return raw.decode(encoding)
        except UnicodeDecodeError:
            continue
    return info.filename


def _is_unsafe(name: str) -> bool:
    path = PurePosixPath(name)
    return path.is_absolute() or ".." in path.parts or ":" in (path.parts[0] if path.parts else "") or "\x00" in name


def unzip(archive_path: Path, target: Path, limits: IntakeLimits) -> Iterator[Member]:
    """Yield the members of ``archive_path`` in order, unpacked under neutral names below ``target``.

    Raises:
        FileProblem: ``zip_broken``, ``zip_encrypted``, ``zip_empty`` or ``office_document`` when nothing of the archive
            can be used.
    """
    try:
        archive = zipfile.ZipFile(archive_path)
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError) as error:
        raise FileProblem("zip_broken") from error
    with archive:
        infos = [info for info in archive.infolist() if not info.is_dir()]
        if not infos:
            raise FileProblem("zip_empty")
        if any(info.filename in _OFFICE for info in infos[:200]):
            raise FileProblem("office_document")
        if all(info.flag_bits & 0x1 for info in infos):
            raise FileProblem("zip_encrypted")
        with writing():
            target.mkdir(parents=True, exist_ok=True)
        unpacked = 0
        for number, info in enumerate(infos):
            name = _decoded_name(info).replace("\\", "/")
            if name.startswith("__MACOSX/") or PurePosixPath(name).name.startswith("."):
                continue
            shown = PurePosixPath(name).name or f"#{number + 1}"
            if number >= limits.max_files:
                yield Member(name=shown, problem="too_many_files")
                continue
            problem = _refusal(info, name, limits, unpacked)
            if problem is not None:
                yield Member(name=shown, problem=problem)
                continue
            path = target / f"{number}{PurePosixPath(shown).suffix[:8]}"
            try:
                unpacked += _copy(archive, info, path, min(limits.max_file_bytes, limits.max_case_bytes - unpacked))
            except FileProblem as failure:
                path.unlink(missing_ok=True)
                yield Member(name=shown, problem=failure.code)
                continue
            yield Member(name=name, path=path)


def _refusal(info: zipfile.ZipInfo, name: str, limits: IntakeLimits, unpacked: int) -> str | None:
    if _is_unsafe(name):
        return "zip_unsafe_path"
    if stat.S_ISLNK(info.external_attr >> 16):
        return "zip_link"
    if info.flag_bits & 0x1:
        return "zip_encrypted"
    if info.file_size > limits.max_file_bytes:
        return "zip_bomb" if info.file_size > MAX_RATIO * max(info.compress_size, 1) else "file_too_large"
    if info.compress_size and info.file_size > MAX_RATIO * info.compress_size and info.file_size > 8 * CHUNK:
        return "zip_bomb"
    if unpacked + info.file_size > limits.max_case_bytes:
        return "case_too_large"
    return None


def _copy(archive: zipfile.ZipFile, info: zipfile.ZipInfo, path: Path, ceiling: int) -> int:
    """Copy one member, counting real bytes: the size in the header may lie."""
    written = 0
    try:
        with writing(), archive.open(info) as source, path.open("wb") as sink:
            while chunk := source.read(CHUNK):
                written += len(chunk)
                if written > ceiling:
                    raise FileProblem("zip_bomb")
                sink.write(chunk)
    except (
        zipfile.BadZipFile,
        zlib.error,
        lzma.LZMAError,
        EOFError,
        NotImplementedError,
        RuntimeError,
        OSError,
    ) as error:
        raise FileProblem("zip_broken") from error
    return written
