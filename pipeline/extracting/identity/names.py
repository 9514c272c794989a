"""What can be a person's name: two to four Chinese characters, minority names with a middle dot, masked names."""

from __future__ import annotations

import re
from functools import lru_cache

from rules.vocabulary.documents import load_labels, load_people, load_places

__all__ = ["has_surname", "person_name"]

_HAN = r"\u3400-\u4dbf\u4e00-\u9fff"
_PLAIN = re.compile(rf"^[{_HAN}]{{2,4}}$")
_MINORITY = re.compile(rf"^[{_HAN}]{{1,10}}(?:·[{_HAN}]{{1,10}}){{1,3}}$")
_MASKED = re.compile(rf"^(?=.*[*某])(?=.*[{_HAN}])[{_HAN}*某]{{2,4}}$")
_LATIN = re.compile(r"^[A-Z][A-Za-z]+(?:[ ,][A-Z][A-Za-z]+){1,2}$")


@lru_cache(maxsize=1)
def _surnames() -> tuple[frozenset[str], frozenset[str]]:
    people = load_people()
    return frozenset(people.surnames), frozenset(people.double_surnames)


@lru_cache(maxsize=1)
def _refused() -> frozenset[str]:
    words = set(load_people().not_names) | set(load_places().departments)
    for rule in load_labels():
        words |= set(rule.labels) | set(rule.with_colon)
    return frozenset(words)


def has_surname(name: str) -> bool:
    """True when ``name`` begins with a known surname (or hides it: ``*三``)."""
    single, double = _surnames()
    return name[:1] in single or name[:2] in double or name[:1] == "*"


def _trimmed(text: str) -> str:
    text = re.sub(r"^[\d.:_\-|/()\[\]*]*(?=[\u4e00-\u9fff])", "", text) if not text.startswith("*") else text
    text = re.split(r"[(\[,，;；:|/_\-=<>!?。、'\"0-9]", text, maxsplit=1)[0]
    return re.sub(r"(?<=..)(先生|女士|同志|小姐)$", "", text).strip(". ·") if "·" not in text else text.strip(". ")


def person_name(text: str) -> str | None:
    """Return the name at the start of a folded text, or None when there is none.

    What follows the name without a label (``张三男58岁``, ``张三性别``) is cut off; labels, departments and other words
    of forms are refused.
    """
    # 张三丰男58岁: what stands before sex and age is the name.
    aged = re.match(rf"^([{_HAN}·*]{{2,12}}?)(?:男|女)性?[,，、/]?(?=\d{{1,3}}(?:岁|[Yy]|月|天))", text)
    text = _trimmed(aged.group(1) if aged else text)
    # 张三男, 58: sex printed beside the name without a label.
    sexed = re.match(rf"^([{_HAN}·*]{{2,12}}?)(?:男|女)(?:性)?$", text)
    if sexed and (len(text) > 4 or (has_surname(sexed.group(1)) and len(sexed.group(1)) >= 2 and len(text) == 3)):
        # 李胜男 is a name; 张三男 is cut only when sex is told nowhere else, which the caller checks.
        text = sexed.group(1) if len(text) > 4 else text
    if text in _refused() or any(text.startswith(word) for word in ("姓名", "性别", "年龄", "科室", "床号")):
        return None
    if re.search(
        r"(科|室|院|病区|床|号|岁|省|市|县|镇|乡|村|公司|医师|医生|护士|主任|报告|检查|检验|诊断|日期|时间|号码)$", text
    ):
        return None
    if _MASKED.match(text):
        return text
    if _MINORITY.match(text) or (_PLAIN.match(text) and (len(text) < 4 or has_surname(text))):
        return text
    if re.match(rf"^[{_HAN}]{{5,8}}$", text) and not has_surname(text):
        return None
    return None if not _LATIN.match(text) else text
