"""A case on the desk: who may open it, what is masked, what the trail keeps, pictures of pages."""

from __future__ import annotations

import io
import json
import re
from collections.abc import Callable
from dataclasses import replace

import pytest
from PIL import Image
from sqlalchemy import select

from pipeline.nouns import Seal
from pipeline.reading.stored import reading_from_json, reading_to_json
from pipeline.service.casework import assess
from pipeline.service.casework.rows import page_from_json
from pipeline.service.office import Office
from pipeline.service.tables import Application, PageRow, TrailRow, Upload
from pipeline.service.veil import Veil, masked_name, masked_number
from tests.service.made import DISCHARGE, ECHO, LABS, made_application
from tests.service.review.conftest import Desk

FORM = """
# 江西省门诊慢特病认定申请表
姓名：张建国 | 性别：男 | 年龄：58岁
身份证号：999999196803120010 | 联系电话：13900000000
申请病种：高血压病
代办人：张小明 | 与本人关系：儿子
申请日期：2026-03-02
"""
SECRETS = ("张建国", "张小明", "999999196803120010", "13900000000")


def _actions(office: Office, application: str) -> list[str]:
    with office.database.read() as session:
        query = select(TrailRow.action).where(TrailRow.application_id == application).order_by(TrailRow.seq)
        return list(session.scalars(query))


def _pages(page: str) -> list[dict[str, object]]:
    found = re.search(r'id="case-data">(.*?)</script>', page, re.S)
    assert found
    pages: list[dict[str, object]] = json.loads(found[1])["pages"]
    return pages


def test_case_of_another_region_is_not_there(office: Office, case: str, sit: Callable[..., Desk]) -> None:
    stranger = sit("shenhe2", regions=("hunan",))
    page = str(_pages(sit().get(f"/desk/{case}"))[0]["id"])
    for path in ("", "/parts", "/compare", "/decision", "/edit?key=x", f"/pages/{page}.webp"):
        assert stranger.http.get(f"/desk/{case}{path}").status_code == 404, path
    stranger.get("/account")
    for path in ("/reveal", "/claim", "/release"):
        told = {"csrf": stranger.csrf, "reason": "contact"}
        assert stranger.http.post(f"/desk/{case}{path}", data=told).status_code == 404, path


@pytest.mark.parametrize("role", ["analyst", "administrator"])
def test_case_is_closed_to_roles_without_cases(case: str, sit: Callable[..., Desk], role: str) -> None:
    other = sit("other1", roles=(role,))
    for path in ("", "/parts", "/compare", "/decision"):
        assert other.http.get(f"/desk/{case}{path}").status_code == 403, path


def test_case_shows_items_facts_and_their_places(case: str, desk: Desk) -> None:
    page = desk.get(f"/desk/{case}")
    assert "近2年有左室肥厚、心脏扩大或心功能不全" in page
    assert "<q>左心室肥厚</q>" in page
    found = re.search(r'id="case-data">(.*?)</script>', page, re.S)
    assert found
    data = json.loads(found[1])
    shown = set(re.findall(r'data-places="([^"]+)"', page))
    used = {place for group in shown for place in group.split()}
    assert used
    assert used <= data["places"].keys()
    pages = {each["id"] for each in data["pages"]}
    for place in data["places"].values():
        left, top, width, height = place["box"]
        assert place["page"] in pages
        assert 0 <= left <= left + width <= 1.001
        assert 0 <= top <= top + height <= 1.001


def test_case_masks_identity_until_it_is_asked_for(office: Office, desk: Desk) -> None:
    files = {"申请表张建国.jpg": (FORM,), "出院.jpg": (DISCHARGE,), "心超.jpg": (ECHO,)}
    application = made_application(office, files)
    assess(office, application)
    desk.get(f"/desk/{application}")
    desk.claim(application)
    texts = [desk.get(path.format(application)) for path in ("/desk", "/desk/{}", "/desk/{}/compare")]
    texts.append(json.dumps(desk.parts(application), ensure_ascii=False))
    keys = set(re.findall(r'data-key="([^"]+)"', texts[1]))
    assert keys
    texts += [desk.get(f"/desk/{application}/edit?key={key}") for key in sorted(keys)]
    page = next(p["id"] for p in _pages(texts[1]))
    texts.append(desk.get(f"/desk/{application}/add?page={page}&box=0,0,1,1"))
    texts.append(desk.get(f"/desk/{application}/decision"))
    for text in texts:
        for secret in SECRETS:
            assert secret not in text
    assert "identity.reveal" not in _actions(office, application)
    for reason in ({}, {"reason": "curious"}):
        assert desk.http.post(f"/desk/{application}/reveal", data={"csrf": desk.csrf, **reason}).status_code == 422
    assert "identity.reveal" not in _actions(office, application)
    answer = desk.http.post(f"/desk/{application}/reveal", data={"csrf": desk.csrf, "reason": "contact"})
    assert answer.status_code == 200
    assert "张建国" in answer.text
    assert "999999196803120010" in answer.text
    assert _actions(office, application)[-1] == "identity.reveal"
    with office.database.read() as session:
        last = session.scalars(select(TrailRow).order_by(TrailRow.seq.desc()).limit(1)).one()
        assert last.detail == {"reason": "contact"}


