"""How each kind of official item is told by papers, straight or twisted, and which statuses are right then."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from data_samples.factory.clinic import people
from data_samples.factory.clinic.course import Course, days
from data_samples.factory.clinic.exams import exam
from data_samples.factory.clinic.model import Certificate, Dialysis, Dx, Operation, Stay, Visit
from data_samples.factory.clinic.stays import quoted_exam
from data_samples.factory.clinic.words import between, chance, pick

__all__ = ["ITEMS", "visit"]


def _met(course: Course, item: str) -> None:
    course.statuses[item] = ("met",)


def _proof(course: Course, item: str) -> None:
    twist = course.twisted(item)
    if (course.target == item and twist != "below") or course.stay is None:
        _broken_proof(course, item, twist)
        return
    course.hand_in("discharge_summary", course.stay)
    course.levelled[item] = [course.stay]
    course.statuses[item] = ("unmet",) if twist == "below" else ("met",)
    target = course.spec["items"].get(course.target, {})
    if course.twist == "below" and "below_proof" in target:
        course.statuses[item] = tuple(target["below_proof"])


def _broken_proof(course: Course, item: str, twist: str) -> None:
    rng = course.rng
    hospital, owner, dx = course.hospital, course.patient, course.dx
    course.statuses[item] = ("missing",)
    match twist:
        case "missing":
            if course.stay is not None:  # only a discharge summary counts: a certificate does not stand in for it
                _certificate(course, course.dx)
            return
        case "level":
            hospital = people.hospital(rng, kind="below")
        case "unlevelled":
            hospital = people.hospital(rng, kind="unknown")
            course.statuses[item] = ("manual",)
        case "relative":
            owner = course.kin()
        case "suspected":
            printed = pick([f"{dx.name}？", f"{dx.name}待查", f"考虑{dx.name}可能", f"{dx.name}（待排）"], rng)
            dx = Dx(name=dx.name, status="suspected", printed=printed, concept=dx.concept)
        case "below":
            course.statuses[item] = ("unmet",)
        case _:
            _met(course, item)
            target = course.spec["items"].get(course.target, {})
            if course.twist == "below" and "below_proof" in target:
                course.statuses[item] = tuple(target["below_proof"])
    if course.stay is not None:
        stay = replace(course.stay, hospital=hospital, owner=owner)
        # The stay tells its own story at its own hospital; papers of its days stay where they are.
        course.hand_in("discharge_summary", stay)
        return
    _certificate(course, dx, hospital=hospital, owner=owner)
    if twist in ("", "below"):
        course.levelled[item] = [course.handed[-1][1]]


def _certificate(course: Course, dx: Dx, **changes: Any) -> None:
    rng = course.rng
    on = course.past_day(2, 60)
    names = [dx]
    certificate = Certificate(
        hospital=course.hospital,
        owner=course.patient,
        department=course.department,
        doctor=course.doctor,
        on=on,
        number=f"{on:%Y%m%d}{between(1, 99, rng):03d}",
        dx=tuple(names),
        advice=pick(
            ["建议长期规律服药，门诊随诊。", "继续药物治疗，定期复查，不适随诊。", "建议门诊长期治疗，注意休息。"], rng
        ),
    )
    course.hand_in("diagnosis_certificate", replace(certificate, **changes))


def _evidence(course: Course, item: str) -> None:
    rng, twist, entry = course.rng, course.twisted(item), course.spec["items"][item]
    if twist == "missing":
        return
    exams = [*(entry.get("exams") or course.form.get("exams", []))]
    options: list[list[Any]] = [["exam", *option] for option in exams if twist != "weak" or option[3]]
    if twist in ("", "below"):
        options += [["labs", *panel] for panel in entry.get("panels", [])]
    source, kind, *variants = pick(options, rng)
    course.statuses[item] = {
        "": ("met",),
        "below": tuple(entry.get("negative", ("unmet", "missing"))),
        "weak": ("manual", "missing"),
    }.get(twist, ("missing",))
    if source == "labs":
        state = {**course.state, **variants[1 if twist == "below" else 0]}
        course.hand_in("lab_report", course.labs(kind, _recent(course), state=state))
        return
    variant = variants[{"below": 1, "weak": 2}.get(twist, 0)]
    times = variants[3] if len(variants) > 3 and not twist else 1
    for _ in range(times):
        _examine(course, kind, variant, twist, entry, spread=times > 1)


def _recent(course: Course) -> dt.date:
    """A day of the stay where there is one, else one of the last months."""
    if course.stay is not None:
        length = (course.stay.discharged - course.stay.admitted).days
        return course.stay.admitted + days(between(1, max(1, length - 1), course.rng))
    return course.past_day(6, 200)


def _examine(course: Course, kind: str, variant: str, twist: str, entry: Mapping[str, Any], *, spread: bool) -> None:
    rng = course.rng
    on = _recent(course)
    owner = course.patient
    during = course.stay is not None and (entry.get("with_stay") or chance(0.7, rng))
    if twist == "old":
        on, during = course.as_of - days(entry["window"] * 366 + between(30, 420, rng)), False
    elif spread:
        on, during = course.past_day(10, 300), False
    elif not during:
        on = course.past_day(6, 240)
    if twist == "relative":
        owner, during = course.kin(), False
    at = course.hospital if during or chance(0.6, rng) else course.other_hospital
    found = exam(kind, variant, owner, at, on, rng, clinical=course.dx.name if chance(0.6, rng) else "")
    course.hand_in(found.type, found)
    if course.disease == 1 and kind == "chest_ct" and variant == "lung_cancer" and twist == "":
        course.levelled["3"] = [found]
    if during and isinstance(course.stay, Stay):
        told = replace(course.stay, auxiliary=(*course.stay.auxiliary, quoted_exam(found)))
        _retell(course, told)


def _retell(course: Course, stay: Stay) -> None:
    """Put ``stay`` in the place of the stay as told before."""
    course.handed = [(kind, stay if met is course.stay else met) for kind, met in course.handed]
    for item, encounters in course.levelled.items():
        course.levelled[item] = [stay if met is course.stay else met for met in encounters]
    course.stay = stay


def _labs(course: Course, item: str) -> None:
    rng, twist, entry = course.rng, course.twisted(item), course.spec["items"][item]
    course.statuses[item] = {"": ("met",), "below": ("unmet",)}.get(twist, ("missing",))
    for other, spec in course.spec["items"].items():
        if spec.get("of") == item and twist in ("", "below"):
            course.statuses[other] = tuple(spec["below" if twist == "below" else "met"])
    if twist == "missing":
        return
    owner = course.kin() if twist == "relative" else None
    times = 1 if twist == "once" else entry["times"]
    deciding = set(entry["deciding"])
    stay_sheets = (
        [sheet for sheet in course.stay.labs if deciding & {r.analyte for r in sheet.results}] if course.stay else []
    )
    used = 0
    if stay_sheets and twist not in ("relative", "once"):
        course.hand_in("lab_report", stay_sheets[0])
        used = 1
    first = course.stay.discharged if course.stay else course.past_day(90, 240)
    for number in range(used, times):
        day = min(
            first + days(number * between(12, 40, rng) + (between(8, 20, rng) if used else 0)), course.as_of - days(2)
        )
        course.hand_in("lab_report", course.labs(pick(entry["panels"], rng), day, owner=owner))


def visit(course: Course, on: dt.date, dx: tuple[Dx, ...]) -> Visit:
    """An outpatient visit of the applicant on the day ``on``."""
    rng, spec = course.rng, course.spec
    years = course.words["years"]
    return Visit(
        hospital=course.hospital,
        owner=course.patient,
        department=course.department,
        doctor=course.doctor,
        on=on,
        number=f"M{between(10000000, 99999999, rng)}",
        complaint=pick(
            [
                f"复诊，病史{years}年余。",
                "定期复诊，要求配药。",
                f"{course.fill(spec.get('complaint') or course.form['complaint'])}",
            ],
            rng,
        ),
        history=pick(
            [
                "目前规律服药，症状控制尚可，无特殊不适，来院复诊。",
                "近期病情平稳，饮食睡眠可，大小便正常，要求继续用药。",
                "按时服药，偶有不适，无药物不良反应。",
            ],
            rng,
        ),
        past=pick(["同前。", "否认药物过敏史。", "详见既往病历。"], rng),
        physical=f"BP {course.words['sbp']}/{course.words['dbp']}mmHg，神清，心肺听诊无特殊。",
        dx=dx,
        drugs=course.drugs,
        advice=(
            pick(["低盐低脂饮食，适当运动；", "按时服药，注意休息；"], rng),
            pick(["1月后复诊。", "定期复查，不适随诊。"], rng),
        ),
    )


def _visits(course: Course, item: str) -> None:
    rng, twist, entry = course.rng, course.twisted(item), course.spec["items"][item]
    dx = course.dx
    unsure = course.twisted("1") == "suspected"
    if course.stay is not None and entry.get("inpatient") and not twist:
        _met(course, item)
        return
    count = entry["outpatient"]
    span = (between(100, 170, rng)) if entry.get("span") else between(50, 200, rng)
    newest = between(3, 40, rng)
    if twist == "missing":
        count = between(1, 2, rng)
        course.statuses[item] = ("missing",)
    elif twist == "old":
        newest = int(entry["window"]) * 366 + between(30, 200, rng)
        course.statuses[item] = ("missing",)
    elif twist == "early":
        span = between(10, 24, rng)
        course.statuses[item] = ("missing", "unmet", "manual")
    else:
        course.statuses[item] = ("met", "manual", "missing") if unsure else ("met",)
    for number in range(count):
        on = course.as_of - days(newest + span * number // max(1, count - 1))
        shown = Dx(name=dx.name, status="suspected", printed=f"{dx.name}？", concept=dx.concept) if unsure else dx
        course.hand_in("outpatient_record", visit(course, on, (shown,)))


def _treatment(course: Course, item: str) -> None:
    rng, twist = course.rng, course.twisted(item)
    course.statuses[item] = ("missing",)
    if twist == "missing":
        return
    if not twist:
        _met(course, item)
        if course.stay is not None and chance(0.5, rng):
            return  # the discharge summary tells of it
    on = _recent(course)
    if twist == "old":
        on = course.as_of - days(2 * 366 + between(60, 500, rng))
    gastric = course.form["dx"]["concept"] == "gastric_cancer"
    course.hand_in(
        "operation_record",
        Operation(
            hospital=course.hospital,
            owner=course.kin() if twist == "relative" else course.patient,
            department=course.department,
            doctor=course.doctor,
            on=on,
            name="腹腔镜下胃癌根治术（远端胃大部切除）" if gastric else "胸腔镜下右肺上叶切除术",
            kind="operation",
            concept="tumor_resection",
            before=(course.dx,),
            after=(course.dx,),
            anaesthesia="全身麻醉",
            course=(
                "患者取平卧位，麻醉成功后常规消毒铺巾。建立气腹，置入腔镜探查，未见腹腔转移结节。清扫相应区域淋巴结，"
                "离断血管，切除标本送病理，行消化道重建，检查吻合口无张力、无出血，冲洗腹腔，留置引流管，清点器械无误后关腹。"
                "术中出血约120ml，患者安返病房。"
                if gastric
                else "患者取左侧卧位，麻醉成功后常规消毒铺巾。于第7肋间置入腔镜，探查胸腔无粘连、无积液。解剖肺门，"
                "分别离断右上肺动静脉及支气管，切除右肺上叶，清扫纵隔淋巴结，试肺无漏气，留置胸管，清点器械无误后关胸。术中出血约100ml，患者安返病房。"
            ),
            number=f"{between(100000, 999999, rng):08d}",
        ),
    )


def _dialysis(course: Course, item: str) -> None:
    rng, twist = course.rng, course.twisted(item)
    if twist == "missing":
        return
    course.statuses[item] = ("missing",) if twist else ("met",)
    last = course.as_of - days(between(3, 30, rng))
    sessions = [last]
    while len(sessions) < 8:
        sessions.append(sessions[-1] - days(2 if len(sessions) % 3 else 3))
    course.hand_in(
        "dialysis_record",
        Dialysis(
            hospital=course.hospital,
            owner=course.kin() if twist == "relative" else course.patient,
            department=pick(["血液净化中心", "血液透析室", "肾内科血液净化室"], rng),
            doctor=course.doctor,
            sessions=tuple(reversed(sessions)),
            number=f"HD{between(1000, 9999, rng)}",
            dx=(course.dx,),
            weight=between(440, 720, rng) / 10,
        ),
    )


_SEQUELAE = (
    (Dx(name="右侧偏瘫", concept="hemiplegia", icd10="G81.900"), "遗留右侧肢体活动不利，需持杖行走，言语含糊。"),
    (Dx(name="运动性失语", concept="aphasia", icd10="R47.001"), "遗留言语不能，仅能说简单单字，右侧肢体乏力。"),
    (Dx(name="血管性痴呆", concept="dementia", icd10="F01.900"), "家属诉患者记忆力、计算力明显下降，生活需人照料。"),
)


def _sequelae(course: Course, item: str) -> None:
    rng, twist = course.rng, course.twisted(item)
    course.statuses[item] = {"": ("met",), "weak": ("manual", "missing")}.get(twist, ("missing",))
    if twist == "missing" or course.stay is None:
        return
    if course.target == "1":  # without the discharge record nobody knows how long ago it was
        course.statuses[item] = ("met", "manual", "missing")
    gap = between(20, 60, rng) if twist == "early" else between(100, 140, rng)
    on = min(course.stay.discharged + days(gap), course.as_of - days(1))
    extra, told = pick(_SEQUELAE, rng)
    stroke = Dx(name=pick(["脑梗死恢复期", "脑梗死后遗症期"], rng), concept="stroke_sequelae", icd10="I69.300")
    dx = (replace(stroke, name="脑梗死后遗症"),) if twist == "weak" else (stroke, extra)
    history = "脑梗死出院后坚持康复治疗，" + ("病情平稳，来院复诊。" if twist == "weak" else told)
    course.hand_in("outpatient_record", replace(visit(course, on, dx), history=history, complaint="脑梗死后复诊。"))


def _mi_stay(course: Course, item: str) -> None:
    course.statuses[item] = ("missing",) if course.twisted(item) else ("met",)


def _nothing(course: Course, item: str) -> None:
    """Items that are never handed in on purpose."""


ITEMS: Mapping[str, Callable[[Course, str], None]] = {
    "proof": _proof,
    "evidence": _evidence,
    "labs": _labs,
    "visits": _visits,
    "treatment": _treatment,
    "dialysis": _dialysis,
    "sequelae": _sequelae,
    "mi_stay": _mi_stay,
    "with": _nothing,
    "catch_all": _nothing,
    "none": _nothing,
}
