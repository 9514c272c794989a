"""Runs the network of PaddleOCR's text recognition with OpenVINO, its last layer for many lines at once.

PaddleOCR still scales and normalises the crops and turns classes into text; exchanged are the network and the way from
its last layer to the best class of each column. That layer has 18,710 classes. For one line it is a thin product that
waits for memory, and the softmax after it, its copy and the search for the best class read as much again; over 64
columns at a time only the product is left, and a probability is worked out only where a character begins.

OpenVINO prepares itself for every width anew (10 ms the first time, 2.5 ms again after another width; a line takes 9 to
35 ms). So lines come in few widths, those of one width run one after the other, and short ones four at a time.
Measured page by page in turn with ONNX Runtime: 0.87 of its time, the same text. What is left is arithmetic, at nine
tenths of what the processor can do; only narrower lines would be faster.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pipeline.reading.network import compiled

__all__ = ["HEIGHT", "LEAST_WIDTH", "LineDecoder", "LineNetwork", "few_widths"]

Array = NDArray[np.float32]

HEIGHT = 48
LEAST_WIDTH = 128
"""Pixels to which shorter lines are padded."""
_STEPS = ((320, 16), (800, 32))
"""Widths below the first number are multiples of the second; above all of them, of ``_WIDE_STEP``."""
_WIDE_STEP = 64
_FOUR = 256
"""Lines up to this wide run four at a time: alone they are too small for the processor's caches and units."""
_COLUMNS = 64
_BLANK = 0
"""The class of columns without a character, which PaddleOCR's decoder drops."""


@dataclass(frozen=True, slots=True, eq=False)
class Columns:
    """Of each column of one line: its best class, and that class's probability where a character begins, else 0."""

    best: NDArray[np.int64]
    probability: Array


class LineNetwork:
    """The recognition network on the processor, in one thread; stands in for PaddleX's runner.

    Args:
        folder: a PaddleOCR model folder that holds ``inference.onnx``.

    Raises:
        ValueError: the network does not end in one layer of classes and a softmax.
    """

    def __init__(self, folder: Path) -> None:
        from pipeline.reading.openvino_alone import openvino

        core = openvino.Core()
        model = core.read_model(str(folder / "inference.onnx"))
        inner, weights, bias = _last_layer(model)
        self._body = compiled(core, openvino.Model([inner], model.get_parameters(), "lines"))
        self._request = self._body.create_infer_request()
        self._classes = compiled(core, _classes(weights, bias)).create_infer_request()
        self._block = np.zeros((_COLUMNS, len(weights)), dtype=np.float32)

    def __call__(self, x: Sequence[Array]) -> list[Columns]:
        """Run lines (C x H x W each, of any width) and return the columns of each."""
        inner = self._inner(x)
        ends = np.cumsum([len(columns) for columns in inner])[:-1]
        best, probability = self._best(np.concatenate(inner), {0, *ends.tolist()})
        return [Columns(*both) for both in zip(np.split(best, ends), np.split(probability, ends), strict=True)]

    def _inner(self, lines: Sequence[Array]) -> list[Array]:
        """What the last layer is given of each line: columns x features."""
        places: dict[int, list[int]] = {}
        for place, line in enumerate(lines):
            places.setdefault(_step_up(line.shape[2]), []).append(place)
        found: list[Array] = [np.empty((0, 0), dtype=np.float32)] * len(lines)
        for width in sorted(places):
            for together in _fours(places[width]) if width <= _FOUR else [[place] for place in places[width]]:
                batch = np.zeros((len(together), *lines[together[0]].shape[:2], width), dtype=np.float32)
                for row, place in enumerate(together):
                    batch[row, :, :, : lines[place].shape[2]] = lines[place]
                results = self._request.infer([batch], share_inputs=True, share_outputs=True)[0]
                for row, place in enumerate(together):
                    # The request owns its outputs and overwrites them with the next run.
                    found[place] = np.array(results[row], dtype=np.float32)
        return found

    def _best(self, columns: Array, first: set[int]) -> tuple[NDArray[np.int64], Array]:
        best = np.zeros(len(columns), dtype=np.int64)
        probability = np.zeros(len(columns), dtype=np.float32)
        for start in range(0, len(columns), _COLUMNS):
            part = columns[start : start + _COLUMNS]
            self._block[: len(part)] = part
            scores = self._classes.infer([self._block], share_inputs=True, share_outputs=True)[0][: len(part)]
            best[start : start + len(part)] = scores.argmax(axis=1)
            for row, character in enumerate(best[start : start + len(part)].tolist()):
                at = start + row
                # A character stretches over columns, of which the decoder takes the first.
                if character != _BLANK and (at in first or character != best[at - 1]):
                    probability[at] = 1.0 / np.exp(scores[row] - scores[row, character]).sum()
        return best, probability

    def release(self) -> None:
        """Give back the memory of intermediate results."""
        self._body.release_memory()

    def close(self) -> None:
        """Nothing is held beyond the object itself."""


