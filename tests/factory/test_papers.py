"""Papers: every type is told, marks stand where they are declared, values carry what truth needs."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from data_samples.factory.clinic.story import story
from data_samples.factory.paper import Paper
from data_samples.factory.papers import COMPOSE, example, papers
from data_samples.factory.papers.marks import Facts, bare
from rules.engine.facts import DocumentType
from rules.vocabulary import load_vocabulary

KINDS = {"diagnoses", "lab_results", "findings", "treatments", "visits", "form"}
_NEEDED = {
    "diagnoses": {"name", "status", "section"},
    "lab_results": {"name", "analyte", "text"},
    "findings": {"concept", "status", "modality", "section", "text", "date"},
    "treatments": {"kind", "name", "status"},
    "visits": {"kind", "start"},
    "form": {"field", "value"},
}


def _marks(paper: Paper) -> set[str]:
    found = {field.mark for field in paper.fields.values()}
    found |= {run.mark for section in paper.sections for run in section.text}
    found |= {run.mark for section in paper.sections for item in section.items for run in item}
    found |= {row.mark for row in paper.rows}
    found |= {value for row in paper.rows for key, value in row.more.items() if key.startswith("mark:")}
    return {mark for mark in found if mark}


@pytest.mark.parametrize("kind", sorted(COMPOSE))
@pytest.mark.parametrize("seed", [0, 1])
def test_papers_print_every_fact_once_under_its_mark(kind, seed):
    paper = example(kind, np.random.default_rng(seed))
    assert paper.type == kind
    declared = [fact.mark for fact in paper.facts]
    assert len(declared) == len(set(declared))
    marks = _marks(paper)
    for fact in paper.facts:
        assert fact.kind in KINDS
        assert set(fact.values) >= _NEEDED[fact.kind], fact
        assert any(mark == fact.mark or mark.startswith(fact.mark + ".") for mark in marks), fact


def test_papers_cover_every_document_type_but_the_unknown():
    assert set(COMPOSE) == {kind.value for kind in DocumentType} - {"unknown"}


@pytest.mark.parametrize("kind", sorted(COMPOSE))
def test_papers_of_one_seed_are_the_same(kind):
    first, second = (example(kind, np.random.default_rng(4)) for _ in range(2))
    assert dataclasses.asdict(first) == dataclasses.asdict(second)


def test_papers_leave_no_markup_or_unfilled_words():
    for seed in range(6):
        told = story(12, "meets", np.random.default_rng(seed))
        for paper in papers(told, np.random.default_rng(seed)):
            text = "".join(run.text for s in paper.sections for run in s.text)
            text += "".join(run.text for s in paper.sections for item in s.items for run in item)
            assert not set("[]{}|") & set(text), text


def test_papers_of_a_relative_belong_to_other():
    told = story(24, "relative:1", np.random.default_rng(2))
    owners = {paper.type: paper.owner for paper in papers(told, np.random.default_rng(2))}
    assert owners["diagnosis_certificate"] == "other"
    assert owners["application_form"] == "applicant"


def test_papers_speak_of_concepts_that_the_vocabulary_knows():
    words = load_vocabulary()
    seen: dict[str, set[str]] = {}
    for kind in COMPOSE:
        for seed in range(4):
            for fact in example(kind, np.random.default_rng(seed)).facts:
                key = "analyte" if fact.kind == "lab_results" else "concept"
                if fact.values.get(key):
                    seen.setdefault(fact.kind, set()).add(fact.values[key])
    assert seen["lab_results"] <= set(words.analytes)
    assert seen["diagnoses"] <= set(words.diagnoses)
    assert seen["findings"] <= set(words.findings) | set(words.measurements)


def test_marks_tell_status_modality_and_day():
    facts = Facts()
    text = "复查[[脑梗死|f.ct?:cerebral_infarction@2026-02-01]]，否认[[糖尿病|d:denied:diabetes]]。"
    import datetime as dt

    runs = facts.prose(text, section="辅助检查", date=dt.date(2026, 3, 1))
    assert "".join(run.text for run in runs) == bare(text) == "复查脑梗死，否认糖尿病。"
    finding, diagnosis = facts.all()
    assert (finding.values["status"], finding.values["modality"]) == ("suspected", "ct")
    assert finding.values["date"] == dt.date(2026, 2, 1)
    assert (diagnosis.values["status"], diagnosis.values["date"]) == ("denied", dt.date(2026, 3, 1))


def test_marks_refuse_an_unknown_code():
    import datetime as dt

    with pytest.raises(ValueError, match="unknown code"):
        Facts().prose("[[x|z:y]]", section="", date=dt.date(2026, 1, 1))
