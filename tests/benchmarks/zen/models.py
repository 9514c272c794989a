"""Writes ten diseases as decision models (JDM) for zen-engine: ``python -m tests.benchmarks.zen.models``.

Two expression nodes each: the first keeps the facts that may count at all, the second has one row per item and one for
the formula. Only the statuses leave the model, so that no time goes into handing rows back to Python.
"""

from __future__ import annotations

import json
from itertools import pairwise
from pathlib import Path
from typing import Any

from tests.benchmarks.zen.wording import (
    CERTIFICATE,
    STAY,
    all_of,
    any_of,
    any_proof,
    catch_all,
    diagnosis,
    finding,
    lab,
    list_of,
    measured,
    treatment,
    visits,
)

FOLDER = Path(__file__).parent

COUNTS = "#.own and #.sure and #.confidence >= 0.6 and #.day <= as_of"
COUNTING = {
    "dx": f"filter(diagnoses, {COUNTS})",
    "results": f"filter(labs, {COUNTS})",
    "fx": f"filter(findings, {COUNTS})",
    "tx": f"filter(treatments, {COUNTS} and #.confirmed)",
    "out": f'filter(visits, {COUNTS} and #.visit == "outpatient")',
    "stays": f'filter(visits, {COUNTS} and #.visit == "inpatient")',
}
CHEST = "胸|肺"
HEAD = ("ct", "mri")

TUMOR, TUMOR_ICD = ["malignant_tumor"], "C[0-8]|C9[0-7]"
ANTITUMOR = (
    '(#.type in ["chemotherapy","radiotherapy","palliative"] or #.procedure in ["tumor_resection","targeted_therapy",'
    '"immunotherapy","endocrine_therapy","interventional_therapy","palliative_care"]'
    ' or some(#.classes as c, c == "抗肿瘤药"))'
)
DIALYSIS_PAPERS = ("dialysis_record", *STAY, "outpatient_record", "operation_record")
PRESSURE_DRUGS = ["二氢吡啶类", "ARB", "ACEI", "复方降压药", "中枢性降压药", "降压治疗"]
HEART = ["left_ventricular_hypertrophy", "cardiac_enlargement", "cardiac_dysfunction"]
ARTERIES = ["arterial_sclerosis", "intima_media_thickening", "arterial_stenosis", "arterial_plaque"]
NO_EMPHYSEMA = "^[^气阻慢C]*$"
HIGH_HORMONES = [("ft3", "high"), ("ft4", "high"), ("t3", "high"), ("t4", "high")]
BLOOD = [("wbc", "any"), ("neutrophil_pct", "any"), ("hemoglobin", "any"), ("platelet", "any")]
URINE = [
    ("urine_protein", "positive"),
    ("urine_occult_blood", "positive"),
    ("urine_rbc", "high"),
    ("urine_wbc", "high"),
    ("urine_uric_acid_crystal", "positive"),
]


def certificate(concepts: list[str], icd10: str, **more: Any) -> str:
    return diagnosis(concepts, icd10, documents=CERTIFICATE, level="二级", **more)


