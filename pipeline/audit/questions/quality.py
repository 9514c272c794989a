"""What blind re-examination of decided cases found."""

from __future__ import annotations

from pipeline.audit.questions.answer import Answer, Chart, Col
from pipeline.audit.questions.figure import Figure, share_figure
from pipeline.audit.questions.filters import SCOPE, Filters
from pipeline.audit.statistics import kappa
from pipeline.audit.store import Store
from pipeline.intervals import wilson

__all__ = ["reexamination"]

_BASE = f"""WITH {SCOPE}
SELECT d.application_id, d.decision_id, d.outcome, d.reexam_outcome,
       CASE WHEN d.outcome = d.reexam_outcome THEN '一致' ELSE coalesce(d.difference, '未归类') END AS difference
FROM decisions d JOIN scope s USING (application_id) WHERE d.reexamined AND d.reexam_outcome IS NOT NULL"""  # noqa: S608


def reexamination(store: Store, filters: Filters | None = None) -> Answer:
    """How often a second person decides otherwise without seeing the decision, and why."""
    params = (filters or Filters()).params
    rows = store.query(
        f"""SELECT difference, count(*) AS decisions FROM ({_BASE})
        GROUP BY difference ORDER BY difference = '一致', decisions DESC, difference""",  # noqa: S608
        params,
    )
    pairs = store.query(f"SELECT outcome, reexam_outcome, count(*) AS n FROM ({_BASE}) GROUP BY ALL", params)  # noqa: S608
    told = kappa({(row["outcome"], row["reexam_outcome"]): row["n"] for row in pairs})
    total = sum(row["decisions"] for row in rows)
    for row in rows:
        row["share"] = row["decisions"] / total
    differ = sum(row["decisions"] for row in rows if row["difference"] != "一致")
    return Answer(
        id="reexamination",
        title="盲评复查：差异多少，属于哪一类",
        columns=(
            Col("difference", "差异归类", "text"),
            Col("decisions", "决定", "count", "次"),
            Col("share", "占盲评", "share", of="decisions"),
        ),
        rows=tuple(rows),
        chart=Chart(kind="bars", x="decisions", y="difference", x_title="决定（次）"),
        unit="决定（次）",
        source="抽中并已盲评的决定：盲评的人看得到材料和条目，看不到原决定。",
        sql=_BASE,
        params=params,
        keys=("difference",),
        facts={
            "examined": total,
            "differ": differ,
            "differ_share": differ / total if total else None,
            "differ_interval": wilson(differ, total),
            "kappa": told.value if told else None,
            "kappa_interval": told.interval if told else None,
        },
        figures=(
            share_figure("与原决定不同", differ, total),
            Figure(
                label="kappa",
                value=told.value if told else None,
                kind="number",
                sure=told.interval if told else None,
                cases=told.total if told else 0,
            ),
        ),
    )
