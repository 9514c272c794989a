"""Every question: its numbers are those of plain SQL, its rows lead to their cases, and an empty store breaks none."""

from __future__ import annotations

import csv
import re
from dataclasses import replace
from typing import Any

import pytest

from pipeline.audit.charts import png, spec, svg
from pipeline.audit.questions import (
    QUESTIONS,
    Filters,
    ask,
    cases,
    drift,
    first_time_pass,
    hospital_papers,
    item_agreement,
    leading_reasons,
    machine_and_person,
    missing_material,
    own_readings,
    picture_trouble,
    step_times,
)
from pipeline.audit.questions.figure import Figure
from pipeline.audit.store import Store, memory_store
from pipeline.audit.tables import cell_text, csv_text, figure_text, html_table

IDS = [question.id for question in QUESTIONS]
COUNTED_BY_APPLICATION = {"missing_material": "applications", "rounds_needed": "applications"}


@pytest.fixture(scope="module")
def nothing() -> Store:
    return memory_store({})


@pytest.mark.parametrize("question", IDS)
def test_question_is_whole(few: Store, question: str) -> None:
    answer = ask(few, question)

    assert answer.id == question
    assert answer.rows
    assert answer.title
    assert answer.source.endswith("。")
    names = {column.name for column in answer.columns}
    assert all(names <= row.keys() for row in answer.rows)
    assert all(column.of in names for column in answer.columns if column.of)
    for row in answer.rows:
        for column in answer.columns:
            value = row[column.name]
            assert value is None or column.kind != "share" or -1 <= value <= 1, column.name
    everyone = set(cases(few, answer))
    assert everyone
    for row in answer.rows[:3]:
        behind = cases(few, answer, row)
        assert set(behind) <= everyone
        counted = COUNTED_BY_APPLICATION.get(question)
        if counted:
            assert len(behind) == row[counted]


@pytest.mark.parametrize("question", IDS)
def test_question_asked_of_nothing_gives_no_numbers(nothing: Store, question: str) -> None:
    answer = ask(nothing, question)

    assert all(not row[c.name] for row in answer.rows for c in answer.columns if c.kind in ("count", "share"))
    assert cases(nothing, answer) == []


@pytest.mark.parametrize("question", ["leading_reasons", "machine_and_person", "missing_material", "drift_returned"])
def test_question_over_two_parts_adds_up(few: Store, question: str) -> None:
    def total(filters: Filters) -> int:
        answer = ask(few, question, filters)
        first = next(column.name for column in answer.columns if column.kind == "count")
        return sum(row[first] for row in answer.rows)

    months = [Filters(month_to="2025-12"), Filters(month_from="2026-01")]
    channels = [Filters(channel=c) for c in ("wechat", "ganfutong", "hospital", "window", "portal")]
    for parts in (months, channels):
        assert sum(total(part) for part in parts) == total(Filters())
    assert 0 < total(Filters(disease="copd", channel="wechat")) < total(Filters(disease="copd"))
    assert total(Filters(region="shandong")) == 0


def test_question_of_one_item_is_narrowed_to_it(few: Store) -> None:
    answer = item_agreement(few, Filters(disease="hypertension", criterion="7"))

    assert [(row["disease"], row["criterion"]) for row in answer.rows] == [("hypertension", "7")]
    with pytest.raises(KeyError):
        ask(few, "who")


def _one(store: Store, sql: str) -> Any:
    return store.value(sql)


def test_numbers_are_those_of_plain_sql(few: Store) -> None:
    """Each written by hand from the data dictionary, without what the questions share."""
    reasons = {row["code"]: row for row in leading_reasons(few).rows}
    assert reasons["form_unsigned"]["decisions"] == _one(
        few,
        "SELECT count(DISTINCT source_id) FROM reasons WHERE origin = 'person' AND code = 'form_unsigned' "
        "AND outcome IN ('refuse', 'return')",
    )
    material = next(r for r in missing_material(few).rows if (r["disease"], r["criterion"]) == ("diabetes", "3"))
    assert material["applications"] == _one(
        few,
        "SELECT count(DISTINCT application_id) FROM needs WHERE disease = 'diabetes' AND criterion = '3' "
        "AND judgement_id LIKE '%-1'",
    )
    passed = {row["disease"]: row["passed"] for row in first_time_pass(few).rows}
    assert passed["copd"] == _one(
        few,
        "SELECT count(*) FROM applications WHERE disease = 'copd' AND outcome = 'approve' AND rounds = 1",
    )
    late = next(row for row in step_times(few).rows if row["step"] == "round")
    assert late["late"] == _one(few, "SELECT count(*) FROM timings WHERE step = 'round' AND working_days > 20")
    both = {(row["machine_conclusion"], row["outcome"]): row["decisions"] for row in machine_and_person(few).rows}
    assert both["meets", "approve"] == _one(
        few,
        "SELECT count(*) FROM decisions WHERE round = 1 AND machine_conclusion = 'meets' AND outcome = 'approve'",
    )
    item = next(r for r in item_agreement(few).rows if (r["disease"], r["criterion"]) == ("hypertension", "7"))
    assert item["wrong_approval"] == _one(
        few,
        "SELECT count(*) FROM criteria WHERE disease = 'hypertension' AND criterion = '7' AND machine_status = 'met' "
        "AND person_verdict = 'not_established' AND judgement_id LIKE '%-1'",
    )
    assert sum(row["times"] for row in own_readings(few).rows) == _one(
        few, "SELECT count(*) FROM readings WHERE own AND judgement_id LIKE '%-1'"
    )
    channels = {row["channel"]: row for row in picture_trouble(few).rows}
    assert channels["wechat"]["retake"] == _one(
        few,
        "SELECT count(*) FROM documents WHERE retake_pages > 0 AND application_id IN "
        "(SELECT application_id FROM applications WHERE channel = 'wechat')",
    )
    month = drift(few, "returned").rows[0]
    assert month["hits"] == _one(
        few,
        "SELECT count(*) FROM decisions WHERE round = 1 AND outcome = 'return' AND application_id IN "
        f"(SELECT application_id FROM applications WHERE month = '{month['month']}')",
    )


