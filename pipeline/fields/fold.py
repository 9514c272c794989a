"""Folding: one comparable form of printed text, with the way back to the characters of the line.

Labels and titles are printed letter-spaced (``姓  名``), full-width (``：（）``), in CJK radical code points (PDFs of
some printers) or come back from OCR in traditional forms. Folding removes those differences and nothing else; the
original text stays in the line and in every quote.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

__all__ = ["Folded", "fold", "folded"]

_RADICALS = dict(
    zip(
        "⼀⼁⼆⼈⼊⼋⼏⼑⼒⼗⼝⼟⼠⼤⼥⼦⼨⼩⼭⼯⼰⼲⼴⼼⼿⽀⽂⽅⽇⽉⽊⽌⽐⽑⽒⽓⽔⽕⽗⽚⽛⽜⽣⽤⽩⽪⽬⽰⽳⽴⽶⽷⽹⽺⽼⽽⽿⾁⾎⾏⾐⾒⾔⾚⾛⾜⾝⾞⾡⾥⾦⾨⾩⾬⾮⾯⾳⾷⾸⾻⾼⿊⿐⺠⻔⻋⻅⻆⻉⻓⻘⻚⻛⻜⻢⻣⻥⻨⻩⻮",
        "一丨二人入八几刀力十口土士大女子寸小山工己干广心手支文方日月木止比毛氏气水火父片牙牛生用白皮目示穴立米糸网羊老而耳肉血行衣见言赤走足身车辵里金门阜雨非面音食首骨高黑鼻民门车见角贝长青页风飞马骨鱼麦黄齿",
        strict=True,
    )
)
_TRADITIONAL = dict(
    zip(
        "報單檢驗醫診斷證書記錄門齡別號時間標樣區條範圍結項測試檔錄職務電話聯繫細療療處見術傷護學體驗據員請種鑒據歲無營縣鎮鄉國華黨業衛婦產兒內濟東廣貴陝蘇齊魯龍",
        "报单检验医诊断证书记录门龄别号时间标样区条范围结项测试档录职务电话联系细疗疗处见术伤护学体验据员请种鉴据岁无营县镇乡国华党业卫妇产儿内济东广贵陕苏齐鲁龙",
        strict=True,
    )
)
_PUNCTUATION = {
    **dict.fromkeys("∶︰﹕꞉։ː", ":"),
    **dict.fromkeys("—–－―‐", "-"),
    **dict.fromkeys("～〜", "~"),
    **dict.fromkeys("•・∙‧", "·"),
    "【": "[",
    "】": "]",
    "〔": "(",
    "〕": ")",
    "「": "[",
    "」": "]",
    "．": ".",
    "〈": "<",
    "〉": ">",
    "丶": "、",
}
_SPACES = set(" \t\u00a0\u3000\u2002\u2003\u2009\u200b\ufeff\r\n")


def _fold_char(char: str) -> str:
    if char in _PUNCTUATION:
        return _PUNCTUATION[char]
    if char in _RADICALS:
        return _RADICALS[char]
    if char in _TRADITIONAL:
        return _TRADITIONAL[char]
    code = ord(char)
    if 0xFF01 <= code <= 0xFF5E:
        return chr(code - 0xFEE0)
    return char


@dataclass(frozen=True, slots=True)
class Folded:
    """Folded text of one line. ``index[i]`` is the place of ``text[i]`` in the original line."""

    text: str
    index: tuple[int, ...]
    gaps: frozenset[int]
    """Positions in ``text`` before which the line has white space."""
    length: int
    """Length of the original text."""

    def original(self, start: int, end: int) -> tuple[int, int]:
        """Return the span of the original line that ``text[start:end]`` comes from."""
        if start >= end or start >= len(self.index):
            return (self.length, self.length)
        return (self.index[start], self.index[end - 1] + 1)


@lru_cache(maxsize=4096)
def fold(text: str) -> Folded:
    """Fold one line: white space dropped, widths, radicals, traditional label characters and punctuation unified."""
    chars: list[str] = []
    index: list[int] = []
    gaps: set[int] = set()
    gap = False
    for place, char in enumerate(text):
        if char in _SPACES:
            gap = True
            continue
        if gap and chars:
            gaps.add(len(chars))
        gap = False
        chars.append(_fold_char(char))
        index.append(place)
    return Folded("".join(chars), tuple(index), frozenset(gaps), len(text))


def folded(text: str) -> str:
    """Folded form alone, for comparing."""
    return fold(text).text
