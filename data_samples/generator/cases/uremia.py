"""慢性肾功能衰竭（尿毒症期）(item 7): on dialysis with two creatinines; and a patient whose creatinine stays below."""

from __future__ import annotations

import datetime as dt

from data_samples.generator.case import Case, Expected
from data_samples.generator.cases.common import AS_OF, dx, lab, treated
from data_samples.generator.files import Upload
from data_samples.generator.forms import Application, application_form
from data_samples.generator.hospitals import HOSPITALS
from data_samples.generator.people import Person
from data_samples.generator.stays import Stay, admission_record, discharge_record
from data_samples.generator.visits import dialysis_record

__all__ = ["CASES"]

UREMIA = (7, "慢性肾功能衰竭（尿毒症期）")


def meets(seed: int) -> Case:
    person = Person(name="汪茂森", sex="男", birth=dt.date(1969, 7, 30), serial=613)
    hospital = HOSPITALS["raobei"]
    admitted, discharged = dt.date(2025, 12, 9), dt.date(2025, 12, 22)
    stay = Stay(
        admitted=admitted,
        discharged=discharged,
        department="肾内科",
        number="Z2512091",
        bed="加08",
        admission_dx=[
            dx("慢性肾脏病5期", "N18.500", "uremia", grade="G5"),
            dx("肾性贫血", "N18.900x009"),
            dx("肾性高血压", "I15.100"),
        ],
        discharge_dx=[
            dx("慢性肾功能衰竭（尿毒症期）", "N18.500x003", "uremia"),
            dx("肾性贫血", "N18.900x009"),
            dx("肾性高血压", "I15.100"),
            dx("继发性甲状旁腺功能亢进症", "N25.801"),
        ],
        complaint="发现血肌酐升高4年，维持性血液透析2月，胸闷、乏力3天。",
        history=(
            "患者4年前体检发现血肌酐升高（具体不详），伴夜尿增多、泡沫尿，曾在外院就诊，诊断“慢性肾炎”，予护肾等治疗，"
            "未规律复查。2月前因恶心、纳差查血肌酐1020μmol/L，行左前臂动静脉内瘘成形术，后开始规律血液透析，每周3次。"
            "3天前出现胸闷、乏力，活动后明显，尿量约400ml/日，为求进一步治疗入院。"
        ),
        past="高血压病史5年，最高180/110mmHg，服用硝苯地平控释片。否认糖尿病、冠心病史，否认肝炎、结核病史，否认药物过敏史。",
        examination=(
            "T 36.8℃，P 88次/分，R 20次/分，BP 162/94mmHg。慢性病容，贫血貌，双下肺呼吸音稍低，"
            "心率88次/分，律齐。腹平软，双下肢轻度凹陷性水肿，左前臂内瘘可触及震颤。"
        ),
        tests=[
            "血常规：白细胞 5.42×10^9/L，血红蛋白 82g/L，血小板 168×10^9/L。",
            "双肾彩超：双肾体积缩小，实质回声增强，皮髓质分界不清。心脏彩超：左房增大，二尖瓣轻度反流。",
        ],
        course=["入院后予规律{a}治疗，促红素纠正贫血、降压、控制磷等对症处理，患者胸闷、乏力好转，病情稳定。"],
        condition="无胸闷、气促，尿量约500ml/日，BP 142/86mmHg，双下肢无水肿，内瘘震颤良好。",
        orders=[
            "优质低蛋白、低磷低钾饮食，控制水分摄入；",
            "继续规律血液透析，每周3次；",
            (
                "硝苯地平控释片 30mg 口服 每日1次；重组人促红素注射液 10000单位 皮下注射 每周1次；"
                "碳酸司维拉姆片 0.8g 口服 每日3次；"
            ),
            "肾内科门诊随诊，定期复查血常规、肾功能、电解质、甲状旁腺激素。",
        ],
        doctor="童乐安",
        facts={"a": treated("dialysis", "血液透析", admitted, concept="hemodialysis")},
    )
    first = lab(
        person,
        "raobei",
        "肾功能电解质",
        "half",
        (2025, 12, 10, 6, 20),
        seed,
        {
            "尿素氮": "26.84",
            "肌酐": "986.3",
            "尿酸": "512",
            "钾": "5.62",
            "磷": "2.31",
            "钙": "1.98",
            "总二氧化碳": "17.2",
        },
        department="肾内科",
        bed="加08",
        number="Z2512091",
        diagnosis="慢性肾脏病5期",
    )
    second = lab(
        person,
        "raobei",
        "肾功能",
        "double",
        (2026, 2, 4, 7, 2),
        seed,
        {
            "尿素": "22.17",
            "肌酐": "874.0",
            "尿酸": "466.2",
            "胱抑素C": "6.12",
            "β2-微球蛋白": "18.6",
            "二氧化碳结合力": "19.4",
            "估算肾小球滤过率": "5.4",
        },
        department="血液净化中心",
        number="HD0231",
        diagnosis="尿毒症",
    )
    sessions = [dt.date(2026, 2, day) for day in (2, 4, 6, 9, 11, 13)]
    return Case(
        slug="uremia_meets",
        title="尿毒症：扫描件，透析记录和两次肌酐均达标",
        as_of=AS_OF,
        disease=UREMIA,
        applicant=person,
        uploads=(
            Upload(
                name="申请表扫描.pdf",
                sheets=(
                    application_form(
                        person,
                        hospital,
                        Application(
                            disease=UREMIA[1],
                            on=dt.date(2026, 2, 20),
                            first_diagnosed="2025年10月",
                            history="发现血肌酐升高4年，2025年10月起规律血液透析治疗，每周3次。",
                            opinion="患者慢性肾功能衰竭尿毒症期诊断明确，现维持性血液透析，建议认定。",
                            physician="童乐安",
                            title="副主任医师",
                        ),
                    ),
                ),
                kind="scan",
            ),
            Upload(
                name="住院资料.pdf",
                sheets=(
                    admission_record(person, hospital, stay),
                    discharge_record(person, hospital, stay, look="ruled", style="1、"),
                ),
                kind="scan",
            ),
            Upload(name="化验单.pdf", sheets=(first, second), kind="scan", dpi=170),
            Upload(
                name="透析记录.pdf", sheets=(dialysis_record(person, hospital, sessions, number="HD0231"),), kind="scan"
            ),
        ),
        expected=Expected(
            conclusion=("meets",),
            criteria={"1": ("met",), "2": ("met",), "3": ("met",), "4": ("missing", "manual")},
        ),
    )


