"""Titles: which short lines of a page are its title, and which type of document they name.

A title word inside running prose must not count, so a line is a title only by its shape as well: short, on top or
large or centred, and, once hospital name and fillers are taken off, hardly more than the title itself. Titles come
glued to the hospital (``某某市人民医院出院记录``), in two lines, or letter-spaced into boxes of one character.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

from pipeline.fields.find import label_hits
from pipeline.fields.fold import fold
from pipeline.fields.geometry import beneath, height, median_height, row_order, text_span
from pipeline.nouns import Line, ReadPage
from rules.engine.facts import DocumentType
from rules.vocabulary.documents import load_document_rules, load_places

__all__ = ["Title", "find_titles", "strip_hospital"]

_PAGE_WORDS = (
    r"\(.{0,14}?\)|\[.{0,8}?\]|第?[0-9一二三四五六七八九十]+[页/]共?[0-9]*页?|第[0-9一二三]+次|"
    r"N[oO][:.]?[A-Za-z0-9]*|\d{1,4}|[A-Za-z]{1,30}"
)
_PROSE = re.compile(
    r"[。;!?]|见附|详见|附[:后]|根据|提供|携带|如有|须(?!知)|需|本报告|该报告|此报告|报告仅|注[:意](?!事项)|提示|说明(?!书)|"
    r"[0-9]{4}-[0-9]{1,2}|^[0-9一二三四五六七八九十(①②③]+[.、)]|复查|外院|我院|本院|查看|扫码|二维码|下载"
)
_QUOTES = re.compile(r"^[\"'“”《<\[*#=~_.\-·|]+|[\"'“”》>\]*#=~_.\-·:|]+$")
_MIN_FUZZY = 4


@dataclass(frozen=True, slots=True)
class Title:
    """A title as found: the type it names, the words, where, and how sure (0 to 1)."""

    type: DocumentType
    text: str
    lines: tuple[Line, ...]
    score: float
    y: float
    weak: bool = False
    """True for words shared by several types (病历): the headings decide."""


@dataclass(frozen=True, slots=True)
class _Matcher:
    patterns: tuple[tuple[DocumentType, re.Pattern[str]], ...]
    plain: dict[str, DocumentType]
    weak: dict[str, DocumentType]
    hospital: re.Pattern[str]
    """A name of an institution at the start of a text, campus and second name included."""
    filler: re.Pattern[str]
    """Words beside a title that do not change what it names."""


@lru_cache(maxsize=1)
def _matcher() -> _Matcher:
    patterns: list[tuple[DocumentType, re.Pattern[str]]] = []
    plain: dict[str, DocumentType] = {}
    weak: dict[str, DocumentType] = {}
    for rule in load_document_rules():
        patterns += [(rule.type, re.compile(pattern)) for pattern in rule.patterns]
        for title in rule.titles:
            plain.setdefault(title, rule.type)
        for title in rule.weak_titles:
            weak.setdefault(title, rule.type)
    places = load_places()
    ends = _either(places.hospital_ends)
    hospital = re.compile(
        rf"^.{{0,40}}{ends}(?:\([^)]{{0,28}}(?:院|区|部|中心|大学)\)|[^()]{{1,8}}?{_either(places.campus_ends)})*"
    )
    filler = re.compile("|".join([_either(places.departments), _either(places.title_fillers), _PAGE_WORDS]))
    return _Matcher(tuple(patterns), plain, weak, hospital, filler)


def _either(words: Sequence[str]) -> str:
    """Alternation of literal words, longest first."""
    return "(?:" + "|".join(re.escape(word) for word in sorted(words, key=len, reverse=True)) + ")"


def strip_hospital(text: str) -> str:
    """Folded text without a leading hospital name: ``某市人民医院出院记录`` -> ``出院记录``."""
    rest = _matcher().hospital.sub("", text, count=1)
    return rest or text


def _nearly_in(text: str, title: str) -> bool:
    """True when ``title`` stands in ``text`` with at most one character read as another."""
    half = len(title) // 2
    # With one wrong character one half is whole: a search for the halves settles nearly every pair.
    if title[:half] not in text and title[half:] not in text:
        return False
    return any(
        sum(a != b for a, b in zip(text[start:], title, strict=False)) <= 1
        for start in range(len(text) - len(title) + 1)
    )


@lru_cache(maxsize=4096)
def _name(text: str) -> tuple[DocumentType, str, float, bool] | None:
    """Type that a folded, cleaned text names, the words that name it, the share of it they make up, weak or not."""
    matcher = _matcher()
    best: tuple[float, int, DocumentType, str, bool] | None = None

    def offer(kind: DocumentType, words: str, weak: bool, factor: float = 1.0) -> None:
        nonlocal best
        rest = text.replace(words, "", 1) if words in text else text[len(words) :]
        left = len(matcher.filler.sub("", matcher.hospital.sub("", rest, count=1)))
        share = factor * len(words) / (len(words) + left)
        if best is None or (share, len(words)) > (best[0], best[1]):
            best = (share, len(words), kind, words, weak)

    for kind, pattern in matcher.patterns:
        for match in pattern.finditer(text):
            if len(match.group()) >= 2:
                offer(kind, match.group(), False)
    for title, kind in matcher.plain.items():
        if title in text:
            offer(kind, title, False)
    for title, kind in matcher.weak.items():
        if title in text:
            offer(kind, title, True, 0.9)
    if best is None or best[0] < 0.55:
        for title, kind in matcher.plain.items():
            if _MIN_FUZZY <= len(title) <= len(text) and _nearly_in(text, title):
                offer(kind, title, False, 0.85)
    if best is None:
        return None
    return (best[2], best[3], best[0], best[4])


def _candidates(page: ReadPage, lines: Sequence[Line]) -> Iterator[tuple[Line, ...]]:
    """Single lines, letter-spaced rows, and two short lines one above the other."""
    tall = median_height(lines)
    for line in lines:
        yield (line,)
    for row in row_order(page, lines):
        if 2 <= len(row) <= 12 and sum(len(fold(line.text).text) for line in row) <= 24:
            yield tuple(row)
    for line in lines:
        if len(fold(line.text).text) > 16:
            continue
        for other in beneath(line, page, lines, reach=3.0)[:1]:
            similar = 0.6 < height(other) / max(height(line), 1e-6) < 1.7
            large = min(height(line), height(other)) >= 1.05 * tall
            if similar and large and len(fold(other.text).text) <= 14:
                yield (line, other)


_PARENTHESES = re.compile(r"\(.{1,8}?\)")


def _before_labels(line: Line) -> str:
    """Folded text up to the first label: ``检验报告单   样本号：123`` is a title with a label behind it."""
    text = fold(line.text)
    hits = label_hits(text)
    cut = next((hit.start for hit in hits if hit.start >= 4 and hit.start in text.gaps), len(text.text))
    return text.text[:cut]


def find_titles(page: ReadPage, lines: Sequence[Line] | None = None) -> tuple[Title, ...]:
    """Find the titles on a page, best first. One line is at most one title."""
    pool = tuple(line for line in (page.lines if lines is None else lines) if line.text.strip())
    if not pool:
        return ()
    tall = median_height(pool)
    x0, y0, x1, y1 = text_span(pool)
    body = _body_start(pool)
    found: list[Title] = []
    for group in _candidates(page, pool):
        place = _standing(group, tall, (x0, y0, x1, y1), body)
        if place < 0.5:
            continue
        text = _QUOTES.sub("", "".join(map(_before_labels, group)))
        if not 2 <= len(text) <= 48:
            continue
        bare = _QUOTES.sub("", strip_hospital(text))
        if len(bare) > 30 or _PROSE.search(bare):
            continue
        colon = re.match(r"^[^:]{2,}?:(.*)$", bare)
        if colon and colon.group(1) and not re.match(r"^(\(|第|No|NO|\d)", colon.group(1)):
            continue
        named = _name(bare) or _name(_PARENTHESES.sub("", bare)) or _name(re.sub(r"[()]", "", bare))
        if named is None:
            continue
        kind, words, share, weak = named
        if share < 0.5:
            continue
        y = min(line.upright[1] for line in group)
        found.append(Title(kind, words, group, share * place, y, weak))
    found.sort(key=lambda title: (-title.score, title.y))
    kept: list[Title] = []
    for title in found:
        if not any(set(map(id, title.lines)) & set(map(id, other.lines)) for other in kept):
            kept.append(title)
    return tuple(kept)


_HEADISH = re.compile(r"^(姓名|性别|年龄|科室|科别|床号|住院号|门诊号|病案号|入院日期|出院日期|主诉|患者)")


def _body_start(lines: Sequence[Line]) -> float:
    """Where the head of the page ends: the first line that starts with a label of a patient or a section."""
    tops = [line.upright[1] for line in lines if _HEADISH.match(fold(line.text).text)]
    return min(tops) if tops else float("inf")


def _standing(group: Sequence[Line], tall: float, span: tuple[float, float, float, float], body: float) -> float:
    """How much the place and size of a line speak for a title, 0 to 1."""
    x0, y0, x1, y1 = span
    size = min(height(line) for line in group) / max(tall, 1e-6)
    left = min(line.upright[0] for line in group)
    right = max(line.upright[2] for line in group)
    top = min(line.upright[1] for line in group)
    rank = (top - y0) / max(y1 - y0, 1.0)
    centred = abs((left + right) / 2 - (x0 + x1) / 2) < 0.12 * max(x1 - x0, 1.0)
    score = 0.0
    if rank <= 0.12:
        score += 0.45
    elif rank <= 0.25:
        score += 0.35
    elif rank <= 0.45:
        score += 0.15
    if top <= body:
        score += 0.2
    if size >= 1.5:
        score += 0.5
    elif size >= 1.25:
        score += 0.35
    elif size >= 1.1:
        score += 0.15
    if centred:
        score += 0.2
    return min(score, 1.0)
