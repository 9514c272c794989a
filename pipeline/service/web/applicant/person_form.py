"""The form about who applies: what was typed, checked field by field, with a plain word for each mistake."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from pipeline.persons import parse_id_number
from pipeline.reporting.text import single_line
from pipeline.service.applications import Person

__all__ = ["RELATIONS", "PersonForm", "read_form"]

RELATIONS = ("配偶", "子女", "父母", "兄弟姐妹", "其他亲属", "村（社区）工作人员", "医院工作人员", "其他")
_NAME = re.compile(r"[\u4e00-\u9fff\u3400-\u4dbf\U00020000-\U0002ffff·•．.A-Za-z ]{2,50}")
_MOBILE = re.compile(r"1[3-9]\d{9}")
_LANDLINE = re.compile(r"0\d{2,3}\d{7,8}")
_FULL_WIDTH = str.maketrans("０１２３４５６７８９Ｘｘ", "0123456789XX")


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonForm:
    """What was typed, to be shown again next to what is wrong."""

    values: Mapping[str, str]
    wrong: Mapping[str, str] = field(default_factory=dict)
    """Field -> what to do, in the order of the form."""
    person: Person | None = None
    """None while something is wrong."""

    @property
    def by_agent(self) -> bool:
        return self.values.get("who") == "agent"


def read_form(told: Mapping[str, str]) -> PersonForm:
    """Check what was typed. The agent's fields count only where an agent applies."""
    typed = {key: single_line(value)[:128] for key, value in told.items()}
    wrong: dict[str, str] = {}
    name = _name(typed, "name", "参保人姓名", wrong)
    id_number = _id_number(typed, "id_number", wrong)
    phone = _phone(typed, "phone", wrong)
    person = Person(name=name, id_number=id_number, phone=phone)
    if typed.get("who") == "agent":
        agent_name = _name(typed, "agent_name", "代办人姓名", wrong)
        relation = typed.get("agent_relation", "")
        if relation not in RELATIONS:
            wrong["agent_relation"] = "请选择代办人和参保人的关系"
        agent_id = _id_number(typed, "agent_id_number", wrong)
        if agent_id and agent_id == id_number:
            wrong["agent_id_number"] = "代办人和参保人的身份证号一样了，请核对"
        person = Person(
            name=name,
            id_number=id_number,
            phone=phone,
            agent_name=agent_name,
            agent_id_number=agent_id,
            agent_phone=_phone(typed, "agent_phone", wrong),
            agent_relation=relation,
        )
    elif typed.get("who") != "self":
        wrong = {"who": "请选择是给自己办，还是替别人办", **wrong}
    return PersonForm(values=typed, wrong=wrong, person=None if wrong else person)


def _name(typed: Mapping[str, str], key: str, what: str, wrong: dict[str, str]) -> str:
    name = typed.get(key, "").replace("•", "·").replace("．", "·")
    # Blanks between Chinese characters are typing habits; those of a foreign name stay.
    name = re.sub(r"(?<=[^\x00-\x7f])\s+(?=[^\x00-\x7f])", "", name)
    if not name:
        wrong[key] = f"请填写{what}"
    elif not _NAME.fullmatch(name):
        wrong[key] = f"{what}请和身份证上的一样，不要有数字和符号"
    return name


def _id_number(typed: Mapping[str, str], key: str, wrong: dict[str, str]) -> str:
    text = re.sub(r"[\s\-]", "", typed.get(key, "").translate(_FULL_WIDTH)).upper()
    if not text:
        wrong[key] = "请填写身份证号"
    elif len(text) != 18:
        wrong[key] = f"身份证号是 18 位，现在是 {len(text)} 位，请核对"
    else:
        parsed = parse_id_number(text)
        if parsed is None or parsed.repaired or parsed.text != text:
            wrong[key] = "身份证号有一位不对，请对着身份证再核对一遍"
    return text


def _phone(typed: Mapping[str, str], key: str, wrong: dict[str, str]) -> str:
    text = re.sub(r"[\s\-()（）]", "", typed.get(key, "").translate(_FULL_WIDTH)).removeprefix("+86")
    if not text:
        wrong[key] = "请填写电话，有问题时好联系您"
    elif not _MOBILE.fullmatch(text) and not _LANDLINE.fullmatch(text):
        wrong[key] = "电话号码不对：手机号是 11 位；座机请带区号"
    return text
