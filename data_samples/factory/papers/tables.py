"""Papers that are tables: laboratory sheets, lung function, prescriptions, receipts, dialysis records."""

from __future__ import annotations

import datetime as dt

from data_samples.factory.clinic.labs import LabSheet
from data_samples.factory.clinic.model import Dialysis, Exam, Plain, Visit
from data_samples.factory.clinic.words import Rng, between, chance, pick
from data_samples.factory.paper import Field, Paper, Row, Run, Section
from data_samples.factory.papers.heads import doctor, fields, identity, numbered, person, signed
from data_samples.factory.papers.heads import number as digits
from data_samples.factory.papers.marks import Facts

__all__ = ["dialysis_record", "lab_report", "lung_function_report", "prescription", "receipt"]


def lab_report(sheet: LabSheet, rng: Rng) -> Paper:
    facts = Facts()
    on = sheet.sampled.date()
    tester, checker = doctor(rng), doctor(rng)
    inpatient = chance(0.5, rng)
    printed = sheet.reported + dt.timedelta(minutes=between(5, 4000, rng))
    head = [
        Field("number", digits(rng, 10), None),
        Field("department", pick(["内科", "肾内科", "内分泌科", "心内科", "消化内科", "全科医学科", "综合内科"], rng)),
        Field("bed", f"{between(1, 60, rng)}床" if inpatient else ""),
        Field("specimen", sheet.specimen, "specimen"),
        Field("sample_number", f"{between(1, 480, rng):04d}"),
        Field("barcode", digits(rng, 12)),
        Field("doctor", doctor(rng)),
        Field("diagnosis", pick(["", "", "待查", "体检", "复诊"], rng)),
        Field("panel", sheet.title, "panel"),
        Field("applied", sheet.sampled - dt.timedelta(minutes=between(20, 900, rng))),
        Field("sampled", sheet.sampled, "sampled"),
        Field("received", sheet.received, "received"),
        Field("tested", sheet.received + (sheet.reported - sheet.received) / 2),
        Field("reported", sheet.reported, "reported"),
        Field("printed", printed),
        Field("device", pick(["全自动分析仪A600", "XN-2800", "AU5831", "cobas 8000", "迈研BC-6800"], rng)),
        Field("tester", tester),
        Field("checker", checker),
        Field("visit_kind", "住院" if inpatient else "门诊"),
        Field("note", pick(["", "本结果仅对该份标本负责。", "此报告仅对所检测标本负责，供医师参考。"], rng)),
    ]
    return Paper(
        type="lab_report",
        title=pick(["检验报告单", "检验报告", "临床检验报告单", "检验科报告单", f"{sheet.title}检验报告单"], rng),
        hospital=sheet.hospital,
        fields=fields(person(sheet.owner, on), head),
        date=on,
        patient=identity(sheet.owner, on),
        dates={"sampled": sheet.sampled, "reported": sheet.reported},
        rows=tuple(facts.row(result, sheet) for result in sheet.results),
        signatures=(signed("检验者", tester, rng), signed("审核者", checker, rng)),
        seals=("检验专用章",) if chance(0.25, rng) else (),
        facts=facts.all(),
    )


