"""One office with decided cases for all tests of papers: they only look at it. On SQLite."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

import pytest

from pipeline.service import applications
from pipeline.service.access import find
from pipeline.service.actors import SYSTEM, Actor, Role
from pipeline.service.casework import Kind, assess, correct
from pipeline.service.decisions import Reason, decide, second
from pipeline.service.office import Office, open_office
from pipeline.service.tables import Decision, Outcome
from pipeline.settings import ServiceSettings, Settings
from tests.service.conftest import NOW
from tests.service.decisions.conftest import person, with_settings
from tests.service.made import HYPERTENSION, LABS, made_application

EVIL = '=HYPERLINK("http://x.invalid","点")'
"""A name as somebody may enter it."""


NOTES = ("张建国的原件上是 98", "内部留存：与窗口核过", "复核留存：看过原件")
"""What people of the bureau wrote for each other on the approved case: at a correction, a decision, a second look."""


@dataclass(frozen=True, slots=True)
class Decided:
    office: Office
    reviewer: Actor
    second_reader: Actor
    approved: str
    """With a correction and a second reader; the applicant is 张建国."""
    refused: str
    """Entered under the name :data:`EVIL`."""
    open: str
    """Assessed, on no desk."""


@pytest.fixture(scope="module")
def decided(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Decided]:
    settings = Settings(service=ServiceSettings(data_dir=tmp_path_factory.mktemp("papers"), quality_share=0))
    office = replace(open_office(settings), now=lambda: NOW)
    reviewer, other = (
        person(office, "shenhe1", "李审核", Role.REVIEWER),
        person(office, "fuhe1", "王复核", Role.SECOND_READER),
    )
    approved = made_application(office, HYPERTENSION)
    read = assess(office, approved)
    assert read is not None
    with office.database.write() as session:
        case = find(session, SYSTEM, approved, lock=True)
        applications.claim(session, reviewer, office, case)
        key = read.report["facts"]["lab_results"][0]["key"]
        correct(session, reviewer, office, case, Kind.VALUE, key, "text", {"value": "98"}, NOTES[0])
    two = with_settings(office, second_reader=frozenset({"*"}))
    given = (Reason(code="other", text="张建国的原件已在窗口核对"),)
    made = _decide(two, reviewer, approved, Outcome.APPROVE, given, NOTES[1])
    with office.database.write() as session:
        row = session.merge(made)
        second(session, other, two, row, True, NOTES[2])
    refused = made_application(office, {"化验.jpg": (LABS,)}, name=EVIL)
    _claim(office, reviewer, refused)
    _decide(office, reviewer, refused, Outcome.REFUSE, (Reason(code="missing", criterion="1"),), "-1 分")
    waiting = made_application(office, {"化验.jpg": (LABS,)})
    assess(office, waiting)
    yield Decided(office, reviewer, other, approved, refused, waiting)
    office.close()


def _claim(office: Office, actor: Actor, case: str) -> None:
    with office.database.write() as session:
        applications.claim(session, actor, office, find(session, SYSTEM, case, lock=True))


def _decide(
    office: Office, actor: Actor, case: str, outcome: Outcome, reasons: tuple[Reason, ...], note: str = ""
) -> Decision:
    seen = assess(office, case)
    assert seen is not None
    with office.database.write() as session:
        return decide(session, actor, office, find(session, SYSTEM, case), seen.id, outcome, reasons, note)
