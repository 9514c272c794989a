"""Diagnoses, drugs and codes: integrity of the data and the look-ups that stand on it."""

from __future__ import annotations

import re

import pytest

from rules.vocabulary import load_vocabulary
from rules.vocabulary.cleaning import term_key
from rules.vocabulary.lookup import (
    clean_icd10,
    code_fits,
    has_prefix,
    icd10_prefix,
    lookup_diagnosis,
    lookup_drug,
    lookup_drugs,
)

VOCABULARY = load_vocabulary()
CLASSES = (
    "降糖药 胰岛素 降压药 利尿药 抗肿瘤药 靶向药 免疫检查点抑制剂 内分泌治疗药 支气管扩张剂 吸入激素 抗排异药 抗结核药 "
    "多巴胺类 抗凝药 抗血小板药 调脂药 抗癫痫药 抗精神病药 抗甲状腺药 甲状腺素 抗痛风药 抗乙肝病毒药 抗丙肝病毒药 "
    "抗HIV药 免疫抑制剂 生物制剂 骨质疏松药 青光眼药 促红素"
)


def test_diagnoses_are_enough_and_hold_the_shared_ids() -> None:
    shared = """malignant_tumor leukemia lymphoma hypertension diabetes diabetes_type1 diabetes_type2
    diabetic_nephropathy diabetic_retinopathy diabetic_neuropathy diabetic_foot uremia chronic_kidney_disease
    renal_insufficiency
    copd chronic_bronchitis emphysema coronary_heart_disease myocardial_infarction heart_failure cerebral_infarction
    cerebral_hemorrhage atrial_fibrillation asthma"""
    assert len(VOCABULARY.diagnoses) >= 300
    assert set(shared.split()) <= set(VOCABULARY.diagnoses)


def test_diagnoses_codes_names_and_broader_terms_hold_together() -> None:
    names: dict[str, str] = {}
    for term in VOCABULARY.diagnoses.values():
        assert term.icd10, term.id
        assert all(re.fullmatch(r"[A-Z]\d{2}(\.\d{1,3})?(-[A-Z]\d{2})?", code) for code in term.icd10), term.id
        assert set(term.broader) <= set(VOCABULARY.diagnoses), term.id
        for name in term.names:
            assert names.setdefault(term_key(name), term.id) == term.id, name


def test_diagnoses_broader_terms_have_no_circle() -> None:
    for start in VOCABULARY.diagnoses:
        seen, todo = set[str](), [start]
        while todo:
            for broader in VOCABULARY.diagnoses[todo.pop()].broader:
                assert broader != start
                if broader not in seen:
                    seen.add(broader)
                    todo.append(broader)


def test_drugs_are_enough_and_names_are_unique() -> None:
    assert len(VOCABULARY.drugs) >= 350
    names: dict[str, str] = {}
    for drug in VOCABULARY.drugs.values():
        assert drug.classes, drug.id
        for name in drug.names:
            assert names.setdefault(term_key(name), drug.id) == drug.id, name


@pytest.mark.parametrize(
    "wanted",
    CLASSES.split(),
)
def test_drugs_hold_every_class(wanted: str) -> None:
    assert any(wanted in drug.classes for drug in VOCABULARY.drugs.values())


@pytest.mark.parametrize(
    ("name", "concept", "icd10", "grade"),
    [
        ("2型糖尿病伴多个并发症 糖尿病肾病IV期", "diabetic_nephropathy", "E11.2", "IV"),
        ("2型糖尿病性周围神经病", "diabetic_neuropathy", "E11.4", None),
        ("①2型糖尿病", "diabetes_type2", "E11", None),
        ("2型糖尿病伴周围神经病变", "diabetic_neuropathy", "E11.4", None),
        ("2型糖尿病合并视网膜病变", "diabetic_retinopathy", "E11.3", None),
        ("糖尿病伴足溃疡", "diabetic_foot", "E14.5", None),
        ("高血压病3级（极高危）", "hypertension", "I10", "3"),
        ("高血压病 III级(很高危组)", "hypertension", "I10", "3"),
        ("原发性高血压 2 级", "hypertension", "I10", "2"),
        ("高血压Ⅲ期", "hypertension", "I10", None),
        ("高血压2-3级", "hypertension", "I10", None),
        ("慢性肾脏病5期 肾性贫血", "uremia", "N18.5", "G5"),
        ("慢性肾功能衰竭（尿毒症期）", "uremia", "N18.5", "G5"),
        ("慢性肾脏病(CKD5期) 维持性血液透析", "uremia", "N18.5", "G5"),
        ("CKD3a期", "chronic_kidney_disease", "N18", "G3a"),
        ("慢性肾脏病4期", "chronic_kidney_disease", "N18", "G4"),
        ("慢性阻塞性肺疾病急性加重期", "copd", "J44", None),
        ("肺动脉高压", "pulmonary_hypertension", "I27.2", None),
        ("门静脉高压症", "portal_hypertension", "K76.6", None),
        ("糖尿病前期", "prediabetes", "R73", None),
        ("妊娠期糖尿病", "gestational_diabetes", "O24", None),
        ("尿崩症", "diabetes_insipidus", "E23.2", None),
        ("右肺上叶浸润性腺癌", "lung_cancer", "C34", None),
        ("左乳癌术后化疗", "breast_cancer", "C50", None),
        ("胃低分化癌", "malignant_tumor", None, None),
        ("脑梗塞", "cerebral_infarction", "I63", None),
        ("慢性心力衰竭 NYHA III级", "heart_failure", "I50", "III"),
        ("甲状腺机能减退症", "hypothyroidism", "E03", None),
    ],
)
def test_lookup_diagnosis_takes_the_most_telling_name(
    name: str, concept: str, icd10: str | None, grade: str | None
) -> None:
    match = lookup_diagnosis(name, vocabulary=VOCABULARY)
    assert match is not None
    assert (match.concepts[0], match.icd10, match.grade) == (concept, icd10, grade)


