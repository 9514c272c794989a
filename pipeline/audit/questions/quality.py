"""What blind re-examination of decided cases found."""

from __future__ import annotations

from pipeline.audit.questions.answer import Answer, Chart, Col
from pipeline.audit.questions.figure import Figure, share_figure
from pipeline.audit.questions.filters import SCOPE, Filters
from pipeline.audit.questions.shares import limit_columns, limits
from pipeline.audit.schema.deciding import DIFFERENCES
from pipeline.audit.statistics import kappa
from pipeline.audit.store import Store
from pipeline.intervals import wilson

__all__ = ["reexamination"]

_SAME, _UNSORTED = "一致", "未归类"
_BASE = f"""WITH {SCOPE}
SELECT d.application_id, d.decision_id, d.outcome, d.reexam_outcome,
       CASE WHEN d.outcome = d.reexam_outcome THEN '{_SAME}'
            ELSE coalesce(d.difference, '{_UNSORTED}') END AS difference
FROM decisions d JOIN scope s USING (application_id) WHERE d.reexamined AND d.reexam_outcome IS NOT NULL"""  # noqa: S608


def reexamination(store: Store, filters: Filters | None = None) -> Answer:
    """How often a second person decides otherwise without seeing the decision, why, and in which direction."""
    params = (filters or Filters()).params
    found = store.query(
        f"""SELECT difference, count(*) AS decisions,
               count(*) FILTER (reexam_outcome = 'approve') AS should_approve,
               count(*) FILTER (outcome = 'approve') AS should_not
        FROM ({_BASE}) GROUP BY difference""",  # noqa: S608
        params,
    )
    pairs = store.query(f"SELECT outcome, reexam_outcome, count(*) AS n FROM ({_BASE}) GROUP BY ALL", params)  # noqa: S608
    told = kappa({(row["outcome"], row["reexam_outcome"]): row["n"] for row in pairs})
    total = sum(row["decisions"] for row in found)
    counted = {row["difference"]: row for row in found}
    # All kinds, also those that did not occur: that there was none is an answer. Those that agree stand last.
    names = [*DIFFERENCES, *([_UNSORTED] if _UNSORTED in counted else []), _SAME] if total else []
    none = {"decisions": 0, "should_approve": 0, "should_not": 0}
    rows = [{"difference": name, **none, **counted.get(name, {})} for name in names]
    kinds = sorted(rows[:-1], key=lambda row: (row["difference"] == _UNSORTED, -row["decisions"]))
    for row in rows:
        row["share"] = row["decisions"] / total
        row |= limits(row["decisions"], total)
        if row["difference"] == _SAME:
            row["should_approve"] = row["should_not"] = None
    differ = total - counted.get(_SAME, none)["decisions"]
    return Answer(
        id="reexamination",
        title="盲评复查：差异多少，属于哪一类",
        columns=(
            Col("difference", "差异归类", "text"),
            Col("decisions", "决定", "count", "次"),
            Col("should_approve", "其中盲评认为应予认定", "count", "次"),
            Col("should_not", "其中盲评认为不应认定", "count", "次"),
            Col("share", "占盲评", "share", of="decisions"),
            *limit_columns("decisions"),
        ),
        rows=(*kinds, *rows[-1:]),
        chart=Chart(kind="bars", x="decisions", y="difference", x_title="与原决定不同（次）", limit=len(kinds) or None),
        unit="决定（次）",
        source="抽中并已盲评的决定：盲评的人看得到材料和条目，看不到原决定，说出自己的决定以后才对照、归类。",
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
                label="kappa（盲评与原决定）",
                value=told.value if told else None,
                kind="number",
                sure=told.interval if told else None,
                cases=total,
            ),
        ),
    )
