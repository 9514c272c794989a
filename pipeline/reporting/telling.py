"""What an applicant is told of a review, as data: material only, in plain words, most helpful first.

Lists: files that did not open, photographs to take again, material still needed, photographs worth a second look,
material received. Which of them is empty says nothing of how the case stands, and no sentence of a rule gets here
unfiltered (:mod:`pipeline.reporting.plain`). The page of :mod:`pipeline.reporting.feedback` adds pictures to it, the
service's pages show it their own way.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from pipeline.nouns import Alert, Review, Severity
from pipeline.reporting.as_json import all_alerts
from pipeline.reporting.places import PagePlace, Places
from pipeline.reporting.plain import entered_diseases, plain_text, unsaid_names
from pipeline.reporting.retaking import how_to_retake
from pipeline.reporting.text import single_line
from rules.engine.facts import DocumentType, InkState, Owner, Unknown
from rules.engine.judgement import Need

__all__ = ["Failed", "Received", "Retake", "Told", "Wanted", "tell"]

_NOT_USED = {
    "outside_window": "日期太早了，需要近期的。",
    "future_date": "上面的日期看不清或不对，请核对。",
    "date_unknown": "上面的日期看不出来。",
    "hospital_below_level": "需要级别更高的医院（二级及以上）出具的。",
    "hospital_level_unknown": "医院的级别看不出来。",
    "other_person": "看起来是另一个人的资料。",
    "low_confidence": "有些字看不清。",
}
"""Reason codes of the engine that an applicant may hear, in plain words; other reasons stay unsaid."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Retake:
    """A photograph with a trouble. ``must`` is False where it is taken as it is, but a part of it cannot be read."""

    page: PagePlace
    label: str
    why: tuple[str, ...]
    how: str
    must: bool
    pages_in_file: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Failed:
    """A file that could not be opened, with the plain reason."""

    file: str
    page: int | None
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """Material to hand in."""

    need: str
    why: str
    accepts: tuple[str, ...]
    alternatives: tuple[str, ...]
    where: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Received:
    """One document that arrived, with a plain word on it."""

    label: str
    date: str
    hospital: str
    pages: tuple[PagePlace, ...]
    note: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """Everything that the applicant is told."""

    diseases: tuple[str, ...]
    """As the applicant entered them."""
    failed: tuple[Failed, ...]
    retakes: tuple[Retake, ...]
    """To take again."""
    heeded: tuple[Retake, ...]
    """Accepted, with a word on a part of the page; nothing that the applicant has to do."""
    wanted: tuple[Wanted, ...]
    received: tuple[Received, ...]

    @property
    def to_do(self) -> int:
        """How many things are asked of the applicant."""
        return len(self.failed) + len(self.retakes) + len(self.wanted)


def tell(review: Review, places: Places | None = None) -> Told:
    """Collect what the applicant is told. Pure: reads no file."""
    places = places or Places(review)
    unsaid = unsaid_names(review)
    in_file = Counter(page.read.page.file for page in places.pages)
    troubles = tuple(r for page in places.pages if (r := _retake(page, in_file[page.read.page.file], unsaid)))
    retakes = tuple(r for r in troubles if r.must)
    unclear = {r.page.id for r in retakes}
    return Told(
        diseases=entered_diseases(review),
        failed=_failed(review, places, unsaid),
        retakes=retakes,
        heeded=tuple(r for r in troubles if not r.must),
        wanted=_wanted(review, unsaid),
        received=_received(review, places, unclear),
    )


def _failed(review: Review, places: Places, unsaid: Sequence[str]) -> tuple[Failed, ...]:
    """Files and pages that never became part of the case; what went wrong later is no matter of the applicant's."""

    def lost(alert: Alert) -> bool:
        if alert.file is None:
            return False
        if alert.code == "too_many_pages":
            return True
        arrived = places.page_at(alert.file, alert.page) is not None if alert.page else places.has_file(alert.file)
        return alert.severity is Severity.ERROR and not arrived

    found = [
        Failed(
            file=single_line(alert.file),
            page=alert.page,
            why=plain_text(alert.message, unsaid) or "这个文件打不开，请重新拍照上传。",
        )
        for alert in all_alerts(review)
        if alert.file and lost(alert)
    ]
    return tuple({(f.file, f.page): f for f in reversed(found)}.values())[::-1]


def _retake(page: PagePlace, pages_in_file: int, unsaid: Sequence[str]) -> Retake | None:
    read = page.read
    if read.readable and not read.quality:
        return None
    why = [plain_text(issue.message, unsaid) for issue in read.quality]
    return Retake(
        page=page,
        label=_label(page.info.type),
        why=tuple(dict.fromkeys(w for w in why if w)) or ("这张照片上的字读不出来。",),
        how=how_to_retake(issue.code for issue in read.quality),
        must=read.refused or not read.readable,
        pages_in_file=pages_in_file,
    )


