"""Papers of prose: records of stays and visits, certificates, operation records."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

from data_samples.factory.clinic.model import Certificate, Drug, Dx, Operation, Stay, Visit
from data_samples.factory.clinic.words import Rng, between, chance, pick
from data_samples.factory.paper import Field, Paper, Row, Run, Section
from data_samples.factory.papers.heads import doctor, fields, identity, numbered, person, prose, signed
from data_samples.factory.papers.marks import Facts

__all__ = [
    "admission_record",
    "diagnosis_certificate",
    "discharge_summary",
    "front_page",
    "operation_record",
    "outpatient_record",
]


def _diagnoses(facts: Facts, key: str, title: str, items: Iterable[Dx], section: str, date: dt.date) -> Section:
    return Section(key=key, title=title, items=tuple(facts.diagnosis(dx, section=section, date=date) for dx in items))


def _orders(
    facts: Facts, drugs: Iterable[Drug], texts: Iterable[str], section: str, date: dt.date
) -> tuple[tuple[Run, ...], ...]:
    lines = [(Run(drug.name, facts.drug(drug, section=section, date=date)), Run(f" {drug.use}")) for drug in drugs]
    return (*lines, *((Run(text),) for text in texts))


def _stay_fields(stay: Stay, *, discharged: bool) -> list[Field]:
    out = [
        Field("number", stay.number, "number"),
        Field("department", stay.department, "department"),
        Field("ward", stay.department + "病区"),
        Field("bed", stay.bed),
        Field("admitted", stay.admitted, "visits1.start"),
    ]
    if discharged:
        out += [
            Field("discharged", stay.discharged, "visits1.end"),
            Field("days", f"{(stay.discharged - stay.admitted).days}天"),
        ]
    return out


def _particulars(stay: Stay) -> list[Field]:
    owner = stay.owner
    return [
        Field("address", owner.address),
        Field("phone", owner.phone),
        Field("occupation", owner.occupation),
        Field("marriage", owner.marriage),
        Field("insurance", owner.insurance),
        Field("nation", "汉族"),
    ]


def discharge_summary(stay: Stay, rng: Rng) -> Paper:
    facts = Facts()
    facts.add("visits", {"kind": "inpatient", "start": stay.admitted, "end": stay.discharged})
    on = stay.discharged
    told = pick([stay.history, stay.complaint + stay.history], rng)
    sections = [
        _diagnoses(
            facts,
            "admission_diagnosis",
            pick(["入院诊断", "入院时诊断"], rng),
            stay.admission_dx,
            "入院诊断",
            stay.admitted,
        ),
        _diagnoses(
            facts, "discharge_diagnosis", pick(["出院诊断", "出院时诊断"], rng), stay.discharge_dx, "出院诊断", on
        ),
        prose(
            facts,
            "present_illness",
            pick(["入院情况", "入院时情况", "病史摘要"], rng),
            told + (stay.physical if chance(0.6, rng) else ""),
            "入院情况",
            stay.admitted,
        ),
    ]
    auxiliary = [line for line in stay.auxiliary if chance(0.9, rng)]
    if auxiliary:
        sections.append(
            numbered(
                facts, "auxiliary_exams", pick(["主要检查结果", "辅助检查", "检查结果"], rng), auxiliary, "辅助检查", on
            )
        )
    sections += [
        prose(facts, "course", pick(["诊疗经过", "住院经过", "治疗经过"], rng), stay.course, "诊疗经过", stay.admitted),
        prose(facts, "discharge_condition", pick(["出院情况", "出院时情况"], rng), stay.condition, "出院情况", on),
        Section(
            key="orders",
            title=pick(["出院医嘱", "出院带药及医嘱", "医嘱"], rng),
            items=_orders(facts, stay.drugs, stay.orders, "出院医嘱", on),
        ),
    ]
    if chance(0.3, rng):
        sections[0], sections[1], sections[2] = sections[2], sections[0], sections[1]
    return Paper(
        type="discharge_summary",
        title=pick(["出院记录", "出院小结", "出院小结", "出  院  记  录"], rng),
        hospital=stay.hospital,
        fields=fields(person(stay.owner, stay.admitted), _stay_fields(stay, discharged=True), _particulars(stay)),
        date=on,
        patient=identity(stay.owner, stay.admitted),
        dates={"admitted": stay.admitted, "discharged": on},
        sections=tuple(sections),
        signatures=(
            *((signed("上级医师签名", doctor(rng), rng, title="主任医师"),) if chance(0.4, rng) else ()),
            signed("医师签名", stay.doctor, rng, title=pick(["", "主治医师", "住院医师"], rng)),
        ),
        seals=(pick(["病案专用章", "病历复印专用章", "医务科"], rng),) if chance(0.65, rng) else (),
        facts=facts.all(),
    )


def admission_record(stay: Stay, rng: Rng) -> Paper:
    facts = Facts()
    facts.add("visits", {"kind": "inpatient", "start": stay.admitted})
    on = stay.admitted
    personal = pick(
        [
            "生于原籍，久居本地，否认疫区、疫水接触史，否认毒物及放射性物质接触史，无冶游史。",
            "生长于本地，无外地久居史，无特殊嗜好。",
        ],
        rng,
    )
    sections = (
        prose(facts, "chief_complaint", "主诉", stay.complaint, "主诉", on),
        prose(facts, "present_illness", "现病史", stay.history, "现病史", on),
        prose(facts, "past_history", "既往史", stay.past, "既往史", on),
        prose(facts, "personal_history", "个人史", personal, "个人史", on),
        prose(facts, "marital_history", "婚育史", "适龄结婚，配偶及子女体健。", "婚育史", on),
        prose(facts, "family_history", "家族史", stay.family, "家族史", on),
        prose(facts, "physical_exam", "体格检查", stay.physical, "体格检查", on),
        _diagnoses(
            facts, "admission_diagnosis", pick(["初步诊断", "入院诊断"], rng), stay.admission_dx, "入院诊断", on
        ),
    )
    return Paper(
        type="admission_record",
        title=pick(["入院记录", "入  院  记  录", "住院病历"], rng),
        hospital=stay.hospital,
        fields=fields(
            person(stay.owner, on),
            _stay_fields(stay, discharged=False),
            _particulars(stay),
            [Field("informant", "患者本人"), Field("recorded", on)],
        ),
        date=on,
        patient=identity(stay.owner, on),
        dates={"admitted": on},
        sections=sections,
        signatures=(signed("医师签名", stay.doctor, rng),),
        seals=("病案专用章",) if chance(0.4, rng) else (),
        facts=facts.all(),
    )


def front_page(stay: Stay, rng: Rng) -> Paper:
    facts = Facts()
    facts.add("visits", {"kind": "inpatient", "start": stay.admitted, "end": stay.discharged})
    owner = stay.owner
    outpatient = Section(
        key="outpatient_diagnosis",
        title="门（急）诊诊断",
        items=(facts.diagnosis(stay.admission_dx[0], section="门诊诊断", date=stay.admitted),),
    )
    rows = []
    for index, dx in enumerate(stay.discharge_dx):
        runs = facts.diagnosis(dx, section="出院诊断", date=stay.discharged, code=True)
        mark = next(run.mark for run in runs if run.mark)
        rows.append(
            Row(
                name="".join(run.text for run in runs),
                mark=mark,
                group="主要诊断" if index == 0 else "其他诊断",
                more={"icd10": dx.icd10 or "", "condition": "1"},
            )
        )
    head = [
        Field("birth_date", owner.person.birth, "birth_date"),
        Field("id_number", owner.person.id_number, "id_number"),
        Field("nationality", "中国"),
        Field("times", str(between(1, 4, rng))),
        Field("route", pick(["1", "2"], rng)),
        Field("blood_type", pick(["A", "B", "O", "AB", "不详"], rng)),
        Field("allergy", "无"),
        Field("chief", doctor(rng)),
        Field("attending", stay.doctor),
        Field("resident", doctor(rng)),
        Field("nurse", doctor(rng)),
        Field("coder", doctor(rng)),
        Field("amount", f"{stay.cost:.2f}"),
    ]
    return Paper(
        type="front_page",
        title=pick(["住院病案首页", "住 院 病 案 首 页"], rng),
        hospital=stay.hospital,
        fields=fields(person(owner, stay.admitted), _stay_fields(stay, discharged=True), _particulars(stay), head),
        date=stay.discharged,
        patient=identity(owner, stay.admitted, "birth_date", "id_number"),
        dates={"admitted": stay.admitted, "discharged": stay.discharged},
        rows=tuple(rows),
        sections=(outpatient,),
        signatures=(signed("科主任", doctor(rng), rng), signed("主治医师", stay.doctor, rng)),
        seals=("病案专用章",) if chance(0.6, rng) else (),
        facts=facts.all(),
    )


def outpatient_record(visit: Visit, rng: Rng) -> Paper:
    facts = Facts()
    on = visit.on
    mark = facts.add("visits", {"kind": "outpatient", "start": on, "end": on})
    sections = [
        prose(facts, "chief_complaint", "主诉", visit.complaint, "主诉", on),
        prose(facts, "present_illness", pick(["现病史", "病史"], rng), visit.history, "现病史", on),
        prose(facts, "past_history", "既往史", visit.past, "既往史", on),
        prose(facts, "physical_exam", pick(["体格检查", "查体", "体检"], rng), visit.physical, "体格检查", on),
        _diagnoses(facts, "diagnosis", pick(["初步诊断", "门诊诊断", "诊断", "印象"], rng), visit.dx, "门诊诊断", on),
        Section(
            key="treatment",
            title=pick(["处理", "处理意见", "治疗意见", "处置"], rng),
            items=_orders(facts, visit.drugs, visit.advice, "处理", on),
        ),
    ]
    return Paper(
        type="outpatient_record",
        title=pick(["门诊病历", "门 诊 病 历", "门诊病历记录", "门诊电子病历"], rng),
        hospital=visit.hospital,
        fields=fields(
            person(visit.owner, on),
            [
                Field("number", visit.number),
                Field("department", visit.department),
                Field("visited", on, mark),
                Field("insurance", visit.owner.insurance),
                Field("visit_kind", "复诊"),
                Field("phone", visit.owner.phone if chance(0.3, rng) else ""),
            ],
        ),
        date=on,
        patient=identity(visit.owner, on),
        dates={"visited": on},
        sections=tuple(sections),
        signatures=(signed("医师签名", visit.doctor, rng),),
        seals=(pick(["门诊部", "门诊专用章"], rng),) if chance(0.25, rng) else (),
        facts=facts.all(),
    )


def diagnosis_certificate(certificate: Certificate, rng: Rng) -> Paper:
    facts = Facts()
    on = certificate.on
    owner = certificate.owner
    with_id = chance(0.6, rng)
    return Paper(
        type="diagnosis_certificate",
        title=pick(["疾病诊断证明书", "疾病证明书", "诊断证明书", "疾病诊断证明"], rng),
        hospital=certificate.hospital,
        fields=fields(
            person(owner, on),
            [
                Field("number", certificate.number),
                Field("department", certificate.department),
                Field("id_number", owner.person.id_number if with_id else "", "id_number"),
                Field("address", owner.address if chance(0.3, rng) else ""),
                Field("occupation", owner.occupation if chance(0.3, rng) else ""),
                Field("issued", on, "issued"),
            ],
        ),
        date=on,
        patient=identity(owner, on, *(("id_number",) if with_id else ())),
        dates={"issued": on},
        sections=(
            _diagnoses(facts, "diagnosis", pick(["诊断", "临床诊断", "疾病诊断"], rng), certificate.dx, "诊断", on),
            prose(facts, "advice", pick(["处理意见", "医师意见", "建议"], rng), certificate.advice, "处理意见", on),
        ),
        signatures=(signed("医师", certificate.doctor, rng, share=0.85),),
        seals=(pick(["诊断证明专用章", "疾病诊断专用章", "医务科"], rng),) if chance(0.93, rng) else (),
        facts=facts.all(),
    )


def operation_record(operation: Operation, rng: Rng) -> Paper:
    facts = Facts()
    on = operation.on
    mark = facts.add(
        "treatments",
        {
            "kind": operation.kind,
            "name": operation.name,
            "concept": operation.concept,
            "status": "confirmed",
            "date": on,
        },
    )
    surgeon, helper = operation.doctor, doctor(rng)
    return Paper(
        type="operation_record",
        title=pick(["手术记录", "手 术 记 录", "手术记录单"], rng),
        hospital=operation.hospital,
        fields=fields(
            person(operation.owner, on),
            [
                Field("number", operation.number),
                Field("department", operation.department),
                Field("bed", f"{between(1, 50, rng):02d}"),
                Field("operated", on, "operated"),
                Field("anaesthesia", operation.anaesthesia),
                Field("surgeon", surgeon),
                Field("assistant", helper),
                Field("anaesthetist", doctor(rng)),
            ],
        ),
        date=on,
        patient=identity(operation.owner, on),
        dates={"operated": on},
        sections=(
            _diagnoses(facts, "preoperative_diagnosis", "术前诊断", operation.before, "术前诊断", on),
            _diagnoses(facts, "postoperative_diagnosis", "术后诊断", operation.after, "术后诊断", on),
            Section(key="procedure", title="手术名称", text=(Run(operation.name, mark),)),
            prose(facts, "course", pick(["手术经过", "手术步骤及经过"], rng), operation.course, "手术经过", on),
        ),
        signatures=(signed("手术医师签名", surgeon, rng),),
        seals=("病案专用章",) if chance(0.4, rng) else (),
        facts=facts.all(),
    )
