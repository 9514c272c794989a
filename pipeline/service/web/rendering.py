"""Templates to responses. One environment for all rooms; every value is escaped."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

from fastapi import Request
from fastapi.responses import HTMLResponse
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from pipeline.service.office import LOCAL
from pipeline.service.web.places import places_of
from pipeline.service.web.static_files import STATIC, static

__all__ = ["STATIC", "TEMPLATES", "compile_templates", "page"]

TEMPLATES = Path(__file__).parent / "templates"


def _moment(value: dt.datetime | None) -> str:
    """A moment as people in China read it."""
    return value.astimezone(LOCAL).strftime("%Y-%m-%d %H:%M") if value else ""


def _day(value: dt.date | None) -> str:
    return value.isoformat() if value else ""


def _environment() -> Environment:
    made = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.filters["moment"] = _moment
    made.filters["day"] = _day
    made.globals["static"] = static
    made.globals["places_of"] = places_of
    made.policies["json.dumps_kwargs"] = {"ensure_ascii": False, "sort_keys": True}
    return made


_ENVIRONMENT = _environment()


def page(request: Request, template: str, *, status: int = 200, **context: Any) -> HTMLResponse:
    """Render ``template`` with ``context``; ``request`` is in the context too."""
    text = _ENVIRONMENT.get_template(template).render(request=request, **context)
    return HTMLResponse(text, status_code=status, headers={"Cache-Control": "no-store"})


def compile_templates() -> None:
    """Compile every template now instead of at its first use."""
    for name in _ENVIRONMENT.list_templates():
        _ENVIRONMENT.get_template(name)
