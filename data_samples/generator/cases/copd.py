"""慢性阻塞性肺疾病 (item 18): met by lung function and CT; only suspected; a report that contradicts itself."""

from __future__ import annotations

import datetime as dt

from data_samples.generator.case import Case, Expected
from data_samples.generator.cases.common import AS_OF, dx, finding, lab
from data_samples.generator.exams import Exam, exam_report, lung_function
from data_samples.generator.files import Shot, Upload
from data_samples.generator.forms import Application, application_form
from data_samples.generator.hospitals import HOSPITALS
from data_samples.generator.people import Person
from data_samples.generator.records import Dx
from data_samples.generator.sheets import Sheet
from data_samples.generator.stays import Stay, discharge_record, front_page
from data_samples.generator.visits import Drug, certificate, outpatient_note, prescription

__all__ = ["CASES"]

COPD = (18, "慢性阻塞性肺疾病")
_TIOTROPIUM = Drug(name="噻托溴铵粉吸入剂", use="18μg×10粒　用法：18μg 吸入 每日一次", drug_class="支气管扩张剂")
_BUDESONIDE = Drug(
    name="布地奈德福莫特罗粉吸入剂", use="320μg/9μg×60吸　用法：1吸 吸入 每日两次", drug_class="支气管扩张剂"
)


def _stay(discharge_dx: list[Dx], number: str, admitted: dt.date, discharged: dt.date) -> Stay:
    return Stay(
        admitted=admitted,
        discharged=discharged,
        department="呼吸与危重症医学科",
        number=number,
        bed="33",
        admission_dx=[dx("慢性阻塞性肺疾病伴急性加重", "J44.100", "copd")],
        discharge_dx=discharge_dx,
        complaint="反复咳嗽、咳痰15年，活动后气促5年，加重1周。",
        history=(
            "患者15年前开始反复出现咳嗽、咳白色黏痰，以冬春季节明显，每年持续3个月以上。5年前出现活动后气促，上3楼即感气促，"
            "休息后缓解，曾在外院诊断“慢性阻塞性肺疾病”。1周前受凉后咳嗽、咳痰加重，痰呈黄色，气促明显，无咯血、胸痛，"
            "无夜间阵发性呼吸困难，为求诊治入院。"
        ),
        past="吸烟史40年，约20支/日，已戒3年。否认高血压、糖尿病、冠心病史，否认结核病史，否认药物过敏史。",
        examination=(
            "T 37.2℃，P 92次/分，R 23次/分，BP 134/78mmHg，SpO2 93%（未吸氧）。桶状胸，双肺叩诊过清音，"
            "双肺呼吸音低，可闻及散在干啰音及少许湿啰音。心率92次/分，律齐，双下肢无水肿。"
        ),
        tests=[
            "血常规：白细胞 10.86×10^9/L，中性粒细胞百分比 81.2%。C反应蛋白 36.5mg/L。降钙素原 0.08ng/ml。",
            "心电图：窦性心律，肺型P波。",
        ],
        course=[
            "入院后予抗感染、平喘、化痰、氧疗等治疗，雾化吸入布地奈德、异丙托溴铵，患者咳嗽、咳痰及气促好转，复查血常规恢复正常，予出院。"
        ],
        condition="咳嗽、咳痰减轻，气促好转，双肺未闻及明显干湿性啰音，SpO2 96%。",
        orders=[
            "注意保暖，避免受凉，坚持戒烟，呼吸功能锻炼；",
            "噻托溴铵粉吸入剂 18μg 吸入 每日1次；",
            "布地奈德福莫特罗粉吸入剂 320μg/9μg 1吸 每日2次；",
            "呼吸科门诊随诊，定期复查肺功能。",
        ],
    )


def _form(person: Person, hospital: str, on: dt.date, **more: object) -> Sheet:
    return application_form(
        person,
        HOSPITALS[hospital],
        Application(
            disease=COPD[1],
            on=on,
            first_diagnosed="2020年12月",
            history="反复咳嗽、咳痰15年，活动后气促5年，长期吸入药物治疗。",
            opinion="患者需长期吸入药物治疗，建议申请门诊慢特病待遇。",
            physician="余景行",
            **more,  # type: ignore[arg-type]
        ),
    )


