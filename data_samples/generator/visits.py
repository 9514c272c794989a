"""Papers of outpatient care: visit notes, certificates, prescriptions, dialysis records."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from data_samples.generator.hospitals import Hospital
from data_samples.generator.people import Person
from data_samples.generator.records import Dx, base, dx_items, heads, marked, seal_ink, sign
from data_samples.generator.sheets import Sheet, cn_date, prose

__all__ = ["Drug", "certificate", "dialysis_record", "outpatient_note", "prescription"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Drug:
    """One line of treatment."""

    name: str
    use: str
    drug_class: str
    amount: str = "×2盒"


def _drug_fact(drug: Drug, on: dt.date) -> dict[str, object]:
    return {"kind": "drug", "name": drug.name, "class": drug.drug_class, "status": "confirmed", "date": on}


def outpatient_note(
    person: Person,
    hospital: Hospital,
    on: dt.date,
    *,
    department: str,
    complaint: str,
    history: str,
    past: str,
    examination: str,
    dx: list[Dx],
    drugs: list[Drug],
    advice: list[str],
    doctor: str = "何云舟",
    number: str = "M00318846",
    small: bool = True,
) -> Sheet:
    """Build a 门诊病历 on A5 (``small``) or A4."""
    paper = {"w": 148, "h": 210, "mx": 11, "my": 9} if small else {"w": 210, "h": 297, "mx": 20, "my": 15}
    sheet = base(
        "outpatient_record",
        person,
        hospital,
        on,
        title="门 诊 病 历",
        paper=paper,
        size=9.5 if small else 10.5,
        head_rule="lines",
    )
    sheet.data["hospital"]["size"] = 14 if small else 17
    sheet.truth["dates"] = {"visit": on}
    sheet.data["head_cols"] = 3
    visit = sheet.add("visits", {"kind": "outpatient", "start": on, "end": on})
    sheet.data["head"] = heads(
        [
            [("姓名：", {"t": person.name, "id": "name"}), ("性别：", person.sex), ("年龄：", f"{person.age(on)}岁")],
            [("科别：", department), ("门诊号：", number), ("费别：", "城乡居民医保")],
            [("就诊时间：", [{"t": f"{on:%Y-%m-%d}", "id": visit}, {"t": " 09:41"}], 2), ("初/复诊：", "复诊")],
        ]
    )
    sheet.data["sections"] = [
        {"h": "主  诉：", "style": "run", "body": complaint},
        {"h": "现病史：", "style": "run", "body": prose(history)},
        {"h": "既往史：", "style": "run", "body": past},
        {"h": "体  检：", "style": "run", "body": examination},
        {"h": "初步诊断：", "style": "list", "body": dx_items(sheet, "门诊诊断", dx, style="1.", date=on)},
        {
            "h": "处  理：",
            "style": "list",
            "body": [
                *[
                    prose(f"{k}.{marked(sheet, 'treatments', drug.name, _drug_fact(drug, on))} {drug.use}")
                    for k, drug in enumerate(drugs, start=1)
                ],
                *[f"{k}.{text}" for k, text in enumerate(advice, start=len(drugs) + 1)],
            ],
        },
    ]
    sheet.data["signer_width"] = 48
    sheet.data["signer"] = [{"label": "医师签名：", "value": sign(doctor)}]
    return sheet


def certificate(
    person: Person,
    hospital: Hospital,
    on: dt.date,
    *,
    department: str,
    dx: list[Dx],
    advice: str,
    number: str,
    doctor: str = "何云舟",
    title: str = "疾病诊断证明书",
    sealed: bool = True,
    style: str = "1.",
) -> Sheet:
    """Build a 疾病诊断证明书 on a half sheet."""
    sheet = base("diagnosis_certificate", person, hospital, on, title=title, title_tracking=4, size=11.5, leading=0.9)
    sheet.data["paper"] = {"w": 210, "h": 148, "mx": 18, "my": 11}
    sheet.truth["dates"] = {"issued": on}
    sheet.truth["patient"]["id_number"] = person.id_number
    sheet.data["head"] = heads(
        [
            [
                ("姓名：", {"t": person.name, "id": "name"}),
                ("性别：", person.sex),
                ("年龄：", f"{person.age(on)}岁"),
                ("编号：", number),
            ],
            [
                ("科别：", department),
                ("身份证号：", {"t": person.id_number, "id": "id_number"}, 2),
                ("病案号：", f"{number[-6:]}"),
            ],
        ]
    )
    sheet.data["sections"] = [
        {"style": "rule"},
        {"h": "诊断：", "style": "beside", "body": dx_items(sheet, "诊断", dx, style=style, date=on)},
        {"style": "space", "body": 4},
        {"h": "处理意见：", "style": "run", "body": advice},
        {"style": "fill"},
    ]
    sheet.data["signer"] = [
        {"label": "医师（签章）：", "value": sign(doctor)},
        {"label": "日期：", "value": cn_date(on)},
    ]
    sheet.data["ink"] = [seal_ink(hospital, "诊断证明专用章", 20, -22)] if sealed else []
    sheet.data["note"] = "注：本证明须加盖医院公章方为有效，涂改无效。"
    return sheet


def prescription(
    person: Person, hospital: Hospital, on: dt.date, *, department: str, dx: list[Dx], drugs: list[Drug], number: str
) -> Sheet:
    """Build a 处方笺."""
    sheet = base("prescription", person, hospital, on, title="处 方 笺", size=10, head_rule="lines")
    sheet.data["paper"] = {"w": 130, "h": 190, "mx": 10, "my": 9}
    sheet.data["hospital"]["size"] = 14
    sheet.truth["dates"] = {"prescribed": on}
    sheet.data["head_cols"] = 3
    items = dx_items(sheet, "门诊诊断", dx, style="", date=on, inline=True)[0]
    sheet.data["head"] = heads(
        [
            [("费别：", "医保"), ("科别：", department), ("处方号：", number)],
            [("姓名：", {"t": person.name, "id": "name"}), ("性别：", person.sex), ("年龄：", f"{person.age(on)}岁")],
            [("开具日期：", f"{on:%Y-%m-%d}", 3)],
        ]
    )
    lines = []
    for k, drug in enumerate(drugs, start=1):
        words = marked(sheet, "treatments", drug.name, _drug_fact(drug, on))
        lines += [prose(f"{k}、{words}　　{drug.amount}"), prose(f"　　用法：{drug.use}")]
    sheet.data["sections"] = [
        {"h": "临床诊断：", "style": "run", "body": items},
        {"style": "rule"},
        {"h": "Rp", "style": "list", "body": lines},
        {"style": "fill"},
        {"style": "rule"},
        {
            "style": "fields",
            "columns": 2,
            "body": heads(
                [
                    [("医师：", sign("何云舟", w=15)), ("审核药师：", "陆清平")],
                    [("金额：", "86.40元"), ("调配/发药：", "陆清平")],
                ]
            ),
        },
    ]
    return sheet


def dialysis_record(
    person: Person, hospital: Hospital, sessions: list[dt.date], *, number: str, access: str = "左前臂动静脉内瘘"
) -> Sheet:
    """Build a 血液透析记录单 with one row per session and the hourly table of the last one."""
    on = sessions[-1]
    sheet = base("dialysis_record", person, hospital, on, title="血液透析治疗记录单", size=9.5, head_rule="full")
    sheet.data["paper"] = {"w": 210, "h": 297, "mx": 14, "my": 12}
    sheet.truth["dates"] = {"sessions": sessions}
    dx = dx_items(
        sheet, "诊断", [Dx(name="慢性肾脏病5期", icd10="N18.5", concept="uremia", grade="G5")], style="", date=on
    )
    sheet.data["head"] = heads(
        [
            [
                ("姓名：", {"t": person.name, "id": "name"}),
                ("性别：", person.sex),
                ("年龄：", f"{person.age(on)}岁"),
                ("透析号：", number),
            ],
            [("诊断：", dx[0], 2), ("血管通路：", access, 2)],
            [("透析机型：", "费森尤斯4008S", 2), ("透析器：", "F15（1.5㎡）"), ("干体重：", "56.5kg")],
        ]
    )
    rows = []
    for k, day in enumerate(sessions, start=1):
        mark = sheet.add(
            "treatments",
            {"kind": "dialysis", "name": "血液透析", "concept": "hemodialysis", "status": "confirmed", "date": day},
        )
        cell = [{"t": f"{day:%Y-%m-%d}", "id": mark}]
        mode = "HD" if k % 3 else "HDF"
        rows.append([str(118 + k), cell, mode, "4.0", "230", "2.4", "低分子肝素4000IU", "152/88", "138/80", "洪婉清"])
    hours = [
        [
            f"{8 + k}:05",
            f"{150 - 4 * k}/{88 - 2 * k}",
            f"{76 + k}",
            "230",
            f"{-150 - 5 * k}",
            f"{110 + 4 * k}",
            f"{0.6 * k:.1f}",
            "无不适",
        ]
        for k in range(5)
    ]
    sheet.data["sections"] = [
        {"h": "透析日程", "style": "run", "body": ""},
        {
            "style": "table",
            "columns": [
                "次数",
                "日期",
                "方式",
                "时间h",
                "血流量ml/min",
                "超滤量L",
                "抗凝剂",
                "透前血压",
                "透后血压",
                "护士",
            ],
            "widths": [0.8, 1.7, 0.9, 0.8, 1.1, 1, 2.2, 1.1, 1.1, 1.1],
            "rows": rows,
        },
        {"h": f"本次透析过程（{on:%Y-%m-%d}）", "style": "run", "body": ""},
        {
            "style": "table",
            "columns": ["时间", "血压mmHg", "脉搏", "血流量", "静脉压", "跨膜压", "累计超滤L", "病情记录"],
            "widths": [1, 1.2, 0.8, 1, 1, 1, 1.2, 2.5],
            "rows": hours,
        },
        {
            "h": "透析小结：",
            "style": "run",
            "body": "患者规律血液透析，每周3次，本次透析过程顺利，内瘘震颤良好，透析后无头晕、胸闷等不适，安返。",
        },
    ]
    sheet.data["signer"] = [
        {"label": "医师签名：", "value": sign("童乐安")},
        {"label": "责任护士：", "value": sign("洪婉清")},
    ]
    sheet.data["ink"] = [seal_ink(hospital, "血液净化中心", 24, -12, 34)]
    return sheet
