"""Serial numbers, which anyone may know, and query codes, which open a case."""

from __future__ import annotations

import datetime as dt
import hashlib
import hmac
import secrets
import unicodedata

__all__ = [
    "code_digest",
    "new_query_code",
    "new_token",
    "normal_code",
    "normal_serial",
    "same_digest",
    "serial_number",
    "token_digest",
]

_ALPHABET = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
"""Without 0 O 1 I L, which are mistaken for one another on paper and on the telephone."""
_GROUPS, _GROUP = 3, 4
"""12 characters of 31: 59 bits; guesses are slowed by throttling besides."""


def serial_number(day: dt.date, count: int) -> str:
    """Return the serial number of the ``count``-th application of ``day``: ``YS20261122-000017``, check digit included.

    The last digit makes a mistyped number fail at once (ISO 7064 MOD 11-2 has an X; this one is MOD 97-10 over two
    digits, like an IBAN), instead of showing another person's case to be refused.
    """
    body = f"{day:%Y%m%d}{count:05d}"
    return f"YS{day:%Y%m%d}-{count:05d}{98 - int(body) * 100 % 97:02d}"


def new_query_code() -> str:
    """Return a new secret code in groups of four: ``7KQM-X2PA-9HTD``."""
    groups = ("".join(secrets.choice(_ALPHABET) for _ in range(_GROUP)) for _ in range(_GROUPS))
    return "-".join(groups)


def normal_code(text: str) -> str:
    """Return a query code as typed without spaces, dashes and case."""
    return "".join(c for c in text.upper() if c.isalnum())


def normal_serial(typed: str) -> str:
    """Return a serial number as people type it: small letters, blanks, full width, a dash of another kind or none."""
    plain = "".join(c for c in unicodedata.normalize("NFKC", typed).upper() if c.isalnum())[:24]
    return f"{plain[:10]}-{plain[10:]}" if plain.startswith("YS") and len(plain) > 10 else plain


def code_digest(code: str, *, serial: str, key: bytes) -> str:
    """Return what is stored of a query code: an HMAC bound to the serial number, so a stolen table opens no case."""
    return hmac.new(key, f"{serial}\0{normal_code(code)}".encode(), hashlib.sha256).hexdigest()


def new_token() -> str:
    """Return a random token for sessions, API keys and links: 256 bits, safe in URLs."""
    return secrets.token_urlsafe(32)


def token_digest(token: str) -> str:
    """Return what is stored of a random token. It has 256 bits, so a plain hash is enough."""
    return hashlib.sha256(token.encode()).hexdigest()


def same_digest(a: str, b: str) -> bool:
    """Compare in constant time."""
    return hmac.compare_digest(a.encode(), b.encode())
