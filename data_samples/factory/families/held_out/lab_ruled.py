"""Laboratory sheets typeset by typst: two item columns, result first, third-party markers, check-up, landscape."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from data_samples.factory.drawn import Drawn
from data_samples.factory.families.held_out.desk import Desk, Piece, described, joined, lab_cells
from data_samples.factory.families.held_out.stamps import chop, oval, round_seal
from data_samples.factory.families.held_out.wording import Habit, Rng, chance, pick, some
from data_samples.factory.families.inks import barcode, qr_code
from data_samples.factory.families.typesetting import typeset
from data_samples.factory.family import Family
from data_samples.factory.paper import Paper, Row, Run

__all__ = ["FAMILIES"]

_HERE = Path(__file__).parent
_ARROWS = ({"high": "↑", "low": "↓", "abnormal": "*"}, {"high": "↑", "low": "↓", "abnormal": "↑"})
_TITLES = {"name": "项目", "abbr": "缩写", "result": "结果", "unit": "单位", "range": "参考值", "flag": "提示"}


def _notes(paper: Paper) -> list[list[Piece]]:
    out = []
    for section in paper.sections:
        body = (
            [run for item in section.items for run in (*item, Run("；"))][:-1] if section.items else list(section.text)
        )
        out.append(some([Run(f"{section.title}：" if section.title else ""), *body]))
    return out


def _base(paper: Paper, desk: Desk, rng: Rng, *, faces: Sequence[str], latins: Sequence[str | None]) -> dict[str, Any]:
    return {
        "hospital": paper.hospital.name,
        "english": paper.hospital.english,
        "level": described(desk, rng, 0.4),
        "title": paper.title,
        "cn": pick(rng, faces),
        "en": pick(rng, latins),
        "notes": _notes(paper),
        "signs": desk.signs(),
        "seal": None,
    }


def _extra(rows: Sequence[Row]) -> list[str]:
    return [key for key in ("previous", "sensitivity") if any(key in row.more for row in rows)]


_EXTRA = {"previous": "上次结果", "sensitivity": "敏感性"}


def _twin(paper: Paper, rng: Rng) -> Drawn:
    words = {
        "number": ("住院/门诊号", "病人号", "卡号"),
        "sample_number": ("检验号", "标本编号"),
        "specimen": ("标本类别", "标本"),
        "doctor": ("送检医师", "开单医师"),
        "department": ("病区", "科别"),
        "panel": ("检验内容", "检验项目"),
        "reported": ("报告日期", "审核日期"),
    }
    habit = Habit(rng, words, colons=("：", ":"), spread=0.5)
    desk = Desk(paper, habit, rng)
    with_abbr = chance(rng, 0.6)
    flags, dash = pick(rng, _ARROWS), pick(rng, ("-", "～", "--", " - "))

    def line(number: int, row: Row) -> list[list[Piece]]:
        cells = lab_cells(row, flags, dash=dash)
        name = [*cells["name"]]
        if with_abbr and cells["abbr"]:
            name += [Run("("), *cells["abbr"], Run(")")]
        result = [*cells["result"], *([Run(" "), *cells["flag"]] if cells["flag"] else [])]
        return [[{"t": str(number)}], some(name), some(result), some(cells["range"]), some(cells["unit"])]

    lines = [line(n, row) for n, row in enumerate(paper.rows, start=1)]
    half = (len(lines) + 1) // 2
    blank: list[list[Piece]] = [[] for _ in range(5)]
    right = [*lines[half:], *([blank] if len(lines) % 2 else [])]
    data = _base(paper, desk, rng, faces=("song", "notosong", "hei"), latins=(None, "times", "arial")) | {
        "top": desk.pairs(
            "name",
            "sex",
            "age",
            "number",
            "department",
            "bed",
            "specimen",
            "sample_number",
            "doctor",
            "diagnosis",
            "panel",
        ),
        "head": ["", pick(rng, ("项目", "检验项目", "项目名称")), "结果", pick(rng, ("参考值", "参考范围")), "单位"],
        "left": lines[:half],
        "right": right,
        "rules": pick(rng, ("rows", "frame", "none")),
        "size": pick(rng, (8.5, 9, 9.5)),
    }
    if paper.seals:
        data["seal"] = round_seal(paper.hospital.name, paper.seals[0], rng)
    data["foot"] = desk.leftovers()
    return typeset(_HERE / "lab_twin.typ", data)


def _result_first(paper: Paper, rng: Rng) -> Drawn:
    words = {
        "number": ("ID号", "登记号"),
        "department": ("申请科室",),
        "sampled": ("采样", "采集时间"),
        "received": ("收样", "接收时间"),
        "reported": ("报告", "发报告时间"),
        "specimen": ("样品",),
    }
    habit = Habit(rng, words, colons=(":", ": "))
    desk = Desk(paper, habit, rng)
    flags = pick(rng, ({"high": "H", "low": "L", "abnormal": "A"}, {"high": "高", "low": "低", "abnormal": "异常"}))
    order = pick(
        rng,
        (
            ("result", "flag", "unit", "name", "range"),
            ("flag", "result", "unit", "range", "name"),
            ("result", "unit", "flag", "abbr", "name", "range"),
        ),
    )
    if "abbr" in order and not any(row.abbr for row in paper.rows):
        order = tuple(key for key in order if key != "abbr")
    order = (*order, *_extra(paper.rows))
    titles = {
        **_TITLES,
        **_EXTRA,
        "name": pick(rng, ("检验项目", "测定项目", "分析项目")),
        "result": pick(rng, ("测定值", "结果")),
    }
    rows: list[Any] = []
    group = ""
    for row in paper.rows:
        if row.group != group:
            group = row.group
            rows.append({"group": group})
        cells = lab_cells(row, flags, dash=pick(rng, ("～", "~")) if chance(rng, 0) else "～", least=">", most="<")
        rows.append([some(cells[key]) for key in order])
    widths = {
        "name": 3.4,
        "result": 1.7,
        "unit": 1.7,
        "range": 2.0,
        "flag": 0.9,
        "abbr": 1.3,
        "previous": 1.2,
        "sensitivity": 1.2,
    }
    data = _base(paper, desk, rng, faces=("zen", "micro", "hei"), latins=(None, "arial", "narrow")) | {
        "top": desk.pairs("name", "sex", "age", "department", "bed", "number", "doctor", "specimen", "diagnosis"),
        "order": list(order),
        "head": [titles[key] for key in order],
        "widths": [widths[key] for key in order],
        "rows": rows,
        "upper": chance(rng, 0.5),
        "size": pick(rng, (9, 9.5, 10)),
        "code": barcode(str(paper.fields["barcode"].value)) if "barcode" in paper.fields else None,
    }
    data["foot"] = desk.leftovers()
    return typeset(_HERE / "lab_result_first.typ", data)


def _third_party(paper: Paper, rng: Rng) -> Drawn:
    words = {
        "number": ("客户编号", "病员号"),
        "barcode": ("实验室编号", "条码编号"),
        "sample_number": ("样本号",),
        "specimen": ("样本类型", "送检样本"),
        "department": ("送检科室",),
        "doctor": ("送检医生",),
        "sampled": ("采样日期", "样本采集时间"),
        "received": ("收样时间", "样本接收时间"),
        "reported": ("报告发布时间", "报告时间"),
        "panel": ("检测项目",),
        "diagnosis": ("临床信息", "临床诊断"),
        "device": ("检测平台",),
    }
    habit = Habit(rng, words, times=("%Y-%m-%d %H:%M:%S", "%Y-%m-%d %H:%M"), days=("%Y-%m-%d",), unpadded=0)
    desk = Desk(paper, habit, rng)
    two = chance(rng, 0.5)
    flags = pick(rng, ({"high": "↑", "low": "↓", "abnormal": "!"}, {"high": "▲", "low": "▼", "abnormal": "●"}))
    method = any(row.method for row in paper.rows)
    extra = _extra(paper.rows)

    def line(row: Row) -> list[Any]:
        cells = lab_cells(row, flags, dash="-", least="≥", most="<" if row.high and "." in row.high else "≤")
        name = joined([cells["name"], cells["abbr"]], "\n" if two else "  ") if not chance(rng, 0) else []
        ink = {"fill": "#c00000"} if row.flag else {}
        result: list[Piece] = [piece | ink for piece in some(joined([cells["result"], cells["flag"]], " "))]
        rest_ = [some(cells[key]) for key in (*(["method"] if method else []),)]
        return [some(name), *rest_, result, some(cells["unit"]), some(cells["range"]), *(some(cells[k]) for k in extra)]

    rows: list[Any] = []
    group = ""
    for row in paper.rows:
        if row.group != group:
            group = row.group
            rows.append({"group": group})
        rows.append(line(row))
    heads = [
        ("检测项目", "Test"),
        *([("检测方法", "Method")] if method else []),
        ("检测结果", "Result"),
        ("单位", "Unit"),
    ]
    heads += [("参考区间", "Reference"), *((_EXTRA[key], "") for key in extra)]
    data = _base(paper, desk, rng, faces=("hei", "micro"), latins=(None, "arial")) | {
        "top": desk.pairs(
            "name", "sex", "age", "number", "department", "bed", "doctor", "specimen", "barcode", "diagnosis", "panel"
        ),
        "heads": heads,
        "widths": [3.6, *([1.9] if method else []), 1.9, 1.4, 1.7, *(1.1 for _ in extra)],
        "rows": rows,
        "tone": pick(rng, ("#5b2c83", "#0a7a8f", "#00539b", "#c8501e")),
        "size": pick(rng, (9, 9.5)),
        "qr": qr_code("https://example.invalid/report") if chance(rng, 0.6) else None,
        "lab": pick(rng, ("华岚医学检验实验室", "启程医学检验中心", "博纳迪医学检验所")),
    }
    if paper.seals:
        data["seal"] = oval(paper.hospital.name, paper.seals[0], rng)
    data["foot"] = desk.leftovers()
    return typeset(_HERE / "lab_third_party.typ", data)


def _check_up(paper: Paper, rng: Rng) -> Drawn:
    words: Mapping[str, Sequence[str]] = {
        "number": ("体检编号", "体检号"),
        "department": ("单位", "所在科室"),
        "reported": ("审核日期", "报告日期"),
        "sampled": ("检查日期", "采样日期"),
        "panel": ("检查项目", "组合名称"),
        "tester": ("操作医生",),
    }
    habit = Habit(rng, words, days=("%Y-%m-%d", "%Y/%m/%d"))
    desk = Desk(paper, habit, rng)
    flags = pick(
        rng, ({"high": "偏高", "low": "偏低", "abnormal": "异常"}, {"high": "↑ 高", "low": "↓ 低", "abnormal": "阳性"})
    )
    style = pick(rng, ("red", "bold", "both"))
    extra = _extra(paper.rows)
    blocks: list[dict[str, Any]] = []
    for row in paper.rows:
        group = row.group or str(paper.fields["panel"].value if "panel" in paper.fields else paper.title)
        if not blocks or blocks[-1]["name"] != group:
            blocks.append({"name": group, "rows": []})
        cells = lab_cells(row, flags, dash="--" if style == "bold" else "-", least=">=", most="<=")
        look: dict[str, Any] = {"fill": "#d0021b"} if row.flag and style != "bold" else {}
        look |= {"bold": True} if row.flag and style != "red" else {}
        name = joined([cells["name"], cells["abbr"]], " ")
        keys = ("unit", "range", "flag", *extra)
        result: list[Piece] = [piece | look for piece in some(cells["result"])]
        blocks[-1]["rows"].append(
            [
                some(name),
                result,
                *([piece | look for piece in some(cells[k])] if k == "flag" else some(cells[k]) for k in keys),
            ]
        )
    data = _base(paper, desk, rng, faces=("micro", "hei", "zen"), latins=(None, "arial")) | {
        "top": desk.pairs("name", "sex", "age", "number", "department"),
        "head": ["项目名称", "检查结果", "单位", "参考范围", "提示", *(_EXTRA[key] for key in extra)],
        "blocks": blocks,
        "size": pick(rng, (9.5, 10)),
        "tone": pick(rng, ("#e3eef8", "#e8f3e4", "#f1f1f1")),
        "centre": pick(rng, ("健康管理中心", "体检中心", "健康体检部")),
    }
    data["foot"] = desk.leftovers()
    return typeset(_HERE / "lab_check_up.typ", data)


def _landscape(paper: Paper, rng: Rng) -> Drawn:
    words = {
        "number": ("门诊/住院号", "就诊卡号"),
        "specimen": ("标本性状", "标本名称"),
        "sample_number": ("编号",),
        "doctor": ("医　生", "送检者"),
        "reported": ("报告时间", "签发时间"),
    }
    habit = Habit(rng, words, times=("%Y年%m月%d日 %H:%M", "%Y-%m-%d %H:%M", "%m-%d %H:%M"), spread=0.6)
    if habit.time == "%m-%d %H:%M":
        habit.time = "%Y-%m-%d %H:%M"
    desk = Desk(paper, habit, rng)
    flags = pick(
        rng, ({"high": "↑", "low": "↓", "abnormal": "＊"}, {"high": "(高)", "low": "(低)", "abnormal": "(异)"})
    )
    order = ["name", "result", "flag", "range", "unit", *_extra(paper.rows)]
    if any(row.abbr for row in paper.rows) and chance(rng, 0.6):
        order.insert(0, "abbr")
    titles = {**_TITLES, **_EXTRA, "abbr": "代号", "range": pick(rng, ("正常值", "参考范围")), "flag": ""}
    widths = {
        "abbr": 1.3,
        "name": 3.2,
        "result": 1.5,
        "flag": 0.7,
        "range": 1.9,
        "unit": 1.6,
        "previous": 1.2,
        "sensitivity": 1.2,
    }
    rows = [[some(lab_cells(row, flags, dash="—")[key]) for key in order] for row in paper.rows]
    data = _base(paper, desk, rng, faces=("kai", "song", "wenkai"), latins=(None, "times")) | {
        "side": desk.pairs(
            "name", "sex", "age", "department", "bed", "number", "doctor", "diagnosis", "specimen", "sample_number"
        ),
        "head": [titles[key] for key in order],
        "widths": [widths[key] for key in order],
        "rows": rows,
        "size": pick(rng, (10, 10.5, 11)),
        "short": chance(rng, 0.5) and len(rows) <= 13,
    }
    if paper.seals:
        data["seal"] = chop(paper.seals[0], rng)
    data["foot"] = desk.leftovers()
    return typeset(_HERE / "lab_landscape.typ", data)


_LAB = frozenset({"lab_report"})


def _plain(paper: Paper) -> bool:
    """No columns of their own and no groups: what two narrow item columns can hold."""
    return len(paper.rows) >= 8 and not any(row.group or row.more for row in paper.rows)


FAMILIES = (
    Family(
        id="held-lab-twin",
        types=_LAB,
        split="held-out",
        title="County hospital, A4, items in two halves beside each other, flag after the result",
        draw=_twin,
        fits=_plain,
    ),
    Family(
        id="held-lab-result-first",
        types=_LAB,
        split="held-out",
        title="A5 across, measured value and flag before the item",
        draw=_result_first,
    ),
    Family(
        id="held-lab-third-party",
        types=_LAB,
        split="held-out",
        title="Commercial laboratory in colour, bilingual heads, method column, markers and qualitative results",
        draw=_third_party,
    ),
    Family(
        id="held-lab-check-up",
        types=_LAB,
        split="held-out",
        title="Health check-up, one table for each panel, abnormal lines in red or bold with words",
        draw=_check_up,
    ),
    Family(
        id="held-lab-landscape",
        types=_LAB,
        split="held-out",
        title="Traditional medicine hospital, landscape, the patient in a column at the side",
        draw=_landscape,
    ),
)