DISEASES: dict[str, tuple[str, dict[str, str]]] = {
    "malignant_tumor": (
        "1 & 2 & (3 | 4)",
        {
            "1": certificate(TUMOR, TUMOR_ICD),
            "2": treatment(ANTITUMOR, since="y2"),
            "3": any_of(
                any_proof(
                    finding(["malignancy"], ["pathology"], doubt="原位癌|交界性|上皮内瘤变|不典型增生|异型增生"),
                    diagnosis(TUMOR, TUMOR_ICD, documents=["pathology_report"]),
                ),
                finding(
                    ["cytology_malignant", "malignancy"],
                    ["cytology"],
                    excluded_by=["cytology_malignant"],
                    doubt="异型细胞|核异质|可疑",
                ),
                finding(["malignancy"], HEAD, level="二级", normal=[], conclusion_only=True, doubt="原位癌|交界性"),
            ),
            "4": catch_all(["imaging_report", "endoscopy_report"]),
        },
    ),
    "uremia": (
        "1 & (2 | 3 | 4)",
        {
            "1": certificate(["uremia"], "N18\\\\.[05]", graded="chronic_kidney_disease>=5"),
            "2": lab(("egfr", "<= 15"), ("creatinine", ">= 707"), times=2),
            "3": treatment('#.procedure in ["hemodialysis","peritoneal_dialysis"]', documents=DIALYSIS_PAPERS),
            "4": catch_all(["lab_report", "imaging_report", "pathology_report", "operation_record"]),
        },
    ),
    "hypertension": (
        "1 & 2 & (3 | 4 | 5 | 6 | 7)",
        {
            "1": certificate(["hypertension"], "I1[01235]", grade=2),
            "2": visits(["hypertension"], "I1[01235]", PRESSURE_DRUGS),
            "3": any_proof(
                finding(
                    HEART,
                    ["echo", "ultrasound", "ecg", "holter", "xray", *HEAD],
                    since="y2",
                    normal_modalities=["echo"],
                ),
                measured("lvef", "< 50", since="y2").replace('"unmet"', '"missing"'),
                diagnosis(["heart_failure"], "I50|I11\\\\.0|I13\\\\.[02]", documents=STAY, since="y2"),
            ),
            "4": any_proof(
                finding(
                    ["cerebral_infarction", "cerebral_hemorrhage"],
                    HEAD,
                    since="y2",
                    area="头|颅|脑",
                    doubt="硬膜|蛛网膜|外伤|创伤|挫裂|挫伤|软化灶",
                ),
                diagnosis(["cerebral_infarction", "cerebral_hemorrhage"], "I6[13]", documents=STAY, since="y2"),
            ),
            "5": any_proof(
                lab(("creatinine", "high"), ("egfr", "< 60"), since="y2"),
                finding(["renal_impairment"], ["nuclear"], since="y2"),
                diagnosis(
                    ["renal_insufficiency", "uremia"],
                    "N18\\\\.[0345]|N19|I12\\\\.0|I13\\\\.[12]",
                    documents=STAY,
                    since="y2",
                    graded="chronic_kidney_disease>=3",
                ),
            ),
            "6": finding(["fundus_lesion"], ["fundus"], since="y2"),
            "7": finding(
                ARTERIES,
                ["ultrasound", *HEAD, "angiography", "xray"],
                since="y2",
                area="动脉|血管",
                doubt="欠光滑|毛糙",
            ),
        },
    ),
    "diabetes": (
        "1 & 2 & 3",
        {
            "1": certificate(["diabetes"], "E1[0-4]"),
            "2": visits(["diabetes"], "E1[0-4]", ["降糖药", "胰岛素", "降糖治疗"], since="y1", by_treatment=True),
            "3": any_of(
                any_proof(
                    lab(
                        ("urine_acr", ">= 30"), ("creatinine", "high"), ("egfr", "< 60"), ("urine_protein_24h", "high")
                    ),
                    finding(["renal_impairment"], ["nuclear"]),
                ),
                finding(["diabetic_retinopathy"], ["fundus"]),
                finding(["peripheral_neuropathy"], ["emg"]),
                finding(["nerve_exam_abnormal"], ["nerve_exam"]),
            ),
        },
    ),
    "copd": (
        "1 & (2 | 3 | 4)",
        {
            "1": certificate(["copd"], "J44"),
            "2": any_proof(
                finding(
                    ["obstructive_ventilation"],
                    ["lung_function"],
                    since="y2",
                    normal=["lung_function_normal", "exam_normal"],
                ),
                measured("fev1_fvc_post", "< 70", modalities=["lung_function"], since="y2"),
                measured("fev1_fvc", "< 70", modalities=["lung_function"], since="y2").replace('"met"', '"missing"'),
            ),
            "3": finding(["copd_imaging", "emphysema"], ["xray"], since="y2", area=CHEST, doubt=NO_EMPHYSEMA),
            "4": finding(["copd_imaging", "emphysema"], ["ct"], since="y2", area=CHEST, doubt=NO_EMPHYSEMA),
        },
    ),
    "asthma": (
        "1 & 2 & 3",
        {
            "1": certificate(["asthma"], "J4[56]", since="y3"),
            "2": visits(["asthma"], "J4[56]", apart="plus_6m"),
            "3": any_of(
                finding(["bronchodilator_positive"], ["lung_function"], normal=["bronchodilator_negative"]),
                finding(["bronchial_provocation_positive"], ["lung_function"], normal=[]),
                finding(["exercise_challenge_positive"], ["lung_function"], normal=[]),
                measured("pef_variability", ">= 20"),
            ),
        },
    ),
    "atrial_fibrillation": (
        "1 & 2 & 3",
        {
            "1": certificate(["atrial_fibrillation"], "I48(\\\\.[01259]|$)"),
            "2": any_of(
                finding(["atrial_fibrillation"], ["ecg"], times=2), finding(["atrial_fibrillation"], ["holter"])
            ),
            "3": visits(
                ["atrial_fibrillation"],
                "I48(\\\\.[01259]|$)",
                ["抗凝药", "抗心律失常药"],
                procedures=["catheter_ablation"],
                since="y2",
            ),
        },
    ),
    "hyperthyroidism": (
        "1 & 2 & 3",
        {
            "1": certificate(["hyperthyroidism"], "E05"),
            "2": list_of(lab(*HIGH_HORMONES, level="二级甲等"), lab(("tsh", "low"), level="二级甲等")),
            "3": visits(["hyperthyroidism"], "E05", ["抗甲状腺药"], inpatient=False, apart="plus_3m"),
        },
    ),
    "gout": (
        "1 & 6 & (2 | 3 | 4 | 5)",
        {
            "1": certificate(["gout"], "M10"),
            "2": any_of(
                lab(("uric_acid", "> 416")),
                all_of('sex == "女" ? "met" : sex == "男" ? "unmet" : "missing"', lab(("uric_acid", "> 357"))),
            ),
            "3": list_of(lab(*BLOOD), lab(*URINE), lab(("esr", "high"))),
            "4": finding(
                ["gout_joint"],
                ["xray", *HEAD, "ultrasound"],
                area="关节|足|趾|跖|踝|膝|手|腕|指|肘",
            ),
            "5": any_proof(
                lab(("synovial_urate_crystal", "positive")),
                finding(
                    ["gout_joint", "uric_acid_stone"], ["pathology", "cytology"], excluded_by=["gout_joint"], normal=[]
                ),
                finding(["uric_acid_stone"], [], normal=[]),
            ),
            "6": visits(["gout"], "M10", ["抗痛风药", "降尿酸药"], since="y3"),
        },
    ),
    "pulmonary_hypertension": (
        "1 & 2 & 3 & 4",
        {
            "1": certificate(["pulmonary_hypertension"], "I27\\\\.[02]"),
            "2": all_of(
                measured(
                    "mpap",
                    ">= 25",
                    modalities=["angiography"],
                    documents=["imaging_report", "operation_record", "other"],
                ),
                treatment('#.procedure == "right_heart_catheterization"').replace('"missing"', '"manual"'),
            ),
            "3": measured("pasp", ">= 40", modalities=["echo", "ultrasound"]),
            "4": finding(["pulmonary_hypertension"], ["xray"], area="胸|肺|心"),
        },
    ),
}


