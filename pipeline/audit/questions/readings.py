"""Readings of ours (经验口径): how often each takes part in a result, and how often people do not follow."""

from __future__ import annotations

from pipeline.audit.questions.answer import Answer, Chart, Col
from pipeline.audit.questions.filters import SCOPE, Filters
from pipeline.audit.questions.shares import limit_columns, limits
from pipeline.audit.store import Store

__all__ = ["own_readings"]

_BASE = f"""WITH {SCOPE}
SELECT r.application_id, r.disease, s.disease_name, r.criterion, r.reading, r.own, r.status,
       c.person_verdict IS NOT NULL AS spoken,
       (c.machine_status = 'met') <> (c.person_verdict = 'established') AS denied
FROM readings r JOIN judgements j USING (judgement_id) JOIN scope s ON s.application_id = r.application_id
JOIN criteria c ON c.judgement_id = r.judgement_id AND c.criterion = r.criterion
WHERE j.applied AND j.round = 1 AND ($criterion IS NULL OR r.criterion = $criterion) AND (r.own OR NOT $own)"""  # noqa: S608


def own_readings(store: Store, filters: Filters | None = None, *, own: bool = True) -> Answer:
    """How often each reading took part in deciding an item, and how often the person held the contrary.

    Args:
        own: readings of ours alone; False: settled policies as well.
    """
    params = (filters or Filters()).params | {"own": own}
    rows = store.query(
        f"""WITH base AS ({_BASE}), judged AS (
            SELECT c.disease, c.criterion, count(*) AS n FROM criteria c JOIN judgements j USING (judgement_id)
            JOIN applications a ON a.application_id = c.application_id
            WHERE j.applied AND j.round = 1 AND c.status IN ('met', 'unmet') AND a.application_id IN (
                WITH {SCOPE} SELECT application_id FROM scope)
            GROUP BY ALL)
        SELECT b.disease, any_value(b.disease_name) AS disease_name, b.criterion, b.reading,
               any_value(b.disease_name) || '（' || b.criterion || '）' || regexp_replace(b.reading, '^经验口径：', '')
                   AS place,
               count(*) AS times, count(*) FILTER (b.status = 'met') AS met,
               count(*) FILTER (b.status = 'unmet') AS unmet,
               count(*) / any_value(n.n) AS share,
               count(*) FILTER (b.spoken) AS spoken, count(*) FILTER (b.spoken AND b.denied) AS denied
        FROM base b LEFT JOIN judged n USING (disease, criterion)
        GROUP BY b.disease, b.criterion, b.reading ORDER BY times DESC, b.disease, b.criterion, b.reading""",  # noqa: S608
        params,
    )
    for row in rows:
        row["denied_share"] = row["denied"] / row["spoken"] if row["spoken"] else None
        row |= limits(row["denied"], row["spoken"])
    return Answer(
        id="own_readings",
        title="经验口径各参与决定了多少次，人有多少次不同意" if own else "各口径参与决定了多少次",
        columns=(
            Col("disease", "病种代码", "key"),
            Col("place", "口径", "key"),
            Col("disease_name", "病种", "text"),
            Col("criterion", "条目", "text"),
            Col("reading", "口径", "text"),
            Col("times", "参与决定", "count", "次"),
            Col("met", "判符合", "count", "次"),
            Col("unmet", "判不符合", "count", "次"),
            Col("share", "占该条目有结论的", "share", of="times"),
            Col("spoken", "人表了态", "count", "次"),
            Col("denied", "其中不同意", "count", "次"),
            Col("denied_share", "不同意占比", "share", of="denied"),
            *limit_columns("denied"),
        ),
        rows=tuple(rows),
        chart=Chart(kind="bars", x="times", y="place", x_title="参与决定（次）", limit=12),
        unit="条目判断（次）",
        source="首轮所申请病种的条目，报告中列为参与决定的口径；一个条目可有几条。人的态度同“各条目”一表。",
        sql=_BASE,
        params=params,
        keys=("disease", "criterion", "reading"),
    )
