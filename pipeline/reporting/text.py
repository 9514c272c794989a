"""Text from pages made fit to print: control characters out, identity masked, unknowns and numbers in plain words.

Everything that a page, a file name or a model gave is data. It reaches a report only through :func:`clean`.
"""

from __future__ import annotations

import datetime as dt
import re
from decimal import Decimal
from typing import Any

from rules.engine.facts import Unknown

__all__ = [
    "clean",
    "first_sentence",
    "known",
    "mask_id_number",
    "mask_name",
    "mask_private",
    "number",
    "show",
    "show_unit",
    "single_line",
]

# C0 and C1 controls, bidirectional overrides and isolates, byte order mark, non-characters: none of them prints, and
# overrides make a line read differently from what it holds.
_CONTROL = re.compile(
    r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u200b\u200e\u200f\u2028\u2029\u202a-\u202e\u2060\u2066-\u2069\ufeff\ufff9-\ufffb\ufffe\uffff]"
)
_SURROGATE = re.compile(r"[\ud800-\udfff]")
# Resident ID numbers, also with spaces as forms print them (6-8-4) and the older 15 digits.
_ID_NUMBER = re.compile(
    r"(?<![\dA-Za-z])(\d{6})[ ]?((?:19|20)\d{2}[ ]?[01]\d[ ]?[0-3]\d)[ ]?(\d{3}[\dXx])(?![\dA-Za-z])"
)
_ID_NUMBER_PLAIN = re.compile(r"(?<![\dA-Za-z])(\d{6})(\d{8})(\d{3}[\dXx])(?![\dA-Za-z])")
_ID_NUMBER_15 = re.compile(r"(?<![\dA-Za-z])([1-9]\d{5})(\d{2}[01]\d[0-3]\d)(\d{3})(?![\dA-Za-z])")
_MOBILE = re.compile(r"(?<!\d)(1[3-9]\d)\d{4}(\d{4})(?!\d)")

_SENTENCE_END = re.compile(r"(?<=。)")

_UNKNOWN_WORDS = {Unknown.ABSENT: "未见", Unknown.UNREADABLE: "看不清", Unknown.CONFLICTING: "不一致"}
_SUPERSCRIPT = str.maketrans("0123456789-", "⁰¹²³⁴⁵⁶⁷⁸⁹⁻")


def clean(text: str) -> str:
    """Return ``text`` without characters that do not print; line breaks and tabs stay, lone surrogates become U+FFFD.

    A file name from a foreign file system may hold lone surrogates, which no UTF-8 file can take.
    """
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    return _CONTROL.sub("", _SURROGATE.sub("\ufffd", text))


def single_line(text: str) -> str:
    """Return ``text`` cleaned and on one line."""
    return " ".join(clean(text).split())


def first_sentence(text: str) -> str:
    """Return the first sentence of a message, for a summary."""
    return _SENTENCE_END.split(single_line(text), maxsplit=1)[0]


def mask_id_number(value: str) -> str:
    """Mask a resident ID number: six digits of the area and the last four stay, ``999999********1234``."""
    compact = re.sub(r"\s", "", clean(value))
    if len(compact) == 18:
        return f"{compact[:6]}********{compact[14:]}"
    if len(compact) == 15:
        return f"{compact[:6]}******{compact[12:]}"
    if len(compact) <= 4:
        return "*" * len(compact)
    # Misread or foreign numbers: fail closed, keep only the end.
    return "*" * (len(compact) - 4) + compact[-4:]


def mask_name(name: str) -> str:
    """Mask a name for titles and headers: ``张三丰`` -> ``张**``. The length is hidden on purpose."""
    name = single_line(name)
    return f"{name[0]}**" if name else ""


def mask_private(text: str) -> str:
    """Clean ``text`` and mask resident ID numbers and mobile numbers inside it."""
    text = clean(text)
    text = _ID_NUMBER.sub(r"\1********\3", text)
    text = _ID_NUMBER_PLAIN.sub(r"\1********\3", text)
    text = _ID_NUMBER_15.sub(r"\1******\3", text)
    return _MOBILE.sub(r"\1****\2", text)


def known(value: Any) -> bool:
    """True when ``value`` is there: neither ``None`` nor a member of :class:`Unknown`."""
    return value is not None and not isinstance(value, Unknown)


def number(value: Decimal | None) -> int | float | None:
    """Return a decimal as a JSON number; ``None`` for none and for what JSON cannot hold (NaN, infinity)."""
    if value is None or not value.is_finite() or abs(value.adjusted()) > 300:
        return None
    return int(value) if value == value.to_integral_value() else float(value)


def show(value: Any, *, absent: str | None = None) -> str:
    """Return a value as a person reads it: ISO dates, plain decimals, ``未见``/``看不清``/``不一致`` for unknowns."""
    if value is None:
        return absent if absent is not None else _UNKNOWN_WORDS[Unknown.ABSENT]
    if isinstance(value, Unknown):
        return absent if absent is not None and value is Unknown.ABSENT else _UNKNOWN_WORDS[value]
    if isinstance(value, dt.datetime):
        return value.strftime("%Y-%m-%d") if value.time() == dt.time() else value.strftime("%Y-%m-%d %H:%M")
    if isinstance(value, dt.date):
        return value.isoformat()
    if isinstance(value, Decimal):
        plain = number(value)
        return "" if plain is None else f"{value.normalize():f}"
    return clean(str(value))


def show_unit(unit: str | None) -> str:
    """Return a unit as print shows it: ``umol/L`` -> ``μmol/L``, ``10*9/L`` -> ``×10⁹/L``."""
    if not unit:
        return ""
    unit = re.sub(r"^\s*[x×*]?\s*10[*^](\d+)", lambda m: "×10" + m[1].translate(_SUPERSCRIPT), clean(unit))
    return re.sub(r"^u(?=mol|g|L|m|IU)", "μ", unit)
