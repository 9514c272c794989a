"""Why a case was decided so: codes as data, and their words for the applicant."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from pipeline.service.applications import LimitError
from pipeline.service.tables import Outcome

__all__ = ["Reason", "ReasonCode", "checked", "reason_codes", "reason_label"]

_FILE = Path(__file__).with_name("reasons.yaml")
_MOST, _WORDS = 60, 500


@dataclass(frozen=True, slots=True, kw_only=True)
class ReasonCode:
    """One entry of the catalogue."""

    code: str
    label: str
    outcomes: frozenset[Outcome]
    item: str = ""
    """Told to the applicant of one item; ``{item}`` is its title."""
    ask: str = ""
    """Told of one item when the case is returned; ``{need}`` is what to hand in, in words for applicants."""
    whole: str = ""
    """Told of the application as a whole."""
    words: bool = False
    """The person has to write what is meant."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reason:
    """A reason as the reviewer gives it. Without ``text`` the catalogue's words are told."""

    code: str
    criterion: str | None = None
    """Id of the item; None: the whole application."""
    text: str = ""


def reason_codes(outcome: Outcome | None = None) -> tuple[ReasonCode, ...]:
    """Return the catalogue in its order: all of it, or what may be given for ``outcome``."""
    return tuple(entry for entry in _catalogue() if outcome is None or outcome in entry.outcomes)


def reason_label(code: str) -> str:
    """Return the Chinese of ``code``; the code itself where the catalogue no longer has it."""
    return next((entry.label for entry in _catalogue() if entry.code == code), code)


def checked(
    outcome: Outcome, reasons: Sequence[Reason], titles: Mapping[str, str], needs: Mapping[str, str] | None = None
) -> list[dict[str, Any]]:
    """Return ``reasons`` as they are kept, with what the applicant is told in ``text``.

    Args:
        titles: item id -> title, of the assessment that the person saw.
        needs: item id -> what to hand in, for returned cases; an item without it is told by its title.

    Raises:
        LimitError: ``no_reason``, ``too_many_reasons``, ``unknown_reason``, ``unknown_criterion``, ``words_needed`` or
            ``words_too_long``.
    """
    if outcome is not Outcome.APPROVE and not reasons:
        raise LimitError("no_reason", "不通过或退回补件时，请至少选择一个原因")
    if len(reasons) > _MOST:
        raise LimitError("too_many_reasons", f"原因太多，请不要超过 {_MOST} 条")
    asked = needs or {} if outcome is Outcome.RETURN else {}
    known = {entry.code: entry for entry in reason_codes(outcome)}
    kept: list[dict[str, Any]] = []
    for reason in reasons:
        entry = known.get(reason.code)
        if entry is None:
            raise LimitError("unknown_reason", "这个原因不适用于所选的决定")
        if reason.criterion is not None and reason.criterion not in titles:
            raise LimitError("unknown_criterion", "所选的条目不在本次核对的条目之中")
        made = {"criterion": reason.criterion, "code": entry.code, "text": _told(entry, reason, titles, asked)}
        if made not in kept:
            kept.append(made)
    return kept


def _told(entry: ReasonCode, reason: Reason, titles: Mapping[str, str], asked: Mapping[str, str]) -> str:
    words = reason.text.strip()
    if len(words) > _WORDS:
        raise LimitError("words_too_long", f"说明太长，请不要超过 {_WORDS} 字")
    if words:
        return words
    if entry.words:
        raise LimitError("words_needed", f"选择“{entry.label}”时请写明原因")
    if reason.criterion is None:
        return entry.whole
    if entry.ask and (need := asked.get(reason.criterion)):
        return entry.ask.replace("{need}", need)
    return entry.item.replace("{item}", titles[reason.criterion])


@cache
def _catalogue() -> tuple[ReasonCode, ...]:
    made = []
    for entry in yaml.safe_load(_FILE.read_text(encoding="utf-8")):
        outcomes = frozenset(Outcome(word) for word in entry.pop("outcomes"))
        made.append(ReasonCode(outcomes=outcomes, **entry))
    return tuple(made)
