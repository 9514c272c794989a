"""The nouns of the pipeline before facts: source files, pages, lines, documents. Frozen; every stage imports them.

Facts and their evidence live in :mod:`rules.engine.facts`, below the pipeline, because the rules judge them.

Two frames of coordinates, both in pixels with the origin at the top left:

* *displayed*: the page as the person sees it (EXIF orientation applied, PDF page rotation applied). Every box that
  leaves the pipeline is in this frame.
* *upright*: the displayed page turned by ``ReadPage.angle`` so that its text runs left to right. Layout code
  works here.

For an upright page the two are the same. A page that did not lie flat (``ReadPage.flattening``) has been made flat
before it was read: there the upright frame is that of the flattened picture, and only the grid leads back.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property
from pathlib import Path
from typing import Literal

from models.page_reader.labels import PageReading
from rules.engine.facts import (
    Box,
    CaseFacts,
    DocumentInfo,
    DocumentType,
    Evidence,
)
from rules.engine.judgement import Judgement

__all__ = [
    "Alert",
    "Document",
    "Flattening",
    "LearnedReading",
    "Line",
    "Page",
    "PageReader",
    "Quad",
    "QualityIssue",
    "ReadCase",
    "ReadPage",
    "Review",
    "Seal",
    "Severity",
    "SourceFile",
    "bounding_box",
]

Point = tuple[float, float]
Quad = tuple[Point, Point, Point, Point]
"""Corners in reading order of the text: top left, top right, bottom right, bottom left."""


def bounding_box(quad: Quad) -> Box:
    """Return the smallest upright box around ``quad``."""
    # Comprehensions take three times as long.
    (ax, ay), (bx, by), (cx, cy), (dx, dy) = quad
    return (min(ax, bx, cx, dx), min(ay, by, cy, dy), max(ax, bx, cx, dx), max(ay, by, cy, dy))


def _visual_width(text: str) -> float:
    """Approximate printed width of ``text`` in half-widths: a CJK character counts two, others one."""
    return float(sum(2 if ord(c) >= 0x2E80 else 1 for c in text))


class Severity(StrEnum):
    ERROR = "error"
    """Something could not be used (a file, a page)."""
    WARNING = "warning"
    """A person must look at it before deciding."""
    INFO = "info"


@dataclass(frozen=True, slots=True, kw_only=True)
class Alert:
    """Something a person should know. ``message`` is Chinese and says what to do; it carries no identity."""

    code: str
    severity: Severity
    message: str
    file: str | None = None
    page: int | None = None
    evidence: tuple[Evidence, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceFile:
    """One uploaded file; for a member of a ZIP the name is ``archive.zip/member.jpg``."""

    name: str
    path: Path
    """Where the bytes lie: the upload itself, or a member unpacked into the case's private work folder."""
    sha256: str
    media_type: str
    """By content, not by file name."""
    size: int


class PageReader(StrEnum):
    """Which reader gave a page's lines."""

    TEXT_LAYER = "text-layer"
    OCR = "ppocr"
    NONE = "none"


