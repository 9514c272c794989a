"""Brings a printed name to a key that does not depend on width, case, brackets, marks or known misreadings.

Keys are for comparing only; they are never shown. Percent and count are kept apart (中性粒细胞% is not 中性粒细胞#),
and nothing is cut that could tell two analytes apart.
"""

from __future__ import annotations

import re
from functools import lru_cache
from pathlib import Path

import yaml

__all__ = ["fold_key", "half_width", "name_key", "strip_lead", "term_key"]

_GREEK = {"α": "A", "β": "B", "γ": "G", "δ": "D", "κ": "K", "λ": "L", "μ": "U", "µ": "U", "ω": "W", "Ω": "W"}
_GREEK |= {"Α": "A", "Β": "B", "Γ": "G", "Δ": "D", "Κ": "K", "Λ": "L"}
_ROMAN = {"Ⅰ": "I", "Ⅱ": "II", "Ⅲ": "III", "Ⅳ": "IV", "Ⅴ": "V", "Ⅵ": "VI", "Ⅶ": "VII", "Ⅷ": "VIII", "Ⅸ": "IX"}
_ROMAN |= {"Ⅹ": "X", "Ⅺ": "XI", "Ⅻ": "XII", "ⅰ": "I", "ⅱ": "II", "ⅲ": "III", "ⅳ": "IV", "ⅴ": "V"}
_PLAIN = {"（": "(", "）": ")", "【": "(", "】": ")", "［": "(", "］": ")", "[": "(", "]": ")", "〔": "(", "〕": ")"}
_PLAIN |= {"｛": "(", "｝": ")", "{": "(", "}": ")", "﹪": "%", "٪": "%", "＃": "#", "〈": "<", "〉": ">"}
_PLAIN |= {"⁺": "+", "⁻": "-", "²": "2", "³": "3", "₂": "2", "₃": "3", "₄": "4", "₁": "1", "¹": "1", "℃": "C"}
_TABLE = str.maketrans(_GREEK | _ROMAN | _PLAIN)
_DROP = re.compile(r"[\s()\-–—−‐_·•.,，、:：;；'\"“”‘’′`´^~～*★☆▲△●○■□◆◇※√@&?？!！|｜。＊]")
_PERCENT = re.compile(r"(?:百分比率|百分比|百分率|百分数|百分含量)")
_COUNT = re.compile(r"(?:绝对值计数|绝对计数|绝对数目|绝对值|绝对数|计数)$")
_LEAD = re.compile(r"^[\s★☆▲△●○■□◆◇※√*＊#◎·•.、\-]*(?:[(（]?\d{1,3}[)）.、．\s]\s*)?[★☆▲△●○■□◆◇※√*＊·•\s]*")
_FOLDED = str.maketrans({"O": "0", "Q": "0", "I": "1", "L": "1", "|": "1", "S": "5", "Z": "2", "B": "8"})


def half_width(text: str) -> str:
    """Bring full-width letters, digits and signs to their ASCII form; nothing else changes (no NFKC)."""
    return "".join(chr(ord(c) - 0xFEE0) if 0xFF01 <= ord(c) <= 0xFF5E else " " if c == "\u3000" else c for c in text)


@lru_cache(maxsize=1)
def _misreadings() -> tuple[tuple[str, str], ...]:
    path = Path(__file__).with_name("misreadings.yaml")
    entries = yaml.safe_load(path.read_text(encoding="utf-8"))
    return tuple((entry["read"], entry["meant"]) for entry in entries)


def _mend(text: str) -> str:
    for read, meant in _misreadings():
        if read in text:
            text = text.replace(read, meant)
    return text


def strip_lead(text: str) -> str:
    """Cut stars and a row number before a name: ``★12 肌酐``, ``3.白细胞``; 25-羟维生素D and 24小时尿蛋白 stay."""
    return _LEAD.sub("", half_width(text)).strip()


@lru_cache(maxsize=60000)
def name_key(text: str) -> str:
    """Return the key of an analyte's name or code: 中性粒细胞百分比 and 中性粒细胞(%) agree, as do HDL-C and HDLC."""
    plain = half_width(text).translate(_TABLE).upper().replace("黏", "粘")
    plain = _mend(plain).replace("黏", "粘")
    plain = _DROP.sub("", _PERCENT.sub("%", plain))
    return _COUNT.sub("#", plain)


def fold_key(key: str) -> str:
    """Fold letters that readers take for digits; only for a second, weaker comparison."""
    return key.translate(_FOLDED)


@lru_cache(maxsize=60000)
def term_key(text: str) -> str:
    """Return the key of a diagnosis or drug name: like :func:`name_key`, but counts and percents are words there."""
    plain = half_width(text).translate(_TABLE).upper().replace("黏", "粘")
    return _DROP.sub("", _mend(plain)).replace("黏", "粘").replace("%", "")
