"""Reporting: the finished review becomes the expert's report, the applicant's page and report.json."""

from __future__ import annotations

import json
from pathlib import Path
from typing import NamedTuple

from pipeline.nouns import Review
from pipeline.reporting.as_json import report_json
from pipeline.reporting.crops import PageImages
from pipeline.reporting.expert import write_expert_report
from pipeline.reporting.feedback import write_feedback
from pipeline.reporting.files import write_text

__all__ = ["ReportFiles", "report_json", "write_all", "write_expert_report", "write_feedback"]


class ReportFiles(NamedTuple):
    """Where the three files of a review lie."""

    expert: Path
    feedback: Path
    data: Path


def write_all(review: Review, out_dir: Path) -> ReportFiles:
    """Write report.json, report.html and feedback.html into ``out_dir``, which is made if it is missing.

    Each file appears whole or not at all; files of an earlier run are replaced.

    Raises:
        OSError: the folder cannot be made or written.
    """
    out_dir.mkdir(parents=True, exist_ok=True)
    files = ReportFiles(out_dir / "report.html", out_dir / "feedback.html", out_dir / "report.json")
    text = json.dumps(report_json(review), ensure_ascii=False, indent=2, allow_nan=False)
    write_text(files.data, text + "\n")
    # Both pages show the same pictures; decoding and encoding is most of the work.
    images = PageImages(sum(len(document.pages) for document in review.read.documents))
    write_expert_report(review, files.expert, images=images)
    write_feedback(review, files.feedback, images=images)
    return files
