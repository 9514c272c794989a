"""Cutting glued print by content."""

from __future__ import annotations

import pytest

from pipeline.extracting.lab.cells import cut_text


@pytest.mark.parametrize(
    ("glued", "parts"),
    [
        ("11.35↑", ["11.35", "↑"]),
        ("↑11.35", ["↑", "11.35"]),
        ("11.35 H", ["11.35", "H"]),
        ("H 11.35", ["H", "11.35"]),
        ("11.35*", ["11.35", "*"]),
        ("5.6mmol/L", ["5.6", "mmol/L"]),
        ("11.35↑10^9/L", ["11.35", "↑", "10^9/L"]),
        ("3.5-9.510^9/L", ["3.5-9.5", "10^9/L"]),
        ("10^9/L 3.5-9.5", ["10^9/L", "3.5-9.5"]),
        ("pmol/L173.80 H", ["pmol/L", "173.80", "H"]),
        ("白细胞11.35", ["白细胞", "11.35"]),
        ("肌酐 98 μmol/L", ["肌酐", "98", "μmol/L"]),
        ("428 208-428", ["428", "208-428"]),
        ("白细胞 WBC 11.35 ↑ 10^9/L 3.5-9.5", ["白细胞", "WBC", "11.35", "↑", "10^9/L", "3.5-9.5"]),
        ("白细胞WBC11.35↑10^9/L3.5-9.5", ["白细胞", "WBC", "11.35", "↑", "10^9/L", "3.5-9.5"]),
        ("阴性(-)阴性", ["阴性(-)", "阴性"]),
        ("2+异常", ["2+", "异常"]),
        ("某未知物质 3.25 ng/mL", ["某未知物质", "3.25", "ng/mL"]),
        ("5.1×10⁹/L", ["5.1", "×10⁹/L"]),
        ("5.1×10^9/L", ["5.1", "×10^9/L"]),
        ("5.1 10^9/L", ["5.1", "10^9/L"]),
        ("231×10⁹/L↑", ["231", "×10⁹/L", "↑"]),
        ("白细胞5.1×10⁹/L3.5-9.5", ["白细胞", "5.1", "×10⁹/L", "3.5-9.5"]),
        ("2.5×10⁵copies/mL", ["2.5×10⁵", "copies/mL"]),  # a viral load's power belongs to the number
        ("PaCO₂ 41", ["PaCO₂", "41"]),
        ("HbA₁c 6.1 %", ["HbA₁c", "6.1", "%"]),
    ],
)
def test_cells_glued_print_is_cut(glued: str, parts: list[str]) -> None:
    assert [glued[a:b] for a, b in cut_text(glued)] == parts


@pytest.mark.parametrize(
    "whole",
    [
        "10^9/L", "109/L", "×10^9/L", "ml/min/1.73m^2", "/HP", "个/HP",
        "3.5-9.5", "3.5--9.5", "3.5～9.5", "(3.5-9.5)", "≤8", "0-3/HP",
        "1:320", "1.2E+05", "1.20×10^5", "<0.5", "阴性(-)", "弱阳性(±)",
        "++++", "CA19-9", "CA125", "25-羟基维生素D", "D-二聚体", "白细胞计数(WBC)",
        "β2-微球蛋白", "革兰氏阴性杆菌", "糖类抗原125", "A/G", "男:57-97 女:41-81",
    ],
)  # fmt: skip
def test_cells_one_cell_stays_whole(whole: str) -> None:
    assert cut_text(whole) == ((0, len(whole)),)


def test_cells_sentence_is_never_cut() -> None:
    note = "糖尿病诊断标准：空腹血糖≥7.0mmol/L，餐后2小时血糖≥11.1mmol/L。"
    assert cut_text(note) == ((0, len(note)),)
