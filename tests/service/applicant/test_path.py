"""The whole way without scripts: forms, redirects, pages; files opened and read by an invented reader."""

from __future__ import annotations

import re

import pytest

from tests.service.applicant.conftest import Visitor
from tests.service.applicant.invented import picture
from tests.service.applicant.test_todo import VERDICT


@pytest.mark.slow
def test_path_from_choice_to_submission_without_scripts(reading_visitor: Visitor) -> None:
    visitor = reading_visitor
    visitor.get("/")
    assert "高血压伴有并发症" in visitor.text
    visitor.send("/choose", disease="hypertension")
    assert visitor.url == "/checklist"
    assert "心脏彩超" in visitor.text
    visitor.apply()
    assert visitor.serial.startswith("YS20260316-")
    visitor.get("/case")
    assert visitor.url == "/case/files"
    visitor.send("/case/files", files=[picture("chuyuan.jpg"), picture("mohu.jpg"), ("huai.pdf", b"%PDF-1.4 x")])
    assert visitor.url == "/case/files"
    assert "完成" in visitor.text
    assert "这张照片有些模糊" in visitor.text
    assert "失败" in visitor.text
    visitor.get("/case/todo")
    assert "看不清，请重拍" in visitor.text
    assert "近2年的心脏彩超报告" in visitor.text
    assert not VERDICT.search(visitor.text), visitor.text

    retake = re.findall(r'href="(/case/files\?replaces=\w+)#upload"', visitor.page)
    assert len(retake) >= 2
    for path, name in zip(dict.fromkeys(retake), ("huayan.jpg", "xincai.jpg"), strict=True):
        visitor.get(path)
        assert "重拍第" in visitor.text
        visitor.send("/case/files", files=[picture(name)], replaces=path.partition("=")[2])
    assert visitor.text.count("完成") >= 3
    assert "请重拍" not in visitor.text
    visitor.get("/case/todo")
    assert "目前没有要补的材料" in visitor.text
    assert not VERDICT.search(visitor.text)

    visitor.get("/case/check")
    assert "张*国" in visitor.text
    assert "张建国" not in visitor.page
    visitor.send("/case/submit")
    assert visitor.url == "/case/submitted"
    assert "2026-04-14" in visitor.text
    visitor.get("/case")
    assert "已提交，等待审核" in visitor.text
    assert "提交了申请" in visitor.text
