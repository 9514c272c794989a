"""CJK radical code points, which some PDF printers write in place of ordinary characters, mapped back one by one.

Chromium with Noto CJK writes ⽩细胞, 项⽬, ⺠, ⻔. A blanket NFKC would repair most of them and break 10⁹/L into 109/L
and 1½ into 11⁄2, so only these two blocks are mapped.
"""

from __future__ import annotations

import unicodedata

__all__ = ["plain_characters"]

# Kangxi radicals have an exact compatibility mapping in Unicode; the block is closed, so the table is too.
_KANGXI = {code: unicodedata.normalize("NFKC", chr(code)) for code in range(0x2F00, 0x2FD6)}

# CJK Radicals Supplement: Unicode maps only two of them. Each pair is a row of radicals and what they stand for;
# radicals that are no characters of their own are left out.
_SUPPLEMENT = (
    ("⺁⺄⺆⺇⺈⺊⺋⺎⺏⺐⺒⺓⺔⺕⺛⺜⺝⺞⺟⺠⺦⺧⺩⺪⺫⺬⺯⺱",
     "厂乙冂几刀卜巳兀尢尣巳幺彑彐旡日月歺母民丬牛王疋目示糸网"),
    ("⺲⺳⺴⺵⺶⺷⺸⺹⺺⺼⺽⻁⻂⻃⻄⻅⻆⻇⻉⻊⻋⻑⻒⻓⻔⻗⻘⻙",
     "罒网网网羊羊羊老聿肉臼虎衤西西见角角贝足车長镸长门雨青韦"),
    ("⻚⻛⻜⻝⻞⻡⻢⻣⻤⻥⻦⻧⻨⻩⻪⻫⻬⻭⻮⻯⻰⻱⻲⻳",
     "页风飞食飠首马骨鬼鱼鸟卤麦黄黾齐齐齿齿龙龙龟龟龟"),
)  # fmt: skip

# Where Unicode keeps an old form but a mainland font draws the modern one.
_MODERN = {0x2F3E: "户", 0x2FAD: "青"}

_TABLE = {
    **_KANGXI,
    **_MODERN,
    **{ord(a): b for radicals, plain in _SUPPLEMENT for a, b in zip(radicals, plain, strict=True)},
}


def plain_characters(text: str) -> str:
    """Replace CJK radicals by the characters they stand for; leave everything else as it is."""
    return text.translate(_TABLE)
