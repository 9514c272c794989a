"""Lists of diagnoses in every numbering style become single diagnoses (hazard H10).

Numbered lists are followed by their numbers: 1, 2, 3 must come in order, so ``1.2型糖尿病`` and ``高血压病3级`` stay
whole. What has no numbers is parted at punctuation, gaps and line ends where both sides read like a diagnosis.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

from pipeline.extracting.language.boxes import offered
from pipeline.extracting.language.numbering import ICD, STYLES, chain_of
from pipeline.extracting.language.patterns import alternatives
from pipeline.extracting.language.text import GAP, SOFT
from rules.vocabulary.language import load_list_words

__all__ = ["Item", "split_list"]


@dataclass(frozen=True, slots=True)
class Item:
    """One diagnosis of a list: ``text[start:end]``, and the code printed beside it."""

    start: int
    end: int
    icd10: str | None = None
    doubted: bool = False
    """Stands below a question that it may answer (胸痛待查：), or beside a box that may be ticked or not."""


def split_list(text: str, before: bytes | bytearray, start: int, end: int) -> list[Item]:
    """Return the diagnoses of ``text[start:end]`` in order, numbers and punctuation trimmed."""
    items: list[Item] = []
    parts = offered(text, start, end)
    if parts is None:
        _split(text, before, start, end, items, depth=0)
        return _drop_noise(text, items)
    for part in parts:
        if part.chosen is not False:
            chosen: list[Item] = []
            _split(text, before, part.start, part.end, chosen, depth=0)
            items += [replace(item, doubted=item.doubted or part.chosen is None) for item in chosen]
    return _drop_noise(text, items)


_QUESTION = re.compile(r"(?:待查|待排|待诊|待定|查因|原因|[??])[)?]?:\s*$")
_ASKED = re.compile(r"(?:待查|待排|待诊|查因)[)?]?:")


def _split(text: str, before: bytes | bytearray, start: int, end: int, items: list[Item], depth: int) -> None:
    candidates = []
    for style in STYLES:
        chain = chain_of(style(text, before, start, end))
        if chain and (len(chain) > 1 or chain[0].start - start < 2 or (chain[0].edge and chain[0].number == 1)):
            candidates.append((chain[0].start, -len(chain), chain))
    # The style that opens the list is the outer one; what it holds may be numbered again.
    for _, _, chain in sorted(candidates, key=lambda c: (c[0], c[1]))[:1]:
        if depth > 3:
            break
        if chain[0].start > start:
            _split(text, before, start, chain[0].start, items, depth + 1)
        first = len(items)
        asked = bool(_QUESTION.search(text, start, chain[0].start))
        bounds = [*(m.start for m in chain[1:]), end]
        for mark, bound in zip(chain, bounds, strict=True):
            _split(text, before, mark.end, bound, items, depth + 1)
        if asked:  # 胸痛待查: 1.冠心病 2.肺栓塞 are what it may be
            items[first:] = [replace(item, doubted=True) for item in items[first:]]
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


_BULLETS = "●◆■▲★※◇➢-·*"


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
        elif index > low and char in _BULLETS and (char not in "-·*" or before[index] & SOFT):
            mark = "\n"
        if not mark or (depth and mark not in "\n"):
            continue
        if mark == "\n":
            depth = 0
        pieces.append((low, index, sign))
        low, sign = (index if mark == "gap" else index + 1), mark
    pieces.append((low, end, sign))
    kept: list[tuple[int, int, str]] = []
    bullet = False
    for low, high, sign in pieces:
        words = text[low:high].strip()
        if words:
            kept.append((low, high, "\n" if bullet else sign))
            bullet = words in _BULLETS
    return [piece for piece in kept if text[piece[0] : piece[1]].strip() not in _BULLETS]


def _codes_lead(text: str, pieces: Sequence[tuple[int, int, str]]) -> bool:
    """True where each code is printed before its diagnosis: the first piece is a code and the last is none."""
    kinds = [bool(ICD.fullmatch(piece)) for low, high, _ in pieces if (piece := text[low:high].strip(" .,;、。:"))]
    return len(kinds) > 1 and kinds[0] and not kinds[-1]


_CODE_LABEL = re.compile(r"^(?:疾病)?(?:诊断)?(?:编码|代码|ICD-?10?(?:编码)?)[:\s]*")
_COLUMN = re.compile(r"[1-4]|有|无|临床未确定|情况不明|治愈|好转|未愈")
"""What stands in the columns 入院病情 and 转归 beside a diagnosis."""


def _split_plain(text: str, before: bytes | bytearray, start: int, end: int, items: list[Item]) -> None:
    current: tuple[int, int] | None = None
    code: str | None = None
    coming: str | None = None  # a code printed before its diagnosis

    closed = False  # 入院病情 stood behind the entry: only its code may still follow
    asked = False  # 胸痛待查: what follows in this breath is what it may be

    def flush() -> None:
        nonlocal current, code, closed, asked
        if current is not None:
            items.append(Item(*current, code, doubted=asked))
            asked = asked or bool(_ASKED.search(text, *current))
        current, code, closed = None, None, False

    pieces = _pieces(text, before, start, end)
    leading = _codes_lead(text, pieces)
    for low, high, sign in pieces:
        if label := _LABEL.fullmatch(text[low:high].strip()):
            if label[0].rstrip(":").endswith("诊断"):
                flush()
            closed = closed or not label[0].rstrip(":").endswith("码")
            continue
        piece = _CODE_LABEL.sub("", text[low:high].strip(" .,;、。:"))
        match = ICD.search(piece)
        if match and len(piece) - len(match[0]) <= 2:
            if leading:
                flush()
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
            asked = asked and sign not in ";。"
            current, code, coming = (low, high), coming, None
        if match:
            code = code or match[1]
    flush()


def _belongs(left: str, piece: str, sign: str, *, coded: bool) -> bool:
    """True when ``piece`` goes on with the diagnosis ``left``."""
    if re.fullmatch(r"[(]?[?]+[)]?", piece):
        return True  # a question mark in a cell or row of its own asks for the name before it
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


_TRIM = " \t\n.,;、。:·*●■◆▲★※□☆◇➢>-_=|#☑√✓✔☐"
_TAG = re.compile(r"[【\[][\u4e00-\u9fff]{1,5}[】\]](?=.)")
"""A note in square brackets before a name: 【门慢】, [主要]."""


def _drop_noise(text: str, items: Sequence[Item]) -> list[Item]:
    kept = []
    for item in items:
        start, end, code = item.start, item.end, item.icd10
        piece = text[start:end]
        match = ICD.search(piece)
        if match:
            code = code or match[1]
            if match.end() >= len(piece.rstrip(_TRIM + ")]】")):
                cut = piece[: match.start()].rstrip("([【" + _TRIM)
                end = start + len(cut)
            elif match.start() <= 2:
                start += match.end()
        while start < end and text[start] in _TRIM:
            start += 1
        if tag := _TAG.match(text, start, end):
            start = tag.end()
        while end > start and text[end - 1] in _TRIM:
            end -= 1
        name = re.sub(r"\s", "", text[start:end])
        if len(name) < 2 or _not_item().fullmatch(name) or not re.search(r"[\u4e00-\u9fff]|[A-Z]{2}|[A-Za-z]{4}", name):
            continue
        kept.append(replace(item, start=start, end=end, icd10=code))
    return kept
