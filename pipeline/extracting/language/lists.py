"""Lists of diagnoses in every numbering style become single diagnoses (hazard H10).

Numbered lists are followed by their numbers: 1, 2, 3 must come in order, so ``1.2型糖尿病`` and ``高血压病3级`` stay
whole. What has no numbers is parted at punctuation, gaps and line ends where both sides read like a diagnosis.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache

from pipeline.extracting.language.patterns import alternatives
from pipeline.extracting.language.text import GAP, SOFT
from rules.vocabulary.language import load_list_words

__all__ = ["Item", "split_list"]

ICD = re.compile(r"(?<![A-Za-z0-9])([A-TV-Z]\d{2}(?:\.(?:\d{1,3}|[xX]\d{0,2}))?(?:[xX]\d{2,3}|\+\w*)?)(?![A-Za-z0-9])")


@dataclass(frozen=True, slots=True)
class Item:
    """One diagnosis of a list: ``text[start:end]``, and the code printed beside it."""

    start: int
    end: int
    icd10: str | None = None


@dataclass(frozen=True, slots=True)
class _Mark:
    start: int
    end: int
    number: int
    sign: str
    edge: bool
    """Stands at the start of a row, or after a gap or punctuation."""


_CIRCLED = {char: n for base in ("①②③④⑤⑥⑦⑧⑨⑩⑪⑫⑬⑭⑮⑯⑰⑱⑲⑳", "❶❷❸❹❺❻❼❽❾❿") for n, char in enumerate(base, 1)}
_PARENTHESISED = {char: n for n, char in enumerate("⑴⑵⑶⑷⑸⑹⑺⑻⑼⑽⑾⑿", 1)}
_DOTTED = {char: n for n, char in enumerate("⒈⒉⒊⒋⒌⒍⒎⒏⒐⒑⒒⒓", 1)}
_HAN = {char: n for n, char in enumerate("一二三四五六七八九十", 1)}


def _han(text: str) -> int:
    if len(text) == 2 and text[0] == "十":
        return 10 + _HAN[text[1]]
    return _HAN.get(text, 0)


def _signs(table: dict[str, int], name: str) -> Callable[[str, bytes | bytearray, int, int], list[_Mark]]:
    def find(text: str, before: bytes | bytearray, start: int, end: int) -> list[_Mark]:
        return [
            _Mark(i, i + 1 + (text[i + 1 : i + 2] in (".", "、")), table[text[i]], name, _edge(text, before, i, start))
            for i in range(start, end)
            if text[i] in table
        ]

    return find


_HAN_MARK = re.compile(r"\(([一二三四五六七八九十]{1,2})\)|([一二三四五六七八九十]{1,2})[、.]")


def _han_marks(text: str, before: bytes | bytearray, start: int, end: int) -> list[_Mark]:
    marks = []
    for match in re.compile(r"(?:\(([一二三四五六七八九十]{1,2})\)|([一二三四五六七八九十]{1,2})[、.])").finditer(
        text, start, end
    ):
        number = _han(match[1] or match[2])
        edge = _edge(text, before, match.start(), start)
        if number and (edge or text[match.start() - 1] not in "第十有"):
            marks.append(_Mark(match.start(), match.end(), number, "(一)" if match[1] else "一、", edge))
    return marks


_PAREN = re.compile(r"\((\d{1,2})\)[.、]?|(?<![\d.(])(\d{1,2})\)[.、]?")
_DIGIT = re.compile(r"(?<![\d.A-Za-z/×<>~-])([1-9]\d?|[lI|](?=[.、]))([.、,:·]|(?=\s|\t))(?!\d*[%/])")
# After "2." a decimal would follow: its digits must open a name (2.2型糖尿病), not carry a unit (2.5cm).
_DECIMAL = re.compile(
    r"\d+(?:\.\d|[a-zA-Zμ%×*/^]|厘米|毫米|公分|倍|万|岁|年|个?月|天|日|次|小时|分|-\d|~\d|$)|\d+[,;。)]", re.IGNORECASE
)


def _paren_marks(text: str, before: bytes | bytearray, start: int, end: int) -> list[_Mark]:
    return [
        _Mark(m.start(), m.end(), int(m[1] or m[2]), "(1)" if m[1] else "1)", _edge(text, before, m.start(), start))
        for m in _PAREN.finditer(text, start, end)
    ]


def _digit_marks(text: str, before: bytes | bytearray, start: int, end: int) -> list[_Mark]:
    marks = []
    for match in _DIGIT.finditer(text, start, end):
        edge = _edge(text, before, match.start(), start)
        sign = match[2]
        if (not sign or match[1] in "lI|") and not edge:
            continue
        if not sign and text[match.end()] == "\t" and ICD.search(text[max(start, match.start() - 12) : match.start()]):
            continue
        if sign in ".·" and sign and _DECIMAL.match(text[match.end() : min(end, match.end() + 8)]):
            continue
        number = 1 if match[1] in "lI|" else int(match[1])
        marks.append(_Mark(match.start(), match.end(), number, sign or " ", edge))
    for i in range(start, end):  # "1 高血压" whose white space was dropped between digit and Chinese
        nxt = i + 1
        if text[i].isdecimal() and nxt < end and before[nxt] & GAP and not text[nxt].isascii():
            alone = i == start or not (text[i - 1].isdigit() or text[i - 1] == ".")
            if alone and _edge(text, before, i, start) and text[i] != "0":
                marks.append(_Mark(i, nxt, int(text[i]), " ", True))
    return sorted(marks, key=lambda mark: mark.start)


def _edge(text: str, before: bytes | bytearray, index: int, start: int) -> bool:
    return index == start or text[index - 1] in "\n\t,;。、: " or bool(before[index] & (GAP | SOFT))


_STYLES = (
    _han_marks,
    _digit_marks,
    _signs(_DOTTED, "⒈"),
    _paren_marks,
    _signs(_PARENTHESISED, "⑴"),
    _signs(_CIRCLED, "①"),
)


def _after_lost(marks: Sequence[_Mark], last: _Mark, sign: str) -> list[_Mark]:
    """Marks that go on after one number was not read: at an edge, or with the number after them in place."""
    skipped = [m for m in marks if m.start >= last.end and m.number == last.number + 2 and m.sign == sign]
    following = {m.number for m in marks if m.sign == sign and m.start > last.end}
    return [m for m in skipped if m.edge or m.number + 1 in following]


def _chain(marks: Sequence[_Mark]) -> list[_Mark]:
    """Return the marks that count up from the first one, or an empty list when they do not make a list."""
    best: list[_Mark] = []
    for first in [m for m in marks if m.number == 1][:3] or [m for m in marks if m.edge][:1]:
        chain = [first]
        while True:
            last = chain[-1]
            ahead = [m for m in marks if m.start >= last.end and m.number == last.number + 1]
            same = [m for m in ahead if m.sign == first.sign] or [m for m in ahead if m.edge]
            same = same or _after_lost(marks, last, first.sign)
            if not same:
                break
            chain.append(same[0])
        if len(chain) > len(best):
            best = chain
    if len(best) == 1 and not best[0].edge:
        return []
    return best


def split_list(text: str, before: bytes | bytearray, start: int, end: int) -> list[Item]:
    """Return the diagnoses of ``text[start:end]`` in order, numbers and punctuation trimmed."""
    items: list[Item] = []
    _split(text, before, start, end, items, depth=0)
    return _drop_noise(text, items)


def _split(text: str, before: bytes | bytearray, start: int, end: int, items: list[Item], depth: int) -> None:
    candidates = []
    for style in _STYLES:
        chain = _chain(style(text, before, start, end))
        if chain and (len(chain) > 1 or chain[0].start - start < 2 or (chain[0].edge and chain[0].number == 1)):
            candidates.append((chain[0].start, -len(chain), chain))
    # The style that opens the list is the outer one; what it holds may be numbered again.
    for _, _, chain in sorted(candidates, key=lambda c: (c[0], c[1]))[:1]:
        if depth > 3:
            break
        if chain[0].start > start:
            _split(text, before, start, chain[0].start, items, depth + 1)
        bounds = [*(m.start for m in chain[1:]), end]
        for mark, bound in zip(chain, bounds, strict=True):
            _split(text, before, mark.end, bound, items, depth + 1)
        return
    _split_plain(text, before, start, end, items)


@lru_cache(maxsize=1)
def _disease_end() -> re.Pattern[str]:
    return re.compile(f"(?:{alternatives(load_list_words().disease_ends).pattern})$")


@lru_cache(maxsize=1)
def _modifier() -> re.Pattern[str]:
    return re.compile(f"(?:{alternatives(load_list_words().modifiers).pattern})+")


@lru_cache(maxsize=1)
def _joiner() -> re.Pattern[str]:
    return alternatives(load_list_words().joiners)


@lru_cache(maxsize=1)
def _not_item() -> re.Pattern[str]:
    return alternatives(load_list_words().not_items)


_TAIL = re.compile(r"(?:[(\[][^()\[\]]*[)\]]|[??]+|[1-4IVⅠⅡⅢⅣⅤ一二三四五]{1,3}[级期度型]|[左右双]侧|\s)+$")


def _complete(piece: str) -> bool:
    """True when ``piece`` reads like the whole name of a disease."""
    bare = _TAIL.sub("", ICD.sub("", piece)).strip(" .,;、。:")
    previous = ""
    while previous != bare:
        previous = bare
        bare = re.sub(_modifier().pattern + "$", "", bare).strip(" ,、") or bare
    return bool(_disease_end().search(bare))


_LABEL = re.compile(
    r"(?:疾病|诊断)(?:诊断)?(?:编码|代码):?|(?:入院病情|出院转归):?(?:(?:[1-4](?![.、,:\d型级期])|有|无|临床未确定|情况不明)(?!痛|症))?"
    r"|(?:主要|其他|其它|次要)诊断:?"
)
"""Heads of columns that a reader glued to the diagnosis beside them, with the mark of the column."""


def _label_edges(text: str, start: int, end: int) -> set[int]:
    return {edge for match in _LABEL.finditer(text, start, end) for edge in match.span()}


def _pieces(text: str, before: bytes | bytearray, start: int, end: int) -> list[tuple[int, int, str]]:
    """Cut at every possible boundary outside brackets; each piece carries what stood before it."""
    pieces: list[tuple[int, int, str]] = []
    depth, low, sign = 0, start, ""
    edges = _label_edges(text, start, end)
    for index in range(start, end):
        char = text[index]
        if char in "([":
            depth += 1
        elif char in ")]":
            depth = max(0, depth - 1)
        mark = ""
        if char in "\n\t,;。、+/ " and (char != "/" or not text[index - 1 : index].isascii()):
            mark = char
        elif index > low and (before[index] & GAP or index in edges):
            mark = "gap"
        if not mark or (depth and mark not in "\n"):
            continue
        if mark == "\n":
            depth = 0
        pieces.append((low, index, sign))
        low, sign = (index if mark == "gap" else index + 1), mark
    pieces.append((low, end, sign))
    return [piece for piece in pieces if text[piece[0] : piece[1]].strip()]


_CODE_LABEL = re.compile(r"^(?:疾病)?(?:诊断)?(?:编码|代码|ICD-?10?(?:编码)?)[:\s]*")
_COLUMN = re.compile(r"[1-4]|有|无|临床未确定|情况不明|治愈|好转|未愈")
"""What stands in the columns 入院病情 and 转归 beside a diagnosis."""


def _split_plain(text: str, before: bytes | bytearray, start: int, end: int, items: list[Item]) -> None:
    current: tuple[int, int] | None = None
    code: str | None = None
    coming: str | None = None  # a code printed before its diagnosis

    closed = False  # 入院病情 stood behind the entry: only its code may still follow

    def flush() -> None:
        nonlocal current, code, closed
        if current is not None:
            items.append(Item(*current, code))
        current, code, closed = None, None, False

    for low, high, sign in _pieces(text, before, start, end):
        if label := _LABEL.fullmatch(text[low:high].strip()):
            if label[0].rstrip(":").endswith("诊断"):
                flush()
            closed = closed or not label[0].rstrip(":").endswith("码")
            continue
        piece = _CODE_LABEL.sub("", text[low:high].strip(" .,;、。:"))
        match = ICD.search(piece)
        if match and len(piece) - len(match[0]) <= 2:
            if current is None:
                coming = match[1]
            code = code or match[1]
            continue
        if current is not None and _COLUMN.fullmatch(piece) and (code is not None or sign == "\t" or len(piece) > 1):
            continue
        if (
            current is not None
            and not closed
            and _belongs(text[current[0] : current[1]], piece, sign, coded=code is not None)
        ):
            current = (current[0], high)
        else:
            flush()
            current, code, coming = (low, high), coming, None
        if match:
            code = code or match[1]
    flush()


def _belongs(left: str, piece: str, sign: str, *, coded: bool) -> bool:
    """True when ``piece`` goes on with the diagnosis ``left``."""
    bare = re.sub(r"\([^()]*\)$", "", piece)
    if _modifier().fullmatch(piece) or _modifier().fullmatch(bare) or _joiner().match(piece):
        return True
    if left.count("(") > left.count(")"):
        return True
    if coded or sign in ";。":
        return False
    if sign in "+":
        return not (_complete(left) and _complete(piece))
    whole = _complete(left)
    if sign == "\n" and len(piece) <= 2 and not _complete(piece):
        return True  # the last characters of a name, printed on the next line
    if sign in "\n\t":
        return (
            not whole and (not _complete(piece) or len(left) <= 3 or sign == "\n") and not _not_item().fullmatch(left)
        )
    if sign == "、":
        return not (whole and _complete(piece))
    return not (whole and (_complete(piece) or len(piece) >= 3))


_TRIM = " \t\n.,;、。:·*●■◆▲★※□☆◇➢>-_=|"


def _drop_noise(text: str, items: Sequence[Item]) -> list[Item]:
    kept = []
    for item in items:
        start, end, code = item.start, item.end, item.icd10
        piece = text[start:end]
        match = ICD.search(piece)
        if match:
            code = code or match[1]
            if match.end() >= len(piece.rstrip(_TRIM + ")")):
                cut = piece[: match.start()].rstrip("(" + _TRIM)
                end = start + len(cut)
            elif match.start() <= 2:
                start += match.end()
        while start < end and text[start] in _TRIM:
            start += 1
        while end > start and text[end - 1] in _TRIM:
            end -= 1
        name = re.sub(r"\s", "", text[start:end])
        if len(name) < 2 or _not_item().fullmatch(name) or not re.search(r"[\u4e00-\u9fff]|[A-Z]{2}", name):
            continue
        kept.append(Item(start, end, code))
    return kept
