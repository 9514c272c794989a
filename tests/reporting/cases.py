"""Invented cases for the reports. Every person, hospital and number is made up."""
# ruff: noqa: E501 - sentences as people write them

from __future__ import annotations

import datetime as dt
from pathlib import Path

from pipeline.nouns import Alert, QualityIssue, Review, Severity
from rules.engine.facts import (
    AssertionStatus,
    DocumentType,
    Finding,
    FormEntry,
    HospitalLevel,
    InkState,
    Owner,
    Treatment,
    Unknown,
    Visit,
    VisitKind,
)
from rules.engine.judgement import Conclusion, DiseaseInfo, Need, Status, TraceNode
from tests.reporting.builder import CaseBuilder, criterion, judgement
from tests.reporting.sheets import record

HOSPITAL = "江州市第一人民医院"


def kidney(creatinine: str, urea: str, egfr: str) -> list[tuple[str, str, str, str, str, str]]:
    return [
        ("Crea", "肌酐", creatinine, "↑", "μmol/L", "57-97"),
        ("Urea", "尿素", urea, "↑", "mmol/L", "3.1-8.0"),
        ("UA", "尿酸", "486", "↑", "μmol/L", "208-428"),
        ("eGFR", "估算肾小球滤过率", egfr, "↓", "mL/min/1.73m²", "90-120"),
        ("K", "钾", "5.62", "↑", "mmol/L", "3.5-5.3"),
        ("Na", "钠", "138.2", "", "mmol/L", "137-147"),
        ("Ca", "钙", "2.02", "↓", "mmol/L", "2.11-2.52"),
        ("P", "无机磷", "2.11", "↑", "mmol/L", "0.85-1.51"),
        ("ALB", "白蛋白", "33.8", "↓", "g/L", "40-55"),
        ("HCRP", "超敏C反应蛋白", "<0.5", "", "mg/L", "0-8"),
    ]


def _form(case: CaseBuilder, disease: str) -> str:
    form = record(
        "江西省门诊慢特病病种待遇认定申请表",
        "",
        [("姓名", "张建国"), ("性别", "男"), ("身份证件号码", "999999196803120010"), ("联系电话", "13800001234")],
        [("申请病种", disease), ("医师意见", "建议申请门诊慢特病待遇。"), ("医师签名", "陈医生（副主任医师）")],
    )
    form.boxes["name"] = form.boxes["姓名"]
    number = case.document(
        DocumentType.APPLICATION_FORM,
        form,
        "申请表.jpg",
        date=dt.date(2026, 3, 10),
        hospital=Unknown.ABSENT,
        level=Unknown.ABSENT,
    )
    for field, value, key in (
        ("disease_applied", disease, "申请病种"),
        ("physician_title", "副主任医师", "医师签名"),
        ("physician_signature", InkState.PRESENT.value, "医师签名"),
        ("hospital_seal", InkState.UNSURE.value, "医师意见"),
        ("phone", "13800001234", "联系电话"),
    ):
        case.facts["form"].append(
            FormEntry(document=number, field=field, value=value, evidence=case.evidence(number, key, f"{key}：{value}"))
        )
    return number


def discharge(case: CaseBuilder, diagnoses: str, *, day: dt.date, file: str, course: str, **more: object) -> str:
    start = day - dt.timedelta(days=12)
    sheet = record(
        HOSPITAL,
        "出院记录",
        [
            ("姓名", "张建国"),
            ("性别", "男"),
            ("年龄", "58岁"),
            ("住院号", "0021877"),
            ("入院日期", start.isoformat()),
            ("出院日期", day.isoformat()),
        ],
        [("出院诊断", diagnoses), ("诊疗经过", course), ("出院医嘱", "低盐优质低蛋白饮食，门诊规律治疗，不适随诊。")],
    )
    sheet.boxes["name"] = sheet.boxes["姓名"]
    sheet.photo()
    number = case.document(DocumentType.DISCHARGE_SUMMARY, sheet, file, date=day, **more)  # type: ignore[arg-type]
    case.facts["visits"].append(
        Visit(
            document=number,
            kind=VisitKind.INPATIENT,
            start=start,
            end=day,
            hospital=HOSPITAL,
            department="肾内科",
            evidence=case.evidence(number, "出院日期", f"出院日期：{day}"),
        )
    )
    return number


