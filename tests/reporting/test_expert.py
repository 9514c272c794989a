from __future__ import annotations

import dataclasses
import re
from collections.abc import Callable
from pathlib import Path

import pytest

from pipeline.nouns import Review
from pipeline.reporting import write_expert_report
from rules.engine.facts import DocumentType
from tests.reporting.builder import ID_NUMBER, CaseBuilder
from tests.reporting.cases_more import CASES
from tests.reporting.page import PageReader
from tests.reporting.sheets import lab_sheet

Case = Callable[[str], Review]
# The report recommends: words that decide have no place in it.
DECIDES = ("予以认定", "不予", "准予", "批准", "驳回", "拒绝", "审核通过", "同意认定", "取消资格", "确诊为")


@pytest.fixture(scope="session")
def page(case: Case, tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], tuple[str, PageReader]]:
    made: dict[str, tuple[str, PageReader]] = {}

    def build(name: str) -> tuple[str, PageReader]:
        if name not in made:
            path = tmp_path_factory.mktemp("html") / "report.html"
            write_expert_report(case(name), path)
            html = path.read_text(encoding="utf-8")
            made[name] = (html, PageReader(html))
        return made[name]

    return build


Page = Callable[[str], tuple[str, PageReader]]


@pytest.mark.parametrize("name", CASES)
def test_expert_is_one_sound_file_that_loads_nothing(page: Page, name: str) -> None:
    html, read = page(name)
    assert read.lang == "zh-CN"
    assert read.unbalanced == []
    assert read.open == []
    assert len(read.ids) == len(set(read.ids))
    assert all(s.startswith("data:image/webp;base64,") for s in read.sources)
    assert read.handlers == []
    assert read.tags.count("script") == 1
    assert not {"link", "iframe", "object", "embed", "form", "base"} & set(read.tags)
    assert read.policy.startswith("default-src 'none'; img-src data:;")
    assert re.search(r"script-src 'sha256-[A-Za-z0-9+/=]{44}';", read.policy)
    assert not re.search(r"url\(|@import", html)


@pytest.mark.parametrize("name", CASES)
def test_expert_every_link_lands_inside_the_file(page: Page, name: str) -> None:
    _, read = page(name)
    assert read.links
    assert [link for link in read.links if not link.startswith("#") or link[1:] not in read.ids] == []


@pytest.mark.parametrize("name", CASES)
def test_expert_recommends_and_never_decides(page: Page, name: str) -> None:
    _, read = page(name)
    assert [word for word in DECIDES if word in read.text] == []
    assert "是否认定由经办机构决定" in read.text


@pytest.mark.parametrize("name", CASES)
def test_expert_masks_identity_outside_the_comparison(page: Page, case: Case, name: str) -> None:
    html, _ = page(name)
    assert ID_NUMBER not in html
    title = re.search(r"<title>(.*?)</title>", html)
    assert title is not None
    assert "张建国" not in title[1]
    assert "张建国" not in html.partition("</style>")[0]


def test_expert_answers_in_order(page: Page) -> None:
    _, read = page("conflicts")
    heads = [h for h in read.headings if h]
    order = "糖尿病伴有并发症 请先看 逐条核对 还缺什么 提示 病程时间线 化验走势 材料 提取的事实 原件页面 出处与版本"
    assert heads == order.split()
    assert read.text.index("建议：") < read.text.index("请先看")


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("meets", "建议：现有材料支持认定所需的条目"),
        ("conflicts", "建议：材料还不够"),
        ("many_labs", "建议：有条目须由专家判断"),
        ("three_diseases", "建议：现有材料不支持认定所需的条目"),
        ("empty", "本次没有按病种核对"),
    ],
)
def test_expert_says_its_suggestion(page: Page, name: str, said: str) -> None:
    assert said in page(name)[1].text


def test_expert_shows_statuses_by_sign_and_word(page: Page) -> None:
    html, read = page("conflicts")
    for status, word in (("met", "符合"), ("conflicting", "证据冲突"), ("missing", "未见材料")):
        assert f'<use href="#i-{status}"/></svg>{word}' in html
    assert "◐" not in read.text  # signs are drawn: no machine replaces them by an emoji


