"""Passwords: argon2id, checked at most two at a time, because each check takes 64 MiB on purpose."""

from __future__ import annotations

import threading
from functools import lru_cache
from itertools import pairwise

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

__all__ = ["LEAST_LENGTH", "check_new", "hash_password", "needs_rehash", "verify", "verify_nothing"]

LEAST_LENGTH = 10
_MOST_LENGTH = 200
_HASHER = PasswordHasher()
"""argon2id with the parameters of RFC 9106 for little memory; a new version of the library may raise them."""
_AT_ONCE = threading.BoundedSemaphore(2)
_COMMON_WORDS = """
password password1 password12 password123 passw0rd123 1234567890 12345678910 0123456789 9876543210 0987654321
1q2w3e4r5t qwertyuiop qwerty12345 qwer123456 asdf123456 a123456789 aa12345678 abc1234567 abcd123456 abc123456789
admin12345 admin123456 administrator 123456789a 1234567890a q123456789 zxcvbnm123 iloveyou123 welcome123
woaini1314 woaini520 woaini521 5201314520 1314520520 yushen1234 yushen123456 yibao12345 yibao123456 jiangxi123
jiangxi1234 jiangxi123456 nanchang123 mima123456 changeme123 letmein1234
"""
_COMMON = frozenset(_COMMON_WORDS.split())


def check_new(password: str, *, login: str) -> str | None:
    """Return what is wrong with a new password, in Chinese; None when it will do.

    Length counts, not a mixture of signs: those rules bring passwords that are easy to guess and hard to remember.
    """
    plain = password.strip().casefold()
    if len(password) < LEAST_LENGTH:
        return f"密码至少要 {LEAST_LENGTH} 个字符。可以用几个词连起来，好记也难猜。"
    if len(password) > _MOST_LENGTH:
        return f"密码不能超过 {_MOST_LENGTH} 个字符。"
    if login and (plain == login.casefold() or login.casefold() * 2 == plain):
        return "密码不能与登录名相同。"
    if login and plain.startswith(login.casefold()) and plain[len(login) :].isdigit():
        return "密码不能只是登录名加数字。"
    if plain in _COMMON or len(set(plain)) < 5:
        return "这个密码太常见，很容易被猜到，请换一个。"
    if _is_run(plain):
        return "密码不能是连续的数字或字母，请换一个。"
    return None


def hash_password(password: str) -> str:
    """Return what is stored of ``password``."""
    with _AT_ONCE:
        return _HASHER.hash(password)


def verify(stored: str, password: str) -> bool:
    """Whether ``password`` is the one that ``stored`` was made of."""
    with _AT_ONCE:
        try:
            return _HASHER.verify(stored, password)
        except (VerificationError, InvalidHashError):
            return False


def verify_nothing(password: str) -> None:
    """Take as long as :func:`verify` does, for a login that does not exist."""
    verify(_nobody(), password)


def needs_rehash(stored: str) -> bool:
    """Whether ``stored`` was made with other parameters than those of today."""
    return _HASHER.check_needs_rehash(stored)


@lru_cache(maxsize=1)
def _nobody() -> str:
    return _HASHER.hash("nobody")


def _is_run(text: str) -> bool:
    steps = {ord(b) - ord(a) for a, b in pairwise(text)}
    return len(steps) == 1 and steps <= {1, -1}
