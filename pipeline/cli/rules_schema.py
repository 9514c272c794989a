"""``yushen rules schema``: JSON Schema of the rule files, for editors."""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import Any

from pipeline.cli.exits import OK, CommandError
from pipeline.cli.loading import broken_files_told
from rules.engine.editor_schema import editor_schemas
from rules.vocabulary import load_vocabulary

__all__ = ["add_parser"]


def add_parser(actions: Any) -> None:
    action = actions.add_parser("schema", help="写出规则文件的 JSON Schema，供编辑器补全和检查")
    action.add_argument("--out", type=Path, required=True, metavar="DIR", help="写到这个文件夹，没有则新建")
    action.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    with broken_files_told():
        schemas = editor_schemas(load_vocabulary())
    try:
        options.out.mkdir(parents=True, exist_ok=True)
        for name, schema in schemas.items():
            text = json.dumps(schema, ensure_ascii=False, indent=1) + "\n"
            (options.out / name).write_text(text, encoding="utf-8")
    except OSError as error:
        raise CommandError(f"写不进 {options.out}（{type(error).__name__}）。") from error
    print(f"已写出 {len(schemas)} 个 JSON Schema：{options.out}")
    return OK
