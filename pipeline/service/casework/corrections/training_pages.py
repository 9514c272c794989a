"""Pages of corrected cases as pages to train the page reader on, without identity.

One JSON object a page: its lines as they were read (identity replaced, see :mod:`.invented`), and what the case as
corrected says of pieces of them. Only pages on which a person changed something are exported; what they left stands as
the machine read it. Hospitals' names stay: they are no one's identity, and letterheads are learned from them.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from models.page_reader.labels import Label
from pipeline.keys import FACT_KINDS, Keys, keys_of
from pipeline.nouns import Document, Line, ReadCase, ReadPage
from pipeline.service.casework.corrections.invented import Inventor, names_in
from rules.engine.facts import CaseFacts, Evidence, Unknown

__all__ = ["SCHEMA", "TrainingPage", "training_pages"]

SCHEMA = "yushen.training_page.v1"


@dataclass(frozen=True, slots=True)
class _Span:
    line: int
    start: int
    end: int
    label: Label
    link: int | None = None


@dataclass(frozen=True, slots=True)
class TrainingPage:
    """One page: its type, its lines in the upright frame, and labelled pieces of them."""

    type: str
    width: float
    height: float
    lines: tuple[tuple[str, tuple[float, float, float, float]], ...]
    spans: tuple[_Span, ...]

    def to_json(self) -> str:
        return json.dumps(
            {
                "schema": SCHEMA,
                "type": self.type,
                "width": self.width,
                "height": self.height,
                "lines": [[text, [round(side, 1) for side in box]] for text, box in self.lines],
                "spans": [[s.line, s.start, s.end, s.label.value, s.link] for s in self.spans],
            },
            ensure_ascii=False,
        )


def training_pages(
    case: ReadCase, facts: CaseFacts, touched: Iterable[str], *, keys: Keys | None = None, seed: int | None = None
) -> tuple[TrainingPage, ...]:
    """Return the pages of ``case`` that hold something a person changed.

    Args:
        facts: as corrected.
        touched: keys of the facts and documents that people changed.
        keys: of ``facts``.
        seed: for tests of what is invented.
    """
    keys = keys or keys_of(facts, case.documents)
    changed = set(touched)
    inventor = Inventor(names_in(case), _numbers(case), seed=seed)
    documents = {document.id: document for document in case.documents}
    wanted = {id for id, key in keys.documents.items() if key in changed}
    places = {
        (evidence.document, evidence.file, evidence.page)
        for kind in FACT_KINDS
        for key, fact in zip(keys.facts[kind], getattr(facts, kind), strict=True)
        if key in changed
        for evidence in fact.evidence[:1]
    }
    types = {info.id: info.type.value for info in facts.documents}
    made = []
    for id, document in documents.items():
        for page in document.pages:
            if id in wanted or (id, page.page.file, page.page.number) in places:
                found = _page(document, page, facts, types.get(id, document.type.value), inventor)
                if found is not None:
                    made.append(found)
    return tuple(made)


def _numbers(case: ReadCase) -> set[str]:
    return {p.id_number for p in case.facts.patient if not isinstance(p.id_number, Unknown) and "*" not in p.id_number}


def _page(document: Document, page: ReadPage, facts: CaseFacts, kind: str, inventor: Inventor) -> TrainingPage | None:
    spans = tuple(_spans(document, page, facts))
    labelled = {span.line for span in spans}
    texts = [inventor.line(line.text, prose=number not in labelled) for number, line in enumerate(page.lines)]
    if inventor.leaks(texts) or any(len(a) != len(b.text) for a, b in zip(texts, page.lines, strict=True)):
        return None
    return TrainingPage(
        type=kind,
        width=float(page.width or page.page.width),
        height=float(page.height or page.page.height),
        lines=tuple((text, line.upright) for text, line in zip(texts, page.lines, strict=True)),
        spans=spans,
    )


def _spans(document: Document, page: ReadPage, facts: CaseFacts) -> Iterator[_Span]:
    taken: set[tuple[int, int]] = set()
    count = 0
    for result in facts.lab_results:
        for evidence in _here(document, page, result.evidence):
            rows = _lines_in(page, evidence)
            name = _find(page, rows, result.name, taken)
            value = _find(page, rows, result.text, taken)
            if name is None or value is None:
                continue  # a row that cannot be found as it is printed teaches nothing sure
            head = count
            yield _Span(*name, Label.ITEM_NAME)
            yield _Span(*value, Label.RESULT, head)
            count += 2
            level = _level(page, value[0])
            for text, label in ((result.unit, Label.UNIT), (result.reference_text, Label.RANGE)):
                found = _find(page, level, text, taken) if text else None
                if found is not None:
                    yield _Span(*found, label, head)
                    count += 1
    for diagnosis in facts.diagnoses:
        for evidence in _here(document, page, diagnosis.evidence):
            place = _find(page, _lines_in(page, evidence), diagnosis.name, taken)
            if place is not None:
                yield _Span(*place, Label.DIAGNOSIS)
                count += 1


def _here(document: Document, page: ReadPage, evidence: Sequence[Evidence]) -> list[Evidence]:
    place = (document.id, page.page.file, page.page.number)
    return [e for e in evidence[:1] if (e.document, e.file, e.page) == place]


def _lines_in(page: ReadPage, evidence: Evidence) -> list[int]:
    x0, y0, x1, y1 = evidence.box
    return [n for n, line in enumerate(page.lines) if _overlaps(line, (x0, y0, x1, y1))]


def _overlaps(line: Line, box: tuple[float, float, float, float]) -> bool:
    a = line.box
    return min(a[2], box[2]) > max(a[0], box[0]) and min(a[3], box[3]) - max(a[1], box[1]) > 0.3 * (a[3] - a[1])


def _level(page: ReadPage, number: int) -> list[int]:
    """Lines that stand level with a line: the other cells of its row."""
    own = page.lines[number].upright
    middle = (own[1] + own[3]) / 2
    return [n for n, line in enumerate(page.lines) if line.upright[1] <= middle <= line.upright[3]]


def _find(
    page: ReadPage, numbers: Sequence[int], wanted: str, taken: set[tuple[int, int]]
) -> tuple[int, int, int] | None:  # fmt: skip
    """Where ``wanted`` is printed on one of the lines, white space apart, each place once."""
    bare = re.sub(r"\s", "", wanted)
    if not bare:
        return None
    pattern = re.compile(r"\s*".join(map(re.escape, bare)))
    for number in numbers:
        for match in pattern.finditer(page.lines[number].text):
            if (number, match.start()) not in taken:
                taken.add((number, match.start()))
                return number, match.start(), match.end()
    return None
