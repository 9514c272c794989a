"""Rules of clinical Chinese as data: section headings, assertion cues, words of diagnosis lists, examinations.

Each file is loaded by one cached function; unknown keys are refused and errors name file and entry. Adding a heading
or a cue touches no Python.
"""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import Any, Literal, TypeVar

import yaml
from pydantic import BaseModel, ConfigDict, ValidationError

from rules.engine.facts import AssertionStatus
from rules.vocabulary import VocabularyError

__all__ = [
    "Cue",
    "ExamKind",
    "Exams",
    "ListWords",
    "ProseWords",
    "SectionKind",
    "SectionRule",
    "load_cues",
    "load_exams",
    "load_list_words",
    "load_prose_words",
    "load_sections",
]

HERE = Path(__file__).parent

SectionKind = Literal[
    "diagnosis", "differential", "history", "family", "illness", "course", "exam", "findings", "conclusion",
    "orders", "procedure", "allergy", "other", "stop",
]  # fmt: skip
"""What stands under a heading: a list of diagnoses, prose of one kind, an examination's observations or its
conclusion, orders and drugs; ``stop`` is a label that ends the section before it (signature, page head)."""


class _Entry(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class SectionRule(_Entry):
    """One kind of section and the headings that open it."""

    name: str
    """Standard term; facts carry it."""
    kind: SectionKind
    titles: tuple[str, ...]
    """Headings without white space. ``(西医)`` and other brackets are written as they are printed, half-width."""
    strong: bool = True
    """True: opens a section wherever it stands before a colon. False (诊断, 提示, 建议 ...: words of prose too): only
    at the start of a row, alone in its cell, or in 【】."""
    status: AssertionStatus = AssertionStatus.CONFIRMED
    """How what stands here is asserted unless a cue says otherwise."""
    glued: bool = False
    """True: opens a section at the start of a row even where no colon or gap follows."""


class Cue(_Entry):
    """Words that change how a statement is asserted (ConText: literal, category, direction, scope)."""

    category: Literal["denied", "suspected", "history", "family", "planned", "none", "stop"]
    """``none``: looks like a cue and is none (无明显诱因). ``stop``: ends the scope of cues before it (但, 可见)."""
    direction: Literal["forward", "backward", "both"] = "forward"
    scope: Literal["clause", "list", "sentence", "near"] = "clause"
    """How far it reaches: to the next comma; over commas as long as the parts read like a list; to the end of the
    sentence; or only to the words beside it."""
    words: tuple[str, ...]
    """Regular expressions on text without white space, half-width."""


class ExamKind(_Entry):
    """One kind of examination: how reports and prose call it, and what a normal result of it excludes."""

    id: str
    names: tuple[str, ...]
    """Regular expressions."""
    denies: dict[str, tuple[str, ...]] = {}
    """Finding ids that are stated absent when the whole conclusion is normal, by the body part (a regular
    expression) that the report must name for it."""


class Exams(_Entry):
    """Examinations, words that hide a term, and what may stand in a normal conclusion."""

    kinds: tuple[ExamKind, ...]
    blockers: tuple[str, ...]
    """Regular expressions of words that contain a term and do not state it (癌胚抗原, 防癌)."""
    normal_clause: tuple[str, ...]
    """Clauses that state nothing abnormal."""
    neutral_clause: tuple[str, ...]
    """Clauses that say nothing of normal or abnormal (请结合临床)."""


class ListWords(_Entry):
    """What tells one diagnosis of a list from the continuation of another."""

    disease_ends: tuple[str, ...]
    """Regular expressions of how the name of a disease ends."""
    modifiers: tuple[str, ...]
    """Regular expressions of parts that belong to the diagnosis before them (极高危, 恢复期, 心功能Ⅲ级)."""
    joiners: tuple[str, ...]
    """Openings that continue the diagnosis before (伴, 并, 合并)."""
    not_items: tuple[str, ...]
    """Regular expressions of what may stand among diagnoses and is none (signatures, dates, column headings)."""
    suspected: tuple[str, ...]
    """Regular expressions that make a diagnosis of a list a suspected one."""
    denied: tuple[str, ...]
    """... an excluded one."""
    history: tuple[str, ...]
    """... one of the past."""


class ProseWords(_Entry):
    """Words around dates and numbers in prose."""

    admitted: tuple[str, ...]
    discharged: tuple[str, ...]
    visited: tuple[str, ...]
    operated: tuple[str, ...]
    given: tuple[str, ...]
    """Verbs before a treatment that was given (行, 予, 口服)."""
    qualitative: tuple[str, ...]
    """Results in words (阳性, 阴性)."""


ModelT = TypeVar("ModelT", bound=_Entry)


def _read(path: Path) -> Any:
    return yaml.load(path.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)


def _check(path: Path, model: type[ModelT], entry: Any, where: str) -> ModelT:
    try:
        return model.model_validate(entry)
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(str(part) for part in first["loc"])
        raise VocabularyError(f"{path}: {where}: {place}: {first['msg']}") from error


def _many(path: Path, model: type[ModelT]) -> tuple[ModelT, ...]:
    entries = _read(path)
    if not isinstance(entries, list):
        raise VocabularyError(f"{path}: expected a list")
    return tuple(_check(path, model, entry, f"entry {number}") for number, entry in enumerate(entries, start=1))


@lru_cache(maxsize=4)
def load_sections(root: Path = HERE) -> tuple[SectionRule, ...]:
    """Load ``sections.yaml``.

    Raises:
        VocabularyError: the file is malformed, or one heading is given to two sections.
    """
    path = root / "sections.yaml"
    rules = _many(path, SectionRule)
    owners: dict[str, str] = {}
    for rule in rules:
        for title in rule.titles:
            if owners.setdefault(title, rule.name) != rule.name:
                raise VocabularyError(f"{path}: heading {title!r} belongs to {owners[title]!r} and {rule.name!r}")
    return rules


@lru_cache(maxsize=4)
def load_cues(root: Path = HERE) -> tuple[Cue, ...]:
    """Load ``assertion.yaml``."""
    return _many(root / "assertion.yaml", Cue)


@lru_cache(maxsize=4)
def load_exams(root: Path = HERE) -> Exams:
    """Load ``exams.yaml``."""
    return _check(root / "exams.yaml", Exams, _read(root / "exams.yaml"), "file")


@lru_cache(maxsize=4)
def load_list_words(root: Path = HERE) -> ListWords:
    """Load ``lists.yaml``."""
    return _check(root / "lists.yaml", ListWords, _read(root / "lists.yaml"), "file")


@lru_cache(maxsize=4)
def load_prose_words(root: Path = HERE) -> ProseWords:
    """Load ``prose.yaml``."""
    return _check(root / "prose.yaml", ProseWords, _read(root / "prose.yaml"), "file")