@dataclass(frozen=True)
class Line:
    """One run of text at one place. ``quad`` is in the upright frame, ``shown`` in the displayed frame."""

    # No slots: what follows from the place is asked for a million times a case and stays with the line.

    text: str
    quad: Quad
    shown: Quad
    confidence: float
    reader: str
    """``text-layer`` or ``ppocr``."""
    version: str
    """Version of the reader: package or model name."""

    @cached_property
    def upright(self) -> Box:
        """Box in the upright frame; layout code uses this one."""
        return bounding_box(self.quad)

    @cached_property
    def box(self) -> Box:
        """Box in the displayed frame; evidence uses this one."""
        return bounding_box(self.shown)

    @cached_property
    def height(self) -> float:
        """Height of the text in the upright frame: mean of the short sides, so that a sloped line is not a tall one."""
        tl, tr, br, bl = self.quad
        return (math.dist(tl, bl) + math.dist(tr, br)) / 2

    @cached_property
    def left(self) -> Point:
        """Middle of the edge at which the text begins, in the upright frame."""
        tl, _, _, bl = self.quad
        return ((tl[0] + bl[0]) / 2, (tl[1] + bl[1]) / 2)

    @cached_property
    def right(self) -> Point:
        """Middle of the edge at which the text ends, in the upright frame."""
        _, tr, br, _ = self.quad
        return ((tr[0] + br[0]) / 2, (tr[1] + br[1]) / 2)

    def part(self, start: int, end: int) -> Line:
        """Return the piece ``text[start:end]`` with its place interpolated along the line.

        The place is an estimate from character widths (CJK twice as wide as Latin), good enough to light the words.
        """
        total = _visual_width(self.text) or 1.0
        a = _visual_width(self.text[:start]) / total
        b = _visual_width(self.text[:end]) / total

        def cut(quad: Quad) -> Quad:
            tl, tr, br, bl = quad

            def mix(p: Point, q: Point, t: float) -> Point:
                return (p[0] + (q[0] - p[0]) * t, p[1] + (q[1] - p[1]) * t)

            return (mix(tl, tr, a), mix(tl, tr, b), mix(bl, br, b), mix(bl, br, a))

        return Line(self.text[start:end], cut(self.quad), cut(self.shown), self.confidence, self.reader, self.version)


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """One page of one file, decoded: an image on disk and, for a PDF, the raw text layer."""

    id: str
    """``p1``, ``p2`` ... in upload order; unique in the case."""
    file: str
    """Name of the source file as the person knows it."""
    file_sha256: str
    number: int
    """Page within the file, from 1."""
    width: int
    height: int
    """Pixels of the page as displayed."""
    image: Path
    """RGB image of the page as displayed (EXIF applied), in the case's private work folder."""
    text_layer: tuple[Line, ...] = ()
    """Lines of the PDF's own text layer, unjudged; the reading stage decides whether to trust them."""
    text_layer_hidden: bool = False
    """True when most of the text layer is invisible, as under a scan that was OCRed by someone else."""
    text_layer_spots: tuple[Line, ...] = ()
    """Lines of the text layer whose digits could not be proven to be the digits drawn: a PDF's codes may be mapped to
    other characters. Pixels must confirm them before the layer is trusted."""
    has_raster: bool = True
    """True when the page shows an image over a large part of its area (scan or photo)."""
    dpi: float | None = None
    perceptual_hash: str = ""
    duplicate_of: str | None = None
    """Id of the earlier page that this one repeats, exactly or nearly."""


@dataclass(frozen=True, slots=True, kw_only=True)
class QualityIssue:
    """Why a page may be hard to read; ``message`` tells the applicant what to do."""

    code: str
    message: str
    score: float
    retake: bool = True
    """True: the page is refused and has to be taken again. False: a word on a part of a page that can be used."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Seal:
    """A round or oval seal pressed on a page. Its words are read apart; no line of the page depends on it."""

    text: str
    """What runs round the rim, mostly the hospital's name; empty when it cannot be read."""
    centre: str = ""
    """Straight lines in the middle, joined by a space: ``疾病诊断专用章``, ``病案室``."""
    box: Box
    """In the displayed frame."""
    confidence: float
    """Of ``text``, 0 to 1; 0 when it is empty."""
    shape: Literal["round", "oval"] = "round"
    colour: Literal["red", "blue", "dark"] = "red"
    """``dark``: any ink, on a picture without colour."""


@dataclass(frozen=True, slots=True)
class Flattening:
    """The way from a flattened page back to the page as displayed.

    ``grid`` holds, row by row, the displayed places of points spread evenly over the flat page, corners included.
    """

    width: int
    height: int
    grid: tuple[tuple[Point, ...], ...]

    def displayed(self, point: Point) -> Point:
        """Return where a point of the flat page lies on the page as displayed."""
        rows, columns = len(self.grid) - 1, len(self.grid[0]) - 1
        u, v = point[0] / self.width * columns, point[1] / self.height * rows
        i, j = min(max(int(u), 0), columns - 1), min(max(int(v), 0), rows - 1)
        u, v = u - i, v - j
        (ax, ay), (bx, by) = self.grid[j][i], self.grid[j][i + 1]
        (cx, cy), (dx, dy) = self.grid[j + 1][i], self.grid[j + 1][i + 1]
        a, b, c, d = (1 - u) * (1 - v), u * (1 - v), (1 - u) * v, u * v
        return (a * ax + b * bx + c * cx + d * dx, a * ay + b * by + c * cy + d * dy)