def lung_function_report(exam: Exam, rng: Rng) -> Paper:
    facts = Facts()
    rows = []
    for line in exam.table:
        cells, mark, marks = {}, None, {}
        for key, text in line.items():
            runs = facts.prose(text, section="所见", date=exam.on, modality=exam.modality)
            cells[key] = runs[0].text
            if runs[0].mark:
                marks[key] = runs[0].mark
        # A row holds several measurements: a family marks cell ``k`` with ``more["mark:" + k]``.
        more = {
            key: cells[key] for key in ("predicted", "before", "before_percent", "after", "after_percent", "change")
        }
        more |= {f"mark:{key}": mark for key, mark in marks.items()}
        rows.append(Row(name=cells["name"], unit=cells["unit"], result=cells["before"], mark=mark, more=more))
    conclusion = numbered(
        facts,
        "impression",
        pick(["结论", "诊断意见", "肺功能诊断"], rng),
        exam.conclusion,
        "结论",
        exam.on,
        exam.modality,
    )
    height = exam.part.removeprefix("身高 ")
    head = [
        Field("number", exam.number),
        Field("department", exam.department),
        Field("diagnosis", exam.clinical),
        Field("height", height),
        Field("weight", f"{between(46, 78, rng)}kg"),
        Field("examined", exam.on, "examined"),
        Field("examination", "通气功能+支气管舒张试验"),
        Field("modality", "肺功能"),
        Field("device", pick(["MasterScreen PFT", "肺功能仪 S-980", "HypAir"], rng)),
        Field("reported", exam.on, "reported"),
    ]
    return Paper(
        type="lung_function_report",
        title=exam.title,
        hospital=exam.hospital,
        fields=fields(person(exam.owner, exam.on), head),
        date=exam.on,
        patient=identity(exam.owner, exam.on),
        dates={"examined": exam.on, "reported": exam.on},
        rows=tuple(rows),
        sections=(
            Section(key="method", title="支气管舒张试验", text=(Run(exam.method.partition("：")[2] + "。"),)),
            conclusion,
        ),
        signatures=(signed("检查技师", doctor(rng), rng), signed("报告医师", exam.doctor, rng)),
        seals=("肺功能室",) if chance(0.15, rng) else (),
        facts=facts.all(),
    )


def prescription(visit: Visit, rng: Rng) -> Paper:
    facts = Facts()
    head = [
        Field("number", digits(rng, 10), None),
        Field("department", visit.department),
        Field("insurance", pick(["医保", "居民医保", "职工医保", "自费"], rng)),
        Field("visited", visit.on, "issued"),
        Field("address", visit.owner.address if chance(0.4, rng) else ""),
    ]
    items = tuple(facts.diagnosis(dx, section="门诊诊断", date=visit.on) for dx in visit.dx)
    rows = []
    for drug in visit.drugs:
        mark = facts.drug(drug, section="处方", date=visit.on)
        rows.append(
            Row(
                name=drug.name,
                mark=mark,
                more={
                    "trade": drug.trade,
                    "spec": drug.spec,
                    "quantity": f"×{drug.quantity}",
                    "dose": drug.dose,
                    "route": drug.route,
                    "frequency": drug.frequency,
                    "days": str(28),
                },
            )
        )
    total = sum(drug.price * drug.packs for drug in visit.drugs)
    return Paper(
        type="prescription",
        title=pick(["处方笺", "普通处方", "门诊处方笺", "慢病处方笺"], rng),
        hospital=visit.hospital,
        fields=fields(person(visit.owner, visit.on), head, [Field("amount", f"{total:.2f}元")]),
        date=visit.on,
        patient=identity(visit.owner, visit.on),
        dates={"prescribed": visit.on},
        rows=tuple(rows),
        sections=(Section(key="diagnosis", title="临床诊断", items=items),),
        signatures=(
            signed("医师", visit.doctor, rng, share=0.8),
            signed("审核药师", doctor(rng), rng),
            signed("调配药师", doctor(rng), rng),
        ),
        seals=("处方专用章",) if chance(0.2, rng) else (),
        facts=facts.all(),
    )


_FEES = (("挂号费", 1, 10.0), ("诊察费", 1, 15.0), ("检验费", 1, 86.0), ("检查费", 1, 120.0), ("卫生材料费", 1, 12.5))


