"""Papers of a hospital stay: discharge record, admission record, front page."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field

from data_samples.generator.hospitals import Hospital
from data_samples.generator.people import Person
from data_samples.generator.records import Dx, base, dx_items, heads, seal_ink, sign
from data_samples.generator.sheets import Json, Sheet, cn_date, prose

__all__ = ["Stay", "admission_record", "discharge_record", "front_page"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Stay:
    """A hospital stay as its papers tell it. Prose may carry ``⟦mark|words⟧`` through :attr:`facts`."""

    admitted: dt.date
    discharged: dt.date
    department: str
    number: str
    bed: str
    admission_dx: list[Dx]
    discharge_dx: list[Dx]
    complaint: str
    history: str
    past: str
    examination: str
    tests: list[str]
    course: list[str]
    condition: str
    orders: list[str]
    doctor: str = "程望舒"
    facts: dict[str, tuple[str, Json]] = field(default_factory=dict)
    """``{key}`` inside any prose is replaced by words that carry a fact: key -> (words, fact with its kind)."""


def _fill(sheet: Sheet, stay: Stay, text: str) -> list[Json]:
    for key, (words, fact) in stay.facts.items():
        token = "{" + key + "}"
        if token in text:
            mark = sheet.add(fact["kind"], {k: v for k, v in fact.items() if k != "kind"})
            text = text.replace(token, f"⟦{mark}|{words}⟧", 1)
    return prose(text)


def _visit(sheet: Sheet, stay: Stay, words: str) -> str:
    mark = sheet.add("visits", {"kind": "inpatient", "start": stay.admitted, "end": stay.discharged})
    return f"⟦{mark}|{words}⟧"


def discharge_record(
    person: Person,
    hospital: Hospital,
    stay: Stay,
    *,
    title: str = "出院记录",
    style: str = "1.",
    look: str = "plain",
    sealed: bool = True,
) -> Sheet:
    """Build a 出院记录/出院小结. ``look``: ``plain``, ``ruled`` (fields in a grid) or ``framed`` (body in a frame)."""
    days = (stay.discharged - stay.admitted).days
    sheet = base("discharge_summary", person, hospital, stay.discharged, title=title, page_numbers=True)
    sheet.truth["dates"] = {"admitted": stay.admitted, "discharged": stay.discharged}
    name = {"t": person.name, "id": "name"}
    when = "%Y-%m-%d" if look != "plain" else "%Y年%m月%d日"
    sheet.data["head"] = heads(
        [
            [
                ("姓名：", name),
                ("性别：", person.sex),
                ("年龄：", f"{person.age(stay.admitted)}岁"),
                ("床号：", stay.bed),
            ],
            [("科室：", stay.department), ("住院号：", stay.number), ("职业：", "农民"), ("婚姻：", "已婚")],
            [
                ("入院日期：", f"{stay.admitted:{when}}"),
                ("出院日期：", _visit(sheet, stay, f"{stay.discharged:{when}}")),
                ("住院天数：", f"{days}天", 2),
            ],
        ]
    )
    sheet.data |= {
        "head_rule": {"plain": "lines", "ruled": "full", "framed": "under"}[look],
        "frame": look == "framed",
        "page_head": f"姓名：{person.name}　科室：{stay.department}　床号：{stay.bed}　住院号：{stay.number}",
        "justify": look != "ruled",
        "head_widths": [1.35, 1.35, 1, 0.8],
    }
    beside = look == "framed"
    sheet.data["sections"] = [
        {
            "h": "入院诊断：",
            "style": "beside" if beside else "list",
            "body": dx_items(sheet, "入院诊断", stay.admission_dx, style=style, date=stay.admitted),
        },
        {
            "h": "出院诊断：",
            "style": "beside" if beside else "list",
            "body": dx_items(sheet, "出院诊断", stay.discharge_dx, style=style, date=stay.discharged),
        },
        {
            "h": "入院情况：",
            "style": "block",
            "body": [
                prose(f"主诉：{stay.complaint}"),
                _fill(sheet, stay, f"现病史：{stay.history}"),
                _fill(sheet, stay, f"既往史：{stay.past}"),
                _fill(sheet, stay, f"体格检查：{stay.examination}"),
            ],
        },
        {"h": "辅助检查：", "style": "block", "body": [_fill(sheet, stay, text) for text in stay.tests]},
        {"h": "诊疗经过：", "style": "block", "body": [_fill(sheet, stay, text) for text in stay.course]},
        {"h": "出院情况：", "style": "run", "body": prose(stay.condition)},
        {
            "h": "出院医嘱：",
            "style": "list",
            "body": [[{"t": f"{k}."}, *_fill(sheet, stay, text)] for k, text in enumerate(stay.orders, start=1)],
        },
    ]
    sheet.data["signer"] = [
        {"label": "医师签名：", "value": sign(stay.doctor)},
        {"label": "日期：", "value": cn_date(stay.discharged)},
    ]
    sheet.data["ink"] = [seal_ink(hospital, "病案专用章", 22, -12)] if sealed else []
    return sheet


def admission_record(person: Person, hospital: Hospital, stay: Stay, *, style: str = "1、") -> Sheet:
    """Build a 入院记录."""
    sheet = base("admission_record", person, hospital, stay.admitted, title="入  院  记  录", page_numbers=True)
    sheet.truth["dates"] = {"admitted": stay.admitted}
    sheet.truth["visits"] = [{"kind": "inpatient", "start": stay.admitted}]
    name = {"t": person.name, "id": "name"}
    sheet.data["head"] = heads(
        [
            [("姓    名：", name), ("出 生 地：", "江西省上饶市")],
            [("性    别：", person.sex), ("职    业：", "农民")],
            [("年    龄：", f"{person.age(stay.admitted)}岁"), ("入院时间：", f"{stay.admitted:%Y-%m-%d} 09:24")],
            [("婚姻状况：", "已婚"), ("记录时间：", f"{stay.admitted:%Y-%m-%d} 11:05")],
            [("民    族：", "汉族"), ("病史陈述者：", "患者本人")],
            [("科    室：", stay.department), ("住 院 号：", stay.number)],
        ]
    )
    sheet.data |= {"head_cols": 2, "head_rule": "under"}
    sheet.data["sections"] = [
        {"h": "主诉：", "style": "run", "indent": 2, "body": stay.complaint},
        {"h": "现病史：", "style": "run", "indent": 2, "body": _fill(sheet, stay, stay.history)},
        {"h": "既往史：", "style": "run", "indent": 2, "body": _fill(sheet, stay, stay.past)},
        {
            "h": "个人史：",
            "style": "run",
            "indent": 2,
            "body": "生于原籍，否认疫区、疫水接触史，否认毒物及放射性物质接触史，无冶游史。",
        },
        {"h": "婚育史：", "style": "run", "indent": 2, "body": "适龄结婚，配偶及子女体健。"},
        {"h": "家族史：", "style": "run", "indent": 2, "body": "否认家族性遗传病史及类似疾病史。"},
        {"h": "体格检查", "style": "block", "body": [_fill(sheet, stay, stay.examination)]},
        {"h": "辅助检查", "style": "block", "body": [_fill(sheet, stay, text) for text in stay.tests]},
        {
            "h": "初步诊断：",
            "style": "list",
            "inset": 14,
            "body": dx_items(sheet, "入院诊断", stay.admission_dx, style=style, date=stay.admitted),
        },
    ]
    sheet.data["signer"] = [{"label": "医师签名：", "value": sign(stay.doctor)}]
    return sheet


def front_page(person: Person, hospital: Hospital, stay: Stay) -> Sheet:
    """Build a 住院病案首页 (first side): identity, stay, diagnoses in a table with codes."""
    sheet = base(
        "front_page",
        person,
        hospital,
        stay.discharged,
        title="住 院 病 案 首 页",
        size=9.5,
        head_rule="lines",
        leading=0.55,
    )
    sheet.data["paper"] = {"w": 210, "h": 297, "mx": 15, "my": 12}
    sheet.truth["dates"] = {"admitted": stay.admitted, "discharged": stay.discharged}
    sheet.truth["patient"] |= {"id_number": person.id_number, "birth_date": person.birth}
    name = {"t": person.name, "id": "name"}
    sex = "1" if person.sex == "男" else "2"
    sheet.data["head"] = heads(
        [
            [("医疗付费方式：", "[2]"), ("健康卡号：", "—"), ("第", "1次住院"), ("病案号：", stay.number)],
            [
                ("姓名 ", name),
                ("性别 ", f"[{sex}] 1.男 2.女"),
                ("出生日期 ", cn_date(person.birth)),
                ("年龄 ", f"{person.age(stay.admitted)}岁"),
            ],
            [("国籍 ", "中国"), ("民族 ", "汉族"), ("身份证号 ", {"t": person.id_number, "id": "id_number"}, 2)],
            [("职业 ", "农民"), ("婚姻 [2] ", "1.未婚 2.已婚 3.丧偶 4.离婚 9.其他", 2), ("电话 ", person.phone)],
            [("现住址 ", "江西省上饶市云岚县茶亭坞镇下坂村", 2), ("入院途径 [2] ", "1.急诊 2.门诊 3.其他", 2)],
            [
                ("入院时间 ", f"{cn_date(stay.admitted)}9时", 2),
                ("入院科别 ", stay.department),
                ("病房 ", stay.bed),
            ],
            [
                ("出院时间 ", _visit(sheet, stay, f"{cn_date(stay.discharged)}10时"), 2),
                ("出院科别 ", stay.department),
                ("实际住院 ", f"{(stay.discharged - stay.admitted).days}天"),
            ],
        ]
    )
    admitted = dx_items(sheet, "门诊诊断", stay.admission_dx[:1], style="", date=stay.admitted)[0]
    rows = []
    for k, (dx, line) in enumerate(
        zip(
            stay.discharge_dx,
            dx_items(sheet, "出院诊断", stay.discharge_dx, style="", date=stay.discharged),
            strict=True,
        )
    ):
        kind = "主要诊断：" if k == 0 else "其他诊断：" if k == 1 else ""
        # A table cell is narrow: one box for the name.
        cell = [{"t": kind}, {**line[1], "long": False}]
        rows.append([cell, dx.icd10 or "", "1", "", "", ""])
    rows += [["", "", "", "", "", ""]] * max(0, 7 - len(rows))
    sheet.data["sections"] = [
        {"h": "门（急）诊诊断：", "style": "run", "body": admitted},
        {
            "h": "",
            "style": "table",
            "columns": ["出院诊断", "疾病编码", "入院病情", "出院诊断", "疾病编码", "入院病情"],
            "widths": [3.6, 1.5, 0.8, 2.2, 1.1, 0.8],
            "rows": rows,
        },
        {"h": "", "style": "run", "body": "入院病情：1.有 2.临床未确定 3.情况不明 4.无"},
        {"h": "损伤、中毒的外部原因 ", "style": "run", "body": "—　　疾病编码 —"},
        {"h": "病理诊断：", "style": "run", "body": "—　　疾病编码 —　　病理号 —"},
        {"h": "药物过敏 ", "style": "run", "body": "[1] 1.无 2.有，过敏药物：—　　死亡患者尸检 □ 1.是 2.否"},
        {"h": "血型 ", "style": "run", "body": "[2] 1.A 2.B 3.O 4.AB 5.不详 6.未查　　Rh [2] 1.阴 2.阳 3.不详 4.未查"},
        {
            "style": "fields",
            "columns": 4,
            "body": heads(
                [
                    [
                        ("科主任 ", "余景行"),
                        ("主任医师 ", "余景行"),
                        ("主治医师 ", stay.doctor),
                        ("住院医师 ", "童乐安"),
                    ],
                    [("责任护士 ", "洪婉清"), ("质控医师 ", "余景行"), ("质控护士 ", "洪婉清"), ("编码员 ", "蓝素心")],
                ]
            ),
        },
    ]
    sheet.data["ink"] = [seal_ink(hospital, "病案专用章", 120, -8)]
    return sheet
