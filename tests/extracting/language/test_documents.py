"""Whole papers built by hand from lines: facts, dates and the place of each on the page."""

from __future__ import annotations

import datetime as dt

import pytest

from pipeline.extracting.language import ClinicalFacts, extract_clinical
from pipeline.extracting.language.nlp import clinical_pipeline
from rules.engine.facts import AssertionStatus, Diagnosis, DocumentType, Treatment, Unknown, VisitKind
from tests.extracting.language.paper import HEIGHT, PITCH, document

DISCHARGE = """
某某市第一人民医院
出院记录
姓名：张三|性别：男|年龄：65岁|科室：肾内科|住院号：123456
入院日期：2025-03-01 09:30|出院日期：2025-03-10 10:00|住院天数：9天
入院诊断：1.慢性肾脏病5期 2.高血压病3级 极高危 3.2型糖尿病
出院诊断：1.慢性肾脏病5期2.高血压病3级（极高危）3.2型糖尿病伴糖尿病肾病IV期4.肾性贫血
5.冠心病？6.陈旧性脑梗死
入院情况：患者5年前体检发现血肌酐升高，无明显诱因出现双下肢水肿。既往有高血压病史10余年。
血压最高达200/110mmHg，否认冠心病、脑梗死病史，其父患有糖尿病。
诊疗经过：2025-03-02肾功能：肌酐 812μmol/L↑，尿素氮25.6mmol/L；血常规：WBC 6.3×10^9/L，HGB 82g/L↓。
心脏彩超（2025-03-03）：左室肥厚，EF 52%。头颅CT未见明显出血。于2025-03-05行血液透析治疗。拟行动静脉内瘘成形术。
出院医嘱：1.规律血液透析，每周3次；2.门诊随访；
医师签名：李四|2025年03月10日
"""


def read(kind: DocumentType, *pages: str, **more: object) -> ClinicalFacts:
    return extract_clinical([document(kind, *pages, **more)])  # type: ignore[arg-type]


def under(facts: ClinicalFacts, section: str) -> list[Diagnosis]:
    return [d for d in facts.diagnoses if d.section == section]


def test_documents_discharge_record_gives_the_stay() -> None:
    (visit,) = read(DocumentType.DISCHARGE_SUMMARY, DISCHARGE).visits
    assert visit.kind is VisitKind.INPATIENT
    assert (visit.start, visit.end) == (dt.date(2025, 3, 1), dt.date(2025, 3, 10))
    assert len(visit.evidence) == 2


def test_documents_discharge_record_lists_diagnoses_with_status_grade_and_date() -> None:
    listed = under(read(DocumentType.DISCHARGE_SUMMARY, DISCHARGE), "出院诊断")
    assert [d.name for d in listed] == [
        "慢性肾脏病5期",
        "高血压病3级（极高危）",
        "2型糖尿病伴糖尿病肾病IV期",
        "肾性贫血",
        "冠心病？",
        "陈旧性脑梗死",
    ]
    assert [d.grade for d in listed] == ["G5", "3", "IV", None, None, None]
    assert [d.status for d in listed].count(AssertionStatus.CONFIRMED) == 5
    assert listed[4].status is AssertionStatus.SUSPECTED
    assert {d.date for d in listed} == {dt.date(2025, 3, 10)}
    assert {d.date for d in under(read(DocumentType.DISCHARGE_SUMMARY, DISCHARGE), "入院诊断")} == {dt.date(2025, 3, 1)}


def test_documents_history_is_never_confirmed() -> None:
    told = [d for d in read(DocumentType.DISCHARGE_SUMMARY, DISCHARGE).diagnoses if d.section == "入院情况"]
    stated = {(d.name, d.status) for d in told}
    assert ("冠心病", AssertionStatus.DENIED) in stated
    assert ("糖尿病", AssertionStatus.FAMILY) in stated
    assert any(name.startswith("高血压") and status is AssertionStatus.HISTORY for name, status in stated)
    assert all(status is not AssertionStatus.CONFIRMED for _, status in stated)


