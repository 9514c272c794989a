"""What hospitals call the fields of their papers: wordings by key, and days and times as they print them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

import numpy as np

from data_samples.factory.paper import Field

__all__ = ["LABELS", "LabelStyle", "choose", "label_style"]

_T = TypeVar("_T")

LABELS: Mapping[str, tuple[str, ...]] = {
    "name": ("姓名", "姓名", "姓名", "患者姓名", "病人姓名"),
    "sex": ("性别",),
    "age": ("年龄",),
    "birth_date": ("出生日期", "出生年月"),
    "id_number": ("身份证号", "身份证号码", "证件号"),
    "number": ("病历号", "病案号", "登记号", "病人ID", "患者ID", "ID号", "就诊号", "病员号", "诊疗号"),
    "inpatient_number": ("住院号", "住院号码"),
    "outpatient_number": ("门诊号", "门诊号码", "就诊卡号"),
    "department": ("科室", "科别", "送检科室", "申请科室", "开单科室", "就诊科室"),
    "ward": ("病区", "护理单元"),
    "bed": ("床号", "床位号", "床位"),
    "specimen": ("标本种类", "标本类型", "样本类型", "标本", "样本种类", "样品类型"),
    "sample_number": ("样本号", "标本号", "样本编号", "检验单号", "样品号", "标本编号"),
    "doctor": ("送检医生", "申请医生", "开单医生", "送检医师", "申请医师", "医生"),
    "diagnosis": ("临床诊断", "诊断", "初步诊断"),
    "panel": ("检验项目", "检验目的", "申请项目", "送检目的", "医嘱名称", "项目组合"),
    "barcode": ("条码号", "条形码", "条码"),
    "applied": ("申请时间", "申请日期", "开单时间", "医嘱时间"),
    "sampled": ("采样时间", "采集时间", "采样日期", "标本采集时间", "采集日期", "抽样时间"),
    "received": ("接收时间", "签收时间", "核收时间", "送检时间", "收样时间"),
    "tested": ("检验时间", "检测时间", "检验日期", "上机时间"),
    "reported": ("报告时间", "报告日期", "审核时间", "发布时间"),
    "printed": ("打印时间", "打印日期"),
    "device": ("检验仪器", "仪器", "检测仪器", "检测设备"),
    "tester": ("检验者", "检验人", "检验员", "检验医师", "检验", "操作者"),
    "checker": ("审核者", "审核人", "核对者", "审核医师", "审核", "复核者"),
    "phone": ("联系电话", "电话"),
    "address": ("地址", "住址", "家庭住址"),
    "insurance": ("费别", "医保类型", "费用类别"),
    "occupation": ("职业",),
    "marriage": ("婚姻", "婚姻状况"),
    "visit_kind": ("病人类型", "患者类型", "就诊类型", "病人来源"),
    "remark": ("备注",),
    "previous_date": ("上次检验日期", "上次时间"),
}

_TIMES = (
    "%Y-%m-%d %H:%M",
    "%Y-%m-%d %H:%M:%S",
    "%Y/%m/%d %H:%M",
    "%Y/%m/%d %H:%M:%S",
    "%Y.%m.%d %H:%M",
    "%Y年%m月%d日 %H:%M",
    "%Y年%m月%d日%H时%M分",
    "%y-%m-%d %H:%M",
    "%Y%m%d %H:%M",
)
_DAYS = ("%Y-%m-%d", "%Y/%m/%d", "%Y.%m.%d", "%Y年%m月%d日", "%Y-%m-%d")


@dataclass(frozen=True, slots=True, kw_only=True)
class LabelStyle:
    """One paper's way to write labels and times."""

    words: Mapping[str, str]
    colon: str
    spread: bool
    """Labels of two characters are spread to the width of four: 姓　　名."""
    time: str
    day: str
    unpadded: bool
    """2026-3-1 instead of 2026-03-01."""

    def label(self, key: str, *, default: str = "") -> str:
        """Return the label of ``key`` with its colon; keys that nobody words are labelled ``default`` or not at all."""
        word = self.words.get(key, default)
        if not word:
            return ""
        if self.spread and len(word) in (2, 3):
            word = f"{word[0]}\u3000\u3000{word[1]}" if len(word) == 2 else f"{word[0]} {word[1]} {word[2]}"
        return word + self.colon

    def when(self, value: dt.date | dt.datetime) -> str:
        """Return a day or a time as this paper prints it."""
        text = value.strftime(self.time if isinstance(value, dt.datetime) else self.day)
        if not self.unpadded:
            return text
        day, gap, time = text.partition(" ")
        return day.replace("-0", "-").replace("/0", "/").replace(".0", ".").replace("年0", "年").replace(
            "月0", "月"
        ) + (gap + time)

    def value(self, field: Field) -> str:
        """Return the value of ``field`` as print."""
        return field.value if isinstance(field.value, str) else self.when(field.value)


def choose(rng: np.random.Generator, options: Sequence[_T]) -> _T:
    """Return one of ``options``, as it is."""
    return options[int(rng.integers(len(options)))]


def label_style(rng: np.random.Generator, **words: str) -> LabelStyle:
    """Choose a style; ``words`` fixes the labels of some keys."""
    chosen = {key: choose(rng, options) for key, options in LABELS.items()}
    return LabelStyle(
        words=chosen | words,
        colon=choose(rng, ("：", "：", "：", ":", ":", ": ")),
        spread=bool(rng.random() < 0.3),
        time=choose(rng, _TIMES),
        day=choose(rng, _DAYS),
        unpadded=bool(rng.random() < 0.12),
    )