def meets(seed: int) -> Case:
    person = Person(name="郑冬生", sex="男", birth=dt.date(1954, 11, 12), serial=719)
    hospital = HOSPITALS["danxia"]
    admitted, discharged = dt.date(2025, 11, 17), dt.date(2025, 11, 26)
    stay = _stay(
        [
            dx("慢性阻塞性肺疾病伴急性加重", "J44.100", "copd"),
            dx("肺部感染", "J98.414"),
            dx("肺气肿", "J43.900", "emphysema"),
        ],
        "0251117033",
        admitted,
        discharged,
    )
    lung = lung_function(
        person,
        hospital,
        dt.date(2025, 11, 25),
        before=54.82,
        after=56.37,
        fev1_percent=52.4,
        conclusion=["{a}；", "{b}；", "弥散功能轻度下降。"],
        facts={
            "a": finding("obstructive_ventilation", "中度阻塞性通气功能障碍"),
            "b": finding("bronchodilator_negative", "支气管舒张试验阴性"),
        },
    )
    ct = exam_report(
        person,
        hospital,
        Exam(
            type="imaging_report",
            modality="ct",
            title="CT检查报告单",
            on=dt.date(2025, 11, 18),
            part="胸部平扫",
            department="呼吸内科",
            history="慢阻肺急性加重",
            seen=[
                "胸廓呈桶状，双侧对称。双肺透亮度增高，肺纹理稀疏、紊乱，双肺上叶可见多发小叶中央型无壁透亮影，部分融合成肺大疱，大者约2.1cm×1.6cm。双下肺见少许斑片状模糊影。",
                "气管及支气管通畅，管壁增厚。纵隔居中，未见肿大淋巴结。心影不大，冠状动脉壁未见钙化。双侧胸腔未见积液。",
            ],
            conclusion=["{a}；", "双下肺少许炎症，建议治疗后复查。"],
            facts={"a": finding("copd_imaging", "慢性支气管炎、肺气肿、肺大疱改变")},
            labels=("影像表现：", "影像诊断："),
            pictures=2,
            number="CT251118077",
        ),
    )
    gas = lab(
        person,
        "danxia",
        "血气分析",
        "half",
        (2025, 11, 17, 10, 5),
        seed,
        {"氧分压": "64.0", "二氧化碳分压": "47.8", "氧饱和度": "91.2"},
        department="呼吸内科",
        diagnosis="慢阻肺",
        bed="33",
        number="0251117033",
    )
    return Case(
        slug="copd_meets",
        title="慢阻肺：肺功能和胸部CT阳性（PDF、扫描、TIFF、照片ZIP混合）",
        as_of=AS_OF,
        disease=COPD,
        applicant=person,
        uploads=(
            Upload(name="申请表.pdf", sheets=(_form(person, "danxia", dt.date(2026, 1, 8)),), kind="pdf"),
            Upload(
                name="病案首页与出院记录.tif",
                sheets=(front_page(person, hospital, stay), discharge_record(person, hospital, stay)),
                kind="tiff",
            ),
            Upload(name="肺功能.pdf", sheets=(lung,), kind="pdf"),
            Upload(name="照片.zip", sheets=(ct, gas), kind="zip"),
        ),
        expected=Expected(
            conclusion=("meets",),
            criteria={"1": ("met",), "2": ("met",), "3": ("missing",), "4": ("met",)},
        ),
    )


