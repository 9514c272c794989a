"""What a phone prints around results and is no part of them: status bar, navigation, tabs with counts, buttons.

Such print stands level with names and numbers and would be taken for parts of them (白细胞 | 查看趋势). Words tell most
of it; a word that nobody listed gives itself away because it comes back with every item, which no item's name does.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence

from pipeline.extracting.lab.cells import Cell
from pipeline.extracting.lab.headers import header_cells, is_header_word
from pipeline.extracting.lab.kinds import Kind
from pipeline.extracting.lab.labels import label_of
from pipeline.extracting.lab.names import known_name
from pipeline.extracting.lab.rows import Row
from pipeline.extracting.lab.text import has_cjk, squeeze

__all__ = ["without_furniture"]

_BUTTON = re.compile(
    r"[<>›‹»«]?(?:"
    r"(?:点击|查看|展开|收起|隐藏|显示)(?:全部|更多|详情|详细|报告|原件|原图|影像|图像|趋势图?|历史|对比|解读|说明)*"
    r"|(?:历史|变化|指标|数据)?(?:趋势|对比|曲线|走势)(?:图|分析|对比)?|历史(?:记录|数据|对比|趋势)"
    r"|(?:AI|智能|报告|指标|专家|医生|在线)(?:解读|分析|咨询|问诊)|(?:去)?(?:问|咨询)医生|(?:什么是|这是什么).{0,12}"
    r"|(?:分享|下载|保存|转发|导出|收藏|复制)(?:报告|图片|到相册|PDF)?|打印报告|(?:返回|首页|更多|关闭|刷新|切换|设置|客服|反馈)(?:报告|列表)?"
    r"|(?:检[验查]|化验)?报告(?:详情|单?详情|查询|列表|解读)|(?:检[验查]|化验)(?:详情|结果详情)|详情"
    r"|(?:全部|异常|正常|偏高|偏低|危急)(?:项目?|指标|结果)?(?:\(\d{1,3}项?\)|\d{1,3}项)|(?:共|有)\d{1,3}项(?:异常|正常|指标)?|[^:]{2,20}\(\d{1,3}项\)"
    r")[<>›‹»«∨∧]?"
)
_GLYPHS = re.compile(r"[<>›‹»«…⋯∨∧✕✖○◎⊕⊙☰≡()●◯]|[·.…⋯]{2,}|\(\?\)|\?")
_STATUS = re.compile(
    r"(?:[01]?\d|2[0-3]):[0-5]\d(?:[2345]G\+?|HD|VoLTE|LTE|WiFi|WLAN|[\d.]{1,5}[KM]B?/s|\d{1,3}%?"
    r"|(?:中国)?(?:移动|联通|电信|广电)|[<>.·…:|]){0,8}",
    re.IGNORECASE,
)
"""Clock first, then net and battery."""
_OFTEN = 3
"""A word of no known kind that stands in as many rows is none of their names."""


def without_furniture(rows: Sequence[Row]) -> list[Row]:
    """Return ``rows`` without the cells that belong to the screen; rows of nothing else are gone."""
    again = _coming_back(rows)
    out: list[Row] = []
    for number, row in enumerate(rows):
        if number == 0 and _status_bar(row):
            continue
        cells = tuple(cell for cell in row.cells if not _is_furniture(cell, row) and squeeze(cell.text) not in again)
        if cells:
            out.append(row if len(cells) == len(row.cells) else Row(cells))
    return out


def _status_bar(row: Row) -> bool:
    text = squeeze(row.text)
    return len(text) <= 24 and _STATUS.fullmatch(text) is not None


def _is_furniture(cell: Cell, row: Row) -> bool:
    text = squeeze(cell.text)
    if _BUTTON.fullmatch(text) is not None:
        return not known_name(cell.text)
    # A chevron leads on; before a number the same glyph is its comparator and stays, whatever becomes of it.
    return _GLYPHS.fullmatch(text) is not None and not any(
        other.is_a(Kind.NUMBER) and -cell.h < other.u0 - cell.u1 < 3 * cell.h for other in row.cells
    )


def _coming_back(rows: Sequence[Row]) -> frozenset[str]:
    """Words that stand in many rows of a page without a header; below a header a column may repeat what it likes."""
    if any(header_cells(row) for row in rows):
        return frozenset()
    names = sum(1 for row in rows if any(known_name(cell.text) for cell in row.cells))
    counts = Counter(text for row in rows for text in {squeeze(cell.text) for cell in row.cells if _is_word(cell)})
    return frozenset(text for text, count in counts.items() if count >= max(_OFTEN, 0.5 * names))


def _is_word(cell: Cell) -> bool:
    """Chinese print that is neither a name nor any part of a result."""
    told = {Kind.QUAL, Kind.FLAG, Kind.LABEL, Kind.METHOD, Kind.UNIT, Kind.RANGE, Kind.NUMBER, Kind.DATE}
    text = squeeze(cell.text)
    if not has_cjk(text) or len(text) > 8 or told & cell.kinds.keys() or known_name(cell.text):
        return False
    return not is_header_word(cell.text) and label_of(cell.text) is None
