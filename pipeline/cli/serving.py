"""What ``yushen serve`` and ``yushen worker`` share: the office opened, with a plain word where that cannot be."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from pipeline.cli.exits import CommandError
from pipeline.cli.loading import broken_files_told

if TYPE_CHECKING:
    from pipeline.service.office import Office
    from pipeline.settings import Settings

__all__ = ["add_config", "new_keys_told", "opened", "require_models", "settings_of"]


def add_config(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--config", type=Path, metavar="FILE", help="设置文件（TOML），默认取环境变量 YUSHEN_CONFIG")


def settings_of(options: argparse.Namespace) -> Settings:
    """Load the settings.

    Raises:
        CommandError: the file is broken.
    """
    from pipeline.settings import load_settings

    with broken_files_told():
        return load_settings(options.config)


def opened(settings: Settings) -> Office:
    """Open the office with its database and the queue's records brought up to date.

    Raises:
        CommandError: the data folder or the database cannot be used.
    """
    from sqlalchemy.engine import make_url
    from sqlalchemy.exc import ArgumentError, SQLAlchemyError

    from pipeline.service.office import OfficeError, open_office
    from pipeline.service.work.system import prepare_system, system_url

    try:
        office = open_office(settings, told=new_keys_told)
        prepare_system(settings)
    except OfficeError as error:
        raise CommandError(str(error)) from error
    except ArgumentError as error:
        raise CommandError("数据库地址写得不对，应为 postgresql+psycopg://用户:密码@主机/库名") from error
    except SQLAlchemyError as error:
        where = make_url(system_url(settings)).render_as_string(hide_password=True)
        raise CommandError(f"数据库连不上或不能使用：{where}（{type(error).__name__}）") from error
    return office


def new_keys_told(place: str) -> None:
    print(
        f"已生成主密钥文件 {place}（只有本用户可读）。所有材料都用它加密：请另存一份在别处，"
        "不要和数据、备份放在一起；丢了它，数据和备份都打不开。",
        flush=True,
    )


def require_models(settings: Settings) -> None:
    """Refuse to start where pages could not be read.

    Raises:
        CommandError: a model is missing or damaged.
    """
    from pipeline.doctor.content import check_models

    check = check_models(settings.ocr)
    if check.state == "fail":
        raise CommandError(f"{check.title}不能用，不能识别图片：{check.detail}；{check.advice}")
    if not settings.ocr.orientation_model.is_file():
        raise CommandError("页面方向模型未安装；请运行 setup.sh，或用 yushen doctor 查看处理办法")
