"""Groups the characters of a PDF page into lines the way print shows them: one line per run without a wide gap.

Table cells stay apart, so that layout code sees the same kind of lines as from OCR.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from importlib.metadata import version
from itertools import pairwise
from statistics import median

import pypdfium2 as pdfium

from pipeline.intake.cell_cuts import Edges, is_ruled, is_spaced_word, kind_of
from pipeline.intake.glyphs import Glyph, Pixels
from pipeline.intake.second_look import SecondOpinion
from pipeline.intake.small_digits import with_small_digits
from pipeline.nouns import Line, Quad

__all__ = ["text_lines"]

VERSION = f"pdfium {pdfium.PDFIUM_INFO.version} pdfplumber {version('pdfplumber')}"

WORD_GAP = 0.25
"""Gap, in parts of the type size, up to which characters belong together without a space."""
SPACE = 0.1
"""Gap, in parts of the type size, that a printed space leaves at least."""
NUMBER_GAP = 0.12
"""Gap, in parts of the type size and beyond the usual one, that shows two numbers of two text objects."""
CELL_GAP = 0.85
"""Gap, in parts of the type size, from which a new cell begins."""
OFF_LINE = 0.22
"""Characters whose lines differ by more than this part of the type size stand in different cells."""
MIN_OVERLAP = 0.5
"""Part of a character's height that must lie in a row for it to belong there."""
MIN_RELATIVE_SIZE = 0.45
"""Smaller characters than this share of a row's height stand beside a watermark or a title, not in its row."""
COLUMN_STEP = 1.25
"""Widest step, in parts of the type size, between letters that are written downwards."""


def text_lines(
    glyphs: Sequence[Glyph], background: Pixels | None = None, opinion: SecondOpinion | None = None
) -> tuple[Line, ...]:
    """Return the lines that level characters make.

    Args:
        glyphs: as drawn, in the order of the file.
        background: the page without its text, in gray: its ruling lines part cells.
        opinion: pdfplumber's: lines that the file draws part cells too, however pale.
    """
    marked = with_small_digits(_once(glyphs))
    downwards, level = _downwards(marked)
    drawn = opinion or SecondOpinion()
    rows = [_groups(row, background, drawn) for row in _rows(level)]
    edges = Edges([[g for g, _ in group] for row in rows for group in row])
    placed = [[_line("".join(g.text for g in word), word)] for word in downwards]
    placed += [_cells(row, edges) for row in rows if row]
    placed.sort(key=lambda lines: lines[0].box[1] + lines[0].box[3])
    return tuple(line for lines in placed for line in lines)


def _once(glyphs: Sequence[Glyph]) -> list[Glyph]:
    """Leave out characters that are printed again at their place, a trick to look bold."""
    kept: list[Glyph] = []
    places: dict[tuple[str, int, int], list[Glyph]] = {}
    for glyph in glyphs:
        step = max(glyph.size, 1.0)
        column, row = int(glyph.x0 / step), int(glyph.base / step)
        near = [
            other
            for dx in (-1, 0, 1)
            for dy in (-1, 0, 1)
            for other in places.get((glyph.text, column + dx, row + dy), ())
        ]
        wide = max(glyph.x1 - glyph.x0, 0.5)
        # One drawn sign can stand for several characters (ﬀ, ——): PDFium gives all of them its place.
        joined = bool(kept) and kept[-1].run == glyph.run and kept[-1].ink == glyph.ink
        if not joined and any(
            abs(o.x0 - glyph.x0) < 0.4 * wide and abs(o.base - glyph.base) < 0.2 * glyph.size for o in near
        ):
            continue
        places.setdefault((glyph.text, column, row), []).append(glyph)
        kept.append(glyph)
    return kept


def _downwards(glyphs: Sequence[Glyph]) -> tuple[list[list[Glyph]], list[Glyph]]:
    """Take out words written downwards (病 over 史 over 摘 over 要 in a table's margin); they belong to no row.

    Their letters follow each other in the file, each close below the last. Three at least: a column of a table can
    hold 男 over 女, but its rows stand further apart.
    """
    words: list[list[Glyph]] = []
    current: list[Glyph] = []
    rest: list[Glyph] = []

    def close() -> None:
        (words.append(list(current)) if len(current) >= 3 else rest.extend(current))
        current.clear()

    for glyph in glyphs:
        if glyph.text.isspace():
            rest.append(glyph)
            continue
        if current:
            last = current[-1]
            below = 0.6 * last.size <= glyph.base - last.base <= COLUMN_STEP * last.size
            aligned = abs((glyph.x0 + glyph.x1) - (last.x0 + last.x1)) < 0.3 * last.size
            if not (below and aligned and kind_of(glyph.text) == "han"):
                close()
        if current or kind_of(glyph.text) == "han":
            current.append(glyph)
        else:
            rest.append(glyph)
    close()
    return words, rest


