"""One running text of a document in which every character knows the line and place that it was read from.

Characters are brought to one form (half-width punctuation, no white space between Chinese characters) one by one, so
places survive. Rows that belong to one paragraph are joined without a break; cells far apart are parted by a tab.
"""

from __future__ import annotations

import re
import statistics
from array import array
from collections.abc import Sequence
from dataclasses import dataclass, field

from pipeline.extracting.language.rows import HeadingTest, Row, page_rows
from pipeline.nouns import Document, Line, ReadPage
from rules.engine.facts import Evidence

__all__ = ["GAP", "SOFT", "ClinicalText", "fold", "join_document", "join_plain"]

GAP = 1
"""White space stood before this character."""
SOFT = 2
"""A printed line began with this character, in the middle of a paragraph."""

_FOLD = {code: chr(code - 0xFEE0) for code in range(0xFF01, 0xFF5F)} | str.maketrans(
    "　\u00a0\u2009\tµ﹪−–—‐－﹣〔〕﹤﹥≦≧⩽⩾∶︰｡､﹐﹑﹔﹕﹖﹙﹚•‧∙↗↘",
    "    μ%------[]<>≤≥≤≥::。、,、;:?()···↑↓",
)


def fold(text: str) -> str:
    """Bring each character of ``text`` to its plain form; the length stays."""
    return text.translate(_FOLD)


def _plain(char: str) -> bool:
    """True for characters between which white space parts words: Latin letters, digits and their signs."""
    return char.isascii() or char in "μ↑↓×±≤≥"


@dataclass(slots=True)
class ClinicalText:
    """The running text with its way back to the page. Built once, then only read."""

    document: Document | None
    text: str = ""
    lines: list[tuple[ReadPage, Line]] = field(default_factory=list)
    line_of: array[int] = field(default_factory=lambda: array("i"))
    """Index in ``lines`` of each character, -1 for a break that no line holds."""
    place_of: array[int] = field(default_factory=lambda: array("i"))
    """Index of each character within its line's text."""
    before: bytearray = field(default_factory=bytearray)
    """``GAP`` and ``SOFT`` marks of each character."""
    page_starts: list[int] = field(default_factory=list)
    """Where each page begins in the text."""

    def evidence(self, start: int, end: int, *, extractor: str, confidence: float = 1.0) -> tuple[Evidence, ...]:
        """Return the evidence of ``text[start:end]``: one per page, boxes interpolated within the lines.

        Raises:
            ValueError: no character of the span was read from a page.
        """
        if self.document is None:
            raise ValueError("a text without document has no evidence")
        runs: dict[int, tuple[int, int]] = {}
        quotes: dict[str, list[str]] = {}
        page_id = ""
        for index in range(start, end):
            number = self.line_of[index]
            if number < 0:
                if page_id:
                    quotes[page_id].append(" ")
                continue
            place = self.place_of[index]
            low, high = runs.get(number, (place, place + 1))
            runs[number] = (min(low, place), max(high, place + 1))
            page, line = self.lines[number]
            page_id = page.page.id
            quotes.setdefault(page_id, []).append((" " if self._gap(index) else "") + line.text[place])
        pages: dict[str, tuple[ReadPage, list[Line]]] = {}
        for number, (low, high) in sorted(runs.items()):
            page, line = self.lines[number]
            pages.setdefault(page.page.id, (page, []))[1].append(line.part(low, high))
        if not pages:
            raise ValueError("the span has no place on a page")
        return tuple(
            self.document.evidence(
                page,
                tuple(parts),
                quote=" ".join("".join(quotes[key]).split()),
                extractor=extractor,
                confidence=confidence,
            )
            for key, (page, parts) in pages.items()
        )

    def _gap(self, index: int) -> bool:
        return bool(self.before[index] & GAP) and self.text[index].isascii() and self.text[index - 1 : index].isascii()

    def printed(self, start: int, end: int) -> str:
        """Return ``text[start:end]`` as printed, breaks left out."""
        chars: list[str] = []
        for index in range(start, end):
            line = self.line_of[index]
            if line >= 0:
                if chars and chars[-1] != " " and self._gap(index):
                    chars.append(" ")
                chars.append(self.lines[line][1].text[self.place_of[index]])
        return "".join(chars).strip()


