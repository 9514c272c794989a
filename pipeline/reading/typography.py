"""Repairs of recognised text where typography leaves no doubt. Numbers are never guessed."""

from __future__ import annotations

import re

from pipeline.reading.radicals import plain_characters

__all__ = ["repair"]

# Full-width letters and digits mean the same as half-width ones. Punctuation is left to the rules below, because
# full-width punctuation is right between Chinese words.
_WIDTH = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F) if chr(code - 0xFEE0).isalnum()}
_WIDTH |= {ord(c): ord(c) - 0xFEE0 for c in "％＋－／＜＞＝＊＾～＃＆＠＿"}
# One micro sign (Greek mu is what keyboards and most fonts give), one ordinary space, no invisible characters.
_SIGNS = {0x00B5: "μ", 0x3000: " ", 0x00A0: " ", 0x2009: " ", 0x202F: " ", 0x200B: "", 0xFEFF: "", 0x00AD: ""}
_TABLE: dict[int, int | str] = {**_WIDTH, **_SIGNS}

_NUMBER_POINT = re.compile(r"(?<=\d)[．。](?=\d)")
_NUMBER_COLON = re.compile(r"(?<=\d)：(?=\d)")
_DATE_TIME = re.compile(r"((?:19|20)\d{2}([-/.])\d{1,2}\2\d{2})([0-2]\d:[0-5]\d)")
_DAY_TIME = re.compile(r"(日)([0-2]?\d:[0-5]\d)")
_SPACES = re.compile(r" {2,}")


def repair(text: str) -> str:
    """Return ``text`` with widths, signs and lost date-time gaps made regular.

    ``2025-09-1207:31`` gets its space back: day and hour have two digits each, so there is one way to split. Full-width
    brackets, commas and colons stay, except a colon or a point between digits.
    """
    text = plain_characters(text).translate(_TABLE)
    text = _NUMBER_POINT.sub(".", text)
    text = _NUMBER_COLON.sub(":", text)
    text = _DATE_TIME.sub(r"\1 \3", text)
    text = _DAY_TIME.sub(r"\1 \2", text)
    return _SPACES.sub(" ", text).strip()
