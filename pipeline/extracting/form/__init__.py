"""The application form (申请表): what is applied for, by whom, and whether signatures and seal are there.

Text fields are read from lines; signatures and seals from the ink of the page image, because a label says nothing about
whether someone signed. Every entry points at the place that was looked at.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from pipeline.extracting.form.diseases import load_disease, ticked_diseases, written_diseases
from pipeline.extracting.form.ink import Canvas, InkReading, load_canvas
from pipeline.extracting.form.marks import InkField, hospital_seal, ink_labels, signature
from pipeline.extracting.header.dates import document_date
from pipeline.extracting.header.seals import Sealed, issuer, seals_of
from pipeline.extracting.identity import extract_identity, person_name
from pipeline.fields import Field, find_fields, fold
from pipeline.nouns import Document, Line, ReadPage
from rules.engine.facts import Box, Evidence, FormEntry, InkState, Maybe, Unknown
from rules.vocabulary.documents import load_form, load_people

__all__ = ["extract_form"]

_TEXT = "form"
_INK = "form-ink"


def extract_form(document: Document) -> tuple[FormEntry, ...]:
    """Return the entries of one application form.

    Fields: ``applicant_name``, ``disease_applied`` (one entry per disease), ``physician_name``, ``physician_title``,
    ``physician_signature``, ``hospital_seal``, ``applicant_signature`` (values of :class:`InkState`), ``applied_on``
    (ISO date), ``hospital``, ``phone``, ``agent``. A field without a label on the form is ABSENT.
    """
    fields = [(page, field) for page in document.pages for field in find_fields(page)]
    canvases = {page.page.id: load_canvas(page) for page in document.pages}
    return (
        _applicant(document),
        *_diseases(document, fields, canvases),
        *_texts(document, fields),
        *_ink(document, canvases),
        _applied_on(document),
        _hospital(document),
    )


def _entry(
    document: Document,
    name: str,
    value: Maybe[str],
    page: ReadPage,
    lines: tuple[Line, ...],
    quote: str,
    sure: float = 1.0,
) -> FormEntry:
    evidence = document.evidence(page, lines, quote=quote, extractor=_TEXT, confidence=sure)
    return FormEntry(document=document.id, field=name, value=value, evidence=(evidence,))


def _applicant(document: Document) -> FormEntry:
    identity = extract_identity(document)[0]
    shown = tuple(
        item
        for item in identity.evidence
        if isinstance(identity.name, str) and identity.name in re.sub(r"\s", "", item.quote)
    )
    return FormEntry(document=document.id, field="applicant_name", value=identity.name, evidence=shown[:1])


def _diseases(
    document: Document, fields: list[tuple[ReadPage, Field]], canvases: dict[str, Canvas | None]
) -> Iterator[FormEntry]:
    labelled = [(page, field) for page, field in fields if field.key == "form_disease_applied"]
    seen: set[str] = set()
    for page, field in labelled:
        if seen and not _SERIES.search(field.label):
            continue
        for written in written_diseases(field, page):
            if written.text not in seen and (load_disease(written.text) or field.colon):
                lines = (field.line, *written.lines)
                yield _entry(document, "disease_applied", written.text, page, lines, written.text, written.confidence)
                seen.add(written.text)
    if seen:
        return
    listed = False
    for page in document.pages:
        ticked, found = ticked_diseases(page, canvases[page.page.id])
        listed = listed or found
        for item in ticked:
            yield _entry(document, "disease_applied", item.text, page, item.lines, item.text, item.confidence)
        if ticked:
            return
    if labelled:
        page, field = labelled[0]
        yield _entry(document, "disease_applied", Unknown.UNREADABLE, page, (field.line,), field.label, 0.5)
    else:
        yield FormEntry(
            document=document.id,
            field="disease_applied",
            value=Unknown.UNREADABLE if listed else Unknown.ABSENT,
        )


_SERIES = re.compile(r"[一二三123]\)?$|^第")
"""申请病种1, 申请病种2: labels that come in a row, an answer each."""


_SHORT = {"主治": "主治医师", "副主任": "副主任医师", "副高": "副主任医师"}
"""How doctors shorten their own title where a title is asked for. 主任 and 正高 may be an office, not a title."""


def _title(text: str) -> str | None:
    """The title in an answer to ``职称``; the ticked one of a list, with the boxes before or behind."""
    titles = sorted((title for title in load_people().titles if title != "医师"), key=len, reverse=True)
    form = load_form()
    boxes, ticks = re.escape(form.unticked + form.ticked + "口"), re.escape(form.ticked)
    listed = re.findall("|".join(map(re.escape, titles)), text)
    if re.search(rf"[{boxes}]|[(]\)", text):
        before = re.match(rf"^[\[(]?[{boxes}]|^[(]\)", text) is not None
        name = "(" + "|".join(map(re.escape, titles)) + ")"
        # A box struck by a tick comes back as □√.
        pattern = rf"[{ticks}][\])]?{name}" if before else rf"{name}[\[(]?[{re.escape(form.unticked)}]?[{ticks}]"
        ticked = re.findall(pattern, text)
        return ticked[0] if len(ticked) == 1 else None if len(listed) > 1 or not ticked else ticked[0]
    if len(set(listed)) > 1 and len(re.findall("[/、或]", text)) >= 1:
        return None
    return listed[0] if listed else _SHORT.get(text.strip("_:.()"))


def _phone(text: str) -> str | None:
    match = re.search(r"(?<!\d)(?:1\d{10}|0\d{2,3}-?\d{7,8})(?!\d)", text)
    return match.group() if match else None


_READERS = {
    "physician_title": _title,
    "physician_name": person_name,
    "agent": person_name,
    "phone": _phone,
}


def _texts(document: Document, fields: list[tuple[ReadPage, Field]]) -> Iterator[FormEntry]:
    for name, read in _READERS.items():
        labelled = [(page, field) for page, field in fields if field.key == f"form_{name}" and not _asked(field, page)]
        for page, field in labelled:
            hit = next(((c, value) for c in field.candidates if (value := read(c.text)) is not None), None)
            if hit is not None:
                candidate, value = hit
                yield _entry(
                    document, name, value, page, (field.line, *candidate.lines), candidate.raw.strip() or value
                )
                break
        else:
            if labelled:
                page, field = labelled[0]
                none = ("无", "/", "-", "没有", "无代办")
                written = any(c.where != "below" and c.text not in none for c in field.candidates)
                state = Unknown.UNREADABLE if written else Unknown.ABSENT
                yield _entry(document, name, state, page, (field.line,), field.label)
            elif name == "physician_title" and (loose := _loose_title(document)) is not None:
                yield loose
            else:
                yield FormEntry(document=document.id, field=name, value=Unknown.ABSENT)


_ASKED = re.compile(
    r"以上(?:专业)?(?:技术)?职称|职称(?:的|医[师生]|以上|及以上|要求)|(?:须|应)[由当具]|^(?:填表)?(?:说明|须知|注[:意])"
)


def _asked(field: Field, page: ReadPage) -> bool:
    """True for a label inside an instruction: 须由副主任医师以上职称医师填写."""
    return any(_ASKED.search(fold(line.text).text) for line in page.lines if _inside(field.line, line))


def _inside(piece: Line, whole: Line) -> bool:
    a, b = piece.upright, whole.upright
    return b[0] - 1 <= a[0] and a[2] <= b[2] + 1 and b[1] - 1 <= a[1] and a[3] <= b[3] + 1


def _loose_title(document: Document) -> FormEntry | None:
    """A title beside the signature without a label of its own: ``医师签名：张三（主任医师）``."""
    for page in document.pages:
        for field in ink_labels(page, "physician_signature"):
            title = _title(field.rest)
            if title is not None and field.rest_line is not None:
                return _entry(document, "physician_title", title, page, (field.line,), field.line.text)
        for named in find_fields(page):
            if named.key != "form_physician_name":
                continue
            for candidate in named.candidates:
                # 主诊医师：周文斌（副主任医师）
                title = _title(candidate.text)
                if title is not None and person_name(candidate.text) is not None:
                    lines = (named.line, *candidate.lines)
                    return _entry(document, "physician_title", title, page, lines, candidate.raw.strip() or title)
    return None


_RANK = {InkState.PRESENT: 2, InkState.UNSURE: 1, InkState.EMPTY: 0}


def _ink(document: Document, canvases: dict[str, Canvas | None]) -> Iterator[FormEntry]:
    for name in ("physician_signature", "applicant_signature"):
        best: tuple[InkReading, InkField, Canvas] | None = None
        unseen: InkField | None = None
        for page in document.pages:
            canvas = canvases[page.page.id]
            for field in ink_labels(page, name):
                if canvas is None:
                    unseen = unseen or field
                    continue
                reading, _ = signature(field, canvas)
                if best is None or _RANK[reading.state] > _RANK[best[0].state]:
                    best = (reading, field, canvas)
        yield _ink_entry(document, name, best, unseen)
    best = None
    unseen = None
    for page in document.pages:
        canvas = canvases[page.page.id]
        labels = list(ink_labels(page, "hospital_seal"))
        if canvas is None:
            unseen = unseen or (labels[0] if labels else None)
            continue
        found = hospital_seal(page, canvas, labels)
        if found is not None and (best is None or _RANK[found[0].state] > _RANK[best[0].state]):
            best = (found[0], found[1], canvas)
    yield _whose(document, _ink_entry(document, "hospital_seal", best, unseen), best)


def _ink_entry(
    document: Document, name: str, best: tuple[InkReading, InkField, Canvas] | None, unseen: InkField | None
) -> FormEntry:
    if best is None:
        value: Maybe[str] = InkState.UNSURE if unseen is not None else Unknown.ABSENT
        shown = (
            (document.evidence(unseen.page, (unseen.label,), quote=unseen.label.text, extractor=_INK, confidence=0.3),)
            if unseen is not None
            else ()
        )
        return FormEntry(document=document.id, field=name, value=value, evidence=shown)
    reading, field, canvas = best
    page = field.page.page
    box = _clip(_around(canvas.to_displayed(reading.box), field.label.box), float(page.width), float(page.height))
    evidence = Evidence(
        document=document.id,
        file=page.file,
        page=page.number,
        box=box,
        quote=field.label.text,
        confidence=min(reading.confidence, field.label.confidence),
        extractor=_INK,
    )
    return FormEntry(document=document.id, field=name, value=reading.state, evidence=(evidence,))


def _whose(document: Document, entry: FormEntry, best: tuple[InkReading, InkField, Canvas] | None) -> FormEntry:
    """Add what the seal's own words say. The seal of an office that is no hospital is hardly the hospital's."""
    if best is None or not entry.evidence:
        return entry
    reading, field, canvas = best
    place = canvas.to_displayed(reading.box)
    own = [sealed for sealed in seals_of(document) if sealed.page is field.page and _middle_within(sealed, place)]
    if not own:
        return entry
    sealed = own[0]
    foreign = sealed.foreign and entry.value == InkState.PRESENT
    return replace(
        entry,
        value=InkState.UNSURE if foreign else entry.value,
        evidence=(*entry.evidence, sealed.evidence) if sealed.evidence.quote else entry.evidence,
    )


def _middle_within(sealed: Sealed, place: Box) -> bool:
    x0, y0, x1, y1 = sealed.seal.box
    return place[0] <= (x0 + x1) / 2 <= place[2] and place[1] <= (y0 + y1) / 2 <= place[3]


def _around(a: Box, b: Box) -> Box:
    return (min(a[0], b[0]), min(a[1], b[1]), max(a[2], b[2]), max(a[3], b[3]))


def _clip(box: Box, width: float, height: float) -> Box:
    return (max(0.0, box[0]), max(0.0, box[1]), min(width, box[2]), min(height, box[3]))


def _applied_on(document: Document) -> FormEntry:
    date, at = document_date(document)
    if at is None or isinstance(date, Unknown):
        return FormEntry(
            document=document.id, field="applied_on", value=date if isinstance(date, Unknown) else Unknown.ABSENT
        )
    return _entry(document, "applied_on", date.isoformat(), at.page, at.lines, at.lines[-1].text)


def _hospital(document: Document) -> FormEntry:
    head = issuer(document)
    if head is None:
        return FormEntry(document=document.id, field="hospital", value=Unknown.ABSENT)
    if head.by_seal:
        evidence = document.evidence(head.page, head.lines, quote=head.name, extractor="seal")
        return FormEntry(document=document.id, field="hospital", value=head.name, evidence=(evidence,))
    return _entry(document, "hospital", head.name, head.page, head.lines, head.name)
