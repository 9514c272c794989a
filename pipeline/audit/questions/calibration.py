"""Whether the machine is as often right as it is sure, and whether that changes with time."""

from __future__ import annotations

from pipeline.audit.questions.answer import Answer, Chart, Col
from pipeline.audit.questions.filters import SCOPE, Filters
from pipeline.audit.questions.shares import limit_columns, limits
from pipeline.audit.store import Store

__all__ = ["calibration", "calibration_over_time"]

_BASE = f"""WITH {SCOPE}
SELECT c.application_id, c.confidence, c.status = c.machine_status AS upheld, s.month,
       left(s.month, 4) || ' 年第 ' || ((substr(s.month, 6, 2)::INTEGER + 2) // 3) || ' 季度' AS quarter,
       CASE WHEN c.confidence >= 0.99 THEN '0.99–1.00' WHEN c.confidence >= 0.97 THEN '0.97–0.99'
            WHEN c.confidence >= 0.94 THEN '0.94–0.97' WHEN c.confidence >= 0.90 THEN '0.90–0.94'
            WHEN c.confidence >= 0.80 THEN '0.80–0.90' ELSE '0.80 以下' END AS bin
FROM criteria c JOIN judgements j USING (judgement_id) JOIN scope s ON s.application_id = c.application_id
WHERE j.applied AND j.round = 1 AND c.machine_status IN ('met', 'unmet') AND c.confidence IS NOT NULL
  AND c.person_basis IS NOT NULL AND ($criterion IS NULL OR c.criterion = $criterion)"""  # noqa: S608
_COLUMNS = (
    Col("items", "条目", "count", "条"),
    Col("overturned", "更正改判", "count", "条"),
    Col("said", "机器平均把握", "share", of="items"),
    Col("share", "实际未改判", "share", of="overturned"),
    *limit_columns("overturned"),
    Col("gap", "把握减实际", "share", of="overturned"),
    Col("told", "提示", "text"),
)
_SOURCE = (
    "首轮所申请病种中机器判为符合或不符合、有识别把握、并已有决定的条目；“未改判”指更正所读以后条目状态没有变。"
    "人对条文有不同看法（不是读错）的不算。"
)


def calibration(store: Store, filters: Filters | None = None) -> Answer:
    """How often results of each confidence were not overturned by a correction."""
    return _answer(store, filters, "bin", "calibration", "机器有多少把握，实际对多少", "识别把握", "bin")


def calibration_over_time(store: Store, filters: Filters | None = None) -> Answer:
    """The same by quarter: mean confidence against the share not overturned."""
    return _answer(
        store, filters, "quarter", "calibration_over_time", "机器的把握与实际，逐季", "首次提交的季度", "quarter"
    )


def _answer(store: Store, filters: Filters | None, key: str, name: str, title: str, label: str, order: str) -> Answer:
    params = (filters or Filters()).params
    rows = store.query(
        f"""SELECT {key}, count(*) AS items, count(*) FILTER (NOT upheld) AS overturned, avg(confidence) AS said
        FROM ({_BASE}) GROUP BY {key} ORDER BY min(confidence) FILTER ('{key}' = 'bin'), {order}""",  # noqa: S608
        params,
    )
    for row in rows:
        kept = row["items"] - row["overturned"]
        row["share"] = kept / row["items"]
        row |= limits(kept, row["items"])
        row["gap"] = row["said"] - row["share"]
        row["told"] = _told(row["said"], row["low"], row["high"])
    return Answer(
        id=name,
        title=title,
        columns=(Col(key, label, "text"), *_COLUMNS),
        rows=tuple(rows),
        chart=Chart(
            kind="lines",
            x=key,
            y="share",
            low="low",
            high="high",
            color="said=机器平均把握,share=实际未改判",
            x_title=label,
            y_title="占比（%）",
            percent=True,
        ),
        unit="条目（条）",
        source=_SOURCE,
        sql=_BASE,
        params=params,
        keys=(key,),
    )


def _told(said: float, low: float | None, high: float | None) -> str:
    if low is None or high is None or low <= said <= high:
        return "相符"
    return "把握偏高" if said > high else "把握偏低"
