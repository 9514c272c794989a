"""Records of a stay typeset by typst: discharge summaries, an intake record, the front page of the file."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from data_samples.factory.drawn import Drawn
from data_samples.factory.families.held_out.desk import Desk, Piece, described
from data_samples.factory.families.held_out.stamps import oval, round_seal
from data_samples.factory.families.held_out.wording import Habit, Rng, chance, pick, some
from data_samples.factory.families.inks import barcode
from data_samples.factory.families.typesetting import typeset
from data_samples.factory.family import Family
from data_samples.factory.paper import Paper, Row, Run, Section

__all__ = ["FAMILIES", "blocks", "more_mark", "numbered", "table_of"]

_HERE = Path(__file__).parent
_TITLES: Mapping[str, Sequence[str]] = {
    "course": ("诊疗经过", "诊治经过", "住院经过", "治疗经过"),
    "discharge_condition": ("出院情况", "出院时情况"),
    "orders": ("出院医嘱", "出院后建议"),
    "admission_diagnosis": ("入院诊断",),
    "discharge_diagnosis": ("出院诊断",),
    "auxiliary_exams": ("辅助检查", "主要检查结果"),
    "physical_exam": ("体格检查", "查体"),
}
_CHINESE = "一二三四五六七八九十"
_STYLES = ("1.", "1、", "(1)", "①", "一、", "；")


def numbered(items: Sequence[Sequence[Run]], style: str) -> list[list[Piece]]:
    """Return list items with their numbers; ``；`` sets them one after the other on one line."""
    out: list[list[Piece]] = []
    for number, item in enumerate(items, start=1):
        lead = {
            "1.": f"{number}.",
            "1、": f"{number}、",
            "(1)": f"（{number}）",
            "①": chr(0x245F + number) if number <= 20 else f"{number}.",
            "一、": f"{_CHINESE[number - 1]}、" if number <= 10 else f"{number}、",
            "；": "",
        }[style]
        out.append([{"t": lead}, *some(item)] if lead else some(item))
    if style == "；" and out:
        joined: list[Piece] = []
        for item_ in out:
            ended = not joined or str(joined[-1]["t"]).endswith(("；", "。", "，"))
            joined += item_ if ended else [{"t": "；"}, *item_]
        return [joined]
    return out


def blocks(
    sections: Sequence[Section], rng: Rng, *, style: str | None = None, own: bool = True
) -> list[dict[str, Any]]:
    """Return sections as templates take them: title, prose, numbered items. Titles vary as ``_TITLES`` says."""
    chosen = style or pick(rng, _STYLES)
    out = []
    for section in sections:
        # A title is reworded only where it is the plain one: special titles (中医诊断) are the paper's own.
        words = _TITLES.get(section.key, ())
        title = pick(rng, words) if own and section.title in words else section.title
        out.append(
            {
                "key": section.key,
                "title": title,
                "text": some(section.text),
                "items": numbered(section.items, chosen if len(section.items) > 1 or chosen != "；" else "；"),
            }
        )
    return out


_COLUMNS: Mapping[str, str] = {
    "spec": "规格",
    "dose": "用量",
    "route": "用法",
    "frequency": "频次",
    "days": "天数",
    "quantity": "数量",
    "price": "单价",
    "amount": "金额",
    "predicted": "预计值",
    "before": "用药前",
    "before_percent": "前/预%",
    "after": "用药后",
    "after_percent": "后/预%",
    "change": "改善率%",
    "measured": "实测值",
    "percent": "占预计%",
    "mode": "透析方式",
    "hours": "时间(h)",
    "pre_weight": "透前体重",
    "post_weight": "透后体重",
    "pressure": "血压",
    "pre_pressure": "透前血压",
    "post_pressure": "透后血压",
    "ultrafiltration": "超滤量",
    "heparin": "抗凝",
    "access": "通路",
    "nurse": "护士",
    "use": "用法用量",
    "total": "金额",
    "code": "编码",
    "date": "日期",
    "result": "结果",
    "unit": "单位",
    "range": "参考值",
    "abbr": "缩写",
    "item_class": "类别",
    "doctor": "医师",
    "level": "级别",
    "surgeon": "术者",
    "trade": "商品名",
    "times": "次数",
    "flow": "血流量",
    "removed": "脱水量(L)",
    "anticoagulant": "抗凝剂",
    "pressure_before": "透前血压",
    "pressure_after": "透后血压",
    "icd10": "疾病编码",
    "condition": "入院病情",
}


def more_mark(row: Row, key: str) -> str | None:
    """Return the mark of a further column: a fact of its own, or part of the row's."""
    own = row.more.get(f"mark:{key}")
    return own if own is not None or row.mark is None else f"{row.mark}.{key}"


