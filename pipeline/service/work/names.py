"""How work is named and queued, and whose turn it is."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from enum import StrEnum

__all__ = ["APPLICATION", "QUEUES", "SCHEMA", "VERSION", "Kind", "Work", "priority", "work_of"]

APPLICATION = "yushen"
VERSION = "1"
"""Of the shape of the workflows, not of the program: work that waits is taken up by the next release. Raise it only
where what waits could not be run by the new code; the sweeper asks for it anew."""
SCHEMA = "work"
"""In PostgreSQL, the schema beside the service's own tables."""

_EPOCH = dt.datetime(2026, 1, 1, tzinfo=dt.UTC)
_LAST = 2**31 - 1


class Kind(StrEnum):
    """Kinds of work; also the names of the workflows."""

    UPLOAD = "upload"
    PAGE = "page"
    ASSESS = "assess"
    TELL = "tell"


QUEUES = {Kind.UPLOAD: "files", Kind.PAGE: "pages", Kind.ASSESS: "cases", Kind.TELL: "webhooks"}
_SPACING = {Kind.UPLOAD: 5, Kind.PAGE: 15}
"""Seconds by which each further file or page of one case stands back."""


@dataclass(frozen=True, slots=True)
class Work:
    """One thing to do. Its id is the same whoever asks, so that asking twice does it once.

    A further generation of the same work (``page-<id>.2``) is another try.
    """

    kind: Kind
    key: str
    generation: int = 1

    @property
    def id(self) -> str:
        return f"{self.kind}-{self.key}" + (f".{self.generation}" if self.generation > 1 else "")

    @property
    def stem(self) -> str:
        """Where the ids of all generations begin."""
        return f"{self.kind}-{self.key}"

    @property
    def subject(self) -> str:
        """Id of the row: of the upload, page, application or delivery."""
        return self.key.partition("-")[0]


def work_of(id: str) -> Work | None:
    """Read an id; None where it is no id of ours."""
    kind, dash, rest = id.partition("-")
    key, dot, generation = rest.partition(".")
    if not dash or not key or kind not in set(Kind) or (dot and not generation.isdecimal()):
        return None
    return Work(Kind(kind), key, int(generation) if dot else 1)


def priority(kind: Kind, since: dt.datetime, turn: int = 0) -> int:
    """Return the place in the queue; the lowest goes first.

    A moment: when the file came, and for each page that goes before this one in the same case some seconds more. So
    two pages of a small case that comes now go before the far pages of a large one that came a minute ago, and yet
    every page's turn comes, however many cases follow it.
    """
    seconds = (since - _EPOCH).total_seconds() + turn * _SPACING.get(kind, 0)
    return min(max(int(seconds), 1), _LAST)
