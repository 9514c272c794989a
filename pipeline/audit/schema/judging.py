"""Tables of what the machine made of applications: judgements, items, readings of ours, needs."""

from __future__ import annotations

from pipeline.audit.schema.columns import Table
from pipeline.audit.schema.columns import column as c

__all__ = ["CRITERIA", "JUDGEMENTS", "NEEDS", "READINGS"]

CONCLUSIONS = ("meets", "not_met", "insufficient", "manual")
STATUSES = ("met", "unmet", "missing", "conflicting", "manual", "not_applicable")
VERDICTS = ("established", "not_established")
BASES = ("correction", "reason", "standing")

_ID = c("application_id", "text", "申请（加密编号）", "keyed hash of the application", "applications.id")
_JUDGEMENT = c("judgement_id", "text", "判断（加密编号）", "keyed hash of the judgement", "assessments.id")
_DISEASE = c("disease", "text", "病种（规则 id）", "rule id of the disease", "reviews[].disease.id")
_ITEM = c("criterion", "text", "条目编号", "item of the standard", "reviews[].criteria[].id")

JUDGEMENTS = Table(
    name="judgements",
    chinese="判断",
    grain="一份申请一轮中一个病种在一个规则版本下的判断（每轮末次）",
    english="the last judgement of one application and round, under one disease and rules version",
    key=("judgement_id",),
    columns=(
        _JUDGEMENT,
        _ID,
        c("round", "integer", "第几轮，从 1 起", "round, from 1"),
        _DISEASE,
        c("disease_name", "text", "病种名称", "official name of the disease", "reviews[].disease.name"),
        c("region", "text", "统筹地区（规则地区 id）", "region of the rules", "case.region"),
        c("rules_version", "text", "规则版本", "version of the rules", "reviews[].ruleset.version"),
        c("rules_sha256", "text", "规则指纹", "digest of the rules", "reviews[].ruleset.sha256"),
        c(
            "rules_verified",
            "boolean",
            "规则已对照正式文本",
            "checked against the official text",
            "reviews[].ruleset.verified",
        ),
        c("as_of", "date", "申请日期", "date that look-back windows count from", "case.as_of"),
        c(
            "conclusion",
            "text",
            "结论（人工更正后）",
            "conclusion, corrections applied",
            "reviews[].conclusion",
            values=CONCLUSIONS,
        ),
        c(
            "machine_conclusion",
            "text?",
            "机器结论（未经更正）",
            "conclusion without corrections",
            "assessments.machine_conclusion",
            values=CONCLUSIONS,
        ),
        c("latest", "boolean", "该申请该病种的末次判断", "the last one of the application and disease"),
        c("applied", "boolean", "所申请的病种", "the disease applied for", "case.applied_for; applications.disease"),
        c("seconds", "real?", "机器用时", "machine time", "timing; assessments.seconds", unit="秒"),
    ),
)

CRITERIA = Table(
    name="criteria",
    chinese="条目",
    grain="一次判断中的一个条目",
    english="one item of one judgement",
    key=("judgement_id", "criterion"),
    columns=(
        _JUDGEMENT,
        _ID,
        _DISEASE,
        _ITEM,
        c("title", "text", "条目", "the item in words", "reviews[].criteria[].title"),
        c(
            "status",
            "text",
            "状态（人工更正后）",
            "status, corrections applied",
            "reviews[].criteria[].status",
            values=STATUSES,
        ),
        c("reason", "text", "原因代码（人工更正后）", "reason code", "reviews[].criteria[].reason"),
        c("machine_status", "text?", "机器状态（未经更正）", "status without corrections", values=STATUSES),
        c("machine_reason", "text?", "机器原因代码（未经更正）", "reason code without corrections"),
        c(
            "confidence",
            "real?",
            "依据中最低的识别把握，0–1",
            "lowest confidence among its evidence",
            "criteria[].evidence[].confidence",
        ),
        c("evidence", "integer", "依据几处", "pieces of evidence", "criteria[].evidence", unit="处"),
        c("hospital", "text?", "首条依据的出具医院", "hospital of the first piece of evidence"),
        c("document_type", "text?", "首条依据（或反证）的材料类型", "document type of the first piece of evidence"),
        c("own_reading", "boolean", "由经验口径参与决定", "a reading of ours took part", "criteria[].readings"),
        c("photo_problem", "boolean", "未能认定，且因为拍摄质量", "not established because of the pictures"),
        c("person_verdict", "text?", "经办人对条目的认定", "what the deciding person took it to be", values=VERDICTS),
        c(
            "person_basis",
            "text?",
            "认定的依据：更正条目、决定理由点名、未改动而办结",
            "from a correction, a reason of the decision, or left standing",
            values=BASES,
        ),
    ),
)

READINGS = Table(
    name="readings",
    chinese="口径",
    grain="一次判断中参与决定一个条目的一条口径",
    english="one reading or policy that took part in deciding one item",
    key=("judgement_id", "criterion", "reading"),
    columns=(
        _JUDGEMENT,
        _ID,
        _DISEASE,
        _ITEM,
        c("reading", "text", "口径原文（规则包中的句子）", "the sentence of the rules", "criteria[].readings[]"),
        c("own", "boolean", "经验口径（非条文）", "a reading of ours, not of the standard"),
        c("status", "text", "条目因此的状态", "status of the item", values=STATUSES),
    ),
)

NEEDS = Table(
    name="needs",
    chinese="待补材料",
    grain="一次判断中还缺的一样材料",
    english="one thing still missing in one judgement",
    key=("judgement_id", "place"),
    columns=(
        _JUDGEMENT,
        _ID,
        _DISEASE,
        c("place", "integer", "次序，从 1 起，先易后难", "order, cheapest first, from 1"),
        _ITEM,
        c("material", "text", "材料（规则包中的说法）", "the material in words of the rules", "missing[].need"),
        c("reason", "text", "条目的原因代码", "reason code of the item"),
        c("alternatives", "integer", "另有几种可替代", "how many others would do", "missing[].alternatives", unit="种"),
        c(
            "photo_problem",
            "boolean",
            "交过这样材料或可替代的，但拍摄质量不行",
            "it or what would replace it was handed in, but the picture cannot be used",
        ),
    ),
)
