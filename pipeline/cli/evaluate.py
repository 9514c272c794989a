"""``yushen evaluate``: how well the product reads and judges, on cases whose truth is known."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import Any

from pipeline.cli.exits import OK, CommandError
from pipeline.cli.loading import broken_files_told

__all__ = ["add_parser"]

_STAGES = ("text", "pages", "fields", "labs", "diagnoses", "statements", "boxes", "judging", "gate", "cost")


def add_parser(commands: Any) -> None:
    parser = commands.add_parser("evaluate", help="用已知真值的案例给识别与判定逐阶段打分")
    parser.add_argument("folder", type=Path, metavar="DIR", help="案例文件夹：每例一个子文件夹，内有 truth.json")
    parser.add_argument(
        "--out", type=Path, default=Path("yushen-evaluation"), metavar="RUN_DIR", help="结果写到哪里；中断后可接着跑"
    )
    parser.add_argument("--split", choices=("development", "held-out"), help="只评这一划分的版式")
    parser.add_argument("--limit", type=_positive, metavar="N", help="只评 N 例（在全部案例中均匀取）")
    parser.add_argument("--only", choices=_STAGES, metavar="STAGE", help=f"只打印一个阶段：{'、'.join(_STAGES)}")
    parser.add_argument("--fresh", action="store_true", help="不用已有结果，全部重新审阅")
    parser.add_argument(
        "--readings",
        type=Path,
        metavar="FOLDER",
        help="页面识别结果存放处：有则沿用（不管识别代码是否改过），无则识别后存入；只改后续阶段时省时",
    )
    parser.add_argument(
        "--page-reader",
        choices=("rules", "model", "both"),
        default="both",
        help="谁来找内容：只用规则、只用版面模型、两者（默认）",
    )
    parser.add_argument(
        "--ablation", action="store_true", help="同一批识别结果上比较规则、模型、两者，另写 ablation.json"
    )
    parser.add_argument("--config", type=Path, metavar="FILE", help="设置文件（TOML）")
    parser.set_defaults(run=run)


def _positive(text: str) -> int:
    try:
        value = int(text)
    except ValueError:
        value = 0
    if value < 1:
        raise argparse.ArgumentTypeError(f"应为正整数，而不是 {text!r}")
    return value


def run(options: argparse.Namespace) -> int:
    """Review the cases, score them, print the table and write the page.

    Raises:
        CommandError: no cases, a broken truth file, bad settings.
    """
    from pipeline.evaluating.report import evaluate
    from pipeline.evaluating.runs import RunError, choose_cases
    from pipeline.evaluating.truth import TruthError
    from pipeline.learned import Finders
    from pipeline.settings import load_settings

    if not options.folder.is_dir():
        raise CommandError(f"找不到文件夹 {options.folder}，请检查路径。")
    try:
        with broken_files_told():
            settings = load_settings(options.config)
        cases = choose_cases(options.folder, split=options.split, limit=options.limit)
    except TruthError as error:
        raise CommandError(f"真值文件有误：{error}") from error
    except RunError as error:
        raise CommandError(f"没有可评的案例：{error}") from error
    try:
        with broken_files_told():
            table = evaluate(
                cases,
                options.out,
                settings=settings,
                fresh=options.fresh,
                only=options.only,
                readings=options.readings,
                note=_note,
                finders=Finders(options.page_reader),
                ablation=options.ablation,
            )
    except OSError as error:
        raise CommandError(f"结果写不进 {options.out}：{error.strerror}") from error
    sys.stdout.write(table)
    print(f"评估页 {options.out / 'evaluation.html'}", file=sys.stderr)
    print(f"数据 {options.out / 'scores.json'}", file=sys.stderr)
    return OK


def _note(done: int, total: int, case: str, kept: bool) -> None:
    print(f"{done}/{total} {case}{'（沿用已有结果）' if kept else ''}", file=sys.stderr, flush=True)
