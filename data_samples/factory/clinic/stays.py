"""A hospital stay: dates, diagnoses, prose that quotes its own results, with the traps of real records."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from data_samples.factory.clinic.labs import LabSheet
from data_samples.factory.clinic.model import Dx, Exam, Stay
from data_samples.factory.clinic.words import between, chance, load, pick

if TYPE_CHECKING:
    from data_samples.factory.clinic.course import Course

__all__ = ["family_history", "make_stay", "past_history", "physical", "quoted_exam", "quoted_labs"]

_ARROWS = {"high": "↑", "low": "↓"}


def make_stay(course: Course) -> Stay:
    """Return the stay, with laboratory sheets of its days; examinations are added by the items."""
    rng, spec = course.rng, course.spec
    low, high = (months * 30 for months in spec.get("stay_months", (1, 9)))
    discharged = course.past_day(low, high)
    admitted = discharged - dt.timedelta(days=between(4, 13, rng))
    infarction = any(spec["items"][item]["kind"] == "mi_stay" and item != course.target for item in course.way)
    main = course.dx
    discharge = [main]
    if infarction:
        discharge.append(course._diagnosis(spec["mi_dx"], None))
        course.state.update(spec["state_mi"])
    for key in spec["comorbid"][: between(1, len(spec["comorbid"]), rng)]:
        entry = load("diseases")["comorbid"][key]
        discharge.append(
            Dx(name=entry["name"], concept=entry.get("concept"), icd10=entry["icd10"], grade=entry.get("grade"))
        )
    if course.twisted("1") == "suspected":
        discharge[0] = Dx(name=main.name, status="suspected", printed=f"{main.name}？", concept=main.concept)
    admission = [discharge[1] if infarction else discharge[0]]
    if not infarction and chance(0.3, rng):
        admission = [Dx(name=main.name, status="suspected", printed=f"{main.name}？", concept=main.concept)]
    panels = list(spec["panels"])
    for item in course.way:
        entry = spec["items"][item]
        if entry["kind"] == "labs" and course.twisted(item) in ("missing", "relative", "once"):
            panels = _without(panels, entry["deciding"])
    for item, entry in spec["items"].items():
        if entry["kind"] == "labs" and item not in course.way:
            panels = _without(panels, entry["deciding"])
    labs = tuple(course.labs(panel, admitted + dt.timedelta(days=1)) for panel in panels)
    course.words["day"] = f"{admitted + dt.timedelta(days=2):%Y-%m-%d}"
    course.words["drugs"] = "、".join(f"[[{drug.name}|t:drug::{drug.classes}]]" for drug in course.drugs)
    told = "course_dialysis" if not course.without("dialysis") and "course_dialysis" in spec else "course"
    text = course.fill(spec[told])
    if course.without("treatment") and "chemotherapy" in text:
        text = "入院后完善相关检查，予对症支持治疗，病情平稳，予出院。"
    return Stay(
        hospital=course.hospital,
        owner=course.patient,
        department=course.department,
        doctor=course.doctor,
        admitted=admitted,
        discharged=discharged,
        number=f"{between(100000, 999999, rng):08d}",
        bed=f"{between(1, 58, rng):02d}",
        admission_dx=tuple(admission),
        discharge_dx=tuple(discharge),
        complaint=course.fill(spec.get("complaint") or course.form["complaint"]),
        history=course.fill(spec["history_mi"] if infarction else spec.get("history") or course.form["history"]),
        past=past_history(course),
        family=family_history(course),
        physical=physical(course),
        auxiliary=tuple(quoted_labs(sheet) for sheet in labs),
        course=text,
        condition=course.fill(spec["condition"]),
        orders=tuple(spec["orders"]),
        drugs=course.drugs,
        labs=labs,
        cost=float(between(420000, 1860000, rng)) / 100,
    )


def _without(panels: list[str], deciding: list[str]) -> list[str]:
    kept = [panel for panel in panels if not set(load("panels")[panel]["items"]) & set(deciding)]
    return kept or ["cbc"]


def past_history(course: Course) -> str:
    """Past history with what is denied, and now and then an old thing."""
    rng, spec = course.rng, course.spec
    words = load("diseases")["diagnosis_words"]
    denied = "、".join(f"[[{pick(words[key], rng)}|d:denied:{key}]]" for key in spec["denied"])
    text = pick(["既往体质一般，", "平素体健，", ""], rng) + f"否认{denied}病史，"
    if chance(0.25, rng):
        text = f"{between(3, 20, rng)}年前因[[急性阑尾炎|d:history:appendicitis]]行手术治疗，" + text
    return text + pick(["否认肝炎等传染病史，", ""], rng) + "否认输血史，否认药物、食物过敏史。"


def family_history(course: Course) -> str:
    """Family history; now and then a parent has a disease."""
    rng = course.rng
    if chance(0.3, rng):
        words = load("diseases")["diagnosis_words"]
        key = pick(["hypertension", "diabetes", "stroke"], rng)
        return f"{pick(['父亲', '母亲', '其兄'], rng)}患有[[{pick(words[key], rng)}|d:family:{key}]]，余无特殊。"
    return pick(
        ["否认家族性遗传病史及类似疾病史。", "父母已故，死因不详，否认家族遗传病史。", "家族中无类似疾病患者。"], rng
    )


def physical(course: Course) -> str:
    rng, words = course.rng, course.words
    head = f"T {between(361, 369, rng) / 10:.1f}℃，P {between(66, 96, rng)}次/分，R {between(17, 21, rng)}次/分，"
    return head + f"BP {words['sbp']}/{words['dbp']}mmHg。" + course.fill(course.spec["physical"])


def quoted_labs(sheet: LabSheet) -> str:
    """One line of prose: what was out of range, or that nothing was."""
    odd = [result for result in sheet.results if result.flag in _ARROWS and result.value is not None][:5]
    head = f"{sheet.sampled:%Y-%m-%d} {sheet.title}："
    if not odd:
        return head + "未见明显异常。"
    day = f"{sheet.sampled:%Y-%m-%d}"
    quoted = (
        f"[[{r.name} {r.text}{r.unit}{_ARROWS[str(r.flag)]}|l:{r.analyte}:{r.name}:{r.text}:{r.unit}:{r.flag}@{day}]]"
        for r in odd
    )
    return head + "，".join(quoted) + "。"


def quoted_exam(exam: Exam) -> str:
    """One line of prose with the report's conclusion."""
    name = {"ct": "CT", "mri": "MRI", "xray": "X线", "ultrasound": "彩超", "echo": "心脏彩超", "ecg": "心电图"}.get(
        exam.modality, ""
    )
    day = f"{exam.on:%Y-%m-%d}"
    title = name if exam.modality in ("echo", "ecg") else f"{exam.part}{name}"
    text = "".join(exam.conclusion).replace("；", "，").rstrip("，。") + "。"
    for sign in ("f:", "f?:", "f-:", "m:"):
        text = text.replace(f"|{sign}", f"|{sign[0]}.{exam.modality}{sign[1:]}")
    return f"{day} {title}：" + text.replace("]]", f"@{day}]]")
