"""Small helpers to build regular expressions from vocabulary data."""

from __future__ import annotations

import re
from collections.abc import Iterable

__all__ = ["alternatives", "compile_pattern"]

GAP_PATTERN = r"[^,;。\n\t未无不非否]{0,8}?"
"""What ``~`` stands for in a vocabulary pattern: a short gap without punctuation or negation."""


def compile_pattern(pattern: str) -> re.Pattern[str]:
    """Compile a vocabulary pattern; ``~`` is a short gap without punctuation or negation."""
    return re.compile(pattern.replace("~", GAP_PATTERN), re.IGNORECASE)


def alternatives(words: Iterable[str], *, flags: int = 0) -> re.Pattern[str]:
    """Compile regular expressions into one; longer ones are tried first."""
    ordered = sorted(set(words), key=len, reverse=True)
    return re.compile("|".join(f"(?:{word})" for word in ordered), flags)
