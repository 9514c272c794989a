"""Small cells of tables: what is told of a few people is told of each of them.

Counts below the smallest number are taken out on request, and further ones, so that none can be worked out from a total
and the others. For rows instead of tables see :mod:`pipeline.audit.generalising`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, Final

from pipeline.audit.questions.answer import Answer

__all__ = ["SUPPRESSED", "suppressed"]

SUPPRESSED: Final = None
"""Stands for a count that was taken out."""


def suppressed(answer: Answer, smallest: int) -> Answer:
    """Return the answer with counts from 1 to ``smallest`` - 1 taken out, and whatever would give them away.

    Counts of one row belong together (a total and its parts), and those of one column add up to what somebody may know
    from elsewhere; so where exactly one count of a row or column is taken out, the smallest other one that is not zero
    goes as well, until none stands alone. Shares and figures worked out from a taken count go with it.
    """
    if smallest <= 1:
        return answer
    counts = [column.name for column in answer.columns if column.kind == "count"]
    rows = [dict(row) for row in answer.rows]
    taken = {
        (number, name)
        for number, row in enumerate(rows)
        for name in counts
        if row[name] is not None and 0 < row[name] < smallest
    }
    if not taken:
        return answer
    while _complete(taken, rows, counts):
        pass
    for number, row in enumerate(rows):
        gone = {name for at, name in taken if at == number}
        for column in answer.columns:
            if column.name in gone or (column.of and column.of in gone):
                row[column.name] = SUPPRESSED
        # A share of a shown total would give a taken count back, whatever it says that it is of.
        if gone:
            for column in answer.columns:
                if column.kind in ("share", "number"):
                    row[column.name] = SUPPRESSED
    note = f"少于 {smallest} 的数和会让人推算出它们的数没有列出。"
    # Single figures beside the table (totals, kappa) would give counts back.
    return replace(answer, rows=tuple(rows), notes=(*answer.notes, note), facts={})


def _complete(taken: set[tuple[int, str]], rows: Sequence[Mapping[str, Any]], counts: Sequence[str]) -> bool:
    """Take out one more count where one stands alone in its row or column; False when none does."""
    lines = [[(number, name) for name in counts] for number in range(len(rows))]
    lines += [[(number, name) for number in range(len(rows))] for name in counts]
    for line in lines:
        alone = [cell for cell in line if cell in taken]
        others = [cell for cell in line if cell not in taken and (rows[cell[0]][cell[1]] or 0) > 0]
        if len(alone) == 1 and others:
            taken.add(min(others, key=lambda cell: (rows[cell[0]][cell[1]], cell)))
            return True
    return False
