"""Plain glyphs and the numbers, ranges and comparators that laboratory print is made of.

``flat`` maps one glyph to one glyph, so that a place in the flat text is a place in the text as read.
"""

from __future__ import annotations

import re
import unicodedata
from decimal import Decimal, InvalidOperation
from functools import lru_cache

__all__ = ["COMPARATORS", "NUMBER", "RANGE", "flat", "has_cjk", "plain_decimal", "squeeze"]

_MAP = {
    "×": "x", "✕": "x", "╳": "x", "Ｘ": "x", "µ": "μ", "—": "-", "–": "-", "−": "-", "‐": "-", "‑": "-", "―": "-",
    "－": "-", "﹣": "-", "ー": "-", "～": "~", "∼": "~", "〜": "~", "˜": "~", "≦": "≤", "≧": "≥", "⩽": "≤", "⩾": "≥",
    "＜": "<", "＞": ">", "〈": "<", "〉": ">", "《": "<", "》": ">", "‹": "<", "›": ">", "【": "(", "】": ")",
    "［": "(", "］": ")", "〔": "(", "〕": ")", "「": "(", "」": ")", "[": "(", "]": ")",
    "。": ".", "·": ".", "・": ".", "•": ".",
    "⬆": "↑", "⇧": "↑", "⇑": "↑", "🡑": "↑", "▲": "↑", "△": "↑", "⬇": "↓", "⇩": "↓", "⇓": "↓", "▼": "↓", "▽": "↓",
    "﹢": "+", "＋": "+", "﹡": "*", "＊": "*", "∗": "*", "✱": "*", "⁺": "+", "⁻": "-", "⁄": "/", "∕": "/", "﹪": "%",
    "\u3000": " ", "\u00a0": " ", "\t": " ", "∧": "^", "＾": "^", "ˆ": "^", "Λ": "^", "、": ",",
}  # fmt: skip

_SMALL = {glyph: str(i % 10) for i, glyph in enumerate("⁰¹²³⁴⁵⁶⁷⁸⁹₀₁₂₃₄₅₆₇₈₉")}
"""Raised and lowered digits. What they mean hangs on what stands before: see :func:`flat`."""
_POWER = re.compile(r"(?<![\d.])(10)([⁰¹²³⁴⁵⁶⁷⁸⁹]{1,2})")

COMPARATORS = {"<": "<", ">": ">", "≤": "<=", "≥": ">=", "<=": "<=", ">=": ">=", "=<": "<=", "=>": ">="}
_N = r"\d+(?:[.,]\d+)?"
_SCI = r"(?:[xX*]10\^?[-+]?\d{1,2}|[eE][-+]?\d{1,2})"
NUMBER = re.compile(rf"(?P<cmp>[<>≤≥]=?|=[<>])?(?P<sign>[-+])?(?P<n>{_N})(?P<sci>{_SCI})?")
"""One number with its comparator; spaces removed beforehand."""
_SEP = r"(?:-{1,3}|~{1,3}|至|到|_|一|-~|~-|\.\.\.?)"
RANGE = re.compile(
    rf"(?P<low>[-+]?{_N})(?P<s1>{_SCI})?(?P<u1>[a-zA-Zμ%/]{{0,8}}){_SEP}(?P<cmp>[<>≤≥]?)(?P<high>[-+]?{_N})(?P<s2>{_SCI})?"
)
"""Two numbers with a dash between them; spaces removed beforehand."""


@lru_cache(maxsize=4096)
def flat(text: str) -> str:
    """Return ``text`` in plain glyphs, glyph for glyph (same length).

    A small digit behind a letter is a plain one (m², PaCO₂, HbA₁c). Behind a digit it stays small: it is an exponent
    (10⁹) or a footnote (5.1²), and never one more digit of the number.
    """
    out: list[str] = []
    for glyph in text:
        if glyph in _SMALL:
            out.append(_SMALL[glyph] if out and out[-1].isalpha() else glyph)
            continue
        mapped = _MAP.get(glyph)
        if mapped is None:
            mapped = unicodedata.normalize("NFKC", glyph) if "！" <= glyph <= "｠" else glyph
            if len(mapped) != 1:
                mapped = glyph
        out.append(mapped)
    return "".join(out)


@lru_cache(maxsize=4096)
def squeeze(text: str) -> str:
    """Return the flat text without any space; a raised exponent is written behind a caret: ``10^9``."""
    return _POWER.sub(lambda m: "10^" + "".join(_SMALL[c] for c in m[2]), flat(text).replace(" ", ""))


def has_cjk(text: str) -> bool:
    return any("\u3400" <= glyph <= "\u9fff" or "\uf900" <= glyph <= "\ufaff" for glyph in text)


def plain_decimal(number: str, sci: str | None = None, sign: str | None = None) -> Decimal | None:
    """Return the value of a matched number; None where a comma leaves it open what was printed.

    ``1,234`` or ``1,234.5`` is read with a thousands mark only where the groups are whole; ``11,35`` is a decimal
    comma (or a
    speck), which the caller must doubt.
    """
    if "," in number:
        if re.fullmatch(r"\d{1,3},\d{3}", number):
            return None
        number = number.replace(",", ".")
    try:
        value = Decimal(number)
    except InvalidOperation:
        return None
    if sci:
        digits = re.search(r"([-+]?\d+)$", sci.replace("10^", "").replace("10", "", 1) if sci[0] in "xX*" else sci)
        if digits is None:
            return None
        value = value.scaleb(int(digits.group(1)))
    return -value if sign == "-" else value
