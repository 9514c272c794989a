"""Structured logs: one JSON object a line on stderr, in which no person and no document can appear.

Our own loggers (``yushen``, ``pipeline``) write short fixed sentences with fields of ids, codes and numbers. What other
libraries say may quote values (SQL parameters, arguments of a step), so of their lines only level, logger and place are
kept, and of every exception its kind and places, never its message.
"""

from __future__ import annotations

import datetime as dt
import json
import logging
import sys
import traceback
from collections.abc import Mapping
from typing import Any, TextIO

__all__ = ["JsonLines", "configure", "event", "places_of"]

_OWN = ("yushen", "pipeline")
_HARMLESS = ("uvicorn.error",)
"""Other loggers whose sentences hold nothing but addresses and process numbers."""
_FRAMES = 8


def configure(level: str = "INFO", stream: TextIO | None = None) -> None:
    """Send everything through :class:`JsonLines`. Call once per process, before anything logs."""
    handler = logging.StreamHandler(stream or sys.stderr)
    handler.setFormatter(JsonLines())
    handler.addFilter(_worth_a_line)
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level)
    for logger in list(logging.Logger.manager.loggerDict.values()):
        if isinstance(logger, logging.Logger) and logger.handlers:
            logger.handlers.clear()
            logger.propagate = True
    # Its lines carry query strings; ours carry the same without them.
    access = logging.getLogger("uvicorn.access")
    access.handlers.clear()
    access.propagate, access.disabled = False, True


def event(logger: logging.Logger, name: str, /, *, level: int = logging.INFO, **fields: Any) -> None:
    """Log ``name`` (``request``, ``job.failed``) with fields: ids, codes, counts, seconds; never identity."""
    logger.log(level, name, extra={"fields": fields})


def places_of(error: BaseException) -> list[str]:
    """Return where ``error`` happened, without its message, which may quote a document."""
    frames = traceback.extract_tb(error.__traceback__)[-_FRAMES:]
    return [f"{frame.filename}:{frame.lineno} {frame.name}" for frame in frames]


class JsonLines(logging.Formatter):
    """One record as one line of JSON."""

    def format(self, record: logging.LogRecord) -> str:
        line: dict[str, Any] = {
            "at": dt.datetime.fromtimestamp(record.created, dt.UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
        }
        if _is(record.name, _OWN):
            line["event"] = record.getMessage()
            fields = getattr(record, "fields", None)
            if isinstance(fields, Mapping):
                line.update({name: value for name, value in fields.items() if name not in line})
        elif _is(record.name, _HARMLESS) and not record.exc_info:
            line["event"] = record.getMessage()
        else:
            line["event"] = "foreign"
            line["place"] = f"{record.pathname}:{record.lineno}"
        if record.exc_info and record.exc_info[1] is not None:
            line["error"] = type(record.exc_info[1]).__name__
            line["places"] = places_of(record.exc_info[1])
        return json.dumps(line, ensure_ascii=False, default=str)


def _worth_a_line(record: logging.LogRecord) -> bool:
    """Of a foreign line only its place is kept: below a warning that is not worth one."""
    return record.levelno >= logging.WARNING or _is(record.name, (*_OWN, *_HARMLESS))


def _is(name: str, families: tuple[str, ...]) -> bool:
    return any(name == family or name.startswith(f"{family}.") for family in families)
