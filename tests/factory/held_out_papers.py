"""Papers of every document type by hand, so that held-out families are tested on known print."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

from data_samples.factory.paper import Fact, Field, Hospital, Paper, Row, Run, Section, Signature
from data_samples.generator.people import Person

__all__ = ["LAB_PAPERS", "PAPERS"]

_DAY = dt.date(2026, 1, 9)
_TIME = dt.datetime(2026, 1, 9, 8, 3, 20)
_PERSON = Person(name="温若川", sex="男", birth=dt.date(1968, 4, 2), serial=137)
_HOSPITAL = Hospital(
    name="栖鹤市中西医结合医院",
    level="三级甲等",
    short="栖鹤中西医院",
    english="Qihe Hospital of Integrated Medicine",
    address="云栖市栖鹤青石街88号",
    phone="0999-3120088",
)
_WHO: Mapping[str, str] = {"name": "温若川", "sex": "男", "age": "57岁"}


def _paper(
    kind: str,
    title: str,
    values: Mapping[str, Any],
    *,
    rows: Sequence[Row] = (),
    sections: Sequence[Section] = (),
    signatures: Sequence[Signature] = (),
    seals: Sequence[str] = (),
    facts: Sequence[Fact] = (),
    hospital: Hospital = _HOSPITAL,
    who: Mapping[str, str] = _WHO,
) -> Paper:
    return Paper(
        type=kind,
        title=title,
        hospital=hospital,
        fields={
            key: Field(key, value, None if key == "name" and "applicant_name" in values else f"f.{key}")
            for key, value in {**who, **values}.items()
        },
        date=_DAY,
        patient={"name": "温若川", "sex": "男", "age": 57},
        rows=tuple(rows),
        sections=tuple(sections),
        signatures=tuple(signatures),
        seals=tuple(seals),
        facts=tuple(facts),
    )


_Line = tuple[str, str, str, str, str | None, str | None, str | None]
_BLOOD: tuple[_Line, ...] = (
    ("白细胞计数", "WBC", "11.62", "10^9/L", "3.5", "9.5", "high"),
    ("中性粒细胞百分比", "NEUT%", "78.4", "%", "40", "75", "high"),
    ("淋巴细胞百分比", "LYMPH%", "14.2", "%", "20", "50", "low"),
    ("单核细胞百分比", "MONO%", "5.1", "%", "3", "10", None),
    ("嗜酸性粒细胞百分比", "EO%", "1.9", "%", "0.4", "8.0", None),
    ("中性粒细胞绝对值", "NEUT#", "9.11", "10^9/L", "1.8", "6.3", "high"),
    ("淋巴细胞绝对值", "LYMPH#", "1.65", "10^9/L", "1.1", "3.2", None),
    ("红细胞计数", "RBC", "3.02", "10^12/L", "4.3", "5.8", "low"),
    ("血红蛋白", "HGB", "88", "g/L", "130", "175", "low"),
    ("红细胞压积", "HCT", "27.1", "%", "40", "50", "low"),
    ("平均红细胞体积", "MCV", "89.7", "fL", "82", "100", None),
    ("平均红细胞血红蛋白浓度", "MCHC", "325", "g/L", "316", "354", None),
    ("血小板计数", "PLT", "176", "10^9/L", "125", "350", None),
)
_CHEMISTRY: tuple[_Line, ...] = (
    ("丙氨酸氨基转移酶", "ALT", "18", "U/L", "9", "50", None),
    ("γ-谷氨酰转肽酶", "GGT", "71", "U/L", "10", "60", "high"),
    ("白蛋白", "ALB", "34.0", "g/L", "40.0", "55.0", "low"),
    ("尿素", "UREA", "26.81", "mmol/L", "3.1", "8.0", "high"),
    ("肌酐", "CREA", "912.4", "μmol/L", "57", "97", "high"),
    ("尿酸", "UA", "531", "μmol/L", "208", "428", "high"),
    ("胱抑素C", "CysC", "5.12", "mg/L", "0.59", "1.03", "high"),
    ("估算肾小球滤过率", "eGFR", "5.2", "ml/min/1.73m²", "90", None, "low"),
    ("葡萄糖", "GLU", "5.61", "mmol/L", "3.9", "6.1", None),
    ("总胆固醇", "TC", "5.90", "mmol/L", None, "5.20", "high"),
    ("钾", "K", "6.02", "mmol/L", "3.5", "5.3", "high"),
    ("剩余碱", "BE", "-6.2", "mmol/L", "-3.0", "3.0", "low"),
)
_MARKERS: tuple[_Line, ...] = (
    ("癌胚抗原", "CEA", "312.60", "ng/mL", None, "5.00", "high"),
    ("甲胎蛋白", "AFP", "2.11", "ng/mL", None, "7.00", None),
    ("糖类抗原19-9", "CA19-9", ">1000.00", "U/mL", None, "27.00", "high"),
    ("神经元特异性烯醇化酶", "NSE", "<0.50", "ng/mL", None, "16.30", None),
)


def _rows(lines: Sequence[_Line], *, group: str = "", method: str = "", first: int = 1) -> tuple[Row, ...]:
    return tuple(
        Row(
            name=name,
            abbr=abbr,
            result=result,
            unit=unit,
            low=low,
            high=high,
            flag=flag,
            group=group,
            method=method,
            mark=f"lab{number}",
        )
        for number, (name, abbr, result, unit, low, high, flag) in enumerate(lines, start=first)
    )


_QUALITATIVE = tuple(
    Row(name=name, abbr=abbr, result=result, expected=expected, flag=flag, mark=f"lab{number}", method=method)
    for number, (name, abbr, result, expected, flag, method) in enumerate(
        (
            ("乙型肝炎表面抗原", "HBsAg", "阳性(+)", "阴性", "abnormal", "化学发光法"),
            ("丙型肝炎抗体", "Anti-HCV", "阴性", "阴性", None, "化学发光法"),
            ("尿蛋白", "PRO", "2+", "阴性(-)", "abnormal", ""),
            ("颜色", "COL", "淡黄色", "淡黄色", None, ""),
        ),
        start=20,
    )
)


def _lab(panel: str, specimen: str, rows: Sequence[Row], *, note: bool = False) -> Paper:
    return _paper(
        "lab_report",
        "检验报告单",
        {
            "number": "0012387645",
            "department": "肾内科",
            "bed": "12",
            "specimen": specimen,
            "sample_number": "0302117",
            "doctor": "何云舟",
            "diagnosis": "慢性肾脏病5期",
            "panel": panel,
            "barcode": "260302001175",
            "sampled": _TIME,
            "received": _TIME + dt.timedelta(minutes=38),
            "reported": _TIME + dt.timedelta(hours=3),
            "device": "AU5821",
            "tester": "罗静宜",
            "checker": "万书衡",
        },
        rows=rows,
        sections=(Section(key="note", title="备注", text=(Run("标本轻度溶血，结果仅供参考，请结合临床。"),)),)
        if note
        else (),
        signatures=(Signature("检验者", "罗静宜"), Signature("审核者", "万书衡")),
        seals=("检验专用章",),
    )


LAB_PAPERS: Mapping[str, Paper] = {
    "blood": _lab("血细胞分析", "静脉血", _rows(_BLOOD, method="流式法")),
    "chemistry": _lab("肾功能+血脂+电解质", "血清", _rows(_CHEMISTRY), note=True),
    "short": _lab("肾功能", "血清", _rows(_CHEMISTRY[3:8], method="酶法")),
    "markers": _lab("肿瘤标志物", "血清", _rows(_MARKERS, method="电化学发光法")),
    "qualitative": _lab("感染标志物+尿常规", "血清", _QUALITATIVE),
    "mixed": _lab(
        "血常规+生化", "血液", _rows(_BLOOD, group="血常规") + _rows(_CHEMISTRY, group="生化", first=40) + _QUALITATIVE
    ),
    "long": _lab("入院综合检查", "血液", _rows(_BLOOD) + _rows(_CHEMISTRY, first=40) + _rows(_MARKERS, first=60)),
}


def _items(*names: str, first: int = 1) -> tuple[tuple[Run, ...], ...]:
    return tuple((Run(name, f"dx{number}"),) for number, name in enumerate(names, start=first))


def _prose(key: str, title: str, *parts: str) -> Section:
    """Every other part is a fact."""
    return Section(
        key=key, title=title, text=tuple(Run(part, f"find.{key}{n}" if n % 2 else None) for n, part in enumerate(parts))
    )


_COMPLAINT = _prose("chief_complaint", "主诉", "反复双下肢水肿3年，加重伴恶心、纳差1周。")
_PRESENT = _prose(
    "present_illness",
    "现病史",
    "患者3年前无明显诱因出现双下肢凹陷性水肿，伴泡沫尿，于外院查血肌酐",
    "412μmol/L",
    "，诊断为慢性肾功能不全，予护肾排毒等治疗后好转出院。此后不规律服药及复查，1周前受凉后水肿加重，伴恶心、纳差、乏力，夜间不能平卧，"
    "无畏寒发热，无胸痛咯血，无肉眼血尿。今为求进一步诊治来我院，门诊拟“慢性肾功能不全”收入院。起病以来，精神、睡眠、食欲差，大便正常，尿量减少，体重增加约3kg。",
)
_PAST = _prose(
    "past_history",
    "既往史",
    "有",
    "高血压病",
    "病史10年，最高血压190/110mmHg，长期口服硝苯地平控释片；否认",
    "糖尿病",
    "病史。",
)
_PHYSICAL = _prose(
    "physical_exam",
    "体格检查",
    "T 36.5℃，P 88次/分，R 20次/分，BP ",
    "168/96mmHg",
    "。贫血貌，双肺呼吸音粗，未闻及干湿性啰音，心界向左下扩大，律齐，腹软，双肾区无叩痛，双下肢中度凹陷性水肿。",
)
_AUXILIARY = _prose(
    "auxiliary_exams",
    "辅助检查",
    "（2026-01-02 本院）血肌酐",
    "912.4μmol/L",
    "，尿素26.81mmol/L。心脏彩超：",
    "左室壁增厚",
    "，EF 58%。",
)
_IN_DX = Section(key="admission_diagnosis", title="入院诊断", items=_items("慢性肾脏病5期", "肾性贫血", first=11))
_OUT_DX = Section(
    key="discharge_diagnosis",
    title="出院诊断",
    items=_items("慢性肾脏病5期", "肾性贫血", "高血压病3级（很高危）", "肺部感染"),
)
_COURSE = _prose(
    "course",
    "诊疗经过",
    "入院后完善相关检查，排除禁忌后于1月3日行右颈内静脉临时导管置入，规律",
    "血液透析",
    "治疗，每周3次，同时予控制血压、纠正贫血（重组人促红素）、改善钙磷代谢及抗感染等治疗。患者水肿消退，恶心、纳差缓解，复查血肌酐",
    "655μmol/L",
    "。经全科讨论，病情稳定，准予带管出院。",
)
_CONDITION = _prose(
    "discharge_condition", "出院情况", "神志清，精神可，水肿明显减轻，生命体征平稳，导管固定在位，无渗血。"
)
_ORDERS = Section(
    key="orders",
    title="出院医嘱",
    items=(
        (Run("低盐优质蛋白饮食，避免受凉劳累；"),),
        (Run("继续"), Run("血液透析", "treat9"), Run("，每周3次；")),
        (Run("硝苯地平控释片", "treat10"), Run(" 30mg 口服 每日2次；")),
        (Run("1周后肾内科门诊复诊，不适随诊。"),),
    ),
)
_STAY: Mapping[str, Any] = {
    "number": "202600117",
    "department": "肾病内科",
    "ward": "肾病一区",
    "bed": "+12",
    "admitted": dt.date(2026, 1, 2),
    "discharged": _DAY,
    "days": "7天",
    "occupation": "农民",
    "marriage": "已婚",
    "address": "江西省云栖县雁洲镇向阳村36号",
    "phone": "10012303020",
}
_EXAM: Mapping[str, Any] = {
    "number": "2601090131",
    "department": "肾病内科",
    "bed": "+12",
    "diagnosis": "慢性肾脏病5期",
    "examination": "胸部CT平扫",
    "examined": _TIME,
    "reported": _TIME + dt.timedelta(hours=2),
}
_DOCTORS = (Signature("报告医师", "卢晚晴"), Signature("审核医师", "邵庭松"))


def _drug(number: int, name: str, **more: str) -> Row:
    return Row(name=name, mark=f"treat{number}", more=more)


_DRUGS = (
    _drug(
        1,
        "硝苯地平控释片",
        spec="30mg×7片",
        dose="30mg",
        route="口服",
        frequency="每日2次",
        quantity="4盒",
        price="36.50",
    ),
    _drug(
        2,
        "重组人促红素注射液",
        spec="3000IU/支",
        dose="3000IU",
        route="皮下注射",
        frequency="每周3次",
        quantity="12支",
        price="41.20",
    ),
    _drug(
        3,
        "碳酸司维拉姆片",
        spec="0.8g×30片",
        dose="0.8g",
        route="口服",
        frequency="每日3次",
        quantity="3盒",
        price="178.00",
    ),
)


def _lung(name: str, unit: str, *cells: str) -> Row:
    keys = ("predicted", "before", "before_percent", "after", "after_percent", "change")
    return Row(name=name, unit=unit, mark=f"find.{name}", more=dict(zip(keys, cells, strict=True)))


def _seen(*parts: str) -> Section:
    return _prose("findings", "检查所见", *parts)


def _said(*parts: str) -> Section:
    return _prose("impression", "诊断意见", *parts)


PAPERS: Mapping[str, Paper] = {
    **{f"lab-{key}": paper for key, paper in LAB_PAPERS.items()},
    "discharge": _paper(
        "discharge_summary",
        "出院记录",
        _STAY,
        sections=(_COMPLAINT, _IN_DX, _AUXILIARY, _COURSE, _CONDITION, _OUT_DX, _ORDERS),
        signatures=(Signature("主治医师", "何云舟"), Signature("住院医师", "罗静宜", handwritten=False)),
        seals=("病案复印专用章",),
    ),
    "admission": _paper(
        "admission_record",
        "入院记录",
        {k: v for k, v in _STAY.items() if k not in ("discharged", "days")},
        sections=(_COMPLAINT, _PRESENT, _PAST, _PHYSICAL, _AUXILIARY, _IN_DX),
        signatures=(Signature("医师签名", "何云舟"),),
    ),
    "front": _paper(
        "front_page",
        "住院病案首页",
        {
            **_STAY,
            "birth_date": _PERSON.birth,
            "id_number": _PERSON.id_number,
            "insurance": "城乡居民医保",
        },
        sections=(
            Section(
                key="discharge_diagnosis",
                title="出院诊断",
                items=(
                    (Run("慢性肾脏病5期", "dx1"), Run(" N18.001", "dx1")),
                    (Run("肾性贫血", "dx2"), Run(" D63.802", "dx2")),
                ),
            ),
        ),
        signatures=(Signature("科主任", "邵庭松"), Signature("主治医师", "何云舟")),
    ),
    "outpatient": _paper(
        "outpatient_record",
        "门诊病历",
        {
            "number": "M20260088",
            "department": "肾病内科门诊",
            "visited": _TIME,
            "doctor": "何云舟",
            "phone": "10012303020",
        },
        sections=(
            _COMPLAINT,
            _PAST,
            _PHYSICAL,
            Section(key="diagnosis", title="诊断", items=_items("慢性肾脏病5期", "高血压病3级")),
            Section(
                key="treatment",
                title="处理",
                items=(
                    (
                        Run("硝苯地平控释片", "treat1"),
                        Run(" 30mg bid po"),
                    ),
                    (Run("继续规律透析"),),
                ),
            ),
        ),
        signatures=(Signature("医师签名", "何云舟"),),
        seals=("门诊部",),
    ),
    "certificate": _paper(
        "diagnosis_certificate",
        "疾病诊断证明书",
        {"number": "ZM2026-0117", "department": "肾病内科", "visited": _DAY, "address": "江西省云栖县雁洲镇向阳村36号"},
        sections=(
            Section(key="diagnosis", title="诊断", items=_items("慢性肾脏病5期", "高血压病3级（很高危）")),
            _prose("advice", "建议", "规律血液透析，全休壹月，定期复查。"),
        ),
        signatures=(Signature("医师签名", "何云舟", title="主任医师"),),
        seals=("疾病诊断专用章",),
    ),
    "form": _paper(
        "application_form",
        "门诊慢特病待遇认定申请表",
        {
            "birth_date": _PERSON.birth,
            "id_number": _PERSON.id_number,
            "phone": "10012303020",
            "address": "江西省云栖县雁洲镇向阳村36号",
            "insurance": "城乡居民医保",
            "disease_applied": "慢性肾功能衰竭（尿毒症期）",
            "applied_on": _DAY,
            "hospital": "栖鹤市中西医结合医院",
            "physician_name": "何云舟",
            "physician_title": "主任医师",
            "agent": "温念慈",
            "applicant_name": "温若川",
            "physician_signature": "present",
            "hospital_seal": "present",
        },
        sections=(
            _prose("history", "病情简介", "确诊慢性肾脏病3年，现规律透析。"),
            _prose("opinion", "医师意见", "符合申报条件。"),
        ),
        signatures=(Signature("申请人签名", "温若川"), Signature("医师签名", "何云舟")),
        seals=("医疗保险办公室",),
    ),
    "ct": _paper(
        "imaging_report",
        "CT检查报告单",
        {**_EXAM, "method": "平扫"},
        sections=(
            _seen("胸廓对称，双肺纹理增多、紊乱，右肺下叶见斑片状模糊影，心影增大，双侧胸腔见少量积液。"),
            _said("1.", "右肺下叶感染", "。2.", "心影增大", "。3.双侧胸腔少量积液，请结合临床。"),
        ),
        signatures=_DOCTORS,
        seals=("放射诊断专用章",),
    ),
    "ultrasound": _paper(
        "imaging_report",
        "彩色多普勒超声报告",
        {**_EXAM, "examination": "心脏彩超", "device": "Vivid E95"},
        sections=(
            _seen("左室舒张末内径58mm，室间隔厚度", "13mm", "，左室后壁12mm，EF ", "48%", "。二尖瓣轻度反流。"),
            _said("左室壁增厚", "，左室收缩功能减低。"),
        ),
        rows=(
            Row(name="左室舒张末内径", result="58", unit="mm", mark="find7"),
            Row(name="左室射血分数", abbr="EF", result="48", unit="%", mark="find8"),
        ),
        signatures=_DOCTORS,
    ),
    "pathology": _paper(
        "pathology_report",
        "病理检查报告单",
        {**_EXAM, "number": "B26-00131", "specimen": "胃窦组织", "examination": "活检", "received": _DAY},
        sections=(
            _prose("specimen_seen", "肉眼所见", "灰白组织3粒，大小0.2～0.3cm。"),
            _prose("microscopy", "镜下所见", "异型细胞呈巢片状排列，核大深染。"),
            _prose("immunohistochemistry", "免疫组化", "CK(+)，HER2(1+)，Ki-67(60%+)。"),
            _prose("pathology_diagnosis", "病理诊断", "（胃窦）", "低分化腺癌", "。"),
        ),
        signatures=_DOCTORS,
        seals=("病理诊断专用章",),
    ),
    "endoscopy": _paper(
        "endoscopy_report",
        "电子胃镜检查报告",
        {**_EXAM, "examination": "电子胃镜"},
        sections=(
            _seen("食管通过顺利，胃窦小弯侧见溃疡型肿物，表面污秽，质脆易出血。"),
            _said("", "胃窦癌", "（待病理）"),
        ),
        signatures=_DOCTORS,
    ),
    "ecg": _paper(
        "ecg_report",
        "心电图检查报告",
        {**_EXAM, "examination": "12导联常规心电图"},
        rows=(
            Row(name="心率", result="88", unit="次/分", mark="m1"),
            Row(name="PR间期", result="162", unit="ms", mark="m2"),
            Row(name="QRS时限", result="96", unit="ms", mark="m3"),
        ),
        sections=(
            _seen("窦性P波，RV5+SV1=4.2mV，V5、V6导联ST段下移0.1mV。"),
            _said("窦性心律；", "左心室高电压", "；ST-T改变。"),
        ),
        signatures=_DOCTORS,
    ),
    "lung": _paper(
        "lung_function_report",
        "肺功能检查报告",
        {**_EXAM, "examination": "肺通气功能+支气管舒张试验", "height": "165cm", "weight": "61kg"},
        rows=(
            _lung("FVC", "L", "3.42", "2.61", "76.3", "2.80", "81.9", "+7.3"),
            _lung("FEV1", "L", "2.71", "1.28", "47.2", "1.37", "50.6", "+7.0"),
            _lung("FEV1/FVC", "%", "78.2", "49.0", "62.7", "48.9", "62.5", "-0.2"),
        ),
        sections=(_said("重度", "阻塞性通气功能障碍", "，", "支气管舒张试验阴性", "。"),),
        signatures=_DOCTORS,
    ),
    "emg": _paper(
        "eeg_emg_report",
        "肌电图检查报告",
        {**_EXAM, "examination": "四肢神经传导"},
        sections=(
            _seen("双侧腓总神经运动传导速度减慢，波幅降低，双侧腓肠神经感觉电位未引出。"),
            _said("", "周围神经损害", "，感觉运动均受累。"),
        ),
        signatures=_DOCTORS,
    ),
    "operation": _paper(
        "operation_record",
        "手术记录",
        {
            **{k: _STAY[k] for k in ("number", "department", "bed")},
            "operated": _DAY,
            "anaesthesia": "局部麻醉",
            "surgeon": "何云舟",
        },
        sections=(
            Section(key="before", title="术前诊断", items=_items("慢性肾脏病5期")),
            Section(key="after", title="术后诊断", items=_items("慢性肾脏病5期", first=5)),
            _prose("procedure", "手术名称", "", "左前臂自体动静脉内瘘成形术", ""),
            _prose(
                "course",
                "手术经过",
                "患者取仰卧位，左上肢外展，常规消毒铺巾，局麻后取腕部纵切口约3cm，逐层分离头静脉及桡动脉，行端侧吻合，开放血流后可扪及震颤，逐层缝合，术毕安返病房。",
            ),
        ),
        signatures=(Signature("手术者", "何云舟"),),
    ),
    "dialysis": _paper(
        "dialysis_record",
        "血液透析记录单",
        {
            "number": "HD-0371",
            "department": "血液净化中心",
            "visited": _DAY,
            "diagnosis": "慢性肾脏病5期",
            "dry_weight": "58.5kg",
        },
        rows=tuple(
            Row(
                name=f"2026-01-{day:02d}",
                mark=f"treat{day}",
                more={
                    "mode": "HD",
                    "hours": "4",
                    "pre_weight": "60.8",
                    "post_weight": "58.6",
                    "pressure": "158/92",
                    "nurse": "章",
                },
            )
            for day in (2, 4, 6, 9)
        ),
        sections=(_prose("note", "小结", "透析过程顺利，无不良反应。"),),
        signatures=(Signature("医师", "何云舟"), Signature("护士", "章若兰")),
    ),
    "prescription": _paper(
        "prescription",
        "门诊处方笺",
        {
            "number": "CF2601090021",
            "department": "肾病内科门诊",
            "visited": _DAY,
            "diagnosis": "慢性肾脏病5期",
            "insurance": "城乡居民医保",
        },
        rows=_DRUGS,
        signatures=(Signature("医师", "何云舟"), Signature("审核药师", "蒋素问")),
    ),
    "receipt": _paper(
        "receipt",
        "医疗门诊收费票据（电子）",
        {"number": "0099887766", "issued": _DAY, "total": "1174.40", "insurance": "城乡居民医保"},
        rows=_DRUGS,
        signatures=(Signature("收款人", "吴芷", handwritten=False),),
        seals=("收费专用章",),
    ),
    "identity": _paper(
        "identity_card",
        "居民身份证",
        {
            "nation": "汉",
            "birth_date": _PERSON.birth,
            "address": "江西省云栖县雁洲镇向阳村36号",
            "id_number": _PERSON.id_number,
        },
    ),
    "identity-back": _paper(
        "identity_card", "居民身份证", {"issuer": "云栖县公安局", "valid": "2016.04.02-2036.04.02"}, who={}
    ),
    "other": _paper(
        "other",
        "知情同意书",
        {"number": "202600117", "department": "肾病内科"},
        sections=(
            _prose("text", "", "患者因病情需要拟行血液透析治疗，可能发生低血压、出血、感染等风险，医师已告知。"),
        ),
        signatures=(Signature("患者签名", "温若川"),),
    ),
    "unknown": _paper("unknown", "便条", {}, sections=(_prose("text", "", "请于周一上午带齐资料到窗口办理。"),)),
}
