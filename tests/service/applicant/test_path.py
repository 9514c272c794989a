"""The whole way without scripts: forms, redirects, pages."""

from __future__ import annotations

import re

from tests.service.applicant.conftest import Visitor
from tests.service.applicant.invented import picture

VERDICT = re.compile("符合|不符|达标|合格|阳性|阴性|结论")


def test_path_from_choice_to_submission_without_scripts(visitor: Visitor) -> None:
    visitor.get("/")
    assert "高血压伴有并发症" in visitor.text
    visitor.send("/choose", disease="hypertension")
    assert visitor.url == "/checklist"
    assert "心脏彩超" in visitor.text
    visitor.apply()
    assert visitor.serial.startswith("YS20260316-")
    visitor.get("/case")
    assert visitor.url == "/case/files"
    visitor.send("/case/files", files=[picture("chuyuan.jpg"), picture("mohu.jpg")])
    assert visitor.url == "/case/files"
    assert "完成" in visitor.text
    assert "这张照片有些模糊" in visitor.text
    visitor.get("/case/todo")
    assert "看不清，请重拍" in visitor.text
    assert "近2年的心脏彩超报告" in visitor.text or "还需要" in visitor.text
    assert not VERDICT.search(visitor.text), visitor.text
