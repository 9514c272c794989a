"""A folder of report.json is a source: judged again by the same rules they say what they said."""

from __future__ import annotations

import json
from pathlib import Path

from pipeline.audit.replay import open_facts, replay_regions
from pipeline.keys import FACT_KINDS, Keys
from pipeline.nouns import Document, ReadCase, Review
from pipeline.reporting.as_json import report_json
from rules.engine import Region, judge
from rules.engine.cases import load_cases
from tests.audit.replay.conftest import Version


def test_replay_of_reports_says_what_they_said(two_diseases: Region, version: Version, tmp_path: Path) -> None:
    number = 0
    for rule in two_diseases.rules:
        for stored in load_cases(rule, two_diseases):
            judgement = judge(stored.facts, rule, two_diseases)
            if any(c.reason == "generative_only" for c in judgement.criteria):
                continue
            documents = tuple(Document(id=d.id, type=d.type, pages=(), why=(), info=d) for d in stored.facts.documents)
            read = ReadCase(files=(), documents=documents, facts=stored.facts)
            review = Review(region="jiangxi", read=read, judgements=(judgement,), versions={})
            keys = Keys(
                documents={}, facts={kind: tuple("k" for _ in getattr(stored.facts, kind)) for kind in FACT_KINDS}
            )
            number += 1
            folder = tmp_path / f"张三{number:03d}"
            folder.mkdir()
            (folder / "report.json").write_text(json.dumps(report_json(review, keys=keys)), "utf-8")
    (tmp_path / "broken").mkdir()
    (tmp_path / "broken/report.json").write_text("{", "utf-8")
    source = open_facts(tmp_path)
    found = replay_regions(source, two_diseases, two_diseases, everything=True)
    told = found.data()
    assert source.count() == told["records"] == number + 1
    assert told["broken"] == {"not_stored_facts": 1}
    assert (told["recorded"]["compared"], told["recorded"]["differ"]) == (number, [])
    assert "张三" not in json.dumps(told, ensure_ascii=False)
