"""How one hospital's clinical papers look: typeface, labels, numbering, days. Chosen once for each paper."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from data_samples.factory.families.clinical.words import (
    DOCTOR_WORDS,
    FIELD_WORDS,
    NUMBER_WORDS,
    NUMBERINGS,
    SECTION_WORDS,
    chinese_day,
)
from data_samples.factory.families.labels import LabelStyle, choose, label_style
from data_samples.factory.paper import Field, Paper, Section

__all__ = ["Look", "Pages", "a4", "look"]

Pages = dict[str, Any]
"""Size and margins in millimetres: w, h, mx, mt, mb and perhaps ml, mr."""

_FACES = (
    "song",
    "song",
    "times+song",
    "times+song",
    "arial+song",
    "ming",
    "times+ming",
    "fangsong",
    "times+fangsong",
    "hei",
    "arial+hei",
    "micro",
    "zen",
    "kai",
    "times+kai",
    "wenkai",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """One paper's ways."""

    face: str
    head_face: str
    size: float
    """Points."""
    leading: float
    """Ems between lines."""
    labels: LabelStyle
    parts: Mapping[str, str]
    own_titles: bool
    """Parts are headed by the paper's own titles."""
    numbering: str
    """Key of ``NUMBERINGS``."""
    lone_number: bool
    """A list of one is numbered too."""
    inline: bool
    """Diagnoses follow one another in one paragraph."""
    joiner: str
    """Between diagnoses in one paragraph: empty, space, comma, semicolon."""
    bold: bool
    heading: str
    """Round headings: ``{}：``, ``【{}】``, ``{}``."""
    numerals: bool
    """The day of issue stands in Chinese numerals."""

    def title(self, section: Section) -> str:
        """Return the heading of ``section`` without marks of punctuation."""
        return section.title if self.own_titles else self.parts.get(section.key, section.title)

    def headed(self, title: str) -> str:
        return self.heading.format(title) if title else ""

    def value(self, field: Field) -> str:
        """Return what stands after the field's label."""
        return self.labels.value(field)

    def day(self, value: dt.date | dt.datetime) -> str:
        return self.labels.when(value)

    def issued(self, value: dt.date) -> str:
        """Return the day at a letter's end."""
        return chinese_day(value) if self.numerals else f"{value.year}年{value.month}月{value.day}日"

    def number(self, k: int, of: int) -> str:
        """Return the number before the ``k``-th of ``of`` entries, counted from 1."""
        return NUMBERINGS[self.numbering](k) if of > 1 or self.lone_number else ""


def look(rng: np.random.Generator, paper: Paper, *, words: Mapping[str, str] | None = None, **fixed: Any) -> Look:
    """Choose a look for ``paper``; ``fixed`` sets its fields, ``words`` the labels of some keys."""
    chosen = {key: choose(rng, options) for key, options in FIELD_WORDS.items()}
    chosen["number"] = choose(rng, NUMBER_WORDS.get(paper.type, ("编号", "登记号")))
    if paper.type.endswith("_report"):
        chosen["doctor"] = choose(rng, DOCTOR_WORDS)
    if paper.type == "dialysis_record":
        chosen["device"] = choose(rng, ("透析机型", "透析机", "机器型号"))
    one = Look(
        face=choose(rng, _FACES),
        head_face=choose(rng, ("song", "song", "hei", "kai", "ming", "wenkai")),
        size=float(choose(rng, (9.5, 10.0, 10.5, 10.5, 11.0))),
        leading=float(rng.uniform(0.35, 0.65)),
        labels=label_style(rng, **(chosen | dict(words or {}))),
        parts={key: choose(rng, options) for key, options in SECTION_WORDS.items()},
        own_titles=bool(rng.random() < 0.4),
        numbering=choose(rng, ("1.", "1.", "1.", "1. ", "1、", "1、", "(1)", "（1）", "①", "一、", "1)", "1 ")),
        lone_number=bool(rng.random() < 0.3),
        inline=bool(rng.random() < 0.35),
        joiner=choose(rng, ("", " ", "  ", "，", "；", "；", "、")),
        bold=bool(rng.random() < 0.7),
        heading=choose(rng, ("{}：", "{}：", "{}：", "{}:", "【{}】", "{}： ")),
        numerals=bool(rng.random() < 0.2),
    )
    return replace(one, **fixed)


def a4(rng: np.random.Generator, *, mx: tuple[float, float] = (15, 24), **other: float) -> Pages:
    """Return an upright A4 page with margins of this paper's own."""
    return {
        "w": 210,
        "h": 297,
        "mx": float(rng.uniform(*mx)),
        "mt": float(rng.uniform(11, 18)),
        "mb": float(rng.uniform(13, 18)),
    } | other
