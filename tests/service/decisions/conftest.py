"""Cases on a reviewer's desk with an assessment of the wanted conclusion; nothing is read or judged for it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from pipeline.service import applications
from pipeline.service.access import find
from pipeline.service.actors import SYSTEM, Actor, ActorKind, Role
from pipeline.service.office import Office
from pipeline.service.tables import Assessment, User
from tests.service.made import made_application

ITEMS = {"1": ("确诊高血压，并写明2级及以上", "met"), "2": ("高血压治疗的3次门诊或1次住院记录", "missing")}


def person(office: Office, login: str, name: str, *roles: Role) -> Actor:
    with office.database.write() as session:
        user = User(
            login=login,
            name=name,
            password="",
            roles=[role.value for role in roles],
            regions=["jiangxi"],
            created_at=office.now(),
        )
        session.add(user)
        session.flush()
        return Actor(kind=ActorKind.USER, id=user.id, roles=frozenset(roles), regions=frozenset({"jiangxi"}))


@pytest.fixture
def second_reader(office: Office) -> Actor:
    return person(office, "fuhe1", "复核乙", Role.SECOND_READER, Role.REVIEWER)


def with_settings(office: Office, **service: Any) -> Office:
    """Return the office with other settings of the service."""
    changed = office.settings.service.model_copy(update=service)
    return replace(office, settings=office.settings.model_copy(update={"service": changed}))


def assessment(office: Office, case: str, conclusion: str = "meets", disease: str = "hypertension") -> str:
    """Keep an assessment of the case as it stands and return its id."""
    with office.database.write() as session:
        application = find(session, SYSTEM, case)
        made = Assessment(
            application_id=case,
            revision=application.revision,
            made_at=office.now(),
            as_of=dt.date(2026, 3, 16),
            versions={"rules": "jiangxi 2026.11-1"},
            conclusion=conclusion,
            machine_conclusion=conclusion,
            report=report(conclusion, disease),
            facts="{}",
            case=b"",
        )
        session.add(made)
        session.flush()
        return made.id


def report(conclusion: str, disease: str) -> dict[str, Any]:
    """As much of report.json as deciding looks at."""
    criteria = [{"id": id, "title": title, "status": status} for id, (title, status) in ITEMS.items()]
    return {"reviews": [{"disease": {"id": disease}, "conclusion": conclusion, "criteria": criteria}]}


@pytest.fixture
def on_desk(office: Office, reviewer: Actor) -> Callable[..., tuple[str, str]]:
    """Make a case that ``reviewer`` has claimed; returns its id and that of its assessment."""

    def make(conclusion: str = "meets", disease: str = "hypertension", **more: Any) -> tuple[str, str]:
        case = made_application(office, {"出院.jpg": ("# 出院小结",)}, disease=disease, **more)
        seen = assessment(office, case, conclusion, disease)
        claim(office, reviewer, case)
        return case, seen

    return make


def claim(office: Office, actor: Actor, case: str) -> None:
    with office.database.write() as session:
        applications.claim(session, actor, office, find(session, actor, case, lock=True))
