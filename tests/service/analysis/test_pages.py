"""The analysis as people see it: who may, what it shows, what lies behind a bar, what can be taken along."""

from __future__ import annotations

import csv
import datetime as dt
import io
import re
import threading
from dataclasses import replace
from html import unescape
from pathlib import Path

import pytest
from openpyxl import load_workbook
from PIL import Image
from sqlalchemy import select

from pipeline.audit.identity import keyed
from pipeline.audit.questions import QUESTIONS, Answer, Filters, Question, ask
from pipeline.audit.store import Store, memory_store
from pipeline.audit.tables import cell_text, figure_text
from pipeline.service.actors import Actor, Role
from pipeline.service.analysis import keeping
from pipeline.service.analysis.answers import GROUPS
from pipeline.service.analysis.exporting import export_key, export_service
from pipeline.service.decisions import Reason
from pipeline.service.decisions.quality import Difference, classify, examine, waiting
from pipeline.service.office import Office
from pipeline.service.tables import Outcome, TrailRow, User
from pipeline.service.web.analysis import asked
from tests.service.analysis.conftest import decided
from tests.service.decisions.conftest import person
from tests.service.made import made_application
from tests.service.signed import Browser, make_user

HOME = "/desk/analysis"
PARTS = range(1, len(GROUPS) + 1)


def cells(text: str, question: str) -> list[list[str]]:
    """The rows of all tables of a question as a person reads them."""
    section = re.search(rf'<section class="question" id="{question}">(.*?)</section>', text, re.S)
    assert section, question
    rows = re.findall(r"<tr>(<td.*?)</tr>", section[1], re.S)
    return [[unescape(re.sub(r"<.*?>", "", cell)) for cell in re.findall(r"<td.*?</td>", row, re.S)] for row in rows]


@pytest.mark.parametrize("path", ["", "/leading_reasons/cases", "/leading_reasons.csv"])
def test_pages_are_for_analysts_and_administrators(office: Office, store: Store, path: str, browser: Browser) -> None:
    assert store
    assert browser.get(HOME + path).status_code == 200
    for login, role, status in (
        ("shenhe1", Role.REVIEWER, 403),
        ("fuhe1", Role.SECOND_READER, 403),
        ("guanli1", Role.ADMINISTRATOR, 200),
    ):
        make_user(office, login, roles=(role,))
        other = Browser(office)
        other.sign_in(login)
        assert other.get(HOME + path).status_code == status, role
        assert other.post(HOME + "/refresh", data={"csrf": "x"}).status_code == 403
    stranger = Browser(office).get(HOME + path)
    assert stranger.status_code == 303
    assert stranger.headers["location"].startswith("/login")


def test_pages_say_that_there_is_nothing_yet(browser: Browser) -> None:
    assert "还没有分析数据" in browser.get(HOME).text
    assert browser.get(HOME + "/leading_reasons.csv").status_code == 404


def test_pages_show_every_question_with_chart_and_table(browser: Browser, store: Store) -> None:
    for part in PARTS:
        text = browser.get(HOME, params={"part": part}).text
        assert "数据截至" in text
        assert "style=" not in text
        assert "<script>" not in text
        for question in (q for q in QUESTIONS if q.group == GROUPS[part - 1]):
            answer = ask(store, question.id)
            assert answer.title in text
            assert cells(text, question.id) == [
                [cell_text(column, row[column.name]) for column in answer.shown] for row in answer.rows
            ]
        assert text.count('<svg class="drawn"') == sum(
            bool(ask(store, q.id).rows) for q in QUESTIONS if q.group == GROUPS[part - 1]
        )


def test_page_question_and_plain_sql_tell_the_same_numbers(browser: Browser, store: Store) -> None:
    disease = store.value("SELECT disease FROM applications GROUP BY 1 ORDER BY count(*) DESC LIMIT 1")
    filters = Filters(disease=disease, month_from="2025-06")
    asked = ask(store, "leading_reasons", filters)
    tables = ("decisions", "reasons", "applications")
    plain = store.query(
        """SELECT r.label, count(DISTINCT d.decision_id) AS n FROM read_parquet($decisions) d
        JOIN read_parquet($reasons) r ON r.source_id = d.decision_id
        JOIN read_parquet($applications) a ON a.application_id = d.application_id
        WHERE d.final AND d.outcome <> 'approve' AND a.disease = $disease AND a.month >= '2025-06'
        GROUP BY r.label""",
        {"disease": disease} | {name: str((store.folder or Path()) / f"{name}.parquet") for name in tables},
    )
    text = browser.get(HOME, params={"disease": disease, "month_from": "2025-06"}).text
    shown = {row[0]: int(row[1].replace(",", "")) for row in cells(text, "leading_reasons")}
    assert shown
    assert shown == {row["label"]: row["decisions"] for row in asked.rows} == {row["label"]: row["n"] for row in plain}
    taken = browser.get(HOME + "/leading_reasons.csv", params={"disease": disease, "month_from": "2025-06"}).content
    rows = list(csv.reader(io.StringIO(taken.decode("utf-8-sig"))))
    assert {row[0]: int(row[1]) for row in rows[1:]} == shown