def test_reveal_needs_the_token_and_is_then_not_logged(office: Office, case: str, desk: Desk) -> None:
    desk.get(f"/desk/{case}")
    assert desk.http.post(f"/desk/{case}/reveal", data={"csrf": "no", "reason": "contact"}).status_code == 403
    assert "identity.reveal" not in _actions(office, case)


def test_each_view_of_a_case_is_logged(office: Office, case: str, desk: Desk) -> None:
    desk.get(f"/desk/{case}")
    desk.get(f"/desk/{case}/compare")
    assert _actions(office, case).count("case.view") == 2


def test_case_without_a_reading_says_so(office: Office, desk: Desk) -> None:
    application = made_application(office, {"材料.jpg": (LABS,)})
    page = desk.get(f"/desk/{application}")
    assert "正在核对条目" in page
    assert len(_pages(page)) == 1


def test_picture_is_small_private_and_needs_access(office: Office, case: str, desk: Desk) -> None:
    page = _pages(desk.get(f"/desk/{case}"))[0]["id"]
    answer = desk.http.get(f"/desk/{case}/pages/{page}.webp?w=100")
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "image/webp"
    assert answer.headers["cache-control"].startswith("private")
    with Image.open(io.BytesIO(answer.content)) as picture:
        assert picture.width == 160
    again = desk.http.get(f"/desk/{case}/pages/{page}.webp?w=100", headers={"If-None-Match": answer.headers["etag"]})
    assert again.status_code == 304
    desk.http.cookies.clear()
    assert desk.http.get(f"/desk/{case}/pages/{page}.webp?w=100").status_code == 303


def test_picture_belongs_to_its_own_case(office: Office, case: str, desk: Desk) -> None:
    other = made_application(office, {"材料.jpg": (LABS,)})
    page = _pages(desk.get(f"/desk/{other}"))[0]["id"]
    assert desk.http.get(f"/desk/{case}/pages/{page}.webp").status_code == 404
    assert desk.http.get(f"/desk/{case}/pages/{'0' * 32}.webp").status_code == 404


def test_picture_opened_without_the_case_is_logged_once(office: Office, case: str, sit: Callable[..., Desk]) -> None:
    page = _pages(sit().get(f"/desk/{case}"))[0]["id"]
    other = sit("shenhe2")
    for _ in range(2):
        assert other.http.get(f"/desk/{case}/pages/{page}.webp?w=320").status_code == 200
    assert _actions(office, case).count("page.view") == 1


def test_picture_whose_bytes_are_gone_is_not_there(office: Office, case: str, desk: Desk) -> None:
    with office.database.read() as session:
        application = session.get(Application, case)
        assert application is not None
        digests = {row.image for upload in application.uploads for row in upload.pages}
    page = _pages(desk.get(f"/desk/{case}"))[0]["id"]
    for digest in digests:
        office.blobs.delete(digest)
    assert desk.http.get(f"/desk/{case}/pages/{page}.webp?w=3200").status_code == 404


def test_masks_can_still_be_told_apart() -> None:
    assert [masked_name(n) for n in ("张三", "张建国", "欧阳建国", "")] == ["张*", "张*国", "欧*国", ""]
    assert masked_number("999999196803120010") == "99**************10"
    assert masked_number("1234567") == "*******"


def test_veil_finds_names_however_they_are_printed() -> None:
    veil = Veil(["张建国", "张建"], ["999999196803120010"])
    assert veil.text("姓名：张 建 国，张建") == "姓名：张*国，张*"
    assert veil.text("姓名：王小明 性别：男") == "姓名：王*明 性别：男"
    assert veil.text("姓名：性别：男") == "姓名：性别：男"
    assert veil.text("证件 999999196803120010 电话 13900000000") == "证件 99**************10 电话 139****0000"
    assert veil.deep({"file": "张建国.jpg", "quote": ["张建国"], "n": 3}) == {
        "file": "张建国.jpg",
        "quote": ["张*国"],
        "n": 3,
    }


def test_case_shows_seals_with_their_places(office: Office, sit: Callable[..., Desk]) -> None:
    case = made_application(office, {"出院.jpg": (DISCHARGE,)})
    box = (500.0, 900.0, 700.0, 1100.0)
    seals = (
        Seal(text="江州市第一人民医院", centre="病案室", box=box, confidence=0.7),
        Seal(text="", box=(50.0, 900.0, 200.0, 1050.0), confidence=0.0),
    )
    with office.database.write() as session:
        row = session.scalars(select(PageRow).join(Upload).where(Upload.application_id == case)).one()
        page = page_from_json(row.page, row, id="p1")
        row.reading = reading_to_json(replace(reading_from_json(row.reading or b"", page), seals=seals))
        width, height = page.width, page.height
    assert assess(office, case) is not None
    parts = sit().parts(case)
    table = parts["html"]["panel"].partition('id="t-seals"')[2].partition("</section>")[0]
    for words in ("江州市第一人民医院", "病案室", "与抬头一致", "识读把握 70%，请看原件", "认不出"):
        assert words in table
    assert "data-key" not in table
    place = re.search(r'data-places="(e\d+)"', table)
    assert place
    shown = parts["data"]["places"][place[1]]
    assert shown["kind"] == "seal"
    wanted = [box[0] / width, box[1] / height, (box[2] - box[0]) / width, (box[3] - box[1]) / height]
    assert shown["box"] == [round(each, 5) for each in wanted]
