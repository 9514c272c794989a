"""A regular expression as the set of its alternatives."""

from __future__ import annotations

import re

__all__ = ["alternatives", "shown"]

_WITHOUT = re.compile(r"\^\(\?!\.\*(?:\(\?:(?P<many>[^()]*)\)|(?P<one>[^()|]*))\)")
"""``^(?!.*(?:气肿|COPD))``: what does not hold any of these."""


MOST = 24
_SIGNS = re.compile(r"[\\^$(?\[*+.{]")


def shown(part: str) -> str:
    """One alternative for people."""
    without = _WITHOUT.fullmatch(part)
    if without is None:
        # Long expressions are told apart by how they begin.
        return f"“{part[:MOST]}…”" if len(part) > MOST and _SIGNS.search(part) else f"“{part}”"
    words = alternatives(without["many"] or without["one"] or "")
    return f"未提到{'或'.join(f'“{word}”' for word in words)}的"


def alternatives(pattern: str) -> tuple[str, ...]:
    """Split at the bars that stand outside brackets: ``(轻|中)度|重度`` -> ``(轻|中)度``, ``重度``."""
    parts, depth, part, at = [], 0, "", 0
    in_class = False
    while at < len(pattern):
        char = pattern[at]
        if char == "\\":
            part += pattern[at : at + 2]
            at += 2
            continue
        if in_class:
            in_class = char != "]"
        elif char == "[":
            in_class = True
        elif char in "()":
            depth += 1 if char == "(" else -1
        if char == "|" and depth == 0 and not in_class:
            parts.append(part)
            part = ""
        else:
            part += char
        at += 1
    return tuple(dict.fromkeys((*parts, part))) if pattern else ()
