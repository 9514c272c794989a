"""Checks of what the program works with: OCR models, rules, vocabulary, and a real reading."""

from __future__ import annotations

import base64
import tempfile
import time
from pathlib import Path

from models.ocr.prepare import WEIGHTS, PrepareError, verify
from pipeline.doctor.check import Check
from pipeline.settings import REPOSITORY, OcrSettings, Settings

__all__ = ["check_models", "check_orientation", "check_reading", "check_rules", "check_vocabulary"]

_PREPARE = "在项目目录运行 ./setup.sh，或 python -m models.ocr.prepare（需要能访问软件包源）"


def check_models(ocr: OcrSettings) -> Check:
    """Recogniser and detector are there; the shipped ones also match their sha256."""
    title = "文字识别模型"
    folders = (ocr.detection_dir, ocr.recognition_dir)
    own = [folder for folder in folders if WEIGHTS not in folder.parents]
    lacking = [f for f in folders if not ((f / "inference.yml").is_file() and (f / "inference.onnx").is_file())]
    if lacking:
        detail = f"缺少 {'、'.join(str(f) for f in lacking)}"
        advice = "请核对设置文件 [ocr] 中的模型目录" if set(lacking) & set(own) else _PREPARE
        return Check(id="ocr_models", title=title, state="fail", detail=detail, advice=advice)
    names = f"{ocr.detection_name}、{ocr.recognition_name}"
    if own:
        return Check(id="ocr_models", title=title, state="ok", detail=f"{names}（设置文件指定，未核对 sha256）")
    try:
        problems = verify()
    except PrepareError as error:
        problems = (str(error),)
    if problems:
        return Check(id="ocr_models", title=title, state="fail", detail="；".join(problems), advice=_PREPARE)
    return Check(id="ocr_models", title=title, state="ok", detail=f"{names}，sha256 一致")


def check_orientation(ocr: OcrSettings) -> Check:
    """The page orientation network; reading works without it, only slower on turned pages."""
    if ocr.orientation_model.is_file():
        return Check(id="orientation", title="页面方向模型", state="ok", detail=ocr.orientation_model.parent.name)
    return Check(
        id="orientation", title="页面方向模型", state="warn", detail=f"缺少 {ocr.orientation_model}", advice=_PREPARE
    )


def check_rules(settings: Settings) -> Check:
    """Every region's rule packs load."""
    title = "规则"
    from rules.engine import RuleError, load_region

    regions = sorted(p.parent.name for p in settings.rules_dir.glob("*/region.yaml"))
    if not regions:
        detail = f"{settings.rules_dir} 中没有规则"
        return Check(id="rules", title=title, state="fail", detail=detail, advice="请核对设置文件中的 rules_dir")
    loaded = []
    for name in regions:
        try:
            region = load_region(settings.rules_dir, name)
        except RuleError as error:
            advice = "运行 yushen rules check 查看全部问题"
            return Check(id="rules", title=title, state="fail", detail=f"{name}：{error}", advice=advice)
        loaded.append(f"{name} {len(region.rules)} 个病种")
    return Check(id="rules", title=title, state="ok", detail="，".join(loaded))


def check_vocabulary() -> Check:
    """The vocabularies load."""
    title = "词表"
    from rules.vocabulary import load_vocabulary

    try:
        words = load_vocabulary()
    except ValueError as error:
        return Check(
            id="vocabulary", title=title, state="fail", detail=str(error), advice="请恢复 rules/vocabulary 目录"
        )
    detail = f"检验项目 {len(words.analytes)}，诊断 {len(words.diagnoses)}，药品 {len(words.drugs)}"
    return Check(id="vocabulary", title=title, state="ok", detail=detail)


def check_reading(ocr: OcrSettings) -> Check:
    """Read a small picture through the real worker processes, as a review would."""
    from pipeline.nouns import Page
    from pipeline.reading import read_pages

    title = "试读"
    started = time.perf_counter()
    with tempfile.TemporaryDirectory(prefix="yushen-") as folder:
        image = Path(folder) / "probe.png"
        image.write_bytes(base64.b64decode((Path(__file__).parent / "probe.b64").read_bytes()))
        page = Page(id="p1", file="probe.png", file_sha256="", number=1, width=360, height=96, image=image)
        pages, alerts = read_pages([page], settings=ocr.model_copy(update={"workers": 1}))
    seconds = time.perf_counter() - started
    text = "".join(line.text for line in pages[0].lines)
    if "肌酐" in text and "812.4" in text:
        return Check(id="reading", title=title, state="ok", detail=f"读出“{text}”，{seconds:.1f} 秒（含载入模型）")
    detail = f"读出“{text}”，应含“肌酐 812.4”" + "".join(f"；{a.code}" for a in alerts)
    return Check(
        id="reading",
        title=title,
        state="fail",
        detail=detail,
        advice=f"先处理上面的问题；仍不行时删除 {_place()} 后{_PREPARE}",
    )


def _place() -> str:
    return str(WEIGHTS.relative_to(REPOSITORY))
