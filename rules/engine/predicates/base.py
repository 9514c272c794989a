"""What a predicate is: parameters checked at load, a label for people, and a function from a case to an outcome.

A predicate registers under the key that rule files use. Adding one is a new module with ``@predicate("name", Params)``.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Annotated, Any, TypeVar

from pydantic import AfterValidator, BaseModel, ConfigDict, field_validator

from rules.engine.admission import Admission, Conditions
from rules.engine.case_view import CaseView
from rules.engine.dates import Period, parse_period
from rules.engine.facts import DocumentType
from rules.engine.nearest import nearest, unknown_term
from rules.engine.outcome import Outcome, Weight, combine, failed
from rules.engine.policies import Policies
from rules.engine.targets import Target
from rules.vocabulary import Vocabulary
from rules.vocabulary.schema import Term

__all__ = [
    "HOSPITAL_LEVELS",
    "MODALITIES",
    "REGISTRY",
    "DocumentNames",
    "Environment",
    "Group",
    "Leaf",
    "ModalityNames",
    "ParamError",
    "Params",
    "Sourced",
    "Test",
    "compiled",
    "document_types",
    "known_classes",
    "known_ids",
    "located",
    "predicate",
    "run_test",
    "settle",
]

_LOG = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Environment:
    """What predicates may look up while they are built."""

    vocabulary: Vocabulary
    policies: Policies
    target: Target
    """The disease of the rule."""
    own_readings: bool = True
    """False: evidence whose weight rests on a reading of ours (经验口径) is for a person."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Leaf:
    """One condition, ready to run."""

    label: str
    run: Callable[[CaseView], Outcome]
    can_be_unmet: bool
    """False for conditions of which no evidence can show the contrary (too few visits are missing, not unmet)."""
    can_be_met: bool = True
    can_be_missing: bool = True
    """False for what is for a person whatever was handed in."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """Conditions combined: any, any_proof, all, list, at_least, not."""

    kind: str
    k: int
    label: str
    parts: tuple[Test, ...]
    reading: str | None = None

    @property
    def can_be_met(self) -> bool:
        if self.kind == "not":
            return self.parts[0].can_be_unmet
        can = [part.can_be_met for part in self.parts]
        return all(can) if self.kind in ("all", "list") else any(can)

    @property
    def can_be_unmet(self) -> bool:
        if self.kind == "not":
            return self.parts[0].can_be_met
        can = [part.can_be_unmet for part in self.parts]
        return any(can) if self.kind in ("all", "any_proof") else all(can)

    @property
    def can_be_missing(self) -> bool:
        can = [part.can_be_missing for part in self.parts]
        if self.kind in ("all", "list"):
            return any(can)
        return len(can) - sum(can) < self.k


Test = Leaf | Group


def run_test(test: Test, case: CaseView) -> Outcome:
    """Run a condition. One that breaks is for a person and never true."""
    if isinstance(test, Group):
        parts = [run_test(part, case) for part in test.parts]
        return combine(test.kind, test.k, test.label, parts, reading=test.reading)
    try:
        return test.run(case)
    except Exception as error:
        # The type only: messages of exceptions may carry clinical text.
        _LOG.warning("predicate failed: %s", type(error).__name__)
        return failed(test.label)


ParamsT = TypeVar("ParamsT", bound="Params")
Build = Callable[[Any, Environment], Leaf]


@dataclass(frozen=True, slots=True)
class _Kind:
    params: type[Params]
    build: Build


REGISTRY: dict[str, _Kind] = {}


def predicate(
    name: str, params: type[ParamsT]
) -> Callable[[Callable[[ParamsT, Environment], Leaf]], Callable[[ParamsT, Environment], Leaf]]:
    """Register a predicate under ``name``."""

    def register(build: Callable[[ParamsT, Environment], Leaf]) -> Callable[[ParamsT, Environment], Leaf]:
        if name in REGISTRY:
            raise ValueError(f"predicate {name!r} is registered twice")
        REGISTRY[name] = _Kind(params, build)
        return build

    return register


class Params(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


HOSPITAL_LEVELS = {
    "一级": (1, None),
    "二级": (2, None),
    "三级": (3, None),
    "三级甲等": (3, "甲"),
    "二级甲等": (2, "甲"),
}
_DOCUMENTS = {t.label: t for t in DocumentType} | {t.value: t for t in DocumentType}
_DOCUMENTS |= {part: t for t in DocumentType for part in t.label.split("/")}


class ParamError(ValueError):
    """A parameter cannot be used; ``at`` leads to it inside the predicate."""

    def __init__(self, problem: str, at: tuple[str | int, ...]) -> None:
        super().__init__(problem)
        self.at = at


@contextmanager
def located(*at: str | int) -> Iterator[None]:
    """Name the parameter that a ValueError is about."""
    try:
        yield
    except ParamError as error:
        raise ParamError(str(error), (*at, *error.at)) from error
    except ValueError as error:
        raise ParamError(str(error), at) from error


def compiled(key: str, text: str | None) -> re.Pattern[str] | None:
    """Compile the regular expression that a rule gives under ``key``; None where it gives none.

    Raises:
        ParamError: it does not compile; the message leads to ``key``.
    """
    with located(key):
        try:
            return re.compile(text) if text else None
        except re.error as error:
            raise ValueError(f"不是合格的正则表达式：{error}") from error


def document_types(names: tuple[str, ...]) -> frozenset[DocumentType]:
    """Document types by Chinese label, a part of it, or id.

    Raises:
        ValueError: no such type.
    """
    for name in names:
        if name not in _DOCUMENTS:
            known = "、".join(t.label for t in DocumentType)
            raise ValueError(f"没有“{name}”这种材料。{nearest(name, _DOCUMENTS)}可写：{known}")
    return frozenset(_DOCUMENTS[name] for name in names)


def _known_documents(names: tuple[str, ...]) -> tuple[str, ...]:
    document_types(names)
    return names


DocumentNames = Annotated[tuple[str, ...], AfterValidator(_known_documents)]
"""Kinds of document by Chinese label or id, checked."""


MODALITIES = frozenset(
    [
        "angiography",
        "bone_density",
        "ct",
        "cytology",
        "ecg",
        "echo",
        "eeg",
        "emg",
        "endoscopy",
        "exercise_test",
        "fundus",
        "holter",
        "lung_function",
        "mri",
        "nerve_exam",
        "nuclear",
        "pathology",
        "slit_lamp",
        "ultrasound",
        "xray",
    ]
)
"""Examinations that extracting tells apart (rules/vocabulary/language/exams.yaml)."""


def _known_modalities(names: tuple[str, ...]) -> tuple[str, ...]:
    for name in names:
        if name not in MODALITIES:
            raise ValueError(f"没有“{name}”这种检查。{nearest(name, MODALITIES)}可写：{'、'.join(sorted(MODALITIES))}")
    return names


ModalityNames = Annotated[tuple[str, ...], AfterValidator(_known_modalities)]
"""Examinations by id, checked: a misspelt one would never be found."""


class Sourced(Params):
    """Parameters that every predicate on evidence has: which document, which hospital, how recent."""

    documents: DocumentNames = ()
    hospital_level: str | None = None
    """一级, 二级, 三级 (each "and above"), 三级甲等."""
    window: str | None = None
    """Look-back window from the application date: 近2年."""
    departments: tuple[str, ...] = ()

    @field_validator("hospital_level")
    @classmethod
    def _known_level(cls, value: str | None) -> str | None:
        if value is not None and value.removesuffix("及以上") not in HOSPITAL_LEVELS:
            raise ValueError(f"没有“{value}”这一级，可写：{'、'.join(HOSPITAL_LEVELS)}（均含以上）")
        return value

    @field_validator("window")
    @classmethod
    def _known_window(cls, value: str | None) -> str | None:
        if value is not None:
            parse_period(value)
        return value

    def conditions(self, *, examination: bool = False, documents: tuple[str, ...] = ()) -> Conditions:
        level, grade = HOSPITAL_LEVELS[self.hospital_level.removesuffix("及以上")] if self.hospital_level else (0, None)
        return Conditions(
            documents=document_types(self.documents or documents),
            level=level,
            grade=grade,
            window=self.period(),
            departments=self.departments,
            examination=examination,
        )

    def period(self) -> Period | None:
        return parse_period(self.window) if self.window else None

    def prefix(self) -> str:
        """``近2年 二级及以上`` for labels."""
        parts = []
        if self.window:
            parts.append(f"近{parse_period(self.window).text}")
        if self.hospital_level:
            name = self.hospital_level.removesuffix("及以上")
            parts.append(name if "等" in name else name + "及以上医疗机构")
        if self.departments:
            parts.append("、".join(self.departments))
        return " ".join(parts)


_READING_FAULTS = frozenset(
    {"no_place", "generative_only", "model_only", "low_confidence", "doubtful_result", "document_unknown"}
)


def settle(admission: Admission, weight: Weight, reason: str, text: str) -> tuple[Weight, str, str]:
    """Put what evidence says (``weight``) under whether it may count (``admission``).

    A negative that may not count is no negative: it is turned down. A reading that is unsure is unsure both ways.
    """
    if admission.weight is Weight.SUPPORT or weight is Weight.REJECTED:
        return weight, reason, text
    told = f"{text}（{admission.text}）"
    if admission.weight is Weight.UNSURE and weight is Weight.CONTRARY and admission.reason not in _READING_FAULTS:
        return Weight.REJECTED, admission.reason, told
    return admission.weight, admission.reason, told


FOLDERS = {"化验项目": "analytes", "检查所见": "findings", "治疗": "procedures/ 或 drugs", "测量值": "measurements"}
"""Where the terms of a kind are written, below ``rules/vocabulary``."""


def known_ids(kind: str, ids: tuple[str, ...], known: Mapping[str, Term]) -> None:
    """Refuse ids that the vocabulary does not have.

    Raises:
        ParamError: the first unknown one, its place among ``ids``, and the id that may be meant.
    """
    for index, name in enumerate(ids):
        if name not in known:
            at = (index,) if len(ids) > 1 else ()
            raise ParamError(unknown_term(kind, name, known, FOLDERS[kind]), at)


def known_classes(classes: tuple[str, ...], vocabulary: Vocabulary) -> None:
    """Refuse classes of drugs and treatments that the vocabulary does not have.

    Raises:
        ParamError: as of :func:`known_ids`.
    """
    known = {name: None for term in vocabulary.procedures.values() for name in term.classes}
    known |= {name: None for term in vocabulary.drugs.values() for name in term.classes}
    for index, name in enumerate(classes):
        if name not in known:
            where = "类别写在程序的 rules/vocabulary/drugs/ 和 procedures/ 各词条的 classes 里"
            raise ParamError(f"药物和治疗词表里没有 {name} 这一类。{nearest(name, known)}{where}", (index,))
