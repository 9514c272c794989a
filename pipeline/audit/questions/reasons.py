"""Why applications are refused or sent back, by disease and item."""

from __future__ import annotations

from pipeline.audit.questions.answer import Answer, Chart, Col
from pipeline.audit.questions.figure import Figure
from pipeline.audit.questions.filters import SCOPE, Filters
from pipeline.audit.store import Store

__all__ = ["leading_reasons", "reasons_by_item"]

_BASE = f"""WITH {SCOPE}
SELECT r.application_id, r.source_id, r.code, r.label, r.criterion, r.outcome, r.photo_problem,
       s.disease, s.disease_name
FROM reasons r JOIN scope s USING (application_id)
LEFT JOIN decisions d ON d.decision_id = r.source_id
WHERE (r.origin = 'person' AND d.final AND d.outcome IN ('refuse', 'return')
       AND ($outcome IS NULL OR d.outcome = $outcome))
  AND ($criterion IS NULL OR r.criterion = $criterion)"""  # noqa: S608 - constants of ours
_DECISIONS = f"""WITH {SCOPE}
SELECT count(*) FILTER (outcome = 'refuse') AS refused, count(*) FILTER (outcome = 'return') AS returned,
       count(*) AS total
FROM (SELECT d.outcome FROM decisions d JOIN scope s USING (application_id)
      WHERE d.final AND d.outcome IN ('refuse', 'return') AND ($outcome IS NULL OR d.outcome = $outcome))"""  # noqa: S608


def leading_reasons(store: Store, filters: Filters | None = None, *, outcome: str | None = None) -> Answer:
    """Which reasons people give most when they refuse or send back.

    Args:
        outcome: ``refuse`` or ``return`` alone; None: both.
    """
    params = (filters or Filters()).params | {"outcome": outcome}
    totals = store.query(_DECISIONS, params)[0]
    rows = store.query(
        f"""SELECT code, any_value(label) AS label,
               count(DISTINCT source_id) AS decisions,
               count(DISTINCT source_id) FILTER (outcome = 'return') AS returned,
               count(DISTINCT source_id) FILTER (outcome = 'refuse') AS refused,
               count(DISTINCT source_id) FILTER (photo_problem) AS photo
        FROM ({_BASE}) GROUP BY code ORDER BY decisions DESC, code""",  # noqa: S608
        params,
    )
    for row in rows:
        row["share"] = row["decisions"] / totals["total"]
    return Answer(
        id="leading_reasons",
        title="退回和不予认定的主要原因",
        columns=(
            Col("code", "代码", "key"),
            Col("label", "原因", "text"),
            Col("decisions", "决定次数", "count", "次"),
            Col("returned", "其中退回", "count", "次"),
            Col("refused", "其中不予认定", "count", "次"),
            Col("photo", "其中拍摄质量", "count", "次"),
            Col("share", "占退回和不予认定", "share", of="decisions"),
        ),
        rows=tuple(rows),
        chart=Chart(
            kind="stacked",
            x="decisions",
            y="label",
            color="returned=退回补件,refused=不予认定",
            x_title="决定次数（次）",
            limit=12,
        ),
        unit="决定（次）",
        source="已生效的退回补件和不予认定的决定；一次决定可有几个原因，同一原因只计一次，所以占比之和可超过 100%。",
        sql=_BASE,
        params=params,
        keys=("code",),
        facts=totals,
        figures=(
            Figure(label="退回补件", value=totals["returned"], kind="count", unit="次"),
            Figure(label="不予认定", value=totals["refused"], kind="count", unit="次"),
        ),
    )


def reasons_by_item(store: Store, filters: Filters | None = None, *, outcome: str | None = None) -> Answer:
    """Which item of which disease refusals and returns name, and why."""
    params = (filters or Filters()).params | {"outcome": outcome}
    rows = store.query(
        f"""WITH base AS ({_BASE}), titles AS (
            SELECT disease, criterion, any_value(title) AS title FROM criteria GROUP BY ALL
        ), totals AS (SELECT disease, count(DISTINCT source_id) AS total FROM base GROUP BY disease)
        SELECT b.disease, any_value(b.disease_name) AS disease_name, b.criterion,
               coalesce(any_value(t.title), '整份申请') AS title,
               b.code, any_value(b.label) AS label,
               any_value(b.disease_name) || '（' || coalesce(b.criterion, '整份') || '）'
                   || any_value(b.label) AS place,
               count(DISTINCT b.source_id) AS decisions,
               count(DISTINCT b.source_id) FILTER (b.photo_problem) AS photo,
               count(DISTINCT b.source_id) / any_value(n.total) AS share
        FROM base b LEFT JOIN titles t ON t.disease = b.disease AND t.criterion = b.criterion
        JOIN totals n ON n.disease = b.disease
        GROUP BY b.disease, b.criterion, b.code ORDER BY decisions DESC, b.disease, b.criterion, b.code""",  # noqa: S608
        params,
    )
    return Answer(
        id="reasons_by_item",
        title="各病种各条目的退回和不予认定原因",
        columns=(
            Col("disease", "病种代码", "key"),
            Col("code", "代码", "key"),
            Col("place", "病种、条目、原因", "key"),
            Col("disease_name", "病种", "text"),
            Col("criterion", "条目", "text"),
            Col("title", "条目内容", "text"),
            Col("label", "原因", "text"),
            Col("decisions", "决定次数", "count", "次"),
            Col("photo", "其中拍摄质量", "count", "次"),
            Col("share", "占本病种退回和不予认定", "share", of="decisions"),
        ),
        rows=tuple(rows),
        chart=Chart(kind="bars", x="decisions", y="place", x_title="决定次数（次）", limit=15),
        unit="决定（次）",
        source="已生效的退回补件和不予认定的决定所写原因，按所指条目；“整份”是没有指明条目的原因。",
        sql=_BASE,
        params=params,
        keys=("disease", "criterion", "code"),
    )
