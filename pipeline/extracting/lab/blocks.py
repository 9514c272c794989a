"""Item columns of a table: its columns with their roles, cut where the header, or the content, begins again (hazard
H9)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from pipeline.extracting.lab.columns import ROLES, Column
from pipeline.extracting.lab.headers import HeaderCell
from pipeline.extracting.lab.kinds import Kind
from pipeline.extracting.lab.roles import content_score, name_rest

__all__ = ["Block", "find_blocks"]


@dataclass(frozen=True, slots=True, eq=False)
class Block:
    """One item column of the table: its columns from left to right."""

    columns: tuple[Column, ...]
    headed: bool
    unsure: bool = False
    """True when another column could as well be the result: no header word tells them apart."""

    def of(self, role: str) -> Column | None:
        return next((column for column in self.columns if column.role == role), None)

    @property
    def u0(self) -> float:
        return min(column.u0 for column in self.columns)


def find_blocks(columns: Sequence[Column], header: Sequence[HeaderCell]) -> list[Block]:
    """Give every column its role and cut the table into its item columns."""
    if not columns:
        return []
    named = _match_header(columns, header) if header else {}
    groups = _header_groups(header)
    marked = [
        replace(column, role=header[named[i]].role, named=True, group=groups[named[i]], unit=header[named[i]].unit)
        if i in named
        else column
        for i, column in enumerate(columns)
    ]
    # A word above nearly empty space (few marks on this page) still holds its place.
    spare = [j for j in range(len(header)) if j not in named.values() and header[j].role != "other"]
    marked += [Column((), header[j].u0, header[j].u1, header[j].role, True, groups[j]) for j in spare]
    marked.sort(key=lambda c: c.mid)
    marked = _fill_groups(marked) if header else _split_headless(marked)
    blocks = []
    for group in sorted({column.group for column in marked}):
        members = name_rest([column for column in marked if column.group == group])
        blocks.append(Block(tuple(members), bool(header), _rivalled(members)))
    # Below a header, results whose names are cut off stay: they raise the alarm and never meet another's names.
    return [b for b in blocks if b.of("result") and (b.of("name") or b.of("code") or b.headed)]


def _rivalled(columns: Sequence[Column]) -> bool:
    result = next((c for c in columns if c.role == "result"), None)
    if result is None or result.named:
        return False
    rivals = [c for c in columns if c is not result and not c.named and c.role not in ("index", "flag", "name", "code")]
    return any(c.share(Kind.QUAL) > 0.5 or c.share(Kind.NUMBER) > 0.75 for c in rivals)


def _header_groups(header: Sequence[HeaderCell]) -> list[int]:
    """Number the item columns of a header: a new one begins where the first role, else a leading role, comes again."""
    roles = [cell.role for cell in header]
    if not roles:
        return []
    counts = Counter(roles)
    periodic = _cut_at(roles, [i for i, role in enumerate(roles) if i and role == roles[0]])
    if periodic[-1] and all(_complete(roles, periodic, group) for group in range(periodic[-1] + 1)):
        return periodic
    # With the left edge of the page cut off, the first item column has lost its names: results outnumber names.
    beheaded = counts["result"] > max(counts["name"], counts["code"])
    starts: list[int] = []
    seen: set[str] = set()
    for i, role in enumerate(roles):
        again = role in seen or bool(seen & {"name", "code"} and role in ("name", "index"))
        lost = beheaded and "result" in seen and "result" in roles[i:] and not seen & {"name", "code"}
        if role in ("index", "name", "code") and seen & {"result", "range", "unit"} and (again or lost):
            starts.append(i)
            seen = set()
        seen.add(role)
    groups = _cut_at(roles, starts)
    if groups[-1] and min(Counter(groups).values()) < 2:
        return [0] * len(groups)
    return groups


def _cut_at(roles: Sequence[str], starts: Sequence[int]) -> list[int]:
    return [sum(1 for start in starts if start <= i) for i in range(len(roles))]


def _complete(roles: Sequence[str], groups: Sequence[int], group: int) -> bool:
    own = {role for role, g in zip(roles, groups, strict=True) if g == group}
    return "result" in own and bool(own & {"name", "code"})


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
    """Cut by content: a name column that results follow begins an item column, with the codes and numbers left of
    it."""
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
    # Results left of the first names lost theirs at the cut edge of the page; they must not meet the names beside them.
    first = -1 if "result" in best[: starts[0]] else 0
    return [replace(c, group=max(first, sum(1 for s in starts if s <= i) - 1)) for i, c in enumerate(columns)]
