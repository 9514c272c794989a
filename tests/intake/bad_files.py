"""Makes the uploads that people and attackers really send: broken, lying, encrypted, huge, each with its code."""

from __future__ import annotations

import io
import random
import struct
import zipfile
import zlib
from collections.abc import Callable
from pathlib import Path

from PIL import Image, ImageDraw
from reportlab.lib.pagesizes import A4
from reportlab.pdfgen.canvas import Canvas

Maker = Callable[[Path], None]


def noisy(width: int = 600, height: int = 800) -> Image.Image:
    """A page-like picture whose bytes do not compress to nothing."""
    picture = Image.new("RGB", (width, height), "white")
    draw = ImageDraw.Draw(picture)
    dice = random.Random(7)
    for _ in range(600):
        x, y = dice.randrange(width), dice.randrange(height)
        draw.line((x, y, x + dice.randrange(40), y + dice.randrange(9)), fill=(dice.randrange(120),) * 3, width=2)
    return picture


def image_bytes(kind: str = "JPEG", picture: Image.Image | None = None) -> bytes:
    stream = io.BytesIO()
    (picture or noisy()).save(stream, kind)
    return stream.getvalue()


def pdf_bytes(pages: int = 1, *, password: str | None = None) -> bytes:
    stream = io.BytesIO()
    canvas = Canvas(stream, pagesize=A4, encrypt=password)
    for number in range(pages):
        canvas.drawString(72, 720, f"Page {number + 1} of an invented report, creatinine 812.4")
        canvas.showPage()
    canvas.save()
    return stream.getvalue()


def _write(content: bytes) -> Maker:
    return lambda path: path.write_bytes(content) and None


def _zip(members: dict[str, bytes], *, flag: int = 0) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    data = bytearray(stream.getvalue())
    if flag:  # set the flag bit in every local and central header, as an encrypting packer does
        for signature, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
            at = data.find(signature)
            while at >= 0:
                data[at + offset] |= flag
                at = data.find(signature, at + 4)
    return bytes(data)


def _png_claiming(width: int, height: int) -> bytes:
    """A PNG whose header claims a size that its data does not have."""

    def chunk(kind: bytes, content: bytes) -> bytes:
        return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(b"\0" * 100)) + chunk(b"IEND", b"")
    )


def _symlink_zip() -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        link = zipfile.ZipInfo("link.jpg")
        link.external_attr = 0o120777 << 16
        archive.writestr(link, "/etc/passwd")
    return stream.getvalue()


def _ooxml() -> bytes:
    return _zip({"[Content_Types].xml": b"<Types/>", "word/document.xml": b"<w:document/>"})


JPEG = image_bytes("JPEG")
PNG = image_bytes("PNG")
PDF = pdf_bytes()

BAD_FILES: dict[str, tuple[Maker, str]] = {
    "empty.jpg": (_write(b""), "empty_file"),
    "empty.pdf": (_write(b""), "empty_file"),
    "text.jpg": (_write("这不是图片".encode()), "unsupported_type"),
    "program.exe": (_write(b"MZ" + bytes(300)), "unsupported_type"),
    "video.mp4": (_write(b"\0\0\0\x18ftypisom" + bytes(200)), "unsupported_type"),
    "page.html": (_write(b"<html><script>alert(1)</script></html>"), "unsupported_type"),
    "letter.docx": (_write(_ooxml()), "office_document"),
    "old.doc": (_write(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600)), "office_document"),
    "truncated.jpg": (_write(JPEG[: len(JPEG) // 2]), "image_truncated"),
    "truncated.png": (_write(PNG[: len(PNG) // 2]), "image_truncated"),
    "headless.jpg": (_write(b"\xff\xd8\xff\xe0" + bytes(64)), "image_broken"),
    "noise.png": (_write(b"\x89PNG\r\n\x1a\n" + bytes(range(256))), "image_broken"),
    "noise.tif": (_write(b"II*\x00" + b"\xff" * 200), "image_broken"),
    "noise.webp": (_write(b"RIFF\x40\0\0\0WEBPVP8 " + bytes(40)), "image_broken"),
    "noise.bmp": (_write(b"BM" + bytes(60)), "image_broken"),
    "noise.heic": (_write(b"\0\0\0\x18ftypheic" + bytes(100)), "image_broken"),
    "bomb.png": (_write(_png_claiming(60_000, 60_000)), "too_many_pixels"),
    "tiny.png": (_write(image_bytes("PNG", noisy(40, 40))), "image_too_small"),
    "secret.pdf": (_write(pdf_bytes(password="open sesame")), "pdf_encrypted"),
    "truncated.pdf": (_write(PDF[:60]), "pdf_broken"),
    "noise.pdf": (_write(b"%PDF-1.7\n" + bytes(500)), "pdf_broken"),
    "broken.zip": (_write(b"PK\x03\x04" + bytes(100)), "zip_broken"),
    "secret.zip": (_write(_zip({"a.jpg": JPEG}, flag=1)), "zip_encrypted"),
    "none.zip": (_write(b"PK\x05\x06" + bytes(18)), "zip_empty"),
    "climbing.zip": (_write(_zip({"../../evil.jpg": JPEG})), "zip_unsafe_path"),
    "absolute.zip": (_write(_zip({"/etc/evil.jpg": JPEG})), "zip_unsafe_path"),
    "windows.zip": (_write(_zip({"..\\..\\evil.jpg": JPEG})), "zip_unsafe_path"),
    "bomb.zip": (_write(_zip({"zeros.jpg": bytes(30 * 1024 * 1024)})), "zip_bomb"),
    "nested.zip": (_write(_zip({"inner.zip": _zip({"a.jpg": JPEG})})), "zip_nested"),
    "link.zip": (_write(_symlink_zip()), "zip_link"),
}
