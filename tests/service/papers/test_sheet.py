"""The decision sheet: what it says, to whom, and that it can be read anywhere."""

from __future__ import annotations

import io

import pdfplumber
import pytest
from sqlalchemy import select

from pipeline.service.access import NotFoundError
from pipeline.service.actors import Actor, ActorKind, NotAllowedError, Role
from pipeline.service.applications import LimitError
from pipeline.service.decisions.sheet import decision_sheet
from pipeline.service.tables import TrailRow
from tests.service.made import made_application
from tests.service.papers.conftest import Decided

NUMBER = "999999196803120010"


def _text(pdf: bytes) -> str:
    with pdfplumber.open(io.BytesIO(pdf)) as file:
        # The watermark runs askew behind the lines.
        straight = [
            page.filter(lambda thing: not thing.get("matrix") or abs(thing["matrix"][1]) < 1e-6) for page in file.pages
        ]
        return "".join("".join(page.extract_text().split()) for page in straight)


def test_sheet_tells_case_items_decision_people_and_is_masked(decided: Decided) -> None:
    text = _text(decision_sheet(decided.office, decided.reviewer, decided.approved))
    for part in (
        "门诊慢特病病种待遇认定表",
        "张*国",
        "高血压伴有并发症（M03900）",
        "李审核",
        "王复核",
        "通过",
        "第1页，共",
    ):
        assert part in text, part
    for part in (
        "确诊高血压，并写明2级及以上",
        "近2年有动脉硬化",
        "高血压病3级极高危",
        "规则版本2026.11-1",
        "人工更正",
    ):
        assert part in text, part
    assert "88" in text
    assert "98" in text
    assert "建国" not in text
    assert NUMBER not in text


def test_file_copy_shows_who_it_is_and_the_trail_tells(decided: Decided) -> None:
    text = _text(decision_sheet(decided.office, decided.reviewer, decided.approved, full=True))
    assert "张建国" in text
    assert NUMBER in text
    with decided.office.database.read() as session:
        query = select(TrailRow).where(TrailRow.action == "sheet.print").order_by(TrailRow.seq.desc())
        row = session.scalars(query.limit(1)).one()
    assert (row.application_id, row.actor_id, row.detail["full"]) == (decided.approved, decided.reviewer.id, True)


def test_fonts_are_embedded_subsets_of_the_packaged_ones(decided: Decided) -> None:
    with pdfplumber.open(io.BytesIO(decision_sheet(decided.office, decided.reviewer, decided.refused))) as file:
        names = {char["fontname"] for page in file.pages for char in page.chars}
        sizes = {(round(page.width), round(page.height)) for page in file.pages}
    assert sizes == {(595, 842)}
    assert names
    for name in names:
        prefix, plus, rest = name.partition("+")
        assert (len(prefix), plus) == (6, "+")
        assert rest.startswith(("NotoSansSC", "NotoSerifSC")), name


def test_sheet_of_an_open_case_says_that_nothing_is_decided(decided: Decided) -> None:
    text = _text(decision_sheet(decided.office, decided.reviewer, decided.open))
    assert "尚未作出决定" in text
    assert "审核人" not in text


def test_sheet_needs_an_assessment(decided: Decided) -> None:
    case = made_application(decided.office, {"空.jpg": ("# 出院小结",)})
    with pytest.raises(LimitError) as refused:
        decision_sheet(decided.office, decided.reviewer, case)
    assert refused.value.code == "not_assessed"


def test_only_who_may_see_the_case_has_its_sheet(decided: Decided) -> None:
    elsewhere = Actor(kind=ActorKind.USER, id="x", roles=frozenset({Role.REVIEWER}), regions=frozenset({"hunan"}))
    with pytest.raises(NotFoundError):
        decision_sheet(decided.office, elsewhere, decided.approved)
    applicant = Actor(kind=ActorKind.APPLICANT, id=decided.approved)
    analyst = Actor(kind=ActorKind.USER, id="y", roles=frozenset({Role.ANALYST}), regions=frozenset({"jiangxi"}))
    key = Actor(
        kind=ActorKind.CHANNEL,
        id="k",
        scopes=frozenset({"decisions:read"}),
        regions=frozenset({"jiangxi"}),
        channel="web",
    )
    for actor in (applicant, analyst):
        with pytest.raises(NotAllowedError):
            decision_sheet(decided.office, actor, decided.approved)
    with pytest.raises(NotAllowedError):
        decision_sheet(decided.office, key, decided.approved, full=True)
    assert "张*国" in _text(decision_sheet(decided.office, key, decided.approved))
