"""A title alone, above a patient's name and nothing else, names the type."""

from __future__ import annotations

from pathlib import Path
from random import Random

import pytest
import yaml

from pipeline.classifying import classify
from pipeline.classifying.titles import _nearly_in, find_titles
from tests.classifying.paper import sheet

TITLES = yaml.safe_load((Path(__file__).parent / "titles.yaml").read_text(encoding="utf-8"))
PAIRS = [(kind, title) for kind, titles in TITLES.items() for title in titles]


@pytest.mark.parametrize(("kind", "title"), PAIRS, ids=[title for _, title in PAIRS])
def test_titles_name_the_type(kind: str, title: str) -> None:
    document = classify([sheet(f"# {title}\n姓名：张三 | 性别：男 | 年龄：58岁")])[0]
    assert document.type.value == kind, document.why
    assert document.title is not None


@pytest.mark.parametrize(
    "prose",
    [
        "患者于我院行CT检查报告示双肺炎症，",
        "1.请携带出院小结、检验报告单来院复诊。",
        "建议：完善病理检查报告。",
        "辅助检查：外院心电图报告：窦性心律",
        "本检验报告仅对该标本负责",
        "检验报告单：见附页",
    ],
)
def test_titles_are_not_found_in_prose(prose: str) -> None:
    text = f"姓名：张三 | 科室：内科\n主诉：头晕\n现病史：三天前头晕。\n{prose}\n初步诊断：高血压"
    assert find_titles(sheet(text)) == ()


def test_titles_with_one_wrong_character_are_told_as_by_comparing_every_place() -> None:
    def slowly(text: str, title: str) -> bool:
        places = range(len(text) - len(title) + 1)
        return any(sum(a != b for a, b in zip(text[i : i + len(title)], title, strict=True)) <= 1 for i in places)

    random = Random(5)
    titles = ["检验报告单", "出院记录", "疾病诊断证明书", "心脏彩色多普勒超声检查报告"]
    texts = [
        "".join(random.choice("检验报告单出院记录疾病诊断书心脏超") for _ in range(random.randint(4, 14)))
        for _ in range(3000)
    ]
    for title in titles:
        for place in range(len(title)):
            texts.append("某" + title[:place] + "囗" + title[place + 1 :] + "一")
    answers = [(_nearly_in(text, title), slowly(text, title)) for text in texts for title in titles]

    assert [a for a in answers if a[0] is not a[1]] == []
    assert sum(a for a, _ in answers) > 25