def conclusion(formula: str) -> str:
    """The formula in both directions: it holds already, or it cannot hold any more."""
    parts = [part.strip(" ()").split(" | ") for part in formula.split(" & ")]

    def each(status: str, inner: str, outer: str) -> str:
        groups = [f" {inner} ".join(f'$.item_{item} == "{status}"' for item in group) for group in parts]
        return f" {outer} ".join(f"({group})" for group in groups)

    return f'{each("met", "or", "and")} ? "meets" : {each("unmet", "and", "or")} ? "not_met" : "open"'


def model(disease: str) -> dict[str, Any]:
    formula, items = DISEASES[disease]
    statuses = {f"item_{key}": text for key, text in items.items()} | {"conclusion": conclusion(formula)}
    nodes = [
        {"id": "in", "type": "inputNode", "name": "facts"},
        _expressions("counting", COUNTING, hand_on=True),
        _expressions(disease, statuses, hand_on=False),
        {"id": "out", "type": "outputNode", "name": "statuses"},
    ]
    for place, node in enumerate(nodes):
        node["position"] = {"x": 300 * place, "y": 0}
    edges = [
        {"id": f"edge{n}", "type": "edge", "sourceId": one["id"], "targetId": other["id"]}
        for n, (one, other) in enumerate(pairwise(nodes))
    ]
    return {"contentType": "application/vnd.gorules.decision", "nodes": nodes, "edges": edges}


def _expressions(name: str, rows: dict[str, str], *, hand_on: bool) -> dict[str, Any]:
    """A node of named expressions; ``hand_on``: what came in goes out as well."""
    expressions = [{"id": f"{name}_{key}", "key": key, "value": text} for key, text in rows.items()]
    content = {"expressions": expressions, "passThrough": hand_on}
    return {"id": name, "type": "expressionNode", "name": name, "content": content}


def text_of(disease: str) -> str:
    return json.dumps(model(disease), ensure_ascii=False, indent=1) + "\n"


if __name__ == "__main__":
    for name in DISEASES:
        (FOLDER / f"{name}.json").write_text(text_of(name), encoding="utf-8")
