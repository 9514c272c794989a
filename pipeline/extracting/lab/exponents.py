"""Puts a raised exponent that was read as a line of its own back into its unit: ``10 /L`` and a small ``9`` above it.

Only the powers that blood counts are printed in are put back, and only where the small digits stand over the gap
behind the ten; anything else stays apart, and the unit without its exponent is left to the printed range.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from pipeline.nouns import Line

__all__ = ["with_exponents"]

_TEN = re.compile(r"(?:^|(?<=[\s\dxX×*]))10(?=\s*/\s*[μuµ]?[Ll1I])")
_POWERS = frozenset({"3", "6", "9", "12"})
_SMALL = 0.75
"""A raised digit is lower than this share of the glyphs beside it."""


def with_exponents(lines: Sequence[Line]) -> list[Line]:
    """Return ``lines`` with each raised exponent joined to its unit."""
    small = [line for line in lines if line.text.strip() in _POWERS]
    hosts = [line for line in lines if _TEN.search(line.text)]
    if not small or not hosts:
        return list(lines)
    joined: dict[int, Line] = {}
    gone: set[int] = set()
    for digit in small:
        fits = [host for host in hosts if id(host) not in joined and _above_its_ten(digit, host)]
        if len(fits) == 1:
            host = fits[0]
            place = next(_TEN.finditer(host.text)).end()
            text = f"{host.text[:place]}^{digit.text.strip()}{host.text[place:].lstrip()}"
            joined[id(host)] = replace(host, text=text, confidence=min(host.confidence, digit.confidence))
            gone.add(id(digit))
    return [joined.get(id(line), line) for line in lines if id(line) not in gone]


def _above_its_ten(digit: Line, host: Line) -> bool:
    """True where ``digit`` is small print level with the upper half of ``host``, right behind its ten."""
    a0, a1, a2, a3 = digit.upright
    b0, b1, b2, b3 = host.upright
    tall = b3 - b1
    match = _TEN.search(host.text)
    if match is None or a3 - a1 > _SMALL * tall:
        return False
    # The ten's end by the width of the print; a gap where the exponent stands makes that a little too far right.
    end = b0 + (b2 - b0) * match.end() / len(host.text)
    middle = (a0 + a2) / 2
    return abs(middle - end) < 0.8 * tall and b1 - 0.7 * tall < (a1 + a3) / 2 < (b1 + b3) / 2
