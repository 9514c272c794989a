"""Jinja2 set up so that text from pages can only ever be text: escaping on, every value cleaned, scripts by hash.

A Content-Security-Policy in the file lets nothing load and only our own script run, whatever a quote might hold.
"""

from __future__ import annotations

import base64
import hashlib
from functools import lru_cache, partial
from pathlib import Path
from typing import Any

import jinja2
from markupsafe import Markup

from pipeline.reporting import wording
from pipeline.reporting.text import (
    clean,
    first_sentence,
    known,
    mask_id_number,
    mask_private,
    show,
    show_unit,
    single_line,
)

__all__ = ["ASSETS", "asset", "content_security_policy", "css_string", "render"]

TEMPLATES = Path(__file__).with_name("templates")
ASSETS = TEMPLATES / "assets"


def render(template: str, *, script: str | None = None, folder: Path = TEMPLATES, **values: Any) -> str:
    """Render a template to a self-contained HTML page; ``script`` names the asset that may run in it.

    ``folder`` holds templates and assets of another package, which shares those that lie here.
    """
    code = asset(script, folder) if script else ""
    return (
        _environment(folder)
        .get_template(template)
        .render(
            **values,
            script=Markup(code),  # noqa: S704 - our own file
            policy=content_security_policy(code),
        )
    )


@lru_cache(maxsize=32)
def asset(name: str, folder: Path = TEMPLATES) -> str:
    """Text of a CSS or JS file that is inlined: that of ``folder``, else the shared one."""
    own = folder / "assets" / name
    return (own if own.is_file() else ASSETS / name).read_text(encoding="utf-8")


def content_security_policy(script: str) -> str:
    """Policy that allows no network, inline styles, images inside the file and exactly ``script``."""
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    allowed = f"'sha256-{digest}'" if script else "'none'"
    return (
        f"default-src 'none'; img-src data:; style-src 'unsafe-inline'; script-src {allowed}; "
        "base-uri 'none'; form-action 'none'"
    )


def css_string(text: str) -> Markup:
    """``text`` as a CSS string: everything but letters and digits escaped, so that no text can end it."""
    body = "".join(c if c.isalnum() else f"\\{ord(c):06x}" for c in single_line(text))
    return Markup(f'"{body}"')  # noqa: S704 - only letters, digits and escapes


def _finalize(value: Any) -> Any:
    if isinstance(value, Markup):
        return value
    return clean(value) if isinstance(value, str) else value


def _styles(folder: Path, *names: str) -> Markup:
    return Markup("\n".join(asset(name, folder) for name in names))  # noqa: S704 - our own files


@lru_cache(maxsize=4)
def _environment(folder: Path) -> jinja2.Environment:
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader([folder, TEMPLATES]),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        finalize=_finalize,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.globals.update(words=wording, styles=partial(_styles, folder), known=known)
    environment.filters.update(
        show=show,
        unit=show_unit,
        private=mask_private,
        id_number=mask_id_number,
        one_line=single_line,
        sentence=first_sentence,
        css_string=css_string,
        doubt=wording.doubt_word,
        model_fields=wording.model_fields,
        reading=wording.reading_text,
    )
    return environment
