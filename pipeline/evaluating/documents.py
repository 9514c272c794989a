"""Is each page taken for what it is, and are the pages of one document together and of two apart?"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import combinations

from pipeline.evaluating.counting import NO_MATCH, NO_RATIO, Match, Ratio
from pipeline.evaluating.kept import KeptCase, KeptDocument, Place
from pipeline.evaluating.truth import Truth, TruthDocument

__all__ = ["DocumentScore", "document_for", "score_documents"]

NOT_READ = "not_read"
"""Stands for the type of a page that the review does not have."""


@dataclass(frozen=True, slots=True)
class DocumentScore:
    types: Ratio = NO_RATIO
    confusion: Mapping[tuple[str, str], int] = field(default_factory=dict)
    """(true type, read type) -> pages."""
    joined: Match = NO_MATCH
    """Pairs of pages that belong together."""
    whole: Ratio = NO_RATIO
    """Documents that have exactly their own pages."""


def document_for(document: TruthDocument, kept: KeptCase) -> KeptDocument | None:
    """Return the read document that shares most pages with ``document``, of the same type where several do."""
    pages = set(document.pages)
    best = max(
        kept.documents,
        key=lambda d: (len(pages & set(d.pages)), d.type == document.type, -len(d.pages)),
        default=None,
    )
    return best if best is not None and pages & set(best.pages) else None


def score_documents(truth: Truth, kept: KeptCase) -> dict[Place, DocumentScore]:
    """Return the score by page; pairs and documents count on their first page. Unusable pages are left out."""
    usable = {(p.file, p.page) for p in truth.pages if not p.unusable}
    on: dict[Place, list[str]] = {}
    for shown in kept.documents:
        for page in shown.pages:
            on.setdefault(page, []).append(shown.type)
    types: dict[Place, Counter[tuple[str, str]]] = {}
    whole: dict[Place, list[bool]] = {}
    sets = {frozenset(d.pages) for d in kept.documents}
    for document in truth.documents:
        pages = [page for page in document.pages if page in usable]
        for page in pages:
            read = on.get(page, [NOT_READ])
            # Of several sheets in one photograph each is right when one of the read ones is of its type.
            kind = document.type if document.type in read else read[0]
            types.setdefault(page, Counter())[(document.type, kind)] += 1
        if pages:
            whole.setdefault(pages[0], []).append(frozenset(pages) in sets)
    joined = _joined(truth, kept, usable)
    places = [*types, *(place for place in joined if place not in types)]
    return {
        place: DocumentScore(
            types=Ratio(
                sum(n for (a, b), n in types.get(place, Counter()).items() if a == b),
                sum(types.get(place, Counter()).values()),
            ),
            confusion=dict(types.get(place, Counter())),
            joined=joined.get(place, Match()),
            whole=Ratio(sum(whole.get(place, [])), len(whole.get(place, []))),
        )
        for place in places
    }


def _joined(truth: Truth, kept: KeptCase, usable: set[Place]) -> dict[Place, Match]:
    wanted = _pairs([d.pages for d in truth.documents], usable)
    found = _pairs([d.pages for d in kept.documents], usable)
    out: dict[Place, Match] = {}
    for pages in sorted(wanted | found):
        count = Match(int(pages in wanted and pages in found), int(pages in wanted), int(pages in found))
        out[pages[0]] = out.get(pages[0], Match()) + count
    return out


def _pairs(documents: list[tuple[Place, ...]], usable: set[Place]) -> set[tuple[Place, Place]]:
    found: set[tuple[Place, Place]] = set()
    for pages in documents:
        kept = sorted({page for page in pages if page in usable})
        found.update(combinations(kept, 2))
    return found
