"""How a paper of these families words its labels, prints days and times, and writes a laboratory line."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from typing import TypeVar

import numpy as np

from data_samples.factory.paper import Field, Paper, Row, Run

__all__ = ["Habit", "Rng", "as_list", "chance", "pick", "reference", "rest", "some"]

Rng = np.random.Generator
_T = TypeVar("_T")

_USUAL: Mapping[str, Sequence[str]] = {
    "name": ("姓名",),
    "sex": ("性别",),
    "age": ("年龄",),
    "birth_date": ("出生日期", "出生年月日"),
    "id_number": ("身份证号", "证件号码", "居民身份证号"),
    "number": ("编号",),
    "department": ("科室", "科别"),
    "ward": ("病区", "病房"),
    "bed": ("床号",),
    "specimen": ("标本", "样本"),
    "sample_number": ("样本编号", "流水号"),
    "doctor": ("申请医生", "医师"),
    "diagnosis": ("临床诊断", "诊断"),
    "panel": ("检验目的", "申请项目"),
    "barcode": ("条码号", "条形码"),
    "applied": ("申请时间", "开单时间"),
    "sampled": ("采样时间", "采集时间"),
    "received": ("接收时间", "签收时间"),
    "tested": ("检验时间", "检测时间"),
    "reported": ("报告时间", "报告日期"),
    "printed": ("打印时间",),
    "admitted": ("入院日期", "入院时间"),
    "discharged": ("出院日期", "出院时间"),
    "days": ("住院天数", "实际住院"),
    "visited": ("就诊日期", "就诊时间"),
    "examined": ("检查日期", "检查时间"),
    "operated": ("手术日期",),
    "recorded": ("记录日期", "记录时间"),
    "issued": ("开具日期", "日期"),
    "examination": ("检查项目", "检查部位"),
    "part": ("检查部位",),
    "method": ("检查方法",),
    "modality": ("设备类型",),
    "device": ("仪器", "设备"),
    "tester": ("检验者",),
    "checker": ("审核者",),
    "phone": ("联系电话", "电话"),
    "address": ("住址", "现住址", "家庭地址"),
    "occupation": ("职业",),
    "marriage": ("婚姻", "婚姻状况"),
    "insurance": ("费别", "医保类型", "付费方式"),
    "disease_applied": ("申请病种", "申报病种"),
    "applied_on": ("申请日期", "填表日期"),
    "physician_name": ("诊断医师", "主诊医师"),
    "physician_title": ("职称", "医师职称"),
    "patient_type": ("病人类别", "患者类型"),
    "applicant_name": ("姓名", "申请人"),
    "agent": ("代办人", "代理人"),
    "hospital": ("就诊医院", "医疗机构"),
    "nation": ("民族",),
    "ethnicity": ("民族",),
    "native_place": ("籍贯",),
    "informant": ("病史陈述者",),
    "allergy": ("过敏史", "药物过敏"),
    "relation": ("与患者关系", "关系"),
    "contact": ("联系人",),
    "employer": ("工作单位",),
    "height": ("身高",),
    "weight": ("体重",),
    "dry_weight": ("干体重",),
    "access": ("血管通路",),
    "anaesthesia": ("麻醉方式",),
    "surgeon": ("手术者", "术者"),
    "assistant": ("助手",),
    "operation": ("手术名称",),
    "total": ("合计", "金额合计"),
    "amount": ("金额",),
    "authority": ("签发机关",),
    "valid": ("有效期限",),
    "blood_type": ("血型",),
    "nationality": ("国籍",),
    "remark": ("备注",),
    "certificate_number": ("编号", "证明编号"),
    "report_number": ("报告编号",),
    "exam_number": ("检查号", "影像号"),
    "first_diagnosed": ("确诊时间", "首次确诊时间"),
    "opinion": ("意见",),
    "materials": ("所附材料", "提交材料"),
    "note": ("备注", "说明"),
    "visit_kind": ("就诊类别", "病人来源"),
    "patient_number": ("病人编号", "患者ID"),
    "serial": ("流水号", "受理编号"),
    "pool": ("统筹区", "参保地"),
    "cashier": ("收款人", "收费员"),
    "pooled": ("统筹支付", "医保统筹支付"),
    "own": ("个人支付", "个人自付"),
    "times": ("住院次数", "第几次住院"),
    "route": ("入院途径",),
    "chief": ("主任（副主任）医师",),
    "attending": ("主治医师",),
    "resident": ("住院医师",),
    "nurse": ("责任护士",),
    "coder": ("编码员",),
    "issuer": ("签发机关", "发卡机关"),
    "dialyser": ("透析器",),
    "dialysed": ("透析日期", "本次透析日期"),
    "anaesthetist": ("麻醉医师",),
    "invoice_number": ("票据号码",),
    "invoice_code": ("票据代码",),
}
_TIMES = ("%Y-%m-%d %H:%M", "%Y/%m/%d %H:%M:%S", "%Y-%m-%d %H:%M:%S", "%Y.%m.%d %H:%M", "%Y年%m月%d日 %H:%M")
_DAYS = ("%Y-%m-%d", "%Y年%m月%d日", "%Y/%m/%d", "%Y.%m.%d")


def pick(rng: Rng, options: Sequence[_T]) -> _T:
    """Return one of ``options``."""
    return options[int(rng.integers(len(options)))]


def chance(rng: Rng, share: float) -> bool:
    """Return True in ``share`` of all draws."""
    return bool(rng.random() < share)


def some(runs: Iterable[Run]) -> list[dict[str, str]]:
    """Return ``runs`` as templates take them."""
    return [{"t": run.text} | ({} if run.mark is None else {"m": run.mark}) for run in runs if run.text]


def as_list(value: object) -> list[Run]:
    """Return a text, a run or several runs as a list of runs."""
    if isinstance(value, Run):
        return [value]
    if isinstance(value, list | tuple):
        return [run for part in value for run in as_list(part)]
    return [Run(str(value))]


def rest(paper: Paper, used: Iterable[str]) -> list[Field]:
    """Return the fields of ``paper`` that are not among ``used``, in the paper's order."""
    taken = set(used)
    return [field for key, field in paper.fields.items() if key not in taken]


