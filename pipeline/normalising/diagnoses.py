"""Brings printed diagnoses and drugs to the vocabulary's concepts. A printed code wins and is checked by the name."""

from __future__ import annotations

from dataclasses import replace

from pipeline.nouns import Alert, Severity
from rules.engine.facts import Diagnosis, Treatment
from rules.vocabulary import Vocabulary
from rules.vocabulary.lookup import (
    clean_icd10,
    code_fits,
    diagnosis_grade,
    lookup_diagnosis,
    lookup_drugs,
)

__all__ = ["normalise_diagnosis", "normalise_treatment"]


def normalise_diagnosis(
    diagnosis: Diagnosis, *, vocabulary: Vocabulary
) -> tuple[tuple[Diagnosis, ...], tuple[Alert, ...]]:
    """Return the diagnosis with concept, code and grade.

    A name that holds two diseases (糖尿病肾病 CKD5期) gives a fact for each, with the same evidence; a printed code
    stays with the one that it fits.
    """
    printed = clean_icd10(diagnosis.icd10) if diagnosis.icd10 else None
    match = lookup_diagnosis(diagnosis.name, vocabulary=vocabulary)
    concepts = match.concepts if match else ((diagnosis.concept,) if diagnosis.concept else ())
    if not concepts:
        return (replace(diagnosis, icd10=printed or diagnosis.icd10),), ()
    known = [c for c in concepts if c in vocabulary.diagnoses]
    fitting = [c for c in known if printed and code_fits(printed, c, vocabulary=vocabulary)]
    alerts: tuple[Alert, ...] = ()
    if printed and known and not fitting:
        alerts = (_disagreement(diagnosis),)
    facts: list[Diagnosis] = []
    for number, concept in enumerate(concepts):
        if printed and (concept in fitting or (not fitting and number == 0)):
            code: str | None = printed
        elif number == 0 and match:
            code = match.icd10
        else:
            own = (
                lookup_diagnosis(vocabulary.diagnoses[concept].name, vocabulary=vocabulary)
                if concept in known
                else None
            )
            code = own.icd10 if own else None
        grade = diagnosis.grade or diagnosis_grade(diagnosis.name, (concept,), vocabulary=vocabulary)
        facts.append(replace(diagnosis, concept=concept, icd10=code or printed, grade=grade))
    return tuple(facts), alerts


def _disagreement(diagnosis: Diagnosis) -> Alert:
    first = diagnosis.evidence[0] if diagnosis.evidence else None
    return Alert(
        code="code_name_disagree",
        severity=Severity.WARNING,
        message=f"诊断“{diagnosis.name}”与所印疾病编码不是同一类疾病，可能错行或识别有误，请核对原件",
        file=first.file if first else None,
        page=first.page if first else None,
        evidence=diagnosis.evidence,
    )


def normalise_treatment(treatment: Treatment, *, vocabulary: Vocabulary) -> Treatment:
    """Return the drug treatment with concept and classes; several drugs in one line add their classes."""
    if treatment.kind != "drug":
        return treatment
    drugs = lookup_drugs(treatment.name, vocabulary=vocabulary)
    if not drugs:
        return treatment
    classes = [c for drug in drugs for c in vocabulary.drugs[drug].classes]
    return replace(
        treatment,
        concept=treatment.concept or (drugs[0] if len(drugs) == 1 else None),
        classes=tuple(dict.fromkeys((*treatment.classes, *classes))),
    )
