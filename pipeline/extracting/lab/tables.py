"""From the lines of a sheet to the records of its tables: zones below headers, item columns, records."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from pipeline.extracting.lab.around import Around, find_around
from pipeline.extracting.lab.blocks import Block, find_blocks
from pipeline.extracting.lab.cards import find_cards
from pipeline.extracting.lab.cells import Cell, cut_line, is_prose
from pipeline.extracting.lab.columns import find_columns
from pipeline.extracting.lab.exponents import with_exponents
from pipeline.extracting.lab.furniture import without_furniture
from pipeline.extracting.lab.headers import HeaderCell, header_cells, is_header_word
from pipeline.extracting.lab.kinds import Kind
from pipeline.extracting.lab.labels import rest_of
from pipeline.extracting.lab.names import known_name
from pipeline.extracting.lab.records import Record, records_of
from pipeline.extracting.lab.rows import Row, chain_rows
from pipeline.extracting.lab.sheets import Sheet
from pipeline.extracting.lab.soundness import soundness
from pipeline.extracting.lab.straight import straighten
from pipeline.extracting.lab.text import squeeze
from pipeline.extracting.lab.twoline import find_two_line
from pipeline.extracting.lab.verdicts import doubt_left_over

__all__ = ["Table", "numbered", "rows_of", "tables_of"]


@dataclass(frozen=True, slots=True, eq=False)
class Table:
    """One item column of a table with its records, top to bottom."""

    block: Block
    records: tuple[Record, ...]
    headed: bool
    counted: bool
    """True when the rows carry running numbers."""
    slipped: bool = False
    """True when the ends of the table show that part of it stands one row off."""


def rows_of(sheet: Sheet) -> list[Row]:
    """Return the rows of print of ``sheet`` in its straightened frame."""
    lines = with_exponents(sheet.lines)
    place = straighten(lines)
    cells = [cell for line in lines if not _upright_text(line.quad) for cell in cut_line(line, sheet.page, place)]
    return without_furniture(chain_rows(cells))


def _upright_text(quad: Sequence[tuple[float, float]]) -> bool:
    """True for print that runs down the page (margin notes, barcodes): it belongs to no row."""
    wide = abs(quad[1][0] - quad[0][0])
    tall = abs(quad[3][1] - quad[0][1])
    return tall > 2.5 * max(wide, 1.0)


def tables_of(rows: Sequence[Row], *, strict: bool) -> list[Table]:
    """Return the tables in ``rows``. ``strict`` asks headless tables for more proof: for pages that are no lab
    sheet."""
    tables = _by_rows(rows, strict=strict)
    around = None if strict and not tables else find_around(rows, least=3 if strict else 1)
    if around is None or not _sounder(around, tables):
        return tables
    return [Table(Block((), False, around.unsure), around.records, False, numbered(around.records))]


def _sounder(around: Around, tables: Sequence[Table]) -> bool:
    """True when items around their names hang together clearly better than what rows and columns give."""
    doubted = any(table.slipped or table.block.unsure for table in tables)
    if doubted and not around.tight:
        return False  # both see that something slipped: the doubt stays
    if not _below_their_words(around, tables):
        return False  # 阴性 of the limits' column is no result where the - of the result's was not read
    mine = soundness(around.records) - 0.75 * len(around.records) * around.unsure
    theirs = 0.0
    for table in tables:
        theirs += soundness(table.records)
        theirs -= 0.75 * len(table.records) * (table.slipped or table.block.unsure)
    return mine > theirs + max(1.0, 0.12 * abs(theirs))


def _below_their_words(around: Around, tables: Sequence[Table]) -> bool:
    """True when every result stands in a column whose header says that it holds results, where there are such."""
    columns = [c for table in tables for c in table.block.columns if c.role == "result" and c.named]
    # Rows read as one line say nothing of places; their order does.
    apart = [r for r in around.records if not all(cell.piece for cell in r.all)]
    cells = [cell for record in apart for cell in record.of("result")]
    return not columns or all(any(column.distance(cell) < 1.5 for column in columns) for cell in cells)


def _by_rows(rows: Sequence[Row], *, strict: bool) -> list[Table]:
    tables: list[Table] = []
    cards = find_cards(rows)
    if cards is not None:
        tables.append(Table(Block((), True), cards.records, True, numbered(cards.records)))
        rows = [row for row in rows if row not in cards.rows]
    heads = [(i, header) for i, row in enumerate(rows) if (header := header_cells(row))]
    first = heads[0][0] if heads else len(rows)
    stacked, rest = _two_line(rows[:first], headed=False, strict=strict)
    tables += [*stacked, *_headless(rest, strict=strict)]
    for number, (i, header) in enumerate(heads):
        end = heads[number + 1][0] if number + 1 < len(heads) else len(rows)
        stacked, zone = _two_line(rows[i + 1 : end], headed=True, strict=strict)
        tables += stacked
        found = _zone_tables(zone, header)
        if not found:
            found = _headless(zone, strict=strict)
        tables += found
    return tables


def _two_line(rows: Sequence[Row], *, headed: bool, strict: bool) -> tuple[list[Table], list[Row]]:
    """Return the tables of slips that print name and result in two lines, and the rows that are not theirs."""
    plain = [_without_card_labels(row) for row in rows]
    blocks = find_two_line(plain, least=3 if strict and not headed else 2)
    used = {id(row) for block in blocks for row in block.rows}
    for block in blocks:
        doubt_left_over(block.records)
    several = len(blocks) > 1 and any(block.unsure for block in blocks)
    tables = [
        Table(Block((), headed), block.records, headed, numbered(block.records), block.unsure or several)
        for block in blocks
    ]
    return tables, [row for row, own in zip(rows, plain, strict=True) if id(own) not in used]


def _body(rows: Sequence[Row]) -> tuple[list[Row], float]:
    """Rows that can be part of a table, and the height below which the sheet's foot has begun."""
    body: list[Row] = []
    foot = float("inf")
    for row in map(_without_card_labels, rows):
        if any(cell.kinds.get(Kind.LABEL, 0.0) >= 1.0 for cell in row.cells):
            if any(_value_like(r) for r in body) and foot == float("inf"):
                foot = row.v
            continue
        cells = tuple(cell for cell in row.cells if not is_prose(cell.text))
        if cells:
            body.append(Row(cells))
    return body, foot


