"""What the conditions of an item ask, as far as a change of evidence can answer it: bounds, windows, levels, papers."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from pydantic import BaseModel

from rules.engine.by_date import resolve
from rules.engine.case_view import short_label
from rules.engine.comparing.words import MODALITIES
from rules.engine.compiling import GROUPS
from rules.engine.marked_yaml import Marked
from rules.engine.predicates import REGISTRY
from rules.engine.predicates.base import document_types
from rules.engine.predicates.lab import Comparison
from rules.engine.predicates.measurement import MeasureParams, make_measures
from rules.engine.predicates.thresholds import Threshold
from rules.engine.ruleset import Rule
from rules.engine.schema import ItemFile
from rules.engine.units import to_canonical
from rules.vocabulary import Vocabulary

__all__ = ["Bound", "Leaf", "leaves_of", "material_of"]


@dataclass(frozen=True, slots=True)
class Bound:
    """A number that an analyte or a measurement must reach."""

    subject: str
    """Id of the analyte or measurement."""
    threshold: Threshold


@dataclass(frozen=True, slots=True)
class Leaf:
    """One condition as it was written, checked."""

    kind: str
    params: BaseModel

    def bounds(self, vocabulary: Vocabulary) -> Iterator[Bound]:
        """Numbers anywhere in the condition."""
        for part in _models(self.params):
            if isinstance(part, Comparison) and part.bounds():
                analyte = vocabulary.analytes[part.analyte]
                yield Bound(part.analyte, Threshold.of(part, lambda n, u, a=analyte: to_canonical(n, u, a)))  # type: ignore[misc]
            elif isinstance(part, MeasureParams):
                (measure,) = make_measures("", (part,), vocabulary)
                yield Bound(part.measure, measure.threshold)

    def sided(self) -> Iterator[tuple[str, str]]:
        """Analytes that must lie outside their printed range: id and ``high``, ``low`` or ``any``."""
        for part in _models(self.params):
            if isinstance(part, Comparison) and part.abnormal is not None:
                yield part.analyte, part.abnormal


def leaves_of(rule: Rule, item: ItemFile, day: dt.date) -> tuple[Leaf, ...]:
    """The conditions of ``item`` on ``day``, groups dissolved."""
    data = resolve(item.when, day, Marked(rule.folder / "rule.yaml", item.when), ())
    return tuple(_leaves(data))


def _leaves(data: Any) -> Iterator[Leaf]:
    ((kind, body),) = data.items()
    if kind not in GROUPS:
        yield Leaf(str(kind), REGISTRY[str(kind)].params.model_validate(body or {}))
        return
    parts = body["of"] if kind == "at_least" else [body] if kind == "not" else body
    for part in parts:
        yield from _leaves(part)


def _models(params: BaseModel) -> Iterator[BaseModel]:
    yield params
    for name in type(params).model_fields:
        value = getattr(params, name)
        for each in value if isinstance(value, tuple) else (value,):
            if isinstance(each, BaseModel):
                yield from _models(each)


_PAPERS = {
    "lab": "检验报告单",
    "lab_panel": "检验报告单",
    "lab_reported": "检验报告单",
    "visits": "门诊或住院记录",
    "after_stay": "出院后的门诊记录",
    "treatment": "治疗或用药记录",
    "form": "申请表",
    "patient": "身份材料",
    "catch_all": "其他相关材料",
    "needs_person": "须人工判断的材料",
}


def material_of(rule: Rule, item: ItemFile, day: dt.date) -> str:
    """Which kind of material an item asks for, in words that are the same over diseases."""
    told = [_material(leaf) for leaf in leaves_of(rule, item, day) if leaf.kind != "needs_person"]
    return " / ".join(dict.fromkeys(told or ["须人工判断的材料"]))


def _material(leaf: Leaf) -> str:
    if leaf.kind in _PAPERS:
        return _PAPERS[leaf.kind]
    modalities = getattr(leaf.params, "modalities", ())
    if modalities:
        return "、".join(MODALITIES.get(m, m) for m in modalities[:3]) + ("等检查" if len(modalities) > 3 else "检查")
    names = getattr(leaf.params, "documents", ())
    if names:
        kinds = sorted(document_types(tuple(names)))
        return "或".join(short_label(kind) for kind in kinds[:3]) + ("等" if len(kinds) > 3 else "")
    return "诊断材料" if "diagnos" in leaf.kind or leaf.kind in ("course", "past_disease") else "检查报告"
