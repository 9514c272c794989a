"""How often a first submission passes, how many rounds it takes, and where the time goes."""

from __future__ import annotations

from pipeline.audit.questions.answer import Answer, Chart, Col
from pipeline.audit.questions.figure import Figure, share_figure
from pipeline.audit.questions.filters import SCOPE, Filters
from pipeline.audit.questions.hospitals import OTHERS, SMALLEST
from pipeline.audit.questions.shares import interval_chart, limit_columns, limits
from pipeline.audit.store import Store
from pipeline.audit.words import CHANNELS, STEPS

__all__ = ["BY", "first_time_pass", "rounds_needed", "step_times"]

BY = {"disease": "病种", "channel": "渠道", "hospital": "医院", "month": "月份", "region": "地区"}
LIMIT = 20
"""Working days that a submission may take (《江西省门诊慢特病管理办法》 as the service counts them)."""

_FIRST = f"""WITH {SCOPE}
SELECT d.application_id, d.outcome, s.disease, s.disease_name, s.channel, s.hospital, s.month, s.region
FROM decisions d JOIN scope s USING (application_id) WHERE d.final AND d.round = 1"""  # noqa: S608
_NAMED = f"""SELECT * REPLACE (
    CASE WHEN count(*) OVER (PARTITION BY hospital) >= {SMALLEST} THEN hospital END AS hospital) FROM ({_FIRST})"""  # noqa: S608
_ROUNDS = f"""WITH {SCOPE}
SELECT application_id, rounds, outcome FROM scope WHERE outcome IS NOT NULL"""  # noqa: S608
_STEPS = f"""WITH {SCOPE}
SELECT t.application_id, t.round, t.step, t.bureau, t.working_days, t.working_days > {LIMIT} AS late,
       s.disease, s.disease_name
FROM timings t JOIN scope s USING (application_id)"""  # noqa: S608


def first_time_pass(store: Store, filters: Filters | None = None, *, by: str = "disease") -> Answer:
    """Share of applications that are approved on their first submission, of all decided on it.

    Hospitals with fewer than :data:`SMALLEST` stand together without a name.

    Raises:
        ValueError: ``by`` is no key of :data:`BY`.
    """
    if by not in BY:
        raise ValueError(f"by: one of {', '.join(BY)}")
    params = (filters or Filters()).params
    name = "any_value(disease_name)" if by == "disease" else by
    base = _NAMED if by == "hospital" else _FIRST
    unnamed = OTHERS.format(SMALLEST) if by == "hospital" else "（未填）"
    rows = store.query(
        f"""SELECT {by}, {name} AS name, count(*) AS decided, count(*) FILTER (outcome = 'approve') AS passed,
               count(*) FILTER (outcome = 'return') AS returned, count(*) FILTER (outcome = 'refuse') AS refused
        FROM ({base}) GROUP BY {by} ORDER BY {by if by == "month" else f"passed / decided DESC, {by}"}""",  # noqa: S608
        params,
    )
    for row in rows:
        row["name"] = (CHANNELS.get(row["name"], row["name"]) if by == "channel" else row["name"]) or unnamed
        row["share"] = row["passed"] / row["decided"]
        row |= limits(row["passed"], row["decided"])
    decided, passed = sum(r["decided"] for r in rows), sum(r["passed"] for r in rows)
    return Answer(
        id=f"first_time_pass_by_{by}",
        title=f"一次通过率：按{BY[by]}",
        columns=(
            Col(by, "代码", "key"),
            Col("name", BY[by], "text"),
            Col("decided", "首轮已决定", "count", "份"),
            Col("passed", "一次通过", "count", "份"),
            Col("returned", "退回补件", "count", "份"),
            Col("refused", "不予认定", "count", "份"),
            Col("share", "一次通过率", "share", of="passed"),
            *limit_columns("passed"),
        ),
        rows=tuple(rows),
        chart=interval_chart(
            "share",
            "name",
            "一次通过率（%）",
            reference=passed / decided if decided else None,
            reference_text="全部",
            limit=30,
        ),
        unit="申请（份）",
        source="首次提交已有决定的申请；一次通过指首轮即予以认定。",
        sql=base,
        params=params,
        keys=(by,),
        facts={"decided": decided, "passed": passed, "share": passed / decided if decided else None},
        figures=(share_figure("全部的一次通过率", passed, decided),),
    )


