"""From a story to papers: what each document says, without any layout.

python -m data_samples.factory.papers --example lab_report --seed 3
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np

from data_samples.factory.clinic.model import Encounter, Story
from data_samples.factory.clinic.story import story
from data_samples.factory.clinic.twists import diseases, outcomes
from data_samples.factory.paper import Paper
from data_samples.factory.papers import others, records, tables

__all__ = ["COMPOSE", "compose", "example", "papers"]

COMPOSE: dict[str, Callable[[Any, np.random.Generator], Paper]] = {
    "application_form": others.application_form,
    "discharge_summary": records.discharge_summary,
    "front_page": records.front_page,
    "admission_record": records.admission_record,
    "outpatient_record": records.outpatient_record,
    "diagnosis_certificate": records.diagnosis_certificate,
    "lab_report": tables.lab_report,
    "imaging_report": others.examination,
    "pathology_report": others.examination,
    "endoscopy_report": others.examination,
    "ecg_report": others.examination,
    "lung_function_report": tables.lung_function_report,
    "eeg_emg_report": others.examination,
    "operation_record": records.operation_record,
    "dialysis_record": tables.dialysis_record,
    "prescription": tables.prescription,
    "receipt": tables.receipt,
    "identity_card": others.identity_card,
    "other": others.other,
}


def compose(kind: str, encounter: Encounter, of: Story, rng: np.random.Generator) -> Paper:
    """Return the document of type ``kind`` that tells of ``encounter``."""
    paper = COMPOSE[kind](encounter, rng)
    return paper if encounter.owner == of.patient else replace(paper, owner="other")


def papers(of: Story, rng: np.random.Generator) -> list[Paper]:
    """Return the papers handed in, in their order."""
    return [compose(kind, encounter, of, rng) for kind, encounter in of.handed]


def example(kind: str, rng: np.random.Generator) -> Paper:
    """Return a paper of type ``kind`` from a story drawn by ``rng``, for those who draw papers.

    Raises:
        ValueError: no document has this type.
    """
    if kind not in COMPOSE:
        raise ValueError(f"{kind} is no document type with papers")
    known = diseases()
    while True:
        disease = known[int(rng.integers(len(known)))]
        names = outcomes(disease)
        found = story(disease, names[int(rng.integers(len(names)))], rng)
        wanted = [met for one, met in found.handed if one == kind]
        if wanted:
            return compose(kind, wanted[int(rng.integers(len(wanted)))], found, rng)
