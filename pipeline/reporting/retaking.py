"""How to take a photograph again: one plain sentence for each trouble that the quality gate knows."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

__all__ = ["HOW", "how_to_retake"]

_BRIGHT = "到窗边或灯下拍，别让手机的影子挡住纸。"
HOW: Mapping[str, str] = {
    "blurred": "手机拿稳，对准后等一两秒再按，拍完放大看看字清不清楚。",
    "glare": "关掉闪光灯，换个角度，避开灯光，看到白花花的一片就挪一挪。",
    "too_dark": _BRIGHT,
    "dark": _BRIGHT,
    "text_too_small": "离纸近一点拍，让这张纸占满画面。",
    "covered": "把纸放在桌上，手不要压在字上，两边空白的地方可以压。",
    "folded": "把折痕压平，纸铺在桌上，手机正对着纸，从上往下拍。",
    "cut_off": "把整张纸都拍进来，四个角都要看得见。",
    "not_document": "把材料放在桌上，一张一张拍，让纸占满画面。",
    "blank_page": "把有字的一面朝上再拍。",
}
"""By code of the issue."""
_ANY = "把纸铺平，在亮的地方，手机正对着纸拍，四个角都拍进来。"


def how_to_retake(codes: Iterable[str]) -> str:
    """Return the advice for the first of ``codes`` that has one, else what always helps."""
    return next((HOW[code] for code in codes if code in HOW), _ANY)
