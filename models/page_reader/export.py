"""From trained weights to the files that ship: ONNX for use, half-precision safetensors to go on training from."""

from __future__ import annotations

import logging
import shutil
import tempfile
import warnings
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import torch
from safetensors.torch import save_file

from models.page_reader.encode import FEATURES
from models.page_reader.network import PageNetwork
from models.page_reader.settings import Recipe
from models.page_reader.training import load_weights, network_for
from models.page_reader.weights import FULL, NETWORK, VOCABULARY, Manifest, write_manifest

__all__ = ["export"]

_INPUTS = ("ids", "boxes", "features", "places", "there")
_OUTPUTS = ("labels", "types", "links")


def export(
    weights: Path, vocabulary: Path, recipe: Recipe, out: Path, about: Mapping[str, Any], *, quantised: bool = True
) -> Manifest:
    """Write network, vocabulary and manifest into ``out``.

    Args:
        weights: ``best.safetensors`` of a training.
        about: what the manifest tells of data, training and scores.
        quantised: weights of the layers as whole numbers of eight bits: a third of the size and faster.
    """
    out.mkdir(parents=True, exist_ok=True)
    tokens = len(vocabulary.read_text(encoding="utf-8").split("\n")) - 1
    network = network_for(recipe, tokens)
    # Half precision first: what ships to go on from is what is exported.
    halved = {name: tensor.half() for name, tensor in load_weights(weights).items()}
    network.load_state_dict({name: tensor.float() for name, tensor in halved.items()})
    save_file(halved, str(out / FULL))
    if vocabulary.resolve() != (out / VOCABULARY).resolve():
        shutil.copyfile(vocabulary, out / VOCABULARY)
    with tempfile.TemporaryDirectory() as passing:
        plain = Path(passing) / NETWORK
        _to_onnx(network, plain)
        if quantised:
            from onnxruntime.quantization import QuantType, quantize_dynamic

            logging.disable(logging.WARNING)  # it recommends a pass that is meant for pictures
            quantize_dynamic(
                plain,
                out / NETWORK,
                per_channel=True,
                weight_type=QuantType.QInt8,
                op_types_to_quantize=["MatMul", "Gemm"],
            )
            logging.disable(logging.NOTSET)
        else:
            shutil.copyfile(plain, out / NETWORK)
    return write_manifest(out, recipe.shape, {**about, "quantised": quantised})


def _to_onnx(network: PageNetwork, path: Path) -> None:
    network.eval()
    tokens = 7
    example = (
        torch.ones(1, tokens, dtype=torch.long),
        torch.zeros(1, tokens, 4, dtype=torch.long),
        torch.zeros(1, tokens, len(FEATURES), dtype=torch.long),
        torch.arange(4.0 * tokens).reshape(1, tokens, 4),
        torch.ones(1, tokens),
    )
    axes = {name: {0: "windows", 1: "tokens"} for name in _INPUTS}
    axes |= {"labels": {0: "windows", 1: "tokens"}, "types": {0: "windows"}}
    axes["links"] = {0: "windows", 1: "tokens", 2: "others"}
    with warnings.catch_warnings(), torch.inference_mode():
        warnings.simplefilter("ignore")
        torch.onnx.export(
            network,
            example,
            str(path),
            input_names=list(_INPUTS),
            output_names=list(_OUTPUTS),
            dynamic_axes=axes,
            opset_version=18,
            dynamo=False,
        )
