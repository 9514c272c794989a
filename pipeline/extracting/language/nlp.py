"""The spaCy pipeline of clinical Chinese: blank ``zh``, one character a token, our components by name.

    document lines -> Doc -> sections -> terms -> assertion

Each component reads what the one before it left: ``doc._.sections``, ``doc.spans["terms"]``, ``span._.assertion``.
The tokenizer is not used: a Doc is built from the joined text, so that token *i* is character *i* of it.
"""

from __future__ import annotations

from functools import lru_cache

import spacy
from spacy.language import Language
from spacy.tokens import Doc, Span

from pipeline.extracting.language.answers import answered, find_answer, unticked
from pipeline.extracting.language.assertion import assert_span, find_cues
from pipeline.extracting.language.sections import find_sections, section_at
from pipeline.extracting.language.terms import TermFinder
from pipeline.extracting.language.text import ClinicalText
from rules.engine.facts import AssertionStatus
from rules.vocabulary import load_vocabulary

__all__ = ["clinical_pipeline", "make_doc"]

for _name in ("source", "sections", "cues"):
    if not Doc.has_extension(_name):
        Doc.set_extension(_name, default=None)
if not Span.has_extension("assertion"):
    Span.set_extension("assertion", default=None)


class _Sections:
    def __call__(self, doc: Doc) -> Doc:
        source: ClinicalText = doc._.source
        doc._.sections = find_sections(source.text, source.before, source.page_starts)
        return doc


class _Terms:
    def __init__(self, nlp: Language) -> None:
        self._find = TermFinder(nlp.vocab, load_vocabulary())

    def __call__(self, doc: Doc) -> Doc:
        doc.spans["terms"] = self._find(doc)
        return doc


class _Assertion:
    def __call__(self, doc: Doc) -> Doc:
        source: ClinicalText = doc._.source
        text = source.text
        terms = [span for span in doc.spans["terms"] if span.label_ == "diagnosis"]
        starts = {span.start for span in terms}
        answers = {span.end: find_answer(text, source.before, span.end, starts) for span in terms}
        taken = [answer for answer in answers.values() if answer is not None]
        doc._.cues = [
            cue for cue in find_cues(text) if not any(a.start <= cue.start and cue.end <= a.end for a in taken)
        ]
        for span in doc.spans["terms"]:
            section = section_at(doc._.sections, span.start)
            default = section.rule.status if section else AssertionStatus.CONFIRMED
            stated = assert_span(text, span.start, span.end, doc._.cues, default)
            span._.assertion = answered(stated, answers.get(span.end), offer=unticked(text, span.start))
        return doc


@Language.factory("yushen_sections", assigns=["doc._.sections"])
def _make_sections(nlp: Language, name: str) -> _Sections:
    del nlp, name
    return _Sections()


@Language.factory("yushen_terms", requires=["doc._.sections"], assigns=["doc.spans"])
def _make_terms(nlp: Language, name: str) -> _Terms:
    del name
    return _Terms(nlp)


@Language.factory("yushen_assertion", requires=["doc.spans", "doc._.sections"], assigns=["span._.assertion"])
def _make_assertion(nlp: Language, name: str) -> _Assertion:
    del nlp, name
    return _Assertion()


@lru_cache(maxsize=1)
def clinical_pipeline() -> Language:
    """Return the pipeline, built once per process."""
    nlp = spacy.blank("zh")
    for component in ("yushen_sections", "yushen_terms", "yushen_assertion"):
        nlp.add_pipe(component)
    return nlp


def make_doc(nlp: Language, source: ClinicalText) -> Doc:
    """Run the pipeline over ``source``; token *i* of the result is character *i* of its text."""
    doc = Doc(nlp.vocab, words=list(source.text), spaces=[False] * len(source.text))
    doc._.source = source
    return nlp(doc)
