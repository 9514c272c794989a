"""Asks the page reader about pages that it has not seen yet, all at once."""

from __future__ import annotations

import logging
import threading
from collections.abc import Sequence
from dataclasses import replace
from enum import StrEnum
from functools import lru_cache
from pathlib import Path
from typing import Protocol

from models.page_reader.labels import PageInput, PageReading
from pipeline.learned.pages import page_input
from pipeline.nouns import Alert, LearnedReading, ReadPage, Severity
from pipeline.settings import ExtractingSettings

__all__ = ["Asked", "Finders", "ask", "open_page_reader"]

_LOG = logging.getLogger(__name__)
_ONE_AT_A_TIME = threading.Lock()
"""Threads of a service share one network: the pages of two applicants are never in one call."""


class Finders(StrEnum):
    """Who looks for facts. ``MODEL`` alone exists to be measured: what it finds decides nothing."""

    RULES = "rules"
    MODEL = "model"
    BOTH = "both"


class Asked(Protocol):
    """What the pipeline needs of the page reader."""

    @property
    def version(self) -> str: ...

    def read(self, pages: Sequence[PageInput]) -> tuple[PageReading, ...]: ...


def open_page_reader(settings: ExtractingSettings) -> Asked | None:
    """Return the page reader, loaded once a process; None where it is switched off, has no weights or is damaged.

    Damaged weights are logged; :func:`ask` tells nothing of them, a review goes on by the rules alone.
    """
    return _loaded(settings.page_reader_dir) if settings.page_reader else None


@lru_cache(maxsize=2)
def _loaded(folder: Path | None) -> Asked | None:
    from models.page_reader.reader import load

    try:
        return load(folder)
    except Exception as error:  # damaged weights cost the page reader, never the reviews
        _LOG.error("page reader not loaded: %s", type(error).__name__)
        return None


def ask(pages: Sequence[ReadPage], reader: Asked | None) -> tuple[tuple[ReadPage, ...], tuple[Alert, ...]]:
    """Return ``pages`` with what ``reader`` says of each; those that it read before are not read again.

    Without a reader the pages come back without a reading. A network that fails costs its readings, never the case.
    """
    if reader is None:
        return tuple(replace(page, learned=None) if page.learned else page for page in pages), ()
    version = reader.version
    waiting = [
        number
        for number, page in enumerate(pages)
        if page.readable and (page.learned is None or page.learned.version != version)
    ]
    done = list(pages)
    if not waiting:
        return tuple(done), ()
    try:
        with _ONE_AT_A_TIME:
            readings = reader.read([page_input(pages[number]) for number in waiting])
    except Exception as error:  # kind only: the message of a foreign exception may quote the page
        _LOG.error("page reader failed: %s", type(error).__name__)
        return tuple(replace(page, learned=None) for page in pages), (_failed(),)
    for number, reading in zip(waiting, readings, strict=True):
        done[number] = replace(pages[number], learned=LearnedReading(version, reading))
    return tuple(done), ()


def _failed() -> Alert:
    return Alert(
        code="page_reader_failed",
        severity=Severity.INFO,
        message="版面模型这次没有运行，内容只由规则读取。",
    )
