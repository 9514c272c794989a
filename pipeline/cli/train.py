"""``yushen train page-reader``: makes training pages, trains, exports."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from pipeline.cli import train_export
from pipeline.cli.exits import OK, CommandError

__all__ = ["add_parser"]


def add_parser(commands: Any) -> None:
    parser = commands.add_parser("train", help="训练随附的模型（需要仓库里的 data_samples）")
    kinds = parser.add_subparsers(dest="kind", required=True, metavar="MODEL")
    reader = kinds.add_parser("page-reader", help="训练页面阅读模型，可中断后续训，训练后导出")
    reader.add_argument("--config", type=Path, metavar="FILE", help="训练配置（TOML），默认用随附的配置")
    reader.add_argument(
        "--out", type=Path, metavar="DIR", default=Path("page-reader-training"), help="检查点、曲线和训练页面的目录"
    )
    reader.add_argument("--resume", action="store_true", help="从 --out 里的检查点继续")
    reader.add_argument(
        "--weights",
        type=Path,
        metavar="DIR",
        help="导出到哪里，默认 --out 下的 weights；随附的是 models/page_reader/weights",
    )
    reader.add_argument(
        "--read",
        nargs=3,
        action="append",
        default=[],
        metavar=("CASES", "KEPT", "SEED"),
        help="真实识别过的开发集案例：案例目录、yushen evaluate --out 下的 cases 目录、生成案例的种子；可写多次",
    )
    reader.add_argument(
        "--corrections",
        action="append",
        type=Path,
        default=[],
        metavar="FILE",
        help="审核人员更正过的页面（export-corrections 的输出）也用来训练；可写多次",
    )
    reader.set_defaults(run=run)
    train_export.add_parser(kinds)


def run(options: argparse.Namespace) -> int:
    try:
        import torch

        import data_samples.factory  # noqa: F401
    except ImportError as error:
        raise CommandError(
            f"训练需要 PyTorch 和仓库里的 data_samples（缺 {error.name}），请在仓库目录里运行。"
        ) from error
    from models.page_reader.settings import load_recipe
    from pipeline.training import page_reader, shipping

    config = options.config or Path(page_reader.__file__).parents[2] / "models" / "page_reader" / "page_reader.toml"
    try:
        recipe = load_recipe(config)
    except (OSError, ValueError) as error:
        raise CommandError(f"读不了训练配置 {config}：{error}") from error
    read, corrected = _read(options.read), _corrected(options.corrections)
    if not options.resume and (options.out / "state.pt").is_file():
        raise CommandError(f"{options.out} 里已有训练：加 --resume 继续，或换一个目录。")
    place = "GPU" if torch.cuda.is_available() else f"CPU（{recipe.threads} 线程）"
    print(f"在 {place} 上训练，结果放在 {options.out}", file=sys.stderr)
    with _bars() as (making, training):
        pages = page_reader.gather(recipe, options.out / "pages", read=read, corrected=corrected, told=making)
        history = page_reader.train_page_reader(
            recipe, options.out, resume=options.resume, pages=pages, told=lambda seen: training(seen, recipe)
        )
    weights = options.weights or options.out / "weights"
    manifest = shipping.ship(options.out, recipe, history, pages, weights)
    told = manifest.about["scores"]
    print(f"{manifest.version}：训练 {history.step} 步，{history.seconds / 60:.0f} 分钟；导出到 {weights}")
    figures = f"标签 F1 {told['labels']:.3f}，关联 F1 {told['links']:.3f}，页面类型 {told['type']:.3f}"
    print(f"未见版式 {told['pages']} 页：{figures}")
    print(f"曲线：{options.out / 'curves.png'}")
    return OK


def _read(told: list[list[str]]) -> list[tuple[Path, Path, int]]:
    """Folders of cases, what was kept of them, and their seeds.

    Raises:
        CommandError: a folder is not there, or a seed is no number.
    """
    found = []
    for cases, kept, seed in told:
        for folder in (cases, kept):
            if not Path(folder).is_dir():
                raise CommandError(f"--read：找不到目录 {folder}")
        if not seed.isdecimal():
            raise CommandError(f"--read：种子应为整数，而不是 {seed}")
        found.append((Path(cases), Path(kept), int(seed)))
    return found


def _corrected(files: list[Path]) -> list[Any]:
    """Corrected pages of ``files``.

    Raises:
        CommandError: a file cannot be read or is not of the form.
    """
    from pipeline.training.corrected import CorrectionsError, corrected_pages

    pages: list[Any] = []
    for file in files:
        try:
            pages += corrected_pages(file)
        except CorrectionsError as error:
            raise CommandError(f"更正页面不合格式：{error}") from None
        except (OSError, UnicodeDecodeError) as error:
            raise CommandError(f"读不了更正页面 {file}：{type(error).__name__}") from None
    return pages


@contextmanager
def _bars() -> Iterator[tuple[Callable[[int, int], None], Callable[[Any, Any], None]]]:
    """Yield what tells of pages made, and of steps trained."""
    from rich.console import Console
    from rich.progress import (
        BarColumn,
        MofNCompleteColumn,
        Progress,
        TextColumn,
        TimeElapsedColumn,
        TimeRemainingColumn,
    )

    bars = Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        TimeRemainingColumn(),
        console=Console(file=sys.stderr),
    )
    made = bars.add_task("生成训练页面", total=None, visible=False)
    trained = bars.add_task("训练", total=None, visible=False)

    def making(done: int, whole: int) -> None:
        bars.update(made, completed=done, total=whole, visible=True)

    def training(history: Any, recipe: Any) -> None:
        done, whole = history.step, recipe.steps
        if recipe.minutes is not None and history.step:
            whole = min(whole, int(history.step * recipe.minutes * 60 / max(history.seconds, 1e-6)) + 1)
        parts = []
        if history.losses:
            parts.append(f"损失 {history.losses[-1][1]:.3f}")
        if history.scores:
            parts.append(f"未见版式 {history.scores[-1][1]['score']:.3f}")
        bars.update(trained, completed=done, total=whole, visible=True, description=" ".join(["训练", *parts]))

    with bars:
        yield making, training
