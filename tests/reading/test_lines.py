"""The recognition network exchanged: the same text and confidence as by ONNX Runtime, from few widths."""

from __future__ import annotations

from functools import cache
from itertools import pairwise

import numpy as np
import pytest

from pipeline.reading import lines
from pipeline.reading.engine import Engine
from pipeline.reading.lines import LEAST_WIDTH, few_widths
from pipeline.reading.openvino_alone import openvino, opset13
from pipeline.reading.pixels import Image
from pipeline.settings import OcrSettings
from tests.drawn_pages import draw

TEXTS = (
    "↑",
    "↓",
    "1",
    "-",
    "0.05",
    "812.4",
    "17.9",
    "μmol/L",
    "3.5-9.5",
    "10^12/L",
    "乙肝表面抗原",
    "阴性(-)",
    "患者饶一帆，男，58岁",
    "入院诊断：2型糖尿病；高血压病3级（很高危）",
    "本报告仅对该份标本负责，如有疑问请于三日内联系。",
)


@cache
def engine(network: str) -> Engine:
    return Engine(OcrSettings.model_validate({"network": network}))


def crops() -> list[Image]:
    found = []
    for text in TEXTS:
        width = sum(30 if ord(sign) > 255 else 17 for sign in text) + 14
        found.append(np.asarray(draw([(7, 4, text)], size=(width, 42)).convert("RGB"), dtype=np.uint8)[:, :, ::-1])
    return found


def test_few_widths_are_few_and_near() -> None:
    wished = np.arange(LEAST_WIDTH, 2400)
    got = np.array([few_widths(width) for width in wished])
    assert len(set(got.tolist())) < 60
    assert np.abs(got / wished - 1).max() < 0.07
    assert [few_widths(width) for width in got] == got.tolist()
    assert few_widths(30) == LEAST_WIDTH


def test_lines_are_padded_by_nothing_where_they_were_scaled_to_one_of_the_few_widths() -> None:
    for width in range(LEAST_WIDTH, 2400, 7):
        scaled = few_widths(width)
        assert lines._step_up(scaled) == scaled
        assert lines._step_up(scaled - 1) == scaled


def test_lines_refuse_a_network_with_another_end() -> None:
    x = opset13.parameter([1, 3, 48, 128], np.float32)
    with pytest.raises(ValueError, match="end of the network"):
        lines._last_layer(openvino.Model([opset13.softmax(opset13.relu(x), 1)], [x], "other"))


@pytest.mark.slow
def test_lines_read_as_by_onnx_runtime() -> None:
    here, there = engine("openvino").recognise(crops()), engine("onnxruntime").recognise(crops())
    assert [text for text, _ in here] == [text for text, _ in there]
    assert [score for _, score in here] == pytest.approx([score for _, score in there], abs=0.02)
    assert [text for text, _ in here[:5]] == list(TEXTS[:5])


@pytest.mark.slow
def test_lines_read_the_same_alone_and_among_others() -> None:
    many = crops() * 5
    together = engine("openvino").recognise(many)
    alone = [engine("openvino").recognise([crop])[0] for crop in crops()]
    assert [text for text, _ in together] == [text for text, _ in alone] * 5
    assert [score for _, score in together] == pytest.approx([score for _, score in alone] * 5, abs=1e-3)


@pytest.mark.slow
def test_lines_run_in_turn_by_width(monkeypatch: pytest.MonkeyPatch) -> None:
    network = engine("openvino")._recognition.paddlex_predictor.runner
    shapes: list[tuple[int, ...]] = []

    class Request:
        def infer(self, inputs: list[np.ndarray], **options: bool) -> object:
            shapes.append(inputs[0].shape)
            return request.infer(inputs, **options)

    request = network._request
    monkeypatch.setattr(network, "_request", Request())
    engine("openvino").recognise(crops() * 3)
    changes = sum(one != other for one, other in pairwise(shapes))
    assert changes < 2 * len({shape[-1] for shape in shapes})
    assert sum(shape[0] for shape in shapes) == 3 * len(TEXTS)
    assert max(shape[0] for shape in shapes) == 4


@pytest.mark.slow
def test_lines_without_size_are_empty() -> None:
    nothing = np.zeros((0, 5, 3), dtype=np.uint8)
    assert engine("openvino").recognise([nothing]) == [("", 0.0)]
    assert engine("openvino").recognise([]) == []
