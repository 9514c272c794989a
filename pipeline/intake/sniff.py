"""What a file is, by its first bytes; names and extensions are only hints and may lie (hazard H14)."""

from __future__ import annotations

from pathlib import Path

from pipeline.intake.problems import FileProblem

__all__ = ["extension_disagrees", "sniff"]

HEAD = 2048

_IMAGE_SIGNATURES: tuple[tuple[bytes, str], ...] = (
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"II*\x00", "image/tiff"),
    (b"MM\x00*", "image/tiff"),
    (b"II+\x00", "image/tiff"),
    (b"MM\x00+", "image/tiff"),
    (b"BM", "image/bmp"),
)
_HEIF_BRANDS = {b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1", b"avif"}
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"

_EXTENSIONS: dict[str, frozenset[str]] = {
    "application/pdf": frozenset({".pdf"}),
    "application/zip": frozenset({".zip"}),
    "image/jpeg": frozenset({".jpg", ".jpeg", ".jpe", ".jfif"}),
    "image/png": frozenset({".png"}),
    "image/tiff": frozenset({".tif", ".tiff"}),
    "image/bmp": frozenset({".bmp", ".dib"}),
    "image/webp": frozenset({".webp"}),
    "image/heif": frozenset({".heic", ".heif", ".hif", ".avif"}),
}


def sniff(path: Path) -> str:
    """Return the media type of ``path`` by content.

    Raises:
        FileProblem: ``empty_file``, ``office_document`` or ``unsupported_type``.
    """
    with path.open("rb") as stream:
        head = stream.read(HEAD)
    if not head:
        raise FileProblem("empty_file")
    for signature, media_type in _IMAGE_SIGNATURES:
        if head.startswith(signature):
            return media_type
    if head[:4] == b"RIFF" and head[8:12] == b"WEBP":
        return "image/webp"
    if head[4:8] == b"ftyp" and head[8:12] in _HEIF_BRANDS:
        return "image/heif"
    if head.startswith((b"PK\x03\x04", b"PK\x05\x06", b"PK\x07\x08")):
        return "application/zip"  # that it is an office document is seen when it is opened, in a process of its own
    if head.startswith(_OLE):
        raise FileProblem("office_document")
    # Some portals put a byte-order mark or a few header lines before %PDF; readers accept that within the first KiB.
    if b"%PDF-" in head[:1024]:
        return "application/pdf"
    raise FileProblem("unsupported_type")


def extension_disagrees(name: str, media_type: str) -> bool:
    """Return True when ``name`` has an extension and it belongs to another type than ``media_type``."""
    suffix = Path(name).suffix.lower()
    return bool(suffix) and suffix not in _EXTENSIONS[media_type]
