"""What a run keeps of one reviewed case: all that scores need, no images. JSON, lossless, a few ten kilobytes.

Boxes of lines are fractions of the page as displayed, so that they can be laid over the truth's; evidence keeps the
pixels of :mod:`rules.engine.facts`, which the size of its page turns into fractions.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from pipeline.evaluating.truth import Box
from pipeline.nouns import ReadPage, Review
from rules.engine.facts import CaseFacts, Evidence
from rules.engine.stored_facts import facts_from_data, facts_to_json

__all__ = ["KeptCase", "KeptCost", "KeptDocument", "KeptError", "KeptJudgement", "KeptLine", "KeptPage", "keep", "load"]

SCHEMA = "yushen.kept.v2"
Place = tuple[str, int]
"""File as uploaded, and page from 1."""


class KeptError(ValueError):
    """A kept result cannot be used; the message names the file."""


@dataclass(frozen=True, slots=True)
class KeptLine:
    text: str
    box: Box
    confidence: float


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptPage:
    """One page as read."""

    file: str
    page: int
    width: int
    height: int
    """Pixels of the page as displayed."""
    reader: str
    angle: int
    seconds: float
    lines: tuple[KeptLine, ...]
    quality: tuple[str, ...] = ()
    """Codes of what the quality gate says, words on a part of the page included."""
    refused: tuple[str, ...] = ()
    """Those of them for which the page has to be taken again."""
    picture: str | None = None
    """File name of a small picture of the page beside the kept results."""

    @property
    def place(self) -> Place:
        return (self.file, self.page)


@dataclass(frozen=True, slots=True)
class KeptDocument:
    id: str
    type: str
    pages: tuple[Place, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptJudgement:
    number: int | None
    name: str
    conclusion: str
    criteria: tuple[tuple[str, str, str], ...]
    """Id, status, reason code."""
    missing: tuple[str, ...]
    """Ids of the criteria that the list of missing material names, alternatives included."""


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptCost:
    """What the review took. Seconds are wall time, CPU seconds those of all its processes together."""

    seconds: Mapping[str, float] = field(default_factory=dict)
    cpu_seconds: Mapping[str, float] = field(default_factory=dict)
    peak_bytes: int = 0
    """Resident memory of all processes at their highest."""
    peak_worker_bytes: int = 0
    """Of the largest single worker process."""
    cold: bool = False
    """True for the first case of a run, which also starts processes and loads models."""


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptCase:
    case: str
    key: str
    """Digest of uploads, truth, code and settings: another one means that the result is out of date."""
    pages: tuple[KeptPage, ...]
    documents: tuple[KeptDocument, ...]
    facts: CaseFacts
    judgements: tuple[KeptJudgement, ...]
    alerts: tuple[tuple[str, str | None, int | None], ...] = ()
    """Code, file, page."""
    min_confidence: float = 0.0
    """Confidence from which the rules rely on evidence."""
    cost: KeptCost = KeptCost()
    failed: str | None = None
    """Why there is no review: the name of the error. Messages may quote a document and are not kept."""

    def page(self, place: Place) -> KeptPage | None:
        return next((page for page in self.pages if page.place == place), None)

    def fraction(self, evidence: Evidence) -> Box | None:
        """Box of ``evidence`` as a fraction of its page; None where the page is not known."""
        page = self.page((evidence.file, evidence.page))
        if page is None or not page.width or not page.height:
            return None
        x0, y0, x1, y1 = evidence.box
        return (x0 / page.width, y0 / page.height, x1 / page.width, y1 / page.height)

    def to_json(self) -> str:
        data = {
            "schema": SCHEMA,
            **{name: getattr(self, name) for name in ("case", "key", "alerts", "min_confidence", "failed")},
            "pages": [
                {
                    **{k: getattr(p, k) for k in _PAGE},
                    "lines": [[line.text, list(line.box), line.confidence] for line in p.lines],
                }
                for p in self.pages
            ],
            "documents": [[d.id, d.type, d.pages] for d in self.documents],
            "judgements": [asdict(j) for j in self.judgements],
            "cost": asdict(self.cost),
            "facts": json.loads(facts_to_json(self.facts)),
        }
        return json.dumps(data, ensure_ascii=False, separators=(",", ":"))


_PAGE = ("file", "page", "width", "height", "reader", "angle", "seconds", "quality", "refused", "picture")


def load(path: Path) -> KeptCase:
    """Read what :meth:`KeptCase.to_json` wrote.

    Raises:
        KeptError: unreadable, cut short, or of another schema.
    """
    try:
        raw = json.loads(path.read_text(encoding="utf-8"))
        if raw["schema"] != SCHEMA:
            raise KeptError(f"{path}: schema {raw['schema']!r}")
        return KeptCase(
            case=raw["case"],
            key=raw["key"],
            pages=tuple(_page(p) for p in raw["pages"]),
            documents=tuple(
                KeptDocument(i, t, tuple((file, page) for file, page in pages)) for i, t, pages in raw["documents"]
            ),
            facts=facts_from_data(raw["facts"]),
            judgements=tuple(
                KeptJudgement(
                    number=j["number"],
                    name=j["name"],
                    conclusion=j["conclusion"],
                    criteria=tuple((a, b, c) for a, b, c in j["criteria"]),
                    missing=tuple(j["missing"]),
                )
                for j in raw["judgements"]
            ),
            alerts=tuple((code, file, page) for code, file, page in raw["alerts"]),
            min_confidence=raw["min_confidence"],
            cost=KeptCost(**raw["cost"]),
            failed=raw["failed"],
        )
    except (OSError, ValueError, KeyError, TypeError) as error:
        if isinstance(error, KeptError):
            raise
        raise KeptError(f"{path}: {type(error).__name__}") from error


def _page(raw: dict[str, Any]) -> KeptPage:
    lines = tuple(KeptLine(text, (b[0], b[1], b[2], b[3]), sure) for text, b, sure in raw["lines"])
    rest = {key: raw[key] for key in _PAGE if key not in ("quality", "refused")}
    return KeptPage(**rest, quality=tuple(raw["quality"]), refused=tuple(raw["refused"]), lines=lines)


def keep(
    review: Review, *, case: str, key: str, cost: KeptCost, min_confidence: float, pictures: Mapping[Place, str]
) -> KeptCase:
    """Keep of ``review`` what scores need."""
    read = review.read
    pages: dict[str, list[ReadPage]] = {}
    for document in read.documents:
        for page in document.pages:
            pages.setdefault(page.page.id, []).append(page)
    return KeptCase(
        case=case,
        key=key,
        pages=tuple(_keep_page(parts, pictures) for parts in pages.values()),
        documents=tuple(
            KeptDocument(d.id, d.type.value, tuple((p.page.file, p.page.number) for p in d.pages))
            for d in read.documents
        ),
        facts=read.facts,
        judgements=tuple(
            KeptJudgement(
                number=j.disease.number,
                name=j.disease.name,
                conclusion=j.conclusion.value,
                criteria=tuple((c.id, c.status.value, c.reason) for c in j.criteria),
                missing=tuple(
                    dict.fromkeys(
                        i for n in j.missing for i in (n.criterion, *(a for ids in n.alternative_criteria for a in ids))
                    )
                ),
            )
            for j in review.judgements
        ),
        alerts=tuple((a.code, a.file, a.page) for a in review.alerts),
        min_confidence=min_confidence,
        cost=cost,
    )


def _keep_page(parts: Sequence[ReadPage], pictures: Mapping[Place, str]) -> KeptPage:
    """Keep one page; a picture of several sheets was cut into parts, each with the lines of its sheet."""
    read = parts[0]
    page = read.page
    width, height = max(page.width, 1), max(page.height, 1)
    return KeptPage(
        file=page.file,
        page=page.number,
        width=page.width,
        height=page.height,
        reader=read.reader.value,
        angle=read.angle,
        seconds=read.seconds,
        lines=tuple(
            KeptLine(
                line.text,
                (
                    round(line.box[0] / width, 4),
                    round(line.box[1] / height, 4),
                    round(line.box[2] / width, 4),
                    round(line.box[3] / height, 4),
                ),
                line.confidence,
            )
            for line in dict.fromkeys(line for part in parts for line in part.lines)
        ),
        quality=tuple(issue.code for issue in read.quality),
        refused=tuple(issue.code for issue in read.quality if issue.retake),
        picture=pictures.get((page.file, page.number)),
    )
