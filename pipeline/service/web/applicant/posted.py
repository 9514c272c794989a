"""A form as it was sent, files included, for endpoints that run in a thread."""

from __future__ import annotations

from collections.abc import AsyncIterator

from fastapi import Request
from starlette.datastructures import FormData, UploadFile

__all__ = ["files_of", "texts_of", "the_form"]

_MOST_FILES = 60
"""Of one request; a phone sends them one by one, a form without scripts all at once."""


async def the_form(request: Request) -> AsyncIterator[FormData]:
    """Dependency: the form, whose files are closed after the answer."""
    async with request.form(max_files=_MOST_FILES, max_fields=200) as form:
        yield form


def texts_of(form: FormData) -> dict[str, str]:
    """Return the fields that are text; of several with one name the last."""
    return {key: value for key, value in form.multi_items() if isinstance(value, str)}


def files_of(form: FormData, name: str) -> list[UploadFile]:
    """Return the files of a field; browsers send an empty one where none was chosen."""
    return [each for each in form.getlist(name) if isinstance(each, UploadFile) and each.filename]
