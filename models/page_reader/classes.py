"""Classes that the network tells apart, and what can belong to what."""

from __future__ import annotations

from collections.abc import Mapping

from models.page_reader.labels import Label

__all__ = ["BEGIN", "CLASSES", "HEAD_OF", "LABELS", "OUTSIDE", "TYPES", "begin", "inside"]

LABELS = tuple(Label)
OUTSIDE, BEGIN = 0, 1
CLASSES = 1 + 2 * len(Label)
"""Outside; then for each label: a piece begins, a piece goes on."""
TYPES = (
    "application_form",
    "discharge_summary",
    "front_page",
    "admission_record",
    "outpatient_record",
    "diagnosis_certificate",
    "lab_report",
    "imaging_report",
    "pathology_report",
    "endoscopy_report",
    "ecg_report",
    "lung_function_report",
    "eeg_emg_report",
    "operation_record",
    "dialysis_record",
    "prescription",
    "receipt",
    "identity_card",
    "other",
)
"""Values of the pipeline's ``DocumentType`` in the order of the network's scores."""

HEAD_OF: Mapping[Label, Label] = {
    Label.ITEM_NAME: Label.ITEM_NAME,
    Label.ITEM_CODE: Label.ITEM_NAME,
    Label.RESULT: Label.ITEM_NAME,
    Label.FLAG: Label.ITEM_NAME,
    Label.UNIT: Label.ITEM_NAME,
    Label.RANGE: Label.ITEM_NAME,
    Label.VALUE: Label.KEY,
    Label.KEY: Label.KEY,
    Label.DIAGNOSIS: Label.SECTION,
    Label.TEXT: Label.SECTION,
}
"""What a piece can belong to. A name or key of several lines belongs to its first line."""


def begin(label: Label) -> int:
    """Class of a token with which a piece begins."""
    return 1 + 2 * LABELS.index(label)


def inside(label: Label) -> int:
    """Class of a token with which a piece goes on."""
    return 2 + 2 * LABELS.index(label)
