"""Sentences as data: each target must be asserted as the sentence means it (hazard H11)."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from pipeline.extracting.language.assertion import assert_span, find_cues, item_status
from pipeline.extracting.language.text import join_plain
from rules.engine.facts import AssertionStatus

SENTENCES = yaml.safe_load((Path(__file__).parent / "assertion.yaml").read_text(encoding="utf-8"))


@pytest.mark.parametrize(("sentence", "target", "expected"), SENTENCES, ids=[f"{s[0]}-{s[1]}" for s in SENTENCES])
def test_assertion_reads_the_sentence(sentence: str, target: str, expected: str) -> None:
    text = join_plain(sentence).text
    start = text.index(join_plain(target).text)
    made = assert_span(text, start, start + len(target), find_cues(text))
    if expected == "planned":
        assert made.planned
    else:
        assert made.status.value == expected


def test_assertion_suite_is_broad() -> None:
    assert len(SENTENCES) >= 150


def test_assertion_denied_family_says_nothing_of_the_patient() -> None:
    text = "否认家族中有糖尿病"
    made = assert_span(text, 6, 9, find_cues(text))
    assert made.nobody


ITEMS = {
    "高血压病3级(极高危)": "confirmed",
    "2型糖尿病不伴有并发症": "confirmed",
    "无症状性心肌缺血": "confirmed",
    "无痛性甲状腺炎": "confirmed",
    "非小细胞肺癌": "confirmed",
    "非霍奇金淋巴瘤": "confirmed",
    "左肺恶性肿瘤术后": "confirmed",
    "陈旧性脑梗死": "confirmed",
    "维持性血液透析": "confirmed",
    "冠心病?": "suspected",
    "肺癌待排": "suspected",
    "贫血原因待查": "suspected",
    "可疑糖尿病足": "suspected",
    "左肺占位,恶性可能": "suspected",
    "恶性肿瘤不除外": "suspected",
    "排除冠心病": "denied",
    "肺结核已排除": "denied",
    "脑梗死病史": "history",
    "青霉素过敏史": "history",
}


@pytest.mark.parametrize(("name", "expected"), ITEMS.items(), ids=list(ITEMS))
def test_assertion_of_a_listed_diagnosis(name: str, expected: str) -> None:
    assert item_status(name) is AssertionStatus(expected)
