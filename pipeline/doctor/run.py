"""Runs all checks. A check that breaks is itself a finding, never a crash."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from pipeline.doctor import content, learned, system
from pipeline.doctor.check import Check
from pipeline.settings import Settings

__all__ = ["run_checks"]


def run_checks(settings: Settings, *, read: bool = True) -> tuple[Check, ...]:
    """Check this installation; nothing is changed and no network is used.

    Args:
        settings: of this installation.
        read: also read a small picture through the real engine (a few seconds).
    """
    steps: Sequence[tuple[str, Callable[[], Check]]] = (
        ("python", system.check_python),
        ("packages", system.check_packages),
        ("opencv", system.check_opencv),
        ("ocr_models", lambda: content.check_models(settings.ocr)),
        ("orientation", lambda: content.check_orientation(settings.ocr)),
        ("page_reader", lambda: learned.check_page_reader(settings.extracting)),
        ("vocabulary", content.check_vocabulary),
        ("rules", lambda: content.check_rules(settings)),
        ("disk", system.check_disk),
        ("temp", system.check_temp),
        ("sandbox", system.check_sandbox),
        ("memory", system.check_memory),
        ("font", system.check_font),
    )
    results = [_guarded(name, step) for name, step in steps]
    needed = {"packages", "opencv", "ocr_models", "temp"}
    if read and not any(c.state == "fail" and c.id in needed for c in results):
        results.append(_guarded("reading", lambda: content.check_reading(settings.ocr)))
    return tuple(results)


def _guarded(name: str, step: Callable[[], Check]) -> Check:
    try:
        return step()
    except Exception as error:
        detail = f"检查本身出错：{type(error).__name__}: {error}"
        return Check(id=name, title=name, state="fail", detail=detail, advice="请在项目目录运行 ./setup.sh 后重试")
