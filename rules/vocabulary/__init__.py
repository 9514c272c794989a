"""Loads the vocabulary: ``<kind>/*.yaml`` beside this file, each a list of terms of that kind.

Adding a term or a file touches no Python. Errors name the file and the entry.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property, lru_cache
from pathlib import Path
from types import MappingProxyType
from typing import TypeVar

import yaml
from pydantic import ValidationError

from rules.vocabulary.schema import (
    Analyte,
    DiagnosisTerm,
    DrugTerm,
    FindingTerm,
    MeasurementTerm,
    ProcedureTerm,
    Term,
)

__all__ = ["Vocabulary", "VocabularyError", "load_vocabulary"]

HERE = Path(__file__).parent
TermT = TypeVar("TermT", bound=Term)


class VocabularyError(ValueError):
    """A vocabulary file does not hold what it should; the message names file and entry."""


@dataclass(frozen=True, kw_only=True)
class Vocabulary:
    """All terms by id."""

    analytes: Mapping[str, Analyte]
    diagnoses: Mapping[str, DiagnosisTerm]
    drugs: Mapping[str, DrugTerm]
    procedures: Mapping[str, ProcedureTerm]
    findings: Mapping[str, FindingTerm]
    measurements: Mapping[str, MeasurementTerm]

    def codes_below(self, broader: str) -> frozenset[str]:
        """Return the ICD-10 codes of the diagnoses directly below ``broader``."""
        return self._codes_below.get(broader, frozenset())

    @cached_property
    def _codes_below(self) -> Mapping[str, frozenset[str]]:
        """Judging asks this for every diagnosis whose code differs from its name, so it is worked out once."""
        found: dict[str, set[str]] = {}
        for term in self.diagnoses.values():
            for broader in term.broader:
                found.setdefault(broader, set()).update(term.icd10)
        return {broader: frozenset(codes) for broader, codes in found.items()}


def _load_kind(folder: Path, model: type[TermT]) -> Mapping[str, TermT]:
    terms: dict[str, TermT] = {}
    for path in sorted(folder.glob("*.yaml")):
        entries = yaml.load(path.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader) or []
        if not isinstance(entries, list):
            raise VocabularyError(f"{path}: expected a list of terms")
        for number, entry in enumerate(entries, start=1):
            try:
                term = model.model_validate(entry)
            except ValidationError as error:
                first = error.errors()[0]
                where = ".".join(str(part) for part in first["loc"])
                raise VocabularyError(f"{path}: entry {number}: {where}: {first['msg']}") from error
            if term.id in terms:
                raise VocabularyError(f"{path}: entry {number}: id {term.id!r} is used twice")
            terms[term.id] = term
    return MappingProxyType(terms)


@lru_cache(maxsize=4)
def load_vocabulary(root: Path = HERE) -> Vocabulary:
    """Load every vocabulary file below ``root`` (cached).

    Raises:
        VocabularyError: a file is malformed, a key is unknown, an id is used twice.
    """
    return Vocabulary(
        analytes=_load_kind(root / "analytes", Analyte),
        diagnoses=_load_kind(root / "diagnoses", DiagnosisTerm),
        drugs=_load_kind(root / "drugs", DrugTerm),
        procedures=_load_kind(root / "procedures", ProcedureTerm),
        findings=_load_kind(root / "findings", FindingTerm),
        measurements=_load_kind(root / "measurements", MeasurementTerm),
    )
