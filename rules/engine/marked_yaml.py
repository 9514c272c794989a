"""YAML with the line of every node, and pydantic errors translated to file, line and what to write instead."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

import yaml
from pydantic import BaseModel, ValidationError
from yaml.nodes import MappingNode, Node, SequenceNode

from rules.engine.errors import RuleError
from rules.engine.explaining import explain_model, explain_yaml

__all__ = ["Marked", "Trail", "check_model", "load_marked"]

Trail = tuple[str | int, ...]
"""Keys and indexes from the top of the file to a node."""
ModelT = TypeVar("ModelT", bound=BaseModel)


@dataclass(frozen=True, slots=True)
class Marked:
    """A YAML document and where each of its nodes starts."""

    file: Path
    data: Any
    lines: Mapping[Trail, int] = field(default_factory=dict)
    elsewhere: Mapping[Trail, Path] = field(default_factory=dict)
    """File of the nodes that another file brought in (a rule amended by a region); ``lines`` has their lines there."""

    def line(self, trail: Trail) -> int:
        """Line of the node at ``trail``, else of the nearest node above it."""
        return self.place(trail)[1]

    def place(self, trail: Trail) -> tuple[Path, int]:
        """File and line of the node at ``trail``, else of the nearest node above it."""
        while trail and trail not in self.lines:
            trail = trail[:-1]
        return self.elsewhere.get(trail, self.file), self.lines.get(trail, 1)

    def error(self, problem: str, trail: Trail = ()) -> RuleError:
        file, line = self.place(trail)
        return RuleError(problem, file=file, line=line)


def load_marked(file: Path) -> Marked:
    """Read one YAML file.

    Raises:
        RuleError: not readable, not UTF-8, not YAML, or a key stands twice.
    """
    try:
        text = file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise RuleError(f"文件读不出（{type(error).__name__}），应为 UTF-8 编码的 YAML", file=file) from error
    # CSafeLoader is the safe loader; it is driven by hand because the line of every node is wanted.
    loader = yaml.CSafeLoader(text)
    try:
        node = loader.get_single_node()
        lines: dict[Trail, int] = {}
        data = None if node is None else _build(loader, node, (), lines, file)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark
        hint = explain_yaml(str(error.problem), text.splitlines(), mark.line if mark else None)
        raise RuleError(f"不是合格的 YAML：{hint}", file=file, line=mark.line + 1 if mark else None) from error
    except yaml.YAMLError as error:
        raise RuleError("不是合格的 YAML", file=file) from error
    finally:
        loader.dispose()
    return Marked(file, data, lines)


def _build(loader: Any, node: Node, trail: Trail, lines: dict[Trail, int], file: Path) -> Any:
    lines[trail] = node.start_mark.line + 1
    if isinstance(node, SequenceNode):
        return [_build(loader, child, (*trail, i), lines, file) for i, child in enumerate(node.value)]
    if not isinstance(node, MappingNode):
        return _scalar(loader, node, file)
    result: dict[Any, Any] = {}
    for key_node, value_node in node.value:
        key = _scalar(loader, key_node, file)
        line = key_node.start_mark.line + 1
        if not isinstance(key, str | int):
            raise RuleError("键必须是一个词；编号和日期请加引号", file=file, line=line)
        if key in result:
            raise RuleError(f"键“{key}”写了两次，请合并成一处", file=file, line=line)
        result[key] = _build(loader, value_node, (*trail, key), lines, file)
        lines[(*trail, key)] = line
    return result


_TRUTHS = re.compile(r"(?i:yes|no|on|off)")
_EXACT_NUMBER = re.compile(r"-?(?:0|[1-9]\d*)(?:\.\d+)?")


def _scalar(loader: Any, node: Node, file: Path) -> Any:
    """The value of a scalar, refused where YAML reads something else than a person wrote (``no``, ``1.10``, ``010``).

    Raises:
        RuleError: with what to write instead.
    """
    line = node.start_mark.line + 1
    text = str(node.value)
    try:
        value = loader.construct_object(node, deep=True)
    except yaml.YAMLError:
        raise
    except ValueError as error:
        raise RuleError(f"“{text}”不是真实的日期或数，日期写法如 2024-01-01", file=file, line=line) from error
    if isinstance(value, bool) and _TRUTHS.fullmatch(text):
        raise RuleError(
            f"“{text}”不加引号会被读成真假值；要写文字请加引号，要写真假请写 true 或 false", file=file, line=line
        )
    if isinstance(value, int | float) and not isinstance(value, bool):
        if not _EXACT_NUMBER.fullmatch(text):
            raise RuleError(f"“{text}”不加引号会被读成 {value}；编号请加引号，数请写成普通小数", file=file, line=line)
        if "." in text and text.endswith("0") and not text.endswith(".0"):
            shown = f"“{text}”不加引号会被读成 {value}；编号请加引号，数请去掉末尾的 0"
            raise RuleError(shown, file=file, line=line)
    return value


def check_model(model: type[ModelT], data: Any, marked: Marked, trail: Trail = ()) -> ModelT:
    """Validate ``data``, which stands at ``trail`` of ``marked``.

    Raises:
        RuleError: with file, line and what to write instead.
    """
    try:
        return model.model_validate(data)
    except ValidationError as error:
        first = min(error.errors(), key=lambda e: (e["type"] != "extra_forbidden", marked.line((*trail, *e["loc"]))))
        raise marked.error(explain_model(model, first, error.errors()), (*trail, *first["loc"])) from error