def meets(folder: Path) -> Review:
    """尿毒症: every item has evidence; one reading of ours took part."""
    case = CaseBuilder(folder)
    case.applied_for = ("慢性肾功能衰竭（尿毒症期）",)
    _form(case, "慢性肾功能衰竭（尿毒症期）")
    stay = discharge(
        case,
        "1.慢性肾脏病5期（尿毒症期） 2.肾性贫血 3.肾性高血压",
        day=dt.date(2026, 1, 16),
        file="IMG_2031.jpg",
        course="入院后完善检查，行颈内静脉临时导管置入术，规律血液透析，每周3次，每次4小时，纠正贫血、控制血压。",
    )
    case.diagnosis(stay, "慢性肾脏病5期（尿毒症期）", "出院诊断", icd10="N18.5", date=dt.date(2026, 1, 16), grade="G5")
    case.diagnosis(stay, "肾性贫血", "出院诊断", icd10="D63.8", date=dt.date(2026, 1, 16))
    case.diagnosis(stay, "冠心病", "诊疗经过", status=AssertionStatus.SUSPECTED, section="入院诊断")
    case.facts["treatments"].append(
        Treatment(
            document=stay,
            kind="dialysis",
            name="血液透析",
            status=AssertionStatus.CONFIRMED,
            classes=("血液透析",),
            date=dt.date(2026, 1, 8),
            section="诊疗经过",
            evidence=case.evidence(stay, "诊疗经过", "规律血液透析，每周3次"),
        )
    )
    labs = [
        case.lab(dt.date(2025, 9, 12), kidney("712.4", "24.10", "7.1"), "检验1.jpg"),
        case.lab(dt.date(2025, 12, 3), kidney("798.0", "26.85", "6.2"), "检验2.jpg"),
        case.lab(dt.date(2026, 1, 5), kidney("944.6", "31.02", "4.9"), "检验3.jpg", angle=90),
    ]
    for day in (dt.date(2025, 10, 20), dt.date(2025, 11, 17)):
        case.facts["visits"].append(
            Visit(document=stay, kind=VisitKind.OUTPATIENT, start=day, end=day, hospital=HOSPITAL)
        )
    case.judgements.append(
        judgement(
            "慢性肾功能衰竭（尿毒症期）",
            Conclusion.MEETS,
            [
                criterion(
                    "1",
                    "二级及以上医疗机构出具的出院小结或疾病诊断证明书",
                    Status.MET,
                    "出院记录（三级甲等）的出院诊断写明慢性肾脏病5期（尿毒症期）。",
                    evidence=case.evidence(stay, "出院诊断", "1.慢性肾脏病5期（尿毒症期）"),
                ),
                criterion(
                    "2",
                    "两次及以上肾功能检查：GFR≤15 ml/min 或 血肌酐≥707 μmol/L",
                    Status.MET,
                    "3 次肌酐均不低于 707 μmol/L：2025-09-12、2025-12-03、2026-01-05。",
                    evidence=tuple(
                        e
                        for n, v in zip(labs, ("712.4", "798.0", "944.6"), strict=True)
                        for e in case.evidence(n, "row0", f"Crea 肌酐 {v} ↑ μmol/L 57-97", extractor="lab-table")
                    ),
                    readings=("同一天的多次化验只算一次（经验口径）。",),
                    trace=(
                        TraceNode(
                            label="肌酐 ≥ 707 μmol/L，至少 2 次",
                            value=True,
                            note="3 次",
                            children=(
                                TraceNode(label="2025-09-12 712.4", value=True),
                                TraceNode(label="2025-12-03 798.0", value=True),
                                TraceNode(label="2026-01-05 944.6", value=True),
                            ),
                        ),
                    ),
                ),
                criterion(
                    "3",
                    "门诊或住院腹膜透析或血液透析记录",
                    Status.MET,
                    "出院记录记载规律血液透析。",
                    evidence=case.evidence(stay, "诊疗经过", "规律血液透析，每周3次，每次4小时"),
                ),
                criterion(
                    "4",
                    "其他相关检查资料",
                    Status.NOT_APPLICABLE,
                    "条件 2、3 已有材料，本条不再需要。",
                    reason="not_needed",
                ),
            ],
            formula="(1) 且 [ (2)、(3)、(4) 中任意 1 项 ]",
        )
    )
    return case.review()


