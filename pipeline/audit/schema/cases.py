"""Tables of what came in: applications, their documents and pages' quality, facts to judge again."""

from __future__ import annotations

from pipeline.audit.schema.columns import Table
from pipeline.audit.schema.columns import column as c

__all__ = ["APPLICATIONS", "DOCUMENTS", "FACTS", "QUALITY", "TIMINGS"]

OUTCOMES = ("approve", "refuse", "return")
MEDIA = ("text_layer", "photo", "scan", "picture")
STEPS = ("reading", "waiting", "reviewing", "second_reading", "applicant", "round")

_ID = c("application_id", "text", "申请（加密编号）", "keyed hash of the application", "applications.id")
_ROUND = c("round", "integer", "第几轮：1 为首次提交，每退回补件一次加 1", "round of submission, from 1")
_DISEASE = c("disease", "text?", "申请的病种（规则 id）", "rule id of the disease", "applications.disease")

APPLICATIONS = Table(
    name="applications",
    chinese="申请",
    grain="一份申请",
    english="one application",
    key=("application_id",),
    columns=(
        _ID,
        c("region", "text", "统筹地区（规则地区 id）", "region of the rules", "applications.region; case.region"),
        _DISEASE,
        c("disease_name", "text?", "病种名称", "official name of the disease", "reviews[].disease.name"),
        c("channel", "text?", "申请渠道", "where it came in", "applications.channel"),
        c("state", "text", "当前状态", "state now", "applications.state"),
        c("submitted_on", "date?", "首次提交日期", "day of the first submission", "applications.first_submitted_at"),
        c("month", "text?", "首次提交的月份，YYYY-MM", "month of the first submission"),
        c("decided_on", "date?", "办结日期", "day of the final decision", "applications.decided_at"),
        c(
            "due_on",
            "date?",
            "末次提交起 20 个工作日的到期日",
            "due day of the latest submission",
            "applications.due_on",
        ),
        c("outcome", "text?", "最终决定", "final decision", "decisions.outcome", values=OUTCOMES[:2]),
        c("rounds", "integer", "共提交几轮", "rounds of submission", "applications.round", unit="轮"),
        c(
            "days_used",
            "integer?",
            "末次提交到办结用去的工作日",
            "working days, last submission to decision",
            unit="工作日",
        ),
        c("in_time", "boolean?", "是否在到期日前办结", "decided by the due day"),
        c("sex", "text?", "性别", "sex", "case.applicant.sex", values=("男", "女")),
        c("age_years", "integer?", "年龄（周岁，90 岁及以上记 90）", "age in years, 90 and over as 90", unit="岁"),
        c("hospital", "text?", "出具材料最多的医院", "hospital that issued most documents", "documents[].hospital"),
        c("hospital_level", "integer?", "该医院级别：0 未定级，1–3 级", "level of that hospital", unit="级"),
        c("pages", "integer", "材料页数", "pages handed in", "documents[].pages", unit="页"),
        c("retake_pages", "integer", "须重拍的页数", "pages to be taken again", "pages[].quality[].retake", unit="页"),
    ),
)

DOCUMENTS = Table(
    name="documents",
    chinese="材料",
    grain="一份申请中的一份材料（末次审核时的样子）",
    english="one document of an application, as last assessed",
    key=("application_id", "document"),
    columns=(
        _ID,
        c("document", "text", "材料在申请内的编号", "id within the application", "documents[].id"),
        c("type", "text", "材料类型（代码）", "document type", "documents[].type"),
        c("type_label", "text", "材料类型", "document type, Chinese", "documents[].type_label"),
        c("hospital", "text?", "出具医院", "issuing hospital", "documents[].hospital"),
        c("hospital_level", "integer?", "医院级别：0 未定级，1–3 级", "level of the hospital", unit="级"),
        c("department", "text?", "科室", "department", "documents[].department"),
        c("dated", "date?", "材料所述日期", "date of what it states", "documents[].date"),
        c(
            "medium",
            "text?",
            "介质：电子版、照片、扫描、未分照片与扫描",
            "how it was captured",
            "pages[].reader",
            values=MEDIA,
        ),
        c("pages", "integer", "页数", "pages", "documents[].pages", unit="页"),
        c("retake_pages", "integer", "须重拍的页数", "pages to be taken again", "pages[].quality[].retake", unit="页"),
        c(
            "owner",
            "text",
            "是否本人材料",
            "whose document it is",
            "documents[].owner",
            values=("applicant", "other", "unknown"),
        ),
        c(
            "duplicate",
            "boolean",
            "同一张纸的另一张照片或重印",
            "second picture or reprint",
            "documents[].duplicate_of",
        ),
        c("confidence", "real?", "分类把握，0–1", "confidence of its type", "documents[].confidence"),
        c("round", "integer?", "第几轮提交时首次出现", "round in which it first came", "uploads.round"),
    ),
)

QUALITY = Table(
    name="quality",
    chinese="拍摄质量",
    grain="一页上的一个拍摄质量问题",
    english="one quality issue of one page",
    key=("application_id", "document", "page", "code"),
    columns=(
        _ID,
        c("document", "text", "材料在申请内的编号", "document within the application", "documents[].id"),
        c("page", "integer", "材料内第几页，从 1 起", "page within the document, from 1", "documents[].pages[]"),
        c("code", "text", "问题代码", "code of the issue", "pages[].quality[].code"),
        c("retake", "boolean", "这一页须重拍", "the page has to be taken again", "pages[].quality[].retake"),
    ),
)

TIMINGS = Table(
    name="timings",
    chinese="时限",
    grain="一份申请一轮中的一个环节；step = round 的一行是本轮合计，不与其他环节相加",
    english="one step of one round; the row with step = round is the whole round and is not added to the others",
    key=("application_id", "round", "step", "place"),
    columns=(
        _ID,
        _ROUND,
        c("step", "text", "环节：识别、待领取、审核、复核、等待补件、本轮合计", "step", "trail.action", values=STEPS),
        c("place", "integer", "同一环节在本轮中第几次，从 1 起", "which time in this round, from 1"),
        c("bureau", "boolean", "计入经办时限（等待补件不计）", "counts as the bureau's time"),
        c("from_on", "date", "开始日期", "first day"),
        c("to_on", "date", "结束日期", "last day"),
        c("hours", "real", "历时", "time elapsed", unit="小时"),
        c(
            "working_days",
            "integer",
            "其间的工作日（不含开始当日）",
            "working days, the first day not counted",
            unit="工作日",
        ),
    ),
)

FACTS = Table(
    name="facts",
    chinese="事实",
    grain="一份申请末次审核所依据的事实，去除身份后，供按另一规则重新判断",
    english="facts of one application without identity, to be judged again",
    key=("application_id",),
    columns=(
        _ID,
        c("region", "text", "统筹地区（规则地区 id）", "region of the rules", "applications.region"),
        c("diseases", "text", "已判断的病种（规则 id），以逗号相连", "rule ids that were judged, joined by commas"),
        c("as_of", "date", "申请日期", "date that look-back windows count from", "case.as_of"),
        c(
            "facts",
            "text",
            "rules.engine.stored_facts 的 JSON",
            "JSON of rules.engine.stored_facts",
            "assessments.facts",
        ),
    ),
    sensitive=True,
)
