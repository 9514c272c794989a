"""What the applicant is told: one plain sentence that names the page and says what to do."""

from __future__ import annotations

from collections.abc import Mapping

__all__ = ["AGAIN", "PARTLY", "place"]

AGAIN: Mapping[str, str] = {
    "blurred": "{where}拍糊了，请拿稳手机、等字清楚了再拍一张。",
    "glare": "{where}反光太强，字看不见，请关掉闪光灯、换个角度再拍一张。",
    "too_dark": "{where}太暗，请到窗边或灯下再拍一张。",
    "text_too_small": "{where}字太小，请离纸近一些、让纸占满画面再拍一张。",
    "covered": "{where}有字被手挡住了，请把手移开再拍一张。",
    "folded": "{where}的纸有折痕，字看不清，请把纸展平再拍一张。",
    "cut_off": "{where}没有拍完整，请把整页拍全再传一次。",
    "not_document": "{where}里没有看到材料，请对准要交的材料再拍一张。",
    "blank_page": "{where}上没有字，请看看是不是拍了背面，把有字的一面再拍一张。",
    "unreadable": "{where}看不清，请把纸放平、在亮的地方再拍一张。",
}
"""By code, for a page that has to be taken again."""

PARTLY: Mapping[str, str] = {
    "blurred": "{where}有的字有点糊，最好拿稳手机再拍一张。",
    "glare": "{where}{place}反光，那里的字看不见，请换个角度再拍一张。",
    "too_dark": "{where}有点暗，最好到窗边或灯下再拍一张。",
    "text_too_small": "{where}字有点小，最好离纸近一些再拍一张。",
    "covered": "{where}{place}的字被手挡住了，请把手移开再拍一张。",
    "folded": "{where}有折痕，有的字看不清，最好把纸展平再拍一张。",
    "cut_off": "{where}{place}好像没拍进去，请把整页拍全、四个角都拍进来再传一次。",
    "unreadable": "{where}有些字认不出来，手写的不要紧，不是手写的请把纸放平再拍一张。",
}
"""By code, for a page of which most can be used."""

_ROWS, _COLUMNS = ("上", "", "下"), ("左", "", "右")


def place(middle: tuple[float, float]) -> str:
    """Name a place on the page (fractions of width and height): 左上角, 右侧, 上方, 中间 ..."""
    row, column = _ROWS[_third(middle[1])], _COLUMNS[_third(middle[0])]
    if row and column:
        return f"{column}{row}角"
    return f"{column}侧" if column else f"{row}方" if row else "中间"


def _third(value: float) -> int:
    return min(max(int(value * 3), 0), 2)
