"""糖尿病伴有并发症 (item 16): all met; no complication shown; level unknown; health centre only."""

from __future__ import annotations

import datetime as dt

from data_samples.generator.case import Case, Expected
from data_samples.generator.cases.common import AS_OF, DIABETES, dx, finding, lab, treated
from data_samples.generator.exams import Exam, exam_report
from data_samples.generator.files import Shot, Upload
from data_samples.generator.forms import Application, application_form
from data_samples.generator.hospitals import HOSPITALS
from data_samples.generator.people import Person
from data_samples.generator.records import Dx
from data_samples.generator.sheets import Sheet
from data_samples.generator.stays import Stay, discharge_record
from data_samples.generator.visits import Drug, certificate, outpatient_note

__all__ = ["CASES"]

_METFORMIN = Drug(name="盐酸二甲双胍片", use="0.5g×48片　用法：0.5g 口服 每日三次", drug_class="降糖药")
_GLIMEPIRIDE = Drug(name="格列美脲片", use="2mg×15片　用法：2mg 口服 每日一次 早餐前", drug_class="降糖药")
_INSULIN = Drug(name="甘精胰岛素注射液", use="3ml:300单位×2支　用法：14单位 皮下注射 每晚睡前", drug_class="胰岛素")


def _stay(admitted: dt.date, discharged: dt.date, discharge_dx: list[Dx], number: str) -> Stay:
    return Stay(
        admitted=admitted,
        discharged=discharged,
        department="内分泌科",
        number=number,
        bed="21",
        admission_dx=[
            dx("2型糖尿病", "E11.900", "diabetes_type2"),
            dx("高血压病2级", "I10.x00x002", "hypertension", grade="2"),
        ],
        discharge_dx=discharge_dx,
        complaint="反复口干、多饮、多尿11年，双下肢麻木1年，加重半月。",
        history=(
            "患者11年前无明显诱因出现口干、多饮、多尿，日饮水量约3000ml，体重下降约5kg，在当地医院查空腹血糖13.6mmol/L，"
            "诊断为“2型糖尿病”，予口服降糖药物治疗，血糖控制不详。1年前出现双下肢麻木、针刺感，呈对称性，夜间明显。"
            "近半月上述症状加重，自测空腹血糖波动于11-15mmol/L，为求进一步诊治来我院，门诊以“2型糖尿病”收入我科。"
            "起病以来，患者精神、睡眠一般，食纳可，大便正常，小便量多，近期体重无明显变化。"
        ),
        past="有“高血压病”病史6年，最高血压168/96mmHg，服用苯磺酸氨氯地平片，血压控制尚可。否认冠心病、脑卒中病史，否认肝炎、结核等传染病史，否认手术、外伤、输血史，否认药物、食物过敏史。",
        examination=(
            "T 36.5℃，P 78次/分，R 19次/分，BP 146/84mmHg，BMI 25.3kg/m²。神志清楚，双肺呼吸音清，未闻及干湿性啰音。"
            "心率78次/分，律齐，各瓣膜听诊区未闻及病理性杂音。腹软，无压痛及反跳痛。双下肢无水肿，双足背动脉搏动可，"
            "双足10g尼龙丝试验减弱，双侧踝反射减弱。"
        ),
        tests=[
            f"糖化血红蛋白（{admitted:%Y-%m-%d}）10.2%；空腹C肽 1.32ng/ml；尿常规：葡萄糖3+，酮体阴性，蛋白阴性。",
            "胸部CT：双肺未见明显实质性病变。腹部彩超：脂肪肝（轻度），胆、胰、脾、双肾未见明显异常。心电图：窦性心律，正常心电图。",
        ],
        course=[
            "入院后完善相关检查，予糖尿病饮食、{a}降糖，联合{b}口服，并予依帕司他、甲钴胺改善神经症状，氨氯地平降压，阿托伐他汀调脂等治疗。经治疗患者血糖逐渐下降，双下肢麻木较前减轻，空腹血糖波动于6.5-8.0mmol/L，餐后2小时血糖8.5-10.6mmol/L，请示上级医师同意，予今日出院。"
        ],
        condition="患者一般情况可，双下肢麻木较前好转，无口干、多饮，无胸闷、心悸。BP 132/78mmHg，心肺腹未见异常。",
        orders=[
            "糖尿病饮食，适当运动，监测血糖、血压；",
            "甘精胰岛素注射液 14单位 皮下注射 睡前，二甲双胍缓释片 1.0g 口服 每日2次；",
            "苯磺酸氨氯地平片 5mg 口服 每日1次，阿托伐他汀钙片 20mg 口服 每晚1次；",
            "内分泌科门诊随诊，3个月复查糖化血红蛋白、尿微量白蛋白及眼底。",
        ],
        facts={
            "a": treated("drug", "甘精胰岛素", admitted, drug_class="胰岛素"),
            "b": treated("drug", "二甲双胍缓释片", admitted, drug_class="降糖药"),
        },
    )


