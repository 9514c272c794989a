"""Analytes told apart by their surroundings, conversion, polarity, diagnoses; and that nothing printed is lost."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.normalising import normalise
from pipeline.normalising.context import specimen_group
from rules.engine.facts import (
    AssertionStatus,
    CaseFacts,
    Diagnosis,
    DocumentType,
    LabResult,
    Treatment,
)
from rules.vocabulary import load_vocabulary
from tests.normalising.builder import AS_OF, done, evidence, lab, run

VOCABULARY = load_vocabulary()
URINE = (lab("酮体", "-"), lab("比重", "1.015"), lab("亚硝酸盐", "-"), lab("尿胆原", "-"))
BLOOD = (lab("谷丙转氨酶", "32", "U/L", "7", "50"), lab("尿素", "5.1", "mmol/L", "2.6", "9.5"))


@pytest.mark.parametrize(
    ("row", "others", "analyte"),
    [
        (lab("肌酐", "812.4", "umol/L", "41", "111"), (), "creatinine"),
        (lab("肌酐", "75", "umol/L"), BLOOD, "creatinine"),
        (lab("肌酐", "8000", "umol/L"), URINE, "urine_creatinine"),
        (lab("肌酐", "8000", "umol/L", specimen="随机尿"), (), "urine_creatinine"),
        (lab("肌酐", "8000", "umol/L", "3540", "24600"), (), "urine_creatinine"),
        (lab("葡萄糖", "5.2", "mmol/L", "3.9", "6.1"), (), "glucose"),
        (lab("葡萄糖", "++"), URINE, "urine_glucose"),
        (lab("葡萄糖", "3.1", "mmol/L", specimen="脑脊液"), (), "csf_glucose"),
        (lab("白细胞", "7.8", "10^9/L", "3.5", "9.5"), (), "wbc"),
        (lab("白细胞", "12", "/HP"), URINE, "urine_wbc"),
        (lab("白细胞", "阴性"), URINE, "urine_leukocyte_esterase"),
        (lab("蛋白质", "2+"), URINE, "urine_protein"),
        (lab("中性粒细胞", "78", "%", "40", "75"), (), "neutrophil_pct"),
        (lab("中性粒细胞", "5.8", "10^9/L"), (), "neutrophil_abs"),
        (lab("PCT", "0.21", "%"), (), "plateletcrit"),
        (lab("PCT", "0.21", "ng/mL"), (), "pct"),
        (lab("肌酸激酶同工酶", "3.1", "ng/mL"), (), "ck_mb_mass"),
        (lab("肌酸激酶同工酶", "18", "U/L"), (), "ck_mb"),
        (lab("糖化血红蛋白", "8.5", "%"), (), "hba1c"),
        (lab("糖化血红蛋白", "69", "mmol/mol"), (), "hba1c_ifcc"),
        (lab("Ca2+", "1.2", "mmol/L", "1.1", "1.34"), (), "calcium_ionized"),
        (lab("Ca2+", "2.3", "mmol/L", "2.1", "2.6"), (), "calcium"),
    ],
)
def test_resolve_tells_homonyms_apart(row: LabResult, others: tuple[LabResult, ...], analyte: str) -> None:
    found = done(row, *others)
    assert found.analyte == analyte
    assert "ambiguous_name" not in found.doubts


def test_resolve_leaves_open_what_nothing_tells() -> None:
    row = done(lab("PCT", "0.21"))
    assert row.analyte is None
    assert row.doubts == ("ambiguous_name",)


def test_resolve_doubts_a_lonely_row_without_specimen_and_range() -> None:
    assert "ambiguous_name" in done(lab("肌酐", "812", "umol/L")).doubts
    in_prose = done(lab("肌酐", "812", "umol/L"), kind=DocumentType.DISCHARGE_SUMMARY)
    assert (in_prose.analyte, in_prose.doubts) == ("creatinine", ())


@pytest.mark.parametrize(("name", "code"), [("空腹胰岛素", "INS"), ("空腹血糖", "GLU"), ("肌酐(Cr)", "CREA")])
def test_resolve_accepts_the_general_code_beside_a_special_name(name: str, code: str) -> None:
    assert "ambiguous_name" not in done(lab(name, "5.1", None, abbreviation=code), *BLOOD).doubts


def test_resolve_doubts_name_and_code_of_two_analytes() -> None:
    row = done(lab("肌酐", "75", "umol/L", "41", "111", abbreviation="BUN"))
    assert "ambiguous_name" in row.doubts


@pytest.mark.parametrize(
    ("row", "value", "unit"),
    [
        (lab("肌酐", "9.2", "mg/dL", "0.5", "1.2"), "813.3", "umol/L"),
        (lab("葡萄糖", "126", "mg/dL", "70", "110"), "7.0", "mmol/L"),
        (lab("血红蛋白", "9.8", "g/dL", "11.5", "15"), "98.0", "g/L"),
        (lab("尿酸", "8.1", "mg/dL", "2.5", "7"), "481.8", "umol/L"),
        (lab("总胆固醇", "232", "mg/dL"), "6.0", "mmol/L"),
        (lab("尿微量白蛋白/肌酐", "30", "mg/mmol"), "265.2", "mg/g"),
        (lab("24小时尿蛋白定量", "3500", "mg/24h"), "3.5", "g/24h"),
        (lab("肾小球滤过率", "12", "ml/min"), "12.0", "mL/min/1.73m2"),
        (lab("NT-proBNP", "2.4", "ng/mL"), "2400.0", "pg/mL"),
        (lab("TSH", "4.1", "μIU/mL"), "4.1", "mIU/L"),
        (lab("白细胞计数", "7800", "/uL", specimen="全血"), "7.8", "10*9/L"),
    ],
)
def test_conversion_to_the_canonical_unit(row: LabResult, value: str, unit: str) -> None:
    found = done(row)
    assert found.canonical_unit == unit
    assert found.canonical_value is not None
    assert round(found.canonical_value, 1) == Decimal(value)
    assert "unit_unknown" not in found.doubts


@pytest.mark.parametrize(
    ("name", "text", "more", "polarity"),
    [
        ("尿蛋白", "3+", {}, True),
        ("尿蛋白", "阴性(-)", {}, False),
        ("尿蛋白", "-", {}, False),
        ("尿蛋白", "±", {}, None),
        ("尿蛋白", "+-", {}, None),
        ("抗核抗体", "弱阳性", {}, True),
        ("抗核抗体", "1:320", {"reference_text": "<1:100"}, True),
        ("抗核抗体", "1:100", {"reference_text": "<1:100"}, True),
        ("抗核抗体", "1:80", {"reference_text": "<1:100"}, False),
        ("抗核抗体", "1:320", {}, None),
        ("乙肝表面抗原", "250", {"unit": "COI", "reference_text": "<1.0"}, True),
        ("乙肝表面抗原", "<0.05", {"unit": "IU/mL", "reference_text": "<0.05"}, False),
        ("乙肝e抗体", "0.02", {"unit": "S/CO", "low": "1.0", "reference_text": ">1.0"}, True),
        ("HBV-DNA", "2.35E+05", {"unit": "IU/mL", "reference_text": "<20"}, True),
        ("HBV-DNA", "未检出", {"unit": "IU/mL"}, False),
        ("HBV-DNA", "低于检测下限", {"unit": "IU/mL"}, False),
        ("HIV抗体", "非反应性", {}, None),
        ("HLA-B27", "阳性", {}, True),
        ("痰涂片找抗酸杆菌", "未找到抗酸杆菌", {}, False),
        ("痰涂片找抗酸杆菌", "找到抗酸杆菌(2+)", {}, True),
        ("肌酐", "75", {"unit": "umol/L", "low": "41", "high": "111"}, None),
    ],
)
def test_polarity(name: str, text: str, more: dict[str, str], polarity: bool | None) -> None:
    fields = {k: v for k, v in more.items() if k not in ("unit", "low", "high")}
    row = lab(name, text, more.get("unit"), more.get("low"), more.get("high"), **fields)
    assert done(row).polarity is polarity


@pytest.mark.parametrize(
    ("printed", "group"),
    [
        ("静脉血", "血"),
        ("血清", "血"),
        ("随机尿", "尿"),
        ("24h尿", "尿"),
        ("大便", "粪便"),
        ("脑脊液", "脑脊液"),
        ("胸腹水", "胸腹水"),
        ("标本", None),
    ],
)
def test_specimen_group(printed: str, group: str | None) -> None:
    assert specimen_group(printed) == group


def diagnosis(name: str, code: str | None = None) -> Diagnosis:
    return Diagnosis(
        document="d1",
        name=name,
        status=AssertionStatus.CONFIRMED,
        section="出院诊断",
        icd10=code,
        evidence=evidence(),
    )


def of_case(*diagnoses: Diagnosis) -> tuple[tuple[Diagnosis, ...], list[str]]:
    facts, alerts = normalise(CaseFacts(as_of=AS_OF, diagnoses=diagnoses), vocabulary=VOCABULARY)
    return facts.diagnoses, [alert.code for alert in alerts]


def test_diagnosis_printed_code_wins_and_is_cleaned() -> None:
    (found,), alerts = of_case(diagnosis("2型糖尿病性肾病", "EI1.2OO"))
    assert (found.concept, found.icd10, alerts) == ("diabetic_nephropathy", "E11.200", [])


def test_diagnosis_code_of_another_disease_is_told() -> None:
    (found,), alerts = of_case(diagnosis("冠心病", "E11.900"))
    assert (found.concept, found.icd10) == ("coronary_heart_disease", "E11.900")
    assert alerts == ["code_name_disagree"]


def test_diagnosis_of_two_diseases_gives_two_facts_with_one_evidence() -> None:
    found, _ = of_case(diagnosis("糖尿病肾病 CKD5期"))
    assert {d.concept for d in found} == {"diabetic_nephropathy", "uremia"}
    assert {d.evidence for d in found} == {evidence()}
    assert {d.name for d in found} == {"糖尿病肾病 CKD5期"}


def test_diagnosis_unknown_to_the_vocabulary_is_kept() -> None:
    (found,), alerts = of_case(diagnosis("某种未收录的病"))
    assert (found.name, found.concept, found.icd10, alerts) == ("某种未收录的病", None, None, [])


def test_diagnosis_status_is_never_touched() -> None:
    (found,), _ = of_case(replace(diagnosis("高血压病3级"), status=AssertionStatus.DENIED))
    assert (found.status, found.grade) == (AssertionStatus.DENIED, "3")


def test_treatment_gets_drug_and_classes() -> None:
    drug = Treatment(document="d1", kind="drug", name="盐酸二甲双胍片 0.5g", status=AssertionStatus.CONFIRMED)
    facts, _ = normalise(CaseFacts(as_of=AS_OF, treatments=(drug,)), vocabulary=VOCABULARY)
    assert facts.treatments[0].concept == "metformin"
    assert "降糖药" in facts.treatments[0].classes


ROWS = st.builds(
    lab,
    st.sampled_from(["肌酐", "葡萄糖", "白细胞", "尿蛋白", "抗核抗体", "K", "不认识的项目", ""]) | st.text(max_size=12),
    st.sampled_from(["812.4", "阴性(-)", "3+", "1:320", "<0.5", "2.3E+05", "↑", "812.4 1"]) | st.text(max_size=10),
    st.none() | st.sampled_from(["umol/L", "mmo1/L", "%", "/HP"]) | st.text(max_size=8),
    st.none() | st.sampled_from(["1", "41", "3.9"]),
    st.none() | st.sampled_from(["2", "111", "6.1"]),
    reference_text=st.none() | st.text(max_size=10),
    abbreviation=st.none() | st.text(max_size=6),
    specimen=st.none() | st.text(max_size=6),
)


@given(st.lists(ROWS, max_size=6))
def test_normalise_never_fails_and_keeps_everything_printed(rows: list[LabResult]) -> None:
    found, _ = run(rows)
    assert len(found) == len(rows)
    for before, after in zip(rows, found, strict=True):
        printed = (
            "document",
            "name",
            "text",
            "abbreviation",
            "unit",
            "reference_low",
            "reference_high",
            "reference_text",
        )
        assert all(getattr(before, field) == getattr(after, field) for field in printed)
        assert after.evidence == before.evidence
        if after.canonical_value is not None:
            assert after.analyte is not None
            assert after.canonical_unit == VOCABULARY.analytes[after.analyte].unit


def test_normalise_twice_changes_nothing_more() -> None:
    rows, _ = run((lab("肌酐", "812.4", "umol/L", "41", "111"), *BLOOD, lab("尿蛋白", "3+")))
    again, _ = run(rows)
    assert again == rows
