"""Roles of columns by what stands in them, for columns that no header word names."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal
from itertools import pairwise

from pipeline.extracting.lab.columns import Column
from pipeline.extracting.lab.kinds import Kind
from pipeline.extracting.lab.names import known_name
from pipeline.extracting.lab.text import squeeze

__all__ = ["content_score", "is_sequence", "name_rest"]


def is_sequence(column: Column) -> bool:
    """True when the column counts its rows: small whole numbers that rise by one nearly always."""
    numbers = [int(squeeze(c.text)) for c in column.cells if re.fullmatch(r"\d{1,3}", squeeze(c.text))]
    if len(numbers) < max(2, 0.7 * len(column.cells)):
        return False
    steps = [b - a for a, b in pairwise(numbers)]
    return bool(steps) and sum(1 for s in steps if 1 <= s <= 2) >= 0.7 * len(steps)


def content_score(column: Column, role: str) -> float:
    """How well the content of ``column`` suits ``role``; about 1 for a clear case, negative for a clash."""
    share = column.share
    texts = [squeeze(cell.text) for cell in column.cells]
    unlike = len(set(texts)) / max(len(texts), 1)
    known = sum(1 for cell in column.cells if known_name(cell.text)) / max(len(texts), 1)
    counting = is_sequence(column)
    bounded = sum(1 for t in texts if t[:1] in ("<", ">", "≤", "≥")) / max(len(texts), 1)
    number, qual, span = share(Kind.NUMBER), share(Kind.QUAL), share(Kind.RANGE)
    if role == "name":
        return (
            1.1 * share(Kind.NAME)
            + 0.5 * share(Kind.CODE)
            + 0.5 * known
            - 1.2 * share(Kind.METHOD)
            + 0.4 * (unlike - 0.6)
            - number
            - share(Kind.UNIT)
        )
    if role == "code":
        return (
            1.1 * share(Kind.CODE)
            + 0.2 * known
            - 0.8 * share(Kind.NAME)
            - 0.8 * share(Kind.FLAG)
            - 0.5 * number
            - share(Kind.UNIT)
            - 0.2 * (unlike < 0.5)
        )
    if role == "result":
        return (
            1.0 * number
            + 0.9 * qual
            - 0.7 * span * (1 - number)
            - 0.7 * share(Kind.UNIT)
            - 1.5 * counting
            - 0.6 * share(Kind.NAME)
            - 0.5 * (bounded > 0.6)
        )
    if role == "range":
        return (
            1.2 * span
            + qual * (0.4 + 0.6 * (1 - unlike))
            - 0.6 * number * (bounded < 0.6)
            - 0.6 * share(Kind.NAME)
            - share(Kind.UNIT)
        )
    if role == "unit":
        return 1.3 * share(Kind.UNIT) - number - span
    if role == "flag":
        return (
            1.2 * share(Kind.FLAG)
            - 0.6 * number * (1 - share(Kind.FLAG))
            - span
            - share(Kind.UNIT) * 0.5
            - 1.5 * counting
        )
    if role == "index":
        return 1.4 if counting else number - 1.0
    if role == "method":
        return 1.3 * share(Kind.METHOD) + 0.3 * (0.7 - unlike) - number
    if role in ("low", "high", "previous"):
        return 0.7 * number + 0.2 * qual - counting - share(Kind.NAME) - span
    return 0.25


_GIVEN_ONCE = ("name", "code", "result", "flag", "unit", "range", "method", "index")


def name_rest(columns: list[Column]) -> list[Column]:
    """Name the columns of one item column that no header word named, best suited first; a role is given once."""
    out = _name_limits(columns)
    taken = {column.role for column in out if column.named or column.role != "other"}
    while True:
        options = [
            (content_score(column, role) + 0.004 * len(column.cells) + _order_bonus(out, i, role), -i, role)
            for i, column in enumerate(out)
            if not column.named and column.role == "other"
            for role in _GIVEN_ONCE
            if role not in taken and not (role == "range" and {"low", "high"} & taken)
        ]
        options = [option for option in options if option[0] > 0.35]
        if not options:
            return out
        _, minus, role = max(options)
        out[-minus] = replace(out[-minus], role=role)
        taken.add(role)


def _order_bonus(columns: Sequence[Column], i: int, role: str) -> float:
    """The result is the first number column right of the names; a name stands far left."""
    if role == "result":
        right_of_name = any(c.role in ("name", "code") or content_score(c, "name") > 0.8 for c in columns[:i])
        earlier = any(content_score(c, "result") > 0.6 and c.role == "other" for c in columns[:i])
        return (0.2 if right_of_name else -0.3) - (0.3 if earlier and right_of_name else 0.0)
    if role == "range" and columns[i].share(Kind.QUAL) > 0.5:
        # Words in two columns: the more uniform one is what should be, the other what was found.
        rivals = [c for k, c in enumerate(columns) if k != i and c.role == "other" and c.share(Kind.QUAL) > 0.5]
        return 0.4 if any(_variety(c) > _variety(columns[i]) + 0.2 for c in rivals) else -0.1
    if role == "name":
        return 0.2 if i <= 2 else -0.1 * (i - 2)
    return 0.0


def _variety(column: Column) -> float:
    return len({squeeze(c.text) for c in column.cells}) / max(len(column.cells), 1)


def _name_limits(columns: list[Column]) -> list[Column]:
    """Of three unnamed number columns two are the limits of the range: the neighbours whose left is always below
    the right."""
    out = list(columns)
    if any(c.role in ("range", "low", "high") for c in out if c.named):
        return out
    numbers = [
        i
        for i, c in enumerate(out)
        if (c.share(Kind.NUMBER) > 0.7 and not is_sequence(c) and c.role == "other") or (c.named and c.role == "result")
    ]
    if len(numbers) != 3:
        return out
    fits = [
        (i, j)
        for i, j in pairwise(numbers)
        if "result" not in (out[i].role, out[j].role) and _always_below(out[i], out[j])
    ]
    if len(fits) == 1:
        low, high = fits[0]
        out[low], out[high] = replace(out[low], role="low"), replace(out[high], role="high")
    return out


def _always_below(low: Column, high: Column) -> bool:
    pairs = [
        (Decimal(squeeze(a.text)), Decimal(squeeze(b.text)))
        for a in low.cells
        for b in high.cells
        if abs(a.v - b.v) < 0.5 * a.h and all(re.fullmatch(r"\d+(\.\d+)?", squeeze(c.text)) for c in (a, b))
    ]
    return len(pairs) >= 4 and all(a < b for a, b in pairs)
