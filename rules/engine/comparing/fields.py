"""What differs in the fields of a rule or an item that are not conditions: names, advice, sources, notices."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from pydantic import BaseModel

from rules.engine.comparing.facets import Said, spaced
from rules.engine.comparing.model import Kind
from rules.engine.comparing.words import listed

__all__ = ["ITEM_FIELDS", "RULE_FIELDS", "field_changes"]

Show = Callable[[Any], str]


def _plain(value: Any) -> str:
    return "无" if value is None or value == "" else str(value)


def _quoted(value: Any) -> str:
    return f"“{value}”" if value else "（空）"


def _checked(value: Any) -> str:
    return "已核对原文" if value else "未核对原文"


def _review(value: Any) -> str:
    if value is None:
        return "未写"
    return f"“{value.text}”（{'每' + value.every if value.every else '不复审'}）"


def _ages(value: Any) -> str:
    return "无" if value is None else f"“{value.text}”"


def _code(value: Any) -> str:
    return f"{value.code} {value.name}{'（候选）' if value.status == 'candidate' else ''}"


def _history(value: Any) -> str:
    return f"“{value.date.isoformat()} {value.what}”"


def _number(value: Any) -> str:
    return f"{value} 号病种"


ITEM_FIELDS: Mapping[str, tuple[Kind, str, Show]] = {
    "title": (Kind.WORDING, "标题", _quoted),
    "accepts": (Kind.WORDING, "写给申请人的可用材料", _quoted),
    "where": (Kind.WORDING, "取得材料的地方", _quoted),
    "advice": (Kind.WORDING, "给申请人的提示", _quoted),
    "cost": (Kind.NOTICE, "取得材料的难易（1 易 9 难，决定先提示补哪一项）", _plain),
    "source_item": (Kind.SOURCE, "原文条目号", _quoted),
    "source": (Kind.SOURCE, "出处", _quoted),
    "verified": (Kind.SOURCE, "核对情况", _checked),
}
"""Field -> what it touches, its name, how a value is shown. ``id`` and ``when`` and ``readings`` are told elsewhere."""

RULE_FIELDS: Mapping[str, tuple[Kind, str, Show]] = {
    "name": (Kind.NOTICE, "病种名称", _quoted),
    "number": (Kind.NOTICE, "病种序号", _plain),
    "category": (Kind.NOTICE, "类别", _plain),
    "aliases": (Kind.NOTICE, "别名", _plain),
    "codes": (Kind.NOTICE, "国家病种代码", _code),
    "exclusive_with": (Kind.NOTICE, "不能同时享受的病种", _number),
    "overlaps": (Kind.NOTICE, "范围重叠须留意的病种", _number),
    "ages": (Kind.NOTICE, "年龄提示", _ages),
    "review": (Kind.NOTICE, "复审", _review),
    "verified": (Kind.SOURCE, "核对情况", _checked),
    "changes": (Kind.SOURCE, "修订记录", _history),
}
"""``concepts``, ``icd10``, ``effective``, ``provenance``, ``formula`` and ``items`` are told elsewhere."""


def field_changes(
    old: BaseModel, new: BaseModel, known: Mapping[str, tuple[Kind, str, Show]], told: frozenset[str]
) -> Iterator[Said]:
    """Compare two records field by field, all but ``told``; a field without a word here is reported as filed data."""
    for name in type(old).model_fields:
        if name in told:
            continue
        was, now = getattr(old, name), getattr(new, name)
        if was == now:
            continue
        kind, word, show = known.get(name, (Kind.SOURCE, "其他登记内容", str))
        if isinstance(was, tuple) and isinstance(now, tuple):
            yield from list_changes(kind, word, [show(v) for v in was], [show(v) for v in now])
        else:
            before, after = show(was), show(now)
            text = f"由{spaced(before)}改为{spaced(after, last=True)}" if before != after else "有改动"
            yield Said(kind, word + text, before, after)


def list_changes(kind: Kind, word: str, was: list[str], now: list[str]) -> Iterator[Said]:
    """What a list gained and lost; only another order says so."""
    more = [v for v in now if v not in was]
    less = [v for v in was if v not in now]
    before, after = listed(was), listed(now)
    if more or less:
        parts = [f"多了{listed(more)}" if more else "", f"少了{listed(less)}" if less else ""]
        yield Said(kind, f"{word}{'，'.join(part for part in parts if part)}", before, after)
    else:
        yield Said(kind, f"{word}的次序有改动", before, after)
