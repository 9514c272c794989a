"""Extracting: from typed documents to facts, each with its place on the page.

The heads of pages (whose paper, which hospital, which dates) are read first, because rules need them of every document;
then each extractor takes the documents that it understands. An extractor that fails on one document costs that
document's facts, never the case: an alert says so.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from pipeline.learned import Finders
from pipeline.nouns import Alert, Document
from rules.engine.facts import CaseFacts, PatientIdentity

__all__ = ["extract"]


def extract(
    documents: Sequence[Document],
    *,
    as_of: dt.date,
    applicant: PatientIdentity | None = None,
    finders: Finders = Finders.BOTH,
) -> tuple[tuple[Document, ...], CaseFacts, tuple[Alert, ...]]:
    """Extract everything that rules and readers need from ``documents``.

    Args:
        applicant: who applies, where that is known from elsewhere than the documents.
        finders: who looks for facts; where pages carry no reading of the page reader that is the rules alone.

    Returns:
        The documents with their heads filled in (hospital, level, dates, owner), the raw facts of the case as of
        ``as_of``, and alerts.
    """
    # Brings spaCy, a second and a hundred megabytes: the web server asks this package for letterheads alone.
    from pipeline.extracting.composing import compose

    return compose(documents, as_of=as_of, applicant=applicant, finders=finders)
