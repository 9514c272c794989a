"""Integrity of the analyte data: ids, LOINC check digits, units that convert, names that stay apart."""

from __future__ import annotations

import re
from collections import defaultdict
from decimal import Decimal

import pytest

from rules.vocabulary import load_vocabulary
from rules.vocabulary.cleaning import name_key
from rules.vocabulary.lookup import convert, known_units, unit_of

ANALYTES = load_vocabulary().analytes
SPECIMENS = {
    "血",
    "尿",
    "粪便",
    "脑脊液",
    "胸腹水",
    "骨髓",
    "痰",
    "分泌物",
    "精液",
    "关节液",
    "结石",
    "组织",
    "呼气",
    "皮试",
}

# Units of two assay scales that no constant factor joins: kept as printed, never converted.
NO_FACTOR = {
    ("pdw", "%"),
    ("ldh1", "%"),
    ("lp_pla2", "U/L"),
    ("mpo_cardiac", "pmol/L"),
    ("renin", "pg/mL"),
    ("renin", "ng/L"),
    ("bone_alp", "U/L"),
    ("igd", "IU/mL"),
    ("il2r", "pg/mL"),
    ("measured_gfr", "mL/min"),
    ("creatinine_clearance", "mL/min/1.73m2"),
    ("lipoprotein_a", "nmol/L"),
    ("hcg_beta", "ng/mL"),
    ("tk1", "U/L"),
    *((f"insulin{part}", "pmol/L") for part in ("", "_fasting", "_30min", "_1h", "_2h", "_3h")),
}


def luhn_holds(code: str) -> bool:
    body, check = code.split("-")
    total = 0
    for place, glyph in enumerate(reversed(body)):
        digit = int(glyph) * (2 if place % 2 == 0 else 1)
        total += digit - 9 if digit > 9 else digit
    return (10 - total % 10) % 10 == int(check)


def test_analytes_are_enough_and_hold_the_shared_ids() -> None:
    assert len(ANALYTES) >= 300
    shared = "creatinine egfr urea uric_acid cystatin_c glucose_fasting glucose hba1c urine_acr urine_protein_24h "
    shared += "urine_microalbumin urine_protein wbc rbc hemoglobin platelet alt ast potassium"
    assert set(shared.split()) <= set(ANALYTES)


def test_loinc_has_a_right_check_digit() -> None:
    codes = [(a.id, a.loinc) for a in ANALYTES.values() if a.loinc]
    assert len(codes) > 100
    assert [c for c in codes if not re.fullmatch(r"\d{1,5}-\d", c[1]) or not luhn_holds(c[1])] == []


def test_loinc_is_used_once() -> None:
    codes = [a.loinc for a in ANALYTES.values() if a.loinc]
    assert len(codes) == len(set(codes))


def test_units_are_spelled_canonically_and_convert() -> None:
    for analyte in ANALYTES.values():
        for unit in known_units(analyte):
            if unit != "1":
                assert unit_of(unit) == unit
            if analyte.kind == "quantitative" and (analyte.id, unit) not in NO_FACTOR:
                assert convert(Decimal(1), unit, analyte) is not None, unit


@pytest.mark.parametrize(("analyte", "unit"), sorted(NO_FACTOR))
def test_units_listed_as_inconvertible_are(analyte: str, unit: str) -> None:
    assert unit in known_units(ANALYTES[analyte])
    assert convert(Decimal(1), unit, ANALYTES[analyte]) is None


def test_ranges_are_ordered_and_typical_is_plausible() -> None:
    for analyte in ANALYTES.values():
        if analyte.plausible:
            assert analyte.plausible[0] < analyte.plausible[1]
        if analyte.typical:
            assert analyte.typical[0] <= analyte.typical[1]
            if analyte.plausible:
                assert analyte.plausible[0] <= analyte.typical[0]
                assert analyte.typical[1] <= analyte.plausible[1]


def test_every_analyte_says_specimen_panel_and_unit() -> None:
    for analyte in ANALYTES.values():
        assert analyte.panel
        assert analyte.specimens
        assert set(analyte.specimens) <= SPECIMENS
        if analyte.kind == "quantitative":
            assert analyte.unit


def test_one_full_name_means_one_analyte_within_a_specimen() -> None:
    """Homonyms within one specimen are allowed only where the unit parts them (中性粒细胞 in % or in 10*9/L)."""
    holders: dict[tuple[str, str], set[str]] = defaultdict(set)
    for analyte in ANALYTES.values():
        for name in analyte.names:
            for specimen in analyte.specimens:
                holders[(name_key(name), specimen)].add(analyte.id)
    for (key, specimen), ids in holders.items():
        if len(ids) < 2:
            continue
        units = [{*known_units(ANALYTES[i])} for i in ids]
        apart = all(not a & b for n, a in enumerate(units) for b in units[n + 1 :])
        panels = {ANALYTES[i].panel for i in ids}
        typical = [ANALYTES[i].typical for i in ids]
        told_by_range = len(set(typical)) == len(ids) and None not in typical
        assert apart or len(panels) == len(ids) or told_by_range, (key, specimen, sorted(ids))


DANGEROUS = [
    ("直接胆红素", "间接胆红素", "总胆红素"),
    ("高密度脂蛋白胆固醇", "低密度脂蛋白胆固醇", "极低密度脂蛋白胆固醇", "非高密度脂蛋白胆固醇"),
    ("T3", "FT3", "T4", "FT4"),
    ("乙肝表面抗原", "乙肝表面抗体", "乙肝e抗原", "乙肝e抗体", "乙肝核心抗体"),
    ("IgG", "IgM", "IgA", "IgE"),
    ("补体C3", "补体C4"),
    ("钾", "钠", "氯", "钙", "镁", "磷"),
    ("凝血酶原时间", "活化部分凝血活酶时间", "凝血酶时间"),
    ("中性粒细胞百分比", "中性粒细胞绝对值"),
    ("白蛋白", "前白蛋白", "球蛋白", "总蛋白"),
    ("载脂蛋白A1", "载脂蛋白B", "载脂蛋白E"),
    ("肌酸激酶", "肌酸激酶同工酶"),
    ("C反应蛋白", "超敏C反应蛋白"),
    ("CA125", "CA199", "CA153", "CA724"),
    ("凝血因子Ⅷ活性", "凝血因子Ⅸ活性", "凝血因子Ⅶ活性"),
    ("降钙素", "降钙素原"),
    ("B型钠尿肽", "N末端B型钠尿肽前体"),
    ("总前列腺特异性抗原", "游离前列腺特异性抗原"),
    ("空腹血糖", "餐后2小时血糖", "餐后1小时血糖"),
    ("CK-MB", "CK"),
]


@pytest.mark.parametrize("names", DANGEROUS)
def test_dangerous_names_never_share_an_analyte(names: tuple[str, ...]) -> None:
    from rules.vocabulary.lookup import analyte_index

    index = analyte_index(load_vocabulary())
    meanings = [index.name(name).ids for name in names]
    assert all(meanings)
    for number, one in enumerate(meanings):
        for other in meanings[number + 1 :]:
            assert not one & other