@dataclass(frozen=True, slots=True)
class LearnedReading:
    """What the learned page reader says of a page. It stays with the page, so that its network runs once."""

    version: str
    """Of the weights. What other weights said is not used."""
    reading: PageReading
    """Its line numbers mean the lines of the page, all of them, in their order."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadPage:
    """A page with its lines. Lines come in reading order: top to bottom, left to right in the upright frame."""

    page: Page
    lines: tuple[Line, ...]
    reader: PageReader
    why: str
    """Why this reader was chosen, e.g. ``text layer covers the page``."""
    angle: int = 0
    """Clockwise turn (0, 90, 180, 270) that brings the displayed page upright."""
    skew: float = 0.0
    """Degrees by which text lines still rise (negative) or fall (positive) in the upright frame."""
    width: int = 0
    height: int = 0
    """Pixels of the page in the upright frame."""
    quality: tuple[QualityIssue, ...] = ()
    seconds: float = 0.0
    seals: tuple[Seal, ...] = ()
    """Read from the picture of the page, also where a text layer gave the lines."""
    flattening: Flattening | None = None
    """None: the page was read as it lies, and ``angle`` alone leads from the upright frame to the displayed one."""
    learned: LearnedReading | None = None
    """None: the page reader was not asked, or is switched off."""

    @property
    def readable(self) -> bool:
        """True when at least one line could be read."""
        return bool(self.lines)

    @property
    def refused(self) -> bool:
        """True when the page has to be taken again."""
        return any(issue.retake for issue in self.quality)


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """A span of pages of one type. ``info`` is completed by extracting (hospital, date, owner)."""

    id: str
    type: DocumentType
    pages: tuple[ReadPage, ...]
    why: tuple[str, ...]
    """Reasons for type and joining, in Chinese, e.g. ``标题“出院记录”``."""
    title: str | None = None
    confidence: float = 1.0
    info: DocumentInfo | None = None

    @property
    def lines(self) -> tuple[tuple[ReadPage, Line], ...]:
        """All lines of all pages with the page each stands on."""
        return tuple((page, line) for page in self.pages for line in page.lines)

    def evidence(
        self, page: ReadPage, lines: tuple[Line, ...], *, quote: str, extractor: str, confidence: float = 1.0
    ) -> Evidence:
        """Build evidence around ``lines`` of ``page``: union box, lowest confidence.

        Raises:
            ValueError: ``lines`` is empty. A fact must point at its pixels.
        """
        if not lines:
            raise ValueError("evidence needs at least one line")
        boxes = [line.box for line in lines]
        return Evidence(
            document=self.id,
            file=page.page.file,
            page=page.page.number,
            box=(
                min(b[0] for b in boxes),
                min(b[1] for b in boxes),
                max(b[2] for b in boxes),
                max(b[3] for b in boxes),
            ),
            quote=quote,
            confidence=min([confidence, *(line.confidence for line in lines)]),
            extractor=extractor,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadCase:
    """What reading, classifying and extracting made of the uploads, before any rule is applied."""

    files: tuple[SourceFile, ...]
    documents: tuple[Document, ...]
    facts: CaseFacts
    alerts: tuple[Alert, ...] = ()
    seconds: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Review:
    """The finished pre-review of one application: what was read and how each disease was judged."""

    region: str
    read: ReadCase
    judgements: tuple[Judgement, ...]
    versions: Mapping[str, str]
    """Component -> version: reader models, rule packs, the program."""
    alerts: tuple[Alert, ...] = ()
    """All alerts of the case, from every stage."""
    seconds: Mapping[str, float] = field(default_factory=dict)
    applied_for: tuple[str, ...] = ()
    """Names of the diseases that the applicant asked for (申请表 or ``--disease``), as entered; empty when the review
    took the diseases from the diagnoses. The applicant's page names no disease beyond these."""
    region_name: str = ""
    """Chinese name of the region, for people."""
