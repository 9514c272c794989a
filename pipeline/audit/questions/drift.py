"""Whether a figure moves from month to month by more than chance."""

from __future__ import annotations

import math
from dataclasses import dataclass

from pipeline.audit.questions.answer import Answer, Chart, Col
from pipeline.audit.questions.filters import SCOPE, Filters
from pipeline.audit.statistics import control
from pipeline.audit.store import Store

__all__ = ["METRICS", "Metric", "drift"]


@dataclass(frozen=True, slots=True)
class Metric:
    """A share that can be followed by month of first submission."""

    label: str
    unit: str
    sql: str
    """Rows ``application_id, month, hit``."""


def _metric(label: str, unit: str, select: str) -> Metric:
    return Metric(label, unit, f"WITH {SCOPE}\n{select}")


METRICS = {
    "retake": _metric(
        "须重拍的材料",
        "材料（份）",
        """SELECT d.application_id, s.month, d.retake_pages > 0 AS hit FROM documents d
        JOIN scope s USING (application_id)
        WHERE NOT d.duplicate AND d.medium IS DISTINCT FROM 'text_layer' AND coalesce(d.round, 1) = 1""",
    ),
    "first_pass": _metric(
        "一次通过",
        "申请（份）",
        """SELECT d.application_id, s.month, d.outcome = 'approve' AS hit FROM decisions d
        JOIN scope s USING (application_id) WHERE d.final AND d.round = 1""",
    ),
    "returned": _metric(
        "首轮退回补件",
        "申请（份）",
        """SELECT d.application_id, s.month, d.outcome = 'return' AS hit FROM decisions d
        JOIN scope s USING (application_id) WHERE d.final AND d.round = 1""",
    ),
    "manual": _metric(
        "机器不作建议（需人工）",
        "申请（份）",
        """SELECT j.application_id, s.month, j.machine_conclusion = 'manual' AS hit FROM judgements j
        JOIN scope s ON s.application_id = j.application_id WHERE j.applied AND j.round = 1""",
    ),
    "agreement": _metric(
        "人的首个决定与机器建议一致",
        "申请（份）",
        """SELECT d.application_id, s.month, (d.machine_conclusion = 'meets' AND d.outcome = 'approve')
            OR (d.machine_conclusion = 'not_met' AND d.outcome = 'refuse')
            OR (d.machine_conclusion = 'insufficient' AND d.outcome = 'return') AS hit
        FROM decisions d JOIN scope s USING (application_id)
        WHERE d.final AND d.round = 1 AND d.machine_conclusion <> 'manual'""",
    ),
    "overturned": _metric(
        "机器有结论的条目被更正改判",
        "条目（条）",
        """SELECT c.application_id, s.month, c.status <> c.machine_status AS hit
        FROM criteria c JOIN judgements j USING (judgement_id) JOIN scope s ON s.application_id = c.application_id
        WHERE j.applied AND j.round = 1 AND c.machine_status IN ('met', 'unmet') AND c.person_basis IS NOT NULL
          AND ($criterion IS NULL OR c.criterion = $criterion)""",
    ),
    "waiting": _metric(
        "等待领取超过 5 个工作日",
        "提交（轮）",
        """SELECT t.application_id, s.month, t.working_days > 5 AS hit FROM timings t
        JOIN scope s USING (application_id) WHERE t.step = 'waiting' AND t.round = 1""",
    ),
    "in_time": _metric(
        "在 20 个工作日内",
        "提交（轮）",
        """SELECT t.application_id, s.month, t.working_days <= 20 AS hit FROM timings t
        JOIN scope s USING (application_id) WHERE t.step = 'round'""",
    ),
}
SIGNALS = {"high": "高于控制上限", "low": "低于控制下限", "run": "连续 8 个月在同一侧", "": ""}


def drift(store: Store, metric: str, filters: Filters | None = None, *, baseline: int | None = None) -> Answer:
    """Follow a share by month with control limits.

    Args:
        metric: key of :data:`METRICS`.
        baseline: how many of the first months set the limits; None: the first two thirds, 12 at most, at least 6 where
            there are so many.

    Raises:
        KeyError: there is no such metric.
    """
    m = METRICS[metric]
    params = (filters or Filters()).params
    rows = store.query(
        f"""SELECT month, count(*) AS total, count(*) FILTER (hit) AS hits FROM ({m.sql})
        WHERE month IS NOT NULL AND hit IS NOT NULL GROUP BY month ORDER BY month""",  # noqa: S608
        params,
    )
    months = baseline or min(len(rows), max(6, min(12, len(rows) * 2 // 3)))
    points = control([row["hits"] for row in rows], [row["total"] for row in rows], months)
    for number, (row, point) in enumerate(zip(rows, points, strict=True)):
        row |= {
            "share": point.share,
            "centre": _real(point.centre),
            "low": _real(point.low),
            "high": _real(point.high),
            "signal": point.signal,
            "told": SIGNALS[point.signal],
            "baseline": "是" if number < months else "",
        }
    return Answer(
        id=f"drift_{metric}",
        title=f"逐月：{m.label}的占比",
        columns=(
            Col("month", "月份", "text"),
            Col("total", "总数", "count", m.unit[-2]),
            Col("hits", m.label, "count", m.unit[-2]),
            Col("share", "占比", "share", of="hits"),
            Col("centre", "中心线", "share"),
            Col("low", "控制下限", "share"),
            Col("high", "控制上限", "share"),
            Col("baseline", "定界限的月份", "text"),
            Col("told", "提示", "text"),
            Col("signal", "提示代码", "key"),
        ),
        rows=tuple(rows),
        chart=Chart(
            kind="control",
            x="month",
            y="share",
            low="low",
            high="high",
            color="signal",
            x_title="首次提交的月份",
            y_title=f"{m.label}（%）",
            percent=True,
        ),
        unit=m.unit,
        source=f"按首次提交的月份；界限由前 {months} 个月定（Laney p′ 图，三倍标准差，月份间本有的差异已计入）。",
        sql=m.sql,
        params=params,
        keys=("month",),
        facts={"baseline": months, "signals": [row["month"] for row in rows if row["signal"]]},
        notes=("最近几个月还在办理的申请没有决定，尚未计入以决定为准的图。",),
    )


def _real(value: float) -> float | None:
    return None if math.isnan(value) else value
