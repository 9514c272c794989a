"""Blind re-examination on the workbench: nothing of the decision is seen before the own word is given."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace

import pytest

from pipeline.service.office import Office
from pipeline.service.tables import QualitySample
from tests.service.review.conftest import Desk


@pytest.fixture
def drawn(office: Office, case: str) -> Office:
    """An office where every decided case is drawn; the case is refused by 审核1."""
    service = office.settings.service.model_copy(update={"quality_share": 1.0})
    strict = replace(office, settings=office.settings.model_copy(update={"service": service}))
    first = Desk(strict, "shenhe1", ("reviewer",), ("jiangxi",))
    first.claim(case)
    fields = {"outcome": "refuse", "confirmed": "refuse", "refuse.code.3": "negative", "note": "决定的理由"}
    assert first.change(case, "/decision", fields).status_code == 200
    assert "盲评" not in json.dumps(first.parts(case), ensure_ascii=False)  # nobody examines the own decision
    return strict


def test_examiner_sees_no_decision_before_the_own_word(drawn: Office, case: str) -> None:
    examiner = Desk(drawn, "shenhe2", ("reviewer",), ("jiangxi",))
    assert "待盲评" in examiner.get("/desk")
    assert f'href="/desk/{case}"' in examiner.get("/desk/quality")
    seen = [examiner.get(f"/desk/{case}"), examiner.get(f"/desk/{case}/examine")]
    seen.append(json.dumps(examiner.parts(case), ensure_ascii=False))
    assert "独立判断" in seen[0]
    for text in (seen[0], seen[2]):
        assert "不通过" not in text
    for text in seen:
        assert "决定的理由" not in text
        assert "检查结果为阴性" not in text
    for path in ("/sheet.pdf", "/bundle.zip", "/filing.json"):
        assert examiner.http.get(f"/desk/{case}{path}").status_code == 404, path


def test_difference_is_shown_and_named_after_the_own_word(drawn: Office, case: str) -> None:
    examiner = Desk(drawn, "shenhe2", ("reviewer",), ("jiangxi",))
    examiner.get(f"/desk/{case}")
    with drawn.database.read() as session:
        sample = session.query(QualitySample).one().id
    assert examiner.http.get(f"/desk/{case}/difference?sample={sample}").status_code == 404
    answer = examiner.change(case, "/examine", {"sample": sample, "outcome": "approve"})
    assert answer.status_code == 200
    assert "决定的理由" in answer.json()["html"]["panel"]
    form = examiner.get(f"/desk/{case}{answer.json()['open']}")
    assert "不通过" in form
    assert examiner.change(case, "/difference", {"sample": sample}).status_code == 422
    told = {"sample": sample, "difference": "证据误读"}
    assert examiner.change(case, "/difference", told).status_code == 200
    with drawn.database.read() as session:
        row = session.query(QualitySample).one()
        assert (row.difference, row.examined_by) == ("证据误读", examiner.user)
    assert examiner.change(case, "/examine", {"sample": sample, "outcome": "approve"}).status_code in (409, 422)


def test_papers_need_the_case(office: Office, case: str, sit: Callable[..., Desk]) -> None:
    stranger = sit("shenhe2", regions=("hunan",))
    for path in ("/sheet.pdf", "/bundle.zip", "/filing.json"):
        assert stranger.http.get(f"/desk/{case}{path}").status_code == 404, path
