"""What people changed of a case, in words: the machine's value beside the human's."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from pipeline.reporting import wording
from pipeline.service.casework import FIELDS, Kind
from pipeline.service.tables import User
from pipeline.service.words import FIELD_WORDS, KIND_WORDS, UNKNOWN_WORDS
from rules.engine.facts import AssertionStatus, DocumentType, Flag, InkState, Owner, VisitKind

__all__ = ["Active", "Corrected", "corrections_of", "value_words"]

_STATES = {
    "target_lost": "重新识别后已不存在，未生效",
    "page_lost": "所在页面已不在材料中，未生效",
    "not_possible": "已不适用，未生效",
    "other_disease": "属于另一病种，未生效",
    "item_settled": "已不需要人工判断，未生效",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Active:
    """One correction in force."""

    id: str
    kind: str
    what: str
    machine: str
    human: str
    note: str
    who: str
    at: dt.datetime
    lost: str
    """Why it has no effect; empty: it has."""
    evidence: Mapping[str, Any] | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Corrected:
    changes: Mapping[str, Sequence[str]] = field(default_factory=dict)
    """Key of a fact or document -> what was changed, in words."""
    documents: frozenset[str] = frozenset()
    """Ids of documents with a correction of their own."""
    items: frozenset[str] = frozenset()
    """Ids of criteria that a person settled or chose evidence for."""
    active: tuple[Active, ...] = ()
    """Newest first."""

    @property
    def rejected(self) -> tuple[Active, ...]:
        """Facts that a person took out altogether."""
        return tuple(a for a in self.active if a.kind in ("reject", Kind.REMOVE.value) and not a.lost)


def corrections_of(session: Session, report: Mapping[str, Any] | None) -> Corrected:
    """Return what people changed, as the (veiled) report tells it."""
    rows = report.get("corrections", ()) if report else ()
    if not rows:
        return Corrected()
    assert report is not None
    makers = {row["made_by"] for row in rows}
    names = {user.id: user.name for user in session.scalars(select(User).where(User.id.in_(sorted(makers))))}
    changes: dict[str, list[str]] = {}
    for row in rows:
        if row["state"] == "applied":
            changes.setdefault(_shown_at(row), []).append(_short(row))
    documents = {document["key"]: document["id"] for document in report["documents"]}
    return Corrected(
        changes=changes,
        documents=frozenset(documents[row["target"]] for row in rows if row["target"] in documents),
        items=frozenset(_items(rows)),
        active=tuple(_active(row, names) for row in reversed(rows)),
    )


def value_words(field_name: str, value: Any) -> str:
    """Return a corrected value as people read it."""
    if value is None:
        return "空"
    if isinstance(value, Mapping):
        if "unknown" in value:
            return UNKNOWN_WORDS.get(value["unknown"], value["unknown"])
        if "rank" in value:
            names = ("未定级", "一级", "二级", "三级")
            return names[value["rank"]] + (f"{value['grade']}等" if value.get("grade") else "")
        return "—"
    text = str(value)
    words = _WORDS.get(field_name)
    if words is not None:
        return words.get(text, text)
    if field_name == "value" and text in {s.value for s in InkState}:
        return wording.INK[text]
    return text[:10] if field_name in ("sampled_at", "reported_at") else text


_WORDS: Mapping[str, Mapping[str, str]] = {
    "status": {
        **{s.value: wording.ASSERTIONS[s] for s in AssertionStatus},
        "met": "符合",
        "unmet": "不符合",
        "manual": "需人工",
        "conflicting": "证据冲突",
    },
    "type": {t.value: t.label for t in DocumentType},
    "owner": {o.value: wording.OWNERS[o] for o in Owner},
    "flag": {f.value: wording.FLAGS[f] for f in Flag},
    "kind": {v.value: wording.VISITS[v] for v in VisitKind},
}


def _shown_at(row: Mapping[str, Any]) -> str:
    """Key under which a correction is marked: an added fact has its own, made from the correction."""
    return f"{row['field']}-added{row['id'][:24]}" if row["kind"] == Kind.ADD.value else str(row["target"])


def _short(row: Mapping[str, Any]) -> str:
    """Beside the fact, where the human's value stands already."""
    match row["kind"]:
        case Kind.ADD.value:
            return "人工补录"
        case Kind.EVIDENCE.value:
            word = "已认可" if row["human"].get("accepted") else "不采信"
            return f"{word}（仅条目 {row['field']}）" if row["field"] else word
        case Kind.REMOVE.value:
            return "已删除"
    machine = row["machine"].get("value") if "value" in row["machine"] else None
    return f"{FIELD_WORDS.get(row['field'], row['field'])}已更正，机器：{value_words(row['field'], machine)}"


def _items(rows: Sequence[Mapping[str, Any]]) -> set[str]:
    settled = {row["target"].removeprefix("criterion-") for row in rows if row["kind"] == Kind.CRITERION.value}
    return settled | {row["field"] for row in rows if row["kind"] == Kind.EVIDENCE.value and row["field"]}


def _active(row: Mapping[str, Any], names: Mapping[str, str]) -> Active:
    kind, field_name, human, machine = row["kind"], row["field"], row["human"], row["machine"]
    subject = str(machine.get("shown") or "")
    own = row["target"].rpartition("-")[0]
    match kind:
        case Kind.ADD.value:
            what, before, after = f"补录{KIND_WORDS.get(field_name, '')}", "没有读出", str(human.get("quote", ""))
        case Kind.EVIDENCE.value:
            what = f"{KIND_WORDS.get(own, '')} {subject}" + (f"（仅条目 {field_name}）" if field_name else "")
            before, after = "计入", "认可" if human.get("accepted") else "不采信"
        case Kind.REMOVE.value:
            what, before, after = f"{KIND_WORDS.get(own, '')} {subject}", "计入", "删除"
        case Kind.CRITERION.value:
            what = f"条目 {row['target'].removeprefix('criterion-')}"
            before, after = (value_words("status", each.get("value")) for each in (machine, human))
        case _:
            word = FIELD_WORDS.get(field_name, field_name) if own in FIELDS else field_name
            what = f"{KIND_WORDS.get(own, '')} {subject} {word}"
            before, after = (value_words(field_name, each.get("value")) for each in (machine, human))
    rejected = kind == Kind.EVIDENCE.value and not field_name and not human.get("accepted")
    return Active(
        id=row["id"],
        kind="reject" if rejected else kind,
        what=" ".join(what.split()),
        machine=before,
        human=after,
        note=row["note"],
        who=names.get(row["made_by"], "工作人员"),
        at=dt.datetime.fromisoformat(row["made_at"]),
        lost="" if row["state"] == "applied" else _STATES.get(row["state"], "未生效"),
        evidence=row["evidence"],
    )
