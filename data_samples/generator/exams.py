"""Reports of examinations: CT, ultrasound, ECG, pathology, lung function, fundus, electromyography."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field

from data_samples.generator.hospitals import Hospital
from data_samples.generator.ink import ecg, flow_loop, sonogram
from data_samples.generator.people import Person
from data_samples.generator.records import base, heads, sign
from data_samples.generator.sheets import Ink, Json, Sheet, prose

__all__ = ["Exam", "exam_report", "lung_function"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Exam:
    """An examination. ``{key}`` in its prose is replaced by words that carry a fact, see :attr:`facts`."""

    type: str
    modality: str
    title: str
    on: dt.date
    part: str
    seen: list[str]
    conclusion: list[str]
    facts: dict[str, tuple[str, Json]] = field(default_factory=dict)
    department: str = "内分泌科"
    number: str = "X2025118834"
    history: str = ""
    pictures: int = 0
    trace: bool = False
    labels: tuple[str, str] = ("检查所见：", "诊断意见：")
    look: str = "lines"
    time_label: str = "检查日期："
    extra: tuple[tuple[str, str], ...] = ()
    doctor: str = "万书衡"


def _fill(sheet: Sheet, exam: Exam, text: str, section: str) -> list[Json]:
    for key, (words, fact) in exam.facts.items():
        token = "{" + key + "}"
        if token in text:
            whole = {"modality": exam.modality, "section": section, "text": words, "date": exam.on, **fact}
            text = text.replace(token, f"⟦{sheet.add('findings', whole)}|{words}⟧", 1)
    return prose(text)


def exam_report(person: Person, hospital: Hospital, exam: Exam) -> Sheet:
    """Build a report: fields, pictures or a trace, what was seen, what it means, who signed."""
    sheet = base(exam.type, person, hospital, exam.on, title=exam.title, head_rule=exam.look, size=10.5, leading=0.8)
    sheet.data["paper"] = {"w": 210, "h": 297, "mx": 18, "my": 13}
    sheet.truth["dates"] = {"examined": exam.on, "reported": exam.on}
    top: list[list[tuple[str, object] | tuple[str, object, int]]] = [
        [
            ("姓名：", {"t": person.name, "id": "name"}),
            ("性别：", person.sex),
            ("年龄：", f"{person.age(exam.on)}岁"),
            ("检查号：", exam.number),
        ],
        [
            ("科室：", exam.department),
            ("住院/门诊号：", exam.number[-6:]),
            ("检查部位：", exam.part),
            (exam.time_label, f"{exam.on:%Y-%m-%d}"),
        ],
    ]
    if exam.history:
        top.append([("临床诊断：", exam.history, 4)])
    for label, value in exam.extra:
        top.append([(label, value, 4)])
    sheet.data["head"] = heads(top)
    sheet.data["head_widths"] = [1, 1, 1.15, 1.2]
    sections: list[Json] = []
    if exam.pictures:
        ink = [
            Ink(lambda path, rng: sonogram(path, rng, fan=exam.modality != "ct"), 0, 0, 56)
            for _ in range(exam.pictures)
        ]
        sections.append({"style": "images", "body": ink})
    if exam.trace:
        sections.append({"style": "images", "body": [Ink(ecg, 0, 0, 170)]})
    sections += [
        {"h": exam.labels[0], "style": "block", "body": [_fill(sheet, exam, text, "所见") for text in exam.seen]},
        {"style": "space", "body": 6},
        {
            "h": exam.labels[1],
            "style": "list",
            "body": [
                [{"t": f"{k}." if len(exam.conclusion) > 1 else "　"}, *_fill(sheet, exam, text, "结论")]
                for k, text in enumerate(exam.conclusion, start=1)
            ],
        },
        {"style": "fill"},
    ]
    sheet.data["sections"] = sections
    sheet.data["foot"] = heads(
        [
            [
                ("报告医师：", sign(exam.doctor, w=15)),
                ("审核医师：", sign("余景行", w=15)),
                ("报告时间：", f"{exam.on:%Y-%m-%d} 16:20"),
            ],
        ]
    )
    sheet.data["foot_cols"] = 3
    sheet.data["note"] = "本报告仅供临床医师参考，不作任何证明之用。"
    return sheet


def lung_function(
    person: Person,
    hospital: Hospital,
    on: dt.date,
    *,
    before: float,
    after: float,
    fev1_percent: float,
    conclusion: list[str],
    facts: dict[str, tuple[str, Json]],
    number: str = "PF20251107",
) -> Sheet:
    """Build a 肺功能检查报告 with a table before and after a bronchodilator. Ratios in percent."""
    sheet = base("lung_function_report", person, hospital, on, title="肺功能检查报告", size=9.5, head_rule="lines")
    sheet.data["paper"] = {"w": 210, "h": 297, "mx": 16, "my": 12}
    sheet.truth["dates"] = {"examined": on, "reported": on}
    sheet.data["head"] = heads(
        [
            [
                ("姓名：", {"t": person.name, "id": "name"}),
                ("性别：", person.sex),
                ("年龄：", f"{person.age(on)}岁"),
                ("编号：", number),
            ],
            [("身高：", "166cm"), ("体重：", "58kg"), ("BMI：", "21.0"), ("检查日期：", f"{on:%Y-%m-%d}")],
            [("科室：", "呼吸与危重症医学科", 2), ("临床诊断：", "慢性阻塞性肺疾病？", 2)],
        ]
    )
    marks = {
        key: sheet.add(
            "findings",
            {
                "concept": key,
                "value": value,
                "unit": "%",
                "status": "confirmed",
                "modality": "lung_function",
                "section": "所见",
                "date": on,
            },
        )
        for key, value in (("fev1_fvc", before), ("fev1_fvc_post", after), ("fev1_percent_predicted", fev1_percent))
    }
    fvc, predicted_fvc, predicted_fev1 = 2.62, 3.31, 2.58
    fev1 = predicted_fev1 * fev1_percent / 100 * 0.94
    fev1_after = predicted_fev1 * fev1_percent / 100
    fvc_before, fvc_after = fev1 / before * 100, fev1_after / after * 100

    def row(
        name: str, unit: str, predicted: float, pre: float, post: float, pre_mark: str, post_mark: str, pct: str
    ) -> list[object]:
        return [
            name,
            unit,
            f"{predicted:.2f}",
            {"t": f"{pre:.2f}", "id": pre_mark or None},
            f"{pre / predicted * 100:.1f}",
            {"t": f"{post:.2f}", "id": post_mark or None},
            {"t": f"{post / predicted * 100:.1f}", "id": pct or None},
            f"{(post - pre) / pre * 100:+.1f}",
        ]

    sheet.data["sections"] = [
        {
            "style": "table",
            "columns": ["项目", "单位", "预计值", "用药前", "前/预%", "用药后", "后/预%", "改善率%"],
            "widths": [1.6, 1, 1, 1, 1, 1, 1, 1],
            "rows": [
                row("FVC", "L", predicted_fvc, fvc_before, fvc_after, "", "", ""),
                row("FEV1", "L", predicted_fev1, fev1, fev1_after, "", "", marks["fev1_percent_predicted"]),
                row("FEV1/FVC", "%", 77.9, before, after, marks["fev1_fvc"], marks["fev1_fvc_post"], ""),
                row("PEF", "L/s", 7.12, 3.84, 4.02, "", "", ""),
                row("MEF75", "L/s", 6.35, 1.92, 2.01, "", "", ""),
                row("MEF50", "L/s", 3.98, 0.83, 0.88, "", "", ""),
                row("MEF25", "L/s", 1.52, 0.31, 0.33, "", "", ""),
                row("MMEF75/25", "L/s", 3.02, 0.64, 0.69, "", "", ""),
                row("MVV", "L/min", 97.4, 48.6, 50.1, "", "", ""),
                row("VC MAX", "L", predicted_fvc, fvc, fvc * 1.01, "", "", ""),
            ],
        },
        {"style": "images", "body": [Ink(lambda path, _rng: flow_loop(path, after / 100), 0, 0, 62)]},
        {"h": "支气管舒张试验：", "style": "run", "body": "吸入沙丁胺醇气雾剂400μg，15分钟后复查。"},
        {"style": "space", "body": 2},
    ]
    lines = []
    for k, text in enumerate(conclusion, start=1):
        for key, (words, fact) in facts.items():
            whole = {"modality": "lung_function", "section": "结论", "text": words, "date": on, **fact}
            if "{" + key + "}" in text:
                text = text.replace("{" + key + "}", f"⟦{sheet.add('findings', whole)}|{words}⟧", 1)
        lines.append([{"t": f"{k}."}, *prose(text)])
    sheet.data["sections"] += [{"h": "结论：", "style": "list", "body": lines}, {"style": "fill"}]
    sheet.data["foot"] = heads(
        [[("检查技师：", "童乐安"), ("报告医师：", sign("万书衡", w=15)), ("报告日期：", f"{on:%Y-%m-%d}")]]
    )
    sheet.data["foot_cols"] = 3
    return sheet