def test_documents_prose_labs_carry_unit_flag_and_day() -> None:
    labs = {lab.name: lab for lab in read(DocumentType.DISCHARGE_SUMMARY, DISCHARGE).lab_results}
    creatinine = labs["肌酐"]
    assert (creatinine.text, creatinine.unit, creatinine.flag) == ("812", "μmol/L", "high")
    assert creatinine.sampled_at == dt.datetime(2025, 3, 2)
    assert creatinine.evidence[0].extractor == "prose-lab"
    assert labs["HGB"].flag == "low"
    assert labs["WBC"].unit == "×10^9/L"


def test_documents_treatments_given_and_planned() -> None:
    treatments: dict[tuple[str | None, str], Treatment] = {
        (t.concept, t.section): t for t in read(DocumentType.DISCHARGE_SUMMARY, DISCHARGE).treatments
    }
    given = treatments[("hemodialysis", "诊疗经过")]
    assert (given.kind, given.status, given.date) == ("dialysis", AssertionStatus.CONFIRMED, dt.date(2025, 3, 5))
    assert treatments[("dialysis_access", "诊疗经过")].status is AssertionStatus.SUSPECTED


def test_documents_quoted_examination_keeps_its_day() -> None:
    facts = read(DocumentType.DISCHARGE_SUMMARY, DISCHARGE)
    (finding,) = [f for f in facts.findings if f.concept == "left_ventricular_hypertrophy"]
    assert (finding.modality, finding.date) == ("echo", dt.date(2025, 3, 3))
    (bleeding,) = [f for f in facts.findings if f.concept == "cerebral_hemorrhage"] or [None]
    assert bleeding is None or bleeding.status is AssertionStatus.DENIED


@pytest.mark.parametrize("skew", [0.0, 0.01, -0.015])
def test_documents_evidence_points_at_the_printed_row(skew: float) -> None:
    facts = read(DocumentType.DISCHARGE_SUMMARY, DISCHARGE, skew=skew)
    rows = DISCHARGE.strip("\n").split("\n")
    for diagnosis in under(facts, "出院诊断"):
        (evidence,) = diagnosis.evidence
        number = next(i for i, row in enumerate(rows) if diagnosis.name in row and not row.startswith("入院"))
        x0, y0, x1, y1 = evidence.box
        top = 80 + number * PITCH + skew * x0
        assert abs(y0 - top) < 0.8 * HEIGHT
        assert y1 - y0 < 2 * HEIGHT
        assert evidence.quote == diagnosis.name
        start = 100 + sum(HEIGHT if ord(c) >= 0x2E80 else HEIGHT / 2 for c in rows[number].split(diagnosis.name)[0])
        assert abs(x0 - start) < HEIGHT
        assert x1 > x0


def test_documents_paragraph_wrapped_inside_a_name_is_read_whole() -> None:
    width = "现病史：患者三年来反复胸闷气促活动后加重休息可缓解伴双下肢浮肿夜间不能平卧外院予治疗后好转出院，有"
    facts = read(DocumentType.ADMISSION_RECORD, f"入院记录\n{width}2型糖\n尿病史八年，否认冠心病。\n体格检查：神清")
    told = {(d.name, d.status) for d in facts.diagnoses}
    assert ("2型糖尿病", AssertionStatus.HISTORY) in told
    assert ("冠心病", AssertionStatus.DENIED) in told


def test_documents_two_lists_side_by_side() -> None:
    text = """
出院小结
入院诊断：|@800 出院诊断：
1.慢性阻塞性肺疾病|@800 1.慢性阻塞性肺疾病急性加重
2.高血压病|@800 2.高血压病3级
3.肺癌？|@800 3.肺气肿
入院日期：2025-02-01|出院日期：2025-02-10
"""
    facts = read(DocumentType.DISCHARGE_SUMMARY, text)
    assert [d.name for d in under(facts, "入院诊断")] == ["慢性阻塞性肺疾病", "高血压病", "肺癌？"]
    assert [d.name for d in under(facts, "出院诊断")] == ["慢性阻塞性肺疾病急性加重", "高血压病3级", "肺气肿"]


