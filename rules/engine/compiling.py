"""From the text of a condition tree to conditions ready to run."""

from __future__ import annotations

from typing import Any

from rules.engine.marked_yaml import Marked, Trail, check_model
from rules.engine.nearest import nearest
from rules.engine.predicates import REGISTRY, Environment, Group, Test
from rules.engine.predicates.base import ParamError

__all__ = ["GROUPS", "compile_test"]

GROUPS = {
    "all": "全部满足",
    "any": "任一满足",
    "any_proof": "任一证明",
    "list": "列举的各项",
    "at_least": "满足若干项",
    "not": "没有下面这种情况",
}


def compile_test(data: Any, environment: Environment, marked: Marked, trail: Trail) -> Test:
    """Compile the tree at ``trail``.

    Raises:
        RuleError: unknown predicate, bad parameters, an empty group; with file and line.
    """
    names = "、".join((*REGISTRY, *GROUPS))
    if not isinstance(data, dict) or len(data) != 1:
        raise marked.error(f"一个条件要写且只写一个名称，下面写参数。可用：{names}", trail)
    ((name, body),) = data.items()
    here = (*trail, name)
    if name in GROUPS:
        return _group(str(name), body, environment, marked, here)
    kind = REGISTRY.get(str(name))
    if kind is None:
        guess = nearest(str(name), (*REGISTRY, *GROUPS))
        raise marked.error(f"没有“{name}”这种条件。{guess}可用：{names}", here)
    params = check_model(kind.params, {} if body is None else body, marked, here)
    try:
        return kind.build(params, environment)
    except ParamError as error:
        raise marked.error(str(error), (*here, *error.at)) from error
    except ValueError as error:
        raise marked.error(str(error), here) from error


def _group(name: str, body: Any, environment: Environment, marked: Marked, trail: Trail) -> Test:
    k = 1
    parts = body
    inner = trail
    if name == "not":
        part = compile_test(body, environment, marked, trail)
        if not part.can_be_unmet:
            raise marked.error("not 下面的条件没有材料能证明其不成立，永远不会满足，请换写法", trail)
        return Group(kind="not", k=1, label=GROUPS[name], parts=(part,))
    if name == "at_least":
        if not isinstance(body, dict) or set(body) != {"k", "of"} or not isinstance(body["k"], int):
            raise marked.error("at_least 写成 {k: 2, of: [条件, …]}", trail)
        k, parts, inner = body["k"], body["of"], (*trail, "of")
    if not isinstance(parts, list) or not parts:
        raise marked.error(f"“{name}”下面没有条件；空的组不能判定，请至少写一个条件", trail)
    if not 1 <= k <= len(parts):
        raise marked.error(f"k 应在 1 到 {len(parts)} 之间", trail)
    tests = tuple(compile_test(part, environment, marked, (*inner, index)) for index, part in enumerate(parts))
    kind, reading = name, None
    policies = environment.policies
    if name == "any":
        kind = "any" if policies.alternatives == "all_examined" else "any_proof"
        reading = policies.reading("alternatives")
    if name == "list":
        kind, reading = (
            ("list" if policies.unclear_list == "some_is_manual" else "any"),
            policies.reading("unclear_list"),
        )
    label = GROUPS[name] if name != "at_least" else f"{len(parts)} 项中至少 {k} 项"
    return Group(kind=kind, k=k, label=label, parts=tests, reading=reading)
