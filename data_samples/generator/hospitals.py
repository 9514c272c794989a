"""Invented hospitals and the habits of their paper: letterhead, fonts, level as printed."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["HOSPITALS", "Hospital"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Hospital:
    """A hospital that does not exist."""

    name: str
    rank: int | None
    """1 to 3 where the level is printed or plain from the name; None where nobody can tell."""
    level: str | None
    """As printed under the letterhead; None when not printed."""
    font: str = "song"
    size: float = 17
    tracking: float = 1
    english: str | None = None
    logo: bool = False
    align: str = "center"
    body: str = "song"

    def letterhead(self) -> dict[str, object]:
        """What a template prints at the top."""
        return {
            "name": self.name,
            "level": self.level,
            "font": self.font,
            "size": self.size,
            "tracking": self.tracking,
            "english": self.english,
            "align": self.align,
        }


HOSPITALS = {
    "xinjiang": Hospital(
        name="上饶市信江云岚医院",
        rank=3,
        level="（三级甲等综合医院）",
        font="song",
        english="Shangrao Xinjiang Yunlan Hospital",
        logo=True,
    ),
    "lingxi": Hospital(name="上饶市灵溪湖医院", rank=2, level="二级甲等", font="hei", size=16, body="hei"),
    "raobei": Hospital(name="鄱湾县饶北河人民医院", rank=2, level="（二级甲等）", font="kai", size=20, tracking=2),
    "xuri": Hospital(name="江西旭日湖肿瘤医院", rank=3, level="三级甲等专科医院", font="hei", size=18, logo=True),
    "danxia": Hospital(name="丹霞岭市中心医院", rank=3, level="三级乙等", font="ming", size=18, body="ming"),
    "chating": Hospital(name="云岚县茶亭坞镇卫生院", rank=1, level=None, font="song", size=16),
    "renan": Hospital(name="上饶仁安康泽医院", rank=None, level=None, font="micro", size=17, body="micro"),
}