def _form(person: Person, hospital: str, on: dt.date, **more: object) -> Sheet:
    return application_form(
        person,
        HOSPITALS[hospital],
        Application(
            disease=DIABETES[1],
            on=on,
            first_diagnosed="2014年6月",
            history="患者反复口干、多饮、多尿11年，长期使用降糖药物及胰岛素治疗，血糖控制欠佳。近1年出现双下肢麻木、针刺感，夜间明显，曾住院治疗。",
            opinion="患者2型糖尿病诊断明确，需长期门诊药物治疗，建议认定门诊慢特病待遇。",
            **more,  # type: ignore[arg-type]
        ),
    )


def _emg(person: Person, hospital: str, on: dt.date) -> Sheet:
    return exam_report(
        person,
        HOSPITALS[hospital],
        Exam(
            type="eeg_emg_report",
            modality="emg",
            title="肌电图检查报告单",
            on=on,
            part="四肢神经传导",
            history="2型糖尿病 周围神经病变？",
            seen=[
                "运动神经传导：双侧胫神经、腓总神经运动传导速度减慢，末端潜伏期延长，CMAP波幅下降；双侧正中神经、尺神经运动传导速度及波幅正常。",
                "感觉神经传导：双侧腓浅神经、腓肠神经感觉传导速度减慢，SNAP波幅降低；双侧正中神经感觉传导速度轻度减慢。",
                "F波：双侧胫神经F波潜伏期延长，出现率下降。",
            ],
            conclusion=["{a}，下肢为著，感觉及运动神经均受累。", "请结合临床。"],
            facts={"a": finding("peripheral_neuropathy", "四肢周围神经源性损害")},
            labels=("检查所见：", "检查结论："),
        ),
    )


def complete(person: Person, seed: int, admitted: dt.date) -> Case:
    """A case with all that the standard asks for, as printed PDFs."""
    hospital = HOSPITALS["xinjiang"]
    next_day = admitted + dt.timedelta(days=1)
    stay = _stay(
        admitted,
        admitted + dt.timedelta(days=11),
        [
            dx("2型糖尿病伴周围神经病变", "E11.400x301", "diabetic_neuropathy"),
            dx("2型糖尿病伴血糖控制不佳", "E11.900", "diabetes_type2"),
            dx("高血压病2级 很高危", "I10.x00x002", "hypertension", grade="2"),
            dx("脂肪肝", "K76.000"),
        ],
        f"{admitted:%Y%m%d}0087",
    )
    glucose = lab(
        person,
        "xinjiang",
        "糖代谢",
        "english",
        (next_day.year, next_day.month, next_day.day, 6, 50),
        seed,
        {"糖化血红蛋白": "10.2", "空腹血糖": "13.48", "餐后2小时血糖": "19.06", "C肽": "1.32"},
        diagnosis="2型糖尿病",
    )
    albumin = lab(
        person,
        "xinjiang",
        "尿微量白蛋白",
        "ruled",
        (next_day.year, next_day.month, next_day.day + 1, 7, 5),
        seed,
        {"尿微量白蛋白": "18.6", "尿微量白蛋白/肌酐": "21.4"},
        diagnosis="2型糖尿病",
    )
    return Case(
        slug="diabetes_meets",
        title="糖尿病伴并发症：电子版PDF，出院记录、化验和肌电图齐全",
        as_of=AS_OF,
        disease=DIABETES,
        applicant=person,
        uploads=(
            Upload(name="申请表.pdf", sheets=(_form(person, "xinjiang", dt.date(2026, 3, 10)),), kind="pdf"),
            Upload(name="出院记录.pdf", sheets=(discharge_record(person, hospital, stay),), kind="pdf"),
            Upload(name="检验报告.pdf", sheets=(glucose, albumin), kind="pdf"),
            Upload(name="肌电图.pdf", sheets=(_emg(person, "xinjiang", admitted + dt.timedelta(days=3)),), kind="pdf"),
        ),
        expected=Expected(conclusion=("meets",), criteria={"1": ("met",), "2": ("met",), "3": ("met",)}),
    )


