"""Classifying: from read pages to typed documents, each decision with its reasons in Chinese."""

from __future__ import annotations

from collections.abc import Sequence

from pipeline.classifying.headings import score_headings
from pipeline.classifying.joining import group
from pipeline.classifying.learned import Kind, settle_kind
from pipeline.classifying.reprints import is_reprint, other_moment
from pipeline.classifying.sheets import split_sheets
from pipeline.classifying.sight import Sight, choose_type, look_at
from pipeline.learned import Finders
from pipeline.nouns import Document, ReadPage
from rules.engine.facts import DocumentInfo, DocumentType

__all__ = ["classify"]


def classify(pages: Sequence[ReadPage], *, finders: Finders = Finders.BOTH) -> tuple[Document, ...]:
    """Type every page, join pages of one paper, split files that hold several, mark second copies.

    Documents come in order of their first page in the upload, with ids ``d1``, ``d2`` ... A page that repeats an
    earlier one becomes a document of its own with ``info.duplicate_of`` set. Every page lands in exactly one document,
    except a photograph of several sheets, whose page is in each of theirs with its own lines.
    """
    sights: list[Sight] = []
    copies: list[Sight] = []
    for order, page in enumerate(pages):
        looked = [look_at(sheet, order) for sheet in split_sheets(page)]
        twin = page.page.duplicate_of
        # Visits on one form look alike: two pages that print different dates are never one.
        if twin is not None and not any(s.page.page.id == twin and other_moment(s, t) for s in sights for t in looked):
            copies.append(look_at(page, order))
            continue
        sights += looked
    groups = [(members, why, None) for members, why in group(sights)]
    entries: list[tuple[tuple[Sight, ...], tuple[str, ...], str | None]] = [*groups]
    entries += [((copy,), ("与前面上传的一页相同，只计一次",), copy.page.page.duplicate_of) for copy in copies]
    entries.sort(key=lambda entry: min(sight.order for sight in entry[0]))
    ids = {id(entry[0]): f"d{number}" for number, entry in enumerate(entries, start=1)}
    home = {sight.page.page.id: ids[id(members)] for members, _, twin in entries if twin is None for sight in members}

    documents: list[Document] = []
    for number, (members, why, twin) in enumerate(entries):
        duplicate = home.get(twin) if twin is not None else None
        reasons = why
        if twin is None:
            for earlier, _, earlier_twin in entries[:number]:
                if earlier_twin is None and is_reprint(earlier, members):
                    duplicate = ids[id(earlier)]
                    reasons = (*why, "与另一份材料的患者、日期和结果相同，视为重复打印，只计一次")
                    break
        documents.append(_document(ids[id(members)], members, reasons, duplicate, finders))
    return tuple(documents)


def _document(
    name: str, members: Sequence[Sight], joined: tuple[str, ...], duplicate: str | None, finders: Finders
) -> Document:
    titles = [sight.title for sight in members if sight.title is not None]
    if len(members) == 1:
        sight = members[0]
        kind, confidence, why, title = sight.type, sight.confidence, sight.why, sight.title
    else:
        lines = [line for sight in members for line in sight.page.lines]
        kind, confidence, why, title = choose_type(titles, score_headings(lines))
        strong = [
            sight for sight in members if sight.title is not None and not sight.title.weak and sight.title.score >= 0.6
        ]
        if strong and strong[0].type is not kind:
            best = max(strong, key=lambda sight: sight.confidence)
            kind, confidence, why, title = best.type, best.confidence, best.why, best.title
    by_rules = Kind(kind, confidence, why, decided=title is not None and not title.weak)
    settled = settle_kind(by_rules, [sight.page for sight in members], finders)
    kind, confidence, why = settled.type, settled.confidence, settled.why
    return Document(
        id=name,
        type=kind,
        pages=tuple(sight.page for sight in members),
        why=(*why, *joined),
        title=title.text if title is not None and kind is not DocumentType.UNKNOWN else None,
        confidence=confidence,
        info=DocumentInfo(id=name, type=kind, duplicate_of=duplicate, model_only=("type",) if settled.by_model else ()),
    )
