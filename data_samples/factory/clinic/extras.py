"""What people hand in besides: the form, cards, receipts, prescriptions, and papers that decide nothing."""

from __future__ import annotations

from typing import Any

from data_samples.factory.clinic.course import Course, days
from data_samples.factory.clinic.exams import exam
from data_samples.factory.clinic.model import Form, Plain, Visit
from data_samples.factory.clinic.words import between, chance, load, pick

__all__ = ["extras"]

_SAFE_EXAMS = (("ecg", "sinus"), ("abdomen_us", "normal"), ("chest_xray", "normal"), ("thyroid_us", "hypo"))
"""Normal examinations that decide no item of most diseases."""
_TOUCHY = {
    7: ("abdomen_us",),
    13: ("ecg",),
    18: ("chest_xray",),
    24: ("abdomen_us",),
    28: ("ecg",),
    45: ("thyroid_us",),
    46: ("thyroid_us",),
}
_MATERIALS = ("身份证复印件", "出院小结", "疾病诊断证明书", "检验检查报告", "门诊病历", "病理报告", "其他")


def extras(course: Course) -> None:
    """Add what belongs to every application and some ballast, and bring the papers into the order of an upload."""
    rng = course.rng
    stay = course.stay
    if stay is not None and any(met is stay for _, met in course.handed):
        for kind, share in (("front_page", 0.35), ("admission_record", 0.25)):
            if chance(share, rng) and course.target != "1":
                course.hand_in(kind, stay)
        told = [met for kind, met in course.handed if kind == "lab_report"]
        for sheet in stay.labs:
            if sheet not in told and chance(0.55, rng):
                course.hand_in("lab_report", sheet)
    if course.disease not in (1, 7) and chance(0.2, rng):
        allowed = [one for one in _SAFE_EXAMS[:3] if one[0] not in _TOUCHY.get(course.disease, ())]
        kind, variant = pick(allowed, rng)
        if not (course.disease == 12 and kind in ("ecg", "chest_xray")):
            found = exam(kind, variant, course.patient, course.hospital, course.past_day(5, 300), rng)
            course.hand_in(found.type, found)
    if chance(0.35, rng):
        panels = ["infection", "coagulation", "electrolytes", "cbc_short", "urinalysis"]
        # Urine, blood count: an item of these diseases asks for them.
        panel = pick(panels[: {7: 2, 16: 4, 53: 3}.get(course.disease, 5)], rng)
        course.hand_in("lab_report", course.labs(panel, course.past_day(5, 200)))
    beside = course.form.get("others", [])
    if beside and chance(0.5, rng):
        kind, variant = pick(beside, rng)
        found = exam(kind, variant, course.patient, course.hospital, course.past_day(5, 300), rng)
        course.hand_in(found.type, found)
    visits = [met for kind, met in course.handed if isinstance(met, Visit)]
    for met in visits:
        if chance(0.35, rng):
            course.hand_in("prescription", met)
        if chance(0.25, rng):
            course.hand_in("receipt", _plain(course, "receipt", "receipt", on=met.on, drugs=met.drugs))
    if chance(0.4, rng):
        course.hand_in("identity_card", _plain(course, "identity_card", "id_front"))
        if chance(0.5, rng):
            course.hand_in("identity_card", _plain(course, "identity_card", "id_back"))
    if chance(0.2, rng):
        course.hand_in("identity_card", _plain(course, "identity_card", "insurance_card"))
    if chance(0.15, rng):
        course.hand_in("other", _plain(course, "other", pick(["consent", "ticket", "notice"], rng)))
    if chance(0.5, rng):
        order = rng.permutation(len(course.handed))
        course.handed = [course.handed[int(index)] for index in order]
    course.handed.insert(0, ("application_form", _form(course)))


def _plain(course: Course, kind: str, what: str, **changes: Any) -> Plain:
    values: dict[str, Any] = {"on": course.past_day(1, 60), "drugs": (), **changes}
    return Plain(
        hospital=course.hospital,
        owner=course.patient,
        department=course.department,
        doctor=course.doctor,
        type=kind,
        kind=what,
        **values,
    )


def _form(course: Course) -> Form:
    rng, spec = course.rng, course.spec
    on = course.as_of
    first = on - days(int(course.words["years"]) * 365 + between(0, 300, rng))
    if first.year < course.patient.person.birth.year + 12:
        first = on - days(400)
    kinds = {kind for kind, _ in course.handed}
    named = {
        "discharge_summary": "出院小结",
        "diagnosis_certificate": "疾病诊断证明书",
        "lab_report": "检验检查报告",
        "outpatient_record": "门诊病历",
        "pathology_report": "病理报告",
        "identity_card": "身份证复印件",
    }
    return Form(
        hospital=course.hospital,
        owner=course.patient,
        department=course.department,
        doctor=course.doctor,
        on=on,
        disease=spec["name"],
        first_diagnosed=f"{first:%Y}年{first.month}月",
        history=course.fill(spec.get("complaint") or course.form["complaint"]).rstrip("。")
        + "，在我院诊治，需长期门诊治疗。",
        opinion=pick(
            ["诊断明确，需长期门诊治疗，建议申请门诊慢特病待遇。", "患者病情需长期服药及定期复查，同意申请。"], rng
        ),
        physician_title=pick(["主任医师", "副主任医师", "主治医师"], rng),
        signed=chance(0.92, rng),
        sealed=chance(0.9, rng),
        agent=pick(["无", "无", "—", f"{pick(load('people')['surnames'], rng)}某"], rng),
        materials=tuple(name for name in _MATERIALS if name in {named.get(kind) for kind in kinds}),
    )
