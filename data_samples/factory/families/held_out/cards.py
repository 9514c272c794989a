"""What is neither record nor report: receipts, identity and insurance cards, notices."""

from __future__ import annotations

import datetime as dt

from data_samples.factory.drawn import Drawn
from data_samples.factory.families.held_out.desk import Desk
from data_samples.factory.families.held_out.drawn_records import body_of, centred, pairs_in_columns, surface_for
from data_samples.factory.families.held_out.lab_drawn import draw_signs
from data_samples.factory.families.held_out.layout import Flow, Style, cell, paragraph, text
from data_samples.factory.families.held_out.records import table_of
from data_samples.factory.families.held_out.stamps import oval, round_seal
from data_samples.factory.families.held_out.surface import Colour, PixelSurface, Surface
from data_samples.factory.families.held_out.wording import Habit, Rng, chance, pick
from data_samples.factory.families.inks import qr_code
from data_samples.factory.family import Family
from data_samples.factory.paper import Paper, Run

__all__ = ["FAMILIES"]


def _receipt(paper: Paper, rng: Rng) -> Drawn:
    words = {
        "number": ("票据号码", "流水号"),
        "name": ("交款人", "姓名"),
        "visited": ("开票日期", "收费日期"),
        "issued": ("开票日期",),
        "insurance": ("医保类型",),
        "amount": ("金额合计（小写）", "合计"),
        "total": ("金额合计（小写）", "合计"),
        "pooled": ("医保统筹基金支付", "统筹支付"),
        "own": ("个人现金支付", "个人自付"),
        "cashier": ("收款人", "收费员"),
    }
    desk = Desk(
        paper,
        Habit(rng, words, colons=("：", ":"), days=("%Y-%m-%d", "%Y年%m月%d日"), times=("%Y-%m-%d %H:%M:%S",)),
        rng,
    )
    face, latin = pick(rng, ("song", "micro")), pick(rng, (None, "arial", "courier"))
    tone: Colour = pick(rng, ((150, 40, 30), (30, 30, 30), (120, 60, 20)))
    plain = Style(face, 9, latin=latin)
    label = plain.but(fill=tone)
    high = max(140.0, 92 + 6.2 * len(paper.rows))
    surface = surface_for(210, high, face, latin)

    def head(s: Surface, number: int) -> float:
        centred(s, 8, paper.title, label.but(size=16.0, bold=True))
        s.line(60, 16.5, 150, 16.5, w=0.8, fill=tone)
        s.picture(qr_code("https://example.invalid/ticket"), 14, 5, 16)
        return 23

    flow = Flow(surface, 14, 196, high - 8, head)
    late = [key for key in ("amount", "total", "pooled", "own", "cashier", "printed") if desk.has(key)]
    pairs_in_columns(flow, [desk.runs(k) for k in desk.remaining() if k not in late], 3, plain)
    flow.skip(1)
    top = flow.y
    table = table_of(paper.rows, pick(rng, ("项目名称", "项目/规格", "收费项目")))
    count = len(table["head"])
    first = 60.0 if count < 6 else 46.0
    step = (182 - first) / max(1, count - 1)
    for number, line in enumerate([[[{"t": word}] for word in table["head"]], *table["rows"]]):
        x = 14.0
        for column, parts in enumerate(line):
            wide = first if column == 0 else step
            runs = [Run(p["t"], p.get("m")) for p in parts]
            cell(
                surface,
                x,
                flow.y,
                wide,
                6,
                runs,
                label if number == 0 else plain,
                align="left" if column == 0 else "center",
            )
            x += wide
        flow.skip(6)
        if number == 0:
            surface.line(14, flow.y, 196, flow.y, w=0.5, fill=tone)
    surface.box(14, top, 182, flow.y - top + 1, stroke=tone, w=0.8)
    flow.skip(3)
    pairs_in_columns(flow, [desk.runs(k) for k in late], 3, plain)
    for section in paper.sections:
        flow.write([Run(f"{section.title}：" if section.title else ""), *body_of(section, "{}.")], plain)
    flow.skip(2)
    end = text(surface, 14, flow.y, "收款单位（章）：", label)
    text(surface, end, flow.y, paper.hospital.name, plain)
    draw_signs(desk, surface, 110, flow.y, plain, step=45)
    if paper.seals:
        surface.picture(oval(paper.hospital.name, paper.seals[0], rng), 62, flow.y - 14, 36)
    return surface.finish()


