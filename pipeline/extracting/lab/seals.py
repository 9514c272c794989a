"""Stamps and stray marks printed over a result: ★阴性(-), 检验专用章2+."""

from __future__ import annotations

import re

from pipeline.extracting.lab.kinds import Kind, kinds
from pipeline.extracting.lab.names import known_name

__all__ = ["overprinted", "without_seals"]

_GLYPHS = "★☆●◆◇■□※◎⊙✦✧✩✪✯⭐"
_LETTERS = "检验化专用章医院学报告诊断科病理业务公财"
_SIDE = rf"[{_GLYPHS}{_LETTERS}*]*"
_TOKEN = re.compile(rf"({_SIDE}?)([^{_GLYPHS}{_LETTERS}*].*?|[^{_GLYPHS}{_LETTERS}*])({_SIDE})")
_SEAL = re.compile(r"章|专用|医院|检验科|用章")


def without_seals(text: str) -> str:
    """Return ``text`` with marks and letters of a seal around a result blanked, glyph for glyph (same length).

    Only where one well-formed result, unbroken, is what remains; everything else stays as read.
    """
    return re.sub(r"\S+", lambda m: _clean(m.group()), text)


def _clean(token: str) -> str:
    match = _TOKEN.fullmatch(token)
    if match is None or known_name(token) or not (match[1] or match[3]):
        return token
    around = match[1] + match[3]
    sealed = _SEAL.search(re.sub(rf"[{_GLYPHS}*]", "", match[1])) or _SEAL.search(
        re.sub(rf"[{_GLYPHS}*]", "", match[3])
    )
    if not sealed and any(glyph not in _GLYPHS for glyph in around):
        return token  # 科2, *12.3: no seal
    weights = kinds(match[2])
    if Kind.DATE in weights or not (weights.get(Kind.NUMBER, 0.0) >= 0.6 or weights.get(Kind.QUAL, 0.0) >= 0.8):
        return token
    return " " * len(match[1]) + match[2] + " " * len(match[3])


def overprinted(text: str) -> bool:
    """True when ``text`` holds what seals print, so that part of a result may be hidden or not its own."""
    return any(glyph in _GLYPHS for glyph in text) or _SEAL.search(re.sub(rf"[{_GLYPHS}*\s]", "", text)) is not None
