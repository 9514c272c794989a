"""Reports of examinations, the application form, cards and papers that tell nothing."""

from __future__ import annotations

import datetime as dt

from data_samples.factory.clinic.model import Exam, Form, Plain
from data_samples.factory.clinic.words import Rng, between, chance, pick
from data_samples.factory.paper import Field, Paper, Run, Section
from data_samples.factory.papers.heads import doctor, fields, identity, numbered, person, signed
from data_samples.factory.papers.marks import Facts

__all__ = ["application_form", "examination", "identity_card", "other"]

_FINDINGS = {
    "ultrasound": "超声所见",
    "echo": "超声所见",
    "pathology": "镜下所见",
    "endoscopy": "镜下所见",
    "ct": "影像学表现",
    "mri": "影像学表现",
}
_IMPRESSIONS = {
    "ultrasound": "超声提示",
    "echo": "超声提示",
    "pathology": "病理诊断",
    "endoscopy": "内镜诊断",
    "ct": "影像学诊断",
    "mri": "影像学诊断",
    "ecg": "心电图诊断",
    "holter": "结论",
}


def examination(exam: Exam, rng: Rng) -> Paper:
    """A report with what was seen and what it means: imaging, pathology, endoscopy, ECG, EEG, EMG."""
    facts = Facts()
    pathology = exam.modality == "pathology"
    seen = exam.seen
    sections = []
    if pathology:
        sections.append(Section(key="specimen_seen", title="肉眼所见", text=(Run(seen[0]),)))
        seen = seen[1:]
    text = "".join(seen)
    sections += [
        Section(
            key="microscopy" if pathology else "findings",
            title=pick([_FINDINGS.get(exam.modality, "检查所见"), "检查所见" if not pathology else "镜检"], rng),
            text=facts.prose(text, section="所见", date=exam.on, modality=exam.modality),
        ),
        numbered(
            facts,
            "pathology_diagnosis" if pathology else "impression",
            pick([_IMPRESSIONS.get(exam.modality, "诊断意见"), "诊断意见" if not pathology else "病理诊断"], rng),
            exam.conclusion,
            "病理诊断" if pathology else "结论",
            exam.on,
            exam.modality,
        ),
    ]
    days = between(1, 4, rng) if pathology else 0
    reported = dt.datetime.combine(exam.on + dt.timedelta(days=days), dt.time(between(9, 17, rng), between(0, 59, rng)))
    head = [
        Field("number", exam.number, "number"),
        Field("department", pick(["内科", "神经内科", "心内科", "消化内科", "肿瘤科", "门诊"], rng)),
        Field("bed", f"{between(1, 60, rng)}床" if chance(0.4, rng) else ""),
        Field("patient_number", str(between(100000, 999999, rng))),
        Field("examination", exam.part, "examination"),
        Field("modality", exam.method),
        Field("diagnosis", exam.clinical),
        Field("specimen", exam.part if pathology else ""),
        Field("examined", exam.on, "examined"),
        Field("received", exam.on if pathology else ""),
        Field("reported", reported, "reported"),
        Field("doctor", doctor(rng)),
    ]
    return Paper(
        type=exam.type,
        title=exam.title,
        hospital=exam.hospital,
        fields=fields(person(exam.owner, exam.on), head),
        date=exam.on,
        patient=identity(exam.owner, exam.on),
        dates={"examined": exam.on, "reported": reported},
        sections=tuple(sections),
        signatures=(signed("报告医师", exam.doctor, rng), signed("审核医师", doctor(rng), rng)),
        seals=(pick(["影像诊断专用章", "报告专用章"], rng) if not pathology else "病理诊断专用章",)
        if chance(0.3, rng)
        else (),
        facts=facts.all(),
    )


