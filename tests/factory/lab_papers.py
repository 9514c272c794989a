"""Laboratory papers by hand, one for every kind of sheet, so that families are tested on known print."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence

from data_samples.factory.paper import Field, Hospital, Paper, Row, Run, Section, Signature

__all__ = ["PAPERS"]

_HOSPITAL = Hospital(
    name="云岚县信江湾人民医院",
    level="三级乙等",
    short="信江湾医院",
    english="Xinjiangwan People's Hospital of Yunlan County",
)
_TAKEN = dt.datetime(2026, 3, 2, 7, 46, 12)

# name, abbreviation, result, unit, low, high, flag
_Item = tuple[str, str, str, str, str | None, str | None, str | None]
_BLOOD: tuple[_Item, ...] = (
    ("白细胞计数", "WBC", "11.62", "10^9/L", "3.5", "9.5", "high"),
    ("中性粒细胞百分比", "NEUT%", "78.4", "%", "40", "75", "high"),
    ("淋巴细胞百分比", "LYMPH%", "14.2", "%", "20", "50", "low"),
    ("单核细胞百分比", "MONO%", "5.1", "%", "3", "10", None),
    ("嗜酸性粒细胞百分比", "EO%", "1.9", "%", "0.4", "8.0", None),
    ("嗜碱性粒细胞百分比", "BASO%", "0.4", "%", "0", "1", None),
    ("中性粒细胞绝对值", "NEUT#", "9.11", "10^9/L", "1.8", "6.3", "high"),
    ("淋巴细胞绝对值", "LYMPH#", "1.65", "10^9/L", "1.1", "3.2", None),
    ("红细胞计数", "RBC", "3.02", "10^12/L", "4.3", "5.8", "low"),
    ("血红蛋白", "HGB", "88", "g/L", "130", "175", "low"),
    ("红细胞压积", "HCT", "27.1", "%", "40", "50", "low"),
    ("平均红细胞体积", "MCV", "89.7", "fL", "82", "100", None),
    ("平均红细胞血红蛋白含量", "MCH", "29.1", "pg", "27", "34", None),
    ("平均红细胞血红蛋白浓度", "MCHC", "325", "g/L", "316", "354", None),
    ("血小板计数", "PLT", "176", "10^9/L", "125", "350", None),
    ("血小板平均体积", "MPV", "10.3", "fL", "7.0", "11.0", None),
    ("超敏C反应蛋白", "hs-CRP", "<0.50", "mg/L", None, "3.00", None),
)
_CHEMISTRY: tuple[_Item, ...] = (
    ("丙氨酸氨基转移酶", "ALT", "18", "U/L", "9", "50", None),
    ("天门冬氨酸氨基转移酶", "AST", "22", "U/L", "15", "40", None),
    ("γ-谷氨酰转肽酶", "GGT", "71", "U/L", "10", "60", "high"),
    ("碱性磷酸酶", "ALP", "88", "U/L", "45", "125", None),
    ("总蛋白", "TP", "61.2", "g/L", "65.0", "85.0", "low"),
    ("白蛋白", "ALB", "34.0", "g/L", "40.0", "55.0", "low"),
    ("总胆红素", "TBIL", "9.8", "μmol/L", "0.00", "26.00", None),
    ("尿素", "UREA", "26.81", "mmol/L", "3.1", "8.0", "high"),
    ("肌酐", "CREA", "912.4", "μmol/L", "57", "97", "high"),
    ("尿酸", "UA", "531", "μmol/L", "208", "428", "high"),
    ("胱抑素C", "CysC", "5.12", "mg/L", "0.59", "1.03", "high"),
    ("估算肾小球滤过率", "eGFR", "5.2", "ml/min/1.73m²", "90", None, "low"),
    ("葡萄糖", "GLU", "5.61", "mmol/L", "3.9", "6.1", None),
    ("总胆固醇", "TC", "5.90", "mmol/L", None, "5.20", "high"),
    ("甘油三酯", "TG", "1.32", "mmol/L", "0.45", "1.70", None),
    ("高密度脂蛋白胆固醇", "HDL-C", "1.21", "mmol/L", "1.04", None, None),
    ("低密度脂蛋白胆固醇", "LDL-C", "3.91", "mmol/L", None, "3.37", "high"),
    ("钾", "K", "6.02", "mmol/L", "3.5", "5.3", "high"),
    ("钠", "Na", "136.0", "mmol/L", "137", "147", "low"),
    ("氯", "Cl", "101.1", "mmol/L", "99", "110", None),
    ("钙", "Ca", "2.02", "mmol/L", "2.11", "2.52", "low"),
    ("无机磷", "P", "2.31", "mmol/L", "0.85", "1.51", "high"),
    ("剩余碱", "BE", "-6.2", "mmol/L", "-3.0", "3.0", "low"),
)
_MARKERS: tuple[_Item, ...] = (
    ("癌胚抗原", "CEA", "312.60", "ng/mL", None, "5.00", "high"),
    ("甲胎蛋白", "AFP", "2.11", "ng/mL", None, "7.00", None),
    ("糖类抗原19-9", "CA19-9", ">1000.00", "U/mL", None, "27.00", "high"),
    ("糖类抗原125", "CA125", "18.4", "U/mL", "0.00", "35.00", None),
    ("神经元特异性烯醇化酶", "NSE", "<0.50", "ng/mL", None, "16.30", None),
)
_URINE: tuple[tuple[str, str, str, str, str | None], ...] = (
    ("尿蛋白", "PRO", "2+", "阴性", "abnormal"),
    ("尿葡萄糖", "GLU", "±", "阴性(-)", "abnormal"),
    ("尿酮体", "KET", "阴性", "阴性", None),
    ("尿胆原", "URO", "正常", "正常", None),
    ("尿潜血", "BLD", "+", "阴性", "abnormal"),
    ("亚硝酸盐", "NIT", "-", "阴性", None),
    ("颜色", "COL", "淡黄色", "淡黄色", None),
)
_GERM: tuple[tuple[str, str, str, str], ...] = (
    ("氨苄西林", "AMP", ">=32", "耐药"),
    ("头孢曲松", "CRO", "<=0.25", "敏感"),
    ("左氧氟沙星", "LEV", "1", "中介"),
    ("亚胺培南", "IPM", "<=0.5", "敏感"),
    ("复方新诺明", "SXT", ">=320", "耐药"),
)


def _rows(items: Sequence[_Item], *, group: str = "", first: int = 1, method: str = "") -> tuple[Row, ...]:
    return tuple(
        Row(
            name=name,
            abbr=abbr,
            result=result,
            unit=unit,
            low=low,
            high=high,
            flag=flag,
            group=group,
            method=method,
            mark=f"la{number}",
            more={"previous": "4.2"} if number % 3 == 0 and group == "" else {},
        )
        for number, (name, abbr, result, unit, low, high, flag) in enumerate(items, start=first)
    )


def _paper(panel: str, specimen: str, rows: tuple[Row, ...], *, sections: tuple[Section, ...] = ()) -> Paper:
    values: Mapping[str, str | dt.datetime] = {
        "name": "温若川",
        "sex": "男",
        "age": "57岁",
        "number": "0012387645",
        "department": "肾内科门诊",
        "bed": "12",
        "specimen": specimen,
        "sample_number": "0302117",
        "doctor": "何云舟",
        "diagnosis": "慢性肾脏病5期",
        "panel": panel,
        "barcode": "260302001175",
        "sampled": _TAKEN,
        "received": _TAKEN + dt.timedelta(minutes=38),
        "reported": _TAKEN + dt.timedelta(hours=3, minutes=5),
        "printed": _TAKEN + dt.timedelta(hours=27),
        "device": "DxH-901",
        "tester": "罗静宜",
        "checker": "万书衡",
        "phone": "10012303020",
    }
    return Paper(
        type="lab_report",
        title=f"{panel}检验报告单" if len(panel) < 6 else "检验报告单",
        hospital=_HOSPITAL,
        fields={key: Field(key, value, f"f.{key}") for key, value in values.items()},
        date=_TAKEN.date(),
        patient={"name": "温若川", "sex": "男", "age": 57},
        rows=rows,
        sections=sections,
        signatures=(Signature("检验者", "罗静宜"), Signature("审核者", "万书衡")),
        seals=("检验专用章",),
    )


_NOTE = Section(key="note", title="检验建议", text=(Run("标本轻度溶血，请结合临床。"),))
_MIXED = _rows(_BLOOD, group="血细胞分析") + _rows(_CHEMISTRY[:9], group="生化", first=len(_BLOOD) + 1)

PAPERS: Mapping[str, Paper] = {
    "blood": _paper("血常规", "静脉血", _rows(_BLOOD, method="流式法")),
    "chemistry": _paper("生化全套", "血清", _rows(_CHEMISTRY)),
    "renal": _paper("肾功能", "血清", _rows(_CHEMISTRY[7:12], method="酶法"), sections=(_NOTE,)),
    "mixed": _paper("血常规+肾功能+肝功能", "全血", _MIXED),
    "long": _paper("住院综合检查", "血清", _MIXED + _rows(_CHEMISTRY[9:], group="血脂电解质", first=len(_MIXED) + 1)),
    "markers": _paper("肿瘤标志物", "血清", _rows(_MARKERS, method="电化学发光法")),
    "urine": _paper(
        "尿常规",
        "中段尿",
        tuple(
            Row(name=name, abbr=abbr, result=result, expected=expected, flag=flag, mark=f"la{number}")
            for number, (name, abbr, result, expected, flag) in enumerate(_URINE, start=1)
        )
        + _rows(
            (
                ("比重", "SG", "1.012", "", "1.003", "1.030", None),
                ("酸碱度", "pH", "6.0", "", "4.5", "8.0", None),
                ("红细胞", "RBC", "36.1", "/μL", "0", "13", "high"),
            ),
            first=len(_URINE) + 1,
        ),
    ),
    "culture": _paper(
        "痰培养+药敏",
        "痰液",
        tuple(
            Row(name=name, abbr=abbr, result=result, unit="μg/mL", more={"sensitivity": word}, mark=f"la{number}")
            for number, (name, abbr, result, word) in enumerate(_GERM, start=1)
        ),
        sections=(Section(key="culture", title="培养结果", text=(Run("肺炎克雷伯菌"),)),),
    ),
}
