"""``yushen review``: one application from uploads to three files."""

from __future__ import annotations

import argparse
import datetime as dt
import json
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pipeline.cli.exits import OK, CommandError
from pipeline.cli.loading import broken_files_told

if TYPE_CHECKING:
    from pipeline.nouns import Alert, Review
    from pipeline.review import Request

__all__ = ["add_parser"]

_CONCLUSIONS = {
    "meets": "建议：材料符合认定标准",
    "not_met": "建议：材料不符合认定标准",
    "insufficient": "建议：材料不足，需补充",
    "manual": "建议：需人工裁量",
}


def _date(text: str) -> dt.date:
    try:
        return dt.date.fromisoformat(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(f"日期应写作 YYYY-MM-DD，而不是 {text!r}") from error


def add_parser(commands: Any) -> None:
    parser = commands.add_parser("review", help="预审一份申请的材料（文件或文件夹）")
    parser.add_argument("paths", nargs="+", type=Path, metavar="PATH", help="文件或一个文件夹：PDF、照片、扫描件或ZIP")
    parser.add_argument(
        "--disease", metavar="NAME_OR_ID", help="病种名称、别名、规则编号或国家编码；不写则以申请表为准"
    )
    parser.add_argument("--as-of", type=_date, default=None, metavar="YYYY-MM-DD", help="申请日期，默认今天")
    parser.add_argument("--region", default="jiangxi", help="地区规则，默认 jiangxi")
    parser.add_argument("--rules", type=Path, metavar="DIR", help="另加或替换规则包的文件夹")
    parser.add_argument("--out", type=Path, default=Path("yushen-out"), metavar="DIR", help="报告写到哪里")
    parser.add_argument("--json", action="store_true", help="把 report.json 打印到标准输出")
    parser.add_argument("--config", type=Path, metavar="FILE", help="设置文件（TOML）")
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Review and write the reports.

    Raises:
        CommandError: bad usage, or nothing that could be reviewed.
    """
    # Readers and language models load here and not above: other commands and --help need none of them.
    from pipeline.reporting import report_json, write_all
    from pipeline.review import Request

    for path in options.paths:
        if not path.exists():
            raise CommandError(f"找不到 {path}，请检查路径。")
    if options.rules is not None and not options.rules.is_dir():
        raise CommandError(f"--rules 应是一个文件夹：{options.rules}")
    request = Request(
        paths=tuple(options.paths),
        as_of=options.as_of or dt.date.today(),
        disease=options.disease,
        region=options.region,
        extra_rules=options.rules,
    )
    # The folder is private to the user (mode 0700) and goes with the command, page images and all.
    with tempfile.TemporaryDirectory(prefix="yushen-", ignore_cleanup_errors=True) as folder:
        result = _review(request, options, Path(folder))
        try:
            write_all(result, options.out)
        except OSError as error:
            raise CommandError(f"报告写不进 {options.out}：{error.strerror}") from error
        if options.json:
            json.dump(report_json(result), sys.stdout, ensure_ascii=False, indent=2)
            sys.stdout.write("\n")
    _summarise(result, options.out)
    return OK


def _review(request: Request, options: argparse.Namespace, work: Path) -> Review:
    from pipeline.choosing import UnknownDiseaseError
    from pipeline.cli.progress import shown
    from pipeline.review import NothingToReviewError, review
    from pipeline.settings import load_settings

    try:
        with broken_files_told():
            settings = load_settings(options.config)
            with shown() as progress:
                return review(request, settings=settings, work=work, progress=progress)
    except UnknownDiseaseError as error:
        known = "、".join(error.known)
        raise CommandError(f"目录里没有“{error.text}”这个病种。可用的病种：{known}") from error
    except NothingToReviewError as error:
        raise CommandError("没有可以审阅的页面。" + _reasons(error.alerts)) from error


def _reasons(alerts: Sequence[Alert]) -> str:
    return "".join(f"\n  {alert.file}：{alert.message}" for alert in alerts if alert.file)


def _summarise(result: Review, out: Path) -> None:
    say = sys.stderr
    for alert in result.alerts:
        if alert.severity.value == "error" and alert.file:
            place = f"第{alert.page}页" if alert.page else ""
            print(f"{alert.file}{place}：{alert.message}", file=say)
    for judgement in result.judgements:
        print(f"{judgement.disease.name}：{_CONCLUSIONS[judgement.conclusion.value]}", file=say)
    print(f"专家报告 {out / 'report.html'}", file=say)
    print(f"申请人反馈 {out / 'feedback.html'}", file=say)
    print(f"数据 {out / 'report.json'}", file=say)