def test_single_figures_are_those_of_plain_sql_and_of_the_definition(few: Store) -> None:
    """Cohen's kappa from its definition: agreement observed and by chance, counted by SQL alone."""
    figures = {figure.label: figure for figure in machine_and_person(few).figures}
    found = few.query(
        """WITH first AS (
            SELECT arg_min(outcome, round) AS person,
                   CASE arg_min(machine_conclusion, round) WHEN 'meets' THEN 'approve' WHEN 'not_met' THEN 'refuse'
                   WHEN 'insufficient' THEN 'return' END AS machine
            FROM decisions WHERE final GROUP BY application_id),
        said AS (SELECT * FROM first WHERE machine IS NOT NULL)
        SELECT count(*) AS n, avg((machine = person)::INTEGER) AS agreed,
               (SELECT sum(a.n * b.n) FROM (SELECT machine AS w, count(*) AS n FROM said GROUP BY 1) a
                JOIN (SELECT person AS w, count(*) AS n FROM said GROUP BY 1) b USING (w)) / count(*) ** 2 AS chance
        FROM said"""
    )[0]
    kappa = figures["kappa（三种建议）"]
    assert kappa.cases == figures["一致率"].cases == found["n"]
    assert figures["一致率"].value == pytest.approx(found["agreed"])
    assert kappa.value == pytest.approx((found["agreed"] - found["chance"]) / (1 - found["chance"]))
    assert kappa.sure is not None
    assert kappa.sure.low < kappa.value < kappa.sure.high
    assert re.fullmatch(r"0\.\d\d（95% 区间 0\.\d\d–0\.\d\d，共 \d+）", figure_text(kappa))
    assert figure_text(Figure(label="", value=None, kind="share")) == "—"


def test_hospitals_with_few_cases_are_not_named_but_counted(few: Store) -> None:
    answer = hospital_papers(few, smallest=60)

    small = {
        row["hospital"]
        for row in few.query("SELECT hospital, count(*) AS n FROM applications GROUP BY ALL")
        if row["n"] < 60
    }
    assert small
    assert not small & {row["name"] for row in answer.rows}
    assert sum(row["applications"] for row in answer.rows) == answer.facts["applications"]
    others = next(row for row in answer.rows if row["named"] is None)
    assert (others["ratio"], others["signal"], others["reason"]) == (None, "", None)
    assert others["applications"] == len(cases(few, answer, others))


def test_hospitals_with_few_cases_are_not_named_by_their_pass_rate_either(few: Store) -> None:
    answer = first_time_pass(few, by="hospital")

    assert all(row["decided"] >= 20 for row in answer.rows if row["hospital"] is not None)
    (others,) = (row for row in answer.rows if row["hospital"] is None)
    assert others["name"].startswith("其余医院")
    assert len(cases(few, answer, others)) == others["decided"]


def test_hospitals_expected_failures_add_up_to_those_observed(few: Store) -> None:
    rows = hospital_papers(few).rows

    assert sum(row["expected"] for row in rows) == pytest.approx(sum(row["failed"] for row in rows))


@pytest.mark.parametrize(
    "question",
    [
        "leading_reasons",
        "reasons_by_item",
        "hospital_papers",
        "drift_retake",
        "machine_and_person",
        "first_time_pass_by_channel",
        "calibration_over_time",
    ],
)
def test_chart_tells_title_unit_and_leads_to_cases(few: Store, question: str) -> None:
    answer = ask(few, question)

    picture = svg(answer, href=lambda row: f"/desk/analysis?row={answer.keys[0]}&x=<1>")

    assert picture.startswith("<svg")
    assert answer.title in picture
    assert f"单位：{answer.unit}" in picture
    assert 'href="/desk/analysis?row=' in picture
    assert "<script" not in picture
    assert "chart.invalid" not in picture


def test_chart_as_png_is_a_picture_and_says_where_it_is_from(few: Store) -> None:
    answer = leading_reasons(few)

    assert png(answer, scale=1).startswith(b"\x89PNG")
    lines = spec(answer)["vconcat"][1]["data"]["values"][0]["t"]
    assert "".join(lines) == "来源：" + answer.source
    with pytest.raises(ValueError, match="nothing to draw"):
        svg(leading_reasons(memory_store({})))


def test_table_as_text_html_and_csv(few: Store) -> None:
    answer = first_time_pass(few)
    share = answer.column("share")

    assert cell_text(share, 0.12345) == "12.3%"
    assert cell_text(share, None) == "—"
    assert html_table(answer).count("<tr>") == len(answer.rows) + 1
    lines = csv_text(answer).splitlines()
    assert lines[0].startswith("\ufeff病种,首轮已决定（份）")
    assert len(lines) == len(answer.rows) + 1


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@SUM(A1)", " =1", "\t=1", "\r=1", "＝1", "|cmd"])
def test_csv_holds_no_formula(few: Store, text: str) -> None:
    answer = first_time_pass(few)
    row = {**answer.rows[0], "name": text}
    line = csv_text(replace(answer, rows=(row,))).splitlines(keepends=True)[1:]
    (cells,) = csv.reader(line)
    assert cells[0] == "'" + text
