"""The words that rule files may use, for editors: ids of the vocabulary with their Chinese names, kinds of document."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from rules.engine.facts import DocumentType
from rules.engine.policies import CHOICES, OWN_READING
from rules.engine.predicates.base import HOSPITAL_LEVELS, MODALITIES
from rules.engine.predicates.treatment import KINDS
from rules.vocabulary import Vocabulary
from rules.vocabulary.schema import Term

__all__ = ["words_of"]

Schema = dict[str, Any]
PERIOD = r"^\s*(近|至少|满)?\s*(\d+|[一二三四五六七八九十两半])\s*个?\s*(年|月|周|天|日)\s*$"
ICD10 = r"^[A-Za-z]\d{2}(\.\d{1,3})?$|^[A-Za-z]\d{2}\s*[-–~至]\s*[A-Za-z]\d{2}$"


def words_of(vocabulary: Vocabulary) -> Mapping[str, Schema]:
    """Definitions by name."""
    treatments = {**vocabulary.procedures, **vocabulary.drugs}
    classes = {c for p in vocabulary.procedures.values() for c in p.classes}
    classes |= {c for d in vocabulary.drugs.values() for c in d.classes}
    documents = {name: None for kind in DocumentType for name in (kind.label, *kind.label.split("/"), kind.value)}
    levels = [name + ending for name in HOSPITAL_LEVELS for ending in ("", "及以上")]
    own = {"type": "string", "pattern": f"^{OWN_READING}"}
    return {
        "analyte": _ids(vocabulary.analytes),
        "diagnosis": _ids(vocabulary.diagnoses),
        "finding": _ids(vocabulary.findings),
        "measurement": _ids(vocabulary.measurements),
        "treatment": _ids(treatments),
        "class": {"enum": sorted(classes)},
        "kind": {"enum": sorted(KINDS)},
        "document": {"enum": list(documents)},
        "level": {"enum": levels},
        "modality": {"enum": sorted(MODALITIES)},
        "period": {"type": "string", "pattern": PERIOD},
        "icd10": {"type": "string", "pattern": ICD10},
        "reading": own,
        "reading_or_policy": {"anyOf": [_any_of(CHOICES), own]},
    }


def _ids(terms: Mapping[str, Term]) -> Schema:
    # ``enumDescriptions`` is what editors show beside each choice; validators pass over it.
    return {"enum": list(terms), "enumDescriptions": [term.name for term in terms.values()]}


def _any_of(names: Iterable[str]) -> Schema:
    return {"enum": list(names)}
