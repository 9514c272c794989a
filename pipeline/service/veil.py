"""Names and numbers of persons taken out of everything that a page or a paper says, until they are asked for.

Reports mask resident ID numbers; names stand in them, in quotes and in names of files. Here both go. What is masked can
still be told apart: ``张*国``, ``36**************12``. Pictures of pages show what is printed; opening them is logged.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

from pipeline.reporting.text import mask_private
from pipeline.service.tables import Identity

__all__ = ["Veil", "masked_name", "masked_number", "veil_of"]

_PARTLY_MASKED = re.compile(r"(?<![\dA-Za-z])(\d{2})\d{4}(\*{6,8})\d{1,2}([\dXx]{2})(?![\dA-Za-z])")
_LABELLED = re.compile(r"((?:姓\s*名|参保人|申请人|代办人|联系人|监护人)\s*[:：]\s*)([\u3400-\u9fff·]{2,8})")
_NOT_NAMES = ("性别", "年龄", "科室", "签名", "签字")
_KEPT = frozenset({"file"})
"""Keys whose values lead to rows and are never shown as they are."""
_PERSONAL_FIELDS = frozenset({"applicant_name", "agent", "phone"})


def masked_name(name: str) -> str:
    """Return ``张*国``; the length of longer names is hidden."""
    name = "".join(name.split())
    if len(name) <= 2:
        return name[:1] + "*" * (len(name) > 1)
    return f"{name[0]}*{name[-1]}"


def masked_number(number: str) -> str:
    """Return the first and last two characters with stars between; all stars where it is too short to hide."""
    number = "".join(number.split())
    return "*" * len(number) if len(number) < 8 else f"{number[:2]}{'*' * (len(number) - 4)}{number[-2:]}"


class Veil:
    """What is known of the persons of one case, to be taken out of texts."""

    def __init__(self, names: Iterable[str], numbers: Iterable[str] = ()) -> None:
        self._masks = {
            **{"".join(n.split()): masked_name(n) for n in names if len("".join(n.split())) >= 2},
            **{"".join(n.split()): masked_number(n) for n in numbers if len("".join(n.split())) >= 6},
        }
        # Longest first: a name may begin with another one. Forms print spaces between the characters.
        parts = sorted(self._masks, key=len, reverse=True)
        self._known = re.compile("|".join(r"\s?".join(map(re.escape, p)) for p in parts)) if parts else None

    def text(self, text: str) -> str:
        """Return ``text`` with every known name and number, and what is labelled as one, masked."""
        text = mask_private(text)
        if self._known is not None:
            text = self._known.sub(lambda m: self._masks["".join(m[0].split())], text)
        text = _PARTLY_MASKED.sub(lambda m: m[1] + "*" * (len(m[0]) - 4) + m[3], text)
        return _LABELLED.sub(
            lambda m: m[0] if m[2].startswith(_NOT_NAMES) or "*" in m[2] else m[1] + masked_name(m[2]), text
        )

    def deep(self, value: Any) -> Any:
        """Return JSON-like ``value`` with :meth:`text` applied to every string in it."""
        if isinstance(value, str):
            return self.text(value)
        if isinstance(value, Mapping):
            if value.get("field") in _PERSONAL_FIELDS and isinstance(value.get("value"), str):
                hide = masked_number if value["field"] == "phone" else masked_name
                value = {**value, "value": hide(value["value"])}
            return {key: item if key in _KEPT else self.deep(item) for key, item in value.items()}
        if isinstance(value, list | tuple):
            return [self.deep(item) for item in value]
        return value


def veil_of(identity: Identity | None, report: Mapping[str, Any] | None) -> Veil:
    """Return the veil of a case: who is entered, and whom its documents name."""
    names: list[str] = []
    numbers: list[str] = []
    if identity is not None:
        names += [identity.name, identity.agent_name]
        numbers += [identity.id_number, identity.agent_id_number, identity.phone, identity.agent_phone]
    if report is not None:
        facts = report["facts"]
        names += [p["name"] for p in [report["case"]["applicant"], *facts["patient"]] if p["name"]]
        for entry in facts["form"]:
            if entry["field"] in _PERSONAL_FIELDS and isinstance(entry["value"], str):
                (numbers if entry["field"] == "phone" else names).append(entry["value"])
    return Veil(names, numbers)
