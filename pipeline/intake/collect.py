"""From the paths that a person names to single files: folders walked, ZIP archives unpacked, each file typed."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from pipeline.digests import sha256_of
from pipeline.faults import machine_fault
from pipeline.intake.problems import FileProblem, Problem
from pipeline.intake.sniff import extension_disagrees, sniff
from pipeline.intake.unzip import Member, unzip
from pipeline.nouns import SourceFile
from pipeline.settings import IntakeLimits

__all__ = ["Collected", "collect"]

# What folders hold beside a person's papers: file-manager droppings and the truth file of our own samples.
_IGNORED = {"thumbs.db", "desktop.ini", "truth.json", "truth.yaml"}


@dataclass(slots=True)
class Collected:
    """Files that can be decoded, and what was wrong with the others."""

    files: list[SourceFile] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)


def _natural_key(path: Path) -> tuple[tuple[int, int | str], ...]:
    parts = re.split(r"(\d+)", str(path).lower())
    return tuple((1, int(p)) if p.isdigit() and p.isascii() else (0, p) for p in parts)


def _walk(folder: Path) -> Iterator[tuple[str, Path]]:
    for path in sorted(folder.rglob("*"), key=_natural_key):
        relative = path.relative_to(folder)
        if any(part.startswith((".", "__MACOSX")) for part in relative.parts) or path.name.lower() in _IGNORED:
            continue
        if path.is_symlink() and not path.resolve().is_relative_to(folder.resolve()):
            continue  # a link out of the folder is not part of the application
        if path.is_file():
            yield relative.as_posix(), path


def _uploads(paths: Sequence[Path]) -> Iterator[tuple[str, Path]]:
    for path in paths:
        if path.is_dir():
            yield from _walk(path)
        else:
            yield path.name, path


Unpack = Callable[[Path, Path, IntakeLimits], Iterable[Member]]
"""Unpacks an archive into a folder, as :func:`pipeline.intake.unzip.unzip`."""


def collect(paths: Sequence[Path], work: Path, limits: IntakeLimits, unpack: Unpack = unzip) -> Collected:
    """List the files below ``paths`` in natural order; members of ZIP archives are unpacked below ``work``.

    A file that cannot be used becomes a problem; it never stops the others.

    Args:
        unpack: opens archives in a process of its own.
    """
    found = Collected()
    total = 0

    def take(name: str, path: Path, *, inside_zip: bool) -> None:
        nonlocal total
        try:
            size = path.stat().st_size
            if size > limits.max_file_bytes:
                raise FileProblem("file_too_large")
            if total + size > limits.max_case_bytes:
                raise FileProblem("case_too_large")
            media_type = sniff(path)
            if media_type == "application/zip":
                if inside_zip:
                    raise FileProblem("zip_nested")
                for member in unpack(path, work / f"zip{len(found.files)}-{len(found.problems)}", limits):
                    if member.problem is not None:
                        found.problems.append(Problem(code=member.problem, file=f"{name}/{member.name}"))
                    elif member.path is not None:
                        take(f"{name}/{member.name}", member.path, inside_zip=True)
                return
            if len(found.files) >= limits.max_files:
                raise FileProblem("too_many_files")
            if extension_disagrees(name, media_type):
                found.problems.append(Problem(code="mislabelled", file=name))
            total += size
            found.files.append(
                SourceFile(name=name, path=path, sha256=sha256_of(path), media_type=media_type, size=size)
            )
        except FileProblem as problem:
            found.problems.append(Problem(code=problem.code, file=name))
        except FileNotFoundError:
            found.problems.append(Problem(code="not_found", file=name))
        except PermissionError:
            found.problems.append(Problem(code="no_permission", file=name))
        except OSError as error:
            found.problems.append(Problem(code=machine_fault(error) or "decode_crashed", file=name))

    for name, path in _uploads(paths):
        take(name, path, inside_zip=False)
    return found
