"""江西省门诊慢特病病种待遇认定申请表, with or without signature and seal."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from data_samples.generator.hospitals import Hospital
from data_samples.generator.people import Person
from data_samples.generator.records import seal_ink, sign
from data_samples.generator.sheets import Json, Sheet, cn_date, prose

__all__ = ["Application", "application_form"]

TITLE = "江西省门诊慢特病病种待遇认定申请表"


@dataclass(frozen=True, slots=True, kw_only=True)
class Application:
    """What the form asks for."""

    disease: str
    on: dt.date
    first_diagnosed: str
    history: str
    opinion: str
    physician: str = "何云舟"
    title: str = "主任医师"
    signed: bool = True
    sealed: bool = True
    agent: str = "无"
    materials: tuple[str, ...] = ("出院小结", "检验检查报告", "身份证复印件")
    insurance: str = "城乡居民"


_MATERIALS = ("身份证复印件", "出院小结", "疾病诊断证明书", "检验检查报告", "门诊病历", "病理报告", "其他")


def application_form(person: Person, hospital: Hospital, form: Application) -> Sheet:
    """Build the form. Where it is not signed or sealed the place stays empty."""
    sheet = Sheet(template="form", data={}, truth={})
    fields: Json = {
        "applicant_name": person.name,
        "disease_applied": form.disease,
        "physician_title": form.title,
        "physician_signature": "present" if form.signed else "empty",
        "hospital_seal": "present" if form.sealed else "empty",
        "applied_on": form.on.isoformat(),
    }
    marks = {key: sheet.add("form", {"field": key, "value": value}) for key, value in fields.items()}
    sheet.truth |= {
        "type": "application_form",
        "hospital": hospital.name,
        "hospital_level": None,
        "patient": {
            "name": person.name,
            "sex": person.sex,
            "age": person.age(form.on),
            "id_number": person.id_number,
        },
        "date": form.on,
    }
    sheet.data = {
        "font": "song",
        "title_font": "hei",
        "size": 10.5,
        "title": TITLE,
        "pool": "上饶市",
        "serial": f"{form.on:%Y%m}{person.serial:04d}",
        "name": {"t": person.name, "id": marks["applicant_name"]},
        "sex": person.sex,
        "age": str(person.age(form.on)),
        "insurance": form.insurance,
        "id_number": {"t": person.id_number, "id": "id_number"},
        "phone": person.phone,
        "address": "江西省上饶市云岚县茶亭坞镇下坂村12号",
        "agent": form.agent,
        "disease": {"t": form.disease, "id": marks["disease_applied"]},
        "applied_on": {"t": f"{form.on:%Y-%m-%d}", "id": marks["applied_on"]},
        "first_diagnosed": form.first_diagnosed,
        "hospital": hospital.name,
        "history": prose(form.history),
        "materials": [{"label": label, "on": label in form.materials} for label in _MATERIALS],
        "opinion": form.opinion,
        "physician_title": {"t": form.title, "id": marks["physician_title"]},
        "physician_ink": [sign(form.physician, 2, 0, 24)] if form.signed else [],
        "hospital_opinion": "经审核，该参保人员提交的材料齐全，是否符合认定标准请按程序办理。" if form.sealed else "",
        "opinion_date": cn_date(form.on) if form.sealed else "　　年　　月　　日",
        "seal_ink": [seal_ink(hospital, "医保办公室", 6, -4, 40)] if form.sealed else [],
        "applicant_ink": [sign(person.name, 2, 0, 24)],
        "applied_on_cn": cn_date(form.on),
    }
    # The place of signature and seal is where the ink lies; their truth carries no box of print.
    for fact in sheet.truth["form"]:
        if fact["field"] in ("physician_signature", "hospital_seal"):
            del fact["mark"]
    return sheet
