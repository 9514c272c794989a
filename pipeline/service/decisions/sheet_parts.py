"""The parts of a decision sheet as the template takes them: plain values, texts already veiled where they must be."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

from pipeline.reporting import wording
from pipeline.service.casework.corrections.telling import Corrected
from pipeline.service.decisions.crops import Spots
from pipeline.service.decisions.reasons import reason_label
from pipeline.service.office import LOCAL
from pipeline.service.states import label
from pipeline.service.tables import Application, Approval, Assessment, Decision, Identity, Outcome
from pipeline.service.veil import masked_name, masked_number
from pipeline.service.words import CHANNELS, CONCLUSION_STATUS, CONCLUSION_WORDS, OUTCOMES
from rules.engine.judgement import Status

__all__ = [
    "alerts",
    "applicant",
    "case",
    "corrections",
    "decision",
    "documents",
    "items",
    "moment",
    "rounds",
    "rules",
    "suggestion",
]

Pair = tuple[str, str]
_TONES = {Outcome.APPROVE: "met", Outcome.REFUSE: "unmet", Outcome.RETURN: "missing"}
_QUOTES, _PICTURES, _ALERTS = 6, 2, 12
"""Quotes and pictures of one item, alerts of a case."""
_EMPTY: Mapping[str, Any] = {}


def moment(value: dt.datetime | None) -> str:
    """Return a moment as people in China read it."""
    return value.astimezone(LOCAL).strftime("%Y-%m-%d %H:%M") if value else ""


def applicant(identity: Identity | None, report: Mapping[str, Any], *, full: bool) -> list[Pair]:
    """Who applies and who acts for them; masked unless ``full``."""
    if identity is None:
        return [("参保人", "")]
    name, number = (_as_is, _as_is) if full else (masked_name, masked_number)
    read = report["case"]["applicant"]
    sex, age = read.get("sex"), read.get("age")
    told = "，".join([*([str(sex)] if sex else []), *([f"{age} 岁"] if age is not None else [])])
    rows = [("参保人", name(identity.name)), ("性别年龄", told)]
    rows += [("证件号码", number(identity.id_number)), ("联系电话", number(identity.phone))]
    if identity.agent_name:
        relation = f"（{identity.agent_relation}）" if identity.agent_relation else ""
        rows += [("代办人", name(identity.agent_name) + relation), ("代办人电话", number(identity.agent_phone))]
    return rows


def case(application: Application, review: Mapping[str, Any]) -> list[Pair]:
    """Disease, channel, dates."""
    disease = review["disease"]
    code = f"（{disease['code']}）" if disease.get("code") else ""
    due = (application.due_on.isoformat() if application.due_on else "") + (
        "（暂定）" if application.due_provisional else ""
    )
    return [
        ("申请病种", disease["name"] + code),
        ("病种类别", disease.get("category") or ""),
        ("受理渠道", CHANNELS[application.channel]),
        ("办理状态", label(application.state) + (f" · 第 {application.round} 轮" if application.round > 1 else "")),
        ("首次提交", moment(application.first_submitted_at)),
        ("应办结日期", due),
    ]


def rules(review: Mapping[str, Any], assessment: Assessment) -> dict[str, str]:
    """Which rules, from where, as of which day."""
    ruleset = review["ruleset"]
    return {
        "source": ruleset["source"],
        "version": ruleset["version"],
        "digest": ruleset["sha256"][:12],
        "as_of": assessment.as_of.isoformat(),
        "formula": review["formula"]["text"],
    }


def items(
    report: Mapping[str, Any], review: Mapping[str, Any], corrected: Corrected, spots: Spots
) -> list[dict[str, Any]]:
    """The items of the standard with the evidence that decided them; ``crop`` of each is what to cut, or None."""
    known = {document["id"]: document for document in report["documents"]}
    return [
        {
            "id": item["id"],
            "title": item["title"],
            "status": item["status"],
            "word": wording.STATUSES[Status(item["status"])],
            "message": item["message"],
            "evidence": _evidence([row for row in item["evidence"] if row not in item["against"]], known, spots),
            "against": _evidence(item["against"], known, spots),
            "person": "此条由人工认定或选取证据，见“人工更正”。" if item["id"] in corrected.items else "",
        }
        for item in review["criteria"]
    ]


def suggestion(assessment: Assessment) -> dict[str, str]:
    """What checking the items suggests, and what it did before corrections."""
    before = assessment.machine_conclusion
    return {
        "status": CONCLUSION_STATUS[assessment.conclusion],
        "word": CONCLUSION_WORDS[assessment.conclusion],
        "before": f"更正前：{CONCLUSION_WORDS[before]}" if before != assessment.conclusion else "",
    }


def alerts(report: Mapping[str, Any]) -> list[str]:
    """What to look at first, without mere hints."""
    told = [alert["message"] for alert in report["alerts"] if alert["severity"] != "info"]
    told = list(dict.fromkeys(told))
    return [*told[:_ALERTS], *([f"另有 {len(told) - _ALERTS} 项，见电子卷宗。"] if len(told) > _ALERTS else [])]


def corrections(corrected: Corrected, *, outside: bool) -> list[dict[str, str]]:
    """What people corrected beside what the machine read, oldest first; who and why are not for outside."""
    return [
        {
            "what": each.what,
            "machine": each.machine,
            "human": each.human,
            "note": "；".join(filter(None, ("" if outside else each.note, each.lost))),
            "who": "" if outside else each.who,
            "at": moment(each.at),
        }
        for each in reversed(corrected.active)
    ]


def documents(report: Mapping[str, Any]) -> list[dict[str, str]]:
    """The material handed in."""
    rows = []
    for number, document in enumerate(report["documents"], start=1):
        level = f"（{document['hospital_level']}）" if document.get("hospital_level") else ""
        rows.append(
            {
                "number": str(number),
                "title": document["type_label"] + ("（重复）" if document.get("duplicate_of") else ""),
                "hospital": (document["hospital"] or "—") + (level if document["hospital"] else ""),
                "date": document["date"] or "—",
                "pages": str(len(document["pages"])),
            }
        )
    return rows


def decision(
    row: Decision, approval: Approval | None, assessment: Assessment, names: Mapping[str, str], *, outside: bool
) -> dict[str, Any]:
    """One decision with its reasons and the people who made it; their notes are not for outside."""
    people = [_person("审核人", names.get(row.made_by, ""), row.made_at, "")]
    if row.second_by is not None:
        agrees = "同意" if row.second_agrees else "不同意"
        note = f"{agrees}：{row.second_note}" if row.second_note and not outside else agrees
        people.append(_person("复核人", names.get(row.second_by, ""), row.second_at, note))
    elif row.needs_second:
        people.append(_person("复核人", "待复核", None, ""))
    holds = ""
    if approval is not None:
        until = f"至 {approval.valid_until.isoformat()}" if approval.valid_until else "起，未定到期日"
        holds = f"待遇期限 {approval.valid_from.isoformat()} {until}　{approval.why}"
    return {
        "word": OUTCOMES[row.outcome.value],
        "tone": _TONES[row.outcome],
        "holds": holds,
        "basis": f"依据第 {row.round} 轮材料、第 {assessment.revision} 版核对结果",
        "reasons": [_reason(reason) for reason in row.reasons],
        "note": "" if outside else row.note,
        "people": people,
    }


def rounds(rows: Sequence[Decision], names: Mapping[str, str], *, outside: bool) -> list[dict[str, Any]]:
    """Decisions before the one that the sheet is about, oldest first; outside only those that took effect are told."""
    told = []
    for row in rows:
        if outside and not row.final:
            continue
        opinion = ""
        if row.second_by is not None:
            opinion = f"{names.get(row.second_by, '')}{'同意' if row.second_agrees else '不同意'}：{row.second_note}"
        told.append(
            {
                "number": str(row.round),
                "word": OUTCOMES[row.outcome.value] + ("" if row.final else "（未生效）"),
                "who": names.get(row.made_by, ""),
                "at": moment(row.made_at),
                "reasons": [f"{_reason(r)['label']}：{r.get('text', '')}" for r in row.reasons],
                "note": "" if outside else "　".join(filter(None, (row.note, opinion))),
            }
        )
    return told


def _evidence(
    rows: Sequence[Mapping[str, Any]], known: Mapping[str, Mapping[str, Any]], spots: Spots
) -> list[dict[str, Any]]:
    told: list[dict[str, Any]] = []
    for number, row in enumerate(rows[:_QUOTES]):
        document = known.get(row["document"], _EMPTY)
        place = [document.get("type_label"), document.get("date"), document.get("hospital")]
        place += [f"{row['file']} 第 {row['page']} 页", "人工确认" if row["extractor"] == "person" else None]
        crop = spots.of(row) if number < _PICTURES else None
        told.append({"quote": row["quote"], "place": " · ".join(str(part) for part in place if part), "crop": crop})
    if len(rows) > _QUOTES:
        told.append({"quote": "……", "place": f"另有 {len(rows) - _QUOTES} 处", "crop": None})
    return told


def _reason(reason: Mapping[str, Any]) -> dict[str, str]:
    return {
        "item": str(reason.get("criterion") or ""),
        "label": reason_label(str(reason.get("code") or "")),
        "text": str(reason.get("text") or ""),
    }


def _person(role: str, name: str, at: dt.datetime | None, note: str) -> dict[str, str]:
    return {"role": role, "name": name or "—", "at": moment(at), "note": note}


def _as_is(text: str) -> str:
    return text
