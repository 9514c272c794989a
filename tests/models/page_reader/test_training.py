"""A network small enough to learn four pages while the test runs."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch
import yaml

from models.page_reader.classes import CLASSES, TYPES
from models.page_reader.encode import encode
from models.page_reader.export import export
from models.page_reader.joining import read_pages
from models.page_reader.labels import Label
from models.page_reader.reader import load
from models.page_reader.training import load_weights, network_for, runner, train
from models.page_reader.weights import WeightsError
from tests.models.page_reader.pages import TINY, draw, recipe, sheet, tokenizer

KNOWN = tokenizer()


def _judge(run) -> dict[str, float]:  # type: ignore[no-untyped-def]
    reading = read_pages([sheet()], KNOWN, TINY, run)[0]
    linked = [span for span in reading.spans if span.label is Label.RESULT and span.link is not None]
    return {"score": len(linked) / 3}


@pytest.fixture(scope="module")
def trained(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("trained")
    history = train(recipe(60), len(KNOWN), draw, _judge, out)
    assert history.losses[-1][1] < 0.2 * history.losses[0][1]
    assert history.best == 1.0
    KNOWN.save(out / "vocabulary.txt")
    return out


@pytest.fixture(scope="module")
def weights(trained: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("weights")
    about = {"scores": {"score": 1.0}}
    export(trained / "best.safetensors", trained / "vocabulary.txt", recipe(60), folder, about, quantised=False)
    return folder


def test_network_shapes() -> None:
    batch = draw(0)
    network = network_for(recipe(1), len(KNOWN))
    arrays = (batch.ids, batch.boxes, batch.features, batch.places, batch.there)
    labels, types, links = network(*map(torch.from_numpy, arrays))
    windows, tokens = batch.ids.shape
    assert labels.shape == (windows, tokens, CLASSES)
    assert types.shape == (windows, len(TYPES))
    assert links.shape == (windows, tokens, tokens)


def test_network_what_fills_a_batch_changes_nothing() -> None:
    network = network_for(recipe(1), len(KNOWN)).eval()
    one = encode(sheet(), KNOWN)
    arrays = [torch.from_numpy(a)[None] for a in (one.ids, one.boxes, one.features, one.places)]
    alone = network(*arrays, torch.ones(1, len(one.ids)))[0]
    filled = [torch.cat([a, torch.zeros_like(a[:, :9])], dim=1) for a in arrays]
    there = torch.cat([torch.ones(1, len(one.ids)), torch.zeros(1, 9)], dim=1)
    assert torch.allclose(alone, network(*filled, there)[0][:, : len(one.ids)], atol=1e-4)


@pytest.mark.slow
def test_training_cut_off_goes_on_as_if_it_never_was(tmp_path: Path) -> None:
    whole = train(recipe(20), len(KNOWN), draw, _judge, tmp_path / "whole")
    # As if killed after step 10, the last step that was kept.
    cut = recipe(20)
    calls = []

    def killed(history) -> None:  # type: ignore[no-untyped-def]
        calls.append(history.step)
        if history.step == 13:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        train(cut, len(KNOWN), draw, _judge, tmp_path / "cut", told=killed)
    resumed = train(cut, len(KNOWN), draw, _judge, tmp_path / "cut", resume=True, told=lambda h: calls.append(h.step))
    assert calls == [*range(1, 14), *range(11, 21)]
    assert resumed.scores[-1] == whole.scores[-1]
    a, b = load_weights(tmp_path / "whole/last.safetensors"), load_weights(tmp_path / "cut/last.safetensors")
    assert all(torch.equal(a[name], b[name]) for name in a)


@pytest.mark.slow
def test_export_equals_the_network(trained: Path, weights: Path) -> None:
    reader = load(weights)
    assert reader is not None
    network = network_for(recipe(1), len(KNOWN))
    network.load_state_dict({k: v.half().float() for k, v in load_weights(trained / "best.safetensors").items()})
    one = encode(sheet(5), KNOWN)
    exported, own = reader._run([one])[0], runner(network)([one])[0]
    for name in ("labels", "types", "links"):
        assert np.allclose(getattr(exported, name), getattr(own, name), atol=1e-3), name


@pytest.mark.slow
def test_export_in_whole_numbers_reads_the_same(trained: Path, tmp_path: Path) -> None:
    export(trained / "best.safetensors", trained / "vocabulary.txt", recipe(60), tmp_path, {}, quantised=True)
    reader = load(tmp_path)
    assert reader is not None
    assert _judge(reader._run) == {"score": 1.0}


@pytest.mark.slow
@pytest.mark.parametrize("name", ["network.onnx", "vocabulary.txt"])
def test_load_damaged_weights_are_told(weights: Path, tmp_path: Path, name: str) -> None:
    for path in weights.iterdir():
        (tmp_path / path.name).write_bytes(path.read_bytes())
    content = bytearray((tmp_path / name).read_bytes())
    content[len(content) // 2] ^= 1
    (tmp_path / name).write_bytes(content)
    with pytest.raises(WeightsError, match=name):
        load(tmp_path)
    (tmp_path / name).unlink()
    with pytest.raises(WeightsError, match=name):
        load(tmp_path)


@pytest.mark.slow
def test_load_weights_of_other_labels_are_told(weights: Path, tmp_path: Path) -> None:
    for path in weights.iterdir():
        (tmp_path / path.name).write_bytes(path.read_bytes())
    told = yaml.safe_load((tmp_path / "manifest.yaml").read_text(encoding="utf-8"))
    told["labels"] = told["labels"][::-1]
    (tmp_path / "manifest.yaml").write_text(yaml.safe_dump(told), encoding="utf-8")
    with pytest.raises(WeightsError, match="another version"):
        load(tmp_path)


def test_load_without_weights_is_none(tmp_path: Path) -> None:
    assert load(tmp_path) is None
