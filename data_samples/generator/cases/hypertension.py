"""高血压伴有并发症 (item 12): met; grade 1 only; evidence older than the look-back window."""

from __future__ import annotations

import datetime as dt

from data_samples.generator.case import Case, Expected
from data_samples.generator.cases.common import AS_OF, HYPERTENSION, dx, finding, lab, measured, treated
from data_samples.generator.exams import Exam, exam_report
from data_samples.generator.files import Shot, Upload
from data_samples.generator.forms import Application, application_form
from data_samples.generator.hospitals import HOSPITALS
from data_samples.generator.people import Person
from data_samples.generator.records import Dx
from data_samples.generator.sheets import Sheet
from data_samples.generator.stays import Stay, discharge_record, front_page
from data_samples.generator.visits import Drug, certificate, outpatient_note

__all__ = ["CASES"]

_DRUGS = [
    Drug(name="苯磺酸氨氯地平片", use="5mg×28片　用法：5mg 口服 每日一次", drug_class="降压药"),
    Drug(name="厄贝沙坦片", use="0.15g×14片　用法：0.15g 口服 每日一次", drug_class="降压药"),
]


def _stay(admitted: dt.date, discharged: dt.date, items: list[Dx], number: str, pressure: str) -> Stay:
    return Stay(
        admitted=admitted,
        discharged=discharged,
        department="心血管内科",
        number=number,
        bed="07",
        admission_dx=[dx("高血压病", "I10.x00x002", "hypertension")],
        discharge_dx=items,
        complaint="反复头晕、头胀8年，再发加重3天。",
        history=(
            f"患者8年前无明显诱因出现头晕、头胀，测血压升高，最高{pressure}mmHg，诊断“高血压病”，长期口服降压药物，"
            "血压控制不详。3天前劳累后头晕、头胀再发加重，无视物旋转，无恶心、呕吐，无肢体乏力及言语不清，"
            "无胸痛、气促，在家休息后无好转，遂来我院，门诊拟“高血压病”收住院。起病以来，精神、食纳、睡眠一般，大小便正常。"
        ),
        past="否认糖尿病、冠心病、脑卒中病史，否认肝炎、结核等传染病史，否认手术、外伤、输血史，否认药物、食物过敏史。",
        examination=(
            f"T 36.3℃，P 82次/分，R 18次/分，BP {pressure}mmHg。神志清楚，对答切题，双侧瞳孔等大等圆，对光反射灵敏。"
            "双肺呼吸音清，未闻及啰音。心率82次/分，律齐，A2亢进，各瓣膜区未闻及病理性杂音。腹软，肝脾肋下未及。"
            "四肢肌力、肌张力正常，双侧巴氏征阴性，双下肢无水肿。"
        ),
        tests=["血常规、尿常规、大便常规、凝血功能、甲状腺功能：未见明显异常。肝肾功能、电解质：未见明显异常。"],
        course=[
            "入院后予{a}、{b}降压，阿托伐他汀调脂，天麻素改善头晕等治疗，监测血压波动于128-142/76-88mmHg，头晕好转，予出院。"
        ],
        condition="无明显头晕、头胀，BP 132/80mmHg，心肺腹查体无特殊。",
        orders=[
            "低盐低脂饮食，戒烟限酒，监测血压；",
            "苯磺酸氨氯地平片 5mg 口服 每日1次，厄贝沙坦片 0.15g 口服 每日1次；",
            "阿托伐他汀钙片 20mg 口服 每晚1次；",
            "心内科门诊随诊，不适就诊。",
        ],
        facts={
            "a": treated("drug", "苯磺酸氨氯地平", admitted, drug_class="降压药"),
            "b": treated("drug", "厄贝沙坦", admitted, drug_class="降压药"),
        },
    )


def _form(person: Person, hospital: str, on: dt.date) -> Sheet:
    return application_form(
        person,
        HOSPITALS[hospital],
        Application(
            disease=HYPERTENSION[1],
            on=on,
            first_diagnosed="2018年3月",
            history="反复头晕、头胀8年，诊断高血压病，长期口服降压药物治疗。",
            opinion="患者高血压病诊断明确，需长期服药，建议申请门诊慢特病待遇。",
            physician="余景行",
        ),
    )


