"""Where machine and people disagree, in which direction, and how far beyond chance they agree."""

from __future__ import annotations

from collections import Counter, defaultdict

from pipeline.audit.questions.answer import Answer, Chart, Col
from pipeline.audit.questions.figure import Figure, share_figure
from pipeline.audit.questions.filters import SCOPE, Filters
from pipeline.audit.questions.shares import interval_chart, limit_columns, limits
from pipeline.audit.statistics import Kappa, kappa
from pipeline.audit.store import Store
from pipeline.audit.words import CONCLUSIONS, CORRECTION_KINDS, FOLLOWING, OUTCOMES
from pipeline.intervals import wilson

__all__ = ["corrections_made", "item_agreement", "machine_and_person", "overrides"]

_DECISIONS = f"""WITH {SCOPE}
SELECT d.application_id, d.decision_id, d.machine_conclusion, d.outcome, s.disease, s.disease_name, d.month
FROM decisions d JOIN scope s USING (application_id)
WHERE d.final AND d.machine_conclusion IS NOT NULL
QUALIFY row_number() OVER (PARTITION BY d.application_id ORDER BY d.round, d.decided_on, d.decision_id) = 1"""  # noqa: S608
_ITEMS = f"""WITH {SCOPE}
SELECT c.application_id, c.disease, s.disease_name, c.criterion, c.title,
       c.machine_status = 'met' AS machine, c.person_verdict = 'established' AS person, c.person_basis
FROM criteria c JOIN judgements j USING (judgement_id) JOIN scope s ON s.application_id = c.application_id
WHERE j.applied AND j.round = 1 AND c.machine_status IN ('met', 'unmet', 'missing') AND c.person_verdict IS NOT NULL
  AND ($criterion IS NULL OR c.criterion = $criterion)"""  # noqa: S608
_OVERRIDES = f"""WITH {SCOPE}
SELECT d.application_id, d.decision_id, coalesce(r.code, '') AS code, coalesce(r.label, '（认定不须原因）') AS label,
       CASE WHEN d.machine_conclusion = 'meets' THEN 'wrong_approval' ELSE 'wrong_refusal' END AS direction,
       s.disease, s.disease_name
FROM decisions d JOIN scope s USING (application_id)
LEFT JOIN reasons r ON r.source_id = d.decision_id AND r.origin = 'person'
WHERE d.final AND ((d.machine_conclusion = 'meets' AND d.outcome <> 'approve')
                OR (d.machine_conclusion = 'not_met' AND d.outcome = 'approve'))"""  # noqa: S608
_CORRECTIONS = f"""WITH {SCOPE}
SELECT k.application_id, k.correction_id, k.kind, coalesce(k.fact, '') AS fact, k.field
FROM corrections k JOIN scope s USING (application_id) WHERE NOT k.undone"""  # noqa: S608
_WIDE = ("wide_low", "wide_high")
DIRECTIONS = {"wrong_approval": "机器偏宽：建议支持而人未认定", "wrong_refusal": "机器偏严：建议不支持而人认定"}
_FACTS = {
    "lab_results": "检验结果",
    "diagnoses": "诊断",
    "findings": "检查所见",
    "treatments": "治疗",
    "visits": "就诊",
    "form": "申请表",
    "document": "材料",
    "patient": "身份",
    "": "条目",
}