def suspected(seed: int) -> Case:
    del seed
    person = Person(name="毛细妹", sex="女", birth=dt.date(1960, 8, 3), serial=286)
    hospital = HOSPITALS["lingxi"]
    on = dt.date(2026, 2, 10)
    suspicion = dx("慢性阻塞性肺疾病", concept="copd", status="suspected", printed="慢性阻塞性肺疾病待查")
    note = outpatient_note(
        person,
        hospital,
        on,
        department="呼吸内科门诊",
        complaint="反复咳嗽、咳痰3年，活动后气促半年。",
        history="患者3年来反复咳嗽、咳白痰，近半年爬坡时气促，无咯血、胸痛、盗汗，未行肺功能检查。",
        past="否认高血压、糖尿病、冠心病、肺结核病史。",
        examination="BP 126/74mmHg，双肺呼吸音稍粗，未闻及干湿性啰音，心率80次/分，律齐。",
        dx=[suspicion, dx("慢性支气管炎", "J42.x00", "chronic_bronchitis")],
        drugs=[Drug(name="复方甲氧那明胶囊", use="2粒 口服 每日三次", drug_class="支气管扩张剂")],
        advice=["建议完善肺功能及胸部CT检查明确诊断。", "不适随诊。"],
        doctor="陆清平",
    )
    paper = certificate(
        person,
        hospital,
        on,
        department="呼吸内科",
        dx=[
            dx("慢性阻塞性肺疾病", concept="copd", status="suspected", printed="慢性阻塞性肺疾病？"),
            dx("慢性支气管炎", concept="chronic_bronchitis"),
        ],
        advice="建议完善肺功能检查，门诊随诊。",
        number="ZM2026021009",
        doctor="陆清平",
    )
    slip = prescription(
        person,
        hospital,
        on,
        department="呼吸内科",
        dx=[dx("慢性阻塞性肺疾病", concept="copd", status="suspected", printed="慢阻肺待排")],
        drugs=[_TIOTROPIUM],
        number="1002198",
    )
    return Case(
        slug="copd_suspected",
        title="慢阻肺：只有“待查”“？”的诊断，没有肺功能（手机照片）",
        as_of=AS_OF,
        disease=COPD,
        applicant=person,
        uploads=(
            Upload(
                name="mmexport1771400100.jpg",
                sheets=(_form(person, "lingxi", dt.date(2026, 2, 12)),),
                kind="photo",
                shot=Shot(blur=1.0),
            ),
            Upload(name="mmexport1771400123.jpg", sheets=(note,), kind="photo", shot=Shot(tilt=1.4)),
            Upload(name="mmexport1771400150.jpg", sheets=(paper,), kind="photo", shot=Shot(curl=0.03)),
            Upload(name="mmexport1771400177.jpg", sheets=(slip,), kind="photo", shot=Shot(quarters=1)),
        ),
        expected=Expected(
            conclusion=("insufficient",),
            criteria={"1": ("missing",), "2": ("missing",), "3": ("missing",), "4": ("missing",)},
            missing=("1",),
        ),
    )


def conflicting(seed: int) -> Case:
    del seed
    person = Person(name="桂长河", sex="男", birth=dt.date(1956, 4, 19), serial=855)
    hospital = HOSPITALS["xinjiang"]
    stay = _stay(
        [dx("慢性阻塞性肺疾病", "J44.900", "copd"), dx("支气管炎", "J40.x00")],
        "202509010311",
        dt.date(2025, 9, 1),
        dt.date(2025, 9, 9),
    )
    lung = lung_function(
        person,
        hospital,
        dt.date(2025, 9, 5),
        before=76.21,
        after=78.94,
        fev1_percent=84.6,
        conclusion=["{a}；", "支气管舒张试验阴性。"],
        facts={"a": finding("obstructive_ventilation", "中度阻塞性通气功能障碍")},
        number="PF20250905",
    )
    return Case(
        slug="copd_conflicting",
        title="慢阻肺：肺功能报告自相矛盾（吸入后FEV1/FVC正常，结论写阻塞）",
        as_of=AS_OF,
        disease=COPD,
        applicant=person,
        uploads=(
            Upload(name="申请表.pdf", sheets=(_form(person, "xinjiang", dt.date(2025, 12, 30)),), kind="pdf"),
            Upload(name="出院记录.pdf", sheets=(discharge_record(person, hospital, stay, look="framed"),), kind="pdf"),
            Upload(name="肺功能.jpg", sheets=(lung,), kind="photo", shot=Shot(side=2300, quality=62)),
        ),
        expected=Expected(
            conclusion=("manual",),
            criteria={"1": ("met",), "2": ("conflicting",), "3": ("missing",), "4": ("missing",)},
        ),
    )


CASES = {"copd_meets": meets, "copd_suspected": suspected, "copd_conflicting": conflicting}