def _rows(glyphs: Sequence[Glyph]) -> list[list[Glyph]]:
    """Put characters into rows; large ones found rows, so that small print joins the row it stands in."""
    rows: list[tuple[float, float, list[Glyph]]] = []
    for glyph in sorted(glyphs, key=lambda g: (g.text.isspace(), -round(g.size), g.top, g.x0)):
        size = max(glyph.size, 1.0)
        best, best_overlap = None, MIN_OVERLAP * size
        for row in rows:
            overlap = min(glyph.bottom, row[1]) - max(glyph.top, row[0])
            if overlap > best_overlap and size > MIN_RELATIVE_SIZE * (row[1] - row[0]):
                best, best_overlap = row, overlap
        if best is not None:
            best[2].append(glyph)
        elif not glyph.text.isspace():
            rows.append((glyph.top, glyph.bottom, [glyph]))
    return [sorted(row[2], key=lambda g: g.x0) for row in rows]


_Group = list[tuple[Glyph, bool]]
"""Characters of one cell; True: a space is printed before."""


def _groups(row: Sequence[Glyph], background: Pixels | None, drawn: SecondOpinion) -> list[_Group]:
    """Cut a row at wide gaps, ruling lines and changes of the line."""
    groups: list[_Group] = []
    spaced = False
    for glyph in row:
        if glyph.text.isspace():
            spaced = True
            continue
        last = groups[-1][-1][0] if groups else None
        if last is None or _parted(last, glyph) or is_ruled(last, glyph, background, drawn):
            groups.append([(glyph, False)])
        else:
            groups[-1].append((glyph, spaced))
        spaced = False
    return groups


def _parted(before: Glyph, after: Glyph) -> bool:
    size = max(before.size, after.size)
    if after.x0 - before.x1 > CELL_GAP * after.size:
        return True
    # Small print beside a number is not one more digit of it.
    uneven = min(before.size, after.size) < 0.8 * size and before.text.isdecimal() and after.text.isdecimal()
    words = before.text.isalnum() and after.text.isalnum()  # raised arrows and stars belong to what they stand behind
    return uneven or (words and abs(before.base - after.base) > OFF_LINE * size)


def _cells(row: list[_Group], edges: Edges) -> list[Line]:
    lines: list[Line] = []
    plain = [[g for g, _ in group] for group in row]
    at = 0
    while at < len(row):
        many = is_spaced_word(plain, at)
        if many > 1:
            word = [g for group in plain[at : at + many] for g in group]
            lines.append(_line(_direction("".join(g.text for g in word)), word))
        else:
            spaced = {id(g) for g, space in row[at] if space}
            lines.extend(_line(_text(part, spaced), part) for part in edges.part(plain[at]))
        at += many
    return lines


def _text(cell: Sequence[Glyph], spaced: set[int]) -> str:
    usual = float(median(b.x0 - a.x1 for a, b in pairwise(cell))) if len(cell) > 1 else 0.0
    text = cell[0].text
    for before, after in pairwise(cell):
        gap = after.x0 - before.x1
        latin = before.text[-1].isascii() and after.text[0].isascii()
        numbers = before.run != after.run and before.text.isdecimal() and after.text.isdecimal()
        wide = WORD_GAP * after.size if not numbers else max(usual, 0.0) + NUMBER_GAP * after.size
        if latin and (gap > wide or (id(after) in spaced and gap > SPACE * after.size)):
            text += " "
        text += after.text
    return _direction(text)


def _direction(text: str) -> str:
    """Text written from right to left (Uyghur on bilingual papers) stands mirrored on the page: turn it back."""
    if not any(unicodedata.bidirectional(glyph) in {"R", "AL"} for glyph in text):
        return text
    out, numbers = "", ""
    for glyph in reversed(text):
        if unicodedata.bidirectional(glyph) in {"EN", "CS", "ES", "AN"}:
            numbers = glyph + numbers
        else:
            out, numbers = out + numbers + glyph, ""
    return out + numbers


def _line(text: str, group: Sequence[Glyph]) -> Line:
    x0, x1 = min(g.x0 for g in group), max(g.x1 for g in group)
    y0 = min(min(g.top, g.ink[1]) for g in group)
    y1 = max(max(g.bottom + 0.05 * g.size, g.ink[3]) for g in group)
    quad: Quad = ((x0, y0), (x1, y0), (x1, y1), (x0, y1))
    return Line(text=text, quad=quad, shown=quad, confidence=1.0, reader="text-layer", version=VERSION)
