"""What the commands load before they work, and the sentence for a user whose file cannot be loaded."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from pipeline.cli.exits import CommandError

if TYPE_CHECKING:
    from rules.engine import Region

__all__ = ["broken_files_told", "region_of"]


@contextmanager
def broken_files_told() -> Iterator[None]:
    """Turn errors about settings, rule packs and vocabulary into a :class:`CommandError`; they name file and place."""
    # Not at the top: --help loads no rules.
    from pipeline.settings import SettingsError
    from rules.engine import RuleError
    from rules.vocabulary import VocabularyError

    try:
        yield
    except SettingsError as error:
        raise CommandError(f"设置文件有误：{error}") from error
    except RuleError as error:
        raise CommandError(f"规则包有误：{error}") from error
    except VocabularyError as error:
        raise CommandError(f"词表有误：{error}") from error


def region_of(options: argparse.Namespace) -> Region:
    """Load the region that ``--region``, ``--rules`` and ``--config`` name.

    Raises:
        CommandError: a file of it is broken.
    """
    from pipeline.settings import load_settings
    from rules.engine import load_region

    with broken_files_told():
        settings = load_settings(options.config)
        return load_region(settings.rules_dir, options.region, extra=options.rules)
