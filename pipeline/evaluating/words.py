"""Chinese words for the traits that scores are split by."""

from __future__ import annotations

from pipeline.evaluating.breakdown import Figure
from pipeline.evaluating.documents import NOT_READ
from rules.engine.facts import DocumentType

__all__ = ["DIMENSIONS", "figure_text", "group_word", "kind_word", "type_word", "value_text"]

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
    # Paper
    "faint": "字迹淡",
    "bleed_through": "透印",
    "photocopy": "复印",
    "fax": "传真",
    "highlighter": "荧光笔",
    "pen": "手写批注",
    "stain": "污渍",
    "staple": "订书钉",
    "holes": "打孔",
    "fold": "折痕",
    "crumple": "揉皱",
    "curl": "卷曲",
    # Where camera and sheet are
    "skew": "歪斜",
    "perspective": "透视",
    "distance": "拍得远",
    "rotation": "转向",
    "exif_rotation": "转向（EXIF）",
    "several_sheets": "多张同框",
    "cut": "没拍全",
    # Light and lens
    "uneven_light": "光照不匀",
    "shadow": "阴影",
    "low_light": "光线暗",
    "too_dark": "太暗",
    "white_balance": "偏色",
    "glare": "反光",
    "burnt_out": "过曝",
    "blur": "模糊",
    "defocus": "失焦",
    "lost_focus": "完全失焦",
    "motion": "手抖",
    "smear": "拖影",
    "moire": "摩尔纹",
    "noise": "噪点",
    "sensor": "感光噪声",
    "finger": "手指入镜",
    "covered": "遮挡",
    # File, scanner, screen
    "jpeg": "压缩",
    "downscale": "像素低",
    "enhance": "过度增强",
    "scanned": "扫描底噪",
    "feed_line": "走纸线",
    "dust": "灰点",
    "dark_edge": "黑边",
    "grey": "灰度",
    "bitonal": "黑白二值",
    "screenshot_crop": "截屏裁切",
    "status_bar": "状态栏",
}
"""What paper and camera do, by the names that truth files use; another name is shown as it is."""


_KINDS = {
    "lab_results": "化验结果",
    "diagnoses": "确诊诊断",
    "rules": "规则读到",
    "model": "只有版面模型读到",
    "both": "两者读到",
    "doubted": "带存疑标记",
    "ppocr": "图像识别",
    "text-layer": "电子版文字",
}


def kind_word(kind: str) -> str:
    """Return what a kind of calibrated facts is called; empty: all of them."""
    return " · ".join(_KINDS.get(part, part) for part in kind.split(".")) if kind else "全部"


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
