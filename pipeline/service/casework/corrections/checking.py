"""Whether a correction makes sense in the case it is made for; the machine's value is written beside it."""

from __future__ import annotations

from typing import Any

from pipeline.keys import FACT_KINDS, keys_of
from pipeline.nouns import ReadCase
from pipeline.service.casework.corrections.adding import FIELDS_OF_ADDED, added_fact
from pipeline.service.casework.corrections.changes import FIELDS, ChangeError, Kind, kind_of_key, parsed
from pipeline.service.casework.corrections.criteria import SETTLED_REASON
from pipeline.service.casework.corrections.machine import machine_value
from pipeline.service.tables import Application, Assessment, Correction

__all__ = ["complete", "in_words"]

_WORDS = {
    "box": "框没有画在页面内",
    "quote": "请抄录框内的原文",
    "page": "材料中没有这一页",
    "lacks": "有必填的内容没有填",
    "target": "要更正的内容已不存在，请刷新页面",
    "unknown concept": "没有这种检查所见",
    "criterion": "没有这一条目",
    "evidence": "请指明依据的材料内容",
    "not left": "这一条目不由人工直接判断，请更正或补录材料内容",
}
"""By how the reason begins."""


def in_words(error: ChangeError) -> str:
    told = str(error)
    return next((words for start, words in _WORDS.items() if told.startswith(start)), "填写的内容或格式不对，请检查")


def complete(row: Correction, application: Application, machine: ReadCase, base: ReadCase, before: Assessment) -> None:
    """Check the correction against the case, and write the machine's value beside it.

    Args:
        machine: the case as the machine typed its documents.
        base: the same with the types that people gave.
        before: the assessment that the person saw.

    Raises:
        ChangeError: it makes no sense.
    """
    keys = keys_of(base.facts, base.documents)
    kind = Kind(row.kind)
    if kind is Kind.ADD:
        _complete_added(row, base)
    elif kind is Kind.CRITERION:
        _complete_criterion(row, application, before)
    else:
        own = kind_of_key(row.target)
        known = {*keys.documents.values(), *(k for kind in FACT_KINDS for k in keys.facts[kind]), *_added(before)}
        if row.target not in known:
            raise ChangeError("target")
        if kind is Kind.EVIDENCE:
            if not isinstance(row.human.get("accepted"), bool) or own == "document":
                raise ChangeError("accepted")
            _complete_for_criterion(row, application, before)
        elif kind is Kind.REMOVE:
            if own == "document" or row.field:
                raise ChangeError("remove")
        else:
            if FIELDS.get(own, {}).get(row.field) is not kind:
                raise ChangeError("field")
            parsed(row.target, row.field, row.human)
        # Of a document its first type, of a fact what was extracted after people said what the document is.
        row.machine = machine_value(row.target, row.field, machine if own == "document" else base, keys)


def _complete_added(row: Correction, base: ReadCase) -> None:
    if row.field not in FIELDS_OF_ADDED:
        raise ChangeError("kind of fact")
    pages = (p.page for d in base.documents for p in d.pages)
    at = row.human.get("file"), row.human.get("page")
    page = next((page for page in pages if (page.file, page.number) == at), None)
    if page is None:
        raise ChangeError("page")
    row.human = {**row.human, "sha256": page.file_sha256}
    added_fact(row.field, row.human, base.documents, {info.id: info for info in base.facts.documents})


def _complete_criterion(row: Correction, application: Application, before: Assessment) -> None:
    items = _items(before)
    item = items.get(row.target.removeprefix("criterion-"))
    if item is None or application.disease is None or row.field != "status":
        raise ChangeError("criterion")
    if row.human.get("value") not in ("met", "unmet"):
        raise ChangeError("value")
    known = {fact["key"] for facts in before.report["facts"].values() for fact in facts}
    evidence = row.human.get("evidence")
    if not isinstance(evidence, list) or not evidence or not set(evidence) <= known:
        raise ChangeError("evidence")
    if item["status"] not in ("manual", "conflicting") and item["reason"] != SETTLED_REASON:
        raise ChangeError("not left to a person")
    row.human = {**row.human, "disease": application.disease}
    row.machine = {"value": item["status"], "reason": item["reason"]}


def _complete_for_criterion(row: Correction, application: Application, before: Assessment) -> None:
    if row.field:
        if row.field not in _items(before) or application.disease is None:
            raise ChangeError("criterion")
        row.human = {**row.human, "disease": application.disease}


def _items(before: Assessment) -> dict[str, dict[str, Any]]:
    reviews = before.report["reviews"]
    return {item["id"]: item for item in reviews[0]["criteria"]} if len(reviews) == 1 else {}


def _added(before: Assessment) -> set[str]:
    return {fact["key"] for facts in before.report["facts"].values() for fact in facts if "-added" in fact["key"]}
