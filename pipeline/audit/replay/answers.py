"""A replay as answers with charts, for notebooks: how conclusions move, for which diseases, by which item and why.

These count what was judged just now, so there is no SQL of the store behind them: the cases stand in
``changes.parquet`` (:mod:`pipeline.audit.replay.writing`).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from pipeline.audit.questions.answer import Answer, Chart, Col
from pipeline.audit.replay.effects import BETTER, WORSE, Effect
from pipeline.audit.replay.result import Replay
from pipeline.audit.replay.words import conclusion_word, status_word

__all__ = ["replay_answers"]


def replay_answers(replay: Replay) -> tuple[Answer, Answer, Answer]:
    """How conclusions move; whom it helps and hurts, by disease; which items came out differently and why."""
    data = replay.data()
    source = f"{data['source']}中 {data['records']:,} 件申请存下的事实，按旧版、新版规则各判一次。"
    return _flows(data, source), _diseases(data, source), _items(data, source)


def _flows(data: Mapping[str, Any], source: str) -> Answer:
    rows = tuple(
        {
            "conclusion_before": m["before"],
            "conclusion_after": m["after"],
            "before": conclusion_word(m["before"]),
            "after": conclusion_word(m["after"]),
            "judgements": m["count"],
            "same": "不变" if m["before"] == m["after"] else "改变",
        }
        for m in data["matrix"]
    )
    return _answer(
        "replay_conclusions",
        f"规则修改后 {data['changed']:,} 次结论改变",
        (
            Col("conclusion_before", "旧版结论代码", "key"),
            Col("conclusion_after", "新版结论代码", "key"),
            Col("before", "旧版结论", "text"),
            Col("after", "新版结论", "text"),
            Col("same", "是否改变", "text"),
            Col("judgements", "判断", "count", "次"),
        ),
        rows,
        Chart(kind="matrix", x="after", y="before", color="judgements", x_title="新版结论", y_title="旧版结论"),
        source,
        {name: data[name] for name in ("records", "judged", "changed", "skipped")},
    )


def _diseases(data: Mapping[str, Any], source: str) -> Answer:
    rows = []
    for disease in data["diseases"]:
        counts = {Effect(e["effect"]): e["count"] for e in disease["effects"]}
        better, worse = (_sum(counts, side) for side in (BETTER, WORSE))
        items = counts.get(Effect.ITEMS, 0) + counts.get(Effect.MATERIAL, 0)
        moved = counts.get(Effect.REROUTED, 0)
        if better or worse or moved or items:
            row = {"disease": disease["id"], "disease_name": disease["name"], "judged": disease["judged"]}
            rows.append({**row, "better": better, "worse": worse, "moved": moved, "items": items})
    rows.sort(key=lambda row: (-row["better"] - row["worse"] - row["moved"], row["disease"]))
    return _answer(
        "replay_diseases",
        "规则修改对哪些病种有利、不利",
        (
            Col("disease", "病种代码", "key"),
            Col("disease_name", "病种", "text"),
            Col("judged", "重判", "count", "次"),
            Col("better", "有利", "count", "次"),
            Col("worse", "不利", "count", "次"),
            Col("moved", "待补与人工互换", "count", "次"),
            Col("items", "结论不变、条目有变", "count", "次"),
        ),
        tuple(rows),
        Chart(
            kind="stacked",
            x="better",
            y="disease_name",
            color="better=有利,worse=不利,moved=待补与人工互换",
            x_title="判断（次）",
        ),
        source,
        {},
    )


def _items(data: Mapping[str, Any], source: str) -> Answer:
    """By disease, kind of change and cause."""
    rows = []
    for disease in data["diseases"]:
        for kind in disease["kinds"]:
            moves = "；".join(
                f"第{i['item'] or i['old_item']}项 {status_word(i['before'])} → {status_word(i['after'])}"
                for i in kind["items"]
            )
            told = {"disease": disease["id"], "disease_name": disease["name"], "change": kind["headline"]}
            rows.append({**told, "moves": moves, "because": "；".join(kind["because"]), "judgements": kind["count"]})
    merged: dict[tuple[Any, ...], dict[str, Any]] = {}
    for row in rows:
        key = tuple(value for name, value in row.items() if name != "judgements")
        known = merged.setdefault(key, {**row, "judgements": 0, "label": f"{row['disease_name']}：{row['change']}"})
        known["judgements"] += row["judgements"]
    ordered = sorted(merged.values(), key=lambda row: (-row["judgements"], row["disease"], row["moves"]))
    return _answer(
        "replay_reasons",
        "结论和条目为什么变",
        (
            Col("disease", "病种代码", "key"),
            Col("disease_name", "病种", "text"),
            Col("change", "结论", "text"),
            Col("moves", "条目", "text"),
            Col("because", "规则的改动", "text"),
            Col("judgements", "判断", "count", "次"),
        ),
        tuple(ordered),
        None,
        source,
        {},
    )


def _sum(counts: Mapping[Effect, int], side: Iterable[Effect]) -> int:
    return sum(counts.get(effect, 0) for effect in side)


def _answer(
    name: str,
    title: str,
    columns: tuple[Col, ...],
    rows: tuple[Mapping[str, Any], ...],
    chart: Chart | None,
    source: str,
    facts: Mapping[str, Any],
) -> Answer:
    return Answer(
        id=name,
        title=title,
        columns=columns,
        rows=rows,
        chart=chart if rows else None,
        unit="判断（次）",
        source=source,
        sql="",
        params={},
        facts=facts,
        notes=("有利：新增支持、由不支持转为待定。不利：不再支持、由待定转为不支持。",),
    )