def _echo(person: Person, hospital: str, on: dt.date, *, thick: bool) -> Sheet:
    septum, wall = (13.4, 12.6) if thick else (9.2, 9.0)
    facts = {
        "ivs": measured("ivs_thickness", f"室间隔厚度 {septum}mm", septum, "mm"),
        "wall": measured("lvpw_thickness", f"左室后壁厚度 {wall}mm", wall, "mm"),
        "ef": measured("lvef", "EF 63%", 63, "%"),
    }
    if thick:
        facts |= {"a": finding("left_ventricular_hypertrophy", "左室壁肥厚")}
        seen = "室间隔及左室后壁增厚，运动协调，幅度正常。"
        conclusion = ["{a}；", "左房轻度增大；", "左室舒张功能减低，收缩功能正常。"]
    else:
        facts |= {"a": finding("exam_normal", "静息状态下心脏结构及血流未见明显异常")}
        seen = "室间隔及左室后壁厚度正常，运动协调，幅度正常。"
        conclusion = ["{a}；", "左室收缩及舒张功能正常。"]
    return exam_report(
        person,
        HOSPITALS[hospital],
        Exam(
            type="imaging_report",
            modality="echo",
            title="超声心动图检查报告",
            on=on,
            part="心脏",
            department="心血管内科",
            history="高血压病",
            seen=[
                (
                    f"M型及二维测值：主动脉根部内径 31mm，左房前后径 {'39' if thick else '32'}mm，左室舒张末内径 "
                    f"47mm，{{ivs}}，{{wall}}，右室前后径 21mm，{{ef}}，FS 34%。"
                ),
                f"{seen}各瓣膜形态、回声正常，启闭可。房、室间隔连续性完整。心包腔未见液性暗区。",
                (
                    f"多普勒：二尖瓣口血流 E峰 0.62m/s，A峰 0.{'91' if thick else '54'}m/s，"
                    f"E/A{'<1' if thick else '>1'}。"
                    f"三尖瓣微量反流。"
                ),
            ],
            conclusion=conclusion,
            facts=facts,
            labels=("超声所见：", "超声提示："),
            pictures=2,
            look="full",
            number=f"US{on:%Y%m%d}031",
        ),
    )


def _carotid(person: Person, hospital: str, on: dt.date) -> Sheet:
    return exam_report(
        person,
        HOSPITALS[hospital],
        Exam(
            type="imaging_report",
            modality="ultrasound",
            title="彩色多普勒超声检查报告单",
            on=on,
            part="双侧颈动脉、椎动脉",
            department="心血管内科",
            history="高血压病",
            seen=[
                "双侧颈总动脉走行正常，内-中膜不均匀增厚，{imt}。右侧颈总动脉分叉处后壁可见大小约8.6mm×2.3mm的等回声斑块，表面欠光滑；左侧颈内动脉起始段可见大小约6.1mm×1.9mm的强回声斑块。",
                "CDFI：双侧颈动脉血流充盈可，未见明显狭窄，频谱形态及流速正常。双侧椎动脉走行、内径及血流未见明显异常。",
            ],
            conclusion=["{a}；", "{b}；", "双侧椎动脉未见明显异常。"],
            facts={
                "imt": measured("carotid_imt", "较厚处约1.4mm", 1.4, "mm"),
                "a": finding("intima_media_thickening", "双侧颈动脉内-中膜增厚"),
                "b": finding("arterial_plaque", "双侧颈动脉斑块形成"),
            },
            labels=("超声所见：", "超声诊断："),
            number=f"US{on:%Y%m%d}058",
        ),
    )


def meets(seed: int) -> Case:
    person = Person(name="上官月华", sex="女", birth=dt.date(1955, 2, 14), serial=460)
    hospital = HOSPITALS["xinjiang"]
    stay = _stay(
        dt.date(2025, 8, 4),
        dt.date(2025, 8, 12),
        [
            dx("高血压病3级 很高危", "I10.x00x002", "hypertension", grade="3"),
            dx("高血压性心脏病", "I11.900"),
            dx("颈动脉斑块", "I70.806"),
        ],
        "202508040519",
        "186/104",
    )
    sheet = lab(
        person,
        "xinjiang",
        "生化全套",
        "ruled",
        (2025, 8, 5, 6, 33),
        seed,
        {"总胆固醇": "6.31", "低密度脂蛋白胆固醇": "4.02", "尿酸": "438"},
        department="心血管内科",
        bed="07",
        diagnosis="高血压病",
        number="202508040519",
    )
    return Case(
        slug="hypertension_meets",
        title="高血压3级伴左室肥厚、颈动脉斑块（打印页与扫描页混在一个PDF，加照片）",
        as_of=AS_OF,
        disease=HYPERTENSION,
        applicant=person,
        uploads=(
            Upload(
                name="申请表.jpg",
                sheets=(_form(person, "xinjiang", dt.date(2026, 2, 24)),),
                kind="photo",
                shot=Shot(tilt=0.7),
            ),
            Upload(
                name="住院材料合并.pdf",
                sheets=(
                    discharge_record(person, hospital, stay, title="出院小结", look="ruled", style="1."),
                    front_page(person, hospital, stay),
                    sheet,
                ),
                kind="mixed",
            ),
            Upload(
                name="心脏彩超.jpg", sheets=(_echo(person, "xinjiang", dt.date(2025, 8, 6), thick=True),), kind="photo"
            ),
            Upload(name="颈动脉彩超.pdf", sheets=(_carotid(person, "xinjiang", dt.date(2025, 8, 7)),), kind="scan"),
        ),
        expected=Expected(
            conclusion=("meets",),
            criteria={
                "1": ("met",),
                "2": ("met",),
                "3": ("met",),
                "4": ("missing",),
                "5": ("missing", "unmet"),
                "6": ("missing",),
                "7": ("met",),
            },
        ),
    )


