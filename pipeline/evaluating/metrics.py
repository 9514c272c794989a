"""The figures of an evaluation: what each is called, where it comes from, which way is better, what it should reach."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from pipeline.evaluating.counting import NO_RATIO, Ratio
from pipeline.evaluating.fields import FieldCount
from pipeline.evaluating.scoring import CaseScore, PageScore

__all__ = ["CASE_METRICS", "HEADLINE", "METRICS", "STAGES", "CaseMetric", "Metric", "PageMetric", "goal_of", "metric"]

STAGES = {
    "text": "文字识别",
    "pages": "页面分类与合并",
    "fields": "表头与表格字段",
    "labs": "化验结果",
    "diagnoses": "诊断",
    "statements": "检查所见、治疗与就诊",
    "boxes": "证据位置",
    "judging": "规则判定",
    "gate": "拍照质量把关",
    "cost": "时间与内存",
}
"""Stage -> what it is called."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Metric:
    id: str
    stage: str
    label: str
    low_is_good: bool = False
    kind: str = "share"
    """share (0 to 1), rate (like a share, may exceed 1), or seconds."""
    goal: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PageMetric(Metric):
    of: Callable[[PageScore], Ratio]


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseMetric(Metric):
    of: Callable[[CaseScore], Ratio]


FIELDS = {
    "name": "姓名",
    "sex": "性别",
    "age": "年龄",
    "id_number": "证件号",
    "birth_date": "出生日期",
    "hospital": "医院",
    "level": "医院等级",
    "date": "文书日期",
    "sampled": "采样日期",
    "reported": "报告日期",
    "admitted": "入院日期",
    "discharged": "出院日期",
    "form_applicant_name": "申请表：姓名",
    "form_disease_applied": "申请表：病种",
    "form_physician_title": "申请表：医师职称",
    "form_physician_signature": "申请表：医师签名",
    "form_hospital_seal": "申请表：医院盖章",
    "form_applied_on": "申请表：申请日期",
}


def _field(name: str) -> Callable[[PageScore], Ratio]:
    return lambda score: score.fields.counts.get(name, FieldCount()).exact


def _rows_of(*, photo: bool) -> Callable[[PageScore], Ratio]:
    """Rows right of photos alone, or of everything else: a camera is held to another goal than a scanner or a file."""
    return lambda score: score.labs.right.recall if (score.traits.medium == "photo") is photo else NO_RATIO


def _metric(id: str, label: str, of: Callable[[PageScore], Ratio], **more: object) -> PageMetric:
    return PageMetric(id=id, stage=id.partition(".")[0], label=label, of=of, **more)  # type: ignore[arg-type]


def _case(id: str, label: str, of: Callable[[CaseScore], Ratio], **more: object) -> CaseMetric:
    return CaseMetric(id=id, stage=id.partition(".")[0], label=label, of=of, **more)  # type: ignore[arg-type]


