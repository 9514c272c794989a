"""Routes: the diseases of a region and what each asks for."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Any, TypeVar

from fastapi import Path, Query
from pydantic import Field

from pipeline.catalogue.pages import ItemView, disease_page
from pipeline.catalogue.spans import Span
from pipeline.catalogue.words import category_words
from pipeline.service.api.keys import Caller
from pipeline.service.api.models import Model
from pipeline.service.api.routing import router
from pipeline.service.api.rules import named_disease, region_of_key, rules_of
from pipeline.service.people.current import TheOffice
from rules.engine import Rule

__all__ = ["checklist", "diseases"]

T = TypeVar("T")
RegionQuery = Annotated[
    str | None,
    Query(pattern=r"^[a-z][a-z0-9_]{0,63}$", description="地区编号 · region id", examples=["jiangxi"]),
]


class DiseaseOut(Model):
    id: str = Field(examples=["hypertension"])
    number: int = Field(description="目录中的序号")
    name: str = Field(examples=["高血压病"])
    aliases: list[str]
    code: str | None = Field(description="国家病种编码 · national code")
    category: str = Field(description="类别，没有则为空", examples=["Ⅱ类基本"])


class DiseasesOut(Model):
    region: str
    region_name: str
    version: str = Field(description="规则版本 · version of the rules")
    items: list[DiseaseOut]


class ItemOut(Model):
    id: str
    title: str
    advice: str = Field(description="一句话说明要交什么")
    accepts: list[str] = Field(description="哪些材料算数 · what counts")
    where: str = Field(description="在哪里办 · where to get it")
    window: str = Field(description="时间要求，没有则为空", examples=["近2年"])
    level: str = Field(description="医院级别要求，没有则为空", examples=["二级及以上医院"])
    cost: str = Field(description="办理的难易")


class GroupOut(Model):
    words: str = Field(description="这一组怎么算齐，空为见 wanted", examples=["下面 3 项，任意一项即可"])
    items: list[str]


class ChecklistOut(DiseaseOut):
    region: str
    version: str
    wanted: str = Field(
        description="哪些条目要齐 · which items are wanted", examples=["第1、2项都要，第3至7项任意一项"]
    )
    groups: list[GroupOut]
    items: list[ItemOut]
    form_title: str = Field(description="申请表的名称")
    notices: list[str]


@router.get("/diseases", tags=["目录 Catalogue"], summary="病种列表 · Diseases of a region")
def diseases(office: TheOffice, actor: Caller, region: RegionQuery = None) -> DiseasesOut:
    found = rules_of(office, region_of_key(office, actor, region))
    return DiseasesOut(
        region=found.id,
        region_name=found.name,
        version=found.version,
        items=[DiseaseOut(**_disease(rule)) for rule in found.rules],
    )


@router.get("/diseases/{disease}", tags=["目录 Catalogue"], summary="一个病种的材料清单 · Checklist of a disease")
def checklist(
    office: TheOffice,
    actor: Caller,
    disease: Annotated[str, Path(max_length=128, description="编号、名称、别名或国家编码", examples=["hypertension"])],
    region: RegionQuery = None,
) -> ChecklistOut:
    rules = rules_of(office, region_of_key(office, actor, region))
    page = disease_page(named_disease(office, rules.id, disease), rules, office.today())
    today = office.today()
    return ChecklistOut(
        **_disease(page.rule),
        region=rules.id,
        version=rules.version,
        wanted=_on(page.wanted, today) or "",
        groups=[GroupOut(words=group.words, items=list(group.items)) for group in page.groups],
        items=[_item(item, today) for item in page.items],
        form_title=rules.file.form_title,
        notices=list(rules.file.notices),
    )


def _disease(rule: Rule) -> dict[str, Any]:
    return {
        "id": rule.id,
        "number": rule.number,
        "name": rule.name,
        "aliases": list(rule.file.aliases),
        "code": rule.code,
        "category": category_words(str(rule.file.category or "")),
    }


def _item(item: ItemView, today: dt.date) -> ItemOut:
    ask = _on(item.asks, today)
    return ItemOut(
        id=item.file.id,
        title=item.file.title,
        advice=item.file.advice,
        accepts=list(item.file.accepts),
        where=item.file.where,
        window=ask.window if ask else "",
        level=ask.level if ask else "",
        cost=item.cost,
    )


def _on(spans: tuple[Span[T], ...], today: dt.date) -> T | None:
    """Return what holds today; before the first day, what will hold then."""
    now = [span.value for span in spans if span.first <= today and (span.last is None or today <= span.last)]
    return now[0] if now else spans[0].value if spans else None
