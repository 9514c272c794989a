"""The things to do: what is told, what is never told, and what stays when files change."""

from __future__ import annotations

import re

from pipeline.nouns import QualityIssue
from pipeline.service.access import find
from pipeline.service.actors import SYSTEM
from pipeline.service.casework import assess, latest_assessment
from pipeline.service.office import Office
from pipeline.service.states import PageState
from pipeline.service.tables import Upload
from tests.service.applicant.conftest import Visitor, case_id
from tests.service.applicant.invented import BLURRED
from tests.service.made import DISCHARGE, ECHO, LABS, add_file, add_read_file

VERDICT = re.compile("符合|不符|达标|合格|阳性|阴性|结论|糖尿病")
"""Of a case of hypertension: a verdict, or the other diagnosis that its discharge record holds."""


def test_todo_says_what_is_unclear_needed_and_received(visitor: Visitor, office: Office) -> None:
    visitor.apply()
    case = case_id(office, visitor)
    add_read_file(office, case, "a.jpg", [DISCHARGE])
    blurred = add_read_file(office, case, "b.jpg", [LABS], quality=(BLURRED,))
    add_read_file(
        office,
        case,
        "c.jpg",
        [LABS.replace("肌酐", "尿酸")],
        quality=(QualityIssue(code="glare", message="右上角有反光。", score=0.5, retake=False),),
    )
    assess(office, case)
    visitor.get("/case/todo")
    assert "还有 2 件事要做" in visitor.text
    for words in (
        "看不清，请重拍",
        "这张照片有些模糊",
        "怎么拍",
        "还需要",
        "没有的话，也可以用",
        "请留意",
        "右上角有反光",
    ):
        assert words in visitor.text
    assert "出院小结/出院记录" in visitor.text
    assert "2026-01-20" in visitor.text
    assert f"/case/files?replaces={blurred}#upload" in visitor.page
    assert not VERDICT.search(visitor.text), visitor.text
    order = [visitor.text.index(words) for words in ("看不清，请重拍", "还需要", "请留意", "已收到")]
    assert order == sorted(order)


def test_todo_with_nothing_to_do_promises_nothing(visitor: Visitor, office: Office) -> None:
    visitor.apply()
    case = case_id(office, visitor)
    for name, text in (("a.jpg", DISCHARGE), ("b.jpg", ECHO)):
        add_read_file(office, case, name, [text])
    assess(office, case)
    visitor.get("/case/todo")
    assert "目前没有要补的材料" in visitor.text
    assert "由工作人员审核后决定" in visitor.text
    assert not VERDICT.search(visitor.text)


def test_todo_while_reading_keeps_what_was_told_and_says_that_it_is_of_before(visitor: Visitor, office: Office) -> None:
    visitor.apply()
    case = case_id(office, visitor)
    visitor.get("/case/todo")
    assert "还没有上传材料" in visitor.text
    add_read_file(office, case, "a.jpg", [DISCHARGE])
    visitor.get("/case/todo")
    assert "都识别好了，正在核对" in visitor.text
    assess(office, case)
    waiting = add_file(office, case, "b.jpg", b"not read yet")
    visitor.get("/case/todo")
    assert "还有 1 份在等待或识别" in visitor.text
    assert "是之前看的" in visitor.text
    assert 'data-busy="1"' in visitor.page
    with office.database.write() as session:
        row = session.get_one(Upload, waiting)
        row.state, row.why = PageState.FAILED, "PDF文件已损坏，打不开。"
    assess(office, case)
    visitor.get("/case/todo")
    assert "第 2 份没能打开" in visitor.text
    assert "PDF文件已损坏" in visitor.text


def test_todo_forgets_what_was_taken_out(visitor: Visitor, office: Office) -> None:
    visitor.apply()
    case = case_id(office, visitor)
    add_read_file(office, case, "a.jpg", [DISCHARGE])
    other = add_read_file(office, case, "b.jpg", [ECHO])
    assess(office, case)
    visitor.get("/case/files")
    visitor.send(f"/case/files/{other}/remove")
    visitor.get("/case/todo")
    assert "还需要" in visitor.text
    assert visitor.text.count("已收到") == 2  # heading and the record


def test_todo_names_the_page_of_a_file_that_has_several(visitor: Visitor, office: Office) -> None:
    """The reader sees one picture at a time and says “这张图片” of it."""
    visitor.apply()
    case = case_id(office, visitor)
    blurred = QualityIssue(code="blurred", message="这张图片拍糊了，请重拍。", score=0.9)
    add_read_file(office, case, "病历.pdf", [DISCHARGE, LABS], quality=(blurred,))
    add_read_file(office, case, "单张.jpg", [ECHO], quality=(blurred,))
    assess(office, case)
    for path in ("/case/todo", "/case/files"):
        visitor.get(path)
        for words in ("第1页拍糊了", "第2页拍糊了", "这张图片拍糊了"):
            assert visitor.text.count(words) == 1, (path, words)
    with office.database.read() as session:
        assessment = latest_assessment(session, find(session, SYSTEM, case))
        assert assessment is not None
        told = [one["why"] for one in assessment.feedback["retake"]]
    assert sorted(told) == [["第1页拍糊了，请重拍。"], ["第2页拍糊了，请重拍。"], ["这张图片拍糊了，请重拍。"]]
