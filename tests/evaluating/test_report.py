"""Table, data and page of a run."""

from __future__ import annotations

import json
import re
from html.parser import HTMLParser
from pathlib import Path

import pytest
from PIL import Image

from pipeline.cli import main
from pipeline.evaluating.report import write_scores
from pipeline.evaluating.runs import Pair, load_run
from pipeline.evaluating.table import aligned
from pipeline.evaluating.words import value_text
from tests.evaluating.made import blur, kept, sheet, truth

SMALL = Path(__file__).with_name("run_small")


def write(pairs: list[Pair] | tuple[Pair, ...], out: Path, *, code: str = "k", only: str | None = None) -> str:
    return write_scores(pairs, out, cases="c", code=code, settings="s", only=only)


@pytest.fixture
def mixed() -> list[Pair]:
    return [
        sheet("good", medium="pdf", family="lab-a"),
        sheet("bad", wrong=3, silent=True, medium="photo", family="lab-b<script>", degradations=blur(0.9)),
        Pair(
            truth(case="broken", conclusion=["insufficient"]),
            kept([], case="broken", documents=[], failed="RuntimeError"),
        ),
    ]


class Checker(HTMLParser):
    """Collects what a self-contained page must not have, and its headings."""

    def __init__(self) -> None:
        super().__init__()
        self.outside: list[str] = []
        self.open: list[str] = []
        self.heads: dict[str, list[str]] = {}
        self._head = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        for name, value in attrs:
            if name in ("src", "href") and value and not value.startswith(("#", "data:")):
                self.outside.append(value)
        if tag in ("script", "link", "iframe"):
            self.outside.append(tag)
        if tag in ("h1", "h2", "h3"):
            self._head = tag
            self.heads.setdefault(tag, []).append("")
        if tag in ("table", "section", "article", "svg", "figure", "ol", "dl", "div"):
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if tag in ("table", "section", "article", "svg", "figure", "ol", "dl", "div"):
            assert self.open.pop() == tag
        if tag == self._head:
            self._head = ""

    def handle_data(self, data: str) -> None:
        if self._head:
            self.heads[self._head][-1] += data


def check(page: str) -> Checker:
    checker = Checker()
    checker.feed(page)
    assert checker.open == []
    assert checker.outside == []
    return checker


def test_the_page_says_the_gravest_first(mixed: list[Pair], tmp_path: Path) -> None:
    write(mixed, tmp_path)

    page = (tmp_path / "evaluation.html").read_text(encoding="utf-8")
    found = check(page)

    assert found.heads["h1"][0].startswith("静默错数 3 处；化验行全对 85.0%（照片 70.0%）")
    assert "1 例未能审阅" in page
    assert "lab-b&lt;script&gt;" in page
    assert "<script>" not in page
    assert page.index('id="weak"') < page.index('id="s-text"')


def test_worst_pages_show_printed_against_read(mixed: list[Pair], tmp_path: Path) -> None:
    write(mixed, tmp_path)

    page = (tmp_path / "evaluation.html").read_text(encoding="utf-8")

    assert "静默错数：肌酐" in page
    assert "<del>60</del><ins>600</ins>" in page
    assert page.count('class="bad-page"') == 2
    assert "没有留存图片" in page


def test_pictures_are_in_the_page_turned_upright(tmp_path: Path) -> None:
    from dataclasses import replace

    pair = sheet("bad", wrong=3)
    turned = replace(pair.truth, pages=(replace(pair.truth.pages[0], angle=90),))
    shown = replace(pair.kept, pages=(replace(pair.kept.pages[0], picture="p.jpg"),))
    (tmp_path / "pages").mkdir()
    Image.new("RGB", (200, 100), "white").save(tmp_path / "pages" / "p.jpg")

    write([Pair(turned, shown)], tmp_path)

    page = (tmp_path / "evaluation.html").read_text(encoding="utf-8")
    check(page)
    assert "data:image/jpeg;base64," in page


def test_identity_numbers_are_masked(tmp_path: Path) -> None:
    write(load_run(SMALL), tmp_path)

    page = (tmp_path / "evaluation.html").read_text(encoding="utf-8")

    assert not re.search(r"999999\d{11}[\dX]", page)


