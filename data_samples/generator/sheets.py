"""A sheet: what one document prints (for a template) and what is true of it (for truth.yaml), from the same values.

Every printed value that is a fact is marked with an id; rendering reports where the mark landed, and that place becomes
the fact's box.
"""

from __future__ import annotations

import datetime as dt
import itertools
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

__all__ = ["Ink", "Json", "Sheet", "cn_date", "prose"]

Json = dict[str, Any]
"""What templates and YAML hold; checked by rendering and by the truth loader, not by the type checker."""

_MARKED = re.compile(r"⟦(\w+)\|(.*?)⟧", re.S)


@dataclass(slots=True)
class Sheet:
    """One document before it is rendered."""

    template: str
    """Name of a typst template, or ``reportlab`` / ``pillow`` for the drawn ones."""
    data: Json
    truth: Json
    """Facts by kind (``diagnoses``, ``lab_results``, ...), each with a ``mark`` that rendering turns into a box."""
    _ids: Iterator[int] = field(default_factory=lambda: itertools.count(1))

    def new_mark(self, prefix: str = "m") -> str:
        return f"{prefix}{next(self._ids)}"

    def add(self, kind: str, fact: Json) -> str:
        """Note ``fact`` under ``kind`` and return the id with which its print must be marked."""
        mark = self.new_mark(kind[:2])
        self.truth.setdefault(kind, []).append({**fact, "mark": mark})
        return mark


@dataclass(frozen=True, slots=True)
class Ink:
    """A picture laid on the paper: drawn when the sheet is rendered, placed in millimetres from its anchor."""

    draw: Callable[[Path, np.random.Generator], None]
    dx: float
    dy: float
    w: float


def prose(text: str) -> list[Json]:
    """Split ``text`` with ``⟦id|words⟧`` marks into runs for a template."""
    runs: list[Json] = []
    end = 0
    for match in _MARKED.finditer(text):
        if match.start() > end:
            runs.append({"t": text[end : match.start()]})
        runs.append({"t": match[2], "id": match[1], "long": True})
        end = match.end()
    if end < len(text):
        runs.append({"t": text[end:]})
    return runs


def cn_date(day: dt.date) -> str:
    """``2026年3月1日``."""
    return f"{day.year}年{day.month}月{day.day}日"
