"""Cells: pieces of read lines, each with its content kinds and its place in the straightened frame.

A reader may return one cell, several glued cells ("11.35↑10^9/L") or a whole row as one line. Glued text is cut by
content:
the cheapest way to read it as a sequence of names, numbers, ranges, units and marks.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

from pipeline.extracting.lab.kinds import Kind, kinds
from pipeline.extracting.lab.names import known_name
from pipeline.extracting.lab.seals import without_seals
from pipeline.extracting.lab.text import flat, has_cjk
from pipeline.nouns import Line, ReadPage

__all__ = ["Cell", "Place", "cut_line", "cut_text", "is_prose"]

Place = tuple[float, float, float, float]
"""u0, u1, v, height in the straightened frame of a sheet: rows run level, columns upright."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Cell:
    """One piece of print of one kind."""

    text: str
    line: Line
    page: ReadPage
    u0: float
    u1: float
    v: float
    h: float
    piece: bool
    """True when it was cut out of a longer line: its place is an estimate."""
    sealed: bool = False
    """True when letters of a seal, or marks beside a number, were taken off its text."""
    told: Kind | None = None
    """What a label before it says that it is (参考值：>90); its own text may be anything."""

    @property
    def kinds(self) -> Mapping[Kind, float]:
        return kinds(self.text) if self.told is None else {self.told: 1.0}

    @property
    def mid(self) -> float:
        return (self.u0 + self.u1) / 2

    def is_a(self, kind: Kind, at_least: float = 0.5) -> bool:
        return self.kinds.get(kind, 0.0) >= at_least


_LIMIT = {
    Kind.NUMBER: 13, Kind.RANGE: 26, Kind.UNIT: 20, Kind.FLAG: 4, Kind.QUAL: 10, Kind.METHOD: 14, Kind.CODE: 16,
    Kind.NAME: 40, Kind.DATE: 20,
}  # fmt: skip
_COST = {
    Kind.NUMBER: 1.0, Kind.RANGE: 1.0, Kind.UNIT: 0.7, Kind.FLAG: 0.8, Kind.QUAL: 1.0, Kind.METHOD: 1.3, Kind.CODE:
    1.3, Kind.NAME: 1.5, Kind.DATE: 1.0,
}  # fmt: skip


def _script(glyph: str) -> str:
    if glyph.isdigit() or glyph == ".":
        return "digit"
    if glyph.isalpha() and not has_cjk(glyph):
        return "latin"
    return "cjk" if has_cjk(glyph) else "mark"


def _joint(text: str, place: int) -> float:
    """Cost of cutting ``text`` before ``place``: nothing at a space, much inside a word or a number."""
    if place == 0 or text[place] == " " or text[place - 1] == " ":
        return 0.0
    pair = (_script(text[place - 1]), _script(text[place]))
    if pair[0] == pair[1]:
        return {"digit": 3.0, "latin": 2.0, "cjk": 1.5, "mark": 0.6}[pair[0]]
    return 1.2 if pair == ("latin", "digit") else 0.3


def _piece_cost(raw: str) -> float | None:
    """Cost of reading ``raw`` as one cell, None when it cannot be one."""
    s = raw.strip()
    weights = kinds(s)
    best: float | None = None
    for kind, weight in weights.items():
        if kind not in _COST or len(s) > _LIMIT[kind] or weight < 0.2:
            continue
        cost = _COST[kind] + (1.0 - weight)
        if kind in (Kind.NAME, Kind.CODE):
            if known_name(s):
                cost = 0.5
            else:
                cost += _name_penalty(s, kind)
        elif kind is Kind.FLAG and weight < 0.5:
            continue
        elif kind is Kind.QUAL and " " in s:
            cost += 1.5  # ±  [阴性]: a result and its limit
        if best is None or cost < best:
            best = cost
    return best