class LineDecoder:
    """PaddleX's decoder, for columns of which the best class is known already."""

    def __init__(self, decoder: Any) -> None:
        self._decoder = decoder

    def __call__(self, pred: Sequence[Columns], **_: Any) -> tuple[list[str], list[float]]:
        """Return text and confidence of each line."""
        found = self._decoder.decode(
            [line.best for line in pred], [line.probability for line in pred], is_remove_duplicate=True
        )
        return [text for text, _ in found], [score for _, score in found]


def few_widths(width: float) -> int:
    """The nearest width to scale a line to, both at the network's height; at most 6% off above ``LEAST_WIDTH``."""
    step = _step(width)
    return max(round(width / step) * step, LEAST_WIDTH)


def _step_up(width: int) -> int:
    """The next of the few widths to pad a line to."""
    step = _step(width)
    return -(-width // step) * step


def _step(width: float) -> int:
    return next((step for below, step in _STEPS if width <= below), _WIDE_STEP)


def _fours(places: list[int]) -> list[list[int]]:
    """Fours, and the rest one by one: every other number would be prepared for anew."""
    whole = len(places) // 4 * 4
    return [places[i : i + 4] for i in range(0, whole, 4)] + [[place] for place in places[whole:]]


def _last_layer(model: Any) -> tuple[Any, Array, Array]:
    """The output that enters the last layer, and that layer's weights (features x classes) and bias."""
    softmax = model.outputs[0].get_node().input_value(0).get_node()
    added = _behind_names(softmax.input_value(0)).get_node()
    product = _behind_names(added.input_value(0)).get_node() if added.get_input_size() == 2 else added
    kinds = (softmax.get_type_name(), added.get_type_name(), product.get_type_name())
    if kinds != ("Softmax", "Add", "MatMul"):
        raise ValueError(f"unknown end of the network: {kinds}")
    constants = product.input_value(1).get_node(), added.input_value(1).get_node()
    if any(node.get_type_name() != "Constant" for node in constants):
        raise ValueError("the last layer's weights are no constants")
    weights, bias = (np.array(node.data, dtype=np.float32) for node in constants)
    return product.input_value(0), weights, bias


def _behind_names(output: Any) -> Any:
    """Skip nodes that only pass on what they are given."""
    while output.get_node().get_type_name() == "Identity":
        output = output.get_node().input_value(0)
    return output


def _classes(weights: Array, bias: Array) -> Any:
    """The last layer as a network of its own, for a block of columns; without the softmax."""
    from pipeline.reading.openvino_alone import openvino, opset13

    columns = opset13.parameter([_COLUMNS, len(weights)], np.float32)
    product = opset13.matmul(columns, opset13.constant(weights), False, False)
    scores = opset13.add(product, opset13.constant(bias.reshape(1, -1)))
    return openvino.Model([scores], [columns], "classes")
