"""Tables of what people did: decisions, reasons, corrections."""

from __future__ import annotations

from pipeline.audit.schema.cases import OUTCOMES
from pipeline.audit.schema.columns import Table
from pipeline.audit.schema.columns import column as c
from pipeline.audit.schema.judging import CONCLUSIONS, STATUSES

__all__ = ["CORRECTIONS", "DECISIONS", "REASONS"]

DIFFERENCES = ("缺件判断错", "证据误读", "过度推断", "与标准不符", "规则有误")
ORIGINS = ("machine", "person")

_ID = c("application_id", "text", "申请（加密编号）", "keyed hash of the application", "applications.id")
_ROUND = c("round", "integer", "第几轮，从 1 起", "round, from 1", "decisions.round")
_DISEASE = c("disease", "text?", "病种（规则 id）", "rule id of the disease", "applications.disease")

DECISIONS = Table(
    name="decisions",
    chinese="决定",
    grain="一人的一次决定（批准、不予认定、退回补件）",
    english="one decision of one person",
    key=("decision_id",),
    columns=(
        c("decision_id", "text", "决定（加密编号）", "keyed hash of the decision", "decisions.id"),
        _ID,
        c("judgement_id", "text?", "决定时所见的判断", "the judgement that the person saw", "decisions.assessment_id"),
        _ROUND,
        _DISEASE,
        c("outcome", "text", "决定", "outcome", "decisions.outcome", values=OUTCOMES),
        c("final", "boolean", "已生效", "it took effect", "decisions.final"),
        c(
            "machine_conclusion",
            "text?",
            "决定时机器的结论（未经更正）",
            "what the machine said",
            "assessments.machine_conclusion",
            values=CONCLUSIONS,
        ),
        c("decided_on", "date", "决定日期", "day of the decision", "decisions.made_at"),
        c("month", "text", "决定的月份，YYYY-MM", "month of the decision"),
        c("reviewer", "text?", "经办人（加密编号）", "keyed hash of the person", "decisions.made_by"),
        c("needs_second", "boolean", "须复核", "needs a second reader", "decisions.needs_second"),
        c("second_agrees", "boolean?", "复核同意", "the second reader agrees", "decisions.second_agrees"),
        c("reexamined", "boolean", "已盲评", "re-examined without seeing the decision", "quality_samples.examined_at"),
        c(
            "reexam_outcome",
            "text?",
            "盲评的决定",
            "outcome of the re-examination",
            "quality_samples.outcome",
            values=OUTCOMES,
        ),
        c(
            "difference",
            "text?",
            "盲评差异归类",
            "kind of difference",
            "quality_samples.difference",
            values=DIFFERENCES,
        ),
    ),
)

REASONS = Table(
    name="reasons",
    chinese="原因",
    grain="一个原因：机器对一次判断中未认定的一个条目给出的，或人在一次决定中写明的",
    english="one reason: of the machine for an item not established, or of a person in a decision",
    key=("source_id", "origin", "place"),
    columns=(
        c("source_id", "text", "判断或决定的加密编号", "keyed hash of the judgement or decision"),
        c("origin", "text", "来自机器或人", "by machine or person", values=ORIGINS),
        c("place", "integer", "次序，从 1 起", "order, from 1"),
        _ID,
        _ROUND,
        _DISEASE,
        c(
            "criterion",
            "text?",
            "所指条目；空为整份申请",
            "item; null for the whole application",
            "decisions.reasons[].criterion",
        ),
        c("code", "text", "原因代码", "reason code", "decisions.reasons[].code; criteria[].reason"),
        c("label", "text", "原因", "the reason in Chinese"),
        c(
            "outcome",
            "text",
            "随同的决定或结论",
            "decision or conclusion that it stands for",
            values=(*OUTCOMES, *CONCLUSIONS),
        ),
        c("photo_problem", "boolean", "因为拍摄质量", "because of the pictures"),
    ),
)

CORRECTIONS = Table(
    name="corrections",
    chinese="更正",
    grain="人对机器所读的一处更正",
    english="one correction by a person of what the machine read",
    key=("correction_id",),
    columns=(
        c("correction_id", "text", "更正（加密编号）", "keyed hash of the correction", "corrections.id"),
        _ID,
        c("round", "integer?", "第几轮，从 1 起", "round, from 1"),
        _DISEASE,
        c("made_on", "date", "日期", "day", "corrections.made_at"),
        c("kind", "text", "种类", "kind", "corrections.kind"),
        c("fact", "text?", "所改事实的种类（化验、诊断等）", "kind of fact"),
        c("field", "text", "所改的栏目", "field", "corrections.field"),
        c("criterion", "text?", "所改的条目", "item, where an item was settled"),
        c("machine_status", "text?", "条目的机器状态", "status by the machine", "corrections.machine", values=STATUSES),
        c("person_status", "text?", "人定的条目状态", "status by the person", "corrections.human", values=STATUSES),
        c("document_type", "text?", "所在材料的类型", "type of the document it stands in"),
        c("hospital", "text?", "所在材料的医院", "hospital of that document"),
        c("reviewer", "text?", "经办人（加密编号）", "keyed hash of the person", "corrections.made_by"),
        c("undone", "boolean", "后来撤回", "taken back later", "corrections.undone_at"),
    ),
)
