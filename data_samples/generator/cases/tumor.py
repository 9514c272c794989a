"""恶性肿瘤门诊治疗（含白血病）(item 1): met by pathology and chemotherapy; the pathology report is a relative's."""

from __future__ import annotations

import datetime as dt

from data_samples.generator.case import Case, Expected
from data_samples.generator.cases.common import AS_OF, dx, finding, lab, treated
from data_samples.generator.exams import Exam, exam_report
from data_samples.generator.files import Shot, Upload
from data_samples.generator.forms import Application, application_form
from data_samples.generator.hospitals import HOSPITALS
from data_samples.generator.people import Person
from data_samples.generator.sheets import Sheet
from data_samples.generator.stays import Stay, discharge_record

__all__ = ["CASES"]

TUMOR = (1, "恶性肿瘤门诊治疗（含白血病）")


def _stay(admitted: dt.date, discharged: dt.date, number: str) -> Stay:
    return Stay(
        admitted=admitted,
        discharged=discharged,
        department="肿瘤内科",
        number=number,
        bed="42",
        admission_dx=[dx("胃恶性肿瘤", "C16.900", "malignant_tumor"), dx("恶性肿瘤维持性化学治疗", "Z51.102")],
        discharge_dx=[
            dx("胃窦恶性肿瘤（pT3N1M0 ⅡB期）术后", "C16.300", "malignant_tumor"),
            dx("恶性肿瘤维持性化学治疗", "Z51.102"),
            dx("化疗后骨髓抑制（Ⅰ度）", "D61.101"),
        ],
        complaint="胃癌术后4月，第4次化疗。",
        history=(
            "患者4月余前因上腹部隐痛不适在我院行胃镜检查发现胃窦溃疡型肿物，完善检查后在全麻下行“{op}”，术后恢复可。"
            "术后行XELOX方案辅助化疗3周期，过程顺利，无明显恶心、呕吐。现为行第4周期化疗再次入院。"
            "起病以来精神、食纳可，大小便正常，体重下降约4kg。"
        ),
        past="否认高血压、糖尿病、冠心病史，否认肝炎、结核病史，否认药物过敏史。",
        examination=(
            "T 36.6℃，P 80次/分，R 19次/分，BP 118/72mmHg，KPS评分90分。浅表淋巴结未触及肿大，"
            "心肺未见异常，腹软，上腹正中可见长约12cm手术瘢痕，愈合良好，无压痛，未触及包块。"
        ),
        tests=["血常规：白细胞 3.21×10^9/L，血红蛋白 104g/L，血小板 142×10^9/L。肝肾功能、电解质未见明显异常。"],
        course=[
            (
                f"入院后完善相关检查，排除化疗禁忌，"
                f"于{admitted.year}年{admitted.month}月{admitted.day + 1}日行{{chemo}}，"
                f"同时予止吐、护胃、护肝等支持治疗，过程顺利，无特殊不适，予出院。"
            )
        ],
        condition="一般情况可，无恶心、呕吐，无腹痛、腹泻，心肺腹查体无特殊。",
        orders=[
            "加强营养，注意休息；",
            "卡培他滨片 1.5g 口服 每日2次，服14天停7天；",
            "每周复查血常规、肝肾功能；",
            "3周后返院行下一周期化疗。",
        ],
        doctor="蓝素心",
        facts={
            "op": treated("operation", "腹腔镜下远端胃癌根治术", admitted, concept="tumor_resection"),
            "chemo": treated(
                "chemotherapy",
                "第4周期XELOX方案化疗（奥沙利铂200mg 静滴 d1＋卡培他滨1.5g 口服 bid d1-14）",
                admitted,
                concept="chemotherapy",
            ),
        },
    )


def _form(person: Person, on: dt.date) -> Sheet:
    return application_form(
        person,
        HOSPITALS["xuri"],
        Application(
            disease=TUMOR[1],
            on=on,
            first_diagnosed="2025年8月",
            history="患者因上腹部隐痛不适就诊，诊断胃恶性肿瘤，已行手术及化疗。",
            opinion="患者胃恶性肿瘤术后，需继续门诊抗肿瘤治疗，建议认定。",
            physician="蓝素心",
            materials=("身份证复印件", "出院小结", "病理报告"),
        ),
    )


