"""Results shown as labelled cards (hospital apps): for each item its name, then 结果： 单位： 参考范围： in any order.

The label 结果 comes back for every item, which no table's header does. A card begins with the first line that neither
carries a label of the card above nor is the value under one of its labels.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from pipeline.extracting.lab.cells import Cell, is_prose
from pipeline.extracting.lab.kinds import Kind
from pipeline.extracting.lab.labels import label_of, rest_of
from pipeline.extracting.lab.records import Record
from pipeline.extracting.lab.rows import Row
from pipeline.extracting.lab.text import has_cjk

__all__ = ["Cards", "find_cards"]

_LEAST = 2
"""Cards that make a pattern."""


@dataclass(frozen=True, slots=True, eq=False)
class Cards:
    records: tuple[Record, ...]
    rows: tuple[Row, ...]


@dataclass(slots=True, eq=False)
class _Card:
    record: Record = field(default_factory=lambda: Record(stacked=True))
    rows: list[Row] = field(default_factory=list)
    pending: list[tuple[str, Cell]] = field(default_factory=list)
    """Labels whose value is not in their own line."""


def find_cards(rows: Sequence[Row]) -> Cards | None:
    """Return the cards in ``rows``, None where 结果 is no label that comes back."""
    labelled = [[(label_of(cell.text), cell) for cell in row.cells] for row in rows]
    anchors = [i for i, row in enumerate(labelled) if sum(1 for label, _ in row if label and label[0] == "result") == 1]
    if len(anchors) < _LEAST:
        return None
    cards: list[_Card] = []
    for i in range(_first(labelled, anchors[0]), len(rows)):
        card = cards[-1] if cards else None
        roles = {label[0] for label, _ in labelled[i] if label}
        if card is not None and card.pending and not roles and _fill_pending(card, rows[i]):
            card.rows.append(rows[i])
        elif card is None or _begins(card, roles):
            if i > anchors[-1]:
                break  # print below the last card
            cards.append(_open(rows[i], labelled[i]))
        else:
            _add(card, rows[i], labelled[i])
    whole = [card for card in cards if card.record.has_name and card.record.has_result]
    if len(whole) < _LEAST:
        return None
    return Cards(tuple(card.record for card in whole), tuple(row for card in whole for row in card.rows))


def _first(labelled: Sequence[Sequence[tuple[tuple[str, int] | None, Cell]]], anchor: int) -> int:
    """Row where the first card begins: its name label, or the unlabelled line right above its labels."""
    i = anchor
    while i > 0 and any(label for label, _ in labelled[i - 1]):
        i -= 1
    named = any(label and label[0] == "name" for row in labelled[i : anchor + 1] for label, _ in row)
    return i if named or i == 0 else i - 1


def _begins(card: _Card, roles: set[str]) -> bool:
    """True for a line of the next card: a name, or a label that this card has already."""
    return (
        "name" in roles
        or (not roles and bool(card.record.has_result or card.pending))
        or ("result" in roles and card.record.has_result)
    )


def _open(row: Row, labelled: Sequence[tuple[tuple[str, int] | None, Cell]]) -> _Card:
    card = _Card()
    if any(label for label, _ in labelled):
        _add(card, row, labelled)
        return card
    card.rows.append(row)
    for cell in row.cells:
        if cell.is_a(Kind.FLAG, 0.7):
            role = "flag"
        elif (cell.is_a(Kind.NAME, 0.4) or cell.is_a(Kind.CODE, 0.4)) and not is_prose(cell.text):
            role = "name" if has_cjk(cell.text) or not card.record.of("name") else "code"
        else:
            role = "other"
        card.record.cells.setdefault(role, []).append(cell)
    return card


def _add(card: _Card, row: Row, labelled: Sequence[tuple[tuple[str, int] | None, Cell]]) -> None:
    card.rows.append(row)
    role: str | None = None
    for label, cell in labelled:
        if label is not None:
            role, end = label
            rest = rest_of(cell, end)
            if rest is None:
                card.pending.append((role, cell))
            else:
                card.record.cells.setdefault(role, []).append(rest)
        elif role is not None:
            card.pending = [(r, c) for r, c in card.pending if r != role]
            card.record.cells.setdefault(role, []).append(cell)
        elif not card.record.has_name and has_cjk(cell.text):
            card.record.cells.setdefault("name", []).append(cell)


def _fill_pending(card: _Card, row: Row) -> bool:
    """Give the cells of ``row`` to the labels they stand under; False where one stands under none."""
    placed: list[tuple[str, Cell]] = []
    for cell in row.cells:
        under = [(abs(label.u0 - cell.u0), role) for role, label in card.pending if _over(label, cell)]
        if not under or is_prose(cell.text):
            return False
        placed.append((min(under)[1], cell))
    for role, cell in placed:
        card.record.cells.setdefault(role, []).append(cell)
    card.pending = []
    return True


def _over(label: Cell, cell: Cell) -> bool:
    room = 1.5 * max(label.h, cell.h)
    return label.u0 - room <= cell.u1 and cell.u0 <= label.u1 + room
