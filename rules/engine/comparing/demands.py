"""The facets of each kind of condition: which parameter is which demand, and how it is put in words.

A new predicate gets a line for each of its parameters here; one without is compared all the same and called by its
value, so that no difference is ever passed over.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from pydantic import BaseModel

from rules.engine.case_view import short_label
from rules.engine.comparing.bounds import lab_entry, measure_entry, other_demands
from rules.engine.comparing.facets import Entries, Entry, Facet, Many, One
from rules.engine.comparing.model import Kind
from rules.engine.comparing.regexes import alternatives, shown
from rules.engine.comparing.words import KINDS_OF_TREATMENT, MODALITIES, listed
from rules.engine.dates import parse_period
from rules.engine.predicates.base import document_types
from rules.engine.predicates.diagnosis import DEFAULT_DOCUMENTS, DiagnosisParams, grade_rank
from rules.engine.predicates.measurement import MeasureParams
from rules.engine.predicates.patient import CourseParams
from rules.engine.targets import Target, make_target
from rules.vocabulary import Vocabulary

__all__ = ["WORDS", "Scene", "facets_of"]


@dataclass(frozen=True, slots=True)
class Scene:
    """What a condition is read against."""

    vocabulary: Vocabulary
    target: Target
    """The disease of the rule."""


Make = Callable[[str, Any, BaseModel, Scene], Facet]


def _period(word: str, free: str = "", prefix: str = "") -> Make:
    def make(name: str, value: Any, params: BaseModel, scene: Scene) -> Facet:
        if value is None:
            return One(word, None, "", free=free)
        period = parse_period(value)
        written = str(value).removeprefix(prefix)
        return One(word, (period.months, period.days), f"{prefix}{period.text}", written=written, free=free)

    return make


def _count(word: str, unit: str = "次", free: str = "") -> Make:
    def make(name: str, value: Any, params: BaseModel, scene: Scene) -> Facet:
        return One(word, value, f"{value} {unit}", free=free)

    return make


def _choice(word: str, words: Mapping[Any, str]) -> Make:
    return lambda name, value, params, scene: One(word, value, words.get(value, str(value)))


def _text(word: str, kind: Kind = Kind.MEANING) -> Make:
    return lambda name, value, params, scene: One(word, value or "", f"“{value}”" if value else "病种名称", kind=kind)


def _names(word: str, kind: str, free: str = "") -> Make:
    """A set of terms of the vocabulary."""

    def make(name: str, value: Any, params: BaseModel, scene: Scene) -> Facet:
        terms: dict[str, Any] = {}
        for each in kind.split():
            terms |= getattr(scene.vocabulary, each)
        return Many(word, {term: terms[term].name if term in terms else term for term in value}, free=free)

    return make


def _set(word: str, words: Mapping[str, str] | None = None, free: str = "") -> Make:
    return lambda name, value, params, scene: Many(word, {v: (words or {}).get(v, str(v)) for v in value}, free=free)


def _regex(word: str, free: str = "") -> Make:
    """A regular expression: searched for, so the order of its alternatives says nothing."""
    return lambda name, value, params, scene: Many(
        word, {part: shown(part) for part in alternatives(value or "")}, free=free
    )


def _documents(word: str, free: str = "不限材料") -> Make:
    def make(name: str, value: Any, params: BaseModel, scene: Scene) -> Facet:
        certified = isinstance(params, DiagnosisParams) and not isinstance(params, CourseParams)
        default = DEFAULT_DOCUMENTS if certified and name == "documents" else ()
        kinds = sorted(document_types(tuple(value) or default))
        return Many(word, {kind: short_label(kind) for kind in kinds}, free=free)

    return make


_LEVELS = {"一级": "一级及以上", "二级": "二级及以上", "三级": "三级及以上"}


def _level(name: str, value: Any, params: BaseModel, scene: Scene) -> Facet:
    bare = None if value is None else str(value).removesuffix("及以上")
    return One("医疗机构级别", bare, _LEVELS.get(bare or "", bare or ""), free="不限级别")


def _grade(name: str, value: Any, params: BaseModel, scene: Scene) -> Facet:
    return One("分级", grade_rank(value), f"{value}级及以上", free="不限分级")


def _concepts(word: str) -> Make:
    """Diagnoses meant, with everything narrower; the most general of those that differ are named."""

    def make(name: str, value: Any, params: Any, scene: Scene) -> Facet:
        terms = scene.vocabulary.diagnoses
        own = name == "concepts" and isinstance(params, DiagnosisParams) and not (value or params.icd10)
        concepts = scene.target.concepts if own else _narrower(value, scene)

        def join(members: Mapping[Hashable, str]) -> str:
            return listed(members[c] for c in sorted(map(str, members)) if not members.keys() & set(terms[c].broader))

        return Many(word, {c: terms[c].name for c in concepts}, own=own, join=join)

    return make


def _narrower(concepts: Any, scene: Scene) -> frozenset[str]:
    if not concepts:
        return frozenset()
    return make_target("", concepts=concepts, icd10=(), vocabulary=scene.vocabulary).concepts


def _codes(word: str) -> Make:
    def make(name: str, value: Any, params: Any, scene: Scene) -> Facet:
        own = isinstance(params, DiagnosisParams) and not (params.concepts or params.icd10)
        codes = (*scene.target.codes.prefixes, *("-".join(span) for span in scene.target.codes.ranges))
        written = codes if own and name == "icd10" else tuple(map(_code, value))
        return Many(word, {c: c for c in sorted(written)}, own=own, whole=True)

    return make


def _code(text: str) -> str:
    return text.strip().upper().replace("–", "-").replace("~", "-").replace("至", "-").replace(" ", "")


def _graded(name: str, value: Any, params: Any, scene: Scene) -> Facet:
    entries = []
    for entry in value:
        names = listed(scene.vocabulary.diagnoses[c].name for c in entry.concepts)
        codes, rank = frozenset(map(_code, entry.icd10)), grade_rank(entry.grade_at_least)
        more = other_demands(entry, frozenset({"concepts", "icd10", "grade_at_least"}))
        key = (_narrower(entry.concepts, scene), codes, rank, *sorted(more.items()))
        entries.append(Entry(names, key, f"{entry.grade_at_least} 及以上"))
    return Entries("同样算数的诊断", tuple(entries), "的分级要求")


def _signers(name: str, value: Any, params: Any, scene: Scene) -> Facet:
    return Many("签署医师的职称", {title: title for title in value.titles} if value else {}, free="不限职称")


def _signer_count(params: BaseModel) -> Facet | None:
    signers = getattr(params, "signers", None)
    return None if signers is None else One("签署医师", signers.at_least, f"{signers.at_least} 名", free="不要求签署")


def _comparisons(name: str, value: Any, params: Any, scene: Scene) -> Facet:
    if value and isinstance(value[0], MeasureParams):
        return Entries("可用指标", tuple(measure_entry(entry, scene.vocabulary) for entry in value))
    return Entries("可用化验", tuple(lab_entry(entry, scene.vocabulary) for entry in value))


def _numbers(word: str) -> Make:
    return lambda name, value, params, scene: Entries(
        word, tuple(measure_entry(entry, scene.vocabulary) for entry in value)
    )


_YES = {True: "是", False: "否"}
_CONCEPTS_OF_TREATMENT = _names("认可的治疗", "procedures drugs")

WORDS: Mapping[str, Make] = {
    "documents": _documents("可用材料"),
    "record_documents": _documents("治疗记录单", free=""),
    "hospital_level": _level,
    "window": _period("窗口", "不限时间", "近"),
    "departments": _set("科室", free="不限科室"),
    "concepts": _concepts("认可的诊断"),
    "icd10": _codes("认可的诊断编码"),
    "exclude_icd10": _codes("排除的诊断编码"),
    "weak_concepts": _concepts("交人工判断的诊断"),
    "grade_at_least": _grade,
    "grade_scale": _count("分级的最高一级", "级"),
    "or_graded": _graded,
    "signers": _signers,
    "hospital_words": _regex("医院名称中认作此类的字样"),
    "open_words": _regex("医院名称中不能断定类别的字样"),
    "words": _regex("诊断名称须含的字样"),
    "contrary": _regex("诊断名称中表示相反的字样"),
    "any_of": _comparisons,
    "times": _count("次数"),
    "span": _period("首末次相隔", "不要求相隔", "满"),
    "analytes": _names("可用化验", "analytes"),
    "consistent": _choice("同类检验一次合、一次不合的", {True: "判证据冲突", False: "以合的一次为准"}),
    "findings": _names("算阳性的所见", "findings"),
    "excluded_by": _names("单独否定即算阴性的所见", "findings", "须全部否定"),
    "weak": _names("交人工判断的所见", "findings"),
    "normal": _names("算检查正常的说法", "findings"),
    "area": _regex("须提到的部位", "不限部位"),
    "modalities": _set("认可的检查", MODALITIES, "不限检查"),
    "normal_modalities": _set("正常结果可作阴性的检查", MODALITIES, "与认可的检查相同"),
    "numbers": _numbers("按数值算阳性的指标"),
    "unsure_numbers": _numbers("达到时交人工的指标"),
    "doubt_words": _regex("见到即交人工的字样"),
    "conclusion_only": _choice("只见于检查所见、未写进结论的阳性", {True: "交人工", False: "算阳性"}),
    "kinds": _set("认可的治疗种类", KINDS_OF_TREATMENT),
    "weak_kinds": _set("交人工判断的治疗种类", KINDS_OF_TREATMENT),
    "classes": _set("认可的药物或治疗类别"),
    "outpatient": _count("门诊次数", free="门诊不计"),
    "inpatient": _count("住院次数", free="住院不计"),
    "outpatient_by": _choice(
        "门诊与本病的关联", {"disease_or_treatment": "写明诊断或用药均可", "treatment": "须见用药或治疗"}
    ),
    "field": _text("申请表栏目"),
    "ink": _choice("须有签名或印章", _YES),
    "form.any_of": _set("栏内可写"),
    "age_at_least": _count("最小年龄", "周岁", "不限"),
    "age_at_most": _count("最大年龄", "周岁", "不限"),
    "sex": _choice("性别", {}),
    "at_least": _period("病程", prefix="满"),
    "after": _period("出院到材料日期的间隔", prefix="满"),
    "section_history": _choice("病史叙述", _YES),
    "text": _text("须由人工确认的事项"),
    "k": _count("至少须具备的项数", "项", "全部"),
    "name": _text("名称", Kind.WORDING),
    "wanted": _text("所要求形式的叫法", Kind.WORDING),
    "hospital_kind": _text("医院类别的叫法", Kind.WORDING),
    "treatment.concepts": _CONCEPTS_OF_TREATMENT,
    "visits.concepts": _CONCEPTS_OF_TREATMENT,
}
"""Parameter, or kind and parameter -> facet."""


def facets_of(kind: str, params: BaseModel, scene: Scene, *, without: frozenset[str]) -> dict[str, Facet]:
    """Facets by parameter, and under ``reading`` the sentences of ours that stand anywhere in the condition."""
    found: dict[str, Facet] = {}
    for name in type(params).model_fields:
        if name == "reading" or name in without:
            continue
        value = getattr(params, name)
        make = WORDS.get(f"{kind}.{name}") or WORDS.get(name)
        found[name] = make(name, value, params, scene) if make else One("其他要求", repr(value), f"“{value}”")
    count = _signer_count(params)
    if count is not None:
        found["signers.at_least"] = count
    sentences = dict.fromkeys(_readings(params.model_dump()))
    found["reading"] = Many("本系统读法", {s: f"“{s}”" for s in sentences}, kind=Kind.READING)
    return found


def _readings(data: Any) -> Iterator[str]:
    if isinstance(data, dict):
        for key, value in data.items():
            if key == "reading" and isinstance(value, str):
                yield value
            else:
                yield from _readings(value)
    elif isinstance(data, list | tuple):
        for value in data:
            yield from _readings(value)