def _value_like(row: Row) -> bool:
    return any(c.is_a(Kind.NUMBER) or c.is_a(Kind.QUAL) for c in row.cells)


def _zone_tables(rows: Sequence[Row], header: Sequence[HeaderCell]) -> list[Table]:
    body, foot = _body(rows)
    if not body:
        return []
    blocks = find_blocks(find_columns(body), header)
    return _fill(blocks, body, foot, headed=True)


def _headless(rows: Sequence[Row], *, strict: bool) -> list[Table]:
    body, foot = _body(rows)
    body = [row for row in body if foot == float("inf") or row.v < foot] if strict else body
    likely = [row for row in body if _table_row(row)]
    if len(likely) < (3 if strict else 1):
        return []
    low, high = likely[0].v - 2.5 * likely[0].h, likely[-1].v + 4 * likely[-1].h
    body = [row for row in body if low <= row.v <= high]
    tables = _fill(find_blocks(find_columns(likely), []), body, foot, headed=False)
    kept = []
    for table in tables:
        proven = [r for r in table.records if _proven(r)]
        enough = len(proven) >= (3 if strict else 1) and len(proven) >= 0.5 * len(
            [r for r in table.records if r.has_name and r.has_result]
        )
        if enough:
            kept.append(table)
    return kept


def _table_row(row: Row) -> bool:
    """A row with a name, a value, and a unit, a range or a known name."""
    named = [c for c in row.cells if c.is_a(Kind.NAME, 0.6) or c.is_a(Kind.CODE, 0.6)]
    valued = [c for c in row.cells if c.is_a(Kind.NUMBER) or c.is_a(Kind.QUAL)]
    beside = any(c.is_a(Kind.UNIT, 0.6) or c.is_a(Kind.RANGE) for c in row.cells if c not in valued[:1])
    proof = beside or len(valued) > 1 or any(known_name(c.text) for c in named)
    return bool(named and valued and proof)


def _proven(record: Record) -> bool:
    if not (record.has_name and record.has_result):
        return False
    names = record.of("name") + record.of("code")
    signs = [
        any(known_name(c.text) for c in names),
        any(c.is_a(Kind.UNIT) for c in record.of("unit")),
        any(c.is_a(Kind.RANGE) or c.is_a(Kind.QUAL) for c in record.of("range")),
    ]
    return sum(signs) >= 1