def test_data_hold_every_stage_group_and_page(mixed: list[Pair], tmp_path: Path) -> None:
    write(mixed, tmp_path)

    data = json.loads((tmp_path / "scores.json").read_text(encoding="utf-8"))

    right = data["figures"]["labs.right"]
    assert (right["part"], right["whole"], right["value"]) == (17, 20, 0.85)
    assert 0 < right["low"] < 0.85 < right["high"] < 1
    assert set(data["groups"]["medium"]) == {"pdf", "photo"}
    assert data["groups"]["degradation"]["blur:strong"]["figures"]["labs.right"]["value"] == 0.7
    assert [n["printed"] for n in data["silent_wrong_numbers"]] == ["60", "61", "62"]
    assert data["failed"] == {"broken": "RuntimeError"}
    assert len(data["pages"]) == 3
    assert data["compared_with"] is None


def test_the_second_run_is_compared_with_the_first(tmp_path: Path) -> None:
    write([sheet(f"c{n}", wrong=3) for n in range(20)], tmp_path, code="old")
    table = write([sheet(f"c{n}") for n in range(20)], tmp_path, code="new")

    data = json.loads((tmp_path / "scores.json").read_text(encoding="utf-8"))
    page = (tmp_path / "evaluation.html").read_text(encoding="utf-8")

    assert "变好（上次 70.0%）" in table
    assert {c["metric"]: c["better"] for c in data["changes"]}["labs.right"] is True
    assert 'id="changes"' in page
    assert len((tmp_path / "history.jsonl").read_text(encoding="utf-8").splitlines()) == 2


def test_the_same_run_gives_the_same_bytes(mixed: list[Pair], tmp_path: Path) -> None:
    for name in ("a", "b"):
        (tmp_path / name).mkdir()
        write(mixed, tmp_path / name)

    for name in ("scores.json", "evaluation.html", "history.jsonl"):
        assert (tmp_path / "a" / name).read_bytes() == (tmp_path / "b" / name).read_bytes()


def test_a_run_of_nothing_but_failures_still_has_a_page(tmp_path: Path) -> None:
    failed = Pair(truth(case="x", conclusion=[]), kept([], case="x", documents=[], failed="OSError"))

    table = write([failed], tmp_path)

    check((tmp_path / "evaluation.html").read_text(encoding="utf-8"))
    assert "未能审阅：x（OSError）" in table


def test_only_keeps_one_stage_of_the_table(mixed: list[Pair], tmp_path: Path) -> None:
    table = write(mixed, tmp_path, only="labs")

    assert "行全对（项目+结果+单位）" in table
    assert "字符错误率" not in table
    assert "静默错数：bad a.jpg 第1页 肌酐：印 60，读 600" in table


def test_columns_align_whatever_the_width() -> None:
    assert aligned([("肌酐", "5"), ("ALT", "40")]) == ["肌酐   5", "ALT   40"]
    assert aligned([]) == []


@pytest.mark.parametrize(
    ("value", "kind", "text"),
    [
        (1.0, "share", "100%"),
        (0.99999, "share", ">99.9%"),
        (0.0, "rate", "0%"),
        (0.00001, "rate", "<0.01%"),
        (0.0123, "rate", "1.2%"),
        (None, "share", "–"),
        (3.456, "seconds", "3.46"),
    ],
)
def test_values_are_never_rounded_to_perfect(value: float | None, kind: str, text: str) -> None:
    assert value_text(value, kind) == text


@pytest.mark.parametrize(
    ("arguments", "says"),
    [(["nowhere"], "找不到文件夹"), (["."], "没有可评的案例"), ([".", "--limit", "0"], "正整数")],
)
def test_command_says_what_is_wrong(
    arguments: list[str], says: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)

    try:
        status = main(["evaluate", *arguments])
    except SystemExit as error:
        status = int(error.code or 0)

    assert status == 2
    assert says in capsys.readouterr().err


def test_command_scores_a_folder_and_goes_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    from pipeline.evaluating import runs

    def fake(case: runs.Case, key: str, *_: object, **__: object) -> object:
        return kept(case=case.id, key=key)

    monkeypatch.setattr(runs, "_review", fake)
    folder = SMALL / "truth"

    assert main(["evaluate", str(folder), "--out", str(tmp_path / "run")]) == 0
    assert main(["evaluate", str(folder), "--out", str(tmp_path / "run"), "--only", "labs"]) == 0

    shown = capsys.readouterr()
    assert "化验结果" in shown.out
    assert shown.err.count("沿用已有结果") == 2
    assert (tmp_path / "run" / "evaluation.html").is_file()
