"""Accounts: who may make and change them, what closing one does, which passwords will do. On both databases."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import select

from pipeline.service import applications, trail
from pipeline.service.access import NotFoundError, find
from pipeline.service.actors import SYSTEM, Actor, ActorKind, NotAllowedError, Role
from pipeline.service.applications import LimitError
from pipeline.service.office import Office
from pipeline.service.people import passwords, sessions, users
from pipeline.service.states import State
from pipeline.service.tables import Session, TrailRow, User
from tests.service.made import made_application
from tests.service.signed import PASSWORD, make_user

ADMINISTRATOR = Actor(
    kind=ActorKind.USER, id="a" * 32, roles=frozenset({Role.ADMINISTRATOR}), regions=frozenset({"jiangxi"})
)
NEW: dict[str, Any] = {
    "login": "shenhe2",
    "name": "审核乙",
    "password": PASSWORD,
    "roles": [Role.REVIEWER],
    "regions": ["jiangxi"],
}


def test_users_are_made_with_a_trace_that_holds_no_name(office: Office) -> None:
    with office.database.write() as session:
        user = users.create(session, ADMINISTRATOR, office, **NEW)
        assert user.must_change
        assert user.password.startswith("$argon2id$")
        row = session.scalars(select(TrailRow)).one()
        assert (row.action, row.detail["roles"]) == ("user.create", ["reviewer"])
        assert "审核乙" not in str(row.detail)


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"login": "Shen He"}, "bad_login"),
        ({"login": "1abc"}, "bad_login"),
        ({"login": "审核"}, "bad_login"),
        ({"name": "  "}, "bad_name"),
        ({"roles": []}, "no_role"),
        ({"regions": []}, "no_region"),
        ({"password": "short"}, "bad_password"),
    ],
)
def test_users_with_faults_are_refused(office: Office, change: dict[str, Any], code: str) -> None:
    with office.database.write() as session, pytest.raises(LimitError) as caught:
        users.create(session, ADMINISTRATOR, office, **{**NEW, **change})
    assert caught.value.code == code


def test_users_regions_without_rules_are_refused(office: Office) -> None:
    with office.database.write() as session, pytest.raises(LimitError, match="atlantis"):
        users.create(session, SYSTEM, office, **{**NEW, "regions": ["atlantis"]})


def test_users_logins_are_unique_whatever_their_case(office: Office) -> None:
    make_user(office, "shenhe2")
    with office.database.write() as session, pytest.raises(LimitError, match="已经有人"):
        users.create(session, ADMINISTRATOR, office, **{**NEW, "login": " SHENHE2 "})


@pytest.mark.parametrize("role", [r for r in Role if r is not Role.ADMINISTRATOR])
def test_users_are_made_by_administrators_only(office: Office, role: Role) -> None:
    actor = Actor(kind=ActorKind.USER, id="u", roles=frozenset({role}), regions=frozenset({"jiangxi"}))
    with office.database.write() as session, pytest.raises(NotAllowedError):
        users.create(session, actor, office, **NEW)
    with office.database.read() as session, pytest.raises(NotAllowedError):
        users.list_users(session, actor)


def test_users_administrators_stay_within_their_regions(office: Office) -> None:
    mine, foreign = make_user(office), make_user(office, "other", regions=("shandong",))
    both = make_user(office, "both", regions=("jiangxi", "shandong"))
    with office.database.write() as session:
        assert [user.id for user in users.list_users(session, ADMINISTRATOR)] == [mine]
        for hidden in (foreign, both, "0" * 32):
            with pytest.raises(NotFoundError):
                users.find(session, ADMINISTRATOR, hidden)
        user = users.find(session, ADMINISTRATOR, mine, lock=True)
        with pytest.raises(NotAllowedError):
            users.change(session, ADMINISTRATOR, office, user, name="x", roles=[Role.REVIEWER], regions=["shandong"])
        other = session.get_one(User, foreign)
        with pytest.raises(NotAllowedError):
            users.set_password(session, ADMINISTRATOR, office, other, PASSWORD)
        with pytest.raises(NotAllowedError):
            users.close(session, ADMINISTRATOR, office, other)
    with office.database.write() as session, pytest.raises(NotAllowedError):
        users.create(session, ADMINISTRATOR, office, **{**NEW, "regions": ["jiangxi", "shandong"]})


def test_users_last_administrator_stays(office: Office) -> None:
    only = make_user(office, "guanli", roles=(Role.ADMINISTRATOR,))
    with office.database.write() as session, pytest.raises(LimitError, match="最后"):
        users.close(session, SYSTEM, office, session.get_one(User, only))
    with office.database.write() as session:
        user = session.get_one(User, only)
        with pytest.raises(LimitError, match="最后"):
            users.change(session, SYSTEM, office, user, name="x", roles=[Role.REVIEWER], regions=["jiangxi"])
    second = make_user(office, "guanli2", roles=(Role.ADMINISTRATOR,))
    with office.database.write() as session:
        users.close(session, SYSTEM, office, session.get_one(User, only))
    with office.database.write() as session, pytest.raises(LimitError, match="最后"):
        users.close(session, SYSTEM, office, session.get_one(User, second))


def test_users_closing_ends_sessions_and_frees_the_desk(office: Office) -> None:
    user = make_user(office)
    actor = Actor(kind=ActorKind.USER, id=user, roles=frozenset({Role.REVIEWER}), regions=frozenset({"jiangxi"}))
    case = made_application(office)
    with office.database.write() as session:
        sessions.open_for_user(session, office, user)
        applications.claim(session, actor, office, find(session, actor, case, lock=True))
    with office.database.write() as session:
        users.close(session, ADMINISTRATOR, office, users.find(session, ADMINISTRATOR, user, lock=True))
    with office.database.read() as session:
        found = find(session, SYSTEM, case)
        assert (found.state, found.claimed_by, found.claimed_at) == (State.SUBMITTED, None, None)
        assert session.scalars(select(Session)).all() == []
        actions = list(session.scalars(select(TrailRow.action).order_by(TrailRow.seq.desc()).limit(2)))
        assert actions == ["user.close", "application.release"]
        assert trail.verify(session)[2] is None
    with office.database.write() as session:
        row = session.get_one(User, user)
        users.reopen(session, ADMINISTRATOR, office, row)
        assert row.active


@pytest.mark.parametrize(
    ("password", "good"),
    [
        ("麻雀 河边 木桥 42", True),
        ("correct horse battery", True),
        ("K7#pq-Zw2!x", True),
        ("short1234", False),
        ("shenhe2shenhe2", False),
        ("shenhe22026", False),
        ("SHENHE220261122", False),
        ("password123", False),
        ("Woaini1314", False),
        ("1234567890", False),
        ("9876543210", False),
        ("abcdefghijkl", False),
        ("aaaaaaaaaaaa", False),
        ("1212121212121", False),
        ("x" * 300, False),
    ],
)
def test_passwords_that_are_easily_guessed_are_refused(password: str, good: bool) -> None:
    assert (passwords.check_new(password, login="shenhe2") is None) is good
