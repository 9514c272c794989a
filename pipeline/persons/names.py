"""Compares names of persons as printed, typed or read by OCR. One glyph of difference is unsure, not another person."""

from __future__ import annotations

import re

from pipeline.persons.match import PersonMatch, is_subsequence

__all__ = ["clean_name", "compare_names"]

_NOT_NAME = re.compile(r"[^\u3400-\u4dbf\u4e00-\u9fff\U00020000-\U0003134fA-Za-z*＊○●某xX×]")
_HIDDEN = "*＊○●某"
# Glyphs that readers and typists mix up in names, one group per shape.
_CONFUSED = (
    "明朋 未末朱 土士工 大太犬 己已巳 日曰白目 王玉主 干千于 人入八 刀力 天夫无 午牛 田由甲申 "
    "戊戌戍成 侯候 晴睛 清请情 荣莱荥 陈阵 刘刈 杨扬 李季 何河 徐除涂 孙孔 罗萝 郑邓 梁粱 谢射 "
    "宋宁 萧肖 潘番 袁衰哀 余佘 汁叶 姜美 博傅 钟种 卢户 贾贺 丘邱 石右 莉荆 英芙 华毕 玲铃岭 "
    "平乎 凤风 春舂 珍诊 琴芩 芬纷 建健 伟韦 国囯 龙尤 永水 贵责 福幅 祥详 林材 树村 媛嫒 婷停 "
    "妍研 怡恰 悦说 淑叔 娟捐 姗珊 俊悛 宇字 晨辰 旭九 刚冈 兵乒 圆园 延廷 彦产 慧惠 振根 晓院 "
    "曼蔓 柏拍 桂挂 燕蒸 珠殊 红江虹 艳绝 茂戊 菲非 萍苹 蓉容 诚城 超起 选进 静净 鹏朋 鸿鸡 "
    "丽而 芝之 雪雷 香者 军车 辉挥 斌彬"
)
_PAIRS = frozenset(frozenset((a, b)) for group in _CONFUSED.split() for a in group for b in group if a != b)


def clean_name(text: str) -> str:
    """Strip labels' colons, spaces, middle dots and titles; keep Han, Latin and hiding marks."""
    name = re.sub(r"(先生|女士|小姐|同志)$", "", text.strip())
    name = re.sub(r"^(?:患者|病人)?\s*姓\s*名\s*[:：]?", "", name)
    return _NOT_NAME.sub("", name).upper().replace("＊", "*")


def compare_names(a: str, b: str) -> PersonMatch:
    """Compare two names. Hidden glyphs (王*明, 王某) match anything: unsure at best.

    SAME only on equality; UNSURE on one glyph's difference, a dropped glyph or hidden glyphs; else OTHER.
    """
    left, right = clean_name(a), clean_name(b)
    if not left or not right:
        return PersonMatch.UNKNOWN
    if left == right:
        return PersonMatch.UNSURE if any(glyph in _HIDDEN for glyph in left) else PersonMatch.SAME
    if any(glyph in _HIDDEN for glyph in left + right):
        return PersonMatch.UNSURE if _hidden_compatible(left, right) else PersonMatch.OTHER
    if len(left) == len(right):
        different = [(x, y) for x, y in zip(left, right, strict=True) if x != y]
        if len(different) == 1:
            # Of two glyphs, one is half of the name: only a known confusion may be a misreading.
            close = len(left) > 2 or frozenset(different[0]) in _PAIRS
            return PersonMatch.UNSURE if close else PersonMatch.OTHER
        return PersonMatch.UNSURE if all(frozenset(pair) in _PAIRS for pair in different) else PersonMatch.OTHER
    short, long = sorted((left, right), key=len)
    if len(long) - len(short) == 1 and len(short) >= 2 and is_subsequence(short, long):
        return PersonMatch.UNSURE
    return PersonMatch.OTHER


def _hidden_compatible(a: str, b: str) -> bool:
    if len(a) == len(b):
        return all(x == y or x in _HIDDEN or y in _HIDDEN for x, y in zip(a, b, strict=True))
    return a[0] == b[0] or a[0] in _HIDDEN or b[0] in _HIDDEN
