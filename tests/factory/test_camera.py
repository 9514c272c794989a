"""The camera: truth stays on its print whatever happens to the paper and the picture."""

from __future__ import annotations

from dataclasses import replace

import cv2
import numpy as np
import pytest
from PIL import Image, ImageOps

from data_samples.factory import capture as seams
from data_samples.factory.camera import EFFECTS, ERASING, RECIPES, UNUSABLE, CameraRecipe, Step, alone, capture
from data_samples.factory.camera.shot import Phase
from data_samples.factory.capture import CapturedPage, CleanPage
from data_samples.factory.drawn import Box, Picture, TextLine

_WIDTH, _HEIGHT, _DPI = 744, 1052, 90
_FLAT = {"dust", "dark_edge", "feed_line", "scanned", "bitonal", "grey", "status_bar", "screenshot_crop"}
_FREE = sorted(set(EFFECTS) - ERASING)


def _page(shift: int = 0) -> CleanPage:
    """A white page with dark bars at known places, wide margins and some space between."""
    image = np.full((_HEIGHT, _WIDTH, 3), 255, np.uint8)
    lines, marks = [], []
    for row in range(9):
        for column in range(3):
            x0, y0 = 120 + column * 180, 140 + row * 90 + shift
            x1, y1 = x0 + 110, y0 + 24
            image[y0:y1, x0:x1] = 20
            box: Box = (x0 / _WIDTH, y0 / _HEIGHT, x1 / _WIDTH, y1 / _HEIGHT)
            lines.append(TextLine(f"{row}-{column}", box))
            marks.append((f"m{row}{column}", box))
    return CleanPage(image=image, lines=tuple(lines), marks=tuple(marks), dpi=_DPI)


def _displayed(page: CapturedPage) -> Picture:
    image = Image.fromarray(page.image)
    if page.exif is not None:
        image.getexif()[0x0112] = page.exif
        image = ImageOps.exif_transpose(image)
    return np.asarray(image.convert("RGB"))


def _overlap(image: Picture, box: Box) -> float:
    """Return the IoU of ``box`` with the dark print found in and around it."""
    height, width = image.shape[:2]
    x0, y0, x1, y1 = box[0] * width, box[1] * height, box[2] * width, box[3] * height
    pad_x, pad_y = 0.25 * (x1 - x0), 0.6 * (y1 - y0)
    left, top = int(max(x0 - pad_x, 0)), int(max(y0 - pad_y, 0))
    window = image[top : int(y1 + pad_y) + 1, left : int(x1 + pad_x) + 1]
    grey = cv2.cvtColor(np.ascontiguousarray(window), cv2.COLOR_RGB2GRAY)
    dark, light = np.quantile(grey, 0.08), np.quantile(grey, 0.92)
    ink = (grey < (dark + light) / 2).astype(np.uint8)
    _, _, stats, _ = cv2.connectedComponentsWithStats(ink)
    if len(stats) < 2:
        return 0.0
    bx, by, bw, bh = (float(v) for v in stats[1 + int(np.argmax(stats[1:, cv2.CC_STAT_AREA]))][:4])
    found = (left + bx, top + by, left + bx + bw, top + by + bh)
    common = max(min(found[2], x1) - max(found[0], x0), 0) * max(min(found[3], y1) - max(found[1], y0), 0)
    return common / ((x1 - x0) * (y1 - y0) + bw * bh - common)


def _on_print(page: CapturedPage) -> float:
    """Return the share of whole lines whose box encloses their print (IoU over 0.6)."""
    image = _displayed(page)
    scores = [
        _overlap(image, line.box)
        for sheet in page.sheets
        for line in sheet.lines
        if min(line.box[:2]) > 0 and max(line.box[2:]) < 1
    ]
    return float(np.mean([score > 0.6 for score in scores])) if scores else 0.0


def _small(recipe: CameraRecipe) -> CameraRecipe:
    """The same with smaller pictures, so that tests are quick."""
    return replace(recipe, longest=(1300, 1400), dpi=(100,)) if recipe.stage != "flat" else recipe