def _pathology(person: Person, on: dt.date, *, organ: str) -> Sheet:
    stomach = organ == "胃"
    return exam_report(
        person,
        HOSPITALS["xuri"],
        Exam(
            type="pathology_report",
            modality="pathology",
            title="病理检查报告单",
            on=on,
            part="远端胃切除标本" if stomach else "右肺上叶切除标本",
            department="胃肠外科" if stomach else "胸外科",
            number=f"B{on:%Y}-{'08817' if stomach else '03395'}",
            history="胃窦占位" if stomach else "右肺上叶占位",
            time_label="收到日期：",
            seen=[
                "远端胃切除标本：大弯长18cm，小弯长9cm，距下切缘3cm胃窦小弯侧见一溃疡型肿物，大小4.2cm×3.5cm×1.1cm，切面灰白、质硬，浸润至浆膜下层。小弯侧检出淋巴结14枚，大弯侧检出淋巴结9枚。"
                if stomach
                else (
                    "右肺上叶切除标本：大小15cm×9cm×4cm，距支气管切缘3.5cm见一灰白色结节，大小2.4cm×2.0cm×1.8cm，"
                    "质中，界不清。另送第2、4、7组淋巴结。"
                ),
                "镜下：异型腺体浸润性生长，细胞核大、深染，核分裂象易见，间质纤维组织增生伴慢性炎细胞浸润。",
                "免疫组化：CK(+)，HER-2(1+)，Ki-67(约60%+)，MLH1(+)，MSH2(+)，MSH6(+)，PMS2(+)。"
                if stomach
                else "免疫组化：TTF-1(+)，NapsinA(+)，CK7(+)，P40(-)，Ki-67(约25%+)。",
            ],
            conclusion=[
                "{a}，Lauren分型：肠型，浸润至浆膜下层；" if stomach else "{a}，腺泡型为主（约70%），伴贴壁型；",
                "两切缘未见癌；" if stomach else "支气管切缘未见癌；",
                "小弯侧淋巴结可见癌转移（2/14），大弯侧淋巴结未见癌转移（0/9）。"
                if stomach
                else "送检淋巴结未见癌转移（0/11）。",
            ],
            facts={"a": finding("malignancy", "（胃窦）中-低分化腺癌" if stomach else "（右肺上叶）浸润性腺癌")},
            labels=("肉眼及镜下所见：", "病理诊断："),
            look="full",
            doctor="陆清平",
        ),
    )


def meets(seed: int) -> Case:
    person = Person(name="应国梁", sex="男", birth=dt.date(1963, 3, 3), serial=271)
    stay = _stay(dt.date(2026, 1, 5), dt.date(2026, 1, 9), "26010502")
    blood = lab(
        person,
        "xuri",
        "血常规",
        "double",
        (2026, 1, 5, 15, 22),
        seed,
        {
            "白细胞计数": "3.21",
            "中性粒细胞绝对值": "1.62",
            "红细胞计数": "3.58",
            "血红蛋白": "104",
            "红细胞压积": "32.6",
            "血小板计数": "142",
        },
        department="肿瘤内科",
        bed="42",
        number="26010502",
        diagnosis="胃恶性肿瘤",
    )
    markers = lab(
        person,
        "xuri",
        "肿瘤标志物",
        "drawn",
        (2026, 1, 6, 6, 30),
        seed,
        {"癌胚抗原": "8.47", "糖类抗原19-9": "52.60", "神经元特异性烯醇化酶": "<2.00"},
        department="肿瘤内科",
        number="26010502",
    )
    return Case(
        slug="tumor_meets",
        title="胃恶性肿瘤：病理和化疗记录齐全",
        as_of=AS_OF,
        disease=TUMOR,
        applicant=person,
        uploads=(
            Upload(name="申请表.pdf", sheets=(_form(person, dt.date(2026, 2, 2)),), kind="pdf"),
            Upload(
                name="出院记录.pdf", sheets=(discharge_record(person, HOSPITALS["xuri"], stay, style="①"),), kind="scan"
            ),
            Upload(name="病理报告.pdf", sheets=(_pathology(person, dt.date(2025, 8, 29), organ="胃"),), kind="pdf"),
            Upload(name="血常规.jpg", sheets=(blood,), kind="photo", shot=Shot(side=2300, curl=0.012)),
            Upload(name="肿瘤标志物.pdf", sheets=(markers,), kind="pdf"),
        ),
        expected=Expected(
            conclusion=("meets",),
            criteria={"1": ("met",), "2": ("met",), "3": ("met",), "4": ("missing", "manual")},
        ),
    )


def relative(seed: int) -> Case:
    del seed
    person = Person(name="应秋生", sex="男", birth=dt.date(1966, 9, 15), serial=395)
    wife = Person(name="阮菊香", sex="女", birth=dt.date(1968, 11, 27), serial=528)
    stay = _stay(dt.date(2025, 12, 15), dt.date(2025, 12, 19), "25121507")
    return Case(
        slug="tumor_relative_pathology",
        title="恶性肿瘤：上传的病理报告是家属的",
        as_of=AS_OF,
        disease=TUMOR,
        applicant=person,
        others=(wife.name,),
        uploads=(
            Upload(name="申请表.jpg", sheets=(_form(person, dt.date(2026, 1, 12)),), kind="photo"),
            Upload(
                name="出院小结.pdf",
                sheets=(discharge_record(person, HOSPITALS["xuri"], stay, title="出院小结", look="framed"),),
                kind="scan",
            ),
            Upload(name="病理.jpg", sheets=(_pathology(wife, dt.date(2025, 5, 14), organ="肺"),), kind="photo"),
        ),
        expected=Expected(
            conclusion=("insufficient",),
            criteria={"1": ("met",), "2": ("met",), "3": ("missing",), "4": ("missing",)},
            missing=("3",),
        ),
    )


CASES = {"tumor_meets": meets, "tumor_relative_pathology": relative}
