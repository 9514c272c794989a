"""Words that say what a page is and what stands in its head: titles, headings, printed labels. Data, with its loader.

``types/*.yaml`` hold one entry per document type (titles, headings, columns), ``labels.yaml`` the labels of page heads,
``people.yaml`` surnames, words that are no name, professional titles,
``places.yaml`` how institutions and departments are named.
Adding a wording touches no Python. Unknown keys are refused; errors name file and entry.
"""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import Any, TypeVar

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator

from rules.engine.facts import DocumentType
from rules.vocabulary import VocabularyError

__all__ = [
    "DocumentRule",
    "FormLabels",
    "LabelRule",
    "People",
    "Places",
    "load_document_rules",
    "load_form",
    "load_labels",
    "load_people",
    "load_places",
]

HERE = Path(__file__).parent


class _Entry(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class DocumentRule(_Entry):
    """How documents of one type are titled and headed. All texts are folded (no white space, half-width)."""

    type: DocumentType
    titles: tuple[str, ...] = ()
    """Plain titles; compared with one character of tolerance from four characters on."""
    patterns: tuple[str, ...] = ()
    """Regular expressions of titles with variable parts."""
    weak_titles: tuple[str, ...] = ()
    """Titles used for several types (报告单, 病历); the headings decide."""
    headings: dict[str, float] = Field(default_factory=dict)
    """Headings and labels typical of the type, at the start of a printed cell or before a colon, with their weight."""
    words: dict[str, float] = Field(default_factory=dict)
    """Terms that may stand anywhere on the page, with their weight."""
    against: dict[str, float] = Field(default_factory=dict)
    """Headings that speak against the type."""
    opening: tuple[str, ...] = ()
    """Headings that open a document of the type: a page that has them is a first page."""

    @field_validator("patterns", "opening")
    @classmethod
    def _compiles(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        import re

        for pattern in value:
            re.compile(pattern)
        return value


class LabelRule(_Entry):
    """One key of a page head and the ways its label is printed."""

    key: str
    labels: tuple[str, ...] = ()
    with_colon: tuple[str, ...] = ()


class People(_Entry):
    """What helps to tell a person's name from other words."""

    surnames: tuple[str, ...]
    double_surnames: tuple[str, ...]
    not_names: tuple[str, ...]
    """Words that stand where a name could stand and are none."""
    titles: tuple[str, ...]
    """Professional titles, highest first."""
    department_ends: tuple[str, ...]


class Places(_Entry):
    """Institutions and departments as letterheads print them, and the words around a title."""

    hospital_ends: tuple[str, ...]
    """Words that end the name of a medical institution."""
    campus_ends: tuple[str, ...]
    """Words that may follow such a name and still belong to it (东院区)."""
    departments: tuple[str, ...]
    not_hospitals: tuple[str, ...]
    """Words that end like a hospital's name and name none (上级医院)."""
    title_fillers: tuple[str, ...]
    """Words beside a title that do not change what it names."""


class FormLabels(_Entry):
    """How application forms label their fields."""

    text: dict[str, tuple[str, ...]]
    """Field -> literal labels, answered by text."""
    ink: dict[str, tuple[str, ...]]
    """Field -> patterns of the label, answered by ink."""
    not_hospital: tuple[str, ...]
    """Patterns of labels of offices whose seal is not the hospital's."""
    ticked: str
    """Characters that are a ticked box."""
    unticked: str
    unsure: str
    """Characters as which OCR returns a box, ticked or not."""
    disease_words: str
    """Pattern of words that names of diseases contain."""


EntryT = TypeVar("EntryT", bound=_Entry)


def _read(path: Path) -> Any:
    return yaml.load(path.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)


def _validate(path: Path, model: type[EntryT], entry: Any, number: int) -> EntryT:
    try:
        return model.model_validate(entry)
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"])
        raise VocabularyError(f"{path}: entry {number}: {where}: {first['msg']}") from error


def _list(path: Path, model: type[EntryT]) -> tuple[EntryT, ...]:
    entries = _read(path)
    if not isinstance(entries, list):
        raise VocabularyError(f"{path}: expected a list")
    return tuple(_validate(path, model, entry, number) for number, entry in enumerate(entries, start=1))


@lru_cache(maxsize=4)
def load_document_rules(root: Path = HERE) -> tuple[DocumentRule, ...]:
    """Load ``types/*.yaml`` below ``root`` (cached).

    Raises:
        VocabularyError: a file is malformed, a key is unknown, a pattern does not compile, a type appears twice.
    """
    rules: list[DocumentRule] = []
    for path in sorted((root / "types").glob("*.yaml")):
        rules += _list(path, DocumentRule)
    seen: set[DocumentType] = set()
    for rule in rules:
        if rule.type in seen:
            raise VocabularyError(f"{root / 'types'}: type {rule.type.value!r} appears twice")
        seen.add(rule.type)
    return tuple(rules)


@lru_cache(maxsize=4)
def load_labels(root: Path = HERE) -> tuple[LabelRule, ...]:
    """Load ``labels.yaml`` (cached)."""
    return _list(root / "labels.yaml", LabelRule)


@lru_cache(maxsize=4)
def load_people(root: Path = HERE) -> People:
    """Load ``people.yaml`` (cached)."""
    return _validate(root / "people.yaml", People, _read(root / "people.yaml"), 1)


@lru_cache(maxsize=4)
def load_places(root: Path = HERE) -> Places:
    """Load ``places.yaml`` (cached)."""
    return _validate(root / "places.yaml", Places, _read(root / "places.yaml"), 1)


@lru_cache(maxsize=4)
def load_form(root: Path = HERE) -> FormLabels:
    """Load ``form.yaml`` (cached)."""
    return _validate(root / "form.yaml", FormLabels, _read(root / "form.yaml"), 1)
