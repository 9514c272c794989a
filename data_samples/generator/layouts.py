"""How laboratory systems lay out a sheet: columns and their words, rules, flags, fields above and below the table."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

__all__ = ["LAYOUTS", "Layout"]

_A4: dict[str, float] = {"w": 210, "h": 297, "mx": 13, "my": 10}
_HALF: dict[str, float] = {"w": 210, "h": 148, "mx": 9, "my": 6}
_STUB: dict[str, float] = {"w": 241, "h": 140, "mx": 14, "my": 7}
_B5: dict[str, float] = {"w": 182, "h": 257, "mx": 10, "my": 9}
_ARROWS = {"high": "↑", "low": "↓", "abnormal": "*"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Layout:
    """One way to print a sheet. Fields are written ``label=value`` with ``*n`` for the columns they span."""

    columns: tuple[dict[str, Any], ...]
    head: tuple[tuple[str, ...], ...]
    foot: tuple[tuple[str, ...], ...]
    head_cols: int = 4
    foot_cols: int = 3
    head_widths: tuple[float, ...] | None = None
    foot_widths: tuple[float, ...] | None = None
    title: str = "检验报告单"
    title_size: float = 14
    paper: dict[str, float] = field(default_factory=lambda: dict(_A4))
    font: str | None = None
    size: float = 9.5
    rule: str = "full"
    split: int = 1
    flags: dict[str, str] = field(default_factory=lambda: dict(_ARROWS))
    flag_place: str = "column"
    """``column``, ``after`` or ``before`` the result in its cell, or ``none``."""
    name_style: str = "plain"
    power: str | None = None
    """How ``10^`` is printed in units; None keeps it."""
    dash: str = "-"
    time: str = "%Y-%m-%d %H:%M"
    signed: bool = False
    row_pad: float = 2.4
    head_bold: bool = True
    bottom: bool = False
    barcode: bool = False
    note: str | None = None
    letterhead: dict[str, Any] = field(default_factory=dict)
    engine: str = "lab"


def _c(key: str, label: str, w: float, align: str = "l", halign: str | None = None) -> dict[str, Any]:
    return {"key": key, "label": label, "w": w, "align": align, "halign": halign or align}


LAYOUTS: dict[str, Layout] = {
    "ruled": Layout(
        columns=(
            _c("no", "序号", 0.6, "c"),
            _c("name", "检验项目", 3, "l", "c"),
            _c("abbr", "英文缩写", 1.3, "c"),
            _c("result", "结果", 1.4, "c"),
            _c("flag", "提示", 0.7, "c"),
            _c("unit", "单位", 1.6, "c"),
            _c("range", "参考区间", 1.7, "c"),
            _c("method", "检测方法", 1.2, "c"),
        ),
        head=(
            ("姓    名：=name", "性    别：=sex", "年    龄：=age", "样 本 号：=sample_number"),
            ("病 历 号：=number", "科    别：=department", "床    号：=bed", "标本种类：=specimen"),
            ("送检医生：=doctor", "临床诊断：=diagnosis*2", "检验目的：=panel"),
        ),
        foot=(
            ("采样时间：=sampled", "接收时间：=received", "报告时间：=reported"),
            ("检 验 者：=tester", "审 核 者：=checker", "打印时间：=printed"),
        ),
        signed=True,
        note="※ 本报告仅对本次送检标本负责，如有疑问请于三日内与检验科联系。",
    ),
    "half": Layout(
        columns=(
            _c("name", "项  目", 3.2),
            _c("result", "结  果", 1.4, "r", "r"),
            _c("flag", "", 0.4),
            _c("range", "参考范围", 1.8),
            _c("unit", "单  位", 1.6),
        ),
        head=(
            ("姓名:=name", "性别:=sex", "年龄:=age", "住院号:=number", "样本编号:=sample_number"),
            ("科室:=department", "床号:=bed", "样本类型:=specimen", "诊断:=diagnosis*2"),
        ),
        head_cols=5,
        foot=(
            ("送检医师:=doctor", "采集时间:=sampled", "检验者:=tester"),
            ("打印时间:=printed", "报告时间:=reported", "审核者:=checker"),
        ),
        paper=_HALF,
        rule="head",
        size=9,
        row_pad=1.7,
        name_style="paren",
        dash="--",
        note="注：此结果仅对该标本负责",
        bottom=True,
        title="PANEL检验报告单",
    ),
    "double": Layout(
        columns=(
            _c("no", "No", 0.5),
            _c("name", "项目名称", 3.2),
            _c("result", "结果", 1.5),
            _c("unit", "单位", 1.5),
            _c("range", "参考值", 1.7),
        ),
        head=(
            ("姓名：=name", "性别：=sex", "年龄：=age", "病人类型：住院=remark", "条码号：=number"),
            ("科室：=department", "床号：=bed", "标本：=specimen", "标本号：=sample_number", "送检：=doctor"),
        ),
        head_cols=5,
        foot=(
            (
                "采集：=sampled",
                "接收：=received",
                "报告：=reported",
            ),
            ("检验：=tester", "审核：=checker", "备注：=remark"),
        ),
        paper=_STUB,
        rule="none",
        split=2,
        size=8.5,
        row_pad=1.4,
        flag_place="after",
        flags={"high": "↑", "low": "↓", "abnormal": "↑"},
        dash="~",
        time="%y-%m-%d %H:%M",
        title="检验结果报告单",
    ),
    "english": Layout(
        columns=(
            _c("abbr", "代号", 1.2),
            _c("name", "检验项目名称", 3),
            _c("range", "参考区间", 1.8),
            _c("unit", "单位", 1.5),
            _c("result", "测定结果", 1.4),
            _c("flag", "状态", 0.7, "c"),
        ),
        head=(
            ("姓名：=name", "病员号：=number", "标本类型：=specimen"),
            ("性别：=sex", "病区：=department", "样本编号：=sample_number"),
            ("年龄：=age", "床号：=bed", "申请医生：=doctor"),
            ("临床诊断：=diagnosis*2", "申请项目：=panel"),
        ),
        head_cols=3,
        foot=(
            ("采集时间：=sampled", "签收时间：=received", "审核时间：=reported"),
            ("检验人：=tester", "审核人：=checker", "打印：=printed"),
        ),
        rule="head",
        size=10,
        row_pad=3,
        flags={"high": "H", "low": "L", "abnormal": "A"},
        power="×10^",
        dash="—",
        time="%Y/%m/%d %H:%M:%S",
        barcode=True,
        title="检验报告单（PANEL）",
    ),
    "zebra": Layout(
        columns=(
            _c("no", "#", 0.4, "c"),
            _c("name", "项目", 3),
            _c("abbr", "简称", 1.2),
            _c("flag", "异常", 0.6, "c"),
            _c("result", "检测值", 1.3, "r", "r"),
            _c("unit", "单位", 1.5),
            _c("range", "正常参考值", 1.7),
        ),
        head=(
            ("姓名:=name", "性别:=sex", "年龄:=age", "门诊号:=number"),
            ("科别:=department", "样本:=specimen", "医生:=doctor", "诊断:=diagnosis"),
        ),
        foot=(
            ("采样日期:=sampled", "检验日期:=received", "报告日期:=reported"),
            ("检验员:=tester", "复核:=checker", "打印:=printed"),
        ),
        paper=_B5,
        rule="zebra",
        size=9,
        time="%Y-%m-%d %H:%M:%S",
        name_style="star",
        note="声明：检验结果仅供临床参考，“*”为江西省互认项目。",
        title="检 验 报 告 单",
    ),
    "drawn": Layout(
        columns=(
            _c("name", "项目名称", 3),
            _c("abbr", "缩写", 1.2),
            _c("result", "结果", 1.2),
            _c("flag", "标志", 0.6),
            _c("unit", "单位", 1.4),
            _c("range", "参考范围", 1.6),
        ),
        head=(
            ("姓名：=name", "性别：=sex", "年龄：=age"),
            ("科室：=department", "病历号：=number", "标本：=specimen"),
        ),
        head_cols=3,
        foot=(("采样时间：=sampled", "报告时间：=reported", "审核：=checker"),),
        engine="reportlab",
        size=10,
        title="检验报告单",
    ),
    "screen": Layout(
        columns=(
            _c("name", "项目", 3),
            _c("result", "结果", 1.2),
            _c("unit", "单位", 1.4),
            _c("range", "参考范围", 1.6),
        ),
        head=(("姓名=name", "性别=sex", "年龄=age"), ("开单科室=department", "标本类型=specimen", "检验单号=number")),
        head_cols=1,
        foot=(("采样时间=sampled", "报告时间=reported", "审核医生=checker"),),
        foot_cols=1,
        flag_place="after",
        engine="pillow",
        dash="~",
        title="检验报告详情",
    ),
}
