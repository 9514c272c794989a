"""H7: μ, ², ×10^9/L read as 109/L, ↑ read as 1, O/0, l/1. Each confusion with what must come out of it."""

from __future__ import annotations

from decimal import Decimal

import pytest

from pipeline.normalising.context import Meaning
from pipeline.normalising.labs import normalise_result
from rules.vocabulary import load_vocabulary
from rules.vocabulary.lookup import analyte_index, known_units, read_unit, unit_of
from tests.normalising.builder import done, lab, run

VOCABULARY = load_vocabulary()

TYPOGRAPHY = {
    "10*9/L": [
        "10^9/L",
        "×10^9/L",
        "X10^9/L",
        "×10⁹/L",
        "109/L",
        "10~9/L",
        "10*9/L",
        "10E9/L",
        "1O^9/L",
        "G/L",
        "10^9/l",
    ],
    "10*12/L": ["10^12/L", "×10¹²/L", "1012/L", "10~12/L", "T/L", "10*12/1"],
    "umol/L": ["μmol/L", "µmol/L", "umol/l", "umo1/L", "umol/1", "ummol/L", "u mol/L", "umoVL"],
    "mmol/L": ["mmol/l", "mmo1/L", "mmoI/L", "mmol/1", "mmol / L", "mmoVL"],
    "U/L": ["u/L", "U/l", "U/1", "U／L"],
    "mL/min/1.73m2": ["ml/min/1.73m²", "ml/min/1.73㎡", "ml/(min·1.73m²)", "mL/min/1.73m^2", "ml/min/1.73m2"],
    "mg/dL": ["mg/dl", "mg/d1", "mg/DL"],
    "%": ["％", "﹪"],
    "fL": ["f1", "fl", "FL"],
    "/HPF": ["/HP", "个/HP", "/HPF", "/高倍视野"],
    "/uL": ["个/μL", "个/ul", "/ul"],
    "s": ["秒", "S", "sec"],
    "mm/h": ["mm/H", "mm/小时", "mm/hr"],
    "copies/mL": ["copies/ml", "拷贝/ml", "Copies/mL"],
    "uIU/mL": ["μIU/mL", "uIU/ml", "ulU/ml"],
}


@pytest.mark.parametrize(("printed", "unit"), [(p, u) for u, printed in TYPOGRAPHY.items() for p in printed])
def test_typography_alone_is_no_doubt(printed: str, unit: str) -> None:
    assert unit_of(printed) == unit


@pytest.mark.parametrize(
    ("printed", "analyte", "unit"),
    [("umolL", "creatinine", "umol/L"), ("UL", "alt", "U/L"), ("ngml", "afp", "ng/mL"), ("ug/nL", "afp", "ug/L")],
)
def test_a_unit_read_by_context_is_told(printed: str, analyte: str, unit: str) -> None:
    read = read_unit(printed, VOCABULARY.analytes[analyte])
    assert read is not None
    assert (read.unit, read.repaired) == (unit, True)


@pytest.mark.parametrize("printed", ["xyz", "肌酐", "41-111", "--", "/"])
def test_what_is_no_unit_stays_unread(printed: str) -> None:
    assert read_unit(printed, VOCABULARY.analytes["creatinine"]) is None


@pytest.mark.parametrize("misread", ["mmol/L", "pmol/L", "mol/L", "Hmol/L", "nmol/L"])
def test_a_misread_prefix_is_settled_by_the_printed_range_and_doubted(misread: str) -> None:
    row = done(lab("肌酐", "812.4", misread, "41", "111"))
    assert row.canonical_value == Decimal("812.4")
    assert row.unit == misread
    assert "unit_repaired" in row.doubts


@pytest.mark.parametrize("misread", ["pmol/L", "mol/L", "Hmol/L", None])
def test_a_misread_or_missing_unit_without_a_range_gives_no_canonical_value_without_doubt(misread: str | None) -> None:
    row = done(lab("肌酐", "812.4", misread))
    assert row.doubts


def test_a_missing_unit_is_inferred_only_when_one_unit_fits() -> None:
    in_umol = done(lab("肌酐", "812.4", None, "41", "111"))
    in_mg = done(lab("肌酐", "9.2", None, "0.5", "1.2"))
    neither = done(lab("肌酐", "9.2", None, "20", "30"))
    assert (in_umol.canonical_value, in_umol.doubts) == (Decimal("812.4"), ("unit_repaired",))
    assert in_mg.canonical_value is not None
    assert round(in_mg.canonical_value) == 813
    assert in_mg.doubts == ("unit_repaired",)
    assert neither.canonical_value is None
    assert "unit_unknown" in neither.doubts


@pytest.mark.parametrize(
    ("name", "analyte"),
    [
        ("肌酥", "creatinine"),
        ("血清肌肝", "creatinine"),
        ("★12 肌酐(苦味酸法)", "creatinine"),
        ("*肌酐（酶法）", "creatinine"),
        ("总胆红索", "total_bilirubin"),
        ("高密度脂蛋白胆固酵", "hdl_cholesterol"),
        ("γ-谷氨酰基转移酶", "ggt"),
        ("Y-谷氨酰转移酶", "ggt"),
        ("糖化血红蛋白Alc", "hba1c"),
        ("乙型肝炎病毒表面抗休", "hbsab"),
        ("天门冬氨酸氨基转移梅", "ast"),
        ("游离甲状腺素（FT4）", "ft4"),
        ("24小时尿蛋白定量", "urine_protein_24h"),
        ("25-羟基维生素D", "vitamin_d25"),
        ("eGFR(CKD-EPI)", "egfr"),
        ("中性粒细胞（％）", "neutrophil_pct"),
        ("中性粒细胞＃", "neutrophil_abs"),
    ],
)
def test_names_survive_misreading(name: str, analyte: str) -> None:
    assert analyte in analyte_index(VOCABULARY).name(name).ids


