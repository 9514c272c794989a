"""Goes over the watched folder again and again: takes what has stopped growing, and brings every job forward."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from pipeline.cli.exits import CommandError
from pipeline.cli.watching.calling import AwayError, Calling, RefusedError
from pipeline.cli.watching.folder import Batch, batches
from pipeline.cli.watching.jobs import Job, claim, jobs_of

__all__ = ["Watcher"]

_FIRST_WAIT, _LONGEST_WAIT = 2.0, 300.0
_KEY_REFUSED = frozenset({401, 403})
Look = tuple[tuple[str, int, int], ...]


@dataclass(slots=True)
class Watcher:
    """One folder. ``tell`` gets a line (Chinese) for whoever looks at the window."""

    root: Path
    calling: Calling
    defaults: Mapping[str, Any] = field(default_factory=dict)
    """Disease, region ... of every application whose folder does not say otherwise."""
    submit: bool = False
    settle: float = 10.0
    """Seconds without any change after which files are taken."""
    tell: Callable[[str], None] = print
    clock: Callable[[], float] = time.monotonic
    _seen: dict[str, tuple[Look, float]] = field(default_factory=dict)
    _jobs: list[Job] | None = None
    _away: int = 0
    _not_before: float = 0.0

    def step(self) -> bool:
        """Do what can be done now.

        Returns:
            True while something is on its way or still grows.

        Raises:
            CommandError: the key is refused, or the folder cannot be used. No file is lost; a new start goes on.
        """
        if self._jobs is None:
            self._jobs = jobs_of(self.root)
            for job in self._jobs:
                job.collect()  # before the folder is looked at: what is theirs must not become another job's
        self._jobs += [self._claimed(batch) for batch in self._settled()]
        if self.clock() >= self._not_before:
            for job in list(self._jobs):
                if not self._forward(job):
                    break
                self._jobs.remove(job)
        return bool(self._jobs or self._seen)

    def _settled(self) -> list[Batch]:
        """Return the batches that have not changed for the time to settle, and note how the others look."""
        now = self.clock()
        seen: dict[str, tuple[Look, float]] = {}
        settled = []
        for batch in batches(self.root):
            try:
                look = batch.look()
            except OSError:
                continue
            last, since = self._seen.get(batch.key, (None, now))
            if look != last:
                since = now
            seen[batch.key] = (look, since)
            if now - since >= self.settle and look == last:
                settled.append(batch)
                del seen[batch.key]
        self._seen = seen
        return settled

    def _claimed(self, batch: Batch) -> Job:
        try:
            job = claim(self.root, batch)
        except OSError as error:
            raise CommandError(f"不能移动 {self.root} 里的文件：{error.strerror}") from error
        self.tell(f"{batch.name}：{len(batch.files)} 个文件，开始上传")
        return job

    def _forward(self, job: Job) -> bool:
        """Bring a job to its end; False when the service is away and it has to wait."""
        try:
            if not job.target:
                self._send(job)
        except AwayError as error:
            self._away += 1
            wait = max(error.wait, min(_LONGEST_WAIT, _FIRST_WAIT * 2 ** min(self._away - 1, 10)))
            self._not_before = self.clock() + wait
            self.tell(f"{job.name}：服务暂时连不上，{wait:.0f} 秒后再试")
            return False
        self._away = 0
        target = job.finish()
        what = job.failed or ("；".join(f"{name} {why}" for name, why in job.refused)) or "完成"
        self.tell(f"{job.name}：{job.serial or '没有受理'} {what} → {target.parent.name}/")
        return True

    def _send(self, job: Job) -> None:
        job.failed = ""
        job.resume()
        try:
            self._describe(job)
            job.refused = []
            for path, name in job.uploads():
                try:
                    self.calling.upload(job.application, path, name)
                except RefusedError as error:
                    if error.status in _KEY_REFUSED or error.code in ("not_open", "not_found"):
                        raise
                    job.refused.append([name, str(error)])
            if self.submit and not job.refused and not job.submitted:
                self.calling.submit(job.application, f"{job.id}-submit")
                job.submitted = True
        except RefusedError as error:
            if error.status in _KEY_REFUSED:
                raise CommandError(f"接口密钥不能用（{error}）；材料都还在，换好密钥再启动会接着上传") from error
            job.failed = str(error)
        except OSError as error:
            job.failed = f"文件读不出来：{error.strerror}"
        job.save()

    def _describe(self, job: Job) -> None:
        """Make the application, or bring the one of an earlier try to what is written down now."""
        try:
            written = job.content()
        except (ValueError, OSError):
            raise RefusedError(422, "bad_content", "yushen.json 写得不对") from None
        content = {**self.defaults, **written}
        if job.application:
            told: dict[str, Any] = {key: content[key] for key in ("disease", "person") if key in content}
            if told:
                self.calling.change(job.application, told)
            return
        made = self.calling.create(job.id, content)
        job.application, job.serial, job.query_code = made["id"], made["serial"], made["query_code"]
        job.save()