def machine_and_person(store: Store, filters: Filters | None = None) -> Answer:
    """What people decided where the machine said so; agreement and Cohen's kappa over the three recommendations."""
    params = (filters or Filters()).params
    found = store.query(
        f"SELECT machine_conclusion, outcome, count(*) AS n FROM ({_DECISIONS}) GROUP BY ALL",  # noqa: S608
        params,
    )
    counts = {(row["machine_conclusion"], row["outcome"]): row["n"] for row in found}
    rows = []
    for conclusion, label in CONCLUSIONS.items():
        of_all = sum(counts.get((conclusion, outcome), 0) for outcome in OUTCOMES)
        for outcome, word in OUTCOMES.items():
            n = counts.get((conclusion, outcome), 0)
            rows.append(
                {
                    "machine_conclusion": conclusion,
                    "outcome": outcome,
                    "machine": label,
                    "person": word,
                    "decisions": n,
                    "share": n / of_all if of_all else None,
                }
            )
    suggested = {(FOLLOWING[m], o): n for (m, o), n in counts.items() if m in FOLLOWING}
    told = kappa(suggested)
    definite = kappa({pair: n for pair, n in suggested.items() if "return" not in pair})
    meets = sum(n for (m, _), n in counts.items() if m == "meets")
    not_met = sum(n for (m, _), n in counts.items() if m == "not_met")
    wide = meets - counts.get(("meets", "approve"), 0)
    narrow = counts.get(("not_met", "approve"), 0)
    return Answer(
        id="machine_and_person",
        title="机器建议与人的决定",
        columns=(
            Col("machine_conclusion", "机器代码", "key"),
            Col("outcome", "决定代码", "key"),
            Col("machine", "机器建议", "text"),
            Col("person", "人的决定", "text"),
            Col("decisions", "申请", "count", "份"),
            Col("share", "占该建议", "share", of="decisions"),
        ),
        rows=tuple(rows),
        chart=Chart(kind="matrix", x="person", y="machine", color="decisions", x_title="人的决定", y_title="机器建议"),
        unit="申请（份）",
        source="每份申请的首个生效决定，对照决定时机器未经更正的结论。一致：支持—认定、不支持—不予认定、待补—退回；"
        "“需人工”不作建议，不计入一致率和 kappa。",
        sql=_DECISIONS,
        params=params,
        keys=("machine_conclusion", "outcome"),
        adds=("machine_conclusion", "outcome"),
        facts={
            "agreement": told.agreement if told else None,
            "kappa": told.value if told else None,
            "kappa_interval": told.interval if told else None,
            "judged": told.total if told else 0,
            "kappa_definite": definite.value if definite else None,
            "kappa_definite_interval": definite.interval if definite else None,
            "meets": meets,
            "wrong_approval": wide,
            "wrong_approval_share": wide / meets if meets else None,
            "wrong_approval_interval": wilson(wide, meets),
            "not_met": not_met,
            "wrong_refusal": narrow,
            "wrong_refusal_share": narrow / not_met if not_met else None,
            "wrong_refusal_interval": wilson(narrow, not_met),
        },
        figures=(
            share_figure("一致率", round(told.agreement * told.total) if told else 0, told.total if told else 0),
            _kappa("kappa（三种建议）", told),
            _kappa("kappa（只看支持与不支持）", definite),
            share_figure("机器偏宽：建议支持而人未认定", wide, meets),
            share_figure("机器偏严：建议不支持而人认定", narrow, not_met),
        ),
        notes=("申请可能有几轮，只取首个决定：各份申请互不相干，kappa 的区间才成立。",),
    )


def _kappa(label: str, told: Kappa | None) -> Figure:
    if told is None:
        return Figure(label=label, value=None, kind="number")
    return Figure(label=label, value=told.value, kind="number", sure=told.interval, cases=told.total)


def item_agreement(store: Store, filters: Filters | None = None) -> Answer:
    """Agreement, kappa and both directions of error for each item of each disease."""
    params = (filters or Filters()).params
    found = store.query(
        f"""SELECT disease, any_value(disease_name) AS disease_name, criterion, any_value(title) AS title,
               machine, person, count(*) AS n, count(*) FILTER (person_basis <> 'standing') AS spoken
        FROM ({_ITEMS}) GROUP BY disease, criterion, machine, person""",  # noqa: S608
        params,
    )
    tables: dict[tuple[str, str], Counter[tuple[str, str]]] = defaultdict(Counter)
    names = {}
    spoken: Counter[tuple[str, str]] = Counter()
    for row in found:
        key = (row["disease"], row["criterion"])
        tables[key][str(row["machine"]), str(row["person"])] += row["n"]
        names[key] = (row["disease_name"], row["title"])
        spoken[key] += row["spoken"]
    rows = []
    for key, table in tables.items():
        result = kappa(table)
        if result is None:
            continue
        met = table["True", "True"] + table["True", "False"]
        rows.append(
            {
                "disease": key[0],
                "criterion": key[1],
                "disease_name": names[key][0],
                "title": names[key][1],
                "place": f"{names[key][0]}（{key[1]}）",
                "items": result.total,
                "spoken": spoken[key],
                "agreement": result.agreement,
                "kappa": result.value,
                "kappa_low": result.interval.low if result.interval else None,
                "kappa_high": result.interval.high if result.interval else None,
                "met": met,
                "wrong_approval": table["True", "False"],
                "wrong_approval_share": table["True", "False"] / met if met else None,
                **limits(table["True", "False"], met, _WIDE),
                "wrong_refusal": table["False", "True"],
            }
        )
    # By the lower limit: one of two cases is half, and says nothing.
    rows.sort(key=lambda row: (-(row["wide_low"] or 0), -row["wrong_approval"], row["disease"], row["criterion"]))
    return Answer(
        id="item_agreement",
        title="各条目：机器判符合而人不认可的比例",
        columns=(
            Col("disease", "病种代码", "key"),
            Col("place", "病种和条目", "key"),
            Col("disease_name", "病种", "text"),
            Col("criterion", "条目", "text"),
            Col("title", "条目内容", "text"),
            Col("items", "机器和人都有结论", "count", "条"),
            Col("spoken", "其中人明说的", "count", "条"),
            Col("agreement", "一致率", "share", of="items"),
            Col("kappa", "kappa", "number", of="items"),
            Col("kappa_low", "kappa 95% 下限", "number", of="items"),
            Col("kappa_high", "kappa 95% 上限", "number", of="items"),
            Col("met", "机器判符合", "count", "条"),
            Col("wrong_approval", "其中人不认可（机器偏宽）", "count", "条"),
            Col("wrong_approval_share", "偏宽占比", "share", of="wrong_approval"),
            *limit_columns("wrong_approval", _WIDE),
            Col("wrong_refusal", "机器未判符合而人认可（机器偏严）", "count", "条"),
        ),
        rows=tuple(rows),
        chart=interval_chart("wrong_approval_share", "place", "机器判符合而人不认可（%）", _WIDE, limit=15),
        unit="条目（条）",
        source="首轮所申请病种中，机器有结论（符合、不符合、缺少）而人也表了态的条目："
        "更正、决定理由点名（明说的），或未改动而办结（视为同意）。",
        sql=_ITEMS,
        params=params,
        keys=("disease", "criterion"),
        notes=("未改动视为同意，会使一致率偏高。只看明说的算不出 kappa：人正是在不同意时才说。",),
    )


