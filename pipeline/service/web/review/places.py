"""The pages of a case and the places on them that evidence points at, in fractions of the page as displayed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session, defer

from pipeline.reporting.text import clean
from pipeline.service.applications import uploads_of
from pipeline.service.page_words import PageNames
from pipeline.service.states import PageState, page_label
from pipeline.service.tables import Application, PageRow, Upload
from pipeline.service.veil import Veil
from rules.engine.facts import DocumentType, Evidence

__all__ = ["PageView", "Places", "pages_of"]


@dataclass(frozen=True, slots=True, kw_only=True)
class PageView:
    """One page as the workbench shows it. ``angle``: how far it is turned clockwise to stand upright."""

    id: str
    number: int
    """Within the case, from 1, as people are told it."""
    title: str
    document: str
    type: str
    width: int
    height: int
    angle: int
    file: str
    """Veiled name of the file."""
    state: str
    done: bool
    why: str
    quality: tuple[str, ...]
    duplicate: bool
    other_person: bool
    round: int
    corrected: bool


def pages_of(
    session: Session, application: Application, report: Mapping[str, Any] | None, veil: Veil, corrected: Iterable[str]
) -> tuple[tuple[PageView, ...], dict[tuple[str, int], str]]:
    """Return the pages in the applicant's order and, by file and page number as evidence names them, their row ids."""
    documents = {
        (page["file"], page["page"]): (document, page)
        for document in (report["documents"] if report else ())
        for page in document["pages"]
    }
    changed = set(corrected)
    pages: list[PageView] = []
    ids: dict[tuple[str, int], str] = {}
    uploads = {upload.id: upload for upload in uploads_of(session, application)}
    rows = session.scalars(
        select(PageRow)
        .options(*_LIGHT)
        .join(Upload)
        .where(PageRow.upload_id.in_(sorted(uploads)))
        .order_by(Upload.position, Upload.uploaded_at, PageRow.position)
    ).all()
    names = PageNames(row.member for row in rows)
    for row in rows:
        key = (clean(row.member), row.number)
        ids.setdefault(key, row.id)
        document, page = documents.get(key, ({}, {}))
        type_label = document.get("type_label", DocumentType.UNKNOWN.label if report else "")
        number = len(pages) + 1
        title = " · ".join(part for part in (f"第 {number} 页", type_label, document.get("date") or "") if part)
        pages.append(
            PageView(
                id=row.id,
                number=number,
                title=title,
                document=document.get("id", ""),
                type=type_label,
                width=max(page.get("width") or row.width, 1),
                height=max(page.get("height") or row.height, 1),
                angle=page.get("angle", 0) % 360,
                file=veil.text(row.member),
                state=page_label(row.state),
                done=row.state is PageState.DONE,
                why=names.put_into(row.why, row.member, row.number),
                quality=tuple(issue["message"] for issue in page.get("quality", ())),
                duplicate=bool(page.get("duplicate_of") or document.get("duplicate_of")),
                other_person=document.get("owner") == "other",
                round=uploads[row.upload_id].round,
                corrected=document.get("id") in changed,
            )
        )
    return tuple(pages), ids


# What was read on a page is large and not shown.
_LIGHT = (defer(PageRow.page_sealed), defer(PageRow.reading_sealed))


class Places:
    """Each place gets one id, whoever points at it: an item, a fact, an alert, a point of a chart."""

    def __init__(self, pages: Sequence[PageView], ids: Mapping[tuple[str, int], str]) -> None:
        self._pages = {page.id: page for page in pages}
        self._ids = ids
        self._places: dict[tuple[str, tuple[int, ...]], str] = {}
        self._boxes: dict[str, dict[str, Any]] = {}

    def of(self, evidence: Mapping[str, Any] | Evidence | None, kind: str = "fact") -> str:
        """Return the id of the place of ``evidence``, made if new; empty where its page is not in the case."""
        if evidence is None:
            return ""
        if isinstance(evidence, Evidence):
            file, number, box = clean(evidence.file), evidence.page, evidence.box
        else:
            file, number, box = evidence["file"], evidence["page"], evidence["box"]
        page = self._pages.get(self._ids.get((file, number), ""))
        if page is None:
            return ""
        key = (page.id, tuple(round(each) for each in box))
        found = self._places.get(key)
        if found is None:
            found = self._places[key] = f"e{len(self._places) + 1}"
            self._boxes[found] = {"page": page.id, "box": _fractions(box, page), "kind": kind}
        elif kind == "item":
            self._boxes[found]["kind"] = kind  # what decides an item stands out from what is only there
        return found

    def all_of(self, fact: Mapping[str, Any], kind: str = "fact") -> list[str]:
        """Return the ids of all places of a fact of report.json."""
        found = (self.of(e, kind) for e in (fact["evidence"], *fact["more_evidence"]))
        return [place for place in dict.fromkeys(found) if place]

    def many(self, evidence: Iterable[Mapping[str, Any]], kind: str) -> list[str]:
        """Return the ids of several places, each once."""
        return [place for place in dict.fromkeys(self.of(e, kind) for e in evidence) if place]

    def page(self, place: str) -> PageView | None:
        """Return the page on which a place is."""
        found = self._boxes.get(place)
        return self._pages[found["page"]] if found else None

    def boxes(self) -> dict[str, dict[str, Any]]:
        """Return all places for the script: page, ``[left, top, width, height]`` as fractions, kind."""
        return self._boxes


def _fractions(box: Sequence[float], page: PageView) -> list[float]:
    x0, x1 = sorted(min(max(v, 0), page.width) for v in (box[0], box[2]))
    y0, y1 = sorted(min(max(v, 0), page.height) for v in (box[1], box[3]))
    made = (x0 / page.width, y0 / page.height, (x1 - x0) / page.width, (y1 - y0) / page.height)
    return [round(v, 5) for v in made]
