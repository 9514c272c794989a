"""The questions, each a function from a store and filters to an :class:`Answer`.

:data:`QUESTIONS` lists them as a dashboard or a notebook offers them; :func:`ask` answers one by its id.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from pipeline.audit.questions.answer import Answer, Chart, Col, cases
from pipeline.audit.questions.calibration import calibration, calibration_over_time
from pipeline.audit.questions.drift import METRICS, drift
from pipeline.audit.questions.filters import Filters
from pipeline.audit.questions.hospitals import hospital_papers
from pipeline.audit.questions.machine import corrections_made, item_agreement, machine_and_person, overrides
from pipeline.audit.questions.material import missing_material, picture_trouble
from pipeline.audit.questions.misreading import misread_papers, picture_faults
from pipeline.audit.questions.passing import BY, first_time_pass, rounds_needed, step_times
from pipeline.audit.questions.quality import reexamination
from pipeline.audit.questions.readings import own_readings
from pipeline.audit.questions.reasons import leading_reasons, reasons_by_item
from pipeline.audit.store import Store

__all__ = [
    "METRICS",
    "QUESTIONS",
    "Answer",
    "Chart",
    "Col",
    "Filters",
    "Question",
    "ask",
    "calibration",
    "calibration_over_time",
    "cases",
    "corrections_made",
    "drift",
    "first_time_pass",
    "hospital_papers",
    "item_agreement",
    "leading_reasons",
    "machine_and_person",
    "misread_papers",
    "missing_material",
    "overrides",
    "own_readings",
    "picture_faults",
    "picture_trouble",
    "reasons_by_item",
    "reexamination",
    "rounds_needed",
    "step_times",
]


@dataclass(frozen=True, slots=True)
class Question:
    """One question as it is offered."""

    id: str
    group: str
    """Chinese heading under which it stands."""
    ask: Callable[[Store, Filters], Answer]


def _drift(metric: str) -> Callable[[Store, Filters], Answer]:
    return lambda store, filters: drift(store, metric, filters)


_REASONS, _MATERIAL, _TIME, _MACHINE, _HOSPITALS, _DRIFT, _RULES = (
    "退回与不予认定",
    "材料与拍摄",
    "通过与用时",
    "机器与人",
    "医院",
    "逐月变化",
    "规则口径与把握",
)
QUESTIONS: tuple[Question, ...] = (
    Question("leading_reasons", _REASONS, leading_reasons),
    Question("reasons_by_item", _REASONS, reasons_by_item),
    Question("missing_material", _MATERIAL, missing_material),
    Question("picture_trouble_by_channel", _MATERIAL, picture_trouble),
    Question("picture_trouble_by_type", _MATERIAL, partial(picture_trouble, by="type")),
    Question("picture_faults", _MATERIAL, picture_faults),
    *(Question(f"first_time_pass_by_{by}", _TIME, partial(first_time_pass, by=by)) for by in BY),
    Question("rounds_needed", _TIME, rounds_needed),
    Question("step_times", _TIME, step_times),
    Question("step_times_by_disease", _TIME, partial(step_times, by_disease=True)),
    Question("machine_and_person", _MACHINE, machine_and_person),
    Question("item_agreement", _MACHINE, item_agreement),
    Question("overrides", _MACHINE, overrides),
    Question("corrections_made", _MACHINE, corrections_made),
    Question("misread_papers", _MACHINE, misread_papers),
    Question("reexamination", _MACHINE, reexamination),
    Question("hospital_papers", _HOSPITALS, hospital_papers),
    *(Question(f"drift_{metric}", _DRIFT, _drift(metric)) for metric in METRICS),
    Question("own_readings", _RULES, own_readings),
    Question("calibration", _RULES, calibration),
    Question("calibration_over_time", _RULES, calibration_over_time),
)


def ask(store: Store, question: str, filters: Filters | None = None) -> Answer:
    """Answer one question.

    Raises:
        KeyError: there is none of that id.
    """
    for found in QUESTIONS:
        if found.id == question:
            return found.ask(store, filters or Filters())
    raise KeyError(question)
