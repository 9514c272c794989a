"""Hospitals whose papers fail most, told from those that merely have harder cases or few."""

from __future__ import annotations

from pipeline.audit.questions.answer import Answer, Chart, Col
from pipeline.audit.questions.figure import share_figure
from pipeline.audit.questions.filters import SCOPE, Filters
from pipeline.audit.statistics import funnel
from pipeline.audit.store import Store

__all__ = ["SMALLEST", "hospital_papers"]

SMALLEST = 20
"""Hospitals with fewer applications are not named: a handful of cases says nothing of a hospital."""
OTHERS = "其余医院（每家不足 {} 份）"
SIGNALS = {"high": "高于界限", "low": "低于界限", "watch": "留意（95% 界限外）", "": ""}

_BASE = f"""WITH {SCOPE}
SELECT d.application_id, s.hospital, s.disease, d.outcome = 'return' AS failed,
       (SELECT arg_min(r.label, r.place) FROM reasons r
        WHERE r.source_id = d.decision_id AND r.origin = 'person') AS why
FROM decisions d JOIN scope s USING (application_id)
WHERE d.final AND d.round = 1 AND s.hospital IS NOT NULL"""  # noqa: S608


def hospital_papers(store: Store, filters: Filters | None = None, *, smallest: int = SMALLEST) -> Answer:
    """Share of first submissions sent back, by hospital, against what the hospital's mix of diseases lets expect.

    Args:
        smallest: hospitals with fewer applications stand together without a name.
    """
    params = (filters or Filters()).params | {"smallest": smallest}
    base = f"""SELECT b.*, CASE WHEN count(*) OVER (PARTITION BY hospital) >= $smallest THEN hospital END AS named,
        avg(failed::INTEGER) OVER (PARTITION BY disease) AS chance FROM ({_BASE}) b"""  # noqa: S608
    rows = store.query(
        f"""SELECT named, count(*) AS applications, count(DISTINCT hospital) AS hospitals,
               count(*) FILTER (failed) AS failed, sum(chance) AS expected, sum(chance * (1 - chance)) AS variance,
               mode(why) FILTER (failed) AS reason
        FROM ({base}) GROUP BY named ORDER BY named""",  # noqa: S608
        params,
    )
    overall = sum(row["failed"] for row in rows) / total if (total := sum(row["applications"] for row in rows)) else 0.0
    known = [row for row in rows if row["named"] is not None]
    limits = funnel(
        [row["failed"] for row in known], [row["expected"] for row in known], [row["variance"] for row in known]
    )
    for row, limit in zip(known, limits, strict=True):
        row |= {
            "name": row["named"],
            "ratio": limit.ratio,
            "adjusted": min(1.0, limit.ratio * overall),
            "low95": limit.low95 * overall,
            "high95": min(1.0, limit.high95 * overall),
            "low998": limit.low998 * overall,
            "high998": min(1.0, limit.high998 * overall),
            "signal": limit.signal,
        }
    for row in rows:
        row["share"] = row["failed"] / row["applications"]
        if row["named"] is None:
            empty = dict.fromkeys(("ratio", "adjusted", "low95", "high95", "low998", "high998"))
            row |= {**empty, "name": OTHERS.format(smallest), "signal": "", "reason": None}
        row["told"] = SIGNALS[row["signal"]]
    rows.sort(key=lambda row: (row["named"] is None, -(row["ratio"] or 0), row["name"]))
    return Answer(
        id="hospital_papers",
        title="哪些医院的材料最常被退回（按病种构成校正）",
        columns=(
            Col("named", "医院", "key"),
            Col("name", "医院", "text"),
            Col("applications", "首轮已决定", "count", "份"),
            Col("failed", "退回补件", "count", "份"),
            Col("share", "退回率", "share", of="failed"),
            Col("expected", "按病种应有", "number", "份", of="failed"),
            Col("ratio", "实际比应有", "number", of="failed"),
            Col("adjusted", "校正后退回率", "share", of="failed"),
            Col("low95", "95% 界限下", "share", of="failed"),
            Col("high95", "95% 界限上", "share", of="failed"),
            Col("low998", "99.8% 界限下", "share", of="failed"),
            Col("high998", "99.8% 界限上", "share", of="failed"),
            Col("reason", "最常见的首要原因", "text"),
            Col("told", "提示", "text"),
            Col("signal", "提示代码", "key"),
        ),
        rows=tuple(rows),
        chart=Chart(
            kind="funnel",
            x="applications",
            y="adjusted",
            color="name",
            low="low998",
            high="high998",
            x_title="首轮已决定的申请（份）",
            y_title="校正后退回率（%）",
            percent=True,
            reference=overall,
            reference_text="全部",
        ),
        unit="申请（份）",
        source="首次提交已有决定的申请，归到出具材料最多的医院；应有退回数按各病种的总体退回率推算。"
        f"不足 {smallest} 份的医院不单列。99.8% 界限外才提示；95% 界限外二十家中有一家是偶然。",
        sql=base,
        params=params,
        keys=("named",),
        facts={"share": overall, "applications": total},
        figures=(share_figure("全部的退回率", sum(row["failed"] for row in rows), total),),
        notes=("退回不都是医院的责任：看首要原因，没有盖章是医院的，拍不清是申请人的。",),
    )
