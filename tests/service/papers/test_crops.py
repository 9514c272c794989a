"""Pictures in the decision sheet: the place itself, upright, and never a name on a sheet that masks names."""

from __future__ import annotations

import base64
import io
import re
from dataclasses import replace

import pdfplumber
import pytest
from PIL import Image
from sqlalchemy import select

from pipeline.reading.stored import reading_from_json, reading_to_json
from pipeline.service.access import find
from pipeline.service.actors import SYSTEM
from pipeline.service.casework.rows import page_from_json
from pipeline.service.decisions.crops import Spots, drawn
from pipeline.service.decisions.sheet import decision_sheet
from pipeline.service.tables import PageRow, Upload
from pipeline.service.veil import Veil
from tests.service.made import made_application
from tests.service.papers.conftest import Decided

SHEET = """
# 江州市第一人民医院
姓名：张建国 | 性别：男
出院诊断：
1.高血压病3级 极高危
医师签名：李明
"""


def _lines(decided: Decided, case: str) -> tuple[PageRow, dict[str, tuple[float, float, float, float]]]:
    with decided.office.database.read() as session:
        row = session.scalars(select(PageRow).join(Upload).where(Upload.application_id == case)).one()
        read = reading_from_json(row.reading or b"", page_from_json(row.page, row, id="p1"))
        return row, {line.text: line.box for line in read.lines}


def _at(row: PageRow, box: tuple[float, ...]) -> dict[str, object]:
    return {"file": row.member, "page": row.number, "box": list(box)}


def test_crop_is_left_out_where_a_line_in_it_tells_who(decided: Decided) -> None:
    case = made_application(decided.office, {"出院.jpg": (SHEET,)})
    row, lines = _lines(decided, case)
    diagnosis = lines["1.高血压病3级 极高危"]
    name = next(box for text, box in lines.items() if "张建国" in text)
    with decided.office.database.read() as session:
        application = find(session, SYSTEM, case)
        masked = Spots(session, application, Veil(["张建国"]))
        assert masked.of(_at(row, diagnosis)) is not None
        assert masked.of(_at(row, name)) is None
        both = (name[0], name[1], diagnosis[2], diagnosis[3])
        assert masked.of(_at(row, both)) is None
        assert Spots(session, application, Veil(["极高危"])).of(_at(row, diagnosis)) is None
        assert Spots(session, application, None).of(_at(row, name)) is not None
        assert masked.of({"file": "别的.jpg", "page": 1, "box": [0, 0, 1, 1]}) is None


@pytest.mark.parametrize("angle", [0, 90, 180, 270])
def test_crop_is_upright_and_holds_the_marked_place(decided: Decided, angle: int) -> None:
    case = made_application(decided.office, {"出院.jpg": (SHEET,)})
    row, _ = _lines(decided, case)
    # A page lying as photographed: a black bar where the evidence is, on grey.
    image = Image.new("RGB", (1000, 800), (200, 200, 200))
    box = (400, 300, 600, 330) if angle % 180 == 0 else (485, 200, 515, 400)
    image.paste((0, 0, 0), box)
    out = io.BytesIO()
    image.save(out, "PNG")
    with decided.office.database.write() as session:
        kept = session.get_one(PageRow, row.id)
        page = page_from_json(kept.page, kept, id="p1")
        read = reading_from_json(kept.reading or b"", page)
        kept.reading = reading_to_json(replace(read, angle=angle, lines=()))
        kept.page = kept.page.replace(b'"width":%d' % page.width, b'"width":1000')
        kept.page = kept.page.replace(b'"height":%d' % page.height, b'"height":800')
        kept.image = decided.office.blobs.of(case).put(out.getvalue())
    with decided.office.database.read() as session:
        spot = Spots(session, find(session, SYSTEM, case), None).of(_at(row, box))
    assert spot is not None
    made = drawn(decided.office, case, [spot])[spot]
    picture = Image.open(io.BytesIO(base64.b64decode(re.findall(r"base64,([^']+)'", made)[0])))
    assert picture.width > 2 * picture.height
    middle, side = picture.getpixel((picture.width // 2, picture.height // 2)), picture.getpixel((4, 4))
    assert max(middle) < 60
    assert min(side) > 150


def test_masked_crop_shows_nothing_but_lines_that_were_read(decided: Decided) -> None:
    case = made_application(decided.office, {"出院.jpg": (SHEET,)})
    row, lines = _lines(decided, case)
    box = lines["1.高血压病3级 极高危"]
    page = Image.new("RGB", (row.width, row.height), (0, 0, 0))  # writing everywhere, read or not
    page.paste((0, 160, 0), tuple(round(each) for each in box))
    out = io.BytesIO()
    page.save(out, "PNG")
    with decided.office.database.write() as session:
        session.get_one(PageRow, row.id).image = decided.office.blobs.of(case).put(out.getvalue())
    dark = []
    for veil in (None, Veil(["张建国"])):
        with decided.office.database.read() as session:
            spot = Spots(session, find(session, SYSTEM, case), veil).of(_at(row, box))
        assert spot is not None
        picture = Image.open(
            io.BytesIO(base64.b64decode(re.findall(r"base64,([^']+)'", drawn(decided.office, case, [spot])[spot])[0]))
        ).convert("RGB")
        dark.append(sum(max(picture.getpixel((x, 1))) < 60 for x in range(picture.width)) / picture.width)
    assert dark[0] > 0.9
    assert dark[1] < 0.1


def test_sheet_holds_a_picture_of_each_decisive_place(decided: Decided) -> None:
    for full in (False, True):
        made = decision_sheet(decided.office, decided.reviewer, decided.approved, full=full)
        with pdfplumber.open(io.BytesIO(made)) as file:
            pictures = [image for page in file.pages for image in page.images]
        assert len(pictures) >= 3
        assert all(image["x1"] <= 595 - 40 and image["bottom"] - image["top"] <= 90 for image in pictures)
        assert b"pdfaid" in made  # still the archive's kind of PDF
