"""Conditions that the five shipped diseases do not use yet, each built from the text a rule file would hold."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import yaml

from rules.engine import Region, RuleError
from rules.engine.case_view import view_case
from rules.engine.compiling import compile_test
from rules.engine.facts import CaseFacts, Evidence, FormEntry, InkState, Unknown
from rules.engine.marked_yaml import Marked
from rules.engine.outcome import Outcome
from rules.engine.predicates import Environment, run_test
from tests.rules.conftest import Facts

DISCHARGE = {"type": "出院小结", "date": "2026-01-20", "diagnoses": ["糖尿病"]}
CERTIFICATE = {"type": "疾病诊断证明书", "date": "2026-02-01", "diagnoses": ["糖尿病"]}


class Try:
    """Compiles a condition written as in a rule file and runs it."""

    def __init__(self, region: Region, facts: Facts) -> None:
        self.facts = facts
        rule = next(r for r in region.rules if r.id == "diabetes")
        self.environment = Environment(vocabulary=region.vocabulary, policies=region.policies, target=rule.target)

    def __call__(self, text: str, *documents: dict[str, Any], facts: CaseFacts | None = None) -> str:
        outcome = self.outcome(text, facts or self.facts(*documents))
        return f"{outcome.status.value} {outcome.reason}"

    def outcome(self, text: str, facts: CaseFacts) -> Outcome:
        test = compile_test(yaml.safe_load(text), self.environment, Marked(Path("rule.yaml"), None), ())
        return run_test(test, view_case(facts))


@pytest.fixture
def check(region: Region, facts: Facts) -> Try:
    return Try(region, facts)


def test_both_papers_are_wanted_where_the_clause_says_and(check: Try) -> None:
    both = """
    all:
      - diagnosis: {documents: [出院小结], hospital_level: 三级甲等}
      - diagnosis: {documents: [疾病诊断证明书], hospital_level: 三级甲等}
    """
    assert check(both, DISCHARGE, CERTIFICATE) == "met evidence_found"
    assert check(both, DISCHARGE).startswith("missing")
    assert check(both, DISCHARGE, {**CERTIFICATE, "level": "三级乙等"}) == "missing hospital_below_level"
    assert check(both, DISCHARGE, {**CERTIFICATE, "level": "三级"}) == "manual hospital_level_unknown"
    assert check(both, DISCHARGE, {**CERTIFICATE, "level": "二级甲等"}) == "missing hospital_below_level"


def test_only_the_discharge_summary_counts_where_the_clause_says_so(check: Try) -> None:
    only = "diagnosis: {documents: [出院小结], hospital_level: 二级}"
    assert check(only, CERTIFICATE) == "missing wrong_document"
    assert check(only, DISCHARGE) == "met evidence_found"


def test_signers_and_department_must_be_read(check: Try) -> None:
    text = "diagnosis: {departments: [血液], signers: {titles: [主任医师, 副主任医师], at_least: 2}}"
    full = {**CERTIFICATE, "department": "血液科", "signers": ["主任医师", "副主任医师"]}
    assert check(text, full) == "met evidence_found"
    assert check(text, {**full, "signers": ["主任医师", "住院医师"]}) == "manual signers_unclear"
    assert check(text, {**full, "department": "骨科"}) == "missing wrong_department"
    assert check(text, {k: v for k, v in full.items() if k != "department"}) == "manual department_unknown"


def test_span_of_visits_is_kept_apart_from_the_window(check: Try) -> None:
    text = "visits: {name: 治疗, outpatient: 3, inpatient: null, span: 半年}"

    def visits(*days: str) -> list[dict[str, Any]]:
        return [{"type": "门诊病历", "date": d, "visits": [d], "diagnoses": ["糖尿病"]} for d in days]

    assert check(text, *visits("2020-01-01", "2020-03-01", "2020-07-01")) == "met evidence_found"
    assert check(text, *visits("2020-01-01", "2020-03-01", "2020-06-30")) == "missing too_few"
    assert check(text, *visits("2020-01-01", "2020-07-01")) == "missing too_few"
    windowed = "visits: {name: 治疗, outpatient: 3, inpatient: null, span: 半年, window: 近1年}"
    assert check(windowed, *visits("2025-02-01", "2025-06-01", "2025-09-01")) == "missing too_few"
    assert check(windowed, *visits("2025-03-15", "2025-06-01", "2025-09-15")) == "met evidence_found"


def test_span_of_results_counts_from_first_to_last(check: Try) -> None:
    text = "lab: {name: 血小板, times: 3, span: 6个月, any_of: [{analyte: creatinine, at_least: 100 μmol/L}]}"

    def sheets(*days: str) -> list[dict[str, Any]]:
        return [{"type": "检验报告单", "date": d, "labs": [f"肌酐 {110 + n} μmol/L"]} for n, d in enumerate(days)]

    assert check(text, *sheets("2025-01-01", "2025-03-01", "2025-07-01")) == "met evidence_found"
    assert check(text, *sheets("2025-01-01", "2025-03-01", "2025-06-30")) == "missing too_few"


def test_qualitative_results_decide_by_polarity(check: Try) -> None:
    text = "lab: {name: 尿蛋白, any_of: [{analyte: urine_protein, positive: true}]}"
    sheet = {"type": "检验报告单", "date": "2026-01-01"}
    assert check(text, {**sheet, "labs": ["尿蛋白 阳性"]}) == "met evidence_found"
    assert check(text, {**sheet, "labs": ["尿蛋白 阴性"]}) == "unmet negative"
    assert check(text, {**sheet, "labs": ["尿蛋白 可疑"]}) == "manual polarity_unknown"


def test_low_side_of_the_range(check: Try) -> None:
    text = "lab: {name: 血红蛋白, any_of: [{analyte: hemoglobin, abnormal: low}]}"
    sheet = {"type": "检验报告单", "date": "2026-01-01"}
    assert check(text, {**sheet, "labs": ["血红蛋白 129 g/L 参考130-175"]}) == "met evidence_found"
    assert check(text, {**sheet, "labs": ["血红蛋白 130 g/L 参考130-175"]}) == "unmet within_range"
    assert check(text, {**sheet, "labs": ["血红蛋白 180 g/L 参考130-175"]}) == "unmet within_range"
    assert check(text, {**sheet, "labs": ["血红蛋白 90 g/L ↓"]}) == "met evidence_found"
    assert check(text, {**sheet, "labs": ["血红蛋白 90 g/L 参考175-130"]}) == "manual reference_unclear"


def test_urine_is_not_blood(region: Region, facts: Facts, check: Try) -> None:
    case = facts({"type": "检验报告单", "date": "2026-01-01", "labs": ["肌酐 9000 μmol/L"]})
    text = "lab: {name: 肾功能, any_of: [{analyte: creatinine, at_least: 707 μmol/L}]}"
    assert check(text, facts=case) == "met evidence_found"
    urine = replace(case, lab_results=tuple(replace(r, specimen="随机尿") for r in case.lab_results))
    assert check(text, facts=urine) == "missing no_evidence"


def test_measurement_of_the_clause(check: Try) -> None:
    text = "measurement: {name: 肺动脉收缩压, modalities: [echo], any_of: [{measure: pasp, at_least: 40 mmHg}]}"
    echo = {"type": "影像报告", "date": "2026-01-01", "modality": "echo"}
    assert check(text, {**echo, "findings": ["pasp 40mmHg"]}) == "met evidence_found"
    assert check(text, {**echo, "findings": ["pasp 39mmHg"]}) == "unmet threshold_not_reached"
    assert check(text, {**echo, "findings": ["pasp 41mmHg", "pasp 39mmHg"]}) == "manual numbers_disagree"
    assert check(text, {**echo, "findings": ["pasp >30mmHg"]}) == "manual value_unreadable"
    assert check(text, {**echo, "modality": "ct", "findings": ["pasp 50mmHg"]}) == "missing no_evidence"


def test_lengths_convert(check: Try) -> None:
    text = "measurement: {name: 结石, any_of: [{measure: stone_size, above: 0.4 cm}]}"
    scan = {"type": "影像报告", "date": "2026-01-01", "modality": "ct"}
    assert check(text, {**scan, "findings": ["stone_size 5mm"]}) == "met evidence_found"
    assert check(text, {**scan, "findings": ["stone_size 4mm"]}) == "unmet threshold_not_reached"


def test_patient_age_and_sex(check: Try) -> None:
    child = {"type": "出院小结", "date": "2026-03-15", "age": 14, "sex": "男"}
    assert check("patient: {sex: 男}", child) == "met evidence_found"
    assert check("patient: {sex: 女}", child) == "unmet person"
    assert check("patient: {age_at_most: 14}", {**child, "age": 12}) == "met evidence_found"
    assert check("patient: {age_at_most: 14}", {**child, "age": 30}) == "unmet person"
    assert check("patient: {age_at_most: 14}", child) == "manual person"
    certificate = {**child, "type": "疾病诊断证明书"}
    assert check("patient: {age_at_most: 14}", certificate) == "met evidence_found"
    assert check("patient: {age_at_most: 14}", {**certificate, "date": "2026-03-14"}) == "manual person"
    assert check("patient: {sex: 男}", child, {**child, "sex": "女"}) == "conflicting contradiction"
    assert check("patient: {sex: 男}", {**child, "owner": "他人"}) == "missing no_evidence"
    assert check("patient: {age_at_most: 14}") == "missing no_evidence"


def test_document_of_a_kind(check: Try) -> None:
    text = "document: {name: 初诊病历, documents: [门诊病历], hospital_level: 二级}"
    note = {"type": "门诊病历", "date": "2026-01-01", "diagnoses": ["糖尿病"]}
    assert check(text, note) == "met evidence_found"
    assert check(text, {**note, "diagnoses": []}) == "manual no_place"
    assert check(text, {**note, "level": "一级"}) == "missing hospital_below_level"
    assert check(text) == "missing no_evidence"


def test_course_of_the_disease(check: Try) -> None:
    text = "course: {at_least: 2年}"
    assert check(text, {**CERTIFICATE, "date": "2024-03-15"}) == "met evidence_found"
    assert check(text, {**CERTIFICATE, "date": "2024-03-16"}) == "missing course_too_short"
    assert check(text, {**CERTIFICATE, "date": "看不清"}).startswith("manual")


def form(field: str, value: object, owner_document: CaseFacts) -> CaseFacts:
    place = Evidence(
        document="d1", file="f", page=1, box=(0, 0, 9, 9), quote="签名", confidence=0.9, extractor="form-ink"
    )
    entry = FormEntry(document="d1", field=field, value=value, evidence=(place,))  # type: ignore[arg-type]
    return replace(owner_document, form=(entry,))


def test_form_entries(check: Try, facts: Facts) -> None:
    paper = facts({"type": "申请表", "date": "2026-03-01"})
    seal = "form: {field: hospital_seal, ink: true}"
    assert check(seal, facts=form("hospital_seal", InkState.PRESENT, paper)) == "met evidence_found"
    assert check(seal, facts=form("hospital_seal", InkState.EMPTY, paper)) == "unmet form_entry"
    assert check(seal, facts=form("hospital_seal", InkState.UNSURE, paper)) == "manual form_entry"
    assert check(seal, facts=form("hospital_seal", Unknown.ABSENT, paper)) == "missing no_evidence"
    title = "form: {field: physician_title, any_of: [主任医师]}"
    assert check(title, facts=form("physician_title", "副主任医师", paper)) == "met evidence_found"
    assert check(title, facts=form("physician_title", "住院医师", paper)) == "unmet form_entry"
    assert check(title, facts=form("physician_title", Unknown.UNREADABLE, paper)) == "manual form_entry"


def test_needs_person_is_never_decided(check: Try) -> None:
    assert check("needs_person: {text: 非工伤}", DISCHARGE) == "manual needs_person"


def lab(analyte: str, bound: str) -> str:
    return f"lab: {{name: x, any_of: [{{analyte: {analyte}, at_least: {bound}}}]}}"


SHEET = {"type": "检验报告单", "date": "2026-01-01"}


@pytest.mark.parametrize(
    ("labs", "status"),
    [
        (["肌酐 200 μmol/L", "尿酸 500 μmol/L"], "met"),
        (["肌酐 200 μmol/L"], "manual"),
        (["肌酐 200 μmol/L", "尿酸 100 μmol/L"], "manual"),
        (["肌酐 50 μmol/L", "尿酸 100 μmol/L"], "unmet"),
        (["肌酐 50 μmol/L"], "missing"),
        ([], "missing"),
    ],
)
def test_list_whose_and_or_is_unclear(check: Try, labs: list[str], status: str) -> None:
    text = f"list: [{{{lab('creatinine', '100 μmol/L')}}}, {{{lab('uric_acid', '420 μmol/L')}}}]"
    outcome = check.outcome(text, check.facts({**SHEET, "labs": labs}))
    assert outcome.status.value == status
    if status == "manual":
        assert outcome.reason == "unclear_list"
        assert any("顿号" in reading for reading in outcome.readings)


@pytest.mark.parametrize(
    ("labs", "k", "status"),
    [
        (["肌酐 200 μmol/L", "尿酸 500 μmol/L"], 2, "met"),
        (["肌酐 200 μmol/L", "尿酸 100 μmol/L"], 2, "missing"),
        (["肌酐 20 μmol/L", "尿酸 100 μmol/L"], 2, "unmet"),
        (["肌酐 200 μmol/L", "尿酸 500"], 2, "manual"),
        (["肌酐 200 μmol/L", "尿酸 500"], 1, "met"),
    ],
)
def test_at_least_k_of_n(check: Try, labs: list[str], k: int, status: str) -> None:
    of = ", ".join(
        f"{{{lab(a, b)}}}" for a, b in (("creatinine", "100 μmol/L"), ("uric_acid", "420 μmol/L"), ("alt", "80 U/L"))
    )
    outcome = check.outcome(f"at_least: {{k: {k}, of: [{of}]}}", check.facts({**SHEET, "labs": labs}))
    assert outcome.status.value == status


def test_not_turns_only_what_is_certain(check: Try) -> None:
    text = f"not: {{{lab('creatinine', '100 μmol/L')}}}"
    assert check(text, {**SHEET, "labs": ["肌酐 50 μmol/L"]}).startswith("met")
    assert check(text, {**SHEET, "labs": ["肌酐 150 μmol/L"]}).startswith("unmet")
    assert check(text, {**SHEET, "labs": ["肌酐 50"]}).startswith("manual")
    assert check(text).startswith("missing")
    with pytest.raises(RuleError, match="永远不会满足"):
        check("not: {needs_person: {text: 工伤}}")


def test_broken_predicate_is_for_a_person(check: Try, facts: Facts, monkeypatch: pytest.MonkeyPatch) -> None:
    def explode(*_: object, **__: object) -> None:
        raise ZeroDivisionError("肌酐 812 张三")

    monkeypatch.setattr("rules.engine.predicates.lab.admit", explode)
    outcome = check.outcome(lab("creatinine", "100 μmol/L"), facts({**SHEET, "labs": ["肌酐 200 μmol/L"]}))
    assert (outcome.status.value, outcome.reason) == ("manual", "error")
    assert "张三" not in outcome.message


def test_windows_use_the_sampling_date_not_the_printing_date(check: Try, facts: Facts) -> None:
    text = "lab: {name: 肾功能, window: 近1年, any_of: [{analyte: creatinine, at_least: 100 μmol/L}]}"
    sheet = {"type": "检验报告单", "date": "2026-03-01", "labs": ["肌酐 200 μmol/L"]}
    assert check(text, {**sheet, "sampled": "2025-03-14"}) == "missing outside_window"
    assert check(text, {**sheet, "sampled": "2025-03-15"}) == "met evidence_found"
    assert check(text, {**sheet, "sampled": "未印"}) == "met evidence_found"
    assert facts(sheet).lab_results[0].sampled_at == dt.datetime(2026, 3, 1)


ALTERNATIVES = f"any: [{{{lab('creatinine', '100 μmol/L')}}}, {{{lab('uric_acid', '420 μmol/L')}}}]"


def test_alternatives_are_unmet_only_when_each_was_examined(check: Try, region: Region) -> None:
    outcome = check.outcome(ALTERNATIVES, check.facts({**SHEET, "labs": ["肌酐 50 μmol/L"]}))
    assert (outcome.status.value, outcome.reason) == ("missing", "alternatives_not_examined")
    assert "肌酐 50 μmol/L" in outcome.message
    assert region.policies.reading("alternatives") in outcome.readings
    assert check(ALTERNATIVES, {**SHEET, "labs": ["肌酐 50 μmol/L", "尿酸 100 μmol/L"]}) == "unmet below_threshold"
    assert check(ALTERNATIVES, {**SHEET, "labs": ["肌酐 50 μmol/L", "尿酸 500 μmol/L"]}) == "met evidence_found"


def test_alternatives_follow_the_policy_of_the_region(check: Try, region: Region) -> None:
    kinder = replace(region.policies, alternatives="any_negative")
    check.environment = replace(check.environment, policies=kinder)
    assert check(ALTERNATIVES, {**SHEET, "labs": ["肌酐 50 μmol/L"]}) == "unmet below_threshold"
