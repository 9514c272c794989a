"""Invented people. Identity numbers use area code 999999, which no region has, with a right check digit."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

__all__ = ["AREA", "Person", "check_digit"]

AREA = "999999"
_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)


def check_digit(first17: str) -> str:
    """Return the check character of a resident identity number (GB 11643, ISO 7064 MOD 11-2)."""
    return "10X98765432"[sum(int(c) * w for c, w in zip(first17, _WEIGHTS, strict=True)) % 11]


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """Somebody who does not exist."""

    name: str
    sex: str
    birth: dt.date
    serial: int
    """Three digits of the identity number; odd for men, even for women."""

    def __post_init__(self) -> None:
        if (self.serial % 2 == 1) != (self.sex == "男"):
            raise ValueError("the serial must be odd for men and even for women")

    @property
    def id_number(self) -> str:
        body = f"{AREA}{self.birth:%Y%m%d}{self.serial:03d}"
        return body + check_digit(body)

    @property
    def phone(self) -> str:
        """A number in a block that is not handed out to subscribers."""
        return f"100{self.serial:03d}{self.birth:%m%d}0"

    def age(self, on: dt.date) -> int:
        """Completed years on the day ``on``."""
        return on.year - self.birth.year - ((on.month, on.day) < (self.birth.month, self.birth.day))
