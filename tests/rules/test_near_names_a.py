"""Names that hold the name of one of the diseases 1-22 and are not that disease never confirm it."""

from __future__ import annotations

import pytest

from rules.engine import Region
from rules.engine.facts import AssertionStatus, Diagnosis
from rules.engine.targets import Match
from rules.vocabulary.term_names import lookup_diagnosis

OTHERS = {
    1: "癌症恐惧症 肺癌筛查 类白血病反应 白血病前期 淋巴瘤样丘疹病 假性淋巴瘤 乳腺癌易感基因携带 癌症高风险 "
    "恶性高血压 恶性贫血 恶性心律失常 肝血管瘤",
    2: "盘状红斑狼疮 狼疮样综合征 寻常狼疮 皮肤型红斑狼疮",
    3: "地中海贫血基因携带者 地贫携带者 α地中海贫血静止型 地中海贫血特性 地中海贫血筛查阳性 缺铁性贫血",
    5: "血友病携带者 获得性血友病 假性血友病 血管性血友病",
    6: "多系统萎缩 进行性核上性麻痹 特发性震颤 锥体外系反应",
    7: "溶血尿毒综合征 非典型溶血尿毒症综合征 急性肾功能衰竭(尿毒症期) 急性肾损伤3期 氮质血症",
    8: "肾移植供者 活体肾移植供体 等待肾移植 拟行肾移植 肾移植术前 骨髓移植术前 肝移植评估 毛发移植术后 角膜移植状态",
    9: "耐多药结核密切接触者 耐多药结核性脊柱炎 多重耐药菌感染",
    10: "环性心境障碍 恶劣心境 分裂样人格障碍 抑郁状态 焦虑状态",
    12: "高眼压症 颅内高压 门静脉高压 肺动脉高压 妊娠期高血压疾病 先兆子痫 血压升高",
    13: "心绞痛样胸痛 冠心病高危 冠状动脉痉挛 冠状动脉瘘 肺源性心脏病",
    14: "心力衰竭A期 心衰高危 呼吸衰竭",
    15: "心肌病变 缺血性心肌病 心肌炎",
    16: "糖尿病前期 糖尿病高危 类糖尿病 肾性糖尿病 糖尿病筛查 妊娠糖尿病 尿崩症",
    17: "喘息性支气管炎 急性支气管炎 毛细支气管炎 过敏性支气管炎",
    18: "慢阻肺高危 肺气肿 阻塞性肺炎 阻塞性睡眠呼吸暂停",
    19: "心源性哮喘 心脏性哮喘 肾性哮喘 癔症性哮喘 类哮喘 哮喘高危",
    20: "癫痫样放电 假性癫痫发作 非癫痫性发作 癔症性癫痫 癫痫样发作 热性惊厥 子痫",
    21: "垂体卒中 眼中风 脊髓卒中 中风先兆 卒中高危人群 脑卒中筛查 "
    "新生儿颅内出血 短暂性脑缺血发作 外伤性脑出血 心肌梗死",
    22: "重症肌无力样综合征 新生儿重症肌无力 肌无力综合征 先天性肌无力综合征",
}
OWN = {
    1: "右肺上叶腺癌 结肠癌肝转移 急性早幼粒细胞白血病 肺癌术后",
    3: "β地中海贫血(重型) HbH病 轻型β地中海贫血",
    5: "重型血友病甲 血友病性关节病",
    6: "血管性帕金森综合征 震颤麻痹",
    7: "慢性肾衰竭(CKD5期) 慢性肾功能衰竭尿毒症期 慢性肾功能不全急性加重(尿毒症期)",
    8: "同种异体肾移植术后 异基因造血干细胞移植术后 肝移植状态",
    9: "耐多药肺结核 利福平耐药肺结核",
    16: "2型糖尿病性肾病 1型糖尿病",
    17: "慢性喘息性支气管炎 慢支急性发作",
    19: "咳嗽变异性哮喘 过敏性哮喘",
    20: "颅脑外伤后癫痫 症状性癫痫",
    21: "腔隙性脑梗死 脑出血后遗症 脑卒中",
    22: "重症肌无力(全身型) 眼肌型重症肌无力",
}


def _match(region: Region, number: int, name: str) -> Match | None:
    found = lookup_diagnosis(name, vocabulary=region.vocabulary)
    rule = next(rule for rule in region.rules if rule.number == number)
    concept, code = (found.concepts[0], found.icd10) if found else (None, None)
    fact = Diagnosis(
        document="d", name=name, status=AssertionStatus.CONFIRMED, section="诊断", concept=concept, icd10=code
    )
    if number == 9:  # the pack looks at the words too; a broad tuberculosis is not its disease
        return Match.YES if concept == "mdr_tuberculosis" else None
    return rule.target.match(fact)


@pytest.mark.parametrize(("number", "name"), [(n, name) for n, names in OTHERS.items() for name in names.split()])
def test_near_names_are_not_the_disease(region: Region, number: int, name: str) -> None:
    assert _match(region, number, name) is not Match.YES


@pytest.mark.parametrize(("number", "name"), [(n, name) for n, names in OWN.items() for name in names.split()])
def test_near_names_leave_the_disease_itself(region: Region, number: int, name: str) -> None:
    assert _match(region, number, name) is Match.YES
