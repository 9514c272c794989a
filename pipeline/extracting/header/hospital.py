"""Whose letterhead a document carries: hospital, level printed with it, department.

A discharge record names other hospitals in its history, a lab sheet the laboratory it was sent to; the issuer stands
in the letterhead, at a label of its own, or round the seal, in this order. A name inside prose never counts.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

from pipeline.fields import Field, find_fields, fold
from pipeline.fields.geometry import height, median_height, text_span
from pipeline.nouns import Document, Line, ReadPage
from rules.engine.facts import DocumentType, HospitalLevel, Maybe, Unknown
from rules.vocabulary.documents import load_document_rules, load_people, load_places

__all__ = [
    "Letterhead",
    "department_value",
    "find_department",
    "find_hospital",
    "hospital_names",
    "letterheads",
    "printed_level",
]

_HAN = r"\u3007\u4e00-\u9fff"


@dataclass(frozen=True, slots=True)
class Letterhead:
    """A hospital's name as printed, where, and how sure."""

    name: str
    page: ReadPage
    lines: tuple[Line, ...]
    weight: float
    by_seal: bool = False
    """True when it was read round a seal; then ``lines`` is one that stands for the whole seal."""


def _either(words: Sequence[str]) -> str:
    return "(?:" + "|".join(re.escape(word) for word in sorted(words, key=len, reverse=True)) + ")"


@lru_cache(maxsize=1)
def _name_pattern() -> re.Pattern[str]:
    places = load_places()
    ends = _either(
        [end for end in places.hospital_ends if end not in ("实验室", "药房", "药店", "总院", "分院")] + ["总院"]
    )
    campus = _either([end for end in places.campus_ends if end not in ("院", "医院")])
    return re.compile(
        rf"(?P<name>[{_HAN}A-Za-z0-9·]{{1,4}}[{_HAN}A-Za-z0-9·\-]{{0,28}}?{ends}(?:[{_HAN}]{{2,16}}?医院)?"
        rf"(?:\([{_HAN}·、]{{2,24}}(?:{campus}|医院|院|区)\)|[{_HAN}]{{1,6}}?{campus})?)"
    )


_PROSE = re.compile(
    r"[。;；!?]|就诊于|至我院|来我院|曾在|曾于|外院|遂至|转至|转入|转诊|前往|送往|住院治疗|门诊就诊|入住|于.{0,12}医院.{0,6}(?:行|诊|治|查|住)|"
    r"我院|本院|患者|建议|复查|请[到至在]|地址|网址|公众号|关注|扫码|下载|由.{0,20}(?:承担|提供)|检测单位|委托|合作|送检(?:单位|医院)|来源医院|转出|转往|推荐|供应商|研制|制造|有限公司"
)
_PREFIX = re.compile(
    r"^(?:(?:就诊|定点|检查|检验|开票|收款)?(?:医疗机构|医院|机构|单位)(?:名称)?|名称|欢迎(?:您)?(?:来到|光临)?)[:(]+"
)


def _clean(name: str) -> str:
    name = _PREFIX.sub("", name)
    name = re.sub(r"^[\d.\-·A-Za-z]+(?=[\u4e00-\u9fff])", "", name)
    name = re.sub(r"^(?:印章|盖章|公章|加盖|专用章|电子)+", "", name)
    # 江西省医疗机构某某医院: what stands before belongs to the form, not to the name.
    return re.sub(r"^(?:卫生健康委员会|卫健委|医疗机构)", "", name)


def hospital_names(text: str) -> Iterator[str]:
    """Names of medical institutions in a line, folded, without what stands before and behind them."""
    places = load_places()
    for match in _name_pattern().finditer(text):
        name = _clean(match.group("name"))
        if len(name) >= 4 and name not in places.not_hospitals and not name.endswith(("申请医院", "送检医院")):
            yield name


@lru_cache(maxsize=1)
def _title_words() -> tuple[str, ...]:
    words = {title for rule in load_document_rules() for title in rule.titles if len(title) >= 3}
    return tuple(sorted(words, key=len, reverse=True))


