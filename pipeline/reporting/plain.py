"""Words for applicants: material only. No verdict, no medical judgement, no value, no diagnosis they did not enter.

Texts of rule packs are written for reviewers and may hold all of these. They pass through :func:`plain_text`, which
drops what must not be said, clause by clause, and says so by returning ``None`` when nothing is left.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from pipeline.nouns import Review
from pipeline.reporting.text import mask_private, single_line
from rules.engine.facts import Unknown
from rules.vocabulary import load_vocabulary

__all__ = ["FORBIDDEN", "VALUE", "entered_diseases", "plain_text", "unsaid_names"]

FORBIDDEN = re.compile(
    "符合|不符|达标|未达|达到|合格|满足|阳性|阴性|异常|正常|偏高|偏低|升高|降低|增高|减低|确诊|患有|患者|判定|认定(?!申请)|"
    "结论|通过|拒绝|不予|驳回|批准|同意|依据|证据|推荐|评审|检出|提示|考虑|可疑|恶化|受损|损害|不全"
)
"""Words of verdict or of medical judgement. ``认定申请`` as part of a form's name may stand."""

_UNIT = r"(?:[mkμuµnp]?mol|[mkμuµnp]?g|m?IU|k?U|[mdfµμ]?[lL]|mmHg|[cm]?m|%|％|×\s*10|倍|分)"
VALUE = re.compile(
    rf"[<>≤≥＜＞≦≧]|[不]?(?:低于|高于|大于|小于|超过)\s*[\d零一二三四五六七八九十]|\d+(?:\.\d+)?\s*{_UNIT}(?![a-zA-Z])|\d+\.\d+"
)
"""A number with a unit, a threshold, a decimal: anything that could be somebody's result."""

_SOFTEN = (
    (
        re.compile(
            r"(?:结果)?(?:为|呈|显示|提示)?(?:阳性|阴性|异常)的?(?=[^，。；（）]{0,6}(?:报告|检查|记录|材料|单))"
        ),
        "",
    ),
    (re.compile(r"认定(?=标准|机构|材料)"), "申请"),
)
_GROUP = re.compile(r"[（(][^（）()]*[)）]")
_CLAUSE = re.compile(r"([，,；;。])")


def plain_text(text: str, names: Iterable[str]) -> str | None:
    """Return ``text`` without what an applicant must not read, or ``None`` when nothing safe is left.

    Args:
        text: a sentence of a rule pack or of an alert.
        names: names that must not appear (see :func:`unsaid_names`).
    """
    names = tuple(names)
    text = single_line(mask_private(text))
    for pattern, instead in _SOFTEN:
        text = pattern.sub(instead, text)
    while (shorter := _GROUP.sub(lambda m: m[0] if _safe(m[0], names) else "", text)) != text:
        text = shorter
    parts = _CLAUSE.split(text)
    kept: list[str] = []
    for clause, mark in zip(parts[::2], [*parts[1::2], ""], strict=True):
        if clause.strip() and _safe(clause, names):
            kept.append(clause.strip() + mark)
    # What starts with a connective leans on a clause that went away.
    while kept and re.match(r"但|而|因此|所以|却|且|或", kept[0]):
        kept.pop(0)
    said = "".join(kept).strip("，,；; ")
    return said if len(re.sub(r"\W", "", said)) >= 2 else None


def _safe(text: str, names: Iterable[str]) -> bool:
    return not FORBIDDEN.search(text) and not VALUE.search(text) and not any(name in text for name in names)


def entered_diseases(review: Review) -> tuple[str, ...]:
    """Names of the diseases that the applicant entered: of the request, else as the 申请表 prints them."""
    if review.applied_for:
        return tuple(single_line(name) for name in review.applied_for)
    return tuple(
        single_line(entry.value)
        for entry in review.read.facts.form
        if entry.field == "disease_applied" and not isinstance(entry.value, Unknown) and entry.value.strip()
    )


def unsaid_names(review: Review) -> tuple[str, ...]:
    """Names of diagnoses that the applicant's page must not print: all that are known, less those entered.

    A name is entered when it is part of what was entered, or an alias of a term whose name is.
    """
    entered = " ".join((*entered_diseases(review), *_form_diseases(review)))
    names: set[str] = set()
    vocabulary = load_vocabulary()
    for term in vocabulary.diagnoses.values():
        if not any(name in entered for name in term.names):
            names.update(term.names)
    names.update(single_line(d.name) for d in review.read.facts.diagnoses)
    names.update(j.disease.name for j in review.judgements)
    return tuple(sorted((n for n in names if len(n) >= 2 and n not in entered), key=len, reverse=True))


def _form_diseases(review: Review) -> tuple[str, ...]:
    return tuple(
        entry.value
        for entry in review.read.facts.form
        if entry.field == "disease_applied" and not isinstance(entry.value, Unknown)
    )
