"""Outcome and reasons as the form of a decision sends them."""

from __future__ import annotations

from collections.abc import Mapping

from pipeline.service.applications import LimitError
from pipeline.service.decisions import Reason
from pipeline.service.tables import Outcome

__all__ = ["outcome_in", "reasons_in"]


def outcome_in(sent: Mapping[str, str]) -> Outcome:
    """Return what was chosen.

    Raises:
        LimitError: nothing.
    """
    try:
        return Outcome(sent.get("outcome", ""))
    except ValueError:
        raise LimitError("no_outcome", "请先选择通过、不通过或退回补件") from None


def reasons_in(sent: Mapping[str, str]) -> list[Reason]:
    """Return the reasons chosen for the outcome; fields of the other outcomes do not count."""
    outcome = sent.get("outcome")
    own = f"{outcome}.code."
    return [
        Reason(
            code=code,
            criterion=name.removeprefix(own) or None,
            text=sent.get(f"{outcome}.text.{name.removeprefix(own)}", ""),
        )
        for name, code in sent.items()
        if name.startswith(own) and code
    ]