def _shape(line: Line, text: str, page: ReadPage, tall: float, span: tuple[float, float, float, float]) -> float:
    """How much a line looks like a letterhead: place, size, and nothing else on it."""
    x0, y0, x1, y1 = span
    rank = (line.upright[1] - y0) / max(y1 - y0, 1.0)
    score = 0.6 if rank <= 0.1 else 0.5 if rank <= 0.2 else 0.3 if rank <= 0.3 else 0.0
    size = height(line) / max(tall, 1e-6)
    score += 0.4 if size >= 1.4 else 0.25 if size >= 1.15 else 0.0
    centre = (line.upright[0] + line.upright[2]) / 2
    score += 0.15 if abs(centre - (x0 + x1) / 2) < 0.15 * max(x1 - x0, 1.0) else 0.0
    return score


def _letterheads(page: ReadPage) -> Iterator[Letterhead]:
    tall = median_height(page.lines)
    span = text_span(page.lines)
    for line in page.lines:
        text = re.sub(r"[\"'“”*#=_|]", "", fold(line.text).text)
        if not 4 <= len(text) <= 60 or _PROSE.search(text):
            continue
        for name in hospital_names(text):
            rest = text.replace(name, "", 1)
            extra = len(re.sub(r"[()\[\]A-Za-z0-9·:,.\-]", "", rest))
            for word in _title_words():
                if word in rest:
                    extra -= len(word)
                    break
            shape = _shape(line, text, page, tall, span)
            weight = shape - 0.03 * max(0, extra - 2)
            # A line of nothing but the name, wherever it stands, is a footer or a seal.
            weight = max(weight, 0.12 if extra <= 3 else 0.0)
            lines: tuple[Line, ...] = (line,)
            if shape < 0.3 and extra > 12:
                continue
            joined = _joined_above(line, name, text, page)
            if joined is not None:
                name, above = joined
                lines = (above, line)
            yield Letterhead(_as_printed(name, lines), page, lines, weight)
            break
        else:
            # 复旦大学附属 | 中山医院 in two lines: the lower one is found on its own and looks up.
            continue


def _as_printed(name: str, lines: Sequence[Line]) -> str:
    """The folded ``name`` in the characters of its lines (full-width brackets kept, white space dropped)."""
    printed = "".join(line.text for line in lines)
    text = fold(printed)
    at = text.text.find(name)
    if at < 0:
        return name
    return "".join(printed[text.index[i]] for i in range(at, at + len(name)))


_HALF = re.compile(
    rf"^[{_HAN}]{{2,14}}(?:大学|附属|省|市|自治区|医科|学院|集团|军区|解放军|第[一二三四五六七八九十]+)$"
)


def _joined_above(line: Line, name: str, text: str, page: ReadPage) -> tuple[str, Line] | None:
    if not text.startswith(name):
        return None
    for other in page.lines:
        gap = line.upright[1] - other.upright[3]
        if other is line or not -0.4 * height(line) <= gap <= 1.2 * height(line):
            continue
        upper = fold(other.text).text
        if _HALF.match(upper) and not name.startswith(upper) and 0.6 < height(other) / height(line) < 1.7:
            overlap = min(line.upright[2], other.upright[2]) - max(line.upright[0], other.upright[0])
            if overlap > 0:
                return upper + name, other
    return None


def _by_label(document: Document) -> Iterator[Letterhead]:
    for page in document.pages:
        for field in find_fields(page):
            if field.key != "hospital":
                continue
            sender = field.label.startswith("送检")
            for candidate in field.candidates[:2]:
                named = next(iter(hospital_names(candidate.text)), None)
                if named and not _PROSE.search(candidate.text):
                    yield Letterhead(
                        _as_printed(named, candidate.lines),
                        page,
                        (field.line, *candidate.lines),
                        0.35 if sender else 0.85,
                    )
                    break


_NO_LETTERHEAD = frozenset({DocumentType.IDENTITY_CARD})


def letterheads(document: Document) -> tuple[Letterhead, ...]:
    """Every place where the issuer's name may stand, by label or as a letterhead, with how much it looks like one."""
    if document.type in _NO_LETTERHEAD:
        return ()
    found: list[Letterhead] = list(_by_label(document))
    for number, page in enumerate(document.pages):
        for head in _letterheads(page):
            found.append(Letterhead(head.name, page, head.lines, head.weight - 0.1 * min(number, 3)))
    return tuple(found)


