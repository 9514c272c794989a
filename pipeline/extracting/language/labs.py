"""Laboratory values inside prose: 肌酐812μmol/L↑, HbA1c 9.8%, WBC 11.3×10^9/L, 尿蛋白(+++)."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator
from decimal import Decimal
from functools import lru_cache

from pipeline.extracting.language.context import Reading
from pipeline.extracting.language.findings import is_exam
from pipeline.extracting.language.moments import date_before
from pipeline.extracting.language.patterns import alternatives
from pipeline.extracting.language.text import fold
from rules.engine.facts import Flag, LabResult, Maybe, Unknown
from rules.vocabulary import load_vocabulary
from rules.vocabulary.language import load_prose_words

__all__ = ["extract_prose_labs"]

_KINDS = frozenset({"exam", "course", "illness", "history", "findings", "orders"})
_EXPONENT = r"[×xX*]\s?10\s?[\^~]?\s?(?:9|12|6|3)\s?/?\s?L?"
_UNIT = (
    rf"{_EXPONENT}|10\^?(?:9|12)/L|L/L|%|‰|[mμunpfk]?mo[l1]/[Lld]|[mμunpfk]?mol/24h|[μumnpf]?g/(?:m[lL]|d[lL]|[lL]|24h|mmol|g|h)"
    r"|[mμuk]?(?:IU|U)/(?:m?[lL])|ml/min(?:[/·*]?1\.73(?:m2|㎡|m²))?|mm/h|mmHg|mg/g(?:Cr)?|g/24h|fl|fL|pg|s(?![a-z])|秒|/HP|/μ[lL]|个/HP"
    r"|mEq/L|COI|S/CO|kU/L|mOsm/kg|PEIU/ml"
)
_NOTE = r"(?P<note>\([A-Za-z][^()\d]{0,11}\))?"
_LINK = r"(?:[\s:=为约是达]|高达|升至|降至|约为|值为?|测得|浓度|水平|最高)*"
# 11.710^9/L: the reader lost the ×; the ten of a printed power is no part of the number.
_NUMBER = r"(?P<cmp><=|>=|[<>≤≥])?(?P<num>\d{1,5}(?:\.\d{1,3})?(?=10\^(?:9|12)/L)|\d{1,6}(?:\.\d{1,4})?)(?P<more>-\d)?"
_FLAG = r"↑+|↓+|\(?[HL]\)?(?![A-Za-z0-9])|\(↑\)|\(↓\)"
_NOT_A_RESULT = re.compile(
    r"\s?(?:[A-Za-z]{2}|年|月|日|岁|天|周|次|小时|个月|分钟|片|粒|支|mg(?!/)|g(?!/)|ml(?!/)|-\d{1,2}-|/\d+mmHg|:\d\d|时)"
)


@lru_cache(maxsize=1)
def _names() -> re.Pattern[str] | None:
    """All names and abbreviations as one expression, grouped by first character so that the search stays quick."""
    words = {
        "".join(fold(printed).split())
        for analyte in load_vocabulary().analytes.values()
        for word in (*analyte.names, *analyte.abbreviations)
        for printed in (word, word.replace("百分比", "%"))  # 淋巴细胞% 11.4%
    }
    groups: dict[str, list[str]] = {}
    for word in words:
        if word:
            groups.setdefault(word[0], []).append(word[1:])
    if not groups:
        return None
    parts = []
    for first, rests in sorted(groups.items()):
        ends = "|".join(re.escape(rest) for rest in sorted(rests, key=len, reverse=True))
        parts.append(f"{re.escape(first)}(?:{ends})")
    return re.compile(rf"(?<![A-Za-z0-9])(?:{'|'.join(parts)})(?![A-Za-z])")


@lru_cache(maxsize=1)
def _value() -> re.Pattern[str]:
    words = alternatives(load_prose_words().qualitative).pattern
    return re.compile(
        rf"{_NOTE}{_LINK}(?:{_NUMBER}(?:\s?(?P<unit>{_UNIT}))?(?:\s?(?P<flag>{_FLAG}))?|(?P<word>{words}))"
    )


def extract_prose_labs(reading: Reading) -> Iterator[LabResult]:
    """Yield the laboratory values that the prose of a clinical record states."""
    names = _names()
    if names is None or is_exam(reading):
        return
    text = reading.text
    for match in names.finditer(text):
        section = reading.section(match.start())
        if section is None or section.kind not in _KINDS or match.start() < section.start:
            continue
        value = _value().match(text, match.end())
        if value is None or not _is_result(text, match[0], value):
            continue
        start, end = match.start(), value.end()
        sampled = _moment(reading, start)
        number = Decimal(value["num"]) if value["num"] else None
        printed_end = value.start("unit") if value["unit"] else value.end("num") if value["num"] else end
        begin = value.start("cmp") if value["cmp"] else value.start("num") if value["num"] else value.start("word")
        yield LabResult(
            document=reading.document.id,
            name=reading.source.printed(start, match.end()),
            text=reading.source.printed(begin, printed_end),
            value=number,
            comparator={"≤": "<=", "≥": ">="}.get(value["cmp"] or "", value["cmp"]),
            unit=_unit(value["unit"]),
            flag=_flag(value["flag"] or ""),
            sampled_at=sampled,
            evidence=reading.evidence(start, end, "prose-lab"),
        )


def _is_result(text: str, name: str, value: re.Match[str]) -> bool:
    if value["word"]:
        return True
    if value["more"] or _NOT_A_RESULT.match(text, value.end("unit") if value["unit"] else value.end("num")):
        return False
    linked = value.start("num") > value.start() or bool(value["cmp"])
    short = name.isascii() and len(name) <= 2
    if short and not value["unit"]:
        return False
    return bool(value["unit"]) or bool(value["flag"]) or linked


def _unit(unit: str | None) -> str | None:
    return unit.strip() if unit else None


def _flag(sign: str) -> Flag | None:
    if "↑" in sign or "H" in sign:
        return Flag.HIGH
    return Flag.LOW if "↓" in sign or "L" in sign else None


def _moment(reading: Reading, index: int) -> Maybe[dt.datetime]:
    found = date_before(reading.text, index, 0, reading.found_dates)
    return found.value if found is not None else Unknown.ABSENT