def _name_penalty(s: str, kind: Kind) -> float:
    plain = flat(s)
    penalty = 0.01 * len(s)
    if any(glyph in "↑↓<>≤≥" for glyph in plain):
        penalty += 4.0
    if re.search(r"阴性|阳性", plain):
        penalty += 1.5
    if re.search(r"\d\s*x10|/[A-Za-z]{1,2}$", plain) and kind is Kind.NAME:
        penalty += 1.5
    if re.match(r"[-+±]|\d\+", plain) or re.search(r"(?:异常|偏高|偏低)$", plain):
        penalty += 1.5
    if re.search(r"(?:g|mol|U|IU)/[a-zA-Z]+\d", plain):
        penalty += 1.5
    if plain.endswith(("*", "+")) and kind is Kind.NAME:
        penalty += 0.3
    tail = len(plain) - len(plain.rstrip("0123456789."))
    if re.search(r"\d\.\d", plain):
        penalty += 3.0
    if tail and len(plain) > tail:
        before = plain[len(plain) - tail - 1]
        if before == " ":
            penalty += 1.6
        elif has_cjk(before):
            penalty += 1.0
    if " " in s:
        words = [word for word in s.split(" ") if word]
        penalty += 0.7 * (len(words) - 1)
        penalty += 0.8 * sum(1 for word in words[1:] if Kind.NUMBER in kinds(word) or Kind.QUAL in kinds(word))
    if plain[:1].isdigit() and kind is Kind.NAME:
        penalty += 0.2
    return penalty


def is_prose(text: str) -> bool:
    """True for a sentence: notes under a table hold numbers too, and are no rows."""
    return len(text) > 8 and re.search(r"[，。；！？]", text) is not None and not known_name(text)


_INNER_LABEL = re.compile(
    r"(?:^|(?<=[\s\d%LlgHh↑↓)）,，;；(（\[]))(?:(?P<shown>(?:上上?|前)一?次(?:结果|值)?|历史结果|(?:生物|正常)?参考(?:范围|区间|值)?|正常(?:范围|值))"
    r"|(?<=.)(?:(?:本次)?(?:检[验测查]|测定)?结果|单\s*位|提示|状态))\s*(?:[:：]\s*|(?=[\d<>≤≥]|[阴阳]性|未检出))"
)
"""A label in the middle of a line begins a new cell (单位：mmol/L  参考：3.1-8.0); before limits and earlier results it
is a cell of its own."""


_STROKE = re.compile(r"(?<=\S)\s+[|｜]\s+(?=\S)|(?<=\S)\s*｜\s*(?=\S)")
"""A stroke between two cells (12.30 | 10^9/L). Without space around it a narrow one may be a digit."""


@lru_cache(maxsize=8000)
def cut_text(text: str) -> tuple[tuple[int, int], ...]:
    """Return the spans of the cells that ``text`` holds, left to right. A text of one cell gives one span."""
    edges = {0, len(text)}
    for match in _INNER_LABEL.finditer("" if is_prose(text) else text):
        edges |= {match.start()} | ({match.end()} if match["shown"] and match.end() < len(text) else set())
    for match in _STROKE.finditer(text):
        edges |= {match.start(), match.end()}
    colon = re.match(r"[^:：\d]{2,30}[:：](?=\s*(?:[↑↓<>≤≥]?\d|[-+±(（]|弱?[阴阳]性|未检出))", text)
    if colon and known_name(colon[0].rstrip(":：")):
        edges.add(colon.end())  # 血小板(PLT)：210 10^9/L
    spans: list[tuple[int, int]] = []
    for low, high in pairwise(sorted(edges)):
        part = text[low:high]
        if part.strip() in ("|", "｜"):
            continue
        kept = part.rstrip(" (（[") if high < len(text) else part
        spans += [(low + a, low + b) for a, b in _cut_part(kept)]
    return tuple(spans)


