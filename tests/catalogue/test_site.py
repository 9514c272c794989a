"""The pages: complete, linked, searchable, well formed, without network, without a verdict."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache
from html.parser import HTMLParser
from itertools import pairwise
from pathlib import Path

import pytest

from pipeline.catalogue import render_site
from pipeline.catalogue.pages import file_name
from pipeline.catalogue.search_text import fold
from pipeline.catalogue.site import TEMPLATES
from rules.engine import Region
from tests.reporting.page import PageReader


class Attributes(HTMLParser):
    """Every tag with its attributes, in order."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str]]] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, {name: value or "" for name, value in attrs}))

    def every(self, tag: str, name: str = "") -> list[dict[str, str]]:
        return [values for found, values in self.tags if found == tag and (not name or name in values)]


@lru_cache(maxsize=300)
def _read(html: str) -> PageReader:
    return PageReader(html)


@lru_cache(maxsize=300)
def _tags(html: str) -> Attributes:
    return Attributes(html)


def _entries(html: str) -> dict[str, dict[str, str]]:
    return {values["data-number"]: values for values in _tags(html).every("li", "data-number")}


def test_site_has_a_page_for_every_disease(any_region: Region, any_site: Mapping[str, str]) -> None:
    links = set(_read(any_site["index.html"]).links)
    for rule in any_region.rules:
        name = file_name(rule)
        assert re.fullmatch(r"\d\d+-[a-z][a-z0-9_]*\.html", name)
        assert name in any_site
        assert name in links
    assert len(any_site) == len(any_region.rules) + 2


def test_site_links_resolve(any_site: Mapping[str, str]) -> None:
    anchors = {name: set(_read(html).ids) for name, html in any_site.items()}
    for name, html in any_site.items():
        for link in _read(html).links:
            file, _, anchor = link.partition("#")
            assert (file or name) in any_site, link
            assert not anchor or anchor in anchors[file or name], f"{name}: {link}"


def test_site_is_well_formed(any_site: Mapping[str, str]) -> None:
    for name, html in any_site.items():
        read, tags = _read(html), _tags(html)
        assert html.startswith("<!doctype html>"), name
        assert read.unbalanced == [], name
        assert read.open == [], name
        assert len(read.ids) == len(set(read.ids)), name
        assert read.lang == "zh-CN"
        for single in ("title", "main", "h1", "style", "script", "header", "footer"):
            assert len(tags.every(single)) == 1, f"{name}: {single}"
        named = [
            values[key]
            for key in ("aria-labelledby", "aria-describedby", "for")
            for _, values in tags.tags
            if key in values
        ]
        assert set(" ".join(named).split()) <= set(read.ids), name
        levels = [int(tag[1]) for tag, _ in tags.tags if re.fullmatch(r"h[1-6]", tag)]
        assert all(after - before <= 1 for before, after in pairwise(levels)), name


def test_site_controls_have_names(any_site: Mapping[str, str]) -> None:
    for name, html in any_site.items():
        labelled = {values.get("for", "") for values in _tags(html).every("label")}
        inside = re.findall(r"<label[^>]*><input[^>]*>.+?</label>", html, flags=re.DOTALL)
        inputs = _tags(html).every("input")
        free = [v for v in inputs if v.get("id", "-") not in labelled and "aria-label" not in v]
        assert len(free) == len(inside), name


def test_site_loads_nothing_and_runs_only_its_script(any_site: Mapping[str, str]) -> None:
    for name, html in any_site.items():
        read = _read(html)
        assert read.sources == [], name
        assert read.handlers == [], name
        assert "default-src 'none'" in read.policy
        assert "script-src 'sha256-" in read.policy
        for word in ("http:", "https:", "url(", "@import", "javascript:", "fetch(", "XMLHttpRequest", "<link"):
            assert word not in html, f"{name}: {word}"
        assert _tags(html).every("link") == []