def test_documents_ruled_cells_with_centred_labels() -> None:
    text = """
出院记录
入院日期|2025-02-01
@400 1.慢性阻塞性肺疾病
出院诊断|@400 2.高血压病3级
@400 3.肺气肿
诊疗经过|@400 予抗感染治疗。
"""
    facts = read(DocumentType.DISCHARGE_SUMMARY, text)
    assert [d.name for d in under(facts, "出院诊断")] == ["慢性阻塞性肺疾病", "高血压病3级", "肺气肿"]


def test_documents_front_page_table_with_codes() -> None:
    text = """
住院病案首页
入院时间：2025年03月01日09时|入院科别：肾内科
出院时间：2025年03月10日10时|出院科别：肾内科|实际住院：9天
门（急）诊诊断：慢性肾功能衰竭|疾病编码：N18.900
出院诊断|@500 疾病编码|@750 入院病情|@900 出院诊断|@1300 疾病编码|@1500 入院病情
主要诊断：慢性肾脏病5期|@500 N18.001|@750 1|@900 其他诊断：肾性贫血|@1300 N18.903|@1500 1
其他诊断：高血压病3级|@500 I10.x05|@750 1|@900 2型糖尿病|@1300 E11.900|@1500 1
入院病情：1.有，2.临床未确定，3.情况不明，4.无
损伤、中毒的外部原因：-
"""
    facts = read(DocumentType.FRONT_PAGE, text)
    assert [(d.name, d.icd10) for d in under(facts, "出院诊断")] == [
        ("慢性肾脏病5期", "N18.001"),
        ("肾性贫血", "N18.903"),
        ("高血压病3级", "I10.x05"),
        ("2型糖尿病", "E11.900"),
    ]
    assert [(d.name, d.icd10) for d in under(facts, "门诊诊断")] == [("慢性肾功能衰竭", "N18.900")]
    assert facts.visits[0].end == dt.date(2025, 3, 10)


def test_documents_front_page_with_wrapped_column_heads() -> None:
    text = """
住院病案首页
出院诊断|@500 疾病编码|@750 入院病|@900 出院诊断|@1300 疾病编码|@1500 入院病
@750 情|@1500 情
主要诊断：慢性阻塞性肺疾病伴急性加重|@700 J44.100|@900 1
其他诊断：肺部感染|@700 J98.414|@900 1
损伤、中毒的外部原因一|@700 疾病编码一
"""
    facts = read(DocumentType.FRONT_PAGE, text)
    assert [(d.name, d.icd10) for d in facts.diagnoses] == [
        ("慢性阻塞性肺疾病伴急性加重", "J44.100"),
        ("肺部感染", "J98.414"),
    ]


def test_documents_certificate_without_headings() -> None:
    text = """
诊断证明书
张三，男，65岁，于2025年3月1日至2025年3月10日在我院住院治疗，
诊断为：1.2型糖尿病 2.糖尿病周围神经病变。
建议：全休两周。特此证明
"""
    facts = read(DocumentType.DIAGNOSIS_CERTIFICATE, text, date=dt.date(2025, 3, 12))
    assert [d.name for d in facts.diagnoses] == ["2型糖尿病", "糖尿病周围神经病变"]
    assert {d.date for d in facts.diagnoses} == {dt.date(2025, 3, 12)}
    assert (facts.visits[0].start, facts.visits[0].end) == (dt.date(2025, 3, 1), dt.date(2025, 3, 10))


