"""Finds pages uploaded twice: the same bytes, or nearly the same picture (perceptual hash).

Paper looks alike: two sheets of one template differ only in their figures. A near match by picture is therefore only a
candidate here; :func:`pipeline.reading` results decide (see :func:`settle_duplicates`): the same words and numbers.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

import imagehash
from rapidfuzz import fuzz

from pipeline.nouns import Page, ReadPage

__all__ = ["mark_duplicates", "settle_duplicates"]

NEAR_BITS = 26
"""Of 256 hash bits, how many may differ between two pictures of one sheet."""
SAME_TEXT = 92.0
SAME_NUMBERS = 0.88
MIN_CHARACTERS = 40
"""Too little text proves nothing."""


def mark_duplicates(pages: Sequence[Page]) -> tuple[Page, ...]:
    """Set ``duplicate_of`` on every page that repeats an earlier one, exactly or nearly; all pages are kept."""
    kept: list[Page] = []
    for page in pages:
        twin = next((other for other in kept if other.duplicate_of is None and _same_picture(page, other)), None)
        kept.append(replace(page, duplicate_of=twin.id if twin else None))
    return tuple(kept)


def _same_picture(a: Page, b: Page) -> bool:
    if a.file_sha256 == b.file_sha256:
        return a.number == b.number
    if not a.perceptual_hash or not b.perceptual_hash:
        return False
    return bool(imagehash.hex_to_hash(a.perceptual_hash) - imagehash.hex_to_hash(b.perceptual_hash) <= NEAR_BITS)


def _text(page: ReadPage) -> str:
    return re.sub(r"\s+", "", "".join(line.text for line in page.lines))


def _numbers(text: str) -> dict[str, int]:
    counts: dict[str, int] = {}
    for number in re.findall(r"\d+(?:\.\d+)?", text):
        counts[number] = counts.get(number, 0) + 1
    return counts


def _same_content(a: str, b: str) -> bool:
    if min(len(a), len(b)) < MIN_CHARACTERS:
        return False
    first, second = _numbers(a), _numbers(b)
    common = sum(min(count, second.get(number, 0)) for number, count in first.items())
    total = max(sum(first.values()), sum(second.values()), 1)
    if common / total < SAME_NUMBERS:
        return False
    return fuzz.ratio(a, b) >= SAME_TEXT or fuzz.token_sort_ratio(" ".join(a), " ".join(b)) >= SAME_TEXT + 4


def settle_duplicates(pages: Sequence[ReadPage]) -> tuple[ReadPage, ...]:
    """Decide duplicates by what was read: candidates with other words or numbers are cleared, twins in words found.

    Two photographs of one sheet from different sides have different hashes but the same numbers. An unreadable
    candidate stays a candidate: it supports nothing anyway.
    """
    texts = {page.page.id: _text(page) for page in pages}
    shas = {page.page.id: (page.page.file_sha256, page.page.number) for page in pages}
    settled: list[ReadPage] = []
    originals: list[str] = []
    for page in pages:
        own = page.page.id
        twin = next(
            (other for other in originals if shas[other] == shas[own] or _same_content(texts[own], texts[other])),
            None,
        )
        if twin is None and page.page.duplicate_of is not None and len(texts[own]) < MIN_CHARACTERS:
            twin = page.page.duplicate_of
        if twin is None:
            originals.append(own)
        settled.append(replace(page, page=replace(page.page, duplicate_of=twin)))
    return tuple(settled)
