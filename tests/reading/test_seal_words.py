"""Round and oval seals are found, unrolled and read; pages without have none; the page's lines stay as they are."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import cv2
import numpy as np
import pytest
from PIL import Image, ImageDraw

import pipeline.reading.page as page_module
from data_samples.generator import ink as generator_ink
from pipeline.reading.engine import Engine
from pipeline.reading.orientation import Orientation
from pipeline.reading.page import read_image
from pipeline.reading.pixels import text_height
from pipeline.reading.reader import Reader
from pipeline.reading.stamps import find_seals, read_seals
from pipeline.reading.stamps.ink import seal_ink
from pipeline.settings import OcrSettings
from tests.drawn_pages import SHEET, draw, font, page_of, photographed
from tests.reading.pressed import NAME, STYLES, Pressed, bgr, camera, oval, press, round_seal, styled, worn


def found(pressed: Pressed) -> tuple[float, float, float, float]:
    """Middle and half axes of the only seal on the page."""
    (ring, _, _), *others = find_seals(pressed.page, glyph=text_height(pressed.page))
    assert not others
    return ring.x, ring.y, ring.long, ring.short


@pytest.mark.parametrize("angle", [0, 75, 180, 290])
@pytest.mark.parametrize("width", [150, 230, 330])
@pytest.mark.parametrize("at", [(900, 760), (520, 480)], ids=["paper", "print"])
def test_stamps_finds_ring_and_top_of_round_seals(
    tmp_path: Path, width: int, angle: float, at: tuple[int, int]
) -> None:
    seal, drawn = round_seal(tmp_path, seed=width + int(angle))
    pressed = press(seal, at, width, angle=angle, drawn_turn=drawn)
    ((ring, _, unrolled),) = find_seals(pressed.page, glyph=text_height(pressed.page))
    assert ring.colour == "red"
    assert not ring.oval
    # The generator leaves 6 of 420 pixels around the rim, which is 11 wide.
    half = pressed.half[0] * (204 / 210)
    assert np.hypot(ring.x - pressed.x, ring.y - pressed.y) < 0.03 * half + 1
    assert 0.93 * half < ring.short <= ring.long < 1.04 * half
    # Direction of the top on the page: the ring's own frame leans by its tilt.
    top = np.degrees(unrolled.up) + ring.tilt + 90
    assert abs((top - pressed.turn + 180) % 360 - 180) < 15


@pytest.mark.parametrize("angle", [0, 20, 195])
def test_stamps_finds_oval_seals(angle: float) -> None:
    pressed = press(oval(NAME, "疾病诊断专用章", 2), (760, 640), 300, angle=angle, flat=240 / 360)
    _, _, long, short = found(pressed)
    assert 1.3 < long / short < 1.7


@pytest.mark.parametrize("seed", [1, 5])
def test_stamps_finds_seals_on_photos(tmp_path: Path, seed: int) -> None:
    seal, _ = round_seal(tmp_path, seed)
    photo = camera(press(seal, (640, 520), 260), seed=seed)
    x, y, long, short = found(photo)
    assert np.hypot(x - photo.x, y - photo.y) < 0.05 * photo.half[0]
    assert 0.85 * photo.half[0] < short <= long < 1.15 * photo.half[0]


def test_stamps_knows_blue_ink_and_grey_scans(tmp_path: Path) -> None:
    seal, _ = round_seal(tmp_path)
    pressed = press(seal, (900, 740), 260)
    blue = np.ascontiguousarray(pressed.page[:, :, ::-1])
    grey = cv2.cvtColor(cv2.cvtColor(pressed.page, cv2.COLOR_BGR2GRAY), cv2.COLOR_GRAY2BGR)
    for page, colour in ((blue, "blue"), (grey, "dark")):
        ((ring, _, _),) = find_seals(np.asarray(page, dtype=np.uint8), glyph=30.0)
        assert ring.colour == colour
        assert np.hypot(ring.x - pressed.x, ring.y - pressed.y) < 6


def test_stamps_takes_two_seals_apart(tmp_path: Path) -> None:
    seal, _ = round_seal(tmp_path)
    first = press(seal, (400, 500), 240)
    both = press(seal, (860, 620), 240, page=Image.fromarray(first.page[:, :, ::-1]))
    middles = sorted((round(ring.x), round(ring.y)) for ring, _, _ in find_seals(both.page, glyph=30.0))
    assert np.allclose(middles, [(400, 500), (860, 620)], atol=6)


def test_ink_of_the_seal_is_parted_from_the_print_under_it(tmp_path: Path) -> None:
    seal, _ = round_seal(tmp_path)
    over = press(seal, (500, 480), 300).page[310:650, 330:670]
    alone = press(seal, (500, 480), 300, page=Image.new("RGB", (1200, 980), "white")).page[310:650, 330:670]
    printed = bgr(draw())[310:650, 330:670]
    got, want = (seal_ink(np.ascontiguousarray(part), "red").astype(float) for part in (over, alone))
    assert np.corrcoef(got.ravel(), want.ravel())[0, 1] > 0.93
    assert (printed < 100).any()
    assert seal_ink(np.ascontiguousarray(printed), "red").mean() < 1.0


@pytest.mark.parametrize("at", [(0, 0), (1200, 490), (30, 960), (1150, 40)])
def test_stamps_survives_seals_cut_by_the_edge(tmp_path: Path, at: tuple[int, int]) -> None:
    seal, _ = round_seal(tmp_path)
    roomy = Image.new("RGB", (1800, 1580), "white")
    roomy.paste(draw(), (300, 300))
    pressed = press(seal, (at[0] + 300, at[1] + 300), 260, page=roomy)
    cut = np.ascontiguousarray(pressed.page[300:1280, 300:1500])
    for ring, ink, unrolled in find_seals(cut, glyph=30.0):
        assert ink.size
        assert unrolled.ink.size
        assert ring.short > 0


class Unused:
    """Stands for the engine where nothing may be recognised."""

    def recognise(self, crops: Sequence[object]) -> list[tuple[str, float]]:
        raise AssertionError("read without a seal")


def _without_seal(number: int, folder: Path) -> Image.Image:
    """One of twenty pages: red, round and printed things that are no seal."""
    page = photographed(draw(), skew=0.6 * (number % 5)) if number % 2 else draw()
    pen = ImageDraw.Draw(page)
    red, path = (205, 30, 38), folder / "part.png"
    kind = number // 2
    if kind == 0:
        pen.text((300, 30), "江西省门诊慢特病认定申请表", font=font(52), fill=red)
    elif kind == 1:
        pen.rectangle((300, 300, 620, 560), outline=red, width=8)
        pen.text((330, 330), "已结算\n现金收讫", font=font(70), fill=red)
    elif kind == 2:
        for k, colour in enumerate(((12, 75, 150), red, (15, 120, 95))):
            generator_ink.logo(path, colour)
            page.paste(Image.open(path).convert("RGB").resize((150, 150)), (100 + 300 * k, 380))
    elif kind == 3:
        generator_ink.ecg(path, np.random.default_rng(number))
        page.paste(Image.open(path).convert("RGB").resize((1000, 500)), (80, 320))
    elif kind == 4:
        generator_ink.sonogram(path, np.random.default_rng(number), fan=False)
        page.paste(Image.open(path).convert("RGB"), (200, 300))
    elif kind == 5:
        pen.ellipse((300, 300, 640, 640), outline=red, width=9)  # a ring around a result, by pen
    elif kind == 6:
        pen.ellipse((300, 300, 640, 640), fill=(214, 150, 128))  # a fingertip
    elif kind == 7:
        for k in range(60):
            x, y = 300 + 47 * (k * 7 % 13), 300 + 41 * (k * 5 % 11)
            pen.ellipse((x, y, x + 24, y + 20), fill=(150, 60, 160))  # a slide of cells
    elif kind == 8:
        page = page.convert("L").convert("RGB")
        for row in range(8):
            pen.line((80, 250 + 58 * row, 1120, 252 + 58 * row), fill=(30, 30, 30), width=3)
    else:
        for row in range(8):
            pen.text((610, 270 + 58 * row), "↑", font=font(40), fill=red)
        pen.text((90, 150), "危急值  请复查", font=font(44), fill=red)
    return page


@pytest.mark.parametrize("number", range(20))
def test_pages_without_seal_have_none_and_cost_no_reading(tmp_path: Path, number: int) -> None:
    page = bgr(_without_seal(number, tmp_path))
    assert read_seals(Unused(), page, glyph=text_height(page)) == ()  # type: ignore[arg-type]


@pytest.fixture(scope="module")
def engine() -> Engine:
    return Engine(OcrSettings())


@pytest.mark.slow
@pytest.mark.parametrize(
    ("width", "angle", "at"),
    [(200, 0, (900, 760)), (240, 40, (520, 480)), (320, 178, (640, 700)), (260, 265, (420, 330))],
)
def test_seal_words_are_read_at_any_angle(
    engine: Engine, tmp_path: Path, width: int, angle: float, at: tuple[int, int]
) -> None:
    seal, _ = round_seal(tmp_path, seed=width)
    pressed = press(seal, at, width, angle=angle)
    (words,) = read_seals(engine, pressed.page, glyph=text_height(pressed.page))
    assert words.text == NAME
    assert words.confidence > 0.9
    x0, y0, x1, y1 = words.box
    assert abs((x0 + x1) / 2 - at[0]) < 8
    assert abs((y0 + y1) / 2 - at[1]) < 8


@pytest.mark.slow
@pytest.mark.parametrize("angle", [0, 128])
@pytest.mark.parametrize("style", STYLES)
def test_seal_words_of_every_layout_are_read(engine: Engine, style: str, angle: float) -> None:
    pressed = press(styled(style), (600, 500), 280, angle=angle)
    (words,) = read_seals(engine, pressed.page, glyph=30.0)
    name, _, _, lower, lines, _, _ = STYLES[style]
    assert words.text == name
    # A code says nothing; a date is no Chinese.
    wanted = "" if lower.isdigit() else lower or " ".join(line for _, line, _ in lines if not line[0].isdigit())
    assert words.centre == wanted


@pytest.mark.parametrize("angle", [0, 60, 128, 222])
@pytest.mark.parametrize("style", STYLES)
def test_stamps_knows_the_top_of_every_layout(style: str, angle: float) -> None:
    pressed = press(styled(style), (600, 500), 240, angle=angle, page=Image.new("RGB", (1200, 980), "white"))
    ((ring, _, unrolled),) = find_seals(pressed.page, glyph=30.0)
    top = np.degrees(unrolled.up) + ring.tilt + 90
    assert abs((top - angle + 180) % 360 - 180) < 15


@pytest.mark.slow
def test_seal_words_hold_the_line_in_the_middle(engine: Engine) -> None:
    for seal, flat, wide in (
        (worn(NAME, "检验专用章", 3), 1.0, 300),
        (oval(NAME, "疾病诊断专用章", 2), 240 / 360, 400),
    ):
        pressed = press(seal, (640, 620), wide, flat=flat, page=Image.new("RGB", (1200, 980), "white"))
        (words,) = read_seals(engine, pressed.page, glyph=30.0)
        assert words.centre == ("检验专用章" if flat == 1.0 else "疾病诊断专用章")
        assert words.oval == (flat < 1)


@pytest.mark.slow
def test_seal_words_are_read_on_a_photo(engine: Engine, tmp_path: Path) -> None:
    seal, _ = round_seal(tmp_path, 4)
    photo = camera(press(seal, (640, 520), 330))
    (words,) = read_seals(engine, photo.page, glyph=text_height(photo.page))
    assert words.text == NAME


@pytest.mark.slow
def test_lines_of_the_page_are_the_same_with_and_without_seals_read(
    engine: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    seal, _ = round_seal(tmp_path)
    page = press(seal, (500, 560), 280).page
    orientation = Orientation(OcrSettings().orientation_model)
    reading = read_image(engine, orientation, page, side=1600)
    monkeypatch.setattr(page_module, "read_seals", lambda *_, **__: ())
    plain = read_image(engine, orientation, page, side=1600)
    assert [seal.text for seal in reading.seals] == [NAME]
    assert [(line.text, line.confidence) for line in reading.lines] == [
        (line.text, line.confidence) for line in plain.lines
    ]


@pytest.mark.slow
def test_reader_gives_seals_in_the_displayed_frame(reader: Reader, tmp_path: Path) -> None:
    seal, _ = round_seal(tmp_path)
    upright = Image.fromarray(press(seal, (860, 800), 260).page[:, :, ::-1])
    turned = upright.transpose(Image.Transpose.ROTATE_90)
    (page,), _ = reader.read([page_of(turned, tmp_path)])
    assert len(SHEET) <= len(page.lines)
    (found_seal,) = page.seals
    assert (found_seal.text, found_seal.shape, found_seal.colour) == (NAME, "round", "red")
    x0, y0, x1, y1 = found_seal.box
    # Turned counter-clockwise: x becomes the way down from the bottom, y the way from the left.
    assert abs((x0 + x1) / 2 - 800) < 8
    assert abs((y0 + y1) / 2 - (1200 - 860)) < 8


class Strips:
    """Reads every strip as the same name, and counts them."""

    def __init__(self, name: str, score: float) -> None:
        self.name, self.score, self.read = name, score, 0

    def recognise(self, crops: Sequence[np.ndarray]) -> list[tuple[str, float]]:
        self.read += len(crops)
        return [(self.name, self.score)] * len(crops)


@pytest.mark.parametrize(
    ("name", "score", "printed", "once"),
    [
        (NAME, 0.98, [NAME + "检验报告单"], True),
        (NAME, 0.98, ["上饶市 信江云岚医院"], True),
        (NAME, 0.8, [NAME], False),
        (NAME, 0.98, ["送检医院：上饶市第一医院"], False),
        # A part of the name, as a worn seal gives it, proves nothing.
        (NAME[3:], 0.98, [NAME], False),
        (NAME[:-1], 0.98, [NAME], False),
    ],
)
def test_a_name_that_the_page_prints_is_unrolled_once(name: str, score: float, printed: list[str], once: bool) -> None:
    page = press(styled("plain"), (600, 500), 280, page=Image.new("RGB", (1200, 980), "white")).page
    engine, alone = Strips(name, score), Strips(name, score)
    (seal,) = read_seals(engine, page, glyph=30.0, printed=printed)  # type: ignore[arg-type]
    (same,) = read_seals(alone, page, glyph=30.0)  # type: ignore[arg-type]
    assert seal.text == same.text == name
    assert alone.read - engine.read == int(once)
