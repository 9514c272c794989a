"""Whether two printed names mean one hospital: second names, short forms, branches and departments are no other one.

Names as a reader got them may hold a wrong character; what one misread character explains is left open.
"""

from __future__ import annotations

import re

from rapidfuzz.distance import Levenshtein

from rules.vocabulary.cleaning import half_width
from rules.vocabulary.hospitals import catalogued

__all__ = ["same_hospital"]

_KINDS = (
    "中西医结合",
    "妇幼保健",
    "妇女儿童",
    "疾病预防控制",
    "社区卫生服务",
    "传染病",
    "精神病",
    "皮肤病",
    "人民",
    "中医",
    "中心",
    "肿瘤",
    "儿童",
    "妇产",
    "胸科",
    "口腔",
    "眼科",
    "骨科",
    "康复",
    "精神",
    "卫生院",
    "卫生所",
    "卫生室",
    "诊所",
    "保健",
)
_KIND = re.compile("|".join(_KINDS))
_ORDINAL = re.compile(r"第?([一二三四五六七八九十]{1,2})(?=人民|附属|临床|中医|中西医|医院|院|附院|中心)")
_FILLING = re.compile(r"自治[州县区]|附属|大学|医学院|医科|医药|临床|医院|[省市县区镇乡州旗立总院医]")
_BRANCH = re.compile(r"(?<=院)(?:[^院]{1,8}(?:院区|分院|分部|院部|本部)|[东南西北新老]院|[东南西北新老]区)$")
_SHORTEST = 4


def same_hospital(one: str, other: str) -> bool | None:
    """True for two printings of one hospital's name, False for two hospitals, None where that cannot be told.

    ``上饶市人民医院检验科`` and ``江西省上饶市人民医院`` are one, ``锦屿区人民医院`` and ``锦屿区第二人民医院`` two;
    ``霁川市中心医院`` and ``雾川市中心医院`` may be one misread.
    """
    firsts, seconds = _names(one), _names(other)
    answers = [_compare(a, b) for a in firsts for b in seconds]
    if not answers or True in answers:
        return True if answers else None
    return None if None in answers else False


def _names(text: str) -> list[str]:
    """The name without marks; where a second name stands in brackets, both."""
    plain = re.sub(r"\s", "", half_width(text))
    whole = re.sub(r"\([^()]*\)", "", plain)
    inner = [name for name in re.findall(r"\(([^()]+)\)", plain) if len(name) > _SHORTEST and name.endswith("院")]
    cleaned = (re.sub(r"[^\u3007\u4e00-\u9fffA-Za-z0-9]", "", name) for name in (whole, *inner))
    return [_BRANCH.sub("", name) for name in cleaned if len(name) >= _SHORTEST]


def _compare(one: str, other: str) -> bool | None:
    if one == other:
        return True
    known = catalogued(one), catalogued(other)
    if known[0] is not None and known[1] is not None:
        return known[0] == known[1]
    first, second = _ordinals(one), _ordinals(other)
    kinds = _kinds(one), _kinds(other)
    here, there = _core(one), _core(other)
    if not here or not there:
        return None
    short, long = sorted((here, there), key=len)
    if short in long or (len(short) >= 2 and short[0] == long[0] and _follows(short, long)):
        # A short form may leave out the kind (上饶市医院), never change it or its number.
        return first == second and (kinds[0] == kinds[1] or not kinds[0] or not kinds[1])
    if Levenshtein.distance(here, there) / len(long) > 0.5:
        return False
    return None if first == second and kinds[0] == kinds[1] else False


def _ordinals(name: str) -> list[str]:
    return [found.group(1) for found in _ORDINAL.finditer(name)]


def _kinds(name: str) -> set[str]:
    return set(_KIND.findall(name))


def _core(name: str) -> str:
    """What tells hospitals apart: mostly the place, without the words that all of them share."""
    # What stands behind the name of the hospital itself is one of its departments.
    end = max(
        (name.rfind(word) + len(word) for word in ("医院", "卫生院", "保健院") if word in name), default=len(name)
    )
    return _FILLING.sub("", _KIND.sub("", _ORDINAL.sub("", name[:end])))


def _follows(short: str, long: str) -> bool:
    """True when the characters of ``short`` stand in ``long`` in this order."""
    rest = iter(long)
    return all(character in rest for character in short)
