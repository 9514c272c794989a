"""Which analytes a printed name may mean. Several are normal: 葡萄糖 is printed on blood, urine and CSF sheets.

Order of trust: the whole name, the name without a recognised bracket (method, code, specimen), the name with glyphs
folded that readers confuse, and last a cautious fuzzy comparison that never crosses a dangerous pair.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from enum import IntEnum

from rapidfuzz import fuzz, process

from rules.vocabulary import Vocabulary
from rules.vocabulary.cleaning import fold_key, half_width, name_key, strip_lead

__all__ = ["AnalyteIndex", "Named", "Trust", "analyte_index"]


class Trust(IntEnum):
    """How a name was recognised; lower is weaker."""

    NONE = 0
    FUZZY = 1
    FOLDED = 2
    EXACT = 3


@dataclass(frozen=True, slots=True)
class Named:
    """Ids of the analytes that a text may mean and how well it names them."""

    ids: frozenset[str]
    trust: Trust


NOTHING = Named(frozenset(), Trust.NONE)

_METHOD = re.compile(
    r"酶法|速率法|比色法|比浊法|发光法?|电极法?|直接法|干化学|免疫|层析|胶体金|荧光|流式|散射|透射|终点法|双缩脲|溴甲酚|氧化|紫外|法$|"
    r"定量|定性|测定|血清|血浆|全血|静脉血?|末梢血?|血$|快速|急诊|干式|湿式|生化|手工|仪器|自动|计算值?|酶联|ELISA|CLIA|ECLIA|"
    r"TRFIA|IFCC推荐|EDTA|新版|复查|初筛|化学|磁微粒|罗氏|雅培|贝克曼|西门子|迈瑞|希森美康|国产|进口",
    re.IGNORECASE,
)
_SPECIMEN_BRACKET = {
    "尿": "尿",
    "尿液": "尿",
    "随机尿": "尿",
    "晨尿": "尿",
    "脑脊液": "脑脊液",
    "胸水": "胸腹水",
    "腹水": "胸腹水",
}
_BRACKET = re.compile(r"\(([^()]*)\)")
# Words that tell two analytes apart. A fuzzy match must carry exactly the same ones.
_TELLING = re.compile(
    r"直接|间接|总|非|结合|游离|高密度|低密度|极低|小而密|高敏|超敏|抗原|抗体|表面|核心|前|[甲乙丙丁戊]|[钾钠氯钙镁磷铁铜锌铅硒碘]|尿|便|脑脊液|"
    r"胸水|腹水|积液|骨髓|白|红|球|血小板|淋巴|单核|中性|嗜酸|嗜碱|幼|比值?|比率|清除|分布|平均|压积|指数|受体|活性|活动度|浓度|时间|空腹|"
    r"餐后|小时|分钟|点|糖化|载脂|转|肌|胆|尿素|尿酸|亚型|轻链|因子|Ⅰ|Ⅱ|抑制|酶原|促|雌|雄|孕|睾|皮质|生长|泌乳|卵泡|黄体|降钙|原|"
    r"[A-Z0-9%#+/]+"
)


class AnalyteIndex:
    """Lookup tables over the analytes of one vocabulary."""

    def __init__(self, vocabulary: Vocabulary) -> None:
        self._names: dict[str, set[str]] = {}
        self._codes: dict[str, set[str]] = {}
        for analyte in vocabulary.analytes.values():
            for name in analyte.names:
                self._names.setdefault(name_key(name), set()).add(analyte.id)
            for code in analyte.abbreviations:
                self._codes.setdefault(name_key(code), set()).add(analyte.id)
        self._folded = _fold((*self._names.items(), *self._codes.items()))
        self._long = [key for key in self._names if len(key) >= 5 and re.search(r"[\u4e00-\u9fff]", key)]
        self._specimens = {a.id: frozenset(a.specimens) for a in vocabulary.analytes.values()}

    def code(self, text: str | None) -> Named:
        """Look up an abbreviation printed in a column of its own."""
        if not text or not text.strip():
            return NOTHING
        key = name_key(strip_lead(text))
        found = self._codes.get(key) or self._names.get(key)
        if found:
            return Named(frozenset(found), Trust.EXACT)
        folded = self._folded.get(fold_key(key)) if len(key) >= 2 else None
        return Named(frozenset(folded), Trust.FOLDED) if folded else NOTHING

    def name(self, text: str) -> Named:
        """Look up a name as printed, with what may stand in its brackets and before it."""
        found = self._literal(text)
        return found if found.ids else self._fuzzy(text)

    def _literal(self, text: str) -> Named:
        weakest = NOTHING
        for variant in _variants(text):
            key = name_key(variant)
            ids = self._names.get(key, set()) | self._codes.get(key, set())
            if ids:
                return Named(self._by_bracket(text, ids), Trust.EXACT)
            folded = self._folded.get(fold_key(key))
            if folded and len(key) >= 2 and not weakest.ids:
                weakest = Named(frozenset(folded), Trust.FOLDED)
        return weakest

    def _by_bracket(self, text: str, ids: set[str]) -> frozenset[str]:
        """Keep the candidates of the specimen that a bracket names: 肌酐(尿)."""
        for inner in _BRACKET.findall(_brackets(text)):
            specimen = _SPECIMEN_BRACKET.get(inner.strip())
            kept = {i for i in ids if specimen in self._specimens[i]}
            if kept:
                return frozenset(kept)
        return frozenset(ids)

    def _fuzzy(self, text: str) -> Named:
        key = name_key(strip_lead(text))
        if len(key) < 5 or not re.search(r"[\u4e00-\u9fff]{3}", key):
            return NOTHING
        close = process.extract(key, self._long, scorer=fuzz.ratio, limit=6, score_cutoff=82)
        telling = sorted(_TELLING.findall(key))
        fits = [(k, s) for k, s, _ in close if abs(len(k) - len(key)) <= 1 and sorted(_TELLING.findall(k)) == telling]
        if not fits:
            return NOTHING
        best = max(score for _, score in fits)
        ids: set[str] = set().union(*(self._names[k] for k, score in fits if score >= best - 6))
        # Homonyms over specimens share one key; different keys that lead elsewhere make the match unsafe.
        keys = {k for k, score in fits if score >= best - 6}
        if len(keys) > 1 and len({frozenset(self._names[k]) for k in keys}) > 1:
            return NOTHING
        return Named(frozenset(ids), Trust.FUZZY)


def _brackets(text: str) -> str:
    return half_width(text).replace("【", "(").replace("】", ")").replace("[", "(").replace("]", ")")


def _variants(text: str) -> Iterable[str]:
    """The name as it stands, then without row number, brackets of method or code, 测定, and a glued code."""
    whole = _brackets(text).strip()
    lead = strip_lead(whole)
    yield whole
    if lead != whole:
        yield lead
    stripped = lead
    for match in _BRACKET.finditer(lead):
        inner = match.group(1).strip()
        if _METHOD.search(inner) or inner in _SPECIMEN_BRACKET or re.fullmatch(r"[A-Za-z][\w+\-/%#.]*", inner):
            stripped = stripped.replace(match.group(), "")
    if stripped != lead:
        yield stripped
    open_end = re.sub(r"\([^()]*$", "", stripped)  # a bracket cut off at the column's edge
    if open_end != stripped:
        yield open_end
    bare = re.sub(r"(?:定量|定性)?(?:测定|检测|检查|试验)?$", "", open_end.strip())
    bare = re.sub(r"^(?:血清|血浆|全血)", "", bare)
    if len(bare) >= 2 and bare != open_end:
        yield bare
    # 白细胞计数WBC, WBC白细胞计数, 白细胞 WBC
    glued = re.fullmatch(r"([A-Za-z][\w+\-/%#]*)\s*([\u4e00-\u9fff].+)", open_end.strip())
    if glued:
        yield glued.group(2)
    glued = re.fullmatch(r"(.*[\u4e00-\u9fff)])\s*([A-Za-z][\w+\-/%#]*)", open_end.strip())
    if glued:
        yield glued.group(1)
        if not re.search(r"[%#]", glued.group(1)) and len(glued.group(2)) >= 3:
            yield glued.group(2)


def _fold(items: Iterable[tuple[str, set[str]]]) -> dict[str, set[str]]:
    folded: dict[str, set[str]] = {}
    sources: dict[str, set[frozenset[str]]] = {}
    for key, ids in items:
        target = fold_key(key)
        folded.setdefault(target, set()).update(ids)
        sources.setdefault(target, set()).add(frozenset(ids))
    # Where folding brings unlike names together (CA1 and CAL), it tells nothing.
    return {key: ids for key, ids in folded.items() if len(sources[key]) == 1 or len(ids) == 1}


_INDEXES: dict[int, tuple[Vocabulary, AnalyteIndex]] = {}


def analyte_index(vocabulary: Vocabulary) -> AnalyteIndex:
    """Return the index of ``vocabulary``, built once and kept as long as the process lives."""
    held = _INDEXES.get(id(vocabulary))
    if held is None or held[0] is not vocabulary:
        held = (vocabulary, AnalyteIndex(vocabulary))
        _INDEXES[id(vocabulary)] = held
    return held[1]
