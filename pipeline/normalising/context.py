"""Decides which analyte a row means, from name, code, specimen, unit, range and the rows around it.

The same word is printed on blood, urine and fluid sheets (白细胞, 葡萄糖, 蛋白). Where nothing tells them apart the
answer is no analyte, never a guess.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from pipeline.normalising.ranges import fits_typical, range_distance, unit_by_range
from rules.engine.facts import DocumentType, LabResult
from rules.vocabulary import Vocabulary
from rules.vocabulary.cleaning import half_width
from rules.vocabulary.lookup import AnalyteIndex, Trust, analyte_index, known_units, read_unit
from rules.vocabulary.schema import Analyte

__all__ = ["Meaning", "resolve", "specimen_group"]


@dataclass(frozen=True, slots=True)
class Meaning:
    """Analyte of a row, or None with the reason among ``doubts``."""

    analyte: Analyte | None
    doubts: tuple[str, ...] = ()


_GROUPS = (
    ("脑脊液", r"脑脊液|CSF"),
    ("骨髓", r"骨髓"),
    ("胸腹水", r"胸水|腹水|胸腔积液|腹腔积液|胸腹水|积液|穿刺液|引流液|浆膜腔|心包液|腹透液|透析液|关节腔液"),
    ("关节液", r"关节液|滑膜液"),
    ("精液", r"精液"),
    ("痰", r"痰|肺泡灌洗|支气管灌洗"),
    ("分泌物", r"分泌物|拭子|白带"),
    ("粪便", r"粪|便"),
    ("尿", r"尿|URINE"),
    ("血", r"血|SERUM|PLASMA|BLOOD|促凝|EDTA|肝素|枸橼酸|抗凝|分离胶"),
)


def specimen_group(text: str | None) -> str | None:
    """Group a printed specimen (静脉血, 随机尿, 大便 ...) as the vocabulary names it; None when it tells nothing."""
    if not text:
        return None
    plain = half_width(text).upper()
    return next((group for group, pattern in _GROUPS if re.search(pattern, plain)), None)


@dataclass(slots=True)
class _Row:
    result: LabResult
    ids: frozenset[str]
    trust: Trust
    doubts: set[str]
    settled: bool = False


def resolve(
    results: Sequence[LabResult], types: dict[str, DocumentType], *, vocabulary: Vocabulary
) -> tuple[Meaning, ...]:
    """Return the meaning of each of ``results``, in order. Rows of one document and page help each other."""
    index = analyte_index(vocabulary)
    rows = [_first(result, index, vocabulary) for result in results]
    for row in rows:
        row.settled = len(row.ids) == 1
    places = [(row.result.document, row.result.evidence[0].page if row.result.evidence else 0) for row in rows]
    settled_before = [row.settled for row in rows]
    meanings: list[Meaning] = []
    for number, row in enumerate(rows):
        around = [
            other
            for _, other in sorted(
                (
                    (abs(k - number), o)
                    for k, o in enumerate(rows)
                    if k != number and places[k] == places[number] and settled_before[k]
                ),
                key=lambda pair: pair[0],
            )
        ]
        kind = types.get(row.result.document, DocumentType.UNKNOWN)
        meanings.append(_settle(row, around, kind, vocabulary))
    return tuple(meanings)


def _first(result: LabResult, index: AnalyteIndex, vocabulary: Vocabulary) -> _Row:
    named, code = index.name(result.name), index.code(result.abbreviation)
    ids, trust, doubts = named.ids, named.trust, set[str]()
    if ids and code.ids:
        both = ids & code.ids
        if both:
            ids, trust = both, max(trust, code.trust)
        elif trust is Trust.FUZZY and code.trust is Trust.EXACT:
            ids, trust = code.ids, code.trust
        elif _one_family(ids, code.ids):
            pass  # INS beside 空腹胰岛素, GLU beside 空腹血糖: the name says more
        elif code.trust is Trust.EXACT and len((result.abbreviation or "").strip()) > 1:
            doubts.add("ambiguous_name")  # name and code of two analytes: columns may have slipped
    elif code.ids:
        ids, trust = code.ids, code.trust
    row = _Row(result, ids, trust, doubts)
    group = specimen_group(result.specimen)
    if group:
        _keep(row, lambda a: group in a.specimens, vocabulary)
    if result.value is None and not re.search(r"\d{2,}|\d\.\d", result.text):
        _keep(row, lambda a: a.kind != "quantitative", vocabulary)
    elif result.unit:
        _keep(row, lambda a: a.kind != "qualitative", vocabulary)
    if result.unit:
        _keep(row, lambda a: _has_unit(result.unit or "", a), vocabulary)
    return row


def _one_family(names: frozenset[str], codes: frozenset[str]) -> bool:
    """True where an id of one side extends one of the other: glucose and glucose_fasting."""
    return any(a.startswith(f"{b}_") or b.startswith(f"{a}_") for a in names for b in codes)


def _keep(row: _Row, wanted: object, vocabulary: Vocabulary) -> None:
    """Narrow the candidates, unless none would be left."""
    assert callable(wanted)
    kept = frozenset(i for i in row.ids if wanted(vocabulary.analytes[i]))
    if kept:
        row.ids = kept


def _has_unit(unit: str, analyte: Analyte) -> bool:
    if not known_units(analyte):
        return False
    read = read_unit(unit, analyte)
    return read is not None and not read.repaired and read.unit in known_units(analyte)


def _settle(row: _Row, around: Sequence[_Row], kind: DocumentType, vocabulary: Vocabulary) -> Meaning:
    analytes = vocabulary.analytes
    supported = row.settled or specimen_group(row.result.specimen) is not None
    if len(row.ids) > 1:
        group = _vote([analytes[next(iter(o.ids))].specimens for o in around[:6]])
        if group:
            before = row.ids
            _keep(row, lambda a: group in a.specimens, vocabulary)
            supported = supported or row.ids != before or all(group in analytes[i].specimens for i in row.ids)
    if len(row.ids) > 1:
        panels = {analytes[next(iter(o.ids))].panel for o in around[:8]}
        _keep(row, lambda a: a.panel in panels, vocabulary)
    if len(row.ids) > 1:
        kept = frozenset(i for i in row.ids if fits_typical(row.result, analytes[i]) is not False)
        row.ids = kept or row.ids
        near = _nearest(row, vocabulary)
        if near:
            row.ids, supported = frozenset({near}), True
    if len(row.ids) > 1:
        row.ids = _strip_or_sediment(row)
    if len(row.ids) > 1:
        blood = frozenset(i for i in row.ids if "血" in analytes[i].specimens)
        if len(blood) == 1 and not _clearly_not(row.result, analytes[next(iter(blood))]):
            row.ids = blood
            # A sheet of one lonely row may be of any specimen; in prose a bare 肌酐 is that of blood.
            if (
                not supported
                and kind is DocumentType.LAB_REPORT
                and fits_typical(row.result, analytes[next(iter(blood))]) is None
            ):
                row.doubts.add("ambiguous_name")
    if len(row.ids) != 1:
        return Meaning(None, ("ambiguous_name",) if row.ids else tuple(sorted(row.doubts)))
    analyte = analytes[next(iter(row.ids))]
    if row.trust is Trust.FUZZY and not fits_typical(row.result, analyte):
        row.doubts.add("ambiguous_name")
    group = specimen_group(row.result.specimen)
    if group and analyte.specimens and group not in analyte.specimens:
        row.doubts.add("ambiguous_name")
    return Meaning(analyte, tuple(sorted(row.doubts)))


def _nearest(row: _Row, vocabulary: Vocabulary) -> str | None:
    """The candidate whose typical range is the printed one, clearly nearer than that of any other (离子钙, 总钙)."""
    distances: list[tuple[Decimal, str]] = []
    for candidate in sorted(row.ids):
        analyte = vocabulary.analytes[candidate]
        if fits_typical(row.result, analyte):
            read = read_unit(row.result.unit, analyte)
            unit = unit_by_range(row.result, analyte) or (read.unit if read else None)
            distance = range_distance(row.result, analyte, unit) if unit else None
            if distance is not None:
                distances.append((distance, candidate))
    distances.sort()
    clear = distances and (len(distances) == 1 or distances[1][0] > distances[0][0] * Decimal("1.4"))
    return distances[0][1] if clear else None


def _vote(specimens: Sequence[tuple[str, ...]]) -> str | None:
    """The specimen that all rows around share, or that most of the nearest share; None where they are mixed."""
    votes = Counter(group for groups in specimens for group in groups if len(groups) == 1)
    if not votes:
        return None
    (best, count), *rest = votes.most_common(2)
    return best if not rest or count >= 3 * rest[0][1] else None


def _strip_or_sediment(row: _Row) -> frozenset[str]:
    """白细胞 of urine by strip (a word, plus signs) or by sediment (a count)."""
    for strip, sediment in (("urine_leukocyte_esterase", "urine_wbc"), ("urine_occult_blood", "urine_rbc")):
        if row.ids == {strip, sediment}:
            return frozenset({sediment if row.result.value is not None else strip})
    return row.ids


def _clearly_not(result: LabResult, analyte: Analyte) -> bool:
    """True when the value is far beyond anything plausible for the analyte in its canonical unit."""
    if result.value is None or analyte.plausible is None or result.unit is None:
        return False
    read = read_unit(result.unit, analyte)
    return bool(read and read.unit == analyte.unit and result.value > analyte.plausible[1] * Decimal(2))
