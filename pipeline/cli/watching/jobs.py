"""One application on its way, written down before each step, so that it goes on after any interruption.

A job is a folder ``.yushen/jobs/<id>``: ``job.json`` says what has been done, ``files`` holds the scans. Files move by
renaming and lie in exactly one place at any moment; the service is called with keys and digests that make a second
call change nothing.
"""

from __future__ import annotations

import json
import os
import shutil
import uuid
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from pipeline.cli.watching.folder import CONTENT, DONE, FAILED, RESULT, STATE, WORDS, Batch, files_below

__all__ = ["Job", "claim", "jobs_of"]


@dataclass(slots=True)
class Job:
    root: str
    id: str
    name: str
    folder: str | None
    """Path of the subfolder it came from; None for loose files."""
    sources: list[str] = field(default_factory=list)
    application: str = ""
    serial: str = ""
    query_code: str = ""
    refused: list[list[str]] = field(default_factory=list)
    """Files that the service did not take, and why."""
    failed: str = ""
    """Why the whole did not go through."""
    submitted: bool = False
    target: str = ""
    """Where the files go at the end; set once that is decided."""

    @property
    def place(self) -> Path:
        return Path(self.root) / STATE / "jobs" / self.id

    @property
    def files(self) -> Path:
        return self.place / "files"

    def save(self) -> None:
        """Write the job down, durably."""
        _write(self.place / "job.json", json.dumps(asdict(self), ensure_ascii=False, indent=1))

    def collect(self) -> None:
        """Move what belongs to the job out of the watched folder; may be repeated after an interruption."""
        if self.target:
            return  # it has been moved, and on; what lies there now is something new
        if self.folder is not None:
            if not self.files.exists() and Path(self.folder).is_dir():
                Path(self.folder).rename(self.files)
            return
        self.files.mkdir(exist_ok=True)
        for source in map(Path, self.sources):
            if source.exists() and not (self.files / source.name).exists():
                source.rename(self.files / source.name)

    def content(self) -> dict[str, Any]:
        """Return what stands in ``yushen.json`` beside the scans.

        Raises:
            ValueError: it is no JSON object.
        """
        path = self.files / CONTENT
        if not path.is_file():
            return {}
        read = json.loads(path.read_text(encoding="utf-8-sig"))
        if not isinstance(read, dict):
            raise ValueError("not an object")
        return read

    def uploads(self) -> list[tuple[Path, str]]:
        """Return the files to send, with the name that the service is told."""
        return [(path, path.name) for path in files_below(self.files)]

    def resume(self) -> None:
        """Take up the application of an earlier try, where someone put a failed folder back."""
        path = self.files / RESULT
        if self.application or not path.is_file():
            return
        try:
            before = json.loads(path.read_text(encoding="utf-8"))
            application, serial, code = (str(before[key]) for key in ("application", "serial", "query_code"))
        except (ValueError, KeyError, TypeError, OSError):
            return
        self.application, self.serial, self.query_code = application, serial, code

    def finish(self) -> Path:
        """Write the result beside the files, move them to ``done`` or ``failed`` and forget the job."""
        if not self.target:
            self.target = str(self._free_target())
            self.save()
        target = Path(self.target)
        if self.files.exists():
            _write(self.files / RESULT, json.dumps(self._result(), ensure_ascii=False, indent=1))
            _write(self.files / WORDS, self._words())
            target.parent.mkdir(exist_ok=True)
            self.files.rename(target)
        shutil.rmtree(self.place)
        return target

    def _free_target(self) -> Path:
        parent = Path(self.root) / (FAILED if self.failed or self.refused else DONE)
        stem = f"{self.name} {self.serial}".strip()
        target, count = parent / stem, 1
        while target.exists():
            count += 1
            target = parent / f"{stem} ({count})"
        return target

    def _result(self) -> dict[str, Any]:
        return {
            "application": self.application,
            "serial": self.serial,
            "query_code": self.query_code,
            "submitted": self.submitted,
            "failed": self.failed,
            "refused": [{"file": name, "why": why} for name, why in self.refused],
        }

    def _words(self) -> str:
        lines = []
        if self.serial:
            lines += [f"受理编号：{self.serial}", f"查询码：{self.query_code}"]
            lines.append("已提交审核。" if self.submitted else "材料已上传，尚未提交。")
        if self.failed:
            lines.append(f"没有办成：{self.failed}")
        lines += [f"没有收下：{name}（{why}）" for name, why in self.refused]
        if self.failed or self.refused:
            lines.append("改正后把整个文件夹放回扫描目录，会接着办。")
        return "\r\n".join(lines) + "\r\n"


def claim(root: Path, batch: Batch) -> Job:
    """Make a job of a batch that has stopped growing. Written down before anything moves."""
    job = Job(
        root=str(root),
        id=uuid.uuid4().hex,
        name=batch.name,
        folder=str(batch.folder) if batch.folder is not None else None,
        sources=[] if batch.folder is not None else [str(path) for path in batch.files],
    )
    job.place.mkdir(parents=True, mode=0o700)
    job.save()
    job.collect()
    return job


def jobs_of(root: Path) -> list[Job]:
    """Return the jobs that were under way when the program last ended, oldest first."""
    found: list[tuple[float, Job]] = []
    for path in (root / STATE / "jobs").glob("*/job.json"):
        job = Job(**json.loads(path.read_text(encoding="utf-8")))
        job.root = str(root)
        found.append((path.stat().st_mtime, job))
    return [job for _, job in sorted(found, key=lambda pair: pair[0])]


def _write(path: Path, text: str) -> None:
    """Write beside and move into place: half a file is never seen. Only the owner reads it."""
    part = path.with_name(f".{path.name}.part")
    handle = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(handle, "w", encoding="utf-8", newline="") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    part.replace(path)