def test_site_stores_only_ticks_by_disease() -> None:
    script = (TEMPLATES / "assets" / "catalogue.js").read_text("utf-8")
    assert re.findall(r"localStorage\.(\w+)\((\w+)", script) == [
        ("getItem", "key"),
        ("setItem", "key"),
        ("removeItem", "key"),
    ]
    assert script.count("var key = ") == 1
    assert not re.search(r"sessionStorage|document\.cookie|indexedDB|eval|innerHTML", script)


def test_site_is_the_same_every_time(region: Region, site: Mapping[str, str]) -> None:
    assert dict(render_site(region)) == dict(site)
    assert list(site) == ["index.html", *map(file_name, region.rules), "policies.html"]


def test_index_needs_no_script(region: Region, site: Mapping[str, str]) -> None:
    html = site["index.html"]
    assert "<noscript" not in html
    visible = re.sub(r"<script>.*?</script>", "", html, flags=re.DOTALL)
    tags = _tags(visible)
    assert not any("hidden" in values for values in tags.every("li", "data-number"))
    assert not any("hidden" in values for values in tags.every("section") if values.get("class") == "group")
    assert [v for v in tags.every("form") if "hidden" not in v] == []
    text = _read(visible).text
    for rule in region.rules:
        assert rule.name in text
    for words in ("Ⅰ类", "Ⅱ类基本", "Ⅱ类拓展", "未核对原文", "江西省", region.version, region.sha256[:12]):
        assert words in text
    jump = visible.split('id="jump"')[1].split("</nav>")[0]
    assert _read(jump).links == ["#c1", "#c2", "#c3", "#sources"]


def test_index_explains_sources_in_plain_words(region: Region, site: Mapping[str, str]) -> None:
    text = _read(site["index.html"]).text
    for source in region.file.sources.values():
        assert source.title in text
    assert "官方原文" in text
    assert "本系统自己的读法（经验口径），不是条文" in text


@pytest.mark.parametrize(
    ("query", "number"),
    [("渐冻人", "42"), ("运动神经元病（ALS）", "42"), ("SLE", "2"), ("癌症", "1"), ("Ｓｌｅ", "2"), ("als", "42")],
)
def test_index_search_finds_names_and_aliases(site: Mapping[str, str], query: str, number: str) -> None:
    assert fold(query) in _entries(site["index.html"])[number]["data-names"]


@pytest.mark.parametrize(
    ("code", "number"), [("M01600", "16"), ("E11", "16"), ("E14", "16"), ("N18.5", "7"), ("I15", "12"), ("C97", "1")]
)
def test_index_search_finds_codes(site: Mapping[str, str], code: str, number: str) -> None:
    assert fold(code) in _entries(site["index.html"])[number]["data-codes"].split("|")


@pytest.mark.parametrize(("word", "number"), [("血液透析", "7"), ("眼底照相", "16"), ("707", "7"), ("左室肥厚", "12")])
def test_index_search_finds_words_of_items(site: Mapping[str, str], word: str, number: str) -> None:
    assert fold(word) in _entries(site["index.html"])[number]["data-words"]


def test_index_search_holds_every_alias_and_number(region: Region, site: Mapping[str, str]) -> None:
    entries = _entries(site["index.html"])
    for rule in region.rules:
        names = entries[str(rule.number)]["data-names"].split("|")
        assert {fold(name) for name in (rule.name, *rule.file.aliases)} <= set(names)


def test_search_folds_alike_in_python_and_script() -> None:
    script = (TEMPLATES / "assets" / "catalogue.js").read_text("utf-8")
    marks = re.search(r"replace\(/\[(.+?)\]\+/g", script)
    assert marks is not None
    for mark in re.sub(r"\\s|\\", "", marks.group(1)):
        assert fold(f"a{mark}b") == "ab", mark
    python = (Path(__file__).parents[2] / "pipeline/catalogue/search_text.py").read_text("utf-8")
    drop = re.search(r'_DROP = re\.compile\(r"\[(.+?)\]\+"\)', python)
    assert drop is not None
    assert set(re.sub(r"\\", "", drop.group(1))) == set(re.sub(r"\\", "", marks.group(1)))


