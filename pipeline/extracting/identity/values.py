"""Readings of one field each: sex, age, birth date, ID number. None where nothing can be read: never guessed."""

from __future__ import annotations

import datetime as dt
import re
from decimal import Decimal

from pipeline.dates import parse_dates
from pipeline.persons import parse_age, parse_id_number
from rules.engine.facts import Maybe, Unknown

__all__ = ["read_age", "read_birth", "read_id", "read_sex"]

_AGE = re.compile(
    r"^(?P<whole>(?=\d+(?:周岁|虚岁|岁|Y|y|个月|月|M|m|天|日|D|d))(?:\d{1,3}(?:周岁|虚岁|岁|Y|y))?"
    r"(?:\d{1,2}(?:个月|月龄|月|M|m))?(?:\d{1,3}(?:天|日|D|d))?|\d{1,3})"
)
_HAN_DIGITS = {c: i for i, c in enumerate("〇一二三四五六七八九")} | {"零": 0, "两": 2}


def read_sex(text: str) -> str | None:
    """男 or 女 at the start of a folded text (``男58岁``, ``1.男``, ``M``, ``女性``); None otherwise.

    A form that prints both (``□男 □女``) says nothing here; a ticked one (``☑男 □女``) does.
    """
    ticked = re.findall(r"[☑√✓✔■☒]\]?(男|女)", text) or re.findall(r"(男|女)\[?[☑√✓✔■☒]", text)
    if len(ticked) == 1:
        return "男" if ticked[0] == "男" else "女"
    # The front page prints a code in a box before its key: [1] 1.男 2.女.
    coded = re.match(r"^[\[(]?([12])[\])]?\s*1[.、]?男\s*2[.、]?女", text)
    if coded:
        return "男" if coded.group(1) == "1" else "女"
    body = re.sub(r"^[\d.:_\-\s(\[]+", "", text)
    if re.match(r"^[男女][/、.或]?[男女]", body) or re.search(r"[□口]男|[□口]女", text):
        return None
    if body[:1] in ("男", "女"):
        return body[0]
    word = re.match(r"^(FEMALE|MALE|F|M)(?![A-Za-z])", body.upper())
    if word:
        return "女" if word.group(1).startswith("F") else "男"
    return None


def _han_number(text: str) -> int | None:
    match = re.match(r"^([二三四五六七八九])?(十)?([一二三四五六七八九])?岁", text)
    if not match or not any(match.groups()):
        return None
    tens, ten, ones = match.groups()
    if ten:
        return (_HAN_DIGITS[tens] if tens else 1) * 10 + (_HAN_DIGITS[ones] if ones else 0)
    return _HAN_DIGITS[tens or ones or "零"]


def read_age(text: str) -> Decimal | None:
    """Age in years at the start of a folded text; months and days as a fraction. None when none stands there."""
    cleaned = re.sub(r"^[:_.\-(]+", "", text)
    cleaned = re.sub(r"(?<=\d)[Oo]|(?<![A-Za-z])[Oo](?=\d)", "0", cleaned)
    cleaned = re.sub(r"(?<=\d)[lI]|(?<![A-Za-z])[lI](?=\d)", "1", cleaned)
    cleaned = re.sub(r"^[Yy](?=\d)", "", cleaned)
    han = _han_number(cleaned)
    if han is not None:
        return Decimal(han)
    cleaned = re.sub(r"(岁)零", r"\1", cleaned)
    match = _AGE.match(cleaned)
    if not match:
        return None
    after = cleaned[match.end() :]
    if after[:1].isdigit() or re.match(r"^[-/.年%]\d?", after):
        return None  # a date, a number of a paper, a measured value
    value = parse_age(match.group("whole"))
    return value if isinstance(value, Decimal) else None


def read_birth(text: str) -> dt.date | None:
    """Birth date in a folded text: exactly one full date."""
    days = [found.date for found in parse_dates(text) if found.date is not None]
    return days[0] if len(days) == 1 and days[0] is not None and days[0].year >= 1900 else None


def read_id(text: str) -> Maybe[str]:
    """Resident ID number: complete with a right checksum, or masked; UNREADABLE when digits are there but not right."""
    number = parse_id_number(text)
    if number is not None:
        return number.text
    masked = re.search(r"(?<![0-9])[1-9]\d{2,9}[*xX×]{4,14}[0-9]{0,4}[\dXx]?", text)
    if masked and "*" in masked.group().replace("×", "*").replace("x", "*").replace("X", "*"):
        return re.sub(r"[x×X](?!$)", "*", masked.group())
    digits = re.sub(r"[^0-9]", "", text)
    return Unknown.UNREADABLE if len(digits) >= 12 else Unknown.ABSENT
