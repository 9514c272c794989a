"""Casework: from rows to a judged case, what reviewers correct in it, and what the applicant is told of it."""

from __future__ import annotations

from pipeline.service.casework.assessing import assess, assessment_of, latest_assessment
from pipeline.service.casework.corrections.changes import FIELDS, Kind, criterion
from pipeline.service.casework.corrections.correcting import Corrected, correct, undo
from pipeline.service.casework.feedback import (
    Feedback,
    Lost,
    Needed,
    PageRef,
    ReceivedDocument,
    RetakePage,
    feedback_of,
)
from pipeline.service.casework.stored import StoredCaseError, case_from_bytes, case_to_bytes

__all__ = [
    "FIELDS",
    "Corrected",
    "Feedback",
    "Kind",
    "Lost",
    "Needed",
    "PageRef",
    "ReceivedDocument",
    "RetakePage",
    "StoredCaseError",
    "assess",
    "assessment_of",
    "case_from_bytes",
    "case_to_bytes",
    "correct",
    "criterion",
    "feedback_of",
    "latest_assessment",
    "undo",
]