def find_hospital(document: Document) -> Letterhead | None:
    """The issuer's name as printed, or None.

    The first page's letterhead outweighs later pages; a footer's text counts when nothing stands on top.
    """
    found = letterheads(document)
    if not found:
        return None
    counts: dict[str, int] = {}
    for head in found:
        counts[head.name] = counts.get(head.name, 0) + 1
    best = max(
        found, key=lambda head: head.weight + 0.08 * min(counts[head.name] - 1, 3) + 0.004 * min(len(head.name), 20)
    )
    # 上饶市人民医院 glued or cut: a longer printing of the same name elsewhere is the whole one.
    return best if best.weight >= 0.1 else None


_LEVEL = re.compile(
    r"(?:国家级?|省级)?(三|二|一)级[(·.\-]?(甲|乙|丙|特)?等?\)?(?:综合性?|专科|中医|中西医结合|妇幼保健|肿瘤|精神|公立)*(?:医院|医疗机构)?"
    r"|(三|二|一)(甲|乙|丙)(?:医院|综合)?"
)
_RANKS = {"一": 1, "二": 2, "三": 3}


def printed_level(document: Document, head: Letterhead | None) -> tuple[HospitalLevel, ReadPage, Line] | None:
    """Level printed in the letterhead (三级甲等医院) or beside a label 医院等级; never one inside prose."""
    for page in document.pages[:1]:
        _, y0, _, y1 = text_span(page.lines)
        for line in page.lines:
            text = fold(line.text).text
            rank = (line.upright[1] - y0) / max(y1 - y0, 1.0)
            label = re.search(
                r"(?:医院|医疗机构|机构)(?:等级|级别|等次|级别等级)(?:\([^()]{1,6}\))?:?"
                r"((?:三|二|一)级[(·.\-]?(?:甲|乙|丙)?等?|[三二一][甲乙丙])",
                text,
            )
            own = head is not None and line in head.lines
            # Brackets in a bracket: print puts (  ) around a level that is stored with its own.
            alone = re.fullmatch(rf"[(\[]*(?:(?:等级|级别):?)?(?:{_LEVEL.pattern})[)\]]*", text)
            below = head is not None and 0 <= line.upright[1] - head.lines[-1].upright[3] < 3 * height(line)
            if not label and not (own or (alone and (rank <= 0.25 or below))):
                continue
            source = label.group(1) if label else text
            if not label and own and head is not None:
                source = text.replace(head.name, "", 1) if "级" not in head.name else text
                if re.search(r"护理|高血压|手术|预防|公立", source):
                    continue
            match = _LEVEL.search(source)
            if match:
                digit = match.group(1) or match.group(3)
                grade = match.group(2) or match.group(4)
                return (
                    HospitalLevel(rank=_RANKS[digit], grade=grade if grade != "特" else None, source="printed"),
                    page,
                    line,
                )
    return None


def department_value(text: str) -> str | None:
    """Return the department that a folded text names, None where it is something else."""
    text = re.sub(r"^[\d.\-:()\[\]]+", "", text)
    text = re.split(r"[,，;；:|]|床号|床位|病区[:：]|住院号|门诊号|\d{4,}", text, maxsplit=1)[0].strip("()[]_-.")
    if not 2 <= len(text) <= 20 or not re.search(r"[\u4e00-\u9fff]", text):
        return None
    ends = tuple(load_people().department_ends)
    known = load_places().departments
    plain = re.sub(r"\(.*?\)|[\d一二三四五六七八九十]+(?:病区|区|科|组)?$|(?:病区|门诊|诊区|病房)$", "", text)
    if text.endswith(ends) or plain.endswith(ends) or any(word in text for word in known) or text.endswith("门诊"):
        return text
    return None


_PREFERRED = ("就诊科室", "出院科室", "出院科别", "科室名称", "科室", "科别", "申请科室", "送检科室", "开单科室")


def find_department(document: Document) -> tuple[Maybe[str], Field | None, ReadPage | None]:
    """Department by label; UNREADABLE where a label stands without a readable value."""
    found: list[tuple[int, str, Field, ReadPage]] = []
    labelled = False
    for page in document.pages:
        for field in find_fields(page):
            if field.key != "department":
                continue
            labelled = labelled or field.colon
            for candidate in field.candidates:
                value = department_value(candidate.text)
                if value:
                    rank = _PREFERRED.index(field.label) if field.label in _PREFERRED else len(_PREFERRED)
                    found.append((rank, value, field, page))
                    break
    if found:
        _, value, field, page = min(found, key=lambda item: item[0])
        return value, field, page
    return (Unknown.UNREADABLE if labelled else Unknown.ABSENT), None, None
