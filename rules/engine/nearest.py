"""What a person may have meant: the known word written most alike."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Mapping

from rules.vocabulary.schema import Term

__all__ = ["nearest", "nearest_term"]


def nearest(word: str, known: Iterable[str]) -> str:
    """``是不是想写 X？``, or nothing where no known word is much alike."""
    found = difflib.get_close_matches(word, list(known), n=1, cutoff=0.6)
    return f"是不是想写 {found[0]}？" if found else ""


def nearest_term(word: str, terms: Mapping[str, Term]) -> str:
    """The id much like ``word``, or the id of the term that ``word`` names in Chinese (血肌酐)."""
    for term in terms.values():
        if word in term.names:
            return f"是不是想写 {term.id}（{term.name}）？"
    by_name = {name: term for term in terms.values() for name in term.names}
    found = difflib.get_close_matches(word, [*terms, *by_name], n=1, cutoff=0.6)
    if not found:
        return ""
    term = terms.get(found[0]) or by_name[found[0]]
    return f"是不是想写 {term.id}（{term.name}）？"
