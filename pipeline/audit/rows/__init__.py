"""Rows of the star schema made from report.json, the same for the command line, the service and invented cases."""

from __future__ import annotations

from pipeline.audit.rows.from_report import Decided, Round, Rows, document_rows, judgement_rows
from pipeline.audit.rows.verdicts import Verdict, person_verdict

__all__ = ["Decided", "Round", "Rows", "Verdict", "document_rows", "judgement_rows", "person_verdict"]