def test_pages_take_no_filter_that_is_not_offered(browser: Browser, store: Store) -> None:
    whole = cells(browser.get(HOME).text, "leading_reasons")
    for told in ({"disease": "nothing"}, {"month_from": "2099-13"}, {"hospital": "' OR 1=1 --"}, {"region": "hunan"}):
        assert cells(browser.get(HOME, params=told).text, "leading_reasons") == whole
    assert browser.get(HOME, params={"part": "99"}).status_code in (400, 404, 422)
    assert browser.get(HOME + "/nothing/cases").status_code == 404
    assert browser.get(HOME + "/leading_reasons/cases", params={"k_code": "nothing"}).status_code == 404
    assert store


def test_pages_show_own_regions_alone(office: Office, store: Store) -> None:
    assert store
    stranger = make_user(office, "hunan1", roles=(Role.ANALYST,))
    with office.database.write() as session:
        session.get_one(User, stranger).regions = ["hunan"]
    other = Browser(office)
    other.sign_in("hunan1")
    for part in PARTS:
        text = other.get(HOME, params={"part": part}).text
        assert "没有可以统计的数据" in text
        assert "/cases?" not in text


def test_pages_lead_from_a_bar_to_its_cases(browser: Browser, office: Office, reviewer: Actor) -> None:
    case = made_application(office)
    decided(office, reviewer, case, Outcome.RETURN, Reason(code="missing", criterion="1"))
    assert keeping.refresh(office)
    text = browser.get(HOME).text
    found = re.search(r'<a href="(/desk/analysis/leading_reasons/cases\?[^"]*k_code=missing[^"]*)"', text)
    assert found
    behind = browser.get(unescape(found[1])).text
    serial = re.search(r"YS\d{8}-\d+", behind)
    assert serial
    assert "1</span> 份申请" in behind
    told = re.sub(r"<.*?>", " ", behind[behind.index("<tbody>") :])
    assert "高血压伴有并发症" in told
    assert "江州市第一人民医院" in told
    assert "在办" in told  # sent back, not decided
    assert f"/desk/{case}" not in behind  # an analyst sees no case
    with office.database.read() as session:
        actions = list(session.scalars(select(TrailRow.action)))
    assert {"analysis.view", "analysis.cases"} <= set(actions)
    make_user(office, "liangyong", roles=(Role.ANALYST, Role.REVIEWER))
    both = Browser(office)
    both.sign_in("liangyong")
    assert f'href="/desk/{case}"' in both.get(unescape(found[1])).text


def test_pages_tell_what_blind_reexamination_found(browser: Browser, office: Office, reviewer: Actor) -> None:
    """From the drawing of a decided case over the examiner's own word and the kind of difference to its bar."""
    service = office.settings.service.model_copy(update={"quality_share": 1.0})
    office = replace(office, settings=office.settings.model_copy(update={"service": service}))
    examiner = person(office, "fuhe9", "复核丁", Role.REVIEWER, Role.SECOND_READER)
    for outcome in (Outcome.REFUSE, Outcome.APPROVE, Outcome.REFUSE):
        decided(office, reviewer, made_application(office), Outcome.APPROVE)
        with office.database.write() as session:
            (drawn,) = waiting(session, examiner)
            because = (Reason(code="missing", criterion="3"),) if outcome is Outcome.REFUSE else ()
            examine(session, examiner, office, drawn.id, outcome, because)
            if outcome is Outcome.REFUSE:
                classify(session, examiner, office, drawn.id, Difference.EVIDENCE_MISREAD)
    assert keeping.refresh(office)
    text = browser.get(HOME, params={"part": GROUPS.index("机器与人") + 1}).text
    rows = {row[0]: row[1:4] for row in cells(text, "reexamination")}
    assert rows["证据误读"] == ["2", "0", "2"]
    assert rows["一致"] == ["1", "—", "—"]
    assert {name: row[0] for name, row in rows.items() if name not in ("证据误读", "一致")} == dict.fromkeys(
        ("缺件判断错", "过度推断", "与标准不符", "规则有误"), "0"
    )
    assert "66.7%（95% 区间 20.8%–93.9%，共 3）" in text
    behind = browser.get(HOME + "/reexamination/cases", params={"k_difference": "证据误读"}).text
    assert "2</span> 份申请" in behind


