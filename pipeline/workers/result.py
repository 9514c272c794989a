"""What comes back for one task: its value, or why there is none."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Generic, TypeVar

__all__ = ["Done", "Failed", "FailureKind", "Result", "TaskError"]

T = TypeVar("T")


class FailureKind(StrEnum):
    """Why a task has no value."""

    TIMEOUT = "timeout"
    """It ran longer than the pool's limit and was killed."""
    CRASHED = "crashed"
    """Its process died, twice: the second try had a fresh process."""
    MEMORY = "memory"
    """It asked for more memory than the pool allows."""
    ERROR = "error"
    """The function raised; ``Failed.code`` says what."""
    CANCELLED = "cancelled"
    """The pool was closed before the task ended."""


class TaskError(Exception):
    """Raised by a task to fail with a code of its own.

    ``detail`` is for operators and must carry no identity and no text of the page.
    """

    def __init__(self, code: str, detail: str = "") -> None:
        super().__init__(code, detail)
        self.code = code
        self.detail = detail


@dataclass(frozen=True, slots=True)
class Done(Generic[T]):
    """The value a task returned and the wall seconds it took in its process."""

    value: T
    seconds: float


@dataclass(frozen=True, slots=True)
class Failed:
    """A task without a value.

    ``code`` is the code of a :class:`TaskError`, else the name of the exception class, else the kind. ``detail`` names
    the place in the program; messages of foreign exceptions are left out because they may quote the document.
    """

    kind: FailureKind
    code: str
    detail: str = ""


Result = Done[T] | Failed