def reference(row: Row, dash: str = "-", *, least: str = "≥", most: str = "≤") -> str:
    """Return the reference range of ``row`` as one text; empty where it prints none."""
    if row.expected:
        return row.expected
    if row.low is not None and row.high is not None:
        return f"{row.low}{dash}{row.high}"
    if row.high is not None:
        return f"{most}{row.high}"
    return "" if row.low is None else f"{least}{row.low}"


class Habit:
    """One paper's ways: which word stands for each key, the colon, and how days and times look."""

    def __init__(
        self,
        rng: Rng,
        words: Mapping[str, Sequence[str]] | None = None,
        *,
        colons: Sequence[str] = ("：",),
        times: Sequence[str] = _TIMES,
        days: Sequence[str] = _DAYS,
        spread: float = 0.0,
        unpadded: float = 0.1,
    ) -> None:
        options = {**_USUAL, **(words or {})}
        self.words = {key: pick(rng, choice) for key, choice in options.items()}
        self.colon, self.time, self.day = pick(rng, colons), pick(rng, times), pick(rng, days)
        self.spread, self.unpadded = chance(rng, spread), chance(rng, unpadded)

    def label(self, key: str, *, colon: bool = True) -> str:
        """Return the label of ``key``; a key without a word of its own is a remark."""
        word = self.words.get(key, "备注")
        if self.spread and len(word) in (2, 3):
            word = ("\u3000" * 2 if len(word) == 2 else " ").join(word)
        return word + (self.colon if colon and word else "")

    def when(self, value: dt.date) -> str:
        """Return a day or a time as print."""
        form = self.time if isinstance(value, dt.datetime) else self.day
        day, gap, time = value.strftime(form).partition(" ")
        if self.unpadded:
            for mark in "-/.年月":
                day = day.replace(f"{mark}0", mark)
        return day + gap + time

    def value(self, field: Field) -> Run:
        """Return the value of ``field`` as print with its mark."""
        text = field.value if isinstance(field.value, str) else self.when(field.value)
        return Run(text, field.mark)

    def pair(self, paper: Paper, key: str) -> list[Run]:
        """Return label and value of one field; nothing where the paper has no such field."""
        field = paper.fields.get(key)
        return [] if field is None else [Run(self.label(key)), self.value(field)]

    def pairs(self, paper: Paper, keys: Iterable[str]) -> list[list[Run]]:
        """Return those of ``keys`` that the paper has."""
        return [self.pair(paper, key) for key in keys if key in paper.fields]
