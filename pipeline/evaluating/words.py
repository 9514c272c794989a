"""Chinese words for the traits that scores are split by."""

from __future__ import annotations

from pipeline.evaluating.breakdown import Figure
from pipeline.evaluating.documents import NOT_READ
from rules.engine.facts import DocumentType

__all__ = ["DIMENSIONS", "figure_text", "group_word", "type_word", "value_text"]

DIMENSIONS = {
    "medium": "介质",
    "type": "文书类型",
    "family": "版式",
    "split": "划分",
    "degradation": "纸张与拍摄问题",
    "disease": "病种",
}
_MEDIA = {"pdf": "电子版", "scan": "扫描件", "photo": "照片", "screen": "截屏", "mixed": "混合"}
_SPLITS = {"development": "开发用", "held-out": "留出", "mixed": "混合", "none": "未划分"}
_BANDS = {"weak": "轻", "medium": "中", "strong": "重"}
_EFFECTS = {
    "skew": "歪斜",
    "perspective": "透视",
    "curl": "卷曲",
    "crease": "折痕",
    "fold": "折痕",
    "shadow": "阴影",
    "glare": "反光",
    "blur": "模糊",
    "defocus": "失焦",
    "motion": "手抖",
    "motion_blur": "手抖",
    "moire": "摩尔纹",
    "low_light": "光线暗",
    "dark": "光线暗",
    "noise": "噪点",
    "jpeg": "压缩",
    "photocopy": "复印",
    "fax": "传真",
    "stain": "污渍",
    "stains": "污渍",
    "holes": "打孔",
    "punched_holes": "打孔",
    "finger": "手指",
    "fingers": "手指",
    "background": "背景杂乱",
    "faded": "字迹淡",
    "rotation": "转向",
    "cut": "没拍全",
    "sheets": "多张同框",
    "several_sheets": "多张同框",
    "colour_cast": "偏色",
    "resolution": "像素低",
    "low_resolution": "像素低",
}


def type_word(value: str) -> str:
    """Return what a document type is called."""
    if value == NOT_READ:
        return "未读到"
    if value == "several":
        return "多张同框"
    try:
        return DocumentType(value).label
    except ValueError:
        return value


def group_word(dimension: str, name: str) -> str:
    """Return what a group of a dimension is called; a name that is not known stays as it is."""
    if dimension == "medium":
        return _MEDIA.get(name, name)
    if dimension == "split":
        return _SPLITS.get(name, name)
    if dimension == "type":
        return type_word(name)
    if dimension == "degradation":
        if name == "none":
            return "未标问题"
        effect, _, band = name.partition(":")
        word = _EFFECTS.get(effect.replace("-", "_"), effect)
        return f"{word}（{_BANDS[band]}）" if band in _BANDS else word
    return "未标版式" if dimension == "family" and name == "none" else name


def value_text(value: float | None, kind: str) -> str:
    """Return a figure as people read it: ``97.4%``, ``3.52``, or a dash where nothing was counted."""
    if value is None:
        return "–"
    if kind == "seconds":
        return f"{value:.2f}" if value < 10 else f"{value:.1f}"
    # Never rounded up to a perfect score, nor down to none.
    percent = value * 100
    text = f"{percent:.2f}" if percent < 1 else f"{percent:.1f}"
    if float(text) == 100.0 and value < 1:
        return ">99.9%"
    if float(text) == 0.0 and value > 0:
        return "<0.01%"
    return f"{text}%" if value not in (0.0, 1.0) else f"{percent:.0f}%"


def figure_text(figure: Figure) -> str:
    """Return value and 95% interval: ``97.4% (95.1–98.6)``."""
    value = value_text(figure.value, figure.metric.kind)
    if figure.value is None or figure.sure is None:
        return value
    low, high = figure.sure.low, figure.sure.high
    if figure.metric.kind == "seconds":
        return f"{value} ({low:.2f}–{high:.2f})"
    return f"{value} ({low * 100:.1f}–{high * 100:.1f})"