def meets(seed: int) -> Case:
    person = Person(name="邱桂芝", sex="女", birth=dt.date(1961, 5, 8), serial=224)
    return complete(person, seed, dt.date(2025, 11, 3))


def no_complication(seed: int) -> Case:
    person = Person(name="占庆林", sex="男", birth=dt.date(1957, 9, 21), serial=317)
    hospital = HOSPITALS["lingxi"]
    paper = certificate(
        person,
        hospital,
        dt.date(2026, 2, 26),
        department="内分泌科",
        dx=[dx("2型糖尿病", concept="diabetes_type2"), dx("高脂血症", concept="hyperlipidemia")],
        advice="建议长期规律使用降糖药物治疗，控制饮食，监测血糖，定期门诊复查。",
        number="ZM2026022617",
    )
    notes = [
        outpatient_note(
            person,
            hospital,
            day,
            department="内分泌科",
            complaint="口干、多饮6年，复诊开药。",
            history="患者6年前诊断“2型糖尿病”，规律服药，近期空腹血糖7.4-9.1mmol/L，无视物模糊，无肢体麻木，无泡沫尿。",
            past="否认高血压、冠心病史。否认药物过敏史。",
            examination="BP 128/76mmHg，心肺（-），双下肢无水肿，足背动脉搏动正常。",
            dx=[dx("2型糖尿病", concept="diabetes_type2")],
            drugs=[_METFORMIN, _GLIMEPIRIDE],
            advice=["糖尿病饮食，适当运动。", "1月后复诊，不适随诊。"],
        )
        for day in (dt.date(2025, 8, 12), dt.date(2025, 11, 20), dt.date(2026, 2, 26))
    ]
    sheet = lab(
        person,
        "lingxi",
        "生化全套",
        "ruled",
        (2026, 2, 26, 8, 3),
        seed,
        {"葡萄糖": "8.94", "甘油三酯": "2.61", "总胆固醇": "6.02", "低密度脂蛋白胆固醇": "3.89"},
        diagnosis="2型糖尿病",
        number="M00318846",
    )
    uploads = [
        Upload(name="IMG_20260301_101502.jpg", sheets=(_form(person, "lingxi", dt.date(2026, 3, 1)),), kind="photo"),
        Upload(name="IMG_20260301_101533.jpg", sheets=(paper,), kind="photo", shot=Shot(curl=0.02)),
        Upload(name="IMG_20260301_101610.jpg", sheets=(notes[0],), kind="photo", shot=Shot(quarters=1, exif=True)),
        Upload(name="IMG_20260301_101648.jpg", sheets=(notes[1],), kind="photo", shot=Shot(quarters=3)),
        Upload(name="IMG_20260301_101705.jpg", sheets=(notes[2],), kind="photo", shot=Shot(quarters=2, tilt=0.6)),
        Upload(name="IMG_20260301_101731.jpg", sheets=(sheet,), kind="photo", shot=Shot(side=2400, quality=60)),
    ]
    return Case(
        slug="diabetes_no_complication",
        title="糖尿病：确诊和用药齐全，缺并发症检查的阳性报告（手机照片，肾功能正常）",
        as_of=AS_OF,
        disease=DIABETES,
        applicant=person,
        uploads=tuple(uploads),
        expected=Expected(
            conclusion=("insufficient",),
            criteria={"1": ("met",), "2": ("met",), "3": ("missing",)},
            missing=("3",),
        ),
    )


