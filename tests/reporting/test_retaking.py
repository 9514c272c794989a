"""What the applicant's page makes of the quality gate's codes and sentences."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from pathlib import Path

import pytest

from pipeline.nouns import QualityIssue, Review
from pipeline.reading.quality import CODES
from pipeline.reading.quality.messages import AGAIN, PARTLY
from pipeline.reporting import write_feedback
from pipeline.reporting.plain import plain_text
from pipeline.reporting.retaking import HOW, how_to_retake
from tests.reporting.page import PageReader

Case = Callable[[str], Review]


def test_retaking_has_advice_for_every_code_of_the_gate() -> None:
    assert set(CODES) - set(HOW) == {"unreadable"}  # which gets what always helps
    assert how_to_retake(["unreadable"]) == how_to_retake([])
    assert how_to_retake(["not_read", "glare"]) == HOW["glare"]


@pytest.mark.parametrize("message", [*AGAIN.values(), *PARTLY.values(), *HOW.values()])
def test_retaking_sentences_reach_the_applicant_whole(message: str) -> None:
    said = message.format(where="第2页", place="右上角")
    assert plain_text(said, ()) == said


@pytest.mark.parametrize(
    ("retake", "word", "other"),
    [(True, "请重拍这张照片", "最好重拍"), (False, "最好重拍这张照片", "看不清，请重拍")],
)
def test_retaking_refused_pages_are_asked_for_and_others_advised(
    case: Case, tmp_path: Path, retake: bool, word: str, other: str
) -> None:
    review = case("meets")
    document = next(d for d in review.read.documents if len(d.pages) == 1)
    issue = QualityIssue(code="glare", message="这张图片右上角反光，请换个角度再拍一张。", score=0.1, retake=retake)
    page = dataclasses.replace(document.pages[0], quality=(issue,))
    changed = dataclasses.replace(document, pages=(page,))
    documents = tuple(changed if d is document else d for d in review.read.documents)
    write_feedback(
        dataclasses.replace(review, read=dataclasses.replace(review.read, documents=documents)),
        tmp_path / "feedback.html",
    )
    html = PageReader((tmp_path / "feedback.html").read_text(encoding="utf-8"))
    text = html.text
    asked = ["还有 1 件事要做", "看不清，请重拍"] if retake else ["目前没有要补的材料", "请留意"]
    assert [head for head in html.headings if head] == [*asked, "已收到"]
    assert issue.message in text
    assert HOW["glare"] in text
    assert word in text.replace(" ", "")
    assert other not in text