@pytest.mark.parametrize("name", _FREE)
@pytest.mark.parametrize("strength", [0.4, 1.0])
def test_camera_effect_keeps_boxes_on_their_print(name: str, strength: float) -> None:
    stage = "glass" if name in _FLAT else "flat"
    stages = (stage, "phone") if EFFECTS[name].phase in (Phase.SHEET, Phase.LAYOUT, Phase.SCENE) else (stage,)
    for chosen in stages:
        page = capture([_page()], _small(alone(name, strength, stage=chosen)), np.random.default_rng(11))
        assert len(page.sheets[0].lines) == 27
        assert len(page.sheets[0].marks) == 27
        # A pen's tick may join a bar here and there, a stain's rim may cross one.
        assert _on_print(page) >= (0.85 if name in ("pen", "fax", "stain") else 0.96)


@pytest.mark.parametrize("name", sorted(EFFECTS))
def test_camera_strength_zero_leaves_the_page(name: str) -> None:
    page = _page()
    taken = capture([page], alone(name, 0.0), np.random.default_rng(3))
    assert taken.image.shape == page.image.shape
    change = np.abs(taken.image.astype(int) - page.image)
    assert float(change.mean()) < 1.0
    assert taken.degradations == ()
    assert max(abs(a - b) for a, b in zip(taken.sheets[0].lines[5].box, page.lines[5].box, strict=True)) < 1e-3


@pytest.mark.parametrize("name", sorted(set(EFFECTS) - {"status_bar"}))
def test_camera_effect_changes_the_picture_and_is_named(name: str) -> None:
    page = _page()
    stage = "phone" if EFFECTS[name].phase is Phase.LAYOUT else "flat"
    page = replace(page, image=np.where(page.image > 200, np.array([250, 235, 240], np.uint8), page.image))
    if name == "downscale":
        page = replace(page, image=np.ascontiguousarray(page.image.repeat(2, axis=0).repeat(2, axis=1)), dpi=2 * _DPI)
    plain = capture([page], alone(name, 0.0, stage=stage), np.random.default_rng(3))
    taken = capture([page], alone(name, 0.9, stage=stage), np.random.default_rng(3))
    assert taken.image.shape != plain.image.shape or not np.array_equal(taken.image, plain.image)
    assert taken.degradations[0] == (name, 0.9)


@pytest.mark.parametrize("recipe", [r for r in RECIPES if r not in UNUSABLE])
def test_camera_recipe_keeps_boxes_on_their_print(recipe: str) -> None:
    made = _small(RECIPES[recipe])
    for seed in (1, 2):
        pages = [_page(4 * k) for k in range(made.sheets)]
        taken = capture(pages, made, np.random.default_rng(seed))
        assert len(taken.sheets) == made.sheets
        assert _on_print(taken) > 0.85
        assert taken.unusable == ()


@pytest.mark.parametrize("recipe", sorted(UNUSABLE))
def test_camera_unusable_recipe_names_its_code(recipe: str) -> None:
    taken = capture([_page()], _small(UNUSABLE[recipe]), np.random.default_rng(7))
    assert set(UNUSABLE[recipe].unusable) <= set(taken.unusable)
    assert taken.unusable
    if UNUSABLE[recipe].subject != "page":
        assert taken.sheets[0].lines == ()


@pytest.mark.parametrize("recipe", ["phone-good-light", "phone-worn-paper", "scan-fax", "screenshot-chat-app"])
def test_camera_same_seed_gives_same_bytes(recipe: str) -> None:
    made = _small(RECIPES[recipe])
    first, second = (capture([_page()], made, np.random.default_rng(21)) for _ in range(2))
    other = capture([_page()], made, np.random.default_rng(22))
    assert first.image.tobytes() == second.image.tobytes()
    assert (first.sheets, first.degradations, first.exif, first.angle) == (
        second.sheets,
        second.degradations,
        second.exif,
        second.angle,
    )
    assert first.image.shape != other.image.shape or first.image.tobytes() != other.image.tobytes()