def unknown_level(seed: int) -> Case:
    person = Person(name="揭秀莲", sex="女", birth=dt.date(1965, 12, 2), serial=148)
    hospital = HOSPITALS["renan"]
    stay = _stay(
        dt.date(2025, 9, 8),
        dt.date(2025, 9, 17),
        [
            dx("2型糖尿病性周围神经病", "E11.402", "diabetic_neuropathy"),
            dx("高血压病2级", "I10.x00x002", "hypertension", grade="2"),
        ],
        "ZY0093117",
    )
    return Case(
        slug="diabetes_level_unknown",
        title="糖尿病：材料齐全，但医院级别无处可查",
        as_of=AS_OF,
        disease=DIABETES,
        applicant=person,
        uploads=(
            Upload(
                name="申请表.jpg", sheets=(_form(person, "renan", dt.date(2026, 3, 2), sealed=False),), kind="photo"
            ),
            Upload(
                name="出院小结.pdf",
                sheets=(discharge_record(person, hospital, stay, title="出 院 小 结", look="framed", style="①"),),
                kind="scan",
            ),
            Upload(name="肌电图.pdf", sheets=(_emg(person, "renan", dt.date(2025, 9, 10)),), kind="scan"),
            Upload(
                name="尿常规.png",
                sheets=(lab(person, "renan", "尿常规", "zebra", (2025, 9, 9, 6, 41), seed, {"尿葡萄糖": "3+"}),),
                kind="png",
            ),
        ),
        expected=Expected(conclusion=("manual",), criteria={"1": ("manual",), "2": ("met",), "3": ("met",)}),
    )


def health_centre(seed: int) -> Case:
    person = Person(name="祝根水", sex="男", birth=dt.date(1952, 3, 17), serial=531)
    centre = HOSPITALS["chating"]
    paper = certificate(
        person,
        centre,
        dt.date(2026, 1, 20),
        department="全科",
        dx=[dx("2型糖尿病伴周围神经病变", concept="diabetic_neuropathy")],
        advice="建议长期使用胰岛素治疗，门诊随诊。",
        number="2026012003",
        title="诊断证明书",
    )
    notes = [
        outpatient_note(
            person,
            centre,
            day,
            department="全科门诊",
            complaint="发现血糖升高9年，复诊。",
            history="糖尿病病史9年，现使用胰岛素，自测空腹血糖8-10mmol/L，双足麻木。",
            past="否认其他慢性病史。",
            examination="BP 138/80mmHg，心肺听诊无异常，双足皮温正常。",
            dx=[dx("2型糖尿病", concept="diabetes_type2")],
            drugs=[_INSULIN, _METFORMIN],
            advice=["低糖饮食。"],
            doctor="陆清平",
            number="T20881",
            small=False,
        )
        for day in (dt.date(2025, 6, 5), dt.date(2025, 10, 14), dt.date(2026, 1, 20))
    ]
    return Case(
        slug="diabetes_health_centre",
        title="糖尿病：诊断证明只有卫生院出具，级别不够",
        as_of=AS_OF,
        disease=DIABETES,
        applicant=person,
        uploads=(
            Upload(
                name="01申请表.jpg",
                sheets=(_form(person, "chating", dt.date(2026, 1, 22), title="主治医师"),),
                kind="photo",
            ),
            Upload(name="02诊断证明.jpg", sheets=(paper,), kind="photo", shot=Shot(curl=0.015)),
            Upload(name="03门诊病历.pdf", sheets=tuple(notes), kind="scan"),
            Upload(name="04肌电图.heic", sheets=(_emg(person, "xinjiang", dt.date(2025, 12, 3)),), kind="heic"),
        ),
        expected=Expected(
            conclusion=("insufficient",),
            criteria={"1": ("missing",), "2": ("met",), "3": ("met",)},
            missing=("1",),
        ),
    )


CASES = {
    "diabetes_meets": meets,
    "diabetes_no_complication": no_complication,
    "diabetes_level_unknown": unknown_level,
    "diabetes_health_centre": health_centre,
}