def test_disease_page_says_all_of_the_rule(any_region: Region, any_site: Mapping[str, str]) -> None:
    for rule in any_region.rules:
        read = _read(any_site[file_name(rule)])
        text = read.text
        for wanted in (rule.name, *rule.file.aliases, *rule.file.icd10, *(code.code for code in rule.file.codes)):
            assert wanted in text, rule.id
        for item in rule.items:
            assert f"item-{item.id}" in read.ids
            for wanted in (item.title, item.advice, item.where, *item.accepts, item.source_item):
                assert " ".join(wanted.split()) in text, f"{rule.id} {item.id}"
            for reading in item.readings:
                entry = any_region.policies.entries.get(reading)
                said = entry.text if entry else reading.removeprefix("经验口径").lstrip("：: ")
                assert said in text, f"{rule.id} {item.id}"
        for change in rule.file.changes:
            assert change.what in text
        if rule.file.review:
            assert rule.file.review.text in text
        if rule.file.ages:
            assert rule.file.ages.text in text
        assert rule.file.provenance.grade in text
        assert "由经办机构和专家" in text
        assert text.count("未核对原文") >= (0 if rule.info.verified else 1)


def test_disease_page_marks_own_readings(site: Mapping[str, str]) -> None:
    html = site["16-diabetes.html"]
    assert re.search(r'<li class="own"><span class="tag">经验口径</span>尿白蛋白/肌酐比值达到 30 mg/g 按阳性读。', html)
    assert "经验口径：" not in _read(html).text


def test_disease_page_says_windows_and_levels(site: Mapping[str, str]) -> None:
    text = _read(site["12-hypertension.html"]).text
    first = text.split("逐项说明")[1].split("第2项")[0]
    assert "时间 没有写要多近的材料" in first
    assert "医院 二级及以上医院" in first
    assert "时间 近2年" in text.split("逐项说明")[1].split("第3项")[1]
    tumor = _read(site["01-malignant_tumor.html"]).text
    assert "医院 二级及以上医院（CT或MRI诊断恶性肿瘤）" in tumor
    assert "医院 三级甲等医院" in _read(site["42-als.html"]).text


def test_disease_page_links_what_excludes_and_overlaps(site: Mapping[str, str]) -> None:
    mdr = site["09-mdr_tuberculosis.html"]
    assert re.search(r"不能同时享受</dt><dd><a href=\"26-\w+\.html\">第 26 号 结核</a>", mdr)
    assert re.search(r"范围相近</dt><dd><a href=\"57-\w+\.html\">", site["01-malignant_tumor.html"])


def test_disease_page_gives_a_checklist_to_tick(region: Region, site: Mapping[str, str]) -> None:
    for rule in region.rules:
        html = site[file_name(rule)].split('id="checklist"')[1].split("</section>")[0]
        boxes = [v["value"] for v in _tags(html).every("input") if v.get("type") == "checkbox"]
        assert sorted(boxes) == sorted(item.id for item in rule.items)
    assert 'data-key="jiangxi.diabetes"' in site["16-diabetes.html"]
    assert "第1、2项都要，第3至7项任意一项。" in _read(site["12-hypertension.html"]).text


def test_policies_page_has_text_and_source(any_region: Region, any_site: Mapping[str, str]) -> None:
    read = _read(any_site["policies.html"])
    for entry in any_region.policies.entries.values():
        assert entry.name in read.ids
        assert entry.text.removeprefix("经验口径").lstrip("：: ") in read.text


def test_pages_pass_no_verdict() -> None:
    for path in sorted((TEMPLATES / "catalogue").glob("*.j2")):
        assert not re.search("符合|达标|合格|通过|批准|不予|您有|患有", path.read_text("utf-8")), path.name
