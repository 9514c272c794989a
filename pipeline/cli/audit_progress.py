"""Progress over many records on stderr: a bar on a terminal, a line now and then elsewhere."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn, TimeRemainingColumn

__all__ = ["records_shown"]

_EVERY = 5.0
"""Seconds between two lines where there is no terminal."""


@contextmanager
def records_shown(label: str) -> Iterator[Callable[[int, int | None], None]]:
    """Yield a callback that shows records done and of how many."""
    console = Console(file=sys.stderr)
    if not console.is_terminal:
        yield _lines(label)
        return
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, TimeRemainingColumn(), console=console) as bars:
        task = bars.add_task(label, total=None)
        yield lambda done, total: bars.update(task, completed=done, total=total)


def _lines(label: str) -> Callable[[int, int | None], None]:
    last = -_EVERY

    def show(done: int, total: int | None) -> None:
        nonlocal last
        now = time.monotonic()
        if now - last >= _EVERY or done == total:
            last = now
            print(f"{label} {done}{f'/{total}' if total is not None else ''}", file=sys.stderr, flush=True)

    return show
