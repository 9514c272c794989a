"""H15, engine half: a document of another person supports nothing, and one without a name supports nothing alone."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from rules.engine import Region, judge, load_region, screen
from rules.engine.cases import load_cases
from rules.engine.facts import CaseFacts, Owner
from rules.engine.judgement import Conclusion, Status


@pytest.fixture(scope="module")
def region() -> Region:
    return load_region(Path(__file__).resolve().parents[2] / "rules", "jiangxi")


def owned(facts: CaseFacts, owner: Owner, only: str | None = None) -> CaseFacts:
    return replace(
        facts,
        documents=tuple(replace(d, owner=owner) if only in (None, d.id) else d for d in facts.documents),
    )


def test_another_persons_documents_support_and_refute_nothing(region: Region) -> None:
    for rule in region.rules:
        for case in load_cases(rule, region):
            judgement = judge(owned(case.facts, Owner.OTHER), rule, region)
            assert judgement.conclusion is Conclusion.INSUFFICIENT
            assert all(c.status is Status.MISSING for c in judgement.criteria), case.title
            assert screen(owned(case.facts, Owner.OTHER), region) == ()


def test_one_crossed_document_takes_its_item_with_it(region: Region) -> None:
    crossed = 0
    for rule in region.rules:
        for case in load_cases(rule, region):
            judgement = judge(case.facts, rule, region)
            for result in judgement.criteria:
                papers = {e.document for e in result.evidence}
                if result.status is not Status.MET or len(papers) != 1:
                    continue
                facts = owned(case.facts, Owner.OTHER, only=papers.pop())
                again = next(c for c in judge(facts, rule, region).criteria if c.id == result.id)
                crossed += 1
                assert again.status is not Status.MET
    assert crossed > 50


def test_documents_without_a_readable_name_are_for_a_person(region: Region) -> None:
    for rule in region.rules:
        for case in load_cases(rule, region):
            judgement = judge(owned(case.facts, Owner.UNKNOWN), rule, region)
            assert judgement.conclusion is not Conclusion.MEETS
            assert all(c.status is not Status.MET for c in judgement.criteria)