@pytest.mark.parametrize(
    ("name", "never"),
    [
        ("直接胆红系", {"indirect_bilirubin", "total_bilirubin"}),
        ("高密度脂蛋自胆固醉", {"ldl_cholesterol", "vldl_cholesterol"}),
        ("乙型肝炎病毒表面抗", {"hbsab", "hbsag"}),
        ("胆红素", {"direct_bilirubin", "indirect_bilirubin"}),
        ("免疫球蛋白", {"igg", "iga", "igm"}),
        ("载脂蛋白", {"apolipoprotein_a1", "apolipoprotein_b"}),
        ("凝血因子", {"coagulation_factor_viii", "coagulation_factor_ix"}),
        ("糖类抗原", {"ca125", "ca199"}),
    ],
)
def test_a_damaged_name_never_lands_on_a_dangerous_neighbour(name: str, never: set[str]) -> None:
    assert not analyte_index(VOCABULARY).name(name).ids & never


def test_an_arrow_that_became_a_digit_is_doubted_never_repaired() -> None:
    marked = lab("尿素", "28.3", "mmol/L", "2.6", "9.5", flag="high")
    marked = done(marked)
    rows, alerts = run((lab("肌酐", "8121", "umol/L", "41", "111"), marked))
    assert rows[0].value == Decimal(8121)
    assert rows[0].text == "8121"
    assert "flag_range_disagree" in rows[0].doubts
    assert "arrow_or_digit" in {alert.code for alert in alerts}


def test_an_implausible_number_is_doubted() -> None:
    row = done(lab("钾", "561", "mmol/L", "3.5", "5.3"))
    assert "implausible" in row.doubts
    assert row.value == Decimal(561)


@pytest.mark.parametrize("printed", ["10°/L", "×10°/L", "10º/L", "10^°/L", "X10˚/1", "10⁰/L"])
def test_a_ring_for_an_exponent_is_nine_only_where_the_analyte_is_counted_so(printed: str) -> None:
    for name in ("白细胞计数", "血小板计数"):
        row = done(lab(name, "7.8", printed, specimen="全血"))
        assert (row.canonical_value, row.canonical_unit, row.doubts) == (Decimal("7.8"), "10*9/L", ())
    red = done(lab("红细胞计数", "4.8", printed, specimen="全血"))
    assert (red.canonical_value, red.doubts) == (None, ("unit_unknown",))
    assert read_unit(printed, VOCABULARY.analytes["creatinine"]) is None


def test_a_ring_that_the_range_contradicts_is_doubted() -> None:
    row = done(lab("白细胞计数", "7800", "10°/L", "3500", "9500", specimen="全血"))
    assert {"unit_repaired", "unit_unknown"} & set(row.doubts)


def test_a_lost_micro_sign_is_never_silent() -> None:
    """Over the whole vocabulary: a unit that lost its μ gives no value without a doubt."""
    for analyte in VOCABULARY.analytes.values():
        for unit in known_units(analyte):
            if unit.startswith("u"):
                row, _ = normalise_result(lab("甲", "1", unit[1:]), Meaning(analyte), sheet_has_flags=False)
                assert {"unit_unknown", "unit_repaired"} & set(row.doubts), (analyte.id, unit)


def test_a_lost_micro_sign_is_settled_by_the_printed_range() -> None:
    row = done(lab("TSH", "2.1", "IU/mL", "0.27", "4.2", specimen="血清"))
    assert (row.canonical_value, row.canonical_unit) == (Decimal("2.1"), "mIU/L")
    assert "unit_repaired" in row.doubts


@pytest.mark.parametrize(
    ("name", "unit"),
    [("肌酐", "mol/L"), ("D-二聚体", "g/mL"), ("D-二聚体", "g/L"), ("TSH", "IU/mL"), ("铁蛋白", "g/L")],
)
def test_a_value_with_a_lost_micro_sign_is_doubted(name: str, unit: str) -> None:
    row = done(lab(name, "0.5", unit, specimen="血清"))
    assert {"unit_unknown", "unit_repaired"} & set(row.doubts)
    assert row.canonical_value is None or row.canonical_value == Decimal("0.5")


@pytest.mark.parametrize(
    "text", ["17..9", "87 7", "1 7.9", "1..79", "17.9.3", "<17..9", "17. .9", "８７ ７", "87 1", "17.9 12"]
)
def test_a_doubled_or_lost_point_leaves_no_value(text: str) -> None:
    row = done(lab("肌酐", text, "umol/L", "57", "97", value=Decimal(877)))
    assert (row.value, row.canonical_value, row.text) == (None, None, text)
    assert "value_unreadable" in row.doubts


@pytest.mark.parametrize(
    "text", ["87.7", "87. 7", "87 .7", "17.9.", "<0.5", "812.4 1", " 877 ", "1:32", "+", "1.2E+05"]
)
def test_a_sound_number_keeps_its_value(text: str) -> None:
    row = done(lab("肌酐", text, "umol/L", "57", "97", value=Decimal("87.7")))
    assert row.value == Decimal("87.7")
    assert "value_unreadable" not in row.doubts
