"""What the page reader says of a page: its type, and for pieces of its lines what they are and what they belong to.

Plain types that need neither torch nor the pipeline: the pipeline builds :class:`PageInput` from the lines it read and
gets :class:`PageReading` back; training writes the same labels from pages whose truth is known.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

__all__ = ["Box", "InputLine", "Label", "PageInput", "PageReading", "Span"]

Box = tuple[float, float, float, float]
"""x0, y0, x1, y1; origin top left."""


class Label(StrEnum):
    """What a piece of text is on its page. What carries none of these is noise to the reader and has no span."""

    HOSPITAL = "hospital"
    """Name of the hospital that issues the paper."""
    TITLE = "title"
    """Title of the paper: 检验报告单, 出院记录."""
    KEY = "key"
    """Printed name of a field: 姓名, 采样时间, 科室."""
    VALUE = "value"
    """What is filled in for a key; linked to it."""
    SECTION = "section"
    """Heading of a section: 出院诊断, 检查所见, 医嘱."""
    DIAGNOSIS = "diagnosis"
    """One diagnosis; linked to its section."""
    TEXT = "text"
    """Prose under a section."""
    COLUMN_HEAD = "column_head"
    """Name of a table's column: 项目, 结果, 参考区间."""
    ITEM_NAME = "item_name"
    """Name of a laboratory item; the other cells of its row are linked to it."""
    ITEM_CODE = "item_code"
    """Abbreviation of a laboratory item: WBC."""
    RESULT = "result"
    FLAG = "flag"
    UNIT = "unit"
    RANGE = "range"
    """Reference interval."""


@dataclass(frozen=True, slots=True)
class InputLine:
    """One line of print as it was read."""

    text: str
    box: Box
    """Pixels of the upright page."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PageInput:
    """One upright page: its size in pixels and its lines in reading order."""

    width: float
    height: float
    lines: tuple[InputLine, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """A piece of one line with its label."""

    line: int
    """Index into :attr:`PageInput.lines`."""
    start: int
    end: int
    """Characters ``text[start:end]`` of the line."""
    label: Label
    confidence: float
    """0 to 1: geometric mean of the label's probability over the tokens."""
    link: int | None = None
    """Index into :attr:`PageReading.spans` of the item name, key or section that this piece belongs to."""
    link_confidence: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class PageReading:
    """What the page reader says of one page."""

    types: Mapping[str, float]
    """Probability of each document type (values of ``DocumentType``), summing to 1."""
    spans: tuple[Span, ...]
    """In the order of lines and characters."""