def conflicts(folder: Path) -> Review:
    """糖尿病: insufficient, with a conflict, another person's sheet, an old report, failed files and a blurred photo."""
    case = CaseBuilder(folder)
    case.applied_for = ("糖尿病伴有并发症",)
    _form(case, "糖尿病")
    stay = discharge(
        case,
        "1.2型糖尿病 2.糖尿病肾病？ 3.高血压病2级",
        day=dt.date(2025, 6, 20),
        file="出院记录.pdf",
        course="予以甘精胰岛素皮下注射、二甲双胍口服控制血糖，监测血糖，糖尿病教育。",
    )
    case.diagnosis(stay, "2型糖尿病", "出院诊断", icd10="E11.9", date=dt.date(2025, 6, 20), concept="diabetes_type2")
    case.diagnosis(stay, "糖尿病肾病", "出院诊断", status=AssertionStatus.SUSPECTED, concept="diabetic_nephropathy")
    case.facts["treatments"].append(
        Treatment(
            document=stay,
            kind="drug",
            name="甘精胰岛素",
            status=AssertionStatus.CONFIRMED,
            classes=("胰岛素",),
            date=dt.date(2025, 6, 12),
            section="诊疗经过",
            evidence=case.evidence(stay, "诊疗经过", "甘精胰岛素皮下注射"),
        )
    )
    rows = [
        ("ACR", "尿微量白蛋白/肌酐", "186.2", "", "mg/g", "0-30"),
        ("GLU", "空腹血糖", "9.81", "↑", "mmol/L", "3.9-6.1"),
        ("HbA1c", "糖化血红蛋白", "8.4", "↑", "%", "4.0-6.0"),
        ("Crea", "肌酐", "88", "", "μmol/L", "57-97"),
    ]
    urine = case.lab(dt.date(2025, 11, 2), rows, "IMG_0007.jpg")
    old = case.lab(dt.date(2022, 3, 9), rows[:2], "旧报告.jpg")
    other = case.lab(dt.date(2025, 10, 9), rows, "IMG_0012.jpg", owner=Owner.OTHER, name="王秀兰")
    eye = record(
        HOSPITAL,
        "眼底照相检查报告",
        [("姓名", "张建国"), ("检查日期", "2025-12-20")],
        [
            ("检查所见", "双眼视盘边界清，黄斑中心凹反光可见，未见明显出血、渗出。"),
            ("检查提示", "双眼眼底未见明显异常。"),
        ],
    )
    eye.photo(blur=3.2, dim=0.7)
    fundus = case.document(
        DocumentType.IMAGING_REPORT,
        eye,
        "IMG_0020.jpg",
        date=dt.date(2025, 12, 20),
        level=Unknown.ABSENT,
        hospital="江州明目眼科门诊",
        confidence=0.71,
        quality=(
            QualityIssue(code="blurred", message="照片模糊，请拿稳手机、对准后重拍。", score=0.31),
            QualityIssue(code="dark", message="照片太暗，请在亮处重拍。", score=0.42),
        ),
    )
    case.facts["findings"].append(
        Finding(
            document=fundus,
            concept="diabetic_retinopathy",
            status=AssertionStatus.DENIED,
            modality="fundus",
            section="结论",
            text="双眼眼底未见明显异常",
            date=dt.date(2025, 12, 20),
            evidence=case.evidence(fundus, "检查提示", "双眼眼底未见明显异常。", confidence=0.62),
        )
    )
    blank = record("", "", [], [])
    blank.photo(blur=14, dim=0.5)
    case.document(
        DocumentType.UNKNOWN,
        blank,
        "IMG_0021.jpg",
        hospital=Unknown.ABSENT,
        level=Unknown.ABSENT,
        owner=Owner.UNKNOWN,
        readable=False,
        quality=(QualityIssue(code="unreadable", message="这一页没有读出文字，请重拍。", score=0.02),),
    )
    case.document(
        DocumentType.OUTPATIENT_RECORD,
        record(
            "江州市桥东社区卫生服务中心",
            "门诊病历",
            [("姓名", "张建国"), ("就诊日期", "2025-08-11")],
            [("诊断", "2型糖尿病"), ("处理", "二甲双胍缓释片 0.5g 每日两次")],
        ),
        "门诊.jpg",
        date=dt.date(2025, 8, 11),
        hospital="江州市桥东社区卫生服务中心",
        level=HospitalLevel(rank=1, source="name"),
    )
    case.facts["visits"].append(
        Visit(document="d8", kind=VisitKind.OUTPATIENT, start=dt.date(2025, 8, 11), end=dt.date(2025, 8, 11))
    )
    case.alerts += [
        Alert(
            code="other_person",
            severity=Severity.WARNING,
            message="这份检验报告单上的姓名与申请人不同，未作为依据。",
            file="IMG_0012.jpg",
            page=1,
            evidence=case.evidence(other, "name", "姓名：王秀兰"),
        ),
        Alert(
            code="flag_range_disagree",
            severity=Severity.WARNING,
            message="尿微量白蛋白/肌酐超出参考区间，但没有标箭头，请看原件。",
            file="IMG_0007.jpg",
            page=1,
            evidence=case.evidence(urine, "row0", "ACR 186.2 mg/g 0-30"),
        ),
        Alert(
            code="file_encrypted",
            severity=Severity.ERROR,
            message="这个 PDF 设了密码，打不开。请去掉密码后重新上传。",
            file="化验单汇总.pdf",
        ),
        Alert(
            code="file_empty", severity=Severity.ERROR, message="这个文件是空的，请重新拍照上传。", file="IMG_0099.jpg"
        ),
    ]
    case.judgements.append(
        judgement(
            "糖尿病伴有并发症",
            Conclusion.INSUFFICIENT,
            [
                criterion(
                    "1",
                    "二级及以上医疗机构出具的出院小结或疾病诊断证明书",
                    Status.MET,
                    "出院记录（三级甲等）写明 2 型糖尿病。",
                    evidence=case.evidence(stay, "出院诊断", "1.2型糖尿病"),
                    readings=("“伴有并发症”的证明只需写明本病，并发症由其他条目证明（经验口径）。",),
                ),
                criterion(
                    "2",
                    "近 1 年 3 次使用降糖药/胰岛素的门诊记录，或 1 次住院记录",
                    Status.CONFLICTING,
                    "出院记录写有胰岛素治疗，但两处出院日期不一致（2025-06-20 与 2024-06-20），请核对是否在近 1 年内。",
                    reason="dates_disagree",
                    evidence=case.evidence(stay, "出院日期", "出院日期：2025-06-20"),
                    against=case.evidence(stay, "诊疗经过", "予以甘精胰岛素皮下注射、二甲双胍口服"),
                ),
                criterion(
                    "3",
                    "肾功能、眼底造影、肌电图或神经检查的阳性报告",
                    Status.MISSING,
                    "眼底检查未见异常且照片模糊；未见肌电图和神经检查；2022 年的报告超出时间范围。",
                    reason="outside_window",
                    against=case.evidence(fundus, "检查提示", "双眼眼底未见明显异常。", confidence=0.62)
                    + case.evidence(old, "row0", "ACR 186.2 mg/g 0-30", extractor="lab-table"),
                ),
            ],
            id="diabetes_complications",
            disease=DiseaseInfo(id="diabetes_complications", name="糖尿病伴有并发症", code=None, number=16),
            missing=(
                Need(
                    criterion="3",
                    need="近 2 年内的尿微量白蛋白/肌酐或肾功能检查报告（两次，尿ACR≥30 mg/g）",
                    accepts=("肾功能检查报告", "尿微量白蛋白/肌酐报告"),
                    why="现有眼底检查未见异常，ACR 186.2 mg/g 只有一次，不符合要求。",
                    alternatives=("眼底造影报告", "肌电图报告", "神经检查报告"),
                    where="做检查的医院检验科或病案室",
                ),
                Need(
                    criterion="2",
                    need="近 1 年内 3 次开降糖药或胰岛素的门诊病历",
                    accepts=("门诊病历", "处方"),
                    why="现有住院记录的日期前后不一致。",
                    alternatives=("近 1 年内 1 次住院的出院记录",),
                    where="看病的医院门诊，或病案室复印",
                ),
            ),
            notices=("复审期限未核对。",),
        )
    )
    return case.review()
