"""Words of the workbench that nothing else has: channels, steps of the trail, kinds of facts."""

from __future__ import annotations

from collections.abc import Mapping

from pipeline.service.states import Channel

__all__ = ["CHANNELS", "CONCLUSION_STATUS", "CONCLUSION_WORDS", "OUTCOMES", "UNKNOWN_WORDS", "action_words"]

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
    "case.view": "打开申请",
    "page.view": "查看材料图片",
    "identity.reveal": "查看身份信息",
    "correction.make": "更正",
    "correction.undo": "撤销更正",
    "decision.make": "作出决定",
    "decision.propose": "提出决定，待第二人复核",
    "decision.second": "第二人复核",
    "quality.draw": "抽中质量检查",
    "quality.examine": "盲评完成",
}


def action_words(action: str) -> str:
    """Return the Chinese of a step in the trail; its code where it is new."""
    return _ACTIONS.get(action, action)
