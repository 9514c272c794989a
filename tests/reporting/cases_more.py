"""More invented cases: many results over time, several diseases at once, nothing readable."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

from pipeline.nouns import Alert, Review, Severity
from rules.engine.facts import Visit, VisitKind
from rules.engine.judgement import Conclusion, DiseaseInfo, Need, Status
from tests.reporting.builder import CaseBuilder, criterion, judgement
from tests.reporting.cases import HOSPITAL, conflicts, discharge, kidney, meets


def many_labs(folder: Path) -> Review:
    """28 sheets of ten items over two years and a half: charts, timeline and tables under load."""
    case = CaseBuilder(folder)
    case.applied_for = ("慢性肾功能衰竭（尿毒症期）",)
    day = dt.date(2023, 9, 4)
    labs = []
    for step in range(28):
        value = 380 + step * 17 + (step * 37) % 53
        labs.append(
            case.lab(
                day,
                kidney(f"{value}.0", f"{14 + step * 0.5:.1f}", f"{max(5, 16 - step // 3)}"),
                f"化验{step + 1:02d}.jpg",
                photo=False,
            )
        )
        case.facts["visits"].append(
            Visit(
                document=labs[-1],
                kind=VisitKind.OUTPATIENT,
                start=day,
                end=day,
                hospital=HOSPITAL,
                department="肾内科门诊",
            )
        )
        day += dt.timedelta(days=19 + (step * 7) % 23)
    case.judgements.append(
        judgement(
            "慢性肾功能衰竭（尿毒症期）",
            Conclusion.MANUAL,
            [
                criterion(
                    "1",
                    "二级及以上医疗机构出具的出院小结或疾病诊断证明书",
                    Status.MANUAL,
                    "医院级别未印出，目录里也没有，请核对。",
                    reason="hospital_level_unknown",
                    evidence=case.evidence(labs[0], "hospital", HOSPITAL),
                ),
                criterion(
                    "2",
                    "两次及以上肾功能检查",
                    Status.MET,
                    "多次肌酐不低于 707 μmol/L。",
                    evidence=tuple(e for n in labs[-9:] for e in case.evidence(n, "row0", "Crea 肌酐 ↑ μmol/L 57-97")),
                ),
            ],
        )
    )
    return case.review()


def three_diseases(folder: Path) -> Review:
    """No form: three diseases taken from the diagnoses, with three conclusions."""
    case = CaseBuilder(folder)
    stay = discharge(
        case,
        "1.2型糖尿病 2.高血压病3级（很高危） 3.慢性阻塞性肺疾病",
        day=dt.date(2026, 2, 2),
        file="出院.png",
        course="予以降糖、降压、支气管扩张剂吸入治疗，血压控制可，复查肺功能 FEV1/FVC 0.62。",
    )
    for name in ("2型糖尿病", "高血压病3级（很高危）", "慢性阻塞性肺疾病"):
        case.diagnosis(stay, name, "出院诊断", date=dt.date(2026, 2, 2))
    base = case.evidence(stay, "出院诊断", "1.2型糖尿病 2.高血压病3级（很高危） 3.慢性阻塞性肺疾病")
    for identity, name, conclusion, second in (
        ("copd", "慢性阻塞性肺疾病", Conclusion.MEETS, Status.MET),
        ("diabetes_complications", "糖尿病伴有并发症", Conclusion.INSUFFICIENT, Status.MISSING),
        ("hypertension_complications", "高血压伴有并发症", Conclusion.NOT_MET, Status.UNMET),
    ):
        case.judgements.append(
            judgement(
                name,
                conclusion,
                [
                    criterion(
                        "1",
                        "二级及以上医疗机构出具的出院小结或疾病诊断证明书",
                        Status.MET,
                        "出院记录写明该诊断。",
                        evidence=base,
                    ),
                    criterion(
                        "2",
                        "近 2 年检查报告",
                        second,
                        "见原件。",
                        evidence=base if second is not Status.MISSING else (),
                    ),
                ],
                disease=DiseaseInfo(id=identity, name=name, code=None),
                verified=identity == "copd",
                missing=(
                    Need(
                        criterion="2",
                        need="写明糖尿病肾病的肾功能阳性报告",
                        accepts=("肾功能检查报告",),
                        why="还没有看到。",
                    ),
                )
                if conclusion is Conclusion.INSUFFICIENT
                else (),
            )
        )
    return case.review()


def empty(folder: Path) -> Review:
    """Nothing could be read."""
    case = CaseBuilder(folder)
    case.alerts.append(
        Alert(
            code="file_broken", severity=Severity.ERROR, message="文件已损坏，打不开。请重新拍照上传。", file="scan.pdf"
        )
    )
    return case.review()


CASES = {f.__name__: f for f in (meets, conflicts, many_labs, three_diseases, empty)}
