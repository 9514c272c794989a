"""``yushen backup`` and ``yushen restore``."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from pipeline.cli.exits import DEFECT, OK, CommandError
from pipeline.cli.service_office import existing_office
from pipeline.cli.serving import add_config, settings_of

__all__ = ["add_parser"]


def add_parser(commands: Any) -> None:
    saving = commands.add_parser("backup", help="备份数据库、上传的材料和密钥（服务可以继续运行）")
    saving.add_argument("folder", type=Path, metavar="DIR", help="新的或空的目录")
    add_config(saving)
    saving.set_defaults(run=run_backup)
    restoring = commands.add_parser("restore", help="把备份恢复到空的数据目录（先停止服务）")
    restoring.add_argument("folder", type=Path, metavar="DIR", help="yushen backup 写出的目录")
    add_config(restoring)
    restoring.set_defaults(run=run_restore)


def run_backup(options: argparse.Namespace) -> int:
    from pipeline.service import backup

    with existing_office(settings_of(options)) as office, _told():
        manifest = backup.save(office, options.folder)
    _summary("备份完成，已逐个读回核对", manifest)
    if manifest.trail_broken_at is not None:
        print(f"✕ 留痕在第 {manifest.trail_broken_at} 条已断开；备份照做，请用 yushen audit verify 查清。")
        return DEFECT
    print("备份里有个人信息和服务器密钥，请加密保管，并抄录留痕末条指纹。")
    return OK


def run_restore(options: argparse.Namespace) -> int:
    from pipeline.service import backup

    with _told():
        manifest, office = backup.restore(settings_of(options), options.folder)
    office.close()
    _summary("恢复完成，留痕与材料已核对", manifest)
    print("所有人需要重新登录；没有识别完的材料会在服务启动后继续识别。")
    return OK


def _summary(title: str, manifest: Any) -> None:
    blobs = sum(1 for name in manifest.files if name.startswith("blobs/"))
    size = sum(entry.size for entry in manifest.files.values())
    print(f"{title}：{len(manifest.files)} 个文件，其中材料 {blobs} 份，共 {size / 1024 / 1024:.1f} MB。")
    print(f"留痕 {manifest.trail_rows} 条，末条指纹 {manifest.trail_head}")


@contextmanager
def _told() -> Iterator[None]:
    from pipeline.service.backup import BackupError
    from pipeline.service.blobs import BlobMissingError
    from pipeline.service.office import OfficeError

    try:
        yield
    except (BackupError, OfficeError) as error:
        raise CommandError(str(error)) from error
    except BlobMissingError as error:
        raise CommandError("有一份材料已损坏，读出的内容与登记不符；请先检查材料存储") from error