METRICS: tuple[PageMetric, ...] = (
    _metric("text.cer", "字符错误率", lambda s: s.text.error_rate, low_is_good=True, kind="rate"),
    _metric("text.missed", "漏读的字", lambda s: s.text.missed_rate, low_is_good=True),
    _metric("text.invented", "多读的字", lambda s: s.text.invented_rate, low_is_good=True, kind="rate"),
    _metric("text.lines", "整行全对", lambda s: s.text.lines.recall),
    _metric("pages.type", "页面类型正确", lambda s: s.documents.types, goal=0.97),
    _metric("pages.joined", "多页合并 F1", lambda s: s.documents.joined.f1),
    _metric("pages.whole", "文书页数正好", lambda s: s.documents.whole),
    _metric("fields.exact", "全部字段", lambda s: s.fields.exact),
    *(_metric(f"fields.{name}", label, _field(name)) for name, label in FIELDS.items()),
    _metric("labs.right", "行全对（项目+结果+单位）", lambda s: s.labs.right.recall),
    _metric("labs.right_print", "行全对：扫描件与 PDF", _rows_of(photo=False), goal=0.97),
    _metric("labs.right_photo", "行全对：照片", _rows_of(photo=True), goal=0.93),
    _metric("labs.right_f1", "行全对 F1", lambda s: s.labs.right.f1),
    _metric("labs.recall", "行召回", lambda s: s.labs.rows.recall),
    _metric("labs.precision", "行准确", lambda s: s.labs.rows.precision),
    _metric("labs.f1", "行 F1", lambda s: s.labs.rows.f1),
    _metric("labs.name", "项目名", lambda s: s.labs.name),
    _metric("labs.result", "结果", lambda s: s.labs.result),
    _metric("labs.unit", "单位", lambda s: s.labs.unit),
    _metric("labs.range", "参考范围", lambda s: s.labs.range),
    _metric("labs.flag", "升降标记", lambda s: s.labs.flag),
    _metric("labs.silent", "静默错数", lambda s: s.labs.numbers, low_is_good=True, kind="rate", goal=0.0),
    _metric("diagnoses.right", "诊断含肯定程度，召回", lambda s: s.diagnoses.right.recall, goal=0.95),
    _metric("diagnoses.right_f1", "诊断含肯定程度 F1", lambda s: s.diagnoses.right.f1),
    _metric("diagnoses.f1", "诊断 F1", lambda s: s.diagnoses.named.f1),
    _metric("diagnoses.category", "ICD-10 类目", lambda s: s.diagnoses.category),
    _metric("diagnoses.code", "ICD-10 编码", lambda s: s.diagnoses.code),
    _metric("diagnoses.confirmed", "误作确诊", lambda s: s.diagnoses.confirmed, low_is_good=True, goal=0.0),
    _metric("statements.findings", "检查所见 F1（只计真值所列）", lambda s: s.findings.right.f1),
    _metric("statements.findings_recall", "检查所见召回", lambda s: s.findings.right.recall),
    _metric("statements.treatments", "治疗 F1", lambda s: s.treatments.right.f1),
    _metric("statements.treatments_recall", "治疗召回", lambda s: s.treatments.right.recall),
    _metric("statements.visits", "就诊与住院 F1", lambda s: s.visits.right.f1),
    _metric("boxes.overlap", "重合度（平均 IoU）", lambda s: s.boxes.overlap),
    _metric("boxes.enough", "IoU ≥ 0.3", lambda s: s.boxes.enough),
    _metric("boxes.covered", "盖住原文", lambda s: s.boxes.covered),
    _metric("gate.caught", "废片被拦下", lambda s: s.gate.caught),
    _metric("gate.cause", "废片原因说对", lambda s: s.gate.cause),
    _metric("gate.refused", "可用页被要求重拍", lambda s: s.gate.refused, low_is_good=True),
    _metric("gate.refused_well_read", "读得好仍要重拍", lambda s: s.gate.refused_well_read, low_is_good=True, goal=0.0),
    _metric("gate.warned", "可用页收下但有提醒", lambda s: s.gate.warned, low_is_good=True),
    _metric("cost.reading", "识别一页，秒", lambda s: s.seconds, low_is_good=True, kind="seconds"),
)


def _stage(scores: str, stage: str) -> Callable[[CaseScore], Ratio]:
    def of(score: CaseScore) -> Ratio:
        found: Ratio = getattr(score.cost, scores).get(stage, NO_RATIO)
        return found

    return of


WORK = {
    "intake": "打开文件",
    "reading": "识别",
    "page_reader": "版面模型",
    "classifying": "分类",
    "extracting": "提取",
    "normalising": "规范",
    "judging": "判定",
}
CASE_METRICS: tuple[CaseMetric, ...] = (
    _case("judging.criteria", "条目状态一致", lambda s: s.judging.criteria),
    _case("judging.conclusion", "结论一致", lambda s: s.judging.conclusions),
    _case("judging.wrong_meets", "误判“符合”", lambda s: s.judging.wrong_meets, low_is_good=True, goal=0.0),
    _case("judging.wrong_met", "误判条目符合", lambda s: s.judging.wrong_met, low_is_good=True, goal=0.0),
    _case("judging.named", "缺材料点到", lambda s: s.judging.named),
    _case("cost.wall", "每页总用时，秒", lambda s: s.cost.wall, low_is_good=True, kind="seconds"),
    _case("cost.cpu", "每页 CPU，秒", lambda s: s.cost.cpu, low_is_good=True, kind="seconds"),
    *(
        _case(f"cost.cpu_{stage}", f"{label} CPU，秒", _stage("cpu_seconds", stage), low_is_good=True, kind="seconds")
        for stage, label in WORK.items()
    ),
    *(
        _case(f"cost.wall_{stage}", f"{label}用时，秒", _stage("seconds", stage), low_is_good=True, kind="seconds")
        for stage, label in WORK.items()
    ),
)

HEADLINE = (
    "text.cer",
    "pages.type",
    "fields.exact",
    "labs.right",
    "diagnoses.right",
    "statements.findings_recall",
    "boxes.enough",
)
"""What groups are compared by."""
_BY_ID: dict[str, Metric] = {m.id: m for m in (*METRICS, *CASE_METRICS)}


def metric(id: str) -> Metric:
    """Return the metric ``id``."""
    return _BY_ID[id]


def goal_of(what: Metric, dimension: str, group: str) -> float | None:
    """Return what a group of pages should reach: its medium's own goal, else that of all pages."""
    if what.id == "labs.right" and dimension == "medium":
        return metric("labs.right_photo" if group == "photo" else "labs.right_print").goal
    return what.goal
