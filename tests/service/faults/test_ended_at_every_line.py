"""A step ended at any of its lines and run again leaves the same as one that was never ended.

Stands in for a kill at every boundary and between: what a transaction had not committed is gone, what it had stays.
Real kills at random moments are in ``tests/service/work/test_kills.py``.
"""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType
from typing import Any

import pytest
from sqlalchemy import select

from pipeline.intake import Decoder
from pipeline.service import trail
from pipeline.service.casework import assessing
from pipeline.service.office import Office
from pipeline.service.states import PageState
from pipeline.service.tables import Assessment, PageRow, TrailRow, Upload
from pipeline.service.work import reading, steps, taking_in
from pipeline.settings import IntakeLimits
from tests.service.made import add_file, made_application
from tests.service.work.fakes import FakeReader, photo

pytestmark = pytest.mark.slow
_STEPS = frozenset(str(module.__file__) for module in (taking_in, reading, assessing, steps))


class Ended(BaseException):
    """What a kill is here: no handler of ours may swallow it."""


@pytest.fixture
def database_url() -> str:
    return ""


@pytest.fixture(scope="module")
def decoder() -> Iterator[Decoder]:
    with Decoder(IntakeLimits(), workers=1) as opened:
        yield opened


@contextmanager
def ended_at(number: int) -> Iterator[list[str]]:
    """End what the block runs before the ``number``-th line of the steps' own code; gives where that was."""
    left, places = number, list[str]()

    def trace(frame: FrameType, kind: str, _: Any) -> Any:
        nonlocal left
        if frame.f_code.co_filename not in _STEPS:
            return None
        if kind == "line" and not places:
            left -= 1
            if left == 0:
                places.append(f"{frame.f_code.co_name}:{frame.f_lineno}")
                raise Ended
        return trace

    before = sys.gettrace()
    sys.settrace(trace)
    try:
        yield places
    except Ended:
        pass
    finally:
        sys.settrace(before)


def ended_everywhere(make: Callable[[int], str], run: Callable[[str], object]) -> list[str]:
    """End ``run(make(n))`` at its n-th line and run it again, for every n; return the places."""
    seen = []
    for number in range(1, 1000):
        subject = make(number)
        with ended_at(number) as places:
            run(subject)
        if not places:
            return seen
        seen += places
        run(subject)
    raise AssertionError("no end")


def once(function: Callable[..., Any]) -> Callable[..., Any]:
    """Compute the first time only: all cases are the same, and what is pure keeps nothing."""
    made: list[Any] = []

    def same(*args: Any, **kwargs: Any) -> Any:
        if not made:
            made.append(function(*args, **kwargs))
        return made[0]

    return same


def test_taking_in_ended_at_every_line(office: Office, decoder: Decoder) -> None:
    case = made_application(office, {}, submitted=False)

    def make(number: int) -> str:
        return add_file(office, case, f"{number}.jpg", photo(number, side=300))

    places = ended_everywhere(make, lambda upload: steps.take_in_upload(office, upload, decoder=decoder))
    assert len(places) > 25
    with office.database.read() as session:
        assert set(session.scalars(select(Upload.state))) == {PageState.DONE}
        uploads = set(session.scalars(select(Upload.id)))
        assert Counter(session.scalars(select(PageRow.upload_id))) == dict.fromkeys(uploads, 1)
        told = session.scalars(select(TrailRow).where(TrailRow.action == "upload.read")).all()
        assert Counter(row.detail["upload"] for row in told) == dict.fromkeys(uploads, 1)
        assert trail.verify(session)[2] is None
    assert list((office.settings.service.data_dir / "scratch").iterdir()) == []


def test_reading_ended_at_every_line(office: Office, decoder: Decoder) -> None:
    case, reader = made_application(office, {}, submitted=False), FakeReader()

    def make(number: int) -> str:
        upload = add_file(office, case, f"{number}.jpg", photo(number, side=300))
        taken = steps.take_in_upload(office, upload, decoder=decoder)
        assert taken is not None
        return taken.pages[-1]

    places = ended_everywhere(make, lambda page: steps.read_page(office, reader, page))
    assert len(places) > 25
    with office.database.read() as session:
        pages = list(session.scalars(select(PageRow)))
        assert {page.state for page in pages} == {PageState.DONE}
        assert all(page.reading for page in pages)
        told = session.scalars(select(TrailRow).where(TrailRow.action == "page.read")).all()
        assert Counter(row.detail["page"] for row in told) == Counter(page.id for page in pages)
        assert trail.verify(session)[2] is None


def test_assessing_ended_at_every_line(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    cases: list[str] = []
    for name in ("understand_material", "judge_corrected", "report_json"):
        monkeypatch.setattr(assessing, name, once(getattr(assessing, name)))

    def make(number: int) -> str:
        cases.append(made_application(office, submitted=False))
        return cases[-1]

    places = ended_everywhere(make, lambda case: steps.assess_if_settled(office, case))
    assert len(places) > 25
    with office.database.read() as session:
        made = Counter(session.scalars(select(Assessment.application_id)))
        assert made == dict.fromkeys(cases, 1)
        assert trail.verify(session)[2] is None
