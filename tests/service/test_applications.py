"""The use cases of an application, on both databases."""

from __future__ import annotations

import datetime as dt
import io
import threading

import pytest
from sqlalchemy.orm import Session

from pipeline.service import applications, trail
from pipeline.service.access import NotFoundError, find, seen_by
from pipeline.service.actors import SYSTEM, Actor, ActorKind, NotAllowedError, Role
from pipeline.service.applications import FullError, LimitError, Person
from pipeline.service.office import Office
from pipeline.service.states import Channel, PageState, State, StateError
from pipeline.service.tables import Application
from tests.service.conftest import NOW, at


def draft(office: Office, *, disease: str | None = "12-hypertension", name: str = "测试一") -> tuple[str, str, str]:
    with office.database.write() as session:
        made, code = applications.create(
            session,
            SYSTEM,
            office,
            channel=Channel.WEB,
            region="jiangxi",
            disease=disease,
            person=Person(name=name),
        )
        return made.id, made.serial, code


def applicant(application: str) -> Actor:
    return Actor(kind=ActorKind.APPLICANT, id=application)


def add(office: Office, application: str, name: str, data: bytes) -> str:
    incoming = applications.store(office, application, name, io.BytesIO(data), len(data))
    with office.database.write() as session:
        case = find(session, applicant(application), application, lock=True)
        upload, _ = applications.add_upload(session, applicant(application), office, case, incoming)
        return upload.id


def submit(office: Office, application: str) -> None:
    with office.database.write() as session:
        case = find(session, applicant(application), application, lock=True)
        applications.submit(session, applicant(application), office, case)


def load(session: Session, application: str) -> Application:
    return find(session, SYSTEM, application)


def test_applications_query_code_opens_its_own_case_only(office: Office) -> None:
    first, serial, code = draft(office)
    _, _, other = draft(office)
    with office.database.read() as session:
        assert applications.open_by_code(session, office, serial.lower(), code.replace("-", " ").lower()).id == first
        with pytest.raises(NotFoundError):
            applications.open_by_code(session, office, serial, other)
        with pytest.raises(NotFoundError):
            applications.open_by_code(session, office, "YS20260316-9999999", code)
        assert code not in str(load(session, first).code_digest)


