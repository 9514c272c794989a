"""Whether an item fails because of the pictures rather than because nothing was handed in.

It does when what was handed in for it cannot be used: the item itself says that something could not be read, on a page
that has to be taken again; or nothing was found for it while a page to be taken again lies in a document of a kind
that the item takes, or of no kind that anybody could tell.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

__all__ = ["Pictures", "pictures_of"]

_OPEN = frozenset({"missing", "manual", "conflicting"})
_UNREADABLE = frozenset(
    {
        "low_confidence",
        "value_unreadable",
        "date_unreadable",
        "doubtful_result",
        "document_type_unknown",
        "owner_unknown",
        "unit_unknown",
    }
)
_WORDS: Mapping[str, tuple[str, ...]] = {
    "application_form": ("申请表",),
    "discharge_summary": ("出院小结", "出院记录"),
    "front_page": ("病案首页",),
    "admission_record": ("入院记录", "住院病历"),
    "outpatient_record": ("门诊病历", "门诊记录"),
    "diagnosis_certificate": ("诊断证明",),
    "lab_report": ("检验", "化验", "尿白蛋白"),
    "imaging_report": ("影像", "CT", "MRI", "MR", "X 线", "X线", "胸片", "彩超", "超声", "造影", "眼底", "OCT"),
    "pathology_report": ("病理", "细胞学"),
    "endoscopy_report": ("内镜", "胃镜", "肠镜"),
    "ecg_report": ("心电图",),
    "lung_function_report": ("肺功能",),
    "eeg_emg_report": ("肌电图", "脑电图", "神经传导"),
    "operation_record": ("手术", "操作记录"),
    "dialysis_record": ("透析",),
    "prescription": ("处方", "用药记录"),
}
"""How rules name the kinds of document in what an item accepts."""


@dataclass(frozen=True, slots=True)
class Pictures:
    """Documents with a page that has to be taken again."""

    types: Mapping[str, str]
    """Document id -> type."""

    def explain(self, status: str, reason: str, documents: Iterable[str], accepts: Sequence[str]) -> bool:
        """True when the pictures are why an item of this status is not established.

        Args:
            documents: that its evidence, for or against, stands in.
            accepts: what the rules say that the item takes.
        """
        if status not in _OPEN or not self.types:
            return False
        if reason in _UNREADABLE and any(document in self.types for document in documents):
            return True
        if status != "missing":
            return False
        text = "，".join(accepts)
        return any(
            kind == "unknown" or any(word in text for word in _WORDS.get(kind, ())) for kind in self.types.values()
        )


def pictures_of(report: Mapping[str, Any]) -> Pictures:
    """Return the documents of a report.json that have a page to be taken again."""
    return Pictures(
        {
            document["id"]: document["type"]
            for document in report.get("documents", ())
            if any(issue.get("retake", True) for page in document["pages"] for issue in page["quality"])
        }
    )