def table_of(rows: Sequence[Row], first: str, titles: Mapping[str, str] | None = None) -> dict[str, Any]:
    """Return any table of a paper: the name and every column that some row fills."""
    words = {**_COLUMNS, **(titles or {})}
    own = [k for k in ("abbr", "result", "unit") if any(getattr(row, k) for row in rows)]
    if all(row.result == row.more.get("before", "") for row in rows):
        own = [k for k in own if k != "result"]
    bounds = any(row.low or row.high or row.expected for row in rows)
    more = list(dict.fromkeys(key for row in rows for key in row.more if not key.startswith("mark:")))
    lines = []
    for row in rows:
        mark = row.mark
        line = [some([Run(row.name, None if mark is None else f"{mark}.name")])]
        line += [some([Run(getattr(row, k), None if mark is None else f"{mark}.{k}")]) for k in own]
        if bounds:
            text = row.expected or (f"{row.low or ''}-{row.high or ''}" if row.low or row.high else "")
            line.append(some([Run(text, None if mark is None else f"{mark}.range")]))
        line += [some([Run(str(row.more.get(k, "")), more_mark(row, k))]) for k in more]
        lines.append(line)
    heads = [first, *(words.get(k, k) for k in own), *(["参考值"] if bounds else []), *(words.get(k, k) for k in more)]
    return {"head": heads, "rows": lines}


def _record(paper: Paper, rng: Rng, words: Mapping[str, Sequence[str]], **options: Any) -> tuple[Desk, dict[str, Any]]:
    habit = Habit(rng, words, **options)
    desk = Desk(paper, habit, rng)
    return desk, {
        "hospital": paper.hospital.name,
        "english": paper.hospital.english,
        "level": described(desk, rng, 0.35),
        "title": paper.title,
        "signs": desk.signs(),
        "seal": None,
        "table": table_of(paper.rows, "项目") if paper.rows else None,
    }


_STAY = ("name", "sex", "age", "department", "ward", "bed", "number")


def _university(paper: Paper, rng: Rng) -> Drawn:
    words = {"number": ("住院号", "病案号", "ID号"), "department": ("科别", "科室"), "days": ("住院天数", "住院日数")}
    desk, data = _record(paper, rng, words, days=("%Y-%m-%d", "%Y年%m月%d日", "%Y-%m-%d"))
    data |= {
        "cn": pick(rng, ("song", "hei", "notosong")),
        "en": pick(rng, (None, "times", "arial")),
        "size": pick(rng, (10, 10.5, 11)),
        "heads": pick(rng, ("bracket", "bold", "inline")),
        "strip": desk.pairs(*_STAY),
        "top": desk.pairs(
            "occupation", "marriage", "birth_date", "address", "phone", "insurance", "admitted", "discharged", "days"
        ),
        "blocks": blocks(paper.sections, rng),
        "code": barcode(str(paper.fields["number"].value)) if "number" in paper.fields and chance(rng, 0.5) else None,
    }
    if paper.seals:
        data["seal"] = round_seal(paper.hospital.name, paper.seals[0], rng)
    data["top"] += desk.leftovers()
    return typeset(_HERE / "record_university.typ", data)


def _county(paper: Paper, rng: Rng) -> Drawn:
    words = {
        "number": ("住院号", "住院号码"),
        "department": ("科室", "住院科室"),
        "days": ("共住院", "住院天数"),
        "address": ("住址",),
    }
    desk, data = _record(paper, rng, words, days=("%Y年%m月%d日", "%Y.%m.%d"), spread=0.5)
    data |= {
        "cn": pick(rng, ("kai", "song", "wenkai")),
        "en": pick(rng, (None, "times")),
        "size": pick(rng, (11, 11.5, 12)),
        "top": desk.pairs(
            "name", "sex", "age", "occupation", "marriage", "department", "ward", "bed", "number", "address", "phone"
        ),
        "dates": desk.pairs("admitted", "discharged", "days", "operated"),
        "blocks": blocks(paper.sections, rng, style=pick(rng, ("1、", "(1)", "1."))),
        "numbers": list(_CHINESE),
    }
    if paper.seals:
        data["seal"] = oval(paper.hospital.name, paper.seals[0], rng)
    data["top"] += desk.leftovers()
    return typeset(_HERE / "record_county.typ", data)


