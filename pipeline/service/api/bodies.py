"""Bytes of requests, streamed into a file on disk with a limit: memory stays small, and nobody fills the disk."""

from __future__ import annotations

import hashlib
import re
import tempfile
from collections.abc import AsyncGenerator, AsyncIterator
from dataclasses import dataclass
from typing import Annotated, BinaryIO, cast
from urllib.parse import unquote

from fastapi import Depends, Request
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import UploadFile
from starlette.formparsers import MultiPartException, MultiPartParser

from pipeline.service.api.keys import Writer
from pipeline.service.api.problems import ProblemError
from pipeline.service.people.current import TheOffice

__all__ = ["PART_LIMIT", "FormFiles", "PartBody", "RawBody", "Received", "file_name"]

PART_LIMIT = 16 * 1024 * 1024
"""Bytes of one part of a large file."""
_MEMORY = 1024 * 1024
_FORM_FILES = 50
_FORM_OVERHEAD = 64 * 1024


@dataclass(frozen=True, slots=True)
class Received:
    """A body that arrived whole."""

    file: BinaryIO
    size: int
    sha256: str


def too_large(limit: int, code: str = "file_too_large") -> ProblemError:
    return ProblemError(
        413, code, "Too large", f"文件太大，请不要超过 {max(1, limit // 1024 // 1024)} MB", extra={"limit": limit}
    )


async def _limited(request: Request, limit: int, code: str) -> AsyncGenerator[bytes]:
    told = request.headers.get("content-length", "")
    if told.isascii() and told.isdigit() and len(told) < 19 and int(told) > limit:
        raise too_large(limit, code)
    size = 0
    async for chunk in request.stream():
        size += len(chunk)
        if size > limit:
            raise too_large(limit, code)
        yield chunk


async def _spooled(request: Request, limit: int, code: str) -> AsyncIterator[Received]:
    with tempfile.SpooledTemporaryFile(max_size=_MEMORY) as file:
        total, size = hashlib.sha256(), 0
        async for chunk in _limited(request, limit, code):
            total.update(chunk)
            size += len(chunk)
            if size > _MEMORY:
                await run_in_threadpool(file.write, chunk)
            else:
                file.write(chunk)
        file.seek(0)
        yield Received(cast(BinaryIO, file), size, total.hexdigest())


async def _raw(request: Request, office: TheOffice, actor: Writer) -> AsyncIterator[Received]:
    del actor  # asked for so that nothing is read for a caller without the right
    async for received in _spooled(request, office.settings.intake.max_file_bytes, "file_too_large"):
        yield received


async def _part(request: Request, actor: Writer) -> AsyncIterator[Received]:
    del actor
    async for received in _spooled(request, PART_LIMIT, "part_too_large"):
        yield received


async def _form(request: Request, office: TheOffice, actor: Writer) -> AsyncIterator[list[UploadFile]]:
    """The files of a multipart form, whatever their fields are called."""
    del actor
    kind = request.headers.get("content-type", "")
    if not kind.lower().startswith("multipart/form-data"):
        raise ProblemError(415, "media_type", "multipart/form-data is needed", "请用 multipart/form-data 上传文件。")
    limit = min(office.settings.intake.max_case_bytes, 4 * office.settings.intake.max_file_bytes) + _FORM_OVERHEAD
    parser = MultiPartParser(
        request.headers, _limited(request, limit, "body_too_large"), max_files=_FORM_FILES, max_fields=20
    )
    try:
        form = await parser.parse()
    except (MultiPartException, KeyError, ValueError, UnicodeError) as error:
        raise ProblemError(400, "bad_form", "The form cannot be read", "上传的表单读不出来，请重新上传。") from error
    try:
        files = [value for _, value in form.multi_items() if isinstance(value, UploadFile)]
        if not files:
            raise ProblemError(422, "no_files", "No file in the form", "请先选择要上传的文件。")
        yield files
    finally:
        await form.close()


RawBody = Annotated[Received, Depends(_raw)]
PartBody = Annotated[Received, Depends(_part)]
FormFiles = Annotated[list[UploadFile], Depends(_form)]
_EXTENDED = re.compile(r"filename\*\s*=\s*utf-8'[^']*'([^;\s]+)", re.IGNORECASE)
_PLAIN = re.compile(r'filename\s*=\s*(?:"([^"]*)"|([^;\s]+))', re.IGNORECASE)


def file_name(disposition: str | None) -> str:
    """Return the file name of a ``Content-Disposition``; empty without one."""
    if not disposition:
        return ""
    if extended := _EXTENDED.search(disposition):
        return unquote(extended[1], errors="replace").replace("\x00", "")
    plain = _PLAIN.search(disposition)
    return (plain[1] or plain[2] or "") if plain else ""
