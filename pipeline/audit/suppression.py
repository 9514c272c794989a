"""Small cells of tables: what is told of a few people is told of each of them.

Rows with a count below the smallest number are emptied on request, and further rows, so that none can be worked out
from a total and the others. One table is made safe in itself; who may ask for many tables with ever other filters can
still subtract one from another, so give out tables and not the asking. For rows instead of tables see
:mod:`pipeline.audit.generalising`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any, Final

from pipeline.audit.questions.answer import Answer

__all__ = ["SUPPRESSED", "suppressed"]

SUPPRESSED: Final = None
"""Stands for a figure that was taken out."""


def suppressed(answer: Answer, smallest: int) -> Answer:
    """Return the answer with all figures taken out of rows with a count from 1 to ``smallest`` - 1.

    The counts of one row hang together (a whole and its parts), so a row goes as a whole. Rows add up to totals that
    somebody may know, over the table and over what :attr:`Answer.adds` names; wherever what went is a single row, or
    adds up to less than ``smallest``, the row with the next smallest counts goes as well.
    """
    counts = [column.name for column in answer.columns if column.kind == "count"]
    gone = {n for n, row in enumerate(answer.rows) if any(0 < (row[name] or 0) < smallest for name in counts)}
    if smallest <= 1 or not gone:
        return answer
    while (more := _next(answer, counts, gone, smallest)) is not None:
        gone.add(more)
    figures = [column.name for column in answer.columns if column.kind in ("count", "share", "number")]
    rows = tuple(
        {**row, **dict.fromkeys(figures, SUPPRESSED)} if n in gone else row for n, row in enumerate(answer.rows)
    )
    note = f"有少于 {smallest} 的数的行，以及会让人推算出它们的行，没有列出数字。"
    # Single figures beside the table (totals, kappa) would give counts back.
    return replace(answer, rows=rows, notes=(*answer.notes, note), facts={}, figures=())


def _next(answer: Answer, counts: Sequence[str], gone: set[int], smallest: int) -> int | None:
    """A further row to take out; None where all is safe, or nothing more can be taken."""
    for line in _lines(answer):
        taken = [answer.rows[n] for n in line if n in gone]
        left = [n for n in line if n not in gone and _size(answer.rows[n], counts)]
        if not taken or not left:
            continue
        sums = [sum(row[name] or 0 for row in taken) for name in counts]
        if len(taken) == 1 or any(0 < total < smallest for total in sums):
            return min(left, key=lambda n: (_size(answer.rows[n], counts), n))
    return None


def _lines(answer: Answer) -> Iterable[list[int]]:
    """Numbers of rows that add up to something: all of them, and those that share a value of a named column."""
    numbers = list(range(len(answer.rows)))
    yield numbers
    for name in answer.adds:
        for value in dict.fromkeys(row[name] for row in answer.rows):
            yield [n for n in numbers if answer.rows[n][name] == value]


def _size(row: Mapping[str, Any], counts: Sequence[str]) -> int:
    return max((row[name] or 0 for name in counts), default=0)
