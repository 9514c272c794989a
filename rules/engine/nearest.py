"""What a person means by a word, or may have meant: the known word written most alike."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Mapping

from rules.vocabulary.schema import Term

__all__ = ["find_term", "nearest", "nearest_name", "nearest_term", "unknown_term"]


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


def unknown_term(kind: str, word: str, terms: Mapping[str, Term], folder: str) -> str:
    """``检查所见词表里没有 X``, the id that may be meant, and where terms are written."""
    return f"{kind}词表里没有 {word}。{nearest_term(word, terms)}词条写在程序的 rules/vocabulary/{folder}/ 里"


def nearest_name(word: str, *kinds: Mapping[str, Term]) -> str:
    """As :func:`nearest`, by the Chinese names, for a case, which names a term as a sheet prints it."""
    names = {name: term.name for terms in kinds for term in terms.values() for name in (*term.names, term.id)}
    found = difflib.get_close_matches(word, list(names), n=1, cutoff=0.5)
    return f"是不是想写 {found[0]}？" if found else ""


def find_term(terms: Mapping[str, Term], name: str) -> Term | None:
    """Term by id, standard name, alias or abbreviation."""
    if name in terms:
        return terms[name]
    exact = next((t for t in terms.values() if t.name == name), None)
    return exact or next((t for t in terms.values() if name in (*t.aliases, *getattr(t, "abbreviations", ()))), None)
