"""PaddleX without its model hubs.

It imports the clients of three hubs from which it could download models. Ours lie on the disk and nothing is ever
downloaded (hazard H3); one of the clients loads all of torch, which cost every reading process four seconds of a
core and 200 MiB. Stand-ins take their place while PaddleX is imported; whatever asks them for a model is refused.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from types import ModuleType
from typing import Any

__all__ = ["NoHubError", "no_hubs"]


class NoHubError(Exception):
    """A model was to be downloaded."""


def _refuse(*_: Any, **__: Any) -> Any:
    raise NoHubError("models are never downloaded")


_STAND_INS: dict[str, dict[str, Any]] = {
    "modelscope": {"snapshot_download": _refuse},
    "aistudio_sdk": {},
    "aistudio_sdk.errors": {"NotExistError": NoHubError},
    "aistudio_sdk.snapshot_download": {"snapshot_download": _refuse},
}


@contextmanager
def no_hubs() -> Iterator[None]:
    """While the block imports PaddleX: clients of hubs that are not loaded yet are stand-ins."""
    put = [name for name in _STAND_INS if name not in sys.modules]
    for name in put:
        module = ModuleType(name)
        vars(module).update(_STAND_INS[name])
        sys.modules[name] = module
    try:
        yield
    finally:
        for name in put:
            del sys.modules[name]
