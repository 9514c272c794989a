"""Words of the workbench and of papers that nothing else has: channels, steps of the trail, kinds of facts."""

from __future__ import annotations

from collections.abc import Mapping

from pipeline.service.states import Channel

__all__ = [
    "CHANNELS",
    "CONCLUSION_STATUS",
    "CONCLUSION_WORDS",
    "FIELD_WORDS",
    "KIND_WORDS",
    "OUTCOMES",
    "UNKNOWN_WORDS",
    "action_words",
]

CHANNELS: Mapping[Channel, str] = {
    Channel.GANFUTONG: "赣服通",
    Channel.PORTAL: "政务服务网",
    Channel.WECHAT: "公众号",
    Channel.HOSPITAL: "医院医保办",
    Channel.WINDOW: "经办窗口",
    Channel.WEB: "网页",
}
CONCLUSION_WORDS: Mapping[str, str] = {
    "meets": "材料支持",
    "not_met": "材料不支持",
    "insufficient": "待补材料",
    "manual": "需人工",
}
CONCLUSION_STATUS: Mapping[str, str] = {
    "meets": "met",
    "not_met": "unmet",
    "insufficient": "missing",
    "manual": "manual",
}
"""Which status sign stands for a conclusion."""
OUTCOMES: Mapping[str, str] = {"approve": "通过", "refuse": "不通过", "return": "退回补件"}
UNKNOWN_WORDS: Mapping[str, str] = {"absent": "未见", "unreadable": "看不清", "conflicting": "不一致"}
KIND_WORDS: Mapping[str, str] = {
    "document": "材料",
    "diagnoses": "诊断",
    "lab_results": "检验",
    "findings": "检查所见",
    "treatments": "治疗",
    "visits": "就诊",
    "form": "申请表",
    "patient": "身份",
}
FIELD_WORDS: Mapping[str, str] = {
    "name": "名称",
    "text": "结果",
    "unit": "单位",
    "abbreviation": "缩写",
    "specimen": "标本",
    "flag": "提示",
    "reference_low": "参考下限",
    "reference_high": "参考上限",
    "reference_text": "参考区间",
    "sampled_at": "采样日期",
    "reported_at": "报告日期",
    "icd10": "ICD-10",
    "grade": "分级",
    "section": "段落",
    "status": "确定性",
    "date": "日期",
    "concept": "所见",
    "modality": "检查",
    "value": "数值",
    "comparator": "比较号",
    "kind": "类别",
    "start": "开始日期",
    "end": "结束日期",
    "field": "栏目",
    "type": "类型",
    "owner": "归属",
    "hospital": "医院",
    "hospital_level": "医院级别",
    "department": "科室",
}

_ACTIONS: Mapping[str, str] = {
    "application.create": "建立申请",
    "application.describe": "修改申请信息",
    "application.submit": "提交",
    "application.withdraw": "撤回",
    "application.claim": "领取",
    "application.release": "放回列表",
    "upload.add": "上传文件",
    "upload.remove": "删除文件",
    "upload.reorder": "调整顺序",
    "assessment.make": "机器核对条目",
    "code.renew": "补发查询码",
    "case.view": "打开申请",
    "application.view": "查看申请",
    "application.follow": "跟踪办理进度",
    "application.agree": "同意告知事项",
    "feedback.view": "查看材料反馈",
    "report.view": "取预审报告",
    "session.open": "凭查询码打开申请",
    "session.close": "退出申请",
    "upload.read": "打开文件",
    "upload.view": "下载文件",
    "page.read": "识别页面",
    "page.view": "查看材料图片",
    "identity.reveal": "查看身份信息",
    "correction.make": "更正",
    "correction.undo": "撤销更正",
    "decision.make": "作出决定",
    "decision.propose": "提出决定，待第二人复核",
    "decision.second": "第二人复核",
    "decision.retract": "收回待复核的决定",
    "approval.end": "填写待遇到期日",
    "sheet.print": "打印认定表",
    "bundle.make": "导出案卷",
    "filing.make": "导出备案数据",
    "application.return": "退回补件",
    "application.decide": "办结",
    "decision.view": "查看决定书",
    "decision.sheet": "下载决定书",
    "case.export": "下载申请材料",
    "keys.rotate": "更换主密钥",
    "application.erase": "删除申请（保存到期或本人要求）",
    "upload.erase": "删除申请人撤下的材料",
    "quality.draw": "抽中质量检查",
    "quality.examine": "盲评完成",
    "quality.classify": "盲评差异归类",
}


def action_words(action: str) -> str:
    """Return the Chinese of a step in the trail; its code where it is new."""
    return _ACTIONS.get(action, action)