def test_camera_exif_and_angle_bring_the_page_upright() -> None:
    made = replace(_small(RECIPES["phone-good-light"]), exif=1.0, turned=1.0)
    page, seen = _page(), set()
    # A corner nobody else has tells the way up: the first bar is filled red.
    page.image[140:164, 120:230] = (200, 20, 20)
    for seed in range(10):
        taken = capture([page], made, np.random.default_rng(seed))
        image = _displayed(taken)
        upright = np.rot90(image, -taken.angle // 90)
        red = (upright[..., 0].astype(int) - upright[..., 1] > 60) & (upright[..., 0] > 90)
        ys, xs = np.nonzero(red)
        assert float(np.median(xs)) < upright.shape[1] * 0.5
        assert float(np.median(ys)) < upright.shape[0] * 0.5
        assert _on_print(taken) > 0.9
        seen.add((taken.angle, taken.exif))
    assert {angle for angle, _ in seen} <= {90, 180, 270}
    assert len(seen) > 2


@pytest.mark.parametrize("orientation", range(1, 9))
def test_camera_stores_every_exif_orientation(orientation: int) -> None:
    from data_samples.factory.camera.storing import stored

    image = np.arange(5 * 7 * 3, dtype=np.uint8).reshape(5, 7, 3)
    tagged = CapturedPage(image=stored(image, orientation), sheets=(), exif=orientation)
    assert np.array_equal(_displayed(tagged), image)


def test_camera_several_sheets_keep_documents_apart() -> None:
    for recipe in ("phone-two-sheets", "phone-three-sheets"):
        made = replace(_small(RECIPES[recipe]), turned=0.0, longest=(1800, 1800))
        taken = capture([_page(6 * k) for k in range(made.sheets)], made, np.random.default_rng(4))
        spans = [
            (
                min(line.box[0] for line in sheet.lines),
                min(line.box[1] for line in sheet.lines),
                max(line.box[2] for line in sheet.lines),
                max(line.box[3] for line in sheet.lines),
            )
            for sheet in taken.sheets
        ]
        for k, one in enumerate(spans):
            for other in spans[k + 1 :]:
                beside = one[2] <= other[0] or other[2] <= one[0]
                below = one[3] <= other[1] or other[3] <= one[1]
                assert beside or below
        assert "several_sheets" in dict(taken.degradations)


def test_camera_cut_drops_lines_outside_and_says_so() -> None:
    taken = capture([_page()], _small(alone("cut", 0.8, stage="phone")), np.random.default_rng(5))
    assert len(taken.sheets[0].lines) < 27
    assert "cut_off" in taken.unusable
    for line in taken.sheets[0].lines:
        assert min(line.box) >= 0
        assert max(line.box) <= 1
    margin = capture([_page()], _small(alone("cut", 0.1, stage="phone")), np.random.default_rng(5))
    assert len(margin.sheets[0].lines) == 27
    assert margin.unusable == ()


def test_camera_tiny_print_is_unusable() -> None:
    far = replace(alone("skew", 0.1, stage="phone"), fill=(0.15, 0.15), longest=(1200, 1200))
    assert "text_too_small" in capture([_page()], far, np.random.default_rng(1)).unusable


def test_camera_refuses_too_many_pages_and_foreign_recipes() -> None:
    with pytest.raises(ValueError, match="takes 1 to 1"):
        capture([_page(), _page()], RECIPES["scan-flatbed"], np.random.default_rng(1))
    with pytest.raises(TypeError):
        capture([_page()], seams.IDENTITY["scan"], np.random.default_rng(1))


def test_camera_recipes_are_found_and_cover_every_effect() -> None:
    recipes, found = seams.camera()
    assert found is capture
    assert {recipe.medium for recipe in recipes.values()} == {"photo", "scan", "screen"}
    assert all(recipe.weight > 0 and recipe.id == key for key, recipe in recipes.items())
    assert {step.name for recipe in RECIPES.values() for step in recipe.steps} == set(EFFECTS)
    bad = sum(recipe.weight for recipe in UNUSABLE.values())
    photos = sum(recipe.weight for recipe in RECIPES.values() if recipe.medium == "photo")
    assert bad / photos < 0.08


def test_camera_steps_follow_the_order_of_things() -> None:
    recipe = replace(
        alone("jpeg", 0.5), steps=(Step("jpeg", 0.5, 0.5), Step("fold", 0.5, 0.5), Step("glare", 0.5, 0.5))
    )
    names = [name for name, _ in capture([_page()], recipe, np.random.default_rng(1)).degradations]
    assert names == ["fold", "glare", "jpeg"]
