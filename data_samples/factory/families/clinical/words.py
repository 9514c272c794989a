"""What clinical papers call their fields and parts, and how they number diagnoses and write days."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping

__all__ = ["DOCTOR_WORDS", "FIELD_WORDS", "NUMBERINGS", "NUMBER_WORDS", "PAGE_NUMBERS", "SECTION_WORDS", "chinese_day"]

FIELD_WORDS: Mapping[str, tuple[str, ...]] = {
    "name": ("姓名", "姓名", "姓名", "患者姓名", "病人姓名"),
    "department": ("科室", "科别", "科 室", "就诊科室"),
    "number": ("病历号", "病案号", "登记号", "就诊号", "ID号"),
    "visited": ("就诊时间", "就诊日期", "看诊时间", "日期"),
    "admitted": ("入院日期", "入院时间", "住院日期"),
    "discharged": ("出院日期", "出院时间"),
    "days": ("住院天数", "实际住院天数", "住院日数"),
    "examined": ("检查日期", "检查时间"),
    "reported": ("报告日期", "报告时间", "诊断时间"),
    "examination": ("检查部位", "检查项目", "部位", "检查名称"),
    "part": ("检查部位", "部位"),
    "method": ("检查方法", "检查技术", "扫描方式"),
    "device": ("检查设备", "仪器型号", "设备型号"),
    "examination_number": ("检查号", "影像号", "检查编号", "流水号"),
    "diagnosis": ("临床诊断", "临床初步诊断", "申请诊断"),
    "clinical": ("临床诊断", "临床印象", "病史摘要"),
    "doctor": ("医师", "申请医师", "接诊医师", "开单医生"),
    "recorded": ("记录时间", "记录日期"),
    "issued": ("开具日期", "开单日期", "日期"),
    "informant": ("病史陈述者", "供史者"),
    "nation": ("民族",),
    "birthplace": ("出生地", "籍贯"),
    "workplace": ("工作单位", "单位"),
    "received": ("收到日期", "送检日期", "接收日期"),
    "specimen": ("送检标本", "标本名称", "送检材料", "取材部位"),
    "pathology_number": ("病理号", "病理编号"),
    "height": ("身高",),
    "weight": ("体重",),
    "dry_weight": ("干体重",),
    "access": ("血管通路",),
    "dialyzer": ("透析器",),
    "serial": ("编号", "序号"),
    "total": ("合计", "金额合计"),
    "operated": ("手术日期", "手术时间"),
    "operation": ("手术名称", "实施手术名称"),
    "anaesthesia": ("麻醉方式", "麻醉方法"),
    "surgeon": ("手术者", "术者", "主刀医师"),
    "assistant": ("助手", "第一助手"),
    "insurance": ("费别", "医保类型", "费用类别"),
    "insurance_number": ("社会保障号码", "医保号", "医保编号"),
    "applied_on": ("申请日期", "申请时间"),
    "disease_applied": ("申请病种", "申请病种名称", "申报病种"),
    "applicant_name": ("姓名",),
    "agent": ("代办人", "代理人"),
    "first_diagnosed": ("初次确诊时间", "确诊时间", "首次确诊时间"),
    "physician_name": ("责任医师", "诊断医师"),
    "physician_title": ("职称", "医师职称"),
    "hospital": ("医疗机构", "医院名称"),
    "sessions": ("透析次数", "次数"),
    "visit_kind": ("初/复诊", "就诊类型"),
    "allergy": ("药物过敏史", "过敏史", "药物过敏"),
    "patient_number": ("病人ID", "住院号/门诊号", "患者ID", "登记号", "门诊/住院号"),
    "modality": ("检查方法", "检查方式", "检查技术"),
    "ward": ("病区", "护理单元"),
    "times": ("住院次数", "第几次住院"),
    "route": ("入院途径",),
    "blood_type": ("血型",),
    "nationality": ("国籍",),
    "chief": ("科主任",),
    "attending": ("主治医师",),
    "resident": ("住院医师",),
    "nurse": ("责任护士",),
    "coder": ("编码员",),
    "amount": ("总费用", "合计金额", "金额"),
    "pooled": ("医保统筹支付", "医保支付", "统筹支付"),
    "own": ("个人支付", "自付金额", "现金支付"),
    "cashier": ("收款人", "收费员", "经办人"),
    "issuer": ("签发机关", "发卡机关"),
    "valid": ("有效期限", "有效期"),
    "pool": ("统筹区", "参保地"),
    "anaesthetist": ("麻醉医师", "麻醉者"),
    "dialysed": ("透析日期", "治疗日期"),
    "dialyser": ("透析器", "透析器型号"),
}
"""Wordings of a field by its key, besides those every paper shares."""

DOCTOR_WORDS: tuple[str, ...] = ("申请医师", "送检医师", "开单医生", "申请医生")
"""Who asked for an examination."""

NUMBER_WORDS: Mapping[str, tuple[str, ...]] = {
    "discharge_summary": ("住院号", "病案号", "住院号码", "ID号"),
    "admission_record": ("住院号", "病案号", "住院号码"),
    "front_page": ("病案号", "住院号"),
    "operation_record": ("住院号", "病案号"),
    "outpatient_record": ("门诊号", "病历号", "就诊卡号", "登记号"),
    "diagnosis_certificate": ("编号", "门诊号", "病历号", "证明编号"),
    "imaging_report": ("检查号", "影像号", "检查编号", "检查流水号"),
    "pathology_report": ("病理号", "病理编号"),
    "endoscopy_report": ("检查号", "内镜号", "胃镜号"),
    "ecg_report": ("检查号", "心电图号", "编号"),
    "lung_function_report": ("检查号", "编号", "ID号"),
    "eeg_emg_report": ("检查号", "编号"),
    "dialysis_record": ("透析号", "住院号", "病历号"),
    "prescription": ("门诊号", "处方编号", "病历号"),
    "receipt": ("票据号码", "门诊号", "业务流水号"),
    "identity_card": ("卡号", "社会保障卡卡号"),
}
"""What the number at the head is called, by document type."""

SECTION_WORDS: Mapping[str, tuple[str, ...]] = {
    "chief_complaint": ("主诉", "主　诉", "主诉"),
    "past_history": ("既往史", "既 往 史", "既往史"),
    "personal_history": ("个人史", "个 人 史"),
    "family_history": ("家族史", "家 族 史"),
    "physical_exam": ("体格检查", "体格检查", "查体"),
    "auxiliary_exams": ("辅助检查", "辅助检查结果", "实验室及器械检查", "主要检查结果"),
    "discharge_diagnosis": ("出院诊断", "出院诊断", "出院时诊断"),
    "course": ("诊疗经过", "住院经过", "诊治经过", "治疗经过"),
    "discharge_condition": ("出院情况", "出院时情况", "出院时病情"),
    "orders": ("出院医嘱", "出院后建议", "出院医嘱及注意事项"),
}
"""Wordings of a part's heading; a family may also print the paper's own."""

NUMBERINGS: Mapping[str, Callable[[int], str]] = {
    "1.": lambda k: f"{k}.",
    "1. ": lambda k: f"{k}. ",
    "1、": lambda k: f"{k}、",
    "(1)": lambda k: f"({k})",
    "（1）": lambda k: f"（{k}）",
    "①": lambda k: "①②③④⑤⑥⑦⑧⑨⑩"[k - 1] if k <= 10 else f"{k}.",
    "一、": lambda k: f"{'一二三四五六七八九十'[k - 1]}、" if k <= 10 else f"{k}、",
    "1)": lambda k: f"{k})",
    "1 ": lambda k: f"{k} ",
}

PAGE_NUMBERS = ("第 N 页 / 共 M 页", "第N页 共M页", "N/M", "- N -", "第 N 页", "共 M 页 第 N 页")

_DIGITS = "〇一二三四五六七八九"


def chinese_day(day: dt.date) -> str:
    """Return ``day`` in Chinese numerals: 二〇二五年三月二日."""

    def small(number: int) -> str:
        tens, ones = divmod(number, 10)
        return ("" if tens == 0 else "十" if tens == 1 else _DIGITS[tens] + "十") + (_DIGITS[ones] if ones else "")

    return "".join(_DIGITS[int(digit)] for digit in str(day.year)) + f"年{small(day.month)}月{small(day.day)}日"
