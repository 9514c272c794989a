"""Wordings that hospitals use for keys, sections and columns, as data."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

import yaml

__all__ = ["column_words", "key_words", "layouts", "section_words", "words"]


@cache
def words() -> dict[str, Any]:
    """Return ``words.yaml``."""
    loaded: dict[str, Any] = yaml.safe_load(Path(__file__).with_name("words.yaml").read_text(encoding="utf-8"))
    return loaded


@cache
def layouts() -> dict[str, Any]:
    """Return ``layouts.yaml``."""
    loaded: dict[str, Any] = yaml.safe_load(Path(__file__).with_name("layouts.yaml").read_text(encoding="utf-8"))
    return loaded


@cache
def key_words() -> frozenset[str]:
    """Return every wording of a key, without white space."""
    from data_samples.factory.families.clinical.words import DOCTOR_WORDS, FIELD_WORDS, NUMBER_WORDS
    from data_samples.factory.families.labels import LABELS

    groups = [*LABELS.values(), *FIELD_WORDS.values(), *NUMBER_WORDS.values(), DOCTOR_WORDS, *words()["keys"].values()]
    return _bare(groups)


@cache
def section_words() -> frozenset[str]:
    """Return every wording of a section's heading, without white space."""
    from data_samples.factory.families.clinical.words import SECTION_WORDS

    return _bare([*SECTION_WORDS.values(), *words()["sections"].values()])


@cache
def column_words() -> frozenset[str]:
    """Return every wording of a column's head, without white space."""
    from data_samples.factory.families.lab.habits import COLUMN_WORDS

    return _bare([*COLUMN_WORDS.values(), *words()["columns"].values()])


def _bare(groups: Any) -> frozenset[str]:
    return frozenset("".join(str(word).split()) for group in groups for word in group if str(word).strip())
