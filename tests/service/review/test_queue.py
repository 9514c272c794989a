"""The queue: whose cases, in which order, narrowed how."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from pipeline.service.office import Office
from pipeline.service.states import Channel, State
from pipeline.service.tables import Application
from pipeline.service.web.review.deadlines import deadline_of, last_near_day
from pipeline.service.web.review.listing import Filters
from tests.service.conftest import NOW
from tests.service.made import made_application
from tests.service.review.conftest import Desk


def _plain(office: Office, *, days: int = 0, **more: Any) -> str:
    """A submitted case without a reading, submitted ``days`` before now."""
    earlier = replace(office, now=lambda: NOW - dt.timedelta(days=days))
    application = made_application(earlier, {"材料.jpg": ("# 出院小结",)})
    if more:
        with office.database.write() as session:
            case = session.get(Application, application)
            assert case is not None
            for name, value in more.items():
                setattr(case, name, value)
    return application


def _listed(page: str) -> list[str]:
    return re.findall(r'<a class="num" href="/desk/([0-9a-f]{32})"', page)


def test_queue_puts_what_is_due_first_on_top(office: Office, desk: Desk) -> None:
    late, early, middle = _plain(office, days=1), _plain(office, days=20), _plain(office, days=9)
    assert _listed(desk.get("/desk")) == [early, middle, late]


def test_queue_shows_only_cases_of_the_persons_regions(office: Office, sit: Callable[..., Desk]) -> None:
    here = _plain(office)
    _plain(office, region="hunan")
    assert _listed(sit().get("/desk")) == [here]
    assert _listed(sit("shenhe2", regions=()).get("/desk")) == []


@pytest.mark.parametrize("role", ["analyst", "administrator"])
def test_queue_is_closed_to_roles_without_cases(sit: Callable[..., Desk], role: str) -> None:
    assert sit("other1", roles=(role,)).http.get("/desk").status_code == 403


def test_queue_needs_a_session(desk: Desk) -> None:
    desk.http.cookies.clear()
    answer = desk.http.get("/desk")
    assert answer.status_code == 303
    assert answer.headers["location"].startswith("/login")


def test_queue_leaves_drafts_to_the_applicant(office: Office, desk: Desk) -> None:
    draft = made_application(office, {"材料.jpg": ("# 出院小结",)}, submitted=False)
    assert draft not in desk.get("/desk?state=all")
    assert desk.http.get(f"/desk?serial={'x' * 40}").status_code == 422


@pytest.mark.parametrize(
    ("query", "wanted"),
    [
        ("conclusion=meets", "meets"),
        ("conclusion=none", "unread"),
        ("alerts=some", "meets"),
        ("channel=window", "window"),
        ("disease=diabetes", "diabetes"),
        ("due=overdue", "old"),
        ("state=decided", "decided"),
    ],
)
def test_queue_filters(office: Office, desk: Desk, query: str, wanted: str) -> None:
    known: dict[str, Any] = {"conclusion": "manual"}
    cases = {
        "meets": _plain(office, conclusion="meets", alert_count=2),
        "unread": _plain(office),
        "window": _plain(office, channel=Channel.WINDOW, **known),
        "diabetes": _plain(office, disease="diabetes", **known),
        "old": _plain(office, days=60, **known),
        "decided": _plain(office, state=State.DECIDED, **known),
    }
    assert _listed(desk.get(f"/desk?{query}")) == [cases[wanted]]


def test_queue_shows_twenty_a_page(office: Office, desk: Desk) -> None:
    cases = {_plain(office, days=n) for n in range(22)}
    first, second = _listed(desk.get("/desk")), _listed(desk.get("/desk?page=2"))
    assert (len(first), len(second)) == (20, 2)
    assert {*first, *second} == cases
    assert _listed(desk.get("/desk?page=99")) == second
    assert _listed(desk.get("/desk?page=x")) == first


def test_queue_masks_names(office: Office, desk: Desk) -> None:
    _plain(office)
    page = desk.get("/desk")
    assert "张*国" in page
    assert "张建国" not in page


def test_claiming_next_skips_what_another_has(office: Office, sit: Callable[..., Desk]) -> None:
    first, second = _plain(office, days=9), _plain(office, days=1)
    one, other = sit("shenhe1"), sit("shenhe2")
    one.get("/desk")
    other.get("/desk")
    taken = [d.http.post("/desk/next", data={"csrf": d.csrf}).headers["location"] for d in (one, other, one)]
    assert taken == [f"/desk/{first}", f"/desk/{second}", "/desk?state=submitted"]
    assert _listed(one.get("/desk?mine=1")) == [first]


def test_claim_conflict_is_told(case: str, sit: Callable[..., Desk]) -> None:
    one, other = sit("shenhe1"), sit("shenhe2")
    other.get(f"/desk/{case}")
    one.claim(case)
    answer = other.http.post(f"/desk/{case}/claim", data={"csrf": other.csrf})
    assert answer.status_code == 409
    assert "审核1 已领取这件申请" in other.get(f"/desk/{case}")
    assert other.post(f"/desk/{case}/release") == 403
    assert one.post(f"/desk/{case}/release") == 303
    assert other.post(f"/desk/{case}/claim") == 303


def test_claim_needs_the_token(case: str, desk: Desk) -> None:
    desk.get(f"/desk/{case}")
    desk.csrf = "x" * 43
    assert desk.post(f"/desk/{case}/claim") == 403


@pytest.mark.parametrize(
    ("due", "kind", "words"),
    [
        (dt.date(2026, 3, 13), "overdue", "已逾期 1 个工作日"),
        (dt.date(2026, 3, 16), "today", "今天到期"),
        (dt.date(2026, 3, 23), "near", "还剩 5 个工作日"),
        (dt.date(2026, 3, 24), "ok", "还剩 6 个工作日"),
        (dt.date(2026, 4, 8), "ok", "还剩 16 个工作日"),  # 清明 (4 to 6 April) is no working day
    ],
)
def test_deadline_counts_working_days(office: Office, due: dt.date, kind: str, words: str) -> None:
    found = deadline_of(office, Application(state=State.SUBMITTED, due_on=due, due_provisional=False))
    assert (found.kind, found.words) == (kind, words)


def test_last_near_day_agrees_with_deadlines(office: Office) -> None:
    day = last_near_day(office)
    near, after = (Application(state=State.SUBMITTED, due_on=d) for d in (day, day + dt.timedelta(days=1)))
    assert deadline_of(office, near).kind == "near"
    assert deadline_of(office, after).kind == "ok"


def test_filters_keep_each_other_in_addresses() -> None:
    filters = Filters(disease="diabetes", due="near", page=3)
    assert filters.query(page=4) == "disease=diabetes&due=near&page=4"
    assert Filters().query() == ""
