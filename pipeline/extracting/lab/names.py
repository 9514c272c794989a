"""Recognises item names that the vocabulary knows. Unknown names work too; a known one is a stronger sign."""

from __future__ import annotations

import re
from functools import lru_cache

from pipeline.extracting.lab.text import flat, has_cjk
from rules.vocabulary import load_vocabulary
from rules.vocabulary.cleaning import name_key

__all__ = ["analytes_of", "known_name"]


def _key(text: str) -> str:
    return re.sub(r"[\s\-_*★#:()\[\]·,.'^]", "", flat(text)).upper()


@lru_cache(maxsize=1)
def _index() -> dict[str, frozenset[str]]:
    index: dict[str, set[str]] = {}
    for analyte in load_vocabulary().analytes.values():
        for name in (*analyte.names, *analyte.abbreviations):
            for key in {_key(name), name_key(name)} - {""}:
                index.setdefault(key, set()).add(analyte.id)
    return {key: frozenset(ids) for key, ids in index.items()}


@lru_cache(maxsize=20000)
def analytes_of(text: str) -> frozenset[str]:
    """Return the ids of the analytes that ``text`` names exactly, apart from brackets, dashes, spaces and case."""
    index = _index()
    return index.get(_key(text)) or index.get(name_key(text), frozenset())


@lru_cache(maxsize=20000)
def known_name(text: str) -> bool:
    """True when the vocabulary holds ``text``, or holds it without what stands in its brackets.

    Single letters never count: H and L are marks, K and P are too short to tell. 钾 alone says enough.
    """
    if len(_key(text)) < 2:
        return has_cjk(text) and bool(analytes_of(text))
    text = re.sub(r"^[*★☆#●]?\s*(\d{1,3}\s*[.,、)]?)?", "", text) if not analytes_of(text) else text
    if len(_key(text)) < 2 and not has_cjk(text):
        return False
    if analytes_of(text):
        return True
    bare = re.sub(r"[(（\[【][^<>≤≥]*?[)）\]】]", "", text)  # limits in brackets are no part of a name
    return bare != text and (len(_key(bare)) >= 2 or has_cjk(bare)) and bool(analytes_of(bare))
