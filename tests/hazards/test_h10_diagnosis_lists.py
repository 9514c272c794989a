"""H10: a diagnosis list in any numbering style, broken over lines, gives the same diagnoses as the plain list."""

from __future__ import annotations

import pytest

from pipeline.extracting.language import extract_clinical
from rules.engine.facts import DocumentType
from tests.extracting.language.paper import document

NAMES = ["2型糖尿病", "高血压病3级", "慢性阻塞性肺疾病急性加重期", "2型糖尿病肾病", "陈旧性脑梗死"]
HAN = "一二三四五"
CODES = ("E11.900", "I10.x00", "J44.100", "E11.2", "I69.3")
STYLES = {
    "dots glued": "".join(f"{i}.{n}" for i, n in enumerate(NAMES, 1)),
    "dots spaced": "  ".join(f"{i}. {n}" for i, n in enumerate(NAMES, 1)),
    "full-width dots": "".join(f"{i}．{n}；" for i, n in enumerate(NAMES, 1)),
    "ideographic commas": "".join(f"{i}、{n}" for i, n in enumerate(NAMES, 1)),
    "brackets": "".join(f"({i}){n}" for i, n in enumerate(NAMES, 1)),
    "full-width brackets": "".join(f"（{i}）{n}" for i, n in enumerate(NAMES, 1)),
    "closing brackets": " ".join(f"{i}）{n}" for i, n in enumerate(NAMES, 1)),
    "circled": "".join(f"{'①②③④⑤'[i]}{n}" for i, n in enumerate(NAMES)),
    "han": "".join(f"{HAN[i]}、{n}" for i, n in enumerate(NAMES)),
    "han brackets": "".join(f"（{HAN[i]}）{n}" for i, n in enumerate(NAMES)),
    "semicolons": "；".join(NAMES),
    "commas": "，".join(NAMES),
    "enumeration commas": "、".join(NAMES),
    "wide blanks": "    ".join(NAMES),
    "one a line": "\n".join(f"{i}.{n}" for i, n in enumerate(NAMES, 1)),
    "one a line, no numbers": "\n".join(NAMES),
    "table with codes": "\n".join(f"{n}|@900 {c}" for n, c in zip(NAMES, CODES, strict=True)),
}  # fmt: skip
HEADINGS = ("出院诊断：", "出院诊断\n", "【出院诊断】", "三、出院诊断：\n")


@pytest.mark.parametrize("heading", HEADINGS)
@pytest.mark.parametrize("style", STYLES.values(), ids=list(STYLES))
def test_h10_every_style_gives_the_same_diagnoses(style: str, heading: str) -> None:
    text = f"出院小结\n{heading}{style}\n医师签名：李四\n2025年3月10日"
    facts = extract_clinical([document(DocumentType.DISCHARGE_SUMMARY, text)])
    assert [d.name for d in facts.diagnoses if d.section == "出院诊断"] == NAMES


@pytest.mark.parametrize("cut", range(4, 40, 3))
def test_h10_a_list_broken_anywhere_stays_whole(cut: int) -> None:
    """The printed line ends in the middle of a name: a full line goes on in the next."""
    lead = "出院诊断：" + "1.急性胃肠炎伴轻度脱水2.多发性肝囊肿及右肾囊肿3.双膝关节退行性骨关节病4."
    plain = "".join(f"{i}.{n}" for i, n in enumerate(NAMES, 4))[2:]
    text = f"出院小结\n{lead}{plain[:cut]}\n{plain[cut:]}"
    facts = extract_clinical([document(DocumentType.DISCHARGE_SUMMARY, text)])
    assert [d.name for d in facts.diagnoses][3:] == NAMES