def overrides(store: Store, filters: Filters | None = None) -> Answer:
    """Decisions against the machine's recommendation: in which direction, and for which reasons."""
    params = (filters or Filters()).params
    rows = store.query(
        f"""SELECT direction, code, any_value(label) AS label,
               count(DISTINCT decision_id) AS decisions
        FROM ({_OVERRIDES}) GROUP BY direction, code ORDER BY direction, decisions DESC, code""",  # noqa: S608
        params,
    )
    ways = {
        way: store.value(
            f"SELECT count(DISTINCT decision_id) FROM ({_OVERRIDES}) WHERE direction = '{way}'",  # noqa: S608
            params,
        )
        for way in DIRECTIONS
    }
    for row in rows:
        row["way"] = DIRECTIONS[row["direction"]]
        row["place"] = f"{row['way'].split('：')[0]}：{row['label']}"
    return Answer(
        id="overrides",
        title="与机器建议相反的决定和原因",
        columns=(
            Col("direction", "方向代码", "key"),
            Col("code", "原因代码", "key"),
            Col("place", "方向和原因", "key"),
            Col("way", "方向", "text"),
            Col("label", "人写的原因", "text"),
            Col("decisions", "决定", "count", "次"),
        ),
        rows=tuple(rows),
        chart=Chart(kind="bars", x="decisions", y="place", x_title="决定（次）", limit=15),
        unit="决定（次）",
        source="已生效、与机器未经更正的结论相反的决定；一次决定可有几个原因。",
        sql=_OVERRIDES,
        params=params,
        keys=("direction", "code"),
        adds=("direction",),
        facts=ways,
        figures=tuple(
            Figure(label=words, value=ways[way], kind="count", unit="次") for way, words in DIRECTIONS.items()
        ),
    )


def corrections_made(store: Store, filters: Filters | None = None) -> Answer:
    """What reviewers corrected of what the machine read."""
    params = (filters or Filters()).params
    rows = store.query(
        f"""SELECT kind, fact, count(*) AS corrections, count(DISTINCT application_id) AS applications
        FROM ({_CORRECTIONS}) GROUP BY kind, fact ORDER BY corrections DESC, kind, fact""",  # noqa: S608
        params,
    )
    for row in rows:
        row["name"] = f"{_FACTS.get(row['fact'], row['fact'])}：{CORRECTION_KINDS.get(row['kind'], row['kind'])}"
    return Answer(
        id="corrections_made",
        title="人更正了机器的什么",
        columns=(
            Col("kind", "种类代码", "key"),
            Col("fact", "事实代码", "key"),
            Col("name", "更正", "text"),
            Col("corrections", "处数", "count", "处"),
            Col("applications", "涉及申请", "count", "份"),
        ),
        rows=tuple(rows),
        chart=Chart(kind="bars", x="corrections", y="name", x_title="更正（处）", limit=15),
        unit="更正（处）",
        source="没有撤回的更正。",
        sql=_CORRECTIONS,
        params=params,
        keys=("kind", "fact"),
    )
