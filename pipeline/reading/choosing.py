"""One function decides who reads a page: the PDF's own text layer or OCR."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from pipeline.nouns import Line, Page, PageReader
from pipeline.reading.pixels import Image, ink_boxes
from pipeline.reading.stamps import may_hold_seal
from pipeline.reading.typography import repair

__all__ = ["Choice", "choose_reader", "clean_layer", "confirms"]

_FEWEST = 4
"""Fewer characters than this are no text layer (a page number, a stamp of the scanner)."""
_GARBAGE = 0.05
"""Share of characters that cannot be text from which the layer is not trusted."""
_COMMON = 0.6
"""Chinese text has at least this share of everyday characters; a broken encoding gives rare ones."""
_COVERED = 0.75
"""Share of the page's character-sized marks that must lie under the layer's lines."""
_ON_INK = 0.6
"""Share of the layer's lines that must have ink below them."""
_FOREIGN = (("\uac00", "\ud7a3"), ("\u0400", "\u06ff"), ("\u0900", "\u10ff"))
"""Hangul, Cyrillic to Arabic, Indic to Georgian: what Chinese turns into when decoded with the wrong table."""
_CID = re.compile(r"\(cid:\d+\)")


@dataclass(frozen=True, slots=True)
class Choice:
    """Who reads the page, why, and the cleaned text layer when it was chosen."""

    reader: PageReader
    why: str
    lines: tuple[Line, ...] = ()
    seals: bool = False
    """True when the text layer was chosen and the page shows ink that may be a seal, of which no layer tells."""
    spots: tuple[Line, ...] = ()
    """Lines that pixels have to confirm (:func:`confirms`) before the layer is taken."""


def choose_reader(page: Page, image: Image | None) -> Choice:
    """Decide between text layer and OCR for one page.

    The layer is taken only when it is visible, is real text, stands where the page shows ink and covers that ink. In
    doubt the pixels are read: what a person sees on the page is what counts.

    Args:
        image: the page as displayed; None when it cannot be loaded, which leaves a sound layer as the only source.
    """
    lines = clean_layer(page)
    characters = sum(len(line.text) for line in lines)
    if not page.text_layer:
        return Choice(PageReader.OCR, "no text layer")
    if characters < _FEWEST:
        return Choice(PageReader.OCR, "text layer almost empty")
    if page.text_layer_hidden:
        return Choice(PageReader.OCR, "hidden text layer over a scan")
    text = "".join(line.text for line in page.text_layer)
    if garbage := _garbage(text):
        return Choice(PageReader.OCR, garbage)
    if image is None:
        if page.text_layer_spots:
            return Choice(PageReader.OCR, "digits of the text layer cannot be confirmed")
        return Choice(PageReader.TEXT_LAYER, "text layer only, page image missing", lines)
    covered, on_ink, marks = _match(lines, image, page)
    if on_ink < _ON_INK:
        return Choice(PageReader.OCR, f"text layer does not match the page: {on_ink:.0%} of its lines stand on ink")
    if marks >= 20 and covered < _COVERED:
        return Choice(PageReader.OCR, f"text layer covers {covered:.0%} of the text seen")
    spots = page.text_layer_spots
    return Choice(PageReader.TEXT_LAYER, "text layer covers the page", lines, may_hold_seal(image), spots)


def confirms(written: Sequence[str], read: Sequence[str]) -> bool:
    """True when the pixels of some lines (``read``) hold the digits that the text layer says (``written``).

    Codes mapped to other characters make sound words with wrong numbers; only what is drawn can tell. One line that
    differs is enough to read the whole page by its pixels: that costs a second, a wrong number costs more.
    """
    return all(_digits(a) == _digits(b) for a, b in zip(written, read, strict=True))


def _digits(text: str) -> str:
    """The digits of ``text``; superscripts count as plain, which is how pixels are mostly read."""
    return "".join(c for c in unicodedata.normalize("NFKC", text) if c.isdecimal())


def clean_layer(page: Page) -> tuple[Line, ...]:
    """Return the lines of the text layer that lie on the page, with characters made regular."""
    lines = []
    for line in page.text_layer:
        x0, y0, x1, y1 = line.box
        centre = ((x0 + x1) / 2, (y0 + y1) / 2)
        text = repair(line.text)
        if text and 0 <= centre[0] <= page.width and 0 <= centre[1] <= page.height:
            lines.append(replace(line, text=text))
    return tuple(lines)


def _garbage(text: str) -> str | None:
    """Say why ``text`` cannot be the page's text, or None."""
    cids = _CID.findall(text)
    rest = [c for c in _CID.sub("", text) if not c.isspace()]
    total = len(rest) + len(cids)
    if not total:
        return "text layer almost empty"
    bad = len(cids) + sum(1 for c in rest if c == "\ufffd" or unicodedata.category(c) in {"Co", "Cn", "Cc", "Cs"})
    if bad > _GARBAGE * total:
        return f"garbage text layer: {bad} of {total} characters have no meaning"
    chinese = [c for c in rest if "\u3400" <= c <= "\u9fff" or ord(c) >= 0x20000]
    accents = sum(1 for c in rest if "\u00a1" <= c <= "\u024f" and c not in "±×÷°µ²³¹·½¼¾")
    foreign = sum(1 for c in rest if any(a <= c <= b for a, b in _FOREIGN))
    if accents + foreign > 0.2 * total:
        return "garbage text layer: wrong encoding"
    if len(chinese) >= 12:
        common = sum(1 for c in chinese if _everyday(c))
        if common < _COMMON * len(chinese):
            return "garbage text layer: rare characters only"
    return None


def _everyday(character: str) -> bool:
    """True for the 3755 characters of GB 2312 level 1, which make up over 98% of ordinary Chinese."""
    try:
        code = character.encode("gb2312")
    except UnicodeEncodeError:
        return False
    return 0xB0 <= code[0] <= 0xD7


def _match(lines: Sequence[Line], image: Image, page: Page) -> tuple[float, float, int]:
    """Compare the layer with the page's ink.

    Returns:
        Share of character-sized marks under the layer, share of the layer's lines with ink below, number of marks.
    """
    boxes, _ = ink_boxes(image)
    sx, sy = image.shape[1] / page.width, image.shape[0] / page.height
    mask = np.zeros((image.shape[0] // 4 + 1, image.shape[1] // 4 + 1), dtype=bool)
    ink = np.zeros_like(mask)
    centres = ((boxes[:, :2] + boxes[:, 2:] / 2) / 4).astype(int)
    ink[centres[:, 1], centres[:, 0]] = True
    on_ink = 0
    for line in lines:
        x0, y0, x1, y1 = line.box
        room = 0.3 * (y1 - y0)
        rows = slice(max(0, int((y0 - room) * sy / 4)), max(0, int((y1 + room) * sy / 4) + 1))
        columns = slice(max(0, int((x0 - room) * sx / 4)), max(0, int((x1 + room) * sx / 4) + 1))
        mask[rows, columns] = True
        on_ink += bool(ink[rows, columns].any())
    marks = len(boxes)
    covered = float(mask[centres[:, 1], centres[:, 0]].mean()) if marks else 1.0
    return covered, on_ink / len(lines), marks