def test_documents_outpatient_note_is_one_visit() -> None:
    text = """
门诊病历
姓名：张三|就诊时间：2025-04-02 09:20|科室：内分泌科
现病史：患者5年前诊断2型糖尿病，血糖控制欠佳。
诊断：2型糖尿病
"""
    facts = read(DocumentType.OUTPATIENT_RECORD, text)
    assert [(v.kind, v.start, v.end) for v in facts.visits] == [
        (VisitKind.OUTPATIENT, dt.date(2025, 4, 2), dt.date(2025, 4, 2))
    ]
    assert [(d.name, d.status, d.date) for d in under(facts, "诊断")] == [
        ("2型糖尿病", AssertionStatus.CONFIRMED, dt.date(2025, 4, 2))
    ]


def test_documents_several_visits_on_one_sheet_keep_their_own_dates() -> None:
    text = """
门诊病历
就诊日期:2025-02-03|科室:肾内科
现病史:患者慢性肾衰竭尿毒症期，规律血液透析每周3次。
诊断:慢性肾衰竭(尿毒症期)
处理:继续规律血液透析
就诊日期:2025-03-05|科室:肾内科
诊断:慢性肾衰竭(尿毒症期)
处理:血液透析
"""
    facts = read(DocumentType.OUTPATIENT_RECORD, text)
    days = [dt.date(2025, 2, 3), dt.date(2025, 3, 5)]
    assert [v.start for v in facts.visits] == days
    assert [d.date for d in under(facts, "诊断")] == days
    given = [t for t in facts.treatments if t.section == "处理意见" and t.status is AssertionStatus.CONFIRMED]
    assert [t.date for t in given] == days


@pytest.mark.parametrize("sign", ["R", "Rp", "Rp.", "处方：", "药品名称"])
def test_documents_prescription_drugs_are_no_diagnoses(sign: str) -> None:
    text = f"""
某某医院门诊处方笺
费别:医保 日期:2025-04-02
临床诊断:2型糖尿病
{sign}
盐酸二甲双胍片 0.5g×60片
用法:0.5g po tid
"""
    facts = read(DocumentType.PRESCRIPTION, text)
    assert [d.name for d in facts.diagnoses] == ["2型糖尿病"]
    assert [(t.concept, t.date) for t in facts.treatments] == [("metformin", dt.date(2025, 4, 2))]
    assert [v.start for v in facts.visits] == [dt.date(2025, 4, 2)]


def test_documents_operation_and_dialysis_records_are_dated() -> None:
    operation = """
手术记录
手术日期：2025-03-05
术前诊断：胃恶性肿瘤
手术名称：腹腔镜下远端胃癌根治术（D2）
"""
    (treatment,) = read(DocumentType.OPERATION_RECORD, operation).treatments
    assert (treatment.concept, treatment.date) == ("tumor_resection", dt.date(2025, 3, 5))
    dialysis = "血液透析治疗记录单\n首次透析日期：2023-01-02\n透析日期：2025-04-02|透析方式：HD|超滤量：2.5L"
    (session,) = read(DocumentType.DIALYSIS_RECORD, dialysis).treatments
    assert (session.concept, session.date) == ("hemodialysis", dt.date(2025, 4, 2))


def test_documents_chemotherapy_given_and_next_cycle_planned() -> None:
    text = """
出院小结
入院日期：2025-02-01|出院日期：2025-02-10
诊疗经过：排除禁忌后于2025-02-08行第1周期XELOX方案化疗，过程顺利。
出院医嘱：3周后返院行第2周期化疗。
"""
    made = [(t.section, t.status, t.date) for t in read(DocumentType.DISCHARGE_SUMMARY, text).treatments]
    assert ("诊疗经过", AssertionStatus.CONFIRMED, dt.date(2025, 2, 8)) in made
    assert all(status is AssertionStatus.SUSPECTED for section, status, _ in made if section == "出院医嘱")


