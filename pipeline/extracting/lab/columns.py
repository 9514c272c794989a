"""Columns of a table zone: found from the cells themselves, named by header words and by what stands in them."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from pipeline.extracting.lab.cells import Cell
from pipeline.extracting.lab.headers import HeaderCell
from pipeline.extracting.lab.kinds import Kind
from pipeline.extracting.lab.names import known_name
from pipeline.extracting.lab.rows import Row
from pipeline.extracting.lab.text import squeeze

__all__ = ["Block", "Column", "ROLES", "find_blocks", "find_columns"]

ROLES = ("name", "code", "result", "flag", "unit", "range", "low", "high", "method", "index", "previous", "other")


@dataclass(frozen=True, slots=True, eq=False)
class Column:
    """Cells standing below one another."""

    cells: tuple[Cell, ...]
    u0: float
    u1: float
    role: str = "other"
    named: bool = False
    """True when a header word gave the role."""
    group: int = -1
    """Number of the item column of the header that named it."""

    @property
    def mid(self) -> float:
        return (self.u0 + self.u1) / 2

    def share(self, kind: Kind) -> float:
        """Mean weight of ``kind`` over the cells."""
        return float(np.mean([cell.kinds.get(kind, 0.0) for cell in self.cells])) if self.cells else 0.0

    def distance(self, cell: Cell) -> float:
        """Sideways distance of ``cell`` in glyph heights: the gap, plus a little for lying off the middle."""
        gap = max(self.u0 - cell.u1, cell.u0 - self.u1, 0.0)
        centre = max(0.0, abs(cell.mid - self.mid) - (self.u1 - self.u0) / 2)
        return (gap + 0.3 * centre) / max(cell.h, 1.0)


@dataclass(frozen=True, slots=True, eq=False)
class Block:
    """One item column of the table: its columns from left to right."""

    columns: tuple[Column, ...]
    headed: bool

    def of(self, role: str) -> Column | None:
        return next((column for column in self.columns if column.role == role), None)

    @property
    def u0(self) -> float:
        return min(column.u0 for column in self.columns)


_CLASS = {
    Kind.NAME: "text", Kind.CODE: "code", Kind.NUMBER: "number", Kind.RANGE: "range", Kind.UNIT: "unit", Kind.FLAG: "flag",
    Kind.QUAL: "qual", Kind.METHOD: "text",
}  # fmt: skip


def find_columns(rows: Sequence[Row]) -> list[Column]:
    """Return the physical columns of ``rows``, left to right.

    Cells of one kind that overlap or share an edge form a cluster, so that a long name never bridges to the numbers beside it;
    clusters of different kinds that lie over one another are one column.
    """
    cells = [cell for row in rows for cell in row.cells if _class(cell) and cell.u1 - cell.u0 < 30 * cell.h]
    whole = [cell for cell in cells if not cell.piece]
    if len(whole) >= 0.6 * len(cells):
        cells = whole
    least = 1 if len(rows) < 4 else max(2, round(0.06 * len(rows)))
    clusters: list[list[Cell]] = []
    for kind in sorted({_class(cell) for cell in cells}):
        clusters += _clusters([cell for cell in cells if _class(cell) == kind])
    clusters = _merge_overlapping([c for c in clusters if c])
    columns = [_column(cluster) for cluster in clusters if len(cluster) >= least]
    return sorted(columns, key=lambda c: c.mid)


def _class(cell: Cell) -> str:
    weights = cell.kinds
    if not weights:
        return ""
    kind = max(weights, key=lambda k: weights[k])
    return _CLASS.get(kind, "")


def _clusters(cells: list[Cell]) -> list[list[Cell]]:
    order = sorted(cells, key=lambda c: c.mid)
    of = list(range(len(order)))

    def root(i: int) -> int:
        while of[i] != i:
            of[i] = of[of[i]]
            i = of[i]
        return i

    for i, one in enumerate(order):
        for j in range(i + 1, len(order)):
            two = order[j]
            h = min(one.h, two.h)
            overlap = min(one.u1, two.u1) - max(one.u0, two.u0)
            together = overlap > 0.5 * min(one.u1 - one.u0, two.u1 - two.u0)
            edges = min(abs(one.u0 - two.u0), abs(one.u1 - two.u1), abs(one.mid - two.mid))
            if together or (edges < 0.7 * h and overlap > -0.3 * h):
                of[root(j)] = root(i)
    groups: dict[int, list[Cell]] = {}
    for i, cell in enumerate(order):
        groups.setdefault(root(i), []).append(cell)
    return list(groups.values())


def _extent(cells: Sequence[Cell]) -> tuple[float, float]:
    left, right = [c.u0 for c in cells], [c.u1 for c in cells]
    return float(np.quantile(left, 0.15)), float(np.quantile(right, 0.85))


def _merge_overlapping(clusters: list[list[Cell]]) -> list[list[Cell]]:
    """Merge clusters whose typical extents lie over one another and whose rows seldom hold both apart."""
    pool = sorted(clusters, key=len, reverse=True)
    done: list[list[Cell]] = []
    for cluster in pool:
        best: tuple[float, list[Cell]] | None = None
        a0, a1 = _extent(cluster)
        for other in done:
            b0, b1 = _extent(other)
            overlap = (min(a1, b1) - max(a0, b0)) / max(1.0, min(a1 - a0, b1 - b0))
            if overlap > 0.5 and (best is None or overlap > best[0]):
                best = (overlap, other)
        if best is None:
            done.append(list(cluster))
        else:
            best[1].extend(cluster)
    return done


def _column(cells: Sequence[Cell]) -> Column:
    u0, u1 = _extent(cells)
    return Column(tuple(sorted(cells, key=lambda c: c.v)), u0, u1)


def is_sequence(column: Column) -> bool:
    """True when the column counts its rows: small whole numbers that rise by one nearly always."""
    numbers = [int(squeeze(c.text)) for c in column.cells if re.fullmatch(r"\d{1,3}", squeeze(c.text))]
    if len(numbers) < max(2, 0.7 * len(column.cells)):
        return False
    steps = [b - a for a, b in zip(numbers, numbers[1:], strict=False)]
    return bool(steps) and sum(1 for s in steps if 1 <= s <= 2) >= 0.7 * len(steps)


def content_score(column: Column, role: str) -> float:
    """How well the content of ``column`` suits ``role``; about 1 for a clear case, negative for a clash."""
    share = column.share
    texts = [squeeze(cell.text) for cell in column.cells]
    unlike = len(set(texts)) / max(len(texts), 1)
    known = sum(1 for cell in column.cells if known_name(cell.text)) / max(len(texts), 1)
    counting = is_sequence(column)
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
        )
    if role == "range":
        return 1.2 * span + 0.5 * qual - 0.6 * number - 0.6 * share(Kind.NAME) - share(Kind.UNIT)
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


def find_blocks(columns: Sequence[Column], header: Sequence[HeaderCell]) -> list[Block]:
    """Give every column its role and cut the table into its item columns."""
    if not columns:
        return []
    named = _match_header(columns, header) if header else {}
    groups = _header_groups(header)
    marked = [
        replace(column, role=header[named[i]].role, named=True, group=groups[named[i]]) if i in named else column
        for i, column in enumerate(columns)
    ]
    # A word above nearly empty space (few marks on this page) still holds its place.
    spare = [j for j in range(len(header)) if j not in named.values() and header[j].role != "other"]
    marked += [Column((), header[j].u0, header[j].u1, header[j].role, True, groups[j]) for j in spare]
    marked.sort(key=lambda c: c.mid)
    marked = _fill_groups(marked) if header else _split_headless(marked)
    blocks = []
    for group in sorted({column.group for column in marked}):
        members = _name_rest(
            [column for column in marked if column.group == group], header_roles(header, groups, group)
        )
        blocks.append(Block(tuple(members), bool(header)))
    return [block for block in blocks if block.of("result") and (block.of("name") or block.of("code"))]


def header_roles(header: Sequence[HeaderCell], groups: Sequence[int], group: int) -> set[str]:
    return {cell.role for cell, g in zip(header, groups, strict=True) if g == group}


def _header_groups(header: Sequence[HeaderCell]) -> list[int]:
    """Number the item columns of a header: a new one begins where a leading role comes again."""
    groups: list[int] = []
    seen: set[str] = set()
    group = 0
    for cell in header:
        leading = cell.role in ("index", "name", "code")
        again = cell.role in seen
        value_seen = bool(seen & {"result", "range", "unit"})
        if leading and value_seen and (again or (seen & {"name", "code"} and cell.role in ("name", "index"))):
            group += 1
            seen = set()
        seen.add(cell.role)
        groups.append(group)
    if group and min(Counter(groups).values()) < 2:
        return [0] * len(groups)
    return groups


def _match_header(columns: Sequence[Column], header: Sequence[HeaderCell]) -> dict[int, int]:
    """Match columns with header words in order: nearness and content together, each at most once."""
    n, m = len(columns), len(header)
    worth = np.full((n + 1, m + 1), 0.0)
    back: dict[tuple[int, int], str] = {}
    for i in range(n + 1):
        for j in range(m + 1):
            if i == 0 and j == 0:
                continue
            options = []
            if i:
                options.append((worth[i - 1, j], "column"))
            if j:
                options.append((worth[i, j - 1], "word"))
            if i and j:
                column, word = columns[i - 1], header[j - 1]
                gap = max(column.u0 - word.u1, word.u0 - column.u1, 0.0) / word.cell.h
                off = min(abs(column.mid - word.mid), abs(column.u0 - word.u0), abs(column.u1 - word.u1)) / word.cell.h
                value = (
                    2.0
                    - 0.35 * gap
                    - 0.12 * off
                    + 1.5 * content_score(column, word.role)
                    + 0.02 * min(len(column.cells), 25)
                )
                if value > 0.5 and gap < 8:
                    options.append((worth[i - 1, j - 1] + value, "both"))
            worth[i, j], back[i, j] = max(options)
    i, j, out = n, m, {}
    while i or j:
        move = back[i, j]
        if move == "both":
            i, j = i - 1, j - 1
            out[i] = j
        elif move == "column":
            i -= 1
        else:
            j -= 1
    return out


def _fill_groups(columns: list[Column]) -> list[Column]:
    """Give columns without a header word to the item column they belong to by order and content."""
    out = list(columns)
    for i, column in enumerate(out):
        if column.named:
            continue
        before = next((c.group for c in reversed(out[:i]) if c.named), None)
        after = next((c.group for c in out[i + 1 :] if c.named), None)
        if before is None or after is None or before == after:
            group = before if before is not None else after if after is not None else 0
        else:
            leading = max(content_score(column, role) for role in ("name", "code", "index"))
            trailing = max(content_score(column, role) for role in ("unit", "range", "flag", "method", "result"))
            group = after if leading > trailing else before
        out[i] = replace(column, group=group)
    return out


def _split_headless(columns: list[Column]) -> list[Column]:
    """Cut by content: a name column that results follow begins an item column, with the codes and numbers left of it."""
    best = [max(ROLES, key=lambda role, c=column: content_score(c, role)) for column in columns]  # type: ignore[misc]
    starts: list[int] = []
    for i, role in enumerate(best):
        if role not in ("name", "code"):
            continue
        following = best[i + 1 : next((k for k in range(i + 1, len(best)) if best[k] in ("name", "code")), len(best))]
        if "result" not in following:
            continue
        first = i
        low = starts[-1] + 1 if starts else 0
        while (
            first - 1 >= low and best[first - 1] in ("index", "code", "name") and (not starts or first - 1 > starts[-1])
        ):
            first -= 1
        starts.append(first)
    if not starts:
        return [replace(column, group=0) for column in columns]
    return [replace(c, group=max(0, sum(1 for s in starts if s <= i) - 1)) for i, c in enumerate(columns)]


def _name_rest(columns: list[Column], printed: set[str]) -> list[Column]:
    """Name the columns that no header word named, best suited first; a role is given once."""
    out = list(columns)
    taken = {column.role for column in out if column.named}
    single = ("name", "code", "result", "flag", "unit", "range", "method", "index")
    while True:
        options = []
        for i, column in enumerate(out):
            if column.named or column.role != "other":
                continue
            for role in single:
                if role in taken or (role == "result" and "result" in printed and "result" in taken):
                    continue
                score = content_score(column, role) + 0.004 * len(column.cells) + _order_bonus(out, i, role)
                options.append((score, -i, role))
        options = [o for o in options if o[0] > 0.35]
        if not options:
            break
        _, minus, role = max(options)
        out[-minus] = replace(out[-minus], role=role)
        taken.add(role)
    return _limits(out, taken)


def _order_bonus(columns: Sequence[Column], i: int, role: str) -> float:
    """The result is the first number column right of the names; marks stand beside it."""
    if role == "result":
        right_of_name = any(c.role in ("name", "code") or content_score(c, "name") > 0.8 for c in columns[:i])
        earlier = any(content_score(c, "result") > 0.6 and c.role == "other" for c in columns[:i])
        return (0.2 if right_of_name else -0.3) - (0.3 if earlier and right_of_name else 0.0)
    if role == "name":
        return 0.2 if i <= 2 else -0.1 * (i - 2)
    return 0.0


def _limits(columns: list[Column], taken: set[str]) -> list[Column]:
    """Two number columns without a header, right of the result, low below high throughout: the limits of the range."""
    if {"range", "low", "high"} & taken:
        return columns
    result = next((i for i, c in enumerate(columns) if c.role == "result"), None)
    rest = [
        i
        for i, c in enumerate(columns)
        if c.role == "other" and result is not None and i > result and c.share(Kind.NUMBER) > 0.7
    ]
    if len(rest) != 2:
        return columns
    low, high = columns[rest[0]], columns[rest[1]]
    pairs = [
        (float(a.text), float(b.text))
        for a in low.cells
        for b in high.cells
        if abs(a.v - b.v) < 0.5 * a.h and re.fullmatch(r"\d+(\.\d+)?", a.text) and re.fullmatch(r"\d+(\.\d+)?", b.text)
    ]
    if len(pairs) >= 3 and all(a < b for a, b in pairs):
        columns[rest[0]] = replace(low, role="low")
        columns[rest[1]] = replace(high, role="high")
    return columns
