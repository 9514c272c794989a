"""Choosing a disease, its checklist, the link to another device: before anybody says who they are."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import replace

import pytest
from fastapi.testclient import TestClient

from pipeline.service.app import create_app
from pipeline.service.office import Office
from pipeline.service.web.applicant.choice import CHOICE_COOKIE, link_token, open_link
from pipeline.service.web.applicant.diseases import find_groups, groups_of, the_region
from tests.service.applicant.conftest import Asked, Visitor


@pytest.mark.parametrize(
    ("query", "name"),
    [
        ("高血压", "高血压伴有并发症"),
        ("gxy", "高血压伴有并发症"),
        ("gaoxueya", "高血压伴有并发症"),
        ("ＧＸＹ", "高血压伴有并发症"),
        ("tnb", "糖尿病伴有并发症"),
        ("癌症", "恶性肿瘤门诊治疗（含白血病）"),
        ("HIV", "艾滋病"),
        ("niaodu", "慢性肾功能衰竭（尿毒症期）"),
    ],
)
def test_diseases_are_found_by_name_alias_pinyin_and_initials(office: Office, query: str, name: str) -> None:
    found = [entry.name for group in find_groups(the_region(office), query) for entry in group.entries]
    assert name in found
    assert len(found) < 10


def test_diseases_stand_in_two_classes_in_the_official_order(office: Office) -> None:
    groups = groups_of(the_region(office))
    assert [group.title for group in groups] == ["一类病种", "二类病种"]
    assert sum(len(group.entries) for group in groups) == len(the_region(office).rules)
    assert groups[0].entries[0].name.startswith("恶性肿瘤")


def test_search_without_script_is_a_form_and_says_when_nothing_is_found(visitor: Visitor) -> None:
    visitor.get("/")
    visitor.send("/", q="gxy")
    assert "找到 1 种" in visitor.text
    assert "冠心病" not in visitor.text
    visitor.send("/", q="<b>没有这种病")
    assert "没有找到" in visitor.text
    assert "冠心病" in visitor.text
    assert "<b>没有这种病" not in visitor.page


def test_checklist_says_what_where_how_recent_and_what_else_would_do(visitor: Visitor) -> None:
    visitor.send("/choose", disease="hypertension")
    assert visitor.url == "/checklist"
    for words in ("这 2 项都要", "下面 5 项，任意一项即可", "近2年", "二级及以上医院", "病案室", "没有的话，也可以用"):
        assert words in visitor.text
    assert "江西省门诊慢特病病种待遇认定申请表" in visitor.text
    assert "<svg" in visitor.page
    assert 'class="qr"' in visitor.page


def test_every_checklist_can_be_shown(visitor: Visitor, office: Office) -> None:
    for rule in the_region(office).rules:
        visitor.send("/choose", disease=rule.id)
        assert (visitor.status, visitor.url) == (200, "/checklist"), rule.id
        assert rule.name in visitor.text


def test_neither_address_nor_cookie_tells_the_disease(visitor: Visitor) -> None:
    visitor.send("/choose", disease="hypertension")
    kept = f"{visitor.client.cookies.get(CHOICE_COOKIE)}"
    link = re.search(r'id="link">([^<]+)<', visitor.page)
    assert link
    for text in (kept, link[1]):
        assert "hypertension" not in text
        assert "12" not in text.partition(".")[0] or len(text) > 20
    visitor.client.cookies.clear()
    visitor.get("/checklist")
    assert visitor.url == "/"
    visitor.get(link[1])
    assert visitor.url == "/checklist"
    assert "高血压" in visitor.text


def test_link_runs_out_and_a_foreign_one_opens_nothing(office: Office, visitor: Visitor) -> None:
    token = link_token(office, "hypertension")
    found = open_link(office, token)
    assert found is not None
    assert found.id == "hypertension"
    later = replace(office, now=lambda: office.now() + dt.timedelta(days=8))
    assert open_link(later, token) is None
    for bad in ("", "x", token[:-1], token.replace(".", "", 1), "a.zz.b", "a.ffff.b"):
        assert open_link(office, bad) is None
    visitor.get("/go/a.b.c")
    assert visitor.url == "/"
    assert "链接已经过期" in visitor.text


def test_choice_made_up_by_a_stranger_counts_for_nothing(visitor: Visitor) -> None:
    visitor.client.cookies.set(CHOICE_COOKIE, "nonce.AAAAAAAAAAAAAAAAAAAAAA")
    visitor.get("/checklist")
    assert visitor.url == "/"
    visitor.send("/choose", disease="no_such_disease")
    assert visitor.url == "/"


def test_printed_link_carries_the_public_address(office: Office) -> None:
    service = office.settings.service.model_copy(update={"public_url": "https://mtb.example.cn/"})
    public = replace(office, settings=office.settings.model_copy(update={"service": service}))
    with TestClient(create_app(public, Asked(public)), base_url="https://mtb.example.cn") as client:
        client.post("/choose", data={"disease": "gout"})
        assert 'href="https://mtb.example.cn/go/' in client.get("/checklist").text
