"""Terms of the vocabulary in running text: spaCy's PhraseMatcher for names, regular expressions for what varies."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from spacy.matcher import PhraseMatcher
from spacy.tokens import Doc, Span
from spacy.vocab import Vocab

from pipeline.extracting.language.patterns import alternatives, compile_pattern
from pipeline.extracting.language.text import fold
from rules.vocabulary import Vocabulary
from rules.vocabulary.language import load_exams

__all__ = ["NORMAL", "TermFinder"]

NORMAL = "finding-normal"
"""Label of a phrase that states the absence of a finding without negating its name."""


@dataclass(frozen=True, slots=True)
class _Entry:
    label: str
    id: str


class TermFinder:
    """Finds findings, diagnoses, drugs and procedures; one character is one token."""

    def __init__(self, vocab: Vocab, vocabulary: Vocabulary) -> None:
        self._vocab = vocab
        self._matcher = PhraseMatcher(vocab, attr="LOWER")
        self._entries: dict[str, _Entry] = {}
        self._patterns: list[tuple[re.Pattern[str], _Entry]] = []
        self._blockers = alternatives(load_exams().blockers)
        for finding in vocabulary.findings.values():
            self._add("finding", finding.id, finding.names, finding.patterns)
            self._add(NORMAL, finding.id, (), finding.normal)
        for diagnosis in vocabulary.diagnoses.values():
            self._add("diagnosis", diagnosis.id, diagnosis.names, ())
        for drug in vocabulary.drugs.values():
            self._add("drug", drug.id, drug.names, ())
        for procedure in vocabulary.procedures.values():
            self._add("procedure", procedure.id, procedure.names, procedure.patterns)

    def _add(self, label: str, term: str, names: Iterable[str], patterns: Iterable[str]) -> None:
        key = f"{label}/{term}"
        entry = _Entry(label, term)
        self._entries[key] = entry
        docs = []
        for name in names:
            plain = "".join(fold(name).split())
            if len(plain) > 1 or not plain.isascii():
                docs.append(Doc(self._vocab, words=list(plain), spaces=[False] * len(plain)))
        if docs:
            self._matcher.add(key, docs)
        self._patterns += [(compile_pattern(pattern), entry) for pattern in patterns]

    def __call__(self, doc: Doc) -> list[Span]:
        """Return the terms of ``doc``: label the kind, ``kb_id`` the id. Within one id the longest wins."""
        text: str = doc._.source.text
        blocked = [match.span() for match in self._blockers.finditer(text)]
        hits: dict[_Entry, list[tuple[int, int]]] = {}
        for entry, start, end in self._raw(doc, text):
            inside = any(low <= start and end <= high and (low, high) != (start, end) for low, high in blocked)
            if not inside and (start, end) not in blocked and _bounded(text, start, end):
                hits.setdefault(entry, []).append((start, end))
        spans: list[Span] = []
        for entry, places in hits.items():
            places.sort(key=lambda place: (place[0] - place[1], place[0]))
            kept: list[tuple[int, int]] = []
            for start, end in places:
                if not any(low < end and start < high for low, high in kept):
                    kept.append((start, end))
            spans += [Span(doc, start, end, label=entry.label, kb_id=entry.id) for start, end in kept]
        return sorted(spans, key=lambda span: (span.start, -span.end))

    def _raw(self, doc: Doc, text: str) -> Iterator[tuple[_Entry, int, int]]:
        for key, start, end in self._matcher(doc):
            yield self._entries[self._vocab.strings[key]], start, end
        for pattern, entry in self._patterns:
            for match in pattern.finditer(text):
                if match.end() > match.start():
                    yield entry, match.start(), match.end()


def _bounded(text: str, start: int, end: int) -> bool:
    """False when a Latin abbreviation is cut out of a longer word (EF in TEF)."""

    def latin(index: int) -> bool:
        return 0 <= index < len(text) and text[index].isascii() and text[index].isalpha()

    return not (latin(start) and latin(start - 1)) and not (latin(end - 1) and latin(end))
