"""Results told as a titre (``1:40``): which form a result is told in, and comparing titres."""

from __future__ import annotations

import re
from typing import Literal

from rules.engine.facts import LabResult

__all__ = ["Form", "form_of", "more_than"]

Form = Literal["number", "titre", "words"]

_TITRE = re.compile(r"1\s*[:：∶]\s*[<≤>≥]?=?\s*(\d+)")
_BELOW, _ABOVE = re.compile(r"[<＜≤]|小于|低于"), re.compile(r"[>＞≥]|大于|高于")
_STRICTLY = re.compile(r"[>＞](?!=)|大于|高于")


def form_of(result: LabResult) -> Form:
    """``titre`` for 1:40, ``words`` for 阳性, ``number`` for 86."""
    if _TITRE.search(result.text):
        return "titre"
    return "words" if result.value is None else "number"


def more_than(text: str, bound: int) -> bool | None:
    """Return whether the titre in ``text`` is more than 1:``bound``; None where the text leaves it open.

    ``1:20`` is not more than 1:20, ``>1:20`` is; ``<1:40`` leaves it open, and so do several titres.
    """
    found = _TITRE.findall(text)
    if len(found) != 1:
        return None
    titre = int(found[0])
    below, above = _BELOW.search(text) is not None, _ABOVE.search(text) is not None
    if above and below:
        return None
    if titre > bound:
        return None if below else True
    if above:
        return True if titre == bound and _STRICTLY.search(text) else None
    return False
