"""Errors of the rule base: each names the file and the line and says what to write instead."""

from __future__ import annotations

from pathlib import Path

__all__ = ["RuleError"]


class RuleError(ValueError):
    """A rule pack cannot be used. The text is Chinese, for the person who writes rules."""

    def __init__(self, problem: str, *, file: Path | None = None, line: int | None = None) -> None:
        self.problem = problem
        self.file = file
        self.line = line
        place = "" if file is None else f"{file}:{line}: " if line else f"{file}: "
        super().__init__(f"{place}{problem}")
