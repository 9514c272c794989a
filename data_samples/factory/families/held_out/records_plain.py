"""Outpatient records, certificates and the application form, typeset by typst."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from data_samples.factory.drawn import Drawn
from data_samples.factory.families.held_out.desk import Desk, Piece, described
from data_samples.factory.families.held_out.records import blocks, table_of
from data_samples.factory.families.held_out.stamps import chop, round_seal
from data_samples.factory.families.held_out.wording import Habit, Rng, chance, pick, some
from data_samples.factory.families.inks import barcode, qr_code
from data_samples.factory.families.typesetting import typeset
from data_samples.factory.family import Family
from data_samples.factory.paper import Paper

__all__ = ["FAMILIES"]

_HERE = Path(__file__).parent


def _start(paper: Paper, rng: Rng, words: Mapping[str, Sequence[str]], **options: Any) -> tuple[Desk, dict[str, Any]]:
    desk = Desk(paper, Habit(rng, words, **options), rng)
    return desk, {
        "hospital": paper.hospital.name,
        "level": described(desk, rng, 0.5),
        "title": paper.title,
        "address": paper.hospital.address if chance(rng, 0.5) else "",
        "signs": desk.signs(width=20),
        "seal": round_seal(paper.hospital.name, paper.seals[0], rng) if paper.seals else None,
        "table": table_of(paper.rows, "名称") if paper.rows else None,
    }


def _booklet(paper: Paper, rng: Rng) -> Drawn:
    """A page of the booklet that patients buy; the entries are set as if by hand on printed lines."""
    words = {
        "visited": ("就诊日期", "时间"),
        "department": ("科别",),
        "number": ("门诊号", "病历本编号"),
        "doctor": ("医生",),
    }
    desk, data = _start(paper, rng, words, days=("%Y.%m.%d", "%Y年%m月%d日"), times=("%Y.%m.%d %H:%M", "%Y年%m月%d日"))
    short = chance(rng, 0.6)
    brief = {"主诉": "主诉", "现病史": "现病史", "既往史": "既往", "体格检查": "查体", "诊断": "诊断", "处理": "处理"}
    entries: list[list[Piece]] = []
    for block in blocks(paper.sections, rng, style=pick(rng, ("1.", "①", "1、")), own=False):
        title = brief.get(block["title"], block["title"]) if short else block["title"]
        lead: list[Piece] = [{"t": f"{title}："}] if title else []
        if block["text"] or not block["items"]:
            entries.append([*lead, *block["text"]])
            lead = []
        for number, item in enumerate(block["items"]):
            entries.append([*(lead if number == 0 else [{"t": "　　　"}]), *item])
    data |= {
        "hand": pick(rng, ("kai", "wenkai")),
        "size": pick(rng, (12, 12.5, 13)),
        "ink": pick(rng, ("#1d2b6b", "#222228", "#10182e")),
        "pitch": pick(rng, (8, 8.5, 9)),
        "line": pick(rng, ("#7fa08a", "#9aa7bd", "#b08a8a")),
        "top": desk.pairs("visited", "department", "name", "sex", "age"),
    }
    data["top"] += desk.leftovers()
    data["entries"] = entries
    return typeset(_HERE / "outpatient_booklet.typ", data)


def _electronic(paper: Paper, rng: Rng) -> Drawn:
    words = {
        "number": ("门诊号", "就诊号", "登记号"),
        "visited": ("就诊时间", "接诊时间"),
        "department": ("就诊科室", "科室"),
        "doctor": ("接诊医生",),
        "phone": ("手机",),
    }
    desk, data = _start(
        paper, rng, words, colons=("：", ":"), times=("%Y-%m-%d %H:%M:%S", "%Y-%m-%d %H:%M", "%Y/%m/%d %H:%M")
    )
    data |= {
        "cn": pick(rng, ("hei", "song", "micro")),
        "en": pick(rng, (None, "arial", "narrow")),
        "size": pick(rng, (9.5, 10)),
        "code": barcode(str(paper.fields["number"].value)) if "number" in paper.fields else None,
        "qr": qr_code("https://example.invalid/emr") if chance(rng, 0.4) else None,
        "two": chance(rng, 0.5),
        "top": desk.pairs("name", "sex", "age", "number", "department", "visited"),
        "blocks": blocks(paper.sections, rng),
    }
    if paper.seals and chance(rng, 0.5):
        data["seal"] = chop(paper.seals[0], rng)
    data["top"] += desk.leftovers()
    return typeset(_HERE / "outpatient_electronic.typ", data)


def _letter(paper: Paper, rng: Rng) -> Drawn:
    words = {
        "number": ("证明编号", "门诊/住院号", "编号"),
        "visited": ("就诊时间", "诊断日期"),
        "department": ("科别", "就诊科室"),
    }
    desk, data = _start(paper, rng, words, days=("%Y年%m月%d日", "%Y-%m-%d"))
    data |= {
        "cn": pick(rng, ("song", "kai", "hei")),
        "en": pick(rng, (None, "times")),
        "size": pick(rng, (11.5, 12)),
        "grid": chance(rng, 0.6),
        "rows": [desk.pairs("name", "sex", "age"), desk.pairs("department", "number"), desk.pairs("address")],
        "date": [],
        "blocks": blocks(paper.sections, rng),
        "closing": pick(
            rng, ("本证明未加盖诊断专用章无效，涂改无效", "未盖章无效，不作法律依据", "此证明壹式贰份，盖章有效")
        ),
    }
    for key in ("issued", "visited", "discharged", "reported"):
        if not data["date"] and desk.has(key):
            data["date"] = some(desk.take(key))
    data["rows"].append(desk.leftovers())
    data["rows"] = [row for row in data["rows"] if row]
    return typeset(_HERE / "certificate_letter.typ", data)


def _form(paper: Paper, rng: Rng) -> Drawn:
    words = {
        "name": ("姓名",),
        "id_number": ("身份证号码", "公民身份号码", "身份证号"),
        "phone": ("联系电话", "手机号码"),
        "address": ("家庭住址", "现住址", "居住地址"),
        "insurance": ("参保类别", "参保险种"),
        "disease_applied": ("申请病种", "申报病种名称", "拟申请门诊慢特病病种"),
        "hospital": ("诊断医院", "确诊医疗机构"),
        "applied_on": ("申请日期", "填表时间", "申报日期"),
        "physician_name": ("主诊医师", "责任医师"),
        "physician_title": ("医师职称", "专业技术职务"),
        "agent": ("代办人姓名", "经办人"),
        "birth_date": ("出生年月",),
        "department": ("诊断科室",),
        "number": ("医保编号", "参保编号"),
    }
    desk, data = _start(paper, rng, words, colons=("",), days=("%Y年%m月%d日", "%Y.%m.%d", "%Y-%m-%d"), spread=0.5)
    hand = chance(rng, 0.55)
    region = pick(rng, ("基本医疗保险", "城乡居民、职工基本医疗保险", "医疗保障局"))

    def row(*keys: str) -> list[list[list[Piece]]]:
        return [[[pair[0]], pair[1:]] for pair in desk.pairs(*keys)]

    rows = [row("name", "sex", "age"), row("id_number", "birth_date"), row("insurance", "phone"), row("address")]
    rows += [
        row("disease_applied", "first_diagnosed"),
        row("hospital", "department"),
        row("physician_name", "physician_title"),
    ]
    left = [key for key in desk.remaining() if key != "serial"]
    rows += [row(*left[i : i + 2]) for i in range(0, len(left), 2)]
    applicant = [s for s in desk.paper.signatures if "申请" in s.role or "患者" in s.role or "本人" in s.role]
    signs = [desk.sign(s, width=20) for s in paper.signatures if s not in applicant]
    unsigned = paper.fields.get("physician_signature")
    if unsigned is not None and not any("医师" in s.role for s in paper.signatures):
        signs.append([{"t": "医师签名："}, {"gap": 25, "m": unsigned.mark}])
    sealed = paper.fields.get("hospital_seal")
    data |= {
        "seal_mark": None if sealed is None else sealed.mark,
        "cn": pick(rng, ("song", "hei", "notosong")),
        "hand": pick(rng, ("kai", "wenkai")) if hand else None,
        "ink": pick(rng, ("#1a2a70", "#1b1b22")) if hand else "#000000",
        "size": pick(rng, (10.5, 11)),
        "region": region,
        "rows": [r for r in rows if r],
        "blocks": blocks(paper.sections, rng),
        "signs": signs,
        "own": [desk.sign(s, width=20) for s in applicant],
        "upright": chance(rng, 0.6),
        "serial": [piece for pair in desk.pairs("serial") for piece in pair],
        "pledge": pick(
            rng, ("本人承诺所提交材料真实有效，如有虚假愿承担相应责任。", "本人已知悉待遇政策，所填内容属实。")
        ),
    }
    return typeset(_HERE / "form_city.typ", data)


FAMILIES = (
    Family(
        id="held-outpatient-booklet",
        types=frozenset({"outpatient_record"}),
        split="held-out",
        title="Page of the printed booklet, written by hand on green or grey lines",
        draw=_booklet,
        media=frozenset({"scan", "photo"}),
    ),
    Family(
        id="held-outpatient-electronic",
        types=frozenset({"outpatient_record"}),
        split="held-out",
        title="A5 print of the outpatient system with barcode, headings in a column of their own or in line",
        draw=_electronic,
    ),
    Family(
        id="held-certificate-letter",
        types=frozenset({"diagnosis_certificate"}),
        split="held-out",
        title="Certificate on a framed sheet, seal over the date",
        draw=_letter,
    ),
    Family(
        id="held-form-city",
        types=frozenset({"application_form"}),
        split="held-out",
        title="Application form of a city, full grid, filled in by hand or in print, upright side heads",
        draw=_form,
    ),
)
