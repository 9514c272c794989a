"""Errors of YAML and of the models, translated to plain Chinese with what to write instead."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from pydantic import BaseModel

__all__ = ["explain_model", "explain_yaml", "mistyped_colon"]

_YAML = {
    "mapping values are not allowed in this context": '值里有“: ”，请给整个值加引号，如 formula: "1 & any(1: 2, 3)"',
    "found character that cannot start any token": "值以特殊字符开头（如 % @ `），请加引号；缩进请用空格，不用制表符",
    "could not find expected ':'": "这里少了半角冒号和后面的空格，写成 键: 值",
    "did not find expected key": "缩进或引号不对",
    "did not find expected '-' indicator": "列表的缩进不对，各项的 - 要对齐",
    "did not find expected ',' or ']'": "方括号没有成对，或各项之间少了半角逗号",
    "did not find expected ',' or '}'": "花括号没有成对，或各项之间少了半角逗号",
    "found unexpected end of stream": "引号没有成对",
    "block sequence entries are not allowed in this context": "列表的 - 要另起一行",
    "found undefined alias": "以 * 开头的值请加引号",
    "control characters are not allowed": "有不可见的控制字符，请删去",
}
_TAB = "缩进里有制表符，请改用空格"
_WIDE_COLON = re.compile(r"""^\s*(?:- +)?(?:"[^"]*"|'[^']*'|[^\s:：#"'{\[]+)：""")
_NO_SPACE = re.compile(r"^\s*(?:- +)?[A-Za-z_]+:[^\s/]")
_TEXTS = {
    "string_type": "文字（编号请加引号）",
    "int_type": "整数",
    "int_parsing": "整数",
    "int_from_float": "整数",
    "float_type": "数",
    "float_parsing": "数",
    "decimal_parsing": "数",
    "decimal_type": "数",
    "bool_type": "true 或 false",
    "bool_parsing": "true 或 false",
    "tuple_type": "列表，如 [甲, 乙]",
    "list_type": "列表，如 [甲, 乙]",
    "dict_type": "键和值",
    "model_type": "键和值",
    "model_attributes_type": "键和值",
    "none_required": "null",
}
_DATES = "日期，如 2024-01-01，不带时间"
_PATTERNS = {
    r"^[a-z][a-z0-9_]*$": "小写英文字母开头的编号，只含小写字母、数字、下划线，如 copd_trial",
    r"^[A-Za-z0-9_.]+$": '字母、数字组成的编号，如 "3"',
    r"^M\d{5}$": "M 加 5 位数字，如 M01600",
}
_TYPE_NAMES = frozenset({"bool", "date", "datetime", "decimal", "dict", "float", "int", "none", "str", "tuple"})


def explain_yaml(problem: str, lines: Sequence[str], line: int | None) -> str:
    """What is wrong with a text that is no YAML; ``line`` counts from 0."""
    near = [] if line is None else list(lines[max(line - 1, 0) : line + 1])
    if any(re.match(r" *\t", text) for text in near):
        return _TAB
    return mistyped_colon(near) or _YAML.get(problem, "缩进、引号或括号不对")


def mistyped_colon(lines: Iterable[str]) -> str:
    """What to write where a key is followed by a full-width colon, or by no blank; empty where neither is so."""
    for text in lines:
        if _WIDE_COLON.match(text):
            return f"“{text.strip()[:30]}”用了全角冒号“：”，键后面请写半角冒号和一个空格，如 id: copd"
    for text in lines:
        if _NO_SPACE.match(text):
            return f"“{text.strip()[:30]}”的冒号后面少一个空格，写成 键: 值"
    return ""


def explain_model(model: type[BaseModel], first: Any, errors: Sequence[Any]) -> str:
    """What is wrong with the value that ``first`` of ``errors`` is about, and what to write."""
    kind, location = first["type"], first["loc"]
    path = ".".join(str(part) for part in _place(location))
    where = f"“{path}”" if path else "这里"
    if kind == "extra_forbidden":
        keys = _keys_at(model, location[:-1])
        near = difflib.get_close_matches(str(location[-1]), keys, n=1, cutoff=0.6)
        hint = f"是不是想写 {near[0]}？" if near else mistyped_colon([str(location[-1])])
        return f"不认识的键{where}。{hint}可用的键：{'、'.join(keys)}"
    if kind == "missing":
        return f"缺少{where}，请补上"
    if kind in ("value_error", "assertion_error"):
        return f"{where}：{first['ctx']['error']}"
    if kind == "too_short" and first["ctx"].get("actual_length") == 0:
        return f"{where}是空的，至少写一项"
    # One error for each type that the value may have.
    same = [error for error in errors if _place(error["loc"]) == _place(location)]
    choices = [choice for error in same if error["type"] in ("literal_error", "enum") for choice in _choices(error)]
    wanted = dict.fromkeys(_wanted(error) for error in same if error["type"] not in ("literal_error", "enum"))
    texts = [text for text in wanted if text]
    if choices and not texts:
        return f"{where}不能写“{_shown(first['input'])}”，可写：{'、'.join(choices)}"
    texts += ["、".join(choices)] if choices else []
    told = f"{where}应写{'；或 '.join(texts)}" if texts else f"{where}的写法不对"
    if isinstance(first["input"], str) and kind in ("model_type", "dict_type", "model_attributes_type"):
        hint = mistyped_colon(first["input"].split(" ")) or mistyped_colon([first["input"]])
        return f"{told}。{hint}" if hint else told
    return told


def _place(location: Sequence[str | int]) -> tuple[str | int, ...]:
    """Without the names of types that stand at its end where a value may be of several."""
    place = list(location)
    while len(place) > 1 and isinstance(place[-1], str) and isinstance(place[-2], str):
        if "[" not in place[-1] and place[-1] not in _TYPE_NAMES:
            break
        place.pop()
    return tuple(place)


def _choices(error: Any) -> list[str]:
    return re.findall(r"'([^']*)'", str(error.get("ctx", {}).get("expected", "")))


def _shown(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _wanted(error: Any) -> str:
    kind, limits = error["type"], error.get("ctx", {})
    if kind.startswith(("date_", "datetime_")):
        return _DATES
    bounds: Mapping[str, str] = {
        "string_too_short": f"至少 {limits.get('min_length')} 个字的文字",
        "string_pattern_mismatch": _PATTERNS.get(str(limits.get("pattern")), "另一种写法的文字"),
        "greater_than_equal": f"不小于 {limits.get('ge')} 的数",
        "less_than_equal": f"不大于 {limits.get('le')} 的数",
        "greater_than": f"大于 {limits.get('gt')} 的数",
        "less_than": f"小于 {limits.get('lt')} 的数",
        "too_short": f"至少 {limits.get('min_length')} 项",
        "too_long": f"至多 {limits.get('max_length')} 项",
        "string_too_long": f"至多 {limits.get('max_length')} 个字的文字",
    }
    return bounds.get(kind) or _TEXTS.get(kind, "")


def _keys_at(model: type[BaseModel], location: Sequence[str | int]) -> list[str]:
    """Names of the keys allowed at ``location`` inside ``model``; empty where the path is not one of models."""
    current: Any = model
    for part in location:
        if isinstance(part, int):
            continue
        fields = {f.alias or name: f for name, f in current.model_fields.items()}
        found = fields.get(part)
        current = _model_in(found.annotation) if found else None
        if current is None:
            return []
    return [f.alias or name for name, f in current.model_fields.items()]


def _model_in(annotation: Any) -> type[BaseModel] | None:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    for inner in getattr(annotation, "__args__", ()):
        found = _model_in(inner)
        if found:
            return found
    return None
