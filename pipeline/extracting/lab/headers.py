"""Header words: which role each word of a table's header row gives to the column below it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import yaml
from rapidfuzz.distance import Levenshtein

from pipeline.extracting.lab.cells import Cell
from pipeline.extracting.lab.kinds import Kind, kinds
from pipeline.extracting.lab.rows import Row
from pipeline.extracting.lab.text import flat, has_cjk

__all__ = ["HeaderCell", "header_cells", "header_words", "is_header_word"]

WORDS = Path(__file__).parent / "header_words.yaml"


@dataclass(frozen=True, slots=True)
class HeaderCell:
    """One header word and the role it names."""

    role: str
    u0: float
    u1: float
    cell: Cell
    unit: str | None = None
    """Unit that the word carries for its whole column: 结果(mmol/L)."""

    @property
    def mid(self) -> float:
        return (self.u0 + self.u1) / 2


@lru_cache(maxsize=1)
def header_words() -> dict[str, str]:
    """Return every header word, squeezed and in lower case, with its role.

    Raises:
        ValueError: the file names one word under two roles.
    """
    data = yaml.load(WORDS.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)
    words: dict[str, str] = {}
    for role, entries in data.items():
        for entry in entries:
            word = _squeeze(str(entry))[0] or str(entry)
            if words.setdefault(word, role) != role:
                raise ValueError(f"{WORDS.name}: {entry!r} stands under {words[word]!r} and {role!r}")
    return words


def _squeeze(text: str) -> tuple[str, list[int]]:
    """Return ``text`` without spaces and brackets in lower case, and where each glyph stood."""
    kept, places = [], []
    for place, glyph in enumerate(flat(text)):
        if glyph not in " ()/*:,.|丨-_'\"^":
            kept.append(glyph.lower())
            places.append(place)
    return "".join(kept), places


@lru_cache(maxsize=4000)
def _segment(text: str) -> tuple[tuple[str, int, int], ...]:
    """Cut ``text`` wholly into header words: (role, start, end) each; empty when it is not made of them."""
    plain, places = _squeeze(text)
    if not plain or len(plain) > 40 or (":" in flat(text)[:-1] and not flat(text).rstrip().endswith(":")):
        return ()
    words = header_words()
    if plain in words:
        return ((words[plain], 0, len(text)),)
    best: dict[int, tuple[int, tuple[tuple[str, int, int], ...]]] = {0: (0, ())}
    for i in range(len(plain)):
        if i not in best:
            continue
        cost, parts = best[i]
        for j in range(i + 1, min(len(plain), i + 26) + 1):
            word = plain[i:j]
            role = words.get(word)
            # One-glyph words and Latin ones only stand alone: "号" or "no" inside other text means nothing.
            lead = i == 0 and role == "index"
            if role is None or (len(word) < 2 and not lead) or (word.isascii() and _inside_latin(plain, i, j)):
                continue
            if _two_words(plain, places, i, j):
                continue
            merged = parts and parts[-1][0] == role
            total = cost + (1 if merged else 2)
            piece = (role, places[i], places[j - 1] + 1)
            if j not in best or total < best[j][0]:
                best[j] = (total, (*parts[:-1], (role, parts[-1][1], piece[2])) if merged else (*parts, piece))
    if len(plain) in best:
        return best[len(plain)][1]
    if len(plain) >= 3 and has_cjk(plain):
        near = [w for w in words if len(w) == len(plain) and Levenshtein.distance(w, plain) == 1 and w[0] == plain[0]]
        roles = {words[w] for w in near}
        if len(roles) == 1 and len(plain) >= 4 - (len(near) > 1):
            return ((roles.pop(), 0, len(text)),)
    return ()


def _two_words(plain: str, places: list[int], i: int, j: int) -> bool:
    """True where print parts the word into two header words of their own: 结果 单位, 项目(单位)."""
    words = header_words()
    return any(places[k] - places[k - 1] > 1 and plain[i:k] in words and plain[k:j] in words for k in range(i + 1, j))


def _inside_latin(plain: str, i: int, j: int) -> bool:
    before = i > 0 and plain[i - 1].isascii() and plain[i - 1].isalpha()
    after = j < len(plain) and plain[j].isascii() and plain[j].isalpha()
    return before or after


def header_cells(row: Row) -> list[HeaderCell]:
    """Return the header words of ``row`` left to right, or nothing when the row is not a table's header.

    A header names at least two roles, among them the item, the result or the range, and is made of little else.
    """
    found: list[HeaderCell] = []
    others = 0
    for printed, cell in _whole_lines(row):
        whole, unit = _without_unit(printed)
        parts = _segment(whole)
        if not parts:
            others += 1
            continue
        total = max(len(whole), 1)
        for role, start, end in parts:
            a, b = _width(whole[:start]) / _width(whole), _width(whole[:end]) / _width(whole)
            if total == 1:
                a, b = 0.0, 1.0
            left, right = cell.u0, cell.u1
            own = unit if role == "result" else None
            found.append(HeaderCell(role, left + (right - left) * a, left + (right - left) * b, cell, own))
    found = _merge_neighbours(found)
    roles = {h.role for h in found}
    strong = roles & {"name", "result", "range", "low"}
    if len(roles - {"other"}) < 2 or not strong or others > len(found):
        return []
    return found


def _without_unit(text: str) -> tuple[str, str | None]:
    """Part a unit in brackets from the words of a header: 结果(mmol/L)."""
    bracket = re.search(r"\s*[(（\[]\s*([^()（）\[\]]{1,14}/[^()（）\[\]]{1,12}|%)\s*[)）\]]\s*$", text)
    if bracket is None or kinds(bracket[1]).get(Kind.UNIT, 0.0) < 0.8:
        return text, None
    return text[: bracket.start()], bracket[1].strip()


def is_header_word(text: str) -> bool:
    """True when ``text`` is made of header words alone."""
    parts = _segment(text)
    return bool(parts) and any(role != "other" for role, _, _ in parts) and len(text) > 1


def _width(text: str) -> float:
    return float(sum(2 if ord(c) >= 0x2E80 else 1 for c in text)) or 1.0


def _whole_lines(row: Row) -> list[tuple[str, Cell]]:
    """Header cells are looked at as the reader gave them: pieces of one line are put together again."""
    out: list[tuple[str, Cell]] = []
    for cell in row.cells:
        if cell.piece and out and out[-1][1].piece and _touching(out[-1][1], cell):
            text, before = out[-1]
            joined = Cell(
                text=text + " " + cell.text,
                line=before.line,
                page=cell.page,
                u0=before.u0,
                u1=cell.u1,
                v=cell.v,
                h=cell.h,
                piece=True,
            )
            out[-1] = (joined.text, joined)
        else:
            out.append((cell.text, cell))
    return [(re.sub(r"\s+", " ", text), cell) for text, cell in out]


def _touching(one: Cell, two: Cell) -> bool:
    return abs(two.u0 - one.u1) < 1.5 * max(one.h, two.h)


def _merge_neighbours(found: list[HeaderCell]) -> list[HeaderCell]:
    """Join words of one role that stand together: 参考 区间, 检验 项目 read as two lines."""
    out: list[HeaderCell] = []
    for word in found:
        if out and out[-1].role == word.role and word.u0 - out[-1].u1 < 1.2 * word.cell.h:
            out[-1] = HeaderCell(word.role, out[-1].u0, word.u1, out[-1].cell, out[-1].unit or word.unit)
        else:
            out.append(word)
    return out
