"""Decodes one file into page images on disk. Runs in a worker process with memory and time ceilings."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from pipeline.intake.decode_image import decode_image
from pipeline.intake.decode_pdf import decode_pdf
from pipeline.intake.decoded import DecodedPage
from pipeline.intake.problems import FileProblem
from pipeline.intake.unzip import Member, unzip
from pipeline.settings import IntakeLimits

__all__ = ["DecodeTask", "Decoded", "Unpacked", "UnzipTask", "decode", "open_file", "unpack"]


@dataclass(frozen=True, slots=True, kw_only=True)
class DecodeTask:
    """What a worker gets: where the bytes lie, what they are, where page images go."""

    path: Path
    media_type: str
    target: Path
    limits: IntakeLimits


@dataclass(frozen=True, slots=True, kw_only=True)
class Decoded:
    """Pages that came out, the code of what stopped the file, and codes of single bad pages (1-based)."""

    pages: tuple[DecodedPage, ...] = ()
    problem: str | None = None
    page_problems: tuple[tuple[int, str], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class UnzipTask:
    """An archive and the folder that its members go to."""

    path: Path
    target: Path
    limits: IntakeLimits


@dataclass(frozen=True, slots=True, kw_only=True)
class Unpacked:
    """Members in order, and the code of what stopped the archive."""

    members: tuple[Member, ...] = ()
    problem: str | None = None


def open_file(task: DecodeTask | UnzipTask) -> Decoded | Unpacked:
    """What a worker does: decode a file or unpack an archive; never raises for what it holds."""
    return decode(task) if isinstance(task, DecodeTask) else unpack(task)


def unpack(task: UnzipTask) -> Unpacked:
    """Unpack one archive."""
    members: list[Member] = []
    try:
        members.extend(unzip(task.path, task.target, task.limits))
    except FileProblem as problem:
        return Unpacked(members=tuple(members), problem=problem.code)
    except MemoryError:
        return Unpacked(members=tuple(members), problem="decode_memory")
    return Unpacked(members=tuple(members))


def decode(task: DecodeTask) -> Decoded:
    """Decode one file; never raises for what the file holds."""
    pages: list[DecodedPage] = []
    bad: list[tuple[int, str]] = []
    try:
        source = decode_pdf if task.media_type == "application/pdf" else decode_image
        for number, outcome in source(task.path, task.target, task.limits):
            if isinstance(outcome, str):
                bad.append((number, outcome))
            else:
                pages.append(outcome)
    except FileProblem as problem:
        # Pages decoded before the trouble stay: nothing that could be read is lost.
        return Decoded(pages=tuple(pages), problem=problem.code, page_problems=tuple(bad))
    except MemoryError:
        return Decoded(pages=tuple(pages), problem="decode_memory", page_problems=tuple(bad))
    return Decoded(pages=tuple(pages), page_problems=tuple(bad))
