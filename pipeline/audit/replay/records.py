"""Stored cases on their way to be judged again: one record an application, some hundred records a chunk."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Protocol

__all__ = ["CHUNK", "Chunk", "FactsSource", "Record", "SourceError", "chunks_of"]

CHUNK = 500
"""Records in one chunk: about half a second of work for one process, so that little is lost when a run is stopped."""


class SourceError(Exception):
    """There are no stored cases to be found; the message is Chinese and says where was looked."""


@dataclass(frozen=True, slots=True)
class Record:
    """One application. ``facts`` is parsed where it is judged, so that a broken one breaks nothing else."""

    application: str
    """A de-identified id."""
    diseases: tuple[str, ...]
    """Rule ids to judge it by; empty where ``facts`` is a line that says so itself."""
    facts: str | bytes
    """JSON of :mod:`rules.engine.stored_facts`; or a line ``{"disease": ..., "facts": {...}}``."""
    recorded: tuple[tuple[str, str], ...] = ()
    """Disease and conclusion of the time, where they are known."""
    settled: tuple[tuple[str, str, str], ...] = ()
    """Disease, item and status where a person took an item for something else than the machine."""
    region: str = ""
    """Id of the region whose rules it was judged by, where it is known."""


@dataclass(frozen=True, slots=True)
class Chunk:
    """Records that are judged together. The number is that of its place in the source."""

    number: int
    records: tuple[Record, ...]


class FactsSource(Protocol):
    """Where stored cases come from. It gives the same records in the same order each time."""

    @property
    def name(self) -> str:
        """What a reader is told, Chinese; without places of this machine."""

    @property
    def fingerprint(self) -> str | None:
        """Differs where the records differ: a run that was stopped goes on only with the same ones. None: unknown."""

    def count(self) -> int | None:
        """How many records there are; None where that is not known beforehand."""

    def records(self) -> Iterator[Record]:
        """All records in order.

        Raises:
            SourceError: they cannot be read.
        """


def chunks_of(records: Iterable[Record], size: int = CHUNK) -> Iterator[Chunk]:
    """Cut ``records`` into chunks."""
    left = iter(records)
    number = 0
    while part := tuple(islice(left, size)):
        yield Chunk(number, part)
        number += 1