def _fill(blocks: Sequence[Block], body: Sequence[Row], foot: float, *, headed: bool) -> list[Table]:
    tables = []
    for block in blocks:
        mine = [row for row in (_row_within(block, blocks, row) for row in body) if row.cells]
        records = [r for r in records_of(block, mine) if r.v < foot or _proven(r)]
        slipped = _slipped(records, mine)
        result = block.of("result")
        if result is not None and not result.named:
            doubt_left_over(records)
        if block.of("name") or block.of("code"):
            records = _trim(records, headed=headed)
        index = block.of("index")
        counted = index is not None or numbered(records)
        if records:
            tables.append(Table(block, tuple(records), headed, counted, slipped))
    return tables


def _slipped(records: Sequence[Record], rows: Sequence[Row]) -> bool:
    """Signs at the ends of a table that names and values are paired one row off (hazard H8).

    A header word stands level with the first item, or one end has a value without a name and the other a name
    without a value.
    """
    for row in rows[:2]:
        if any(is_header_word(c.text) for c in row.cells) and any(
            known_name(c.text) or c.is_a(Kind.RANGE) for c in row.cells
        ):
            return True
    if len(records) < 4:
        return False
    first, last = list(records[:2]), list(records[-2:])

    def bare(group: Sequence[Record]) -> bool:
        return any(r.has_result and not r.has_name for r in group)

    def named(group: Sequence[Record]) -> bool:
        return any(r.has_name and not r.has_result and any(known_name(c.text) for c in r.of("name")) for r in group)

    return (bare(first) and named(last)) or (named(first) and bare(last))


def _row_within(block: Block, blocks: Sequence[Block], row: Row) -> Row:
    if len(blocks) == 1:
        return row
    return Row(tuple(c for c in row.cells if min(blocks, key=lambda b: _apart(b, c)) is block))


def _apart(block: Block, cell: Cell) -> float:
    return min(column.distance(cell) for column in block.columns)


def _trim(records: list[Record], *, headed: bool) -> list[Record]:
    """Drop what lies far below the last sound record: stray print under a table."""
    sound = [i for i, r in enumerate(records) if r.has_name and r.has_result and (headed or _proven(r))]
    if not sound:
        return []
    steps = [b.v - a.v for a, b in pairwise(records)]
    step = sorted(steps)[len(steps) // 2] if steps else 0.0
    out: list[Record] = []
    for i, record in enumerate(records):
        if out and step and record.v - out[-1].v > 8 * max(step, record.h) and not _proven(record):
            break
        if i <= sound[-1]:
            out.append(record)
    return out


def numbered(records: Sequence[Record]) -> bool:
    """True when the items carry running numbers: 1白细胞 2红细胞, glued to the names or beside them."""
    leads = []
    for record in records:
        text = "".join(c.text for c in (*record.of("index"), *(record.of("name") or record.of("code"))))
        match = re.match(r"^[*★#]?(\d{1,3})(?=[^\d])", squeeze(text))
        if match:
            leads.append(int(match.group(1)))
    rising = sum(1 for a, b in pairwise(leads) if 1 <= b - a <= 2)
    return len(leads) >= max(3, 0.7 * len(records)) and rising >= 0.7 * (len(leads) - 1)


_CARD_WORDS = r"(?:正常)?(?:参考(?:范围|值|区间)?|正常(?:值|范围)|单\s*位)\s*"
_CARD_LABEL = re.compile(_CARD_WORDS + r"(?:[:：]\s*|(?=[\d<>≤≥]))")
_CARD_WORD = re.compile(_CARD_WORDS)


def _as_limits(cell: Cell) -> Cell:
    """A cell behind 参考值: what may be limits are limits there; >90 and 阴性 may not be results."""
    return replace(cell, told=Kind.RANGE) if cell.is_a(Kind.RANGE) or cell.is_a(Kind.QUAL) else cell


def _without_card_labels(row: Row) -> Row:
    """Results shown as cards print 参考范围:3.5-9.5 单位:g/L below each item: the labels go, their values stay."""
    cells: list[Cell] = []
    labelled = limits = False
    for k, cell in enumerate(row.cells):
        match = _CARD_LABEL.match(cell.text)
        if match is None and k + 1 < len(row.cells) and row.cells[k + 1].is_a(Kind.RANGE):
            match = _CARD_WORD.fullmatch(cell.text)
        if match is None:
            cells.append(_as_limits(cell) if limits else cell)
            limits = False
            continue
        labelled, limits = True, "单" not in match.group()
        rest = rest_of(cell, match.end())
        if rest is not None:
            cells.append(_as_limits(rest) if limits else rest)
            limits = False
    if not labelled or any(c.is_a(Kind.NAME) and not c.is_a(Kind.RANGE) and not c.is_a(Kind.QUAL) for c in cells):
        return row
    return Row(tuple(cells))
