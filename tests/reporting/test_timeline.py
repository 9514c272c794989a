from __future__ import annotations

import datetime as dt
import itertools

from pipeline.reporting.timeline import LANES, course_of
from rules.engine.facts import (
    AssertionStatus,
    CaseFacts,
    DocumentInfo,
    DocumentType,
    Owner,
    Treatment,
    Visit,
    VisitKind,
)

AS_OF = dt.date(2026, 3, 12)


def _visit(start: dt.date, end: dt.date | None = None, document: str = "d1") -> Visit:
    kind = VisitKind.INPATIENT if end else VisitKind.OUTPATIENT
    return Visit(document=document, kind=kind, start=start, end=end or start)


def test_timeline_lists_in_order_with_length_of_stay() -> None:
    facts = CaseFacts(as_of=AS_OF, visits=(_visit(AS_OF), _visit(dt.date(2026, 1, 4), dt.date(2026, 1, 16))))
    events = course_of(facts).events
    assert [e.dates for e in events] == ["2026-01-04 至 2026-01-16（12 天）", "2026-03-12"]


def test_timeline_dense_marks_become_one_with_a_count() -> None:
    days = [AS_OF - dt.timedelta(days=n) for n in range(200)]
    course = course_of(CaseFacts(as_of=AS_OF, visits=tuple(_visit(d) for d in days)))
    (lane,) = course.lanes
    assert sum(m.count for m in lane.marks) == 200
    places = [m.x for m in lane.marks]
    assert all(b - a > 8 for a, b in itertools.pairwise(places))
    assert len(course.events) == 200


def test_timeline_leaves_out_other_persons_and_second_photographs() -> None:
    documents = (
        DocumentInfo(id="d1", type=DocumentType.LAB_REPORT, date=AS_OF),
        DocumentInfo(id="d2", type=DocumentType.LAB_REPORT, date=AS_OF, owner=Owner.OTHER),
        DocumentInfo(id="d3", type=DocumentType.LAB_REPORT, date=AS_OF, duplicate_of="d1"),
        DocumentInfo(id="d4", type=DocumentType.LAB_REPORT),
    )
    course = course_of(CaseFacts(as_of=AS_OF, documents=documents, visits=(_visit(AS_OF, document="d2"),)))
    assert [e.document for e in course.events] == ["d1"]
    assert course.left_out == 2
    assert course.undated == 1


def test_timeline_denied_treatment_is_no_event() -> None:
    given = [
        Treatment(document="d1", kind="drug", name="二甲双胍", status=status, date=AS_OF)
        for status in (AssertionStatus.CONFIRMED, AssertionStatus.CONFIRMED, AssertionStatus.DENIED)
    ]
    assert [e.text for e in course_of(CaseFacts(as_of=AS_OF, treatments=tuple(given))).events] == ["用药：二甲双胍"]


def test_timeline_misread_years_do_not_squeeze_the_rest() -> None:
    visits = (_visit(dt.date(1926, 3, 1)), _visit(dt.date(2206, 3, 1)), _visit(dt.date(2025, 3, 1)), _visit(AS_OF))
    course = course_of(CaseFacts(as_of=AS_OF, visits=visits))
    assert len(course.events) == 4
    places = {m.x for lane in course.lanes for m in lane.marks}
    assert len(places) >= 3
    assert all(course.left <= x <= course.right for x in places)


def test_timeline_shows_look_back_windows() -> None:
    course = course_of(CaseFacts(as_of=dt.date(2024, 2, 29), visits=(_visit(dt.date(2021, 5, 1)),)))
    assert [label for _, label in course.guides] == ["申请日", "前 1 年", "前 2 年"]


def test_timeline_without_dates_is_empty() -> None:
    course = course_of(CaseFacts(as_of=AS_OF))
    assert course.events == ()
    assert course.lanes == ()


def test_timeline_lanes_keep_their_order() -> None:
    documents = tuple(
        DocumentInfo(id=f"d{n}", type=kind, date=AS_OF)
        for n, kind in enumerate(
            (DocumentType.DIAGNOSIS_CERTIFICATE, DocumentType.IMAGING_REPORT, DocumentType.LAB_REPORT)
        )
    )
    names = [lane.name for lane in course_of(CaseFacts(as_of=AS_OF, documents=documents)).lanes]
    assert names == sorted(names, key=LANES.index)
    assert names == ["检验", "检查", "证明文书"]
