"""Types of pages and their joining."""

from __future__ import annotations

from pipeline.evaluating.counting import Match, Ratio, merged
from pipeline.evaluating.documents import NOT_READ, DocumentScore, document_for, score_documents
from pipeline.evaluating.kept import KeptDocument
from tests.evaluating.made import FILE, document, kept, truth, truth_page

TWO = ((FILE, 1), (FILE, 2))
PAGES = (truth_page(page=1), truth_page(page=2))


def test_a_wrong_type_stands_in_the_confusion() -> None:
    case = truth([document(type="lab_report")])
    read = kept(documents=[KeptDocument("d1", "imaging_report", ((FILE, 1),))])

    score = score_documents(case, read)[(FILE, 1)]

    assert score.types == Ratio(0, 1)
    assert score.confusion == {("lab_report", "imaging_report"): 1}
    assert score.whole == Ratio(1, 1)


def test_a_page_that_is_not_there_is_not_read() -> None:
    score = score_documents(truth([document()]), kept(documents=[]))[(FILE, 1)]

    assert score.confusion == {("lab_report", NOT_READ): 1}
    assert score.whole == Ratio(0, 1)


def test_pages_torn_apart_and_pages_thrown_together() -> None:
    one = truth([document(pages=TWO)], PAGES)
    apart = kept(documents=[KeptDocument("d1", "lab_report", TWO[:1]), KeptDocument("d2", "lab_report", TWO[1:])])
    two = truth([document(pages=TWO[:1]), document(id="t2", pages=TWO[1:])], PAGES)
    together = kept(documents=[KeptDocument("d1", "lab_report", TWO)])

    torn = merged(score_documents(one, apart).values(), DocumentScore)
    thrown = merged(score_documents(two, together).values(), DocumentScore)

    assert (torn.joined, torn.whole) == (Match(0, 1, 0), Ratio(0, 1))
    assert (thrown.joined, thrown.whole) == (Match(0, 0, 1), Ratio(0, 2))
    assert thrown.types == Ratio(2, 2)


def test_several_sheets_in_one_photograph_are_each_right() -> None:
    case = truth([document(type="lab_report"), document(id="t2", type="ecg_report")])
    read = kept(
        documents=[KeptDocument("d1", "ecg_report", ((FILE, 1),)), KeptDocument("d2", "lab_report", ((FILE, 1),))]
    )

    assert score_documents(case, read)[(FILE, 1)].types == Ratio(2, 2)


def test_unusable_pages_are_left_out() -> None:
    assert score_documents(truth([document()], [truth_page(unusable=("dark",))]), kept()) == {}


def test_document_for_takes_the_one_that_shares_most_pages() -> None:
    wanted = document(pages=TWO)
    read = kept(documents=[KeptDocument("d1", "other", TWO[:1]), KeptDocument("d2", "other", TWO)])

    found = document_for(wanted, read)

    assert found is not None
    assert found.id == "d2"
    assert document_for(document(pages=(("b.jpg", 1),)), read) is None