def _intake(paper: Paper, rng: Rng) -> Drawn:
    words = {
        "number": ("住院号", "病案号"),
        "admitted": ("入院时间", "入院日期"),
        "address": ("现住址", "出生地/住址"),
        "occupation": ("职　业",),
        "operated": ("手术日期",),
    }
    desk, data = _record(
        paper, rng, words, times=("%Y-%m-%d %H:%M", "%Y年%m月%d日%H时%M分"), days=("%Y-%m-%d", "%Y年%m月%d日")
    )
    data |= {
        "cn": pick(rng, ("song", "notosong", "zen")),
        "en": pick(rng, (None, "times", "arial")),
        "size": pick(rng, (10.5, 11)),
        "strip": [some([Run(str(paper.fields["name"].value))])] if "name" in paper.fields else [],
        "framed": chance(rng, 0.5),
        "right_dx": chance(rng, 0.5),
    }
    strip = [key for key in ("number", "bed") if desk.has(key)]
    data["strip"] += desk.pairs(*strip)
    data["top"] = desk.leftovers()
    data["blocks"] = blocks(paper.sections, rng, style=pick(rng, ("1.", "1、", "①")))
    return typeset(_HERE / "record_intake.typ", data)


def _front_page(paper: Paper, rng: Rng) -> Drawn:
    words = {
        "number": ("病案号",),
        "insurance": ("医疗付费方式",),
        "department": ("出院科别",),
        "days": ("实际住院",),
        "ward": ("病房",),
    }
    desk, data = _record(paper, rng, words, colons=("", " "), days=("%Y年%m月%d日", "%Y-%m-%d"), unpadded=0)
    seen: list[dict[str, Any]] = []
    for row in paper.rows:
        name, code, state = (
            some([Run(text, None if row.mark is None else f"{row.mark}.{part}")])
            for text, part in (
                (row.name, "name"),
                (row.more.get("icd10", ""), "icd10"),
                (row.more.get("condition", ""), "condition"),
            )
        )
        seen.append({"kind": row.group or "诊断", "name": name, "code": code, "state": state})
    others: list[Section] = []
    for section in paper.sections:
        if not section.items or "discharge" not in section.key:
            others.append(section)
            continue
        for number, item in enumerate(section.items):
            body, code_ = _without_code(item)
            kind = "主要诊断" if number == 0 else "其他诊断"
            seen.append({"kind": kind, "name": some(body), "code": some(code_), "state": []})
    data["table"] = None
    data |= {
        "cn": pick(rng, ("song", "hei", "zen")),
        "en": pick(rng, (None, "times")),
        "size": pick(rng, (9, 9.5)),
        "head": desk.pairs("insurance", "number"),
        "rows": [
            desk.pairs("name", "sex", "birth_date", "age", "nationality"),
            desk.pairs("id_number", "occupation", "marriage", "nation"),
            desk.pairs("address", "phone"),
            desk.pairs("route", "admitted", "department", "ward", "bed"),
            desk.pairs("discharged", "days", "times"),
        ],
        "foot": desk.pairs("chief", "attending", "resident", "nurse", "coder"),
        "diagnoses": seen,
        "blocks": blocks(others, rng, style="；"),
        "boxed": chance(rng, 0.6),
    }
    data["rows"].append(desk.leftovers())
    data["rows"] = [row for row in data["rows"] if row]
    return typeset(_HERE / "record_front_page.typ", data)


def _without_code(item: Sequence[Run]) -> tuple[list[Run], list[Run]]:
    """Part a diagnosis from the code behind it, which has a column of its own."""
    body = list(item)
    last = body[-1] if body else Run("")
    stripped = last.text.strip(" 　（）()[]")
    if len(body) > 1 and stripped[:1].isascii() and stripped[:1].isalpha() and any(c.isdigit() for c in stripped):
        return body[:-1], [Run(stripped, last.mark)]
    return body, []


FAMILIES = (
    Family(
        id="held-record-university",
        types=frozenset({"discharge_summary", "operation_record", "admission_record"}),
        split="held-out",
        title="University hospital's electronic record, patient strip on every page, headings in brackets or bold",
        draw=_university,
    ),
    Family(
        id="held-record-county",
        types=frozenset({"discharge_summary"}),
        split="held-out",
        title="County hospital, large print on lined paper, headings numbered 一、二、三",
        draw=_county,
    ),
    Family(
        id="held-record-intake",
        types=frozenset({"admission_record", "operation_record"}),
        split="held-out",
        title="Intake record, personal particulars in two columns, diagnosis at the lower right",
        draw=_intake,
    ),
    Family(
        id="held-front-page",
        types=frozenset({"front_page"}),
        split="held-out",
        title="Front page of the file in the national form, diagnoses with codes and state at admission",
        draw=_front_page,
    ),
)
