"""Casework: from rows to a judged case, what reviewers correct in it, and what the applicant is told of it."""

from __future__ import annotations

from pipeline.service.casework.assessing import assess, assessment_of, latest_assessment
from pipeline.service.casework.stored import StoredCaseError, case_from_bytes, case_to_bytes

__all__ = [
    "StoredCaseError",
    "assess",
    "assessment_of",
    "case_from_bytes",
    "case_to_bytes",
    "latest_assessment",
]
