"""Where a new file stands among those of its case: in the order in which the person chose them.

Files are sent two at once and tried again after a break, so that they arrive in another order. The sender says which
batch a file is of (one choosing of files) and its place in it.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from pipeline.service.tables import Upload

__all__ = ["Place", "make_room", "place_told"]

_BATCH = re.compile(r"[0-9A-Za-z-]{0,36}")
_LAST = 1_000_000


@dataclass(frozen=True, slots=True)
class Place:
    batch: str
    number: int


def place_told(batch: str, number: str | int | None) -> Place | None:
    """Return the place that a sender told; None where it told none, or nothing that can be one."""
    text = "" if number is None else str(number)
    if not (text.isascii() and text.isdecimal()) or len(text) > 7 or not _BATCH.fullmatch(batch):
        return None
    return Place(batch, int(text)) if int(text) <= _LAST else None


def make_room(present: Sequence[Upload], place: Place | None, round: int) -> int:
    """Return the position of a new file, and let those behind it move on.

    It stands before the first file of its batch and round that was chosen later, else at the end: files of other
    batches and what a person put in order by hand stay as they are among themselves.

    Args:
        present: the files of the case in their order.
    """
    end = max((each.position for each in present), default=-1) + 1
    if place is None:
        return end
    later = (
        index
        for index, each in enumerate(present)
        if each.round == round and each.batch == place.batch and each.place is not None and each.place > place.number
    )
    index = next(later, None)
    if index is None:
        return end
    position = present[index].position
    for each in present[index:]:
        each.position += 1
    return position