def rounds_needed(store: Store, filters: Filters | None = None) -> Answer:
    """How many submissions an application needs until it is decided."""
    params = (filters or Filters()).params
    rows = store.query(
        f"""SELECT rounds, rounds || ' 轮' AS name, count(*) AS applications,
               count(*) FILTER (outcome = 'approve') AS approved, count(*) FILTER (outcome = 'refuse') AS refused
        FROM ({_ROUNDS}) GROUP BY rounds ORDER BY rounds""",  # noqa: S608
        params,
    )
    total = sum(row["applications"] for row in rows)
    mean = sum(row["rounds"] * row["applications"] for row in rows) / total if total else None
    for row in rows:
        row["share"] = row["applications"] / total
    return Answer(
        id="rounds_needed",
        title="办结用了几轮提交",
        columns=(
            Col("rounds", "轮", "key"),
            Col("name", "轮数", "text"),
            Col("applications", "申请", "count", "份"),
            Col("approved", "予以认定", "count", "份"),
            Col("refused", "不予认定", "count", "份"),
            Col("share", "占比", "share", of="applications"),
        ),
        rows=tuple(rows),
        chart=Chart(
            kind="stacked", x="applications", y="name", color="approved=予以认定,refused=不予认定", x_title="申请（份）"
        ),
        unit="申请（份）",
        source="已办结的申请；首次提交为第 1 轮，每退回补件一次加 1 轮。还在办理的没有计入。",
        sql=_ROUNDS,
        params=params,
        keys=("rounds",),
        facts={"decided": total, "mean": mean},
        figures=(Figure(label="平均", value=mean, kind="number", unit="轮", cases=total),),
    )


def step_times(store: Store, filters: Filters | None = None, *, by_disease: bool = False) -> Answer:
    """Working days that each step takes, and how many rounds take longer than the 20 that a submission may."""
    params = (filters or Filters()).params
    group = "disease, step" if by_disease else "step"
    extra = ", any_value(disease_name) AS disease_name" if by_disease else ""
    rows = store.query(
        f"""SELECT {group}{extra}, any_value(bureau) AS bureau, count(*) AS times,
               median(working_days) AS middle, quantile_cont(working_days, 0.9) AS ninth,
               max(working_days) AS longest,
               count(*) FILTER (late AND step = 'round') AS late
        FROM ({_STEPS}) GROUP BY {group} ORDER BY {group}""",  # noqa: S608
        params,
    )
    order = list(STEPS)
    if by_disease:
        # Whole rounds first, the slowest on top: they are what the chart draws.
        rows.sort(key=lambda row: (row["step"] != "round", -row["ninth"] * (row["step"] == "round"), row["disease"]))
    else:
        rows.sort(key=lambda row: order.index(row["step"]))
    for row in rows:
        name = STEPS[row["step"]]
        row["name"] = f"{row['disease_name']}：{name}" if by_disease else name
        row["late_share"] = row["late"] / row["times"] if row["step"] == "round" else None
        row["late"] = row["late"] if row["step"] == "round" else None
    whole = [row for row in rows if row["step"] == "round"]
    late, rounds = sum(row["late"] for row in whole), sum(row["times"] for row in whole)
    return Answer(
        id="step_times_by_disease" if by_disease else "step_times",
        title="各病种每轮用时，对照 20 个工作日" if by_disease else "各环节用时，对照 20 个工作日",
        columns=(
            *((Col("disease", "病种代码", "key"),) if by_disease else ()),
            Col("step", "环节代码", "key"),
            Col("name", "环节", "text"),
            Col("times", "次数", "count", "次"),
            Col("middle", "中位数", "number", "工作日", of="times"),
            Col("ninth", "九成不超过", "number", "工作日", of="times"),
            Col("longest", "最长", "number", "工作日", of="times"),
            Col("late", "超过 20 个工作日", "count", "次"),
            Col("late_share", "超时占比", "share", of="late"),
        ),
        rows=tuple(rows),
        chart=Chart(
            kind="interval",
            x="middle",
            y="name",
            low="middle",
            high="ninth",
            x_title="工作日（点：中位数；线到：九成不超过）",
            reference=LIMIT,
            reference_text="20 个工作日",
            limit=min(15, sum(row["step"] == "round" for row in rows)) if by_disease else None,
        ),
        unit="环节（次）",
        source="已经结束的环节，以工作日计（开始当日不计）；等待补件是申请人的时间，不计入 20 个工作日。",
        sql=_STEPS,
        params=params,
        keys=("disease", "step") if by_disease else ("step",),
        figures=(share_figure("超过 20 个工作日的轮次", late, rounds),),
    )
