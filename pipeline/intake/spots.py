"""Which lines of a text layer pixels have to confirm: few, but every doubtful digit of every typeface is among them."""

from __future__ import annotations

from collections.abc import Sequence

from pipeline.intake.glyphs import Glyph
from pipeline.nouns import Line

__all__ = ["spots"]

MOST = 12
"""Lines read again at most. One takes about 20 ms; a whole page a second."""
EACH = 2
"""Lines in which every doubtful digit of a typeface is looked at, so far as there are as many."""


def spots(lines: Sequence[Line], doubtful: Sequence[Glyph]) -> tuple[Line, ...]:
    """Return lines that hold the ``doubtful`` characters, those with most kinds of them first."""
    held: dict[int, set[tuple[int, str]]] = {}
    for glyph in doubtful:
        x, y = (glyph.ink[0] + glyph.ink[2]) / 2, (glyph.ink[1] + glyph.ink[3]) / 2
        for number, line in enumerate(lines):
            x0, y0, x1, y1 = line.box
            if x0 <= x <= x1 and y0 <= y <= y1 and glyph.text in line.text:
                held.setdefault(number, set()).add((glyph.font, glyph.text))
                break
    wanted = {kind: EACH for kinds in held.values() for kind in kinds}
    chosen: list[int] = []
    while len(chosen) < MOST:
        gains = {n: sum(wanted[k] > 0 for k in kinds) for n, kinds in held.items() if n not in chosen}
        best = max(gains, key=lambda n: (gains[n], -len(lines[n].text)), default=None)
        if best is None or gains[best] == 0:
            break
        chosen.append(best)
        for kind in held[best]:
            wanted[kind] -= 1
    return tuple(lines[n] for n in sorted(chosen))