@pytest.mark.parametrize("name", ["癌前病变", "癌胚抗原升高", "EB病毒检测", "", "3.", "家属签字"])
def test_lookup_diagnosis_finds_nothing_where_nothing_is_known(name: str) -> None:
    assert lookup_diagnosis(name, vocabulary=VOCABULARY) is None


def test_lookup_diagnosis_keeps_two_diseases_of_one_line() -> None:
    match = lookup_diagnosis("肺癌脑转移", vocabulary=VOCABULARY)
    assert match is not None
    assert set(match.concepts) == {"brain_metastasis", "lung_cancer"}


@pytest.mark.parametrize("wrong", ["原位癌", "宫颈原位癌", "甲状腺结节", "子宫肌瘤", "脑膜瘤"])
def test_lookup_diagnosis_never_calls_these_malignant(wrong: str) -> None:
    match = lookup_diagnosis(wrong, vocabulary=VOCABULARY)
    assert match is not None
    assert "malignant_tumor" not in match.concepts
    assert all("malignant_tumor" not in VOCABULARY.diagnoses[c].broader for c in match.concepts)


@pytest.mark.parametrize(
    ("printed", "clean", "prefix"),
    [
        ("EI1.900", "E11.900", "E11.900"),
        ("I1O.xO0", "I10.x00", "I10"),
        ("I10.x00x002", "I10.x00x002", "I10"),
        ("E 11.9", "E11.9", "E11.9"),
        ("H36.0*", "H36.0", "H36.0"),
        ("E14.2+", "E14.2", "E14.2"),
        ("E11.2+N08.3*", "E11.2", "E11.2"),
        ("C16.900x002", "C16.900x002", "C16.900"),
        ("Ｎ１８．５０１", "N18.501", "N18.501"),
        ("J44", "J44", "J44"),
    ],
)
def test_clean_icd10_reads_printed_and_misread_codes(printed: str, clean: str, prefix: str) -> None:
    assert clean_icd10(printed) == clean
    assert icd10_prefix(clean) == prefix


@pytest.mark.parametrize("text", ["M8140/3", "110.x00", "", "糖尿病", "2025-09-12", "A1", "EE11.9"])
def test_clean_icd10_refuses_what_is_no_diagnosis_code(text: str) -> None:
    assert clean_icd10(text) is None


def test_has_prefix_compares_categories_ranges_and_longer_codes() -> None:
    assert has_prefix("I10.x00x002", ["I10"])
    assert has_prefix("C34.900", ["C00-C97"])
    assert not has_prefix("D34.900", ["C00-C97"])
    assert not has_prefix("N18.4", ["N18.5"])


def test_code_fits_looks_at_broader_and_narrower_terms() -> None:
    assert code_fits("E11.900", "diabetic_nephropathy", vocabulary=VOCABULARY)
    assert code_fits("E11.900", "diabetes", vocabulary=VOCABULARY)
    assert not code_fits("I10.x00", "diabetes", vocabulary=VOCABULARY)


@pytest.mark.parametrize(
    ("printed", "drug", "of_class"),
    [
        ("盐酸二甲双胍缓释片 0.5g bid", "metformin", "降糖药"),
        ("门冬胰岛素30注射液(诺和锐30)", "insulin_aspart_30", "胰岛素"),
        ("苯磺酸氨氯地平片5mg", "amlodipine", "降压药"),
        ("缬沙坦氨氯地平片", "valsartan_amlodipine", "降压药"),
        ("沙库巴曲缬沙坦钠片", "sacubitril_valsartan", "降压药"),
        ("布地奈德福莫特罗粉吸入剂", "budesonide_formoterol", "支气管扩张剂"),
        ("左甲状腺素钠片", "levothyroxine", "甲状腺素"),
        ("多巴丝肼片（美多芭）", "levodopa_benserazide", "多巴胺类"),
        ("注射用奥沙利铂", "oxaliplatin", "抗肿瘤药"),
    ],
)
def test_lookup_drug_takes_the_longest_name(printed: str, drug: str, of_class: str) -> None:
    assert lookup_drug(printed, vocabulary=VOCABULARY) == drug
    assert of_class in VOCABULARY.drugs[drug].classes


def test_lookup_drugs_finds_all_of_a_line_in_order() -> None:
    line = "异烟肼0.3g、利福平0.45g、乙胺丁醇0.75g"
    assert lookup_drugs(line, vocabulary=VOCABULARY) == ("isoniazid", "rifampicin", "ethambutol")
    assert lookup_drug(line, vocabulary=VOCABULARY) is None
    assert lookup_drugs("低盐饮食", vocabulary=VOCABULARY) == ()
