"""What a message calls a page. The service reads pages one by one, and the same picture is not read twice: what the
reader says of a picture holds for every page that shows it, and only here is it known which page of which file that is.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

__all__ = ["PageNames"]

_ALONE = "这张图片"


class PageNames:
    """Names of the pages of one case or upload.

    Args:
        members: name of the source file of each page, once for each.
    """

    def __init__(self, members: Iterable[str]) -> None:
        self._pages = Counter(members)

    def put_into(self, text: str, member: str, number: int) -> str:
        """Return ``text`` with the page called ``第3页`` where its file has more than one."""
        if number == 1 and self._pages[member] <= 1:
            return text
        return text.replace(_ALONE, f"第{number}页")