def _card(paper: Paper, rng: Rng) -> Drawn:
    kind = str(paper.fields["kind"].value) if "kind" in paper.fields else ""
    back = kind == "id_back" or "name" not in paper.fields
    surface = PixelSurface(95, 63, dpi=400, paper=pick(rng, ((226, 236, 240), (232, 238, 230), (236, 232, 238))))
    for step in range(14):
        surface.line(0, 4 + step * 4.4, 95, 2 + step * 4.6, w=0.3, fill=(206, 222, 226))
    ink = Style(pick(rng, ("noto", "zen")), pick(rng, (9.5, 10.0)))
    tone = Style(ink.face, pick(rng, (8.0, 8.5)), fill=(40, 110, 160))
    desk = Desk(
        paper,
        Habit(rng, {"nation": ("民族",), "issuer": ("签发机关",), "authority": ("签发机关",), "valid": ("有效期限",)}),
        rng,
    )
    if back:
        surface.box(8, 8, 17, 17, fill=(190, 40, 50), round_=8)
        text(surface, 30, 10, "中华人民共和国", ink.but(size=13.0))
        text(surface, 30, 18, "居民身份证", ink.but(size=17.0, bold=True))
        y = 42.0
        for key in desk.remaining():
            end = text(surface, 18, y, desk.habit.label(key, colon=False), tone)
            text(surface, end + 3, y - 0.3, desk.take(key), ink)
            y += 8
        return surface.finish()
    if kind == "insurance_card" or ("birth_date" not in paper.fields and "address" not in paper.fields):
        centred(surface, 6, paper.title, Style("notobold", 12, fill=(20, 80, 140)))
        surface.box(8, 18, 20, 26, fill=(206, 212, 218))
        y = 20.0
        for key in desk.remaining():
            words = {"id_number": "社会保障号码", "number": "卡号", "name": "姓名", "issuer": "发卡机关"}
            end = text(surface, 33, y, words.get(key, desk.habit.label(key, colon=False)), tone)
            text(surface, end + 2, y - 0.3, desk.take(key), ink.but(size=9.0))
            y += 8
        return surface.finish()

    def line(x: float, y: float, word: str, key: str) -> None:
        if desk.has(key):
            end = text(surface, x, y, word, tone)
            text(surface, end + 2.5, y - 0.4, desk.take(key), ink)

    line(8, 8, "姓 名", "name")
    line(8, 16, "性 别", "sex")
    line(30, 16, "民 族", "nation")
    line(30, 16, "民 族", "ethnicity")
    birth = paper.fields.get("birth_date")
    if birth is not None and desk.take("birth_date"):
        value = birth.value
        text(surface, 8, 24, "出 生", tone)
        shown = f"{value.year} 年 {value.month} 月 {value.day} 日" if isinstance(value, dt.date) else str(value)
        text(surface, 19, 23.6, Run(shown, birth.mark), ink)
    if desk.has("address"):
        text(surface, 8, 32, "住 址", tone)
        paragraph(surface, 19, 31.6, 40, desk.take("address"), ink.but(leading=1.25))
    surface.box(64, 9, 23, 31, fill=(214, 219, 224))
    surface.box(70, 13, 11, 12, fill=(170, 160, 150), round_=5)
    surface.box(67, 26, 17, 14, fill=(96, 104, 124), round_=3)
    line(8, 53, "公民身份号码", "id_number")
    for number, key in enumerate(key for key in desk.remaining() if key != "age"):
        text(surface, 40, 44 + number * 4, desk.runs(key), ink.but(size=7.0))
    if desk.has("age"):
        text(surface, 64, 42, desk.runs("age"), ink.but(size=7.0))
    return surface.finish()


def _notice(paper: Paper, rng: Rng) -> Drawn:
    desk = Desk(paper, Habit(rng, {"issued": ("日期",)}, colons=("：", ":")), rng)
    face = pick(rng, ("song", "kai", "micro"))
    plain = Style(face, pick(rng, (11.5, 12.0)), leading=1.7)
    small = chance(rng, 0.4)
    surface = surface_for(148 if small else 210, 210 if small else 297, face, None)

    def head(s: Surface, number: int) -> float:
        centred(s, 16, paper.hospital.name, plain.but(size=14.0))
        centred(s, 25, paper.title, plain.but(size=18.0, bold=True))
        return 40

    flow = Flow(surface, 18, surface.width - 18, surface.height - 20, head)
    pairs = [desk.runs(key) for key in desk.remaining()]
    if pairs:
        pairs_in_columns(flow, pairs, 2 if small else 3, plain.but(size=10.5))
    flow.skip(3)
    for section in paper.sections:
        if section.title:
            flow.write(section.title, plain.but(bold=True))
        flow.write(body_of(section, "{}、"), plain, indent=8.4)
        flow.skip(2)
    for row in paper.rows:
        flow.write([Run(row.name, f"{row.mark}.name" if row.mark else None), Run(f" {row.result}{row.unit}")], plain)
    flow.skip(12)
    draw_signs(desk, surface, surface.width - 80, flow.y, plain, step=62)
    if paper.seals:
        surface.picture(round_seal(paper.hospital.name, paper.seals[0], rng), surface.width - 62, flow.y - 6, 36)
    return surface.finish()


FAMILIES = (
    Family(
        id="held-receipt",
        types=frozenset({"receipt"}),
        split="held-out",
        title="Medical receipt in red or brown print with square code and oval seal",
        draw=_receipt,
    ),
    Family(
        id="held-card",
        types=frozenset({"identity_card"}),
        split="held-out",
        title="Identity card, its back, and insurance cards as pixels at the size of a card",
        draw=_card,
        media=frozenset({"scan", "photo"}),
    ),
    Family(
        id="held-notice",
        types=frozenset({"other", "unknown"}),
        split="held-out",
        title="Consent forms, notices and slips on A4 or A5",
        draw=_notice,
    ),
)
