"""Measurements, grades and dates of running text."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest

from pipeline.extracting.language.grades import grade_of
from pipeline.extracting.language.measurements import find_measurements
from pipeline.extracting.language.moments import paper_dates
from pipeline.extracting.language.text import join_plain
from rules.engine.facts import DocumentType, Unknown

MEASURED = {
    "LVEF 38%": [("lvef", "38", None, "%")],
    "EF:38%，FS：19%": [("lvef", "38", None, "%")],
    "左室射血分数(LVEF)约为55％": [("lvef", "55", None, "%")],
    "EF 0.38": [("lvef", "38", None, "%")],
    "EF斜率 80mm/s": [],
    "EF 55-60%": [],
    "TEF 38%": [],
    "前降支近段狭窄约80%": [("stenosis_percent", "80", None, "%")],
    "狭窄50-70%": [("stenosis_percent", "50", ">=", "%")],
    "狭窄（50-69%）": [("stenosis_percent", "50", ">=", "%")],
    "T值-3.1": [("bone_t_score", "-3.1", None, None)],
    "腰椎L1-4 T值：－3.1": [("bone_t_score", "-3.1", None, None)],
    "室间隔厚约12mm": [("ivs_thickness", "12", None, "mm")],
    "IVS 1.2cm": [("ivs_thickness", "1.2", None, "cm")],
    "IVS 12": [("ivs_thickness", "12", None, "mm")],
    "IVS 1.2": [("ivs_thickness", "1.2", None, "cm")],
    "IVS(mm)：12": [("ivs_thickness", "12", None, "mm")],
    "左室舒张末内径：56mm": [("lv_end_diastolic_diameter", "56", None, "mm")],
    "内中膜厚约1.3mm": [("carotid_imt", "1.3", None, "mm")],
    "PASP约45mmHg": [("pasp", "45", None, "mmHg")],
    "BP 180/110mmHg": [("systolic_bp", "180", None, "mmHg"), ("diastolic_bp", "110", None, "mmHg")],
    "血压最高达200/110mmHg": [("systolic_bp", "200", None, "mmHg"), ("diastolic_bp", "110", None, "mmHg")],
    "FEV1/FVC 62.3%": [("fev1_fvc", "62.3", None, "%")],
    "FEV1/FVC<70%": [("fev1_fvc", "70", "<", "%")],
    "FEV1/FVC 60.12 75.3": [],
    "一秒率 65.2%": [("fev1_fvc", "65.2", None, "%")],
    "吸入支气管舒张剂后FEV1/FVC为58.2%": [("fev1_fvc_post", "58.2", None, "%")],
    "使用沙丁胺醇后 FEV1 1.2L，FEV1/FVC=0.56": [("fev1_fvc_post", "56", None, "%")],
    "室早总数12345个": [("pvc_count", "12345", None, "个")],
    "EF 380%": [],
}


@pytest.mark.parametrize(("text", "expected"), MEASURED.items(), ids=list(MEASURED))
def test_measurements_read_label_number_and_unit(
    text: str, expected: list[tuple[str, str, str | None, str | None]]
) -> None:
    found = [(m.term, m.value, m.comparator, m.unit) for m in find_measurements(join_plain(text).text)]
    assert found == [(term, Decimal(value), comparator, unit) for term, value, comparator, unit in expected]


GRADES = {
    "高血压病3级(极高危)": "3",
    "高血压病(3级,极高危)": "3",
    "原发性高血压Ⅲ级": "3",
    "2级高血压": "2",
    "高血压病2-3级": "2",
    "高血压病III期": None,
    "高血压病": None,
    "高血压病极高危3级": "3",
    "高血压性心脏病心功能III级": "III",
    "高血压病 慢性肾脏病3期": "G3",
    "慢性肾脏病,高血压病3期": None,
    "心功能不全 高血压病2级": "2",
    "慢性肾脏病5期": "G5",
    "CKD5期": "G5",
    "慢性肾脏病(CKD4期)": "G4",
    "慢性肾脏病G3b期": "G3",
    "冠心病 心功能Ⅲ级(NYHA)": "III",
    "糖尿病肾病IV期": "IV",
    "左肺腺癌 IIIA期": "IIIA",
}


@pytest.mark.parametrize(("name", "grade"), GRADES.items(), ids=list(GRADES))
def test_grades_are_read_as_printed(name: str, grade: str | None) -> None:
    assert grade_of(name) == grade


STAYS = [
    "入院日期：2025-03-01 09:12 出院日期：2025年03月10日",
    "入院时间:2025.03.01\t出院时间:2025.03.10",
    "患者于2025-03-01入院，经治疗于2025-03-10出院",
    "住院日期：2025-03-01至2025-03-10",
    "于2025年3月1日至2025年3月10日在我科住院治疗",
    "入院日期：2025年03月01日10时20分出院日期：2025年03月10日09时00分住院9天",
]


@pytest.mark.parametrize("text", STAYS)
def test_dates_of_a_stay(text: str) -> None:
    dates = paper_dates(join_plain(text).text, DocumentType.DISCHARGE_SUMMARY, Unknown.ABSENT)
    assert (dates.admitted, dates.discharged) == (dt.date(2025, 3, 1), dt.date(2025, 3, 10))


def test_dates_of_printing_and_examination_are_no_visit() -> None:
    dates = paper_dates("检查日期:2025-03-01\n打印日期:2025-03-02", DocumentType.OUTPATIENT_RECORD, Unknown.ABSENT)
    assert dates.visits == ()