def test_expert_shows_unverified_rules_and_our_readings(page: Page) -> None:
    _, read = page("conflicts")
    assert "未核对原文" in read.text
    assert "经验口径" in read.text
    _, several = page("three_diseases")
    assert "已核对原文" in several.text
    assert several.text.count("未核对原文") >= 2


def test_expert_every_met_shows_quote_crop_and_place(page: Page, case: Case) -> None:
    html, read = page("meets")
    for item in case("meets").judgements[0].criteria:
        for evidence in item.evidence:
            assert evidence.quote in read.text
    crops = re.findall(r'<a class="crop" href="#(e\d+)"><img src="data:image/webp', html)
    assert len(crops) == 5
    for anchor in crops:
        assert re.search(rf'<a class="box" id="{anchor}" href="#{anchor}" style="left:[\d.]+%;top:[\d.]+%', html)


def test_expert_puts_conflicts_and_warnings_first(page: Page) -> None:
    _, read = page("conflicts")
    first = read.text.index("请先看")
    assert first < read.text.index("姓名与申请人不同") < read.text.index("逐条核对")
    assert read.text.index("两处出院日期不一致", first) < read.text.index("逐条核对")


def test_expert_several_diseases_have_a_switch(page: Page, case: Case) -> None:
    html, read = page("three_diseases")
    assert "3 个病种的预审" in read.headings
    for number, judgement in enumerate(case("three_diseases").judgements, start=1):
        assert f'href="#r{number}" data-tab="r{number}"' in html
        assert judgement.disease.name in read.headings


def test_expert_images_that_are_gone_leave_a_note(tmp_path: Path) -> None:
    case = CaseBuilder(tmp_path)
    sheet = lab_sheet("某医院", "检验报告单", "张建国", "2026-01-05", [("Crea", "肌酐", "812", "↑", "μmol/L", "57-97")])
    case.document(DocumentType.LAB_REPORT, sheet, "a.jpg", image=False)
    write_expert_report(case.review(), tmp_path / "r.html")
    read = PageReader((tmp_path / "r.html").read_text(encoding="utf-8"))
    assert "页面图像不在" in read.text
    assert read.sources == []


def test_expert_evidence_on_a_page_outside_the_case_is_named_not_linked(case: Case, tmp_path: Path) -> None:
    review = case("meets")
    item = review.judgements[0].criteria[0]
    lost = dataclasses.replace(item.evidence[0], document="d99", file="lost.jpg")
    changed = dataclasses.replace(review.judgements[0], criteria=(dataclasses.replace(item, evidence=(lost,)),))
    write_expert_report(dataclasses.replace(review, judgements=(changed,)), tmp_path / "r.html")
    assert "页面不在本案材料中" in PageReader((tmp_path / "r.html").read_text(encoding="utf-8")).text


def test_expert_print_header_carries_date_and_masked_name(page: Page) -> None:
    html, _ = page("meets")
    header = re.search(r'@top-left \{ content: "([^"]*)"', html)
    assert header is not None
    shown = re.sub(r"\\([0-9a-f]{6})", lambda m: chr(int(m[1], 16)), header[1])
    assert shown == "门诊慢特病预审报告 · 张** · 申请日期 2026-03-12"


@pytest.mark.slow
def test_expert_ten_grainy_photographs_stay_small(tmp_path: Path) -> None:
    case = CaseBuilder(tmp_path)
    for number in range(10):
        rows = [("X", f"项目{n}", f"{n}.{number}", "", "g/L", "1-9") for n in range(30)]
        sheet = lab_sheet("某医院", "检验报告单", "张建国", "2026-01-05", rows)
        sheet.photo()
        sheet.image = sheet.image.resize((2400, 3394))
        case.document(DocumentType.LAB_REPORT, sheet, f"{number}.jpg")
    write_expert_report(case.review(), tmp_path / "r.html")
    assert (tmp_path / "r.html").stat().st_size < 6_000_000