def below(seed: int) -> Case:
    person = Person(name="柯兰英", sex="女", birth=dt.date(1958, 1, 26), serial=402)
    hospital = HOSPITALS["lingxi"]
    admitted, discharged = dt.date(2025, 10, 13), dt.date(2025, 10, 21)
    stay = Stay(
        admitted=admitted,
        discharged=discharged,
        department="肾内科",
        number="0042518",
        bed="15",
        admission_dx=[dx("慢性肾脏病4期", "N18.400", "chronic_kidney_disease", grade="G4")],
        discharge_dx=[
            dx("慢性肾脏病4期", "N18.400", "chronic_kidney_disease", grade="G4"),
            dx("慢性肾小球肾炎", "N03.900"),
            dx("高尿酸血症", "E79.000"),
        ],
        complaint="发现蛋白尿8年，血肌酐升高2年，乏力1周。",
        history=(
            "患者8年前体检发现尿蛋白2+，未行肾穿刺，间断服用中成药治疗。2年前查血肌酐180μmol/L，予护肾治疗。"
            "1周前无明显诱因出现乏力，无恶心、呕吐，无少尿，无气促，为进一步诊治入院。从未行透析治疗。"
        ),
        past="否认糖尿病、冠心病史，否认肝炎、结核病史，否认手术史及药物过敏史。",
        examination=(
            "T 36.4℃，P 76次/分，R 18次/分，BP 138/82mmHg。神志清，轻度贫血貌，心肺未见异常，腹软，双下肢无水肿。"
        ),
        tests=["血常规：血红蛋白 101g/L。尿常规：蛋白2+，隐血1+。双肾彩超：双肾实质回声稍增强。"],
        course=[
            "入院后予低盐优质低蛋白饮食，复方α-酮酸片、尿毒清颗粒护肾，非布司他降尿酸，多糖铁复合物纠正贫血等治疗，血肌酐稳定，无透析指征，予以出院。"
        ],
        condition="乏力好转，尿量正常，BP 130/80mmHg，双下肢无水肿。",
        orders=[
            "低盐低脂优质低蛋白饮食；",
            "复方α-酮酸片 2.52g 口服 每日3次；尿毒清颗粒 5g 冲服 每日4次；",
            "每月复查肾功能、电解质。",
        ],
    )
    common = {"department": "肾内科", "diagnosis": "慢性肾脏病4期", "number": "0042518"}
    first = lab(
        person,
        "lingxi",
        "肾功能",
        "ruled",
        (2025, 10, 14, 6, 30),
        seed,
        {
            "尿素": "15.32",
            "肌酐": "246.8",
            "尿酸": "488.0",
            "胱抑素C": "2.31",
            "β2-微球蛋白": "6.8",
            "估算肾小球滤过率": "17.9",
        },
        **common,
    )
    second = lab(
        person,
        "lingxi",
        "肾功能",
        "zebra",
        (2026, 1, 15, 8, 11),
        seed,
        {
            "尿素": "14.06",
            "肌酐": "239.5",
            "尿酸": "431.6",
            "胱抑素C": "2.24",
            "β2-微球蛋白": "6.5",
            "估算肾小球滤过率": "18.6",
        },
        **common,
    )
    return Case(
        slug="uremia_below_threshold",
        title="尿毒症：慢性肾脏病4期，两次肌酐均低于707，未透析",
        as_of=AS_OF,
        disease=UREMIA,
        applicant=person,
        uploads=(
            Upload(
                name="申请表.pdf",
                sheets=(
                    application_form(
                        person,
                        hospital,
                        Application(
                            disease=UREMIA[1],
                            on=dt.date(2026, 2, 3),
                            first_diagnosed="2023年11月",
                            history="发现蛋白尿8年，血肌酐升高2年，门诊药物护肾治疗。",
                            opinion="患者慢性肾脏病，建议门诊长期治疗。",
                            signed=False,
                            sealed=False,
                        ),
                    ),
                ),
                kind="scan",
            ),
            Upload(
                name="出院小结.pdf",
                sheets=(discharge_record(person, hospital, stay, title="出院小结", style="(1)"),),
                kind="pdf",
            ),
            Upload(name="肾功能两次.tif", sheets=(first, second), kind="tiff"),
        ),
        expected=Expected(
            conclusion=("not_met", "insufficient"),
            criteria={"1": ("unmet", "missing"), "2": ("unmet",), "3": ("missing",), "4": ("missing", "manual")},
        ),
    )


CASES = {"uremia_meets": meets, "uremia_below_threshold": below}
