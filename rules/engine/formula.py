"""Formulas over items: ``1 & 2 & any(1: 3, 4)`` parsed once and evaluated in three-valued logic.

Grammar (blanks and full-width signs are tolerated)::

    formula := part ('|' part)*
    part    := atom ('&' atom)*
    atom    := item | '(' formula ')' | 'any' '(' k ':' member (',' member)* ')'
    member  := formula | item '-' item          # 3-7 is a run of items

Met is True, unmet is False, everything else is None. An empty group is None, never True: the engine fails closed even
where the loader was bypassed.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain

__all__ = ["AtLeast", "Formula", "FormulaError", "Item", "parse_formula"]

Truth = bool | None
Values = Mapping[str, Truth]


class FormulaError(ValueError):
    """The formula cannot be read; the message is Chinese and says where."""


@dataclass(frozen=True, slots=True)
class Item:
    """A reference to one item."""

    id: str

    def value(self, values: Values) -> Truth:
        return values.get(self.id)

    def items(self) -> Iterator[str]:
        yield self.id

    def text(self) -> str:
        return self.id


@dataclass(frozen=True, slots=True)
class AtLeast:
    """At least ``k`` of ``parts``; ``kind`` says how it was written: and, or, any."""

    kind: str
    k: int
    parts: tuple[Formula, ...]

    def value(self, values: Values) -> Truth:
        return at_least(self.k, [part.value(values) for part in self.parts])

    def items(self) -> Iterator[str]:
        return chain.from_iterable(part.items() for part in self.parts)

    def text(self) -> str:
        inner = [p.text() if isinstance(p, Item) or p.kind == "any" else f"({p.text()})" for p in self.parts]
        if self.kind == "any":
            return f"any({self.k}: {', '.join(p.text() for p in self.parts)})"
        return (" & " if self.kind == "and" else " | ").join(inner)


Formula = Item | AtLeast


def at_least(k: int, values: Sequence[Truth]) -> Truth:
    """Three-valued "at least k of": None when the unknown ones could decide it, or when the group makes no sense."""
    if not values or k < 1 or k > len(values):
        return None
    true = values.count(True)
    if true >= k:
        return True
    return False if true + values.count(None) < k else None


_TOKEN = re.compile(r"\s*(any|[A-Za-z0-9_.]+|[&|(),:\-–])")
_FOLD = str.maketrans({"（": "(", "）": ")", "，": ",", "：": ":", "＆": "&", "｜": "|", "、": ",", "—": "-", "–": "-"})


def parse_formula(text: str) -> Formula:
    """Parse ``text``.

    Raises:
        FormulaError: the text is not a formula, a group is empty, or ``k`` cannot be reached.
    """
    folded = text.translate(_FOLD)
    tokens: list[str] = []
    position = 0
    while position < len(folded.rstrip()):
        match = _TOKEN.match(folded, position)
        if match is None:
            raise FormulaError(f"公式“{text}”第 {position + 1} 个字符起读不懂，只能用条目编号、&、|、any(k: …) 和括号")
        tokens.append(match.group(1))
        position = match.end()
    return _Parser(text, tokens).parse()


class _Parser:
    def __init__(self, text: str, tokens: list[str]) -> None:
        self.text = text
        self.tokens = tokens
        self.at = 0

    def parse(self) -> Formula:
        formula = self.formula()
        if self.at != len(self.tokens):
            raise self.error(f"多出“{self.tokens[self.at]}”")
        return formula

    def error(self, what: str) -> FormulaError:
        return FormulaError(f"公式“{self.text}”{what}；写法如 1 & 2 & any(1: 3, 4)")

    def peek(self) -> str:
        return self.tokens[self.at] if self.at < len(self.tokens) else ""

    def take(self, wanted: str | None = None) -> str:
        token = self.peek()
        if not token or (wanted is not None and token != wanted):
            raise self.error(f"在第 {self.at + 1} 处缺少“{wanted or '条目编号'}”")
        self.at += 1
        return token

    def chain_of(self, sign: str, kind: str, read: Callable[[], Formula]) -> Formula:
        parts = [read()]
        while self.peek() == sign:
            self.take()
            parts.append(read())
        if len(parts) == 1:
            return parts[0]
        return AtLeast(kind, len(parts) if kind == "and" else 1, tuple(parts))

    def formula(self) -> Formula:
        return self.chain_of("|", "or", lambda: self.chain_of("&", "and", self.atom))

    def atom(self) -> Formula:
        if self.peek() == "(":
            self.take()
            inner = self.formula()
            self.take(")")
            return inner
        if self.peek() == "any":
            return self.any_of()
        token = self.take()
        if not re.fullmatch(r"[A-Za-z0-9_.]+", token):
            raise self.error(f"在第 {self.at} 处应写条目编号，写的是“{token}”")
        return Item(token)

    def any_of(self) -> Formula:
        self.take("any")
        self.take("(")
        number = self.take()
        self.take(":")
        parts: list[Formula] = []
        while self.peek() != ")":
            part = self.formula()
            if self.peek() == "-" and isinstance(part, Item):
                self.take()
                parts.extend(self.run_of(part.id, self.take()))
            else:
                parts.append(part)
            if self.peek() != ")":
                self.take(",")
        self.take(")")
        if not number.isdigit() or not 1 <= int(number) <= len(parts):
            raise self.error(f"的 any({number}: …) 里有 {len(parts)} 项，前面的数应在 1 到 {max(len(parts), 1)} 之间")
        return AtLeast("any", int(number), tuple(parts))

    def run_of(self, first: str, last: str) -> list[Formula]:
        if not (first.isdigit() and last.isdigit() and int(first) < int(last)):
            raise self.error(f"的“{first}-{last}”不是一段递增的编号")
        return [Item(str(n)) for n in range(int(first), int(last) + 1)]
