"""Chinese words for codes that people see on the bureau's pages."""

from __future__ import annotations

from pipeline.service.actors import ActorKind, Role
from pipeline.service.states import Channel

__all__ = ["ACTIONS", "CHANNELS", "KINDS", "ROLES", "SCOPES", "action_word"]

ROLES = {
    Role.REVIEWER: ("审核员", "查看、领取、更正和审核申请"),
    Role.SECOND_READER: ("复核员", "复核需要两人经手的决定，参加抽查"),
    Role.ANALYST: ("分析员", "查看统计，不看个人信息"),
    Role.ADMINISTRATOR: ("管理员", "管理账号、接口密钥，查看留痕与系统状态"),
}
KINDS = {
    ActorKind.APPLICANT: "申请人",
    ActorKind.USER: "工作人员",
    ActorKind.CHANNEL: "渠道接口",
    ActorKind.SYSTEM: "系统",
}
CHANNELS = {
    Channel.GANFUTONG: "赣服通",
    Channel.PORTAL: "政务服务网",
    Channel.WECHAT: "公众号",
    Channel.HOSPITAL: "医院医保办",
    Channel.WINDOW: "经办窗口",
    Channel.WEB: "本系统网页",
}
SCOPES = {
    "applications:write": "新建、上传、提交和撤回申请",
    "applications:read": "查看申请状态、材料反馈",
    "decisions:read": "查看认定结果",
    "reports:read": "查看预审报告（仅限经办机构内部系统）",
    "webhooks": "登记状态通知地址",
}
ACTIONS = {
    "application.create": "新建申请",
    "application.describe": "填写申请信息",
    "application.submit": "提交申请",
    "application.withdraw": "撤回申请",
    "application.claim": "领取申请",
    "application.release": "放回队列",
    "code.renew": "补发查询码",
    "upload.add": "上传材料",
    "upload.remove": "删除材料",
    "upload.reorder": "调整材料顺序",
    "upload.read": "打开上传的文件",
    "upload.erase": "删除申请人撤下的材料",
    "upload.view": "查看材料",
    "page.view": "查看页面图像",
    "page.read": "识别一页",
    "case.view": "查看申请",
    "application.view": "查看申请",
    "application.follow": "跟踪办理进度",
    "feedback.view": "查看材料反馈",
    "report.view": "取预审报告",
    "application.return": "退回补件",
    "application.decide": "办结",
    "application.agree": "同意告知事项",
    "application.erase": "删除申请（保存到期或本人要求）",
    "assessment.make": "完成预审",
    "identity.reveal": "查看完整身份信息",
    "correction.make": "更正识别结果",
    "correction.undo": "撤销更正",
    "decision.view": "查看决定",
    "decision.propose": "提出决定",
    "decision.make": "作出决定",
    "decision.second": "复核决定",
    "decision.retract": "收回决定",
    "approval.list": "查看复审台账",
    "approval.end": "填写待遇到期日",
    "sheet.print": "打印决定书",
    "bundle.make": "导出案卷",
    "ledger.export": "导出台账",
    "filing.make": "导出备案数据",
    "figures.view": "查看质量统计",
    "analysis.view": "查看分析",
    "analysis.cases": "查看分析所涉申请",
    "analysis.export": "导出分析结果",
    "analysis.refresh": "更新分析数据",
    "analysis.replay": "按另一版规则重判",
    "analysis.replay.view": "查看重判结果",
    "quality.draw": "抽中抽查",
    "quality.examine": "抽查复审",
    "quality.classify": "抽查差异归类",
    "webhook.register": "登记通知地址",
    "webhook.delete": "删除通知地址",
    "session.open": "登录",
    "session.close": "退出",
    "session.fail": "登录失败",
    "user.create": "新建账号",
    "user.change": "修改账号",
    "user.close": "停用账号",
    "user.reopen": "启用账号",
    "user.set_password": "重设密码",
    "user.change_password": "修改本人密码",
    "key.issue": "发放接口密钥",
    "key.revoke": "停用接口密钥",
    "keys.rotate": "更换主密钥",
    "trail.view": "查看留痕",
    "trail.verify": "校验留痕",
}


def action_word(action: str) -> str:
    """Return the word for an action of the trail; the code itself where there is none."""
    return ACTIONS.get(action, action)