def test_applications_serials_made_at_once_differ(office: Office) -> None:
    made: list[str] = []
    threads = [threading.Thread(target=lambda: made.append(draft(office)[1])) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(made) == len(set(made)) == 8
    with office.database.read() as session:
        assert trail.verify(session)[2] is None


def test_applications_submit_sets_due_date_over_the_qingming_holiday(office: Office) -> None:
    case, _, _ = draft(office)
    add(office, case, "a.jpg", b"a")
    submit(office, case)
    with office.database.read() as session:
        row = load(session, case)
        # 20 working days after Monday 16 March 2026; 6 April is a day off for 清明节.
        assert (row.state, row.due_on, row.due_provisional) == (State.SUBMITTED, dt.date(2026, 4, 14), False)


@pytest.mark.parametrize(
    ("disease", "name", "files", "code"),
    [
        (None, "测试一", 1, "no_disease"),
        ("12-hypertension", " ", 1, "no_person"),
        ("12-hypertension", "测试一", 0, "no_files"),
    ],
)
def test_applications_submit_says_what_is_missing(
    office: Office, disease: str | None, name: str, files: int, code: str
) -> None:
    case, _, _ = draft(office, disease=disease, name=name)
    for number in range(files):
        add(office, case, "a.jpg", bytes([number + 1]))
    with pytest.raises(LimitError) as error:
        submit(office, case)
    assert error.value.code == code


def test_applications_same_bytes_are_one_upload_and_same_names_stay_apart(office: Office) -> None:
    case, _, _ = draft(office)
    assert add(office, case, "image.jpg", b"one") == add(office, case, "again.jpg", b"one")
    add(office, case, "C:\\photos\\image.jpg", b"two")
    with office.database.read() as session:
        assert [u.name for u in applications.uploads_of(session, load(session, case))] == ["image.jpg", "image (2).jpg"]


def test_applications_material_is_closed_after_submission_and_what_was_submitted_stays(
    office: Office, reviewer: Actor
) -> None:
    case, _, _ = draft(office)
    upload = add(office, case, "a.jpg", b"a")
    submit(office, case)
    with pytest.raises(LimitError):
        add(office, case, "b.jpg", b"b")
    with office.database.write() as session:
        row = find(session, reviewer, case, lock=True)
        row.state, row.round = State.RETURNED, 2
    with pytest.raises(LimitError) as error:
        submit(office, case)
    assert error.value.code == "nothing_added"
    with office.database.write() as session, pytest.raises(LimitError) as error:
        applications.remove_upload(session, applicant(case), office, find(session, applicant(case), case), upload)
    assert error.value.code == "submitted"
    add(office, case, "b.jpg", b"b")
    later = at(office, NOW + dt.timedelta(days=7))
    submit(later, case)
    with office.database.read() as session:
        row = load(session, case)
        assert row.due_on == dt.date(2026, 4, 21)
        assert row.first_submitted_at == NOW


def test_applications_removed_upload_is_gone_and_order_is_kept(office: Office) -> None:
    case, _, _ = draft(office)
    first, second, third = (add(office, case, f"{n}.jpg", n.encode()) for n in "abc")
    with office.database.write() as session:
        row = find(session, applicant(case), case, lock=True)
        applications.remove_upload(session, applicant(case), office, row, second)
        session.flush()
        with pytest.raises(LimitError):
            applications.reorder(session, applicant(case), office, row, [third])
        applications.reorder(session, applicant(case), office, row, [third, first])
    with office.database.read() as session:
        assert [u.id for u in applications.uploads_of(session, load(session, case))] == [third, first]


def test_applications_claimed_case_is_on_one_desk(office: Office, reviewer: Actor) -> None:
    case, _, _ = draft(office)
    add(office, case, "a.jpg", b"a")
    submit(office, case)
    with office.database.write() as session:
        applications.claim(session, reviewer, office, find(session, reviewer, case, lock=True))
    with office.database.write() as session, pytest.raises(StateError):
        applications.claim(session, reviewer, office, find(session, reviewer, case, lock=True))
    other = Actor(kind=ActorKind.USER, id="f" * 32, roles=frozenset({Role.REVIEWER}), regions=frozenset({"jiangxi"}))
    with office.database.write() as session, pytest.raises(NotAllowedError):
        applications.release(session, other, office, find(session, other, case, lock=True))
    with office.database.write() as session:
        applications.release(session, reviewer, office, find(session, reviewer, case, lock=True))
        assert load(session, case).state is State.SUBMITTED


def test_applications_uploads_are_refused_while_too_much_waits(office: Office) -> None:
    case, _, _ = draft(office)
    service = office.settings.service.model_copy(update={"max_waiting_pages": 1})
    from dataclasses import replace

    full = replace(office, settings=office.settings.model_copy(update={"service": service}))
    upload = add(full, case, "a.jpg", b"a")
    with pytest.raises(FullError):
        add(full, case, "b.jpg", b"b")
    with office.database.write() as session:
        row = next(u for u in applications.uploads_of(session, load(session, case)) if u.id == upload)
        row.state = PageState.DONE
    add(full, case, "b.jpg", b"b")


def _people(case: str) -> dict[str, tuple[Actor, bool]]:
    def user(role: Role, region: str) -> Actor:
        return Actor(kind=ActorKind.USER, id="u", roles=frozenset({role}), regions=frozenset({region}))

    def channel(name: str) -> Actor:
        return Actor(kind=ActorKind.CHANNEL, id="k", regions=frozenset({"jiangxi"}), channel=name)

    return {
        "owner": (applicant(case), True),
        "other applicant": (applicant("0" * 32), False),
        "reviewer": (user(Role.REVIEWER, "jiangxi"), True),
        "second reader": (user(Role.SECOND_READER, "jiangxi"), True),
        "reviewer elsewhere": (user(Role.REVIEWER, "shandong"), False),
        "analyst": (user(Role.ANALYST, "jiangxi"), False),
        "administrator": (user(Role.ADMINISTRATOR, "jiangxi"), False),
        "own channel": (channel("web"), True),
        "other channel": (channel("portal"), False),
        "no channel": (Actor(kind=ActorKind.CHANNEL, id="k", regions=frozenset({"jiangxi"})), False),
    }


def test_access_finds_and_lists_the_same_cases(office: Office) -> None:
    case, _, _ = draft(office)
    with office.database.read() as session:
        for who, (actor, allowed) in _people(case).items():
            assert (case in {row.id for row in session.scalars(seen_by(actor))}) is allowed, who
            if allowed:
                assert find(session, actor, case).id == case
            else:
                with pytest.raises(NotFoundError):
                    find(session, actor, case)
