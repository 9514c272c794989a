"""Progress on stderr: a bar on a terminal, one line per step elsewhere."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from pipeline.review import Progress as Report

__all__ = ["shown"]

_LABELS = {"intake": "打开文件", "reading": "识别页面"}


@contextmanager
def shown() -> Iterator[Report]:
    """Yield a callback for :func:`pipeline.review.review` that shows files and pages being done."""
    console = Console(file=sys.stderr)
    if not console.is_terminal:
        yield _lines
        return
    bars = Progress(
        TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn(), console=console
    )
    tasks = {stage: bars.add_task(label, total=None, visible=False) for stage, label in _LABELS.items()}

    def update(stage: str, done: int, total: int) -> None:
        if stage in tasks:
            bars.update(tasks[stage], completed=done, total=total, visible=True)

    with bars:
        yield update


def _lines(stage: str, done: int, total: int) -> None:
    if stage in _LABELS:
        print(f"{_LABELS[stage]} {done}/{total}", file=sys.stderr, flush=True)