def receipt(plain: Plain, rng: Rng) -> Paper:
    facts = Facts()
    rows = []
    total = 0.0
    for drug in plain.drugs:
        mark = facts.drug(drug, section="收费明细", date=plain.on)
        price = drug.price * drug.packs
        total += price
        rows.append(
            Row(
                name=drug.name,
                mark=mark,
                more={
                    "spec": drug.spec,
                    "quantity": str(drug.packs),
                    "price": f"{drug.price:.2f}",
                    "amount": f"{price:.2f}",
                },
            )
        )
    for name, quantity, price in _FEES[: between(1, len(_FEES), rng)]:
        total += price
        rows.append(Row(name=name, more={"quantity": str(quantity), "price": f"{price:.2f}", "amount": f"{price:.2f}"}))
    pooled = round(total * 0.6, 2)
    head = [
        Field("number", digits(rng, 10), "number"),
        Field("department", plain.department),
        Field("visited", plain.on, "issued"),
        Field("insurance", plain.owner.insurance),
        Field("amount", f"{total:.2f}"),
        Field("pooled", f"{pooled:.2f}"),
        Field("own", f"{total - pooled:.2f}"),
        Field("printed", plain.on),
        Field("cashier", doctor(rng)),
    ]
    return Paper(
        type="receipt",
        title=pick(["江西省医疗门诊收费票据", "医疗收费电子票据", "门诊收费票据", "门诊费用清单"], rng),
        hospital=plain.hospital,
        fields=fields(person(plain.owner, plain.on), head),
        date=plain.on,
        patient=identity(plain.owner, plain.on),
        dates={"issued": plain.on},
        rows=tuple(rows),
        seals=("收费专用章",) if chance(0.7, rng) else (),
        facts=facts.all(),
    )


def dialysis_record(dialysis: Dialysis, rng: Rng) -> Paper:
    facts = Facts()
    last = dialysis.sessions[-1]
    items = tuple(facts.diagnosis(dx, section="诊断", date=last) for dx in dialysis.dx)
    times = between(30, 380, rng)
    rows = []
    for index, day in enumerate(dialysis.sessions):
        mark = facts.add(
            "treatments",
            {"kind": "dialysis", "name": "血液透析", "concept": "hemodialysis", "status": "confirmed", "date": day},
        )
        before, after = between(142, 172, rng), between(124, 142, rng)
        rows.append(
            Row(
                name=f"{day:%Y-%m-%d}",
                mark=mark,
                more={
                    "times": str(times + index),
                    "mode": "HDF" if index % 4 == 3 else "HD",
                    "hours": "4.0",
                    "flow": str(between(22, 28, rng) * 10),
                    "removed": f"{between(16, 34, rng) / 10:.1f}",
                    "anticoagulant": pick(["低分子肝素4000IU", "肝素钠", "无肝素"], rng),
                    "pressure_before": f"{before}/{between(82, 98, rng)}",
                    "pressure_after": f"{after}/{between(70, 86, rng)}",
                    "nurse": doctor(rng),
                },
            )
        )
    access = pick(["左前臂动静脉内瘘", "右前臂动静脉内瘘", "右颈内静脉长期导管"], rng)
    head = [
        Field("number", dialysis.number),
        Field("department", dialysis.department),
        Field("access", access),
        Field("device", pick(["4008S", "DBB-27C", "5008S"], rng)),
        Field("dialyser", pick(["F15（1.5㎡）", "REXEED-15A", "FX80"], rng)),
        Field("dry_weight", f"{dialysis.weight:.1f}kg"),
        Field("dialysed", last, "sessions"),
    ]
    state = "内瘘震颤良好" if "内瘘" in access else "导管通畅"
    text = f"患者规律血液透析，每周3次，本次透析过程顺利，{state}，透析后无头晕、胸闷等不适，安返。"
    return Paper(
        type="dialysis_record",
        title=pick(["血液透析治疗记录单", "血液净化治疗记录", "血液透析记录单", "血液透析护理记录单"], rng),
        hospital=dialysis.hospital,
        fields=fields(person(dialysis.owner, last), head),
        date=last,
        patient=identity(dialysis.owner, last),
        dates={},
        rows=tuple(rows),
        sections=(
            Section(key="diagnosis", title="诊断", items=items),
            Section(key="note", title="透析小结", text=(Run(text),)),
        ),
        signatures=(signed("医师签名", dialysis.doctor, rng), signed("责任护士", doctor(rng), rng)),
        seals=("血液净化中心",) if chance(0.4, rng) else (),
        facts=facts.all(),
    )
