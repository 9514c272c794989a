"""Records and reports drawn by reportlab: a gridded discharge record, a certificate with stub, ultrasound, traces."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from data_samples.factory.drawn import Drawn
from data_samples.factory.families.held_out.desk import Desk
from data_samples.factory.families.held_out.lab_drawn import draw_signs
from data_samples.factory.families.held_out.layout import Flow, Style, cell, text, width_of, wrap
from data_samples.factory.families.held_out.records import more_mark, table_of
from data_samples.factory.families.held_out.stamps import chop, curve, grey, oval, round_seal
from data_samples.factory.families.held_out.surface import Surface, paper_surface
from data_samples.factory.families.held_out.wording import Habit, Rng, chance, pick
from data_samples.factory.family import Family
from data_samples.factory.paper import Paper, Run, Section

__all__ = ["FAMILIES", "body_of", "centred", "pairs_in_columns", "surface_for"]


def surface_for(width: float, height: float, face: str, latin: str | None) -> Surface:
    return paper_surface(width, height, face, *([latin] if latin else []))


def centred(surface: Surface, y: float, words: str, style: Style, *, middle: float | None = None) -> None:
    """Draw ``words`` in the middle of the page, smaller if they are too long for it."""
    while style.size > 7 and width_of(surface, [Run(words)], style) > surface.width - 16:
        style = style.but(size=style.size - 0.5)
    at = (surface.width / 2 if middle is None else middle) - width_of(surface, [Run(words)], style) / 2
    text(surface, at, y, words, style)


def body_of(section: Section, style: str) -> list[Run]:
    """Return the text of a section with its items on lines of their own, numbered as ``style`` says (``{}``)."""
    runs = list(section.text)
    for number, item in enumerate(section.items, start=1):
        if runs:
            runs.append(Run("\n"))
        runs += [Run(style.format(number)), *item] if len(section.items) > 1 else list(item)
    return runs


def pairs_in_columns(flow: Flow, pairs: Sequence[list[Run]], columns: int, style: Style) -> None:
    """Set labelled values in equal columns; long ones take as many columns as they need."""
    step = flow.width / columns
    at = 0
    for pair in pairs:
        need = min(columns, int(width_of(flow.surface, pair, style) / (step - 1.5)) + 1)
        if at + need > columns:
            flow.skip(style.line)
            at = 0
        if at == 0:
            flow.need(style.line)
        x = flow.left + at * step
        for number, line in enumerate(wrap(flow.surface, pair, flow.right - x, style)):
            if number:
                flow.skip(style.line)
            text(flow.surface, x, flow.y, line, style)
        at += need
    flow.skip(style.line)


_ITEMS = ("{}.", "{}、", "（{}）")


def _gridded(paper: Paper, rng: Rng) -> Drawn:
    """Every section is a row of one large table; long rows go on over the page."""
    words: Mapping[str, Sequence[str]] = {
        "number": ("住院号", "病案号"),
        "department": ("科别", "住院科室"),
        "days": ("住院日数", "住院天数"),
        "address": ("家庭住址", "住址"),
    }
    desk = Desk(paper, Habit(rng, words, colons=("：", ":"), days=("%Y年%m月%d日", "%Y-%m-%d", "%Y/%m/%d")), rng)
    face, latin = pick(rng, ("song", "micro", "kai")), pick(rng, (None, "times", "arial"))
    plain = Style(face, pick(rng, (10.0, 10.5, 11.0)), latin=latin)
    surface = surface_for(210, 297, face, latin)
    bar = pick(rng, (22.0, 26.0))
    items = pick(rng, _ITEMS)

    def head(s: Surface, number: int) -> float:
        centred(s, 11, paper.hospital.name, plain.but(size=17.0, bold=True))
        centred(s, 19, paper.title if number == 1 else f"{paper.title}（续）", plain.but(size=14.0))
        text(s, 180, 285, f"第{number}页", plain.but(size=8.5))
        return 27.5

    flow = Flow(surface, 16, 194, 276, head)
    flow.skip(1.5)
    flow.left, flow.right = 18, 192
    pairs_in_columns(flow, [desk.runs(k) for k in desk.remaining()], 4, plain)
    flow.left, flow.right = 16, 194
    flow.skip(1)
    surface.box(16, 27.5, 178, flow.y - 27.5, stroke=(0, 0, 0), w=0.7)
    for section in paper.sections:
        body = body_of(section, items)
        lines = wrap(surface, body, 178 - bar - 4, plain)
        first = True
        while lines:
            room = int((flow.bottom - flow.y - 3) / plain.line)
            if room < min(len(lines), 2):
                flow.need(1000)
                room = int((flow.bottom - flow.y - 3) / plain.line)
            part, lines = lines[:room], lines[room:]
            high = max(len(part) * plain.line + 3, 9.5)
            surface.box(16, flow.y, bar, high, stroke=(0, 0, 0), w=0.5)
            surface.box(16 + bar, flow.y, 178 - bar, high, stroke=(0, 0, 0), w=0.5)
            if first:
                cell(surface, 16, flow.y, bar, high, section.title, plain.but(bold=True), align="center")
            y = flow.y + 1.8
            for line in part:
                text(surface, 18 + bar, y, line, plain)
                y += plain.line
            flow.skip(high)
            first = False
    flow.need(22)
    surface.box(16, flow.y, 178, 16, stroke=(0, 0, 0), w=0.5)
    draw_signs(desk, surface, 24, flow.y + 6, plain, step=82 if len(paper.signatures) < 3 else 56)
    if paper.seals:
        surface.picture(round_seal(paper.hospital.name, paper.seals[0], rng), 148, flow.y - 14, 36)
    return surface.finish()


def _stub(paper: Paper, rng: Rng) -> Drawn:
    """A certificate from a pad: stub at the left, perforation, the sheet itself with underlined blanks."""
    words: Mapping[str, Sequence[str]] = {
        "number": ("门诊(住院)号", "号"),
        "issued": ("日期",),
        "visited": ("日期",),
        "address": ("单位或住址", "住址"),
        "id_number": ("身份证号",),
    }
    desk = Desk(paper, Habit(rng, words, days=("%Y年%m月%d日",), unpadded=0.4), rng)
    face, hand = pick(rng, ("song", "zen")), pick(rng, ("kai", "wenkai"))
    print_, entry = Style(face, 11), Style(hand, 12, fill=pick(rng, ((20, 34, 110), (20, 20, 28))))
    surface = surface_for(230, 140, face, hand)
    left, right = 62.0, 222.0
    surface.line(left - 5, 6, left - 5, 134, w=0.8, dash=True)
    small = print_.but(size=9.0)
    text(surface, 10, 12, "存　根", print_.but(bold=True))
    y = 22.0
    for word in ("姓名", "诊断", "经手人"):
        text(surface, 8, y, word, small)
        surface.line(18, y + 4, left - 9, y + 4, w=0.4)
        y += 10
    middle = (left + right) / 2
    centred(surface, 9, paper.hospital.name, print_.but(size=16.0, bold=True), middle=middle)
    centred(surface, 17, paper.title, print_.but(size=15.0), middle=middle)
    x, y = left, 28.0
    date = next((k for k in ("issued", "visited", "reported") if desk.has(k)), None)
    for key in [key for key in desk.remaining() if key != date]:
        label = [Run(desk.habit.label(key))]
        value = desk.take(key)
        wide = width_of(surface, label, print_) + width_of(surface, value, entry) + 6
        if x + wide > right and x > left:
            x, y = left, y + 9
        start = text(surface, x, y, label, print_)
        end = text(surface, start + 1.5, y - 0.3, value, entry)
        surface.line(start, y + 4.8, end + 3, y + 4.8, w=0.4)
        x = end + 7
    y += 10
    items = pick(rng, _ITEMS)
    for section in paper.sections:
        start = text(surface, left, y, f"{section.title}：" if section.title else "", print_)
        for line in wrap(surface, body_of(section, items), right - start - 2, entry):
            text(surface, start + 1.5, y - 0.3, line, entry)
            surface.line(start, y + 4.8, right, y + 4.8, w=0.4)
            y += 8.2
        y += 1
    y = max(y + 3, 98.0)
    draw_signs(desk, surface, left + 40, y, print_, step=60)
    if date is not None:
        text(surface, right - 46, y + 12, desk.take(date), entry)
    text(surface, left, y + 13, pick(rng, ("（未盖公章无效）", "注：涂改无效")), small)
    if paper.seals:
        surface.picture(round_seal(paper.hospital.name, paper.seals[0], rng), right - 48, min(y - 6, 96), 37)
    return surface.finish()


def _ultrasound(paper: Paper, rng: Rng) -> Drawn:
    words = {
        "number": ("超声号", "检查号", "ID"),
        "examination": ("检查部位", "检查项目"),
        "modality": ("检查方式", "方法"),
        "department": ("科室",),
        "patient_number": ("病历号",),
        "diagnosis": ("临床诊断",),
        "examined": ("检查日期",),
        "reported": ("报告时间",),
        "doctor": ("申请医师",),
    }
    desk = Desk(paper, Habit(rng, words, colons=("：", ":")), rng)
    face, latin = pick(rng, ("song", "zen", "micro")), pick(rng, (None, "arial"))
    plain = Style(face, pick(rng, (10.5, 11.0)), latin=latin, leading=1.5)
    surface = surface_for(210, 297, face, latin)

    def head(s: Surface, number: int) -> float:
        centred(s, 12, paper.hospital.name, plain.but(size=18.0, bold=True))
        centred(s, 21, paper.title, plain.but(size=15.0))
        return 31

    flow = Flow(surface, 18, 192, 270, head)
    late = [key for key in ("reported",) if desk.has(key)]
    pairs_in_columns(flow, [desk.runs(k) for k in desk.remaining() if k not in late], 4, plain)
    surface.line(18, flow.y + 0.5, 192, flow.y + 0.5, w=1)
    flow.skip(3)
    count = int(rng.integers(0, 3))
    for number in range(count):
        surface.picture(grey(rng, "fan"), 24 + number * 84, flow.y, 76, 56)
    flow.skip(59 if count else 0)
    if paper.rows:
        wide = 174 / (2 * 3)
        for index, row in enumerate(paper.rows):
            x = 18 + (index % 2) * 3 * wide
            if index % 2 == 0:
                flow.need(plain.line)
            name = [Run(row.name, f"{row.mark}.name" if row.mark else None)]
            name += [Run(f"({row.abbr})")] if row.abbr else []
            end = text(surface, x, flow.y, [*name, Run("：")], plain)
            value = [Run(row.result, f"{row.mark}.result" if row.mark else None), Run(" ")]
            text(surface, end, flow.y, [*value, Run(row.unit, f"{row.mark}.unit" if row.mark else None)], plain)
            for key, cell_ in row.more.items():
                if not key.startswith("mark:"):
                    end = text(surface, end + 22, flow.y, Run(str(cell_), more_mark(row, key)), plain)
            if index % 2 or index == len(paper.rows) - 1:
                flow.skip(plain.line)
        flow.skip(2)
    items = pick(rng, _ITEMS)
    for section in paper.sections:
        if section.title:
            flow.write(f"{section.title}：", plain.but(bold=True, size=plain.size + 0.5))
        flow.write(body_of(section, items), plain, indent=0 if section.items else 7.5, left=4)
        flow.skip(7)
    flow.need(24)
    flow.y = max(flow.y, 236.0)
    surface.line(18, flow.y, 192, flow.y, w=1)
    flow.skip(4)
    draw_signs(desk, surface, 20, flow.y, plain, step=55)
    if late:
        text(surface, 134, flow.y, desk.runs("reported"), plain)
    if paper.seals:
        surface.picture(oval(paper.hospital.name, paper.seals[0], rng), 150, flow.y - 18, 36)
    text(
        surface,
        20,
        flow.y + 9,
        pick(rng, ("本报告仅供临床参考，医师签名有效", "超声检查受仪器及条件限制，请结合临床")),
        plain.but(size=8.0),
    )
    return surface.finish()


def _trace(paper: Paper, rng: Rng) -> Drawn:
    words = {
        "number": ("检查号", "编号", "ID"),
        "examination": ("检查项目", "申请项目"),
        "modality": ("检查类型",),
        "department": ("申请科室", "科室"),
        "examined": ("检查时间", "采集时间"),
        "reported": ("报告时间", "诊断时间"),
        "patient_number": ("病人ID",),
    }
    desk = Desk(paper, Habit(rng, words, colons=("：", ":", ": ")), rng)
    face, latin = pick(rng, ("micro", "zen", "song")), pick(rng, (None, "arial", "narrow"))
    plain = Style(face, pick(rng, (9.5, 10.0)), latin=latin, leading=1.4)
    ecg = paper.type == "ecg_report"
    wide = ecg and chance(rng, 0.6)
    surface = surface_for(297 if wide else 210, 210 if wide else 297, face, latin)
    across, down = surface.width, surface.height

    def head(s: Surface, number: int) -> float:
        centred(s, 9, f"{paper.hospital.name}", plain.but(size=15.0, bold=True))
        centred(s, 16, paper.title, plain.but(size=12.5))
        s.line(12, 23, across - 12, 23, w=0.8)
        return 25

    flow = Flow(surface, 14, across - 14, down - 12, head)
    pairs_in_columns(flow, [desk.runs(k) for k in desk.remaining()], 5 if wide else 4, plain)
    flow.skip(1)
    if paper.rows:
        _measured(surface, flow, paper, plain)
    if ecg or chance(rng, 0.75):
        kind = {"ecg_report": "ecg", "lung_function_report": "loop"}.get(paper.type, "wave")
        image = curve(rng, kind, width=1500 if wide else 1000, height=430)
        size = across - 28 if kind != "loop" else 90
        surface.picture(
            image, 14 + (0 if kind != "loop" else 40), flow.y, size, 62 if kind == "loop" else min(84.0, size * 0.34)
        )
        flow.skip((62 if kind == "loop" else min(84.0, size * 0.34)) + 3)
    items = pick(rng, _ITEMS)
    for section in paper.sections:
        body = [Run(f"{section.title}：" if section.title else ""), *body_of(section, items)]
        if len(section.items) > 1:
            body.insert(1, Run("\n"))
        flow.write(body, plain)
        flow.skip(2)
    flow.need(12)
    flow.skip(3)
    draw_signs(desk, surface, across - 130, flow.y, plain, step=58)
    if paper.seals:
        surface.picture(chop(paper.seals[0], rng), across - 60, flow.y - 8, 34)
    return surface.finish()


def _measured(surface: Surface, flow: Flow, paper: Paper, plain: Style) -> None:
    """Values of the device: a ruled table where rows have further columns, else name and value beside each other."""
    table = table_of(paper.rows, "项目")
    if len(table["head"]) <= 3:
        pairs_in_columns(
            flow,
            [
                [
                    Run(row.name, f"{row.mark}.name" if row.mark else None),
                    Run(" "),
                    Run(row.result, f"{row.mark}.result" if row.mark else None),
                    Run(" "),
                    Run(row.unit, f"{row.mark}.unit" if row.mark else None),
                ]
                for row in paper.rows
            ],
            4,
            plain,
        )
        return
    heads, rows = table["head"], table["rows"]
    first = 34.0
    step = (flow.width - first) / (len(heads) - 1)
    high = 6.4
    surface.line(flow.left, flow.y, flow.right, flow.y, w=0.8)
    for line in [[[{"t": h}] for h in heads], *rows]:
        flow.need(high)
        x = flow.left
        for number, parts in enumerate(line):
            wide = first if number == 0 else step
            cell(
                surface,
                x,
                flow.y,
                wide,
                high,
                [Run(p["t"], p.get("m")) for p in parts],
                plain,
                align="left" if number == 0 else "center",
            )
            x += wide
        flow.skip(high)
        surface.line(flow.left, flow.y, flow.right, flow.y, w=0.3)
    flow.skip(3)


def _is_ultrasound(paper: Paper) -> bool:
    words = (
        paper.title
        + "".join(str(field.value) for field in paper.fields.values())
        + "".join(s.title for s in paper.sections)
    )
    return any(word in words for word in ("超声", "彩超", "心动图", "B超"))


FAMILIES = (
    Family(
        id="held-discharge-grid",
        types=frozenset({"discharge_summary"}),
        split="held-out",
        title="Discharge record as one large grid, headings in the left column",
        draw=_gridded,
    ),
    Family(
        id="held-certificate-stub",
        types=frozenset({"diagnosis_certificate"}),
        split="held-out",
        title="Certificate from a pad with stub and perforation, blanks filled in by hand",
        draw=_stub,
        media=frozenset({"scan", "photo"}),
        fits=lambda paper: sum(len(s.items) + len("".join(r.text for r in s.text)) // 30 for s in paper.sections) <= 9,
    ),
    Family(
        id="held-exam-ultrasound",
        types=frozenset({"imaging_report"}),
        split="held-out",
        title="Ultrasound report, frames above, measurements in two columns, foot of the page fixed",
        draw=_ultrasound,
        fits=_is_ultrasound,
    ),
    Family(
        id="held-exam-trace",
        types=frozenset({"ecg_report", "lung_function_report", "eeg_emg_report"}),
        split="held-out",
        title="Device report with traces or flow-volume loop, values of the device above",
        draw=_trace,
    ),
)