def _cut_part(text: str) -> tuple[tuple[int, int], ...]:
    start, end = len(text) - len(text.lstrip()), len(text.rstrip())
    if start >= end:
        return ()
    weights = kinds(text)
    closed = (Kind.NUMBER, Kind.RANGE, Kind.UNIT, Kind.QUAL, Kind.DATE, Kind.LABEL)
    if any(weights.get(kind, 0.0) >= 0.6 for kind in closed) or len(text) > 90 or known_name(text) or is_prose(text):
        return ((start, end),)
    if Kind.FLAG in weights and weights[Kind.FLAG] >= 0.7:
        return ((start, end),)
    plain = flat(text)
    best: dict[int, tuple[float, tuple[tuple[int, int], ...]]] = {start: (0.0, ())}
    after_sure: dict[int, bool] = {}
    for i in range(start, end):
        if i not in best or plain[i] == " ":
            continue
        base, spans = best[i]
        joint = _joint(plain, i) if i > start else 0.0
        for j in range(i + 1, min(end, i + 40) + 1):
            if plain[j - 1] == " " or (j < end and _joint(plain, j) >= 3.0 and not _may_cut_digits(plain, i, j)):
                continue
            cost = _piece_cost(plain[i:j])
            if cost is None:
                continue
            follow = j
            while follow < end and plain[follow] == " ":
                follow += 1
            total = base + cost + (min(joint, 0.3) if after_sure.get(i) else joint)
            total += 0.001 * (end - i)  # of equal readings the one whose first piece is longest
            if follow not in best or total < best[follow][0] - 1e-9:
                best[follow] = (total, (*spans, (i, j)))
                after_sure[follow] = _is_sure(plain[i:j].strip())
    return _powers_to_units(plain, best[end][1]) if end in best else ((start, end),)


_POWER_TAIL = re.compile(r"\s*[xX*]\s*10\^?[\d⁰¹²³⁴⁵⁶⁷⁸⁹]{1,2}\s*$")


def _powers_to_units(plain: str, spans: tuple[tuple[int, int], ...]) -> tuple[tuple[int, int], ...]:
    """Give a power of ten to the unit behind it: ``5.1×10⁹/L`` is 5.1 of ``×10⁹/L``, not a number per litre.

    Before a unit that stands on its own (2.5×10⁵copies/mL) the power belongs to the number.
    """
    out = list(spans)
    for i in range(len(out) - 1):
        (start, end), (after, stop) = out[i], out[i + 1]
        tail = _POWER_TAIL.search(plain[start:end])
        if tail and tail.start() and plain[after] == "/" and Kind.NUMBER in kinds(plain[start:end]):
            cut = start + tail.start()
            out[i], out[i + 1] = (start, cut), (cut, stop)
    return tuple(out)


def _is_sure(piece: str) -> bool:
    """True for a unit or a known name: its end is known, so a cut behind it needs no space."""
    return kinds(piece).get(Kind.UNIT, 0.0) >= 0.8 or (known_name(piece) and has_cjk(piece))


def _may_cut_digits(plain: str, start: int, place: int) -> bool:
    """Digits may be parted only before the ten of a power: 11.3510^9/L."""
    return plain.startswith("10", place) and place > start


def cut_line(line: Line, page: ReadPage, place: Callable[[Line], Place]) -> list[Cell]:
    """Return the cells of ``line``, placed in the straightened frame by ``place``."""
    text = without_seals(line.text)
    spans = cut_text(text)
    if not spans:
        return []
    if len(spans) == 1:
        u0, u1, v, h = place(line)
        sealed = _sealed(line.text.strip(), text.strip())
        return [Cell(text=text.strip(), line=line, page=page, u0=u0, u1=u1, v=v, h=h, piece=False, sealed=sealed)]
    cells = []
    for start, end in spans:
        part = line.part(start, end)
        u0, u1, v, h = place(part)
        sealed = _sealed(_token_around(line.text, start, end), text[start:end].strip())
        cells.append(
            Cell(text=text[start:end].strip(), line=part, page=page, u0=u0, u1=u1, v=v, h=h, piece=True, sealed=sealed)
        )
    return cells


def _token_around(text: str, start: int, end: int) -> str:
    while start > 0 and text[start - 1] != " ":
        start -= 1
    while end < len(text) and text[end] != " ":
        end += 1
    return text[start:end]


def _sealed(raw: str, text: str) -> bool:
    """A star beside 阴性 hides nothing; one beside a number, or a seal's letters, may hide a digit or a sign."""
    if raw == text or without_seals(raw) == raw:
        return False
    return Kind.NUMBER in kinds(text) or any(has_cjk(glyph) and glyph not in text for glyph in raw)