def test_documents_dates_that_cannot_be_are_reported() -> None:
    text = "出院小结\n入院日期：2025-03-10|出院日期：2025-03-01\n出院诊断：高血压病"
    facts = read(DocumentType.DISCHARGE_SUMMARY, text)
    assert facts.visits[0].end is Unknown.CONFLICTING
    assert [alert.code for alert in facts.alerts] == ["stay_dates_reversed"]


def test_documents_section_continues_on_the_next_page() -> None:
    facts = read(DocumentType.DISCHARGE_SUMMARY, "出院小结\n出院诊断：1.高血压病3级", "2.2型糖尿病\n医师：李四")
    listed = under(facts, "出院诊断")
    assert [d.name for d in listed] == ["高血压病3级", "2型糖尿病"]
    assert [d.evidence[0].page for d in listed] == [1, 2]


def test_documents_section_goes_on_below_a_repeated_page_head() -> None:
    head = "某某市第一人民医院\n出院记录\n姓名：张三|科室：内科|住院号：123456\n"
    first = head + "入院日期：2025-03-01|出院日期：2025-03-10\n出院诊断：1.高血压病3级"
    second = head + "2.2型糖尿病\n诊疗经过：予二甲双胍降糖。\n医师签名：李四"
    facts = read(DocumentType.DISCHARGE_SUMMARY, first, second)
    assert [d.name for d in under(facts, "出院诊断")] == ["高血压病3级", "2型糖尿病"]
    assert "metformin" in {t.concept for t in facts.treatments}


def test_documents_nothing_is_read_below_a_signature() -> None:
    facts = read(
        DocumentType.DISCHARGE_SUMMARY, "出院小结\n出院诊断：1.高血压病3级\n医师签名：李四", "糖尿病教育\n页脚"
    )
    assert [d.name for d in under(facts, "出院诊断")] == ["高血压病3级"]


def test_documents_result_column_beside_a_diagnosis_is_no_part_of_it() -> None:
    facts = read(DocumentType.DISCHARGE_SUMMARY, "出院小结\n出院诊断：1.高血压病3级|@800 好转\n2.2型糖尿病|@800 好转")
    assert [d.name for d in under(facts, "出院诊断")] == ["高血压病3级", "2型糖尿病"]


def test_documents_glued_diagnoses_are_parted_at_whole_names() -> None:
    text = "诊断证明书\n临床诊断：1.冠状动脉粥样硬化性心脏病不稳定型心绞痛心功能Ⅲ级2.2型糖尿病视网膜病变"
    facts = read(DocumentType.DIAGNOSIS_CERTIFICATE, text)
    names = [d.name for d in facts.diagnoses]
    assert names == ["冠状动脉粥样硬化性心脏病", "不稳定型心绞痛", "心功能Ⅲ级", "2型糖尿病视网膜病变"]


def test_documents_without_words_give_nothing() -> None:
    assert extract_clinical([]) == ClinicalFacts()
    assert read(DocumentType.RECEIPT, "出院诊断：高血压病") == ClinicalFacts()


def test_documents_every_fact_has_a_place() -> None:
    facts = read(DocumentType.DISCHARGE_SUMMARY, DISCHARGE)
    groups = (facts.visits, facts.diagnoses, facts.findings, facts.treatments, facts.lab_results)
    assert all(group for group in groups)
    for group in groups:
        assert all(fact.evidence for fact in group)


def test_documents_leave_nothing_in_the_vocabulary_of_the_process() -> None:
    nlp = clinical_pipeline()
    read(DocumentType.DISCHARGE_SUMMARY, DISCHARGE)
    before = (len(list(nlp.vocab)), len(nlp.vocab.strings))
    rare = "".join(chr(0x9000 + i) for i in range(400))
    for _ in range(3):
        read(DocumentType.DISCHARGE_SUMMARY, DISCHARGE + f"\n出院情况：{rare}")
    assert (len(list(nlp.vocab)), len(nlp.vocab.strings)) == before
