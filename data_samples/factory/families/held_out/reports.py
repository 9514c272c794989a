"""Reports typeset by typst: radiology with key images, pathology and endoscopy, dialysis, prescriptions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from data_samples.factory.drawn import Drawn
from data_samples.factory.families.held_out.desk import Desk, Piece, described
from data_samples.factory.families.held_out.records import blocks, table_of
from data_samples.factory.families.held_out.stamps import chop, grey, oval
from data_samples.factory.families.held_out.wording import Habit, Rng, chance, pick, some
from data_samples.factory.families.inks import barcode
from data_samples.factory.families.typesetting import typeset
from data_samples.factory.family import Family
from data_samples.factory.paper import Paper, Run

__all__ = ["FAMILIES"]

_HERE = Path(__file__).parent


def _start(paper: Paper, rng: Rng, words: Mapping[str, Sequence[str]], **options: Any) -> tuple[Desk, dict[str, Any]]:
    desk = Desk(paper, Habit(rng, words, **options), rng)
    return desk, {
        "hospital": paper.hospital.name,
        "english": paper.hospital.english if chance(rng, 0.5) else "",
        "level": described(desk, rng, 0.3),
        "title": paper.title,
        "signs": desk.signs(),
        "seal": oval(paper.hospital.name, paper.seals[0], rng) if paper.seals else None,
    }


def _table(paper: Paper, first: str) -> dict[str, Any] | None:
    return table_of(paper.rows, first) if paper.rows else None


_TOP = (
    "name",
    "sex",
    "age",
    "number",
    "patient_number",
    "department",
    "bed",
    "examination",
    "method",
    "modality",
    "examined",
)


def _radiology(paper: Paper, rng: Rng) -> Drawn:
    words = {
        "number": ("影像号", "检查号", "放射号", "检查编号"),
        "department": ("申请科室", "送检科室"),
        "examination": ("检查部位", "检查项目", "部位"),
        "modality": ("检查技术", "检查方法"),
        "method": ("扫描方式",),
        "examined": ("检查日期", "检查时间"),
        "reported": ("报告日期", "诊断时间"),
        "patient_number": ("患者编号", "病人ID"),
        "doctor": ("申请医生", "开单医生"),
        "diagnosis": ("临床诊断", "申请诊断"),
    }
    desk, data = _start(paper, rng, words, colons=("：", ":"))
    data |= {
        "cn": pick(rng, ("hei", "song", "zen")),
        "en": pick(rng, (None, "arial", "times")),
        "size": pick(rng, (10.5, 11)),
        "heads": pick(rng, ("side", "bar", "plain")),
        "top": desk.pairs(*_TOP),
        "images": [grey(rng, "slice") for _ in range(int(rng.integers(0, 3)))] if _shows_slices(paper) else [],
        "blocks": blocks(paper.sections, rng, style=pick(rng, ("1.", "1、", "(1)"))),
        "table": _table(paper, "项目"),
        "closing": pick(rng, ("本报告仅供临床医师参考，签字有效", "此报告仅供临床参考，不作证明用", "")),
    }
    data["foot"] = desk.pairs("reported")
    data["top"] += desk.leftovers()
    return typeset(_HERE / "report_radiology.typ", data)


def _shows_slices(paper: Paper) -> bool:
    text = paper.title + "".join(str(field.value) for field in paper.fields.values())
    return any(word in text for word in ("CT", "MR", "磁共振", "扫描"))


def _pictured(paper: Paper, rng: Rng) -> Drawn:
    scope = paper.type == "endoscopy_report"
    words = {
        "number": ("内镜号", "检查号") if scope else ("病理号", "病理编号"),
        "department": ("送检科室", "科别"),
        "specimen": ("送检材料", "标本名称"),
        "examination": ("检查名称", "检查项目") if scope else ("取材部位", "送检部位"),
        "modality": ("镜型", "检查方式") if scope else ("检查类别",),
        "received": ("收到日期", "接收日期"),
        "examined": ("检查日期",) if scope else ("送检日期",),
        "patient_number": ("住院/门诊号",),
        "doctor": ("送检医师",),
    }
    desk, data = _start(paper, rng, words, spread=0.3)
    kind = "scope" if scope else "tissue"
    data |= {
        "cn": pick(rng, ("song", "micro", "notosong")),
        "en": pick(rng, (None, "times", "arial")),
        "size": pick(rng, (10, 10.5)),
        "top": desk.pairs("number", *(k for k in _TOP if k != "number")),
        "images": [grey(rng, kind) for _ in range(int(rng.integers(2, 5)))] if chance(rng, 0.8) else [],
        "aside": scope and chance(rng, 0.6),
        "tone": pick(rng, ("#000000", "#1f4e79", "#7a1f2b")),
        "blocks": blocks(paper.sections, rng, style=pick(rng, ("1.", "1、"))),
        "table": _table(paper, "项目"),
    }
    data["foot"] = desk.pairs("reported")
    data["top"] += desk.leftovers()
    return typeset(_HERE / "report_pictured.typ", data)


def _dialysis(paper: Paper, rng: Rng) -> Drawn:
    words = {
        "number": ("透析号", "病历号", "血透编号"),
        "visited": ("记录日期", "日期"),
        "department": ("科室", "治疗科室"),
        "bed": ("机位",),
    }
    desk, data = _start(paper, rng, words, days=("%Y-%m-%d", "%Y年%m月%d日"))
    data |= {
        "cn": pick(rng, ("song", "hei", "kai")),
        "en": pick(rng, (None, "times")),
        "size": pick(rng, (9.5, 10)),
        "wide": len(paper.rows[0].more) > 6 if paper.rows else False,
        "top": desk.leftovers(),
        "blocks": blocks(paper.sections, rng, style="；"),
        "table": _table(paper, pick(rng, ("透析日期", "日期", "治疗日期"))),
    }
    return typeset(_HERE / "report_dialysis.typ", data)


def _prescription(paper: Paper, rng: Rng) -> Drawn:
    words = {
        "number": ("处方编号", "处方号", "门诊号"),
        "visited": ("开具日期", "处方日期"),
        "issued": ("开具日期",),
        "diagnosis": ("临床诊断",),
        "insurance": ("费别",),
        "amount": ("药品金额", "金额"),
        "total": ("金额",),
    }
    desk, data = _start(paper, rng, words, days=("%Y年%m月%d日", "%Y-%m-%d"), colons=("：", ":"))
    lines: list[dict[str, list[Piece]]] = []
    for row in paper.rows:
        mark = None if row.mark is None else f"{row.mark}.name"
        more = row.more
        head = [*some([Run(row.name, mark)])]
        if more.get("trade"):
            head.append({"t": f"（{more['trade']}）"})
        head += [{"t": f"  {more[k]}"} for k in ("spec",) if more.get(k)]
        signa = " ".join(str(more[k]) for k in ("dose", "route", "frequency", "use") if more.get(k))
        tail = [f"共{more['days']}天" if str(more["days"]).isdigit() else str(more["days"])] if more.get("days") else []
        known = {"trade", "spec", "quantity", "dose", "route", "frequency", "use", "days"}
        tail += [str(v) for k, v in more.items() if k not in known and not k.startswith("mark:")]
        lines.append(
            {
                "head": head,
                "quantity": [{"t": str(more.get("quantity", ""))}],
                "signa": [{"t": "  ".join([signa, *tail]).strip()}],
            }
        )
    data |= {
        "cn": pick(rng, ("song", "kai", "hei")),
        "en": pick(rng, (None, "times")),
        "size": pick(rng, (10, 10.5)),
        "tint": pick(rng, ("#ffffff", "#ffffff", "#fdf6d8")),
        "kind": pick(rng, ("普通", "门诊", "医保")),
        "code": barcode(str(paper.fields["number"].value)) if "number" in paper.fields and chance(rng, 0.5) else None,
        "lines": lines,
        "signa": pick(rng, ("用法：", "Sig：", "用法用量：")),
        "blocks": blocks(paper.sections, rng, style="；"),
        "money": desk.pairs("amount", "total"),
    }
    data["top"] = desk.leftovers()
    if paper.seals:
        data["seal"] = chop(paper.seals[0], rng)
    return typeset(_HERE / "report_prescription.typ", data)


FAMILIES = (
    Family(
        id="held-exam-radiology",
        types=frozenset({"imaging_report"}),
        split="held-out",
        title="Radiology report, side or barred headings, key images where the modality has slices",
        draw=_radiology,
    ),
    Family(
        id="held-exam-pictured",
        types=frozenset({"pathology_report", "endoscopy_report"}),
        split="held-out",
        title="Pathology and endoscopy with colour pictures above or beside the text",
        draw=_pictured,
    ),
    Family(
        id="held-dialysis-sheet",
        types=frozenset({"dialysis_record"}),
        split="held-out",
        title="Dialysis sheet, one line a session, landscape when columns are many",
        draw=_dialysis,
    ),
    Family(
        id="held-prescription",
        types=frozenset({"prescription"}),
        split="held-out",
        title="Prescription slip with Rp and Sig, drugs on two lines each",
        draw=_prescription,
    ),
)
