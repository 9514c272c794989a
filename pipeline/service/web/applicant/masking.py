"""Identity as the applicant sees it again after entering it: enough to know it by, not enough to copy."""

from __future__ import annotations

import re

from pipeline.reporting.text import single_line

__all__ = ["masked_id_number", "masked_name", "masked_phone"]


def masked_name(name: str) -> str:
    """``张*一``, ``张*``; longer names keep first and last."""
    name = single_line(name)
    if len(name) <= 1:
        return "*" * len(name)
    return f"{name[0]}*" if len(name) == 2 else f"{name[0]}{'*' * (len(name) - 2)}{name[-1]}"


def masked_id_number(number: str) -> str:
    """``36**************12``."""
    compact = re.sub(r"\s", "", single_line(number))
    return compact if not compact else f"{compact[:2]}{'*' * max(len(compact) - 4, 0)}{compact[-2:]}"


def masked_phone(phone: str) -> str:
    """``139****0000``."""
    compact = re.sub(r"\s", "", single_line(phone))
    return f"{compact[:3]}****{compact[-4:]}" if len(compact) == 11 else "*" * max(len(compact) - 4, 0) + compact[-4:]
