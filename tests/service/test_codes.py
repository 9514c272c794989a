"""A lost query code is renewed: by whom, how it is checked, and that the old one is dead at once."""

from __future__ import annotations

from dataclasses import replace

import pytest
from sqlalchemy import select

from pipeline.service.access import NotFoundError, find
from pipeline.service.actors import SYSTEM, Actor, ActorKind, NotAllowedError, Role
from pipeline.service.applications import LimitError, open_by_code
from pipeline.service.codes import Renewal, find_for_renewal, renew
from pipeline.service.office import Office
from pipeline.service.people import sessions
from pipeline.service.tables import Application, Identity, TrailRow
from tests.service.made import made_application

CLERK = Actor(kind=ActorKind.USER, id="u", roles=frozenset({Role.REVIEWER}), regions=frozenset({"jiangxi"}))
ADMINISTRATOR = replace(CLERK, id="a", roles=frozenset({Role.ADMINISTRATOR}))
KEY = Actor(
    kind=ActorKind.CHANNEL,
    id="k",
    scopes=frozenset({"applications:write"}),
    regions=frozenset({"jiangxi"}),
    channel="web",
)
TAIL = "0010"


def _serial(office: Office, case: str) -> str:
    with office.database.read() as session:
        return find(session, SYSTEM, case).serial


@pytest.mark.parametrize(("actor", "tail"), [(CLERK, TAIL), (ADMINISTRATOR, f" {TAIL} "), (KEY, "")])
def test_renewed_code_opens_and_the_old_one_is_dead(office: Office, actor: Actor, tail: str) -> None:
    case = made_application(office, {})
    serial = _serial(office, case)
    with office.database.write() as session:
        old = renew(session, KEY, office, find(session, SYSTEM, case), Renewal.LOST)
        open_token = sessions.open_for_applicant(session, office, case)
    with office.database.write() as session:
        row = find_for_renewal(session, actor, serial)
        new = renew(session, actor, office, row, Renewal.LEAKED, id_tail=tail)
    with office.database.read() as session:
        assert open_by_code(session, office, serial, new).id == case
        with pytest.raises(NotFoundError):
            open_by_code(session, office, serial, old)
        assert sessions.find(session, office, open_token) is None
        query = select(TrailRow).where(TrailRow.action == "code.renew").order_by(TrailRow.seq.desc()).limit(1)
        told = session.scalars(query).one()
    assert (told.actor_id, told.application_id) == (actor.id, case)
    assert told.detail == {"reason": "leaked", "id_checked": actor is not KEY, "sessions_ended": 1}


def test_code_is_renewed_for_the_number_on_the_card_alone(office: Office) -> None:
    case = made_application(office, {})
    with office.database.write() as session:
        identity = session.get_one(Identity, case)
        identity.agent_id_number = "99999919900101002x"
    for wrong in ("", "1", "0011", "00100"):
        with office.database.write() as session, pytest.raises(LimitError) as refused:
            renew(session, CLERK, office, session.get_one(Application, case), Renewal.LOST, id_tail=wrong)
        assert refused.value.code == "id_differs"
    with office.database.write() as session:
        assert renew(session, CLERK, office, session.get_one(Application, case), Renewal.LOST, id_tail="002X")
        identity = session.get_one(Identity, case)
        identity.id_number = identity.agent_id_number = ""  # a platform entered none: nothing to compare
        assert renew(session, CLERK, office, session.get_one(Application, case), Renewal.LOST)


@pytest.mark.parametrize(
    ("actor", "error"),
    [
        (replace(CLERK, regions=frozenset({"hunan"})), NotFoundError),
        (replace(ADMINISTRATOR, regions=frozenset({"hunan"})), NotFoundError),
        (replace(KEY, channel="portal"), NotFoundError),
        (replace(KEY, scopes=frozenset({"applications:read"})), NotAllowedError),
        (replace(CLERK, roles=frozenset({Role.ANALYST, Role.SECOND_READER})), NotAllowedError),
        (Actor(kind=ActorKind.APPLICANT, id="x"), NotAllowedError),
    ],
)
def test_code_is_renewed_by_nobody_else(office: Office, actor: Actor, error: type[Exception]) -> None:
    case = made_application(office, {})
    serial = _serial(office, case)
    with office.database.write() as session:
        with pytest.raises(error):
            find_for_renewal(session, actor, serial)
        with pytest.raises(error):
            renew(session, actor, office, session.get_one(Application, case), Renewal.LOST, id_tail=TAIL)
