"""Comparisons inside a condition: analytes and measurements with their bounds, diagnoses from a grade on."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from decimal import Decimal

from pydantic import BaseModel

from rules.engine.comparing.facets import Entry
from rules.engine.comparing.words import listed
from rules.engine.predicates.lab import Comparison
from rules.engine.predicates.measurement import MeasureParams, make_measures
from rules.engine.predicates.thresholds import Threshold
from rules.engine.units import fold_unit, show_unit, to_canonical
from rules.vocabulary import Vocabulary

__all__ = ["lab_entry", "measure_entry", "other_demands"]

_SIDES = {"high": "高于参考范围", "low": "低于参考范围", "any": "超出参考范围"}
_FORMS = {"number": "只看写成数值的结果", "titre": "只看写成滴度的结果", "words": "只看写成文字的结果"}
_BOUNDS = frozenset({"at_least", "at_most", "above", "below", "reading"})
_OF_LAB = _BOUNDS | {"analyte", "abnormal", "positive", "titre_above", "form"}
_OF_MEASURE = _BOUNDS | {"measure", "of", "only_positive"}


def other_demands(entry: BaseModel, told: frozenset[str]) -> Mapping[str, str]:
    """What ``entry`` sets beyond the keys that are ``told``: a new key is compared before it has words here."""
    fields = type(entry).model_fields
    set_here = {name: getattr(entry, name) for name in fields if name not in told}
    return {name: str(value) for name, value in set_here.items() if value != fields[name].get_default()}


def lab_entry(entry: Comparison, vocabulary: Vocabulary) -> Entry:
    """One comparison of an analyte."""
    analyte = vocabulary.analytes[entry.analyte]
    form, titre = getattr(entry, "form", None), getattr(entry, "titre_above", None)
    more = dict(other_demands(entry, _OF_LAB))
    notes = [*([_FORMS.get(form, str(form))] if form else []), *(f"另要求 {value}" for value in more.values())]
    key = (form, *sorted(more.items()))
    if entry.bounds():
        threshold = Threshold.of(entry, lambda number, unit: to_canonical(number, unit, analyte))
        return _noted(_bounded(analyte.name, threshold, analyte.unit, key), notes)
    if titre is not None:
        return _noted(Entry(analyte.name, ("titre", titre, *key), f"> 1:{titre}"), notes)
    if entry.abnormal is not None:
        return _noted(Entry(analyte.name, (entry.abnormal, *key), _SIDES[entry.abnormal]), notes)
    return _noted(Entry(analyte.name, (entry.positive, *key), "阳性" if entry.positive else "阴性"), notes)


def measure_entry(entry: MeasureParams, vocabulary: Vocabulary) -> Entry:
    """One measurement with its bound."""
    (measure,) = make_measures("", (entry,), vocabulary)
    more = dict(other_demands(entry, _OF_MEASURE))
    notes = [f"只说明{vocabulary.findings[entry.of].name}"] if entry.of else []
    notes += ["达不到不算阴性"] if entry.only_positive else []
    notes += [f"另要求 {value}" for value in more.values()]
    key = (entry.of, entry.only_positive, *sorted(more.items()))
    return _noted(_bounded(measure.term.name, measure.threshold, measure.term.unit, key), notes)


def _bounded(subject: str, threshold: Threshold, unit: str | None, key: tuple[Hashable, ...]) -> Entry:
    canonical = f"{threshold.sign} {_plain(threshold.value)} {show_unit(unit or '')}".strip()
    same = fold_unit(canonical) == fold_unit(threshold.shown) or _plain(threshold.value) in threshold.shown
    return Entry(subject, (threshold.sign, threshold.value, *key), threshold.shown, "" if same else canonical)


def _noted(entry: Entry, notes: list[str]) -> Entry:
    shown = f"{entry.shown}（{listed(notes)}）" if notes else entry.shown
    return Entry(entry.subject, entry.value, shown, entry.converted)


def _plain(value: Decimal) -> str:
    text = f"{round(value, 2):f}"
    return text.rstrip("0").rstrip(".") if "." in text else text