def grade1(seed: int) -> Case:
    person = Person(name="裴立新", sex="男", birth=dt.date(1971, 10, 6), serial=937)
    hospital = HOSPITALS["lingxi"]
    stay = _stay(
        dt.date(2025, 12, 1),
        dt.date(2025, 12, 7),
        [dx("高血压病1级 中危", "I10.x00x002", "hypertension", grade="1"), dx("高脂血症", "E78.500", "hyperlipidemia")],
        "0045127",
        "152/94",
    )
    return Case(
        slug="hypertension_grade1",
        title="高血压1级：级别不到2级，心脏彩超正常",
        as_of=AS_OF,
        disease=HYPERTENSION,
        applicant=person,
        uploads=(
            Upload(name="申请表.pdf", sheets=(_form(person, "lingxi", dt.date(2026, 1, 19)),), kind="pdf"),
            Upload(
                name="出院小结.pdf",
                sheets=(discharge_record(person, hospital, stay, title="出 院 小 结", style="(1)"),),
                kind="pdf",
            ),
            Upload(
                name="心脏彩超.pdf", sheets=(_echo(person, "lingxi", dt.date(2025, 12, 3), thick=False),), kind="pdf"
            ),
            Upload(
                name="Screenshot_20251204.png",
                sheets=(
                    lab(
                        person,
                        "lingxi",
                        "肾功能",
                        "screen",
                        (2025, 12, 2, 6, 48),
                        seed,
                        {"尿酸": "446.0"},
                        department="心血管内科",
                        number="0045127",
                        skip=("估算肾小球滤过率",),
                    ),
                ),
                kind="png",
            ),
        ),
        expected=Expected(
            conclusion=("not_met",),
            criteria={
                "1": ("unmet",),
                "2": ("met",),
                "3": ("unmet", "missing"),
                "4": ("missing",),
                "5": ("unmet", "missing"),
                "6": ("missing",),
                "7": ("missing",),
            },
        ),
    )


def old_evidence(seed: int) -> Case:
    person = Person(name="余金凤", sex="女", birth=dt.date(1950, 6, 25), serial=702)
    hospital = HOSPITALS["raobei"]
    paper = certificate(
        person,
        hospital,
        dt.date(2026, 1, 6),
        department="心血管内科",
        dx=[dx("高血压病2级（高危）", concept="hypertension", grade="2")],
        advice="建议长期规律口服降压药物，低盐饮食，监测血压，门诊随诊。",
        number="202601060012",
        doctor="余景行",
    )
    notes = tuple(
        outpatient_note(
            person,
            hospital,
            day,
            department="心内科门诊",
            complaint="头晕10年，复诊。",
            history="患者高血压病史10年，最高血压172/102mmHg，规律服药，近期血压控制在135-145/80-88mmHg。",
            past="否认糖尿病、冠心病、脑卒中史。",
            examination=pressure,
            dx=[dx("高血压病2级", concept="hypertension", grade="2")],
            drugs=_DRUGS,
            advice=["低盐低脂饮食，监测血压。"],
            doctor="余景行",
            number="M0088172",
        )
        for day, pressure in (
            (dt.date(2025, 7, 3), "BP 146/88mmHg，心肺（-）。"),
            (dt.date(2025, 10, 9), "BP 142/84mmHg，心肺（-）。"),
            (dt.date(2026, 1, 6), "BP 138/82mmHg，心率76次/分，律齐。"),
        )
    )
    kidney = lab(
        person,
        "raobei",
        "肾功能",
        "drawn",
        (2026, 1, 6, 8, 20),
        seed,
        {"尿素": "5.12", "肌酐": "66.3"},
        department="心内科门诊",
        number="M0088172",
        skip=("估算肾小球滤过率",),
    )
    return Case(
        slug="hypertension_old_evidence",
        title="高血压：心脏和颈动脉彩超是2023年的，超过两年",
        as_of=AS_OF,
        disease=HYPERTENSION,
        applicant=person,
        uploads=(
            Upload(name="申请表.pdf", sheets=(_form(person, "raobei", dt.date(2026, 1, 8)),), kind="scan"),
            Upload(name="诊断证明书.jpg", sheets=(paper,), kind="photo"),
            Upload(name="门诊病历三次.tiff", sheets=notes, kind="tiff"),
            Upload(
                name="2023年彩超.pdf",
                sheets=(
                    _echo(person, "raobei", dt.date(2023, 4, 11), thick=True),
                    _carotid(person, "raobei", dt.date(2023, 4, 11)),
                ),
                kind="scan",
            ),
            Upload(name="肾功能.pdf", sheets=(kidney,), kind="pdf"),
        ),
        expected=Expected(
            conclusion=("insufficient",),
            criteria={
                "1": ("met",),
                "2": ("met",),
                "3": ("missing",),
                "4": ("missing",),
                "5": ("unmet", "missing"),
                "6": ("missing",),
                "7": ("missing",),
            },
            missing=("3", "7"),
        ),
    )


CASES = {"hypertension_meets": meets, "hypertension_grade1": grade1, "hypertension_old_evidence": old_evidence}