def application_form(form: Form, rng: Rng) -> Paper:
    facts = Facts()

    def field(key: str, value: str, truth: str | None = None) -> Field:
        return Field(key, value, facts.add("form", {"field": key, "value": truth or value}))

    owner = form.owner
    head = [
        field("applicant_name", owner.name),
        Field("name", owner.name),
        Field("sex", owner.sex, "sex"),
        Field("age", f"{owner.person.age(form.on)}岁", "age"),
        Field("id_number", owner.person.id_number, "id_number"),
        Field("phone", owner.phone),
        Field("address", owner.address),
        Field("insurance", owner.insurance),
        Field("pool", "云栖市"),
        field("disease_applied", form.disease),
        Field("applied_on", form.on, facts.add("form", {"field": "applied_on", "value": form.on.isoformat()})),
        Field("first_diagnosed", form.first_diagnosed),
        Field("hospital", form.hospital.name),
        Field("agent", form.agent),
        field("physician_title", form.physician_title),
        Field("serial", f"{form.on:%Y%m%d}{between(1, 99, rng):03d}"),
    ]
    # Ink, not print: its place is where a family puts it, under the marks physician_signature and hospital_seal.
    for key, there in (("physician_signature", form.signed), ("hospital_seal", form.sealed)):
        mark = facts.add("form", {"field": key, "value": "present" if there else "empty"})
        head.append(Field(key, "present" if there else "empty", mark))
    materials = tuple((Run(name),) for name in form.materials)
    return Paper(
        type="application_form",
        title=pick(
            [
                "江西省门诊慢特病病种待遇认定申请表",
                "江西省基本医疗保险门诊慢特病病种待遇认定申请表",
                "门诊慢特病病种待遇认定申请表",
            ],
            rng,
        ),
        hospital=form.hospital,
        fields=fields(head),
        date=form.on,
        patient=identity(owner, form.on, "id_number"),
        dates={},
        sections=(
            Section(key="present_illness", title="病史摘要", text=(Run(form.history),)),
            Section(key="materials", title="提交材料", items=materials),
            Section(key="advice", title="医师意见", text=(Run(form.opinion),)),
            Section(
                key="note",
                title="医疗机构审核意见",
                text=(Run("经审核，材料齐全，请按程序办理。" if form.sealed else ""),),
            ),
        ),
        signatures=(
            *((signed("医师签名", form.doctor, rng, share=0.95, title=form.physician_title),) if form.signed else ()),
            signed("申请人签名", owner.name, rng, share=1),
        ),
        seals=("医保办公室",) if form.sealed else (),
        facts=facts.all(),
    )


def identity_card(plain: Plain, rng: Rng) -> Paper:
    owner = plain.owner
    born = owner.person.birth
    if plain.kind == "id_front":
        title = "居民身份证"
        head = [
            Field("name", owner.name, "name"),
            Field("sex", owner.sex, "sex"),
            Field("nation", "汉"),
            Field("birth_date", born, "birth_date"),
            Field("address", owner.address),
            Field("id_number", owner.person.id_number, "id_number"),
        ]
        patient = {"name": owner.name, "sex": owner.sex, "birth_date": born, "id_number": owner.person.id_number}
    elif plain.kind == "id_back":
        title = "中华人民共和国居民身份证"
        year = between(2012, 2023, rng)
        head = [
            Field("issuer", "云栖市公安局云岚分局"),
            Field("valid", f"{year}.05.18-{year + 20}.05.18"),
        ]
        patient = {}
    else:
        title = pick(["中华人民共和国社会保障卡", "医疗保障卡"], rng)
        head = [
            Field("name", owner.name, "name"),
            Field("id_number", owner.person.id_number, "id_number"),
            Field("number", f"X{between(10000000, 99999999, rng)}"),
            Field("issuer", "云栖市人力资源和社会保障局"),
        ]
        patient = {"name": owner.name, "id_number": owner.person.id_number}
    return Paper(
        type="identity_card",
        title=title,
        hospital=plain.hospital,
        fields=fields(head, [Field("kind", plain.kind)]),
        date=plain.on,
        patient=patient,
    )


_OTHERS = {
    "consent": (
        "授权委托书",
        "本人因身体原因不便亲自办理门诊慢特病待遇认定事宜，现委托家属代为提交材料、领取结果，由此产生的责任由本人承担。",
    ),
    "ticket": ("就诊预约单", "请于就诊当日携带有效证件到自助机或服务台取号，过号请重新排队。"),
    "notice": ("住院须知", "请妥善保管个人物品，遵守病区探视制度，未经允许不得擅自离院，出院时请至住院收费处结算。"),
}


def other(plain: Plain, rng: Rng) -> Paper:
    title, text = _OTHERS[plain.kind]
    return Paper(
        type="other",
        title=title,
        hospital=plain.hospital,
        fields=fields(
            person(plain.owner, plain.on), [Field("issued", plain.on), Field("department", plain.department)]
        ),
        date=plain.on,
        patient=identity(plain.owner, plain.on),
        sections=(Section(key="note", title="", text=(Run(text),)),),
        signatures=(signed("签名", plain.owner.name, rng, share=1),) if plain.kind == "consent" else (),
    )
