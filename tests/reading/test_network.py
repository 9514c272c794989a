"""Detection in OpenVINO: the same boxes as by ONNX Runtime; the pixels that it looks at are the page's own."""

from __future__ import annotations

import cv2
import numpy as np
import pytest
import yaml

from pipeline.reading.crops import straighten
from pipeline.reading.engine import Engine, _Scaled
from pipeline.reading.lines import LEAST_WIDTH
from pipeline.reading.looking import detect
from pipeline.reading.pixels import Image, reduced
from pipeline.settings import OcrSettings
from tests.drawn_pages import draw, photographed


def page() -> Image:
    return np.ascontiguousarray(np.asarray(photographed(draw()).convert("RGB"), dtype=np.uint8)[:, :, ::-1])


@pytest.mark.slow
def test_detection_finds_the_boxes_that_onnx_runtime_finds() -> None:
    here, there = (Engine(OcrSettings.model_validate({"network": name})) for name in ("openvino", "onnxruntime"))
    for side in (960, 1280):
        assert here.detect(page(), side) == pytest.approx(there.detect(page(), side), abs=1.0)


@pytest.mark.slow
def test_detect_finds_on_a_part_what_it_finds_on_the_page() -> None:
    engine, whole = Engine(OcrSettings()), np.full((1700, 1500, 3), 245, dtype=np.uint8)
    drawn = np.asarray(draw().convert("RGB"), dtype=np.uint8)
    whole[333 : 333 + drawn.shape[0], 101 : 101 + drawn.shape[1]] = drawn
    for side in (1300, 1500):
        everywhere = detect(engine, whole, side, 1600)
        part = (95, 301, 137 + drawn.shape[1], 407 + drawn.shape[0])
        here = detect(engine, whole, side, 1600, part=part)
        assert len(here) == len(everywhere)
        # Nothing is squeezed: lines lie where they lie on the page to a few pixels, at both ends.
        near = np.abs(here[:, None].mean(axis=2) - everywhere[None].mean(axis=2)).max(axis=2).min(axis=1)
        assert near.max() < 4


def test_detection_is_given_the_very_pixels_of_a_part() -> None:
    """On the grid of the whole page as it is scaled: a part scaled by itself would be squeezed by up to 3%."""
    given: list[Image] = []
    finder = Engine.__new__(Engine)
    finder._scaled = _Scaled()

    class Detection:
        def predict(self, picture: Image, **_: object) -> list[dict[str, list[np.ndarray]]]:
            given.append(picture)
            return [{"dt_polys": [np.array([[0, 0], [9, 0], [9, 9], [0, 9]])]}]

    finder._detection = Detection()
    picture = np.random.default_rng(1).integers(0, 255, (1471, 1033, 3), dtype=np.uint8)
    finder.detect(picture, 1000)
    quads = finder.detect(picture, 1000, part=(300, 433, 777, 902))
    whole, part = given
    assert whole.shape == (992, 704, 3)
    assert part.shape == (352, 352, 3)
    assert np.array_equal(part, whole[288:640, 192:544])
    assert quads[0, 0] == pytest.approx((192 * 1033 / 704, 288 * 1471 / 992))
    assert finder._scaled.size == pytest.approx((352 * 1033 / 704, 352 * 1471 / 992))


def test_straighten_takes_a_level_box_as_it_is() -> None:
    picture = page()
    box = np.array([[40, 50], [240, 50], [240, 90], [40, 90]], dtype=float)
    assert np.array_equal(straighten(picture, box), picture[50:90, 40:240])
    # At the edge there is not paper enough: the last pixels are repeated.
    over = box + np.array([picture.shape[1] - 140, 0])
    assert straighten(picture, over).shape == (40, 200, 3)
    tilted = box + np.array([[0, 0], [0, 3], [0, 3], [0, 0]])
    assert not np.array_equal(straighten(picture, tilted), picture[50:90, 40:240])


def test_reduced_looks_like_a_mean() -> None:
    picture = page()
    for width, height in ((picture.shape[1] // 3, picture.shape[0] // 3), (411, 333)):
        mean = cv2.resize(picture, (width, height), interpolation=cv2.INTER_AREA).astype(float)
        found = reduced(picture, width, height)
        assert found.shape == mean.shape
        assert np.abs(found - mean).mean() < 6
        assert found.std() == pytest.approx(mean.std(), rel=0.1)


@pytest.mark.slow
def test_recognition_pads_short_lines_less_than_the_official_configuration_does() -> None:
    """The folders hold PaddleOCR's own values, so that whoever compares with its defaults compares with those."""
    settings = OcrSettings()
    official = yaml.safe_load((settings.recognition_dir / "inference.yml").read_text(encoding="utf-8"))
    resize = next(op["RecResizeImg"] for op in official["PreProcess"]["transform_ops"] if "RecResizeImg" in op)
    assert resize["image_shape"] == [3, 48, 320]
    engine = Engine(settings)
    widths: list[int] = []
    predictor = engine._recognition.paddlex_predictor
    run = predictor.runner

    def watched(x: list[np.ndarray]) -> object:
        widths.extend(line.shape[-1] for line in x)
        return run(x=x)

    predictor.runner = watched
    engine.recognise([np.full((40, 60, 3), 255, dtype=np.uint8)])
    assert widths == [LEAST_WIDTH]