def _label(kind: DocumentType) -> str:
    return "没认出是什么材料" if kind in (DocumentType.UNKNOWN, DocumentType.OTHER) else kind.label


_FORM_PARTS = {
    "physician_signature": "医师签名",
    "hospital_seal": "医院盖章",
    "applicant_signature": "申请人签名",
}


def _form_needs(review: Review) -> list[Wanted]:
    """What the 申请表 itself lacks: the disease where nobody entered one, and signatures and seals that are blank."""
    facts = review.read.facts
    forms = {d.id for d in facts.documents if d.type is DocumentType.APPLICATION_FORM}
    needs = []
    if not entered_diseases(review):
        need = "写清楚申请病种的申请表" if forms else "门诊慢特病申请表，写明要申请的病种"
        why = "申请表上看不清要申请哪个病种。" if forms else "交来的材料里还没有看到申请表。"
        needs.append(Wanted(need=need, why=why, accepts=(), alternatives=(), where="医院医保办或医保服务窗口"))
    blank = {e.field for e in facts.form if e.document in forms and e.value == InkState.EMPTY.value}
    filled = {e.field for e in facts.form if e.document in forms and e.value == InkState.PRESENT.value}
    lacking = [word for field, word in _FORM_PARTS.items() if field in blank - filled]
    if lacking:
        what = "、".join(lacking)
        where = "开申请表的医院" if lacking != ["申请人签名"] else ""
        needs.append(
            Wanted(need=f"申请表上的{what}", why="申请表上这一处还是空的。", accepts=(), alternatives=(), where=where)
        )
    return needs


def _wanted(review: Review, unsaid: Sequence[str]) -> tuple[Wanted, ...]:
    wanted = {need.need: need for need in _form_needs(review)}
    for judgement in review.judgements:
        reasons = {item.id: item.reason for item in judgement.criteria}
        for need in judgement.missing:
            made = _plain_need(need, reasons.get(need.criterion, ""), unsaid)
            wanted.setdefault(made.need, made)
    return tuple(wanted.values())


def _plain_need(need: Need, reason: str, unsaid: Sequence[str]) -> Wanted:
    accepts = _plain_all(need.accepts, unsaid)
    what = plain_text(need.need, unsaid) or " 或 ".join(accepts) or "与申请病种有关的病历或检查报告"
    for opening in ("请补充", "还需要", "需要", "补充", "提供", "提交"):
        what = what.removeprefix(opening).lstrip("：: ")
    why = {
        "outside_window": "交来的日期太早了，需要近期的。",
        "other_person": "交来的看起来是另一个人的资料。",
        "hospital_below_level": "需要级别更高的医院（二级及以上）出具的。",
        "hospital_level_unknown": "交来的材料上看不出医院的级别。",
        "low_confidence": "交来的有些字看不清。",
    }.get(reason, "交来的材料里还没有看到这一项。")
    alternatives = _plain_all(need.alternatives, unsaid)
    return Wanted(
        need=what.rstrip("。"),
        why=why,
        accepts=tuple(a for a in accepts if a != what),
        alternatives=alternatives,
        where=plain_text(need.where, unsaid) or "",
    )


def _plain_all(texts: Sequence[str], unsaid: Sequence[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(said.rstrip("。") for text in texts if (said := plain_text(text, unsaid))))


def _received(review: Review, places: Places, unclear: set[str]) -> tuple[Received, ...]:
    used = {e.document for j in review.judgements for item in j.criteria for e in item.evidence}
    turned_down: dict[str, str] = {}
    for judgement in review.judgements:
        for item in judgement.criteria:
            for evidence in item.against:
                if item.reason in _NOT_USED and evidence.document not in used:
                    turned_down.setdefault(evidence.document, _NOT_USED[item.reason])
    received = []
    for document in review.read.documents:
        pages = [page for page in places.pages if page.document is document]
        if not pages:
            continue
        info = pages[0].info
        if info.owner is Owner.OTHER:
            note = _NOT_USED["other_person"]
        elif info.duplicate_of is not None or all(page.read.page.duplicate_of for page in pages):
            note = "和前面的一份相同，只算一份。"
        elif all(page.id in unclear for page in pages):
            note = "看不清，请重拍（见上面）。"
        else:
            note = turned_down.get(document.id, "")
        received.append(
            Received(
                label=_label(info.type),
                date="" if isinstance(info.date, Unknown) else info.date.isoformat(),
                hospital="" if isinstance(info.hospital, Unknown) else single_line(info.hospital),
                pages=tuple(pages),
                note=note,
            )
        )
    return tuple(received)