@dataclass(slots=True)
class _Builder:
    target: ClinicalText
    chars: list[str] = field(default_factory=list)

    def mark(self, char: str) -> None:
        """Append a break that no line holds."""
        if self.chars and self.chars[-1] not in "\n\t":
            self._put(char, -1, 0, 0)
        elif self.chars and char == "\n":
            self.chars[-1] = "\n"

    def add(self, page: ReadPage, line: Line, flag: int) -> None:
        number = len(self.target.lines)
        self.target.lines.append((page, line))
        folded = fold(line.text)
        pending = flag
        for place, char in enumerate(folded):
            if char.isspace():
                if self.chars and self.chars[-1] not in "\n\t":
                    pending |= GAP
                continue
            keep = pending & GAP and self.chars and _plain(char) and _plain(self.chars[-1])
            if keep and self.chars[-1] not in "\n\t ":
                self._put(" ", number if place else -1, max(place - 1, 0), 0)
            self._put(char, number, place, pending)
            pending = 0

    def _put(self, char: str, line: int, place: int, flag: int) -> None:
        self.chars.append(char)
        self.target.line_of.append(line)
        self.target.place_of.append(place)
        self.target.before.append(flag)


def join_document(document: Document, is_heading: HeadingTest) -> ClinicalText:
    """Join the lines of ``document`` over all its pages."""
    target = ClinicalText(document)
    builder = _Builder(target)
    for page in document.pages:
        rows = page_rows(page, is_heading)
        margin = _right_margin(rows, page)
        target.page_starts.append(len(builder.chars))
        for position, row in enumerate(rows):
            previous = rows[position - 1] if position else None
            if previous is None or not _continues(builder.chars, previous, row, margin, is_heading):
                builder.mark("\n")
                flag = 0
            else:
                flag = SOFT
            for number, fragment in enumerate(row.fragments):
                if number:
                    gap = fragment.x0 - row.fragments[number - 1].x1
                    flag = GAP if gap < 2.0 * row.height else 0
                    if not flag:
                        builder.mark("\t")
                builder.add(page, fragment.line, flag)
    target.text = "".join(builder.chars)
    return target


def join_plain(text: str) -> ClinicalText:
    """Build a text without pages; printed line breaks are hard. For rules and their tests."""
    target = ClinicalText(None)
    builder = _Builder(target)
    quad = ((0.0, 0.0), (1.0, 0.0), (1.0, 1.0), (0.0, 1.0))
    for row in text.split("\n"):
        builder.mark("\n")
        for number, cell in enumerate(row.split("\t")):
            if number:
                builder.mark("\t")
            builder.add(None, Line(cell, quad, quad, 1.0, "", ""), 0)  # type: ignore[arg-type]
    target.text = "".join(builder.chars)
    return target


_ITEM = re.compile(
    r"\s*(?:[①-⑳⑴-⒇❶-❿]|[(（]\s*[\d一二三四五六七八九十]{1,2}\s*[)）]|[一二三四五六七八九十]{1,2}\s*[、.．]"
    r"|[●■◆▲★※□☐☑☒✓√◇➢]|[-·*]\s*(?=[\u4e00-\u9fff]|\d+型)|#\d)"
)
_OPEN = re.compile(r"[(\[（][^)\]）]*$")


def _right_margin(rows: Sequence[Row], page: ReadPage) -> float:
    """Right edge that full lines of the page reach; infinite where the page has no running text."""
    edges = sorted(row.x1 for row in rows)
    if len(edges) < 3:
        return float("inf")
    edge = edges[min(len(edges) - 1, int(len(edges) * 0.93))]
    height = statistics.median(row.height for row in rows)
    shared = sum(abs(e - edge) < 2.0 * height for e in edges)
    wide = edge >= 0.7 * (page.width or page.page.width)
    return edge if wide or shared >= 3 else float("inf")


def _continues(chars: Sequence[str], previous: Row, row: Row, margin: float, is_heading: HeadingTest) -> bool:
    """True when ``row`` goes on in the paragraph of ``previous``."""
    text = fold(row.fragments[0].line.text).strip()
    if not chars or not text or is_heading(text) or _ITEM.match(text):
        return False
    if row.y - previous.y > 3.5 * max(previous.height, row.height):
        return False
    if len(previous.fragments) > 1:
        cell, beside = previous.fragments[-1], previous.fragments[-2]
        apart = cell.x0 - beside.x1 > 2.0 * previous.height
        if apart and cell.x1 - cell.x0 < 10 * previous.height and row.x0 < cell.x0 - previous.height:
            return False  # a row of cells, not of running text
    last = chars[-1]
    if text[0] in "、,。;)]%":
        return True
    if last in "、(" or (last != "。" and _OPEN.search("".join(chars[-40:]).rpartition("\n")[2])):
        return True
    if last in ",":
        return previous.x1 >= 0.55 * margin or margin == float("inf")
    if last in "。?!\t\n":
        return False
    return previous.x1 >= margin - 2.6 * previous.height and row.fragments[0].x0 < previous.fragments[-1].x1