def test_answers_can_be_taken_along(browser: Browser, store: Store) -> None:
    answer = ask(store, "leading_reasons")
    made = browser.get(HOME + "/leading_reasons.xlsx")
    assert "attachment" in made.headers["content-disposition"]
    sheet = load_workbook(io.BytesIO(made.content)).active
    assert sheet is not None
    told = list(sheet.iter_rows(values_only=True))
    assert told[0][0] == answer.title
    assert [row[0] for row in told[7:]] == [row["label"] for row in answer.rows]
    assert [row[1] for row in told[7:]] == [row["decisions"] for row in answer.rows]
    picture = browser.get(HOME + "/leading_reasons.png")
    assert picture.headers["content-type"] == "image/png"
    with Image.open(io.BytesIO(picture.content)) as drawn:
        drawn.load()
        assert drawn.width > 800
        assert len(drawn.getcolors(1 << 24) or []) > 3
    for name in ("leading_reasons.exe", "leading_reasons", "nothing.csv"):
        assert browser.get(f"{HOME}/{name}").status_code == 404


def test_single_figures_stand_on_the_page_and_in_the_workbook(browser: Browser, store: Store) -> None:
    answer = ask(store, "machine_and_person")
    text = browser.get(HOME, params={"part": GROUPS.index("机器与人") + 1}).text
    for figure in answer.figures:
        assert f'<dt>{figure.label}</dt><dd class="num">{figure_text(figure)}</dd>' in text
    book = load_workbook(io.BytesIO(browser.get(HOME + "/machine_and_person.xlsx").content))
    rows = list(book["单项数字"].iter_rows(min_row=2, values_only=True))
    assert [row[0] for row in rows] == [figure.label for figure in answer.figures]
    for row, figure in zip(rows, answer.figures, strict=True):
        assert row[1] == pytest.approx(figure.value)
        assert figure.sure is not None
        assert (row[3], row[4]) == pytest.approx((figure.sure.low, figure.sure.high))


def test_workbook_holds_no_formula(browser: Browser, store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    assert store

    def odd(kept: Store, question: Question, filters: Filters) -> Answer:
        answer = ask(kept, question.id, filters)
        return replace(answer, rows=tuple({**row, "label": "=HYPERLINK(A1)"} for row in answer.rows))

    monkeypatch.setattr(asked, "answered", odd)
    sheet = load_workbook(io.BytesIO(browser.get(HOME + "/leading_reasons.xlsx").content)).active
    assert sheet is not None
    cells = [cell for row in sheet.iter_rows() for cell in row if cell.value == "=HYPERLINK(A1)"]
    assert cells
    assert all(cell.data_type == "s" and cell.quotePrefix for cell in cells)
    taken = browser.get(HOME + "/leading_reasons.csv").content.decode("utf-8-sig")
    assert "'=HYPERLINK(A1)" in taken
    assert ",=" not in taken


def test_refresh_is_asked_for_and_does_not_keep_the_page_waiting(
    browser: Browser, office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    made_application(office)
    begun, go_on = threading.Event(), threading.Event()

    def slow(*args: object, **more: object) -> object:
        begun.set()
        assert go_on.wait(30)
        return export_service(*args, **more)  # type: ignore[arg-type]

    monkeypatch.setattr(keeping, "export_service", slow)
    assert browser.post(HOME + "/refresh", data={"csrf": "wrong"}).status_code == 403
    assert browser.post(HOME + "/refresh", data={"csrf": browser.token(HOME)}).status_code == 303
    assert begun.wait(30)
    assert "正在汇总数据" in browser.get(HOME).text
    assert keeping.refresh(office) is False  # one at a time
    go_on.set()
    for thread in threading.enumerate():
        if thread.name == "analysis":
            thread.join(30)
    assert "数据截至" in browser.get(HOME).text
    kept = keeping.kept_manifest(office)
    assert kept is not None
    assert kept.tables["applications"].rows == 1
    assert kept.tables["facts"].rows == 0  # no clinical text lies about for a dashboard


def test_refresh_when_due_alone(office: Office, store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[Office] = []
    monkeypatch.setattr(keeping, "refresh_later", lambda office: asked.append(office))
    assert store
    office = replace(office, now=lambda: dt.datetime(2026, 12, 1, tzinfo=dt.UTC))
    keeping.refresh_when_due(office)  # the invented data are older than an hour
    assert len(asked) == 1
    assert keeping.refresh(office)
    keeping.refresh_when_due(office)
    assert len(asked) == 1
    folders = [path.name for path in keeping.folder_of(office).iterdir() if path.name.startswith("store-")]
    assert len(folders) == 2
    for _ in range(2):
        assert keeping.refresh(office)
    assert len([p for p in keeping.folder_of(office).iterdir() if p.name.startswith("store-")]) == 2


def test_ids_are_the_offices_own(office: Office) -> None:
    case = made_application(office)
    keeping.refresh(office)
    with keeping.opened(office, frozenset({"jiangxi"})) as own, keeping.opened(office, frozenset()) as nobodys:
        assert own.value("SELECT application_id FROM applications") == keyed(export_key(office), "application", case)
        assert nobodys.value("SELECT count(*) FROM applications") == 0
        assert nobodys.value("SELECT count(*) FROM timings") == 0


def test_every_question_can_be_asked_of_nothing() -> None:
    with memory_store({}) as nothing:
        for question in QUESTIONS:
            assert ask(nothing, question.id).title
