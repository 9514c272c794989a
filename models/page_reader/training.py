"""Training of the network: one step after the other, kept so that it goes on exactly where it was stopped.

The batches come from whoever trains: :func:`train` asks for the batch of a step by its number, so a training that was
cut off draws the same ones again.
"""

from __future__ import annotations

import json
import math
import time
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import torch
from safetensors.torch import load_file, save_file
from torch import Tensor
from torch.nn import functional

from models.page_reader.batches import Batch
from models.page_reader.classes import CLASSES, HEAD_OF, TYPES, begin
from models.page_reader.encode import Encoded
from models.page_reader.joining import Outputs, Run
from models.page_reader.labels import Label
from models.page_reader.network import PageNetwork
from models.page_reader.settings import Recipe

__all__ = ["History", "network_for", "runner", "train"]


@dataclass(slots=True)
class History:
    """What a training has seen so far."""

    step: int = 0
    seconds: float = 0.0
    losses: list[tuple[int, float, float, float]] = field(default_factory=list)
    """Step and mean loss of labels, links and types since the entry before."""
    scores: list[tuple[int, dict[str, float]]] = field(default_factory=list)
    best: float = -1.0


def network_for(recipe: Recipe, vocabulary: int) -> PageNetwork:
    """Return a network with the starting weights of the recipe's seed."""
    torch.manual_seed(recipe.seed)
    return PageNetwork(recipe.shape, vocabulary=vocabulary, labels=CLASSES, types=len(TYPES))


def train(
    recipe: Recipe,
    vocabulary: int,
    draw: Callable[[int], Batch],
    judge: Callable[[Run], Mapping[str, float]],
    out: Path,
    *,
    resume: bool = False,
    told: Callable[[History], None] = lambda history: None,
) -> History:
    """Train and keep ``last.safetensors`` (with its optimizer's state) and ``best.safetensors`` in ``out``.

    Args:
        judge: scores of a network on pages it does not learn from; ``score`` decides which weights are the best.
        resume: go on from what ``out`` keeps, if anything.
    """
    out.mkdir(parents=True, exist_ok=True)
    torch.set_num_threads(recipe.threads)
    device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
    network = network_for(recipe, vocabulary).to(device)
    optimizer = torch.optim.AdamW(_groups(network, recipe.decay), lr=recipe.rate, betas=(0.9, 0.98))
    history = History()
    if resume and (out / "state.pt").is_file():
        history = _load(out, network, optimizer)
    heads, wanted = _compatible(device)
    sums, counted = [0.0, 0.0, 0.0], 0
    network.train()
    ahead = ThreadPoolExecutor(1)
    coming = ahead.submit(draw, history.step)
    while history.step < recipe.steps and not _over(recipe, history):
        began = time.monotonic()
        torch.manual_seed(recipe.seed * 1_000_003 + history.step)
        for group in optimizer.param_groups:
            group["lr"] = recipe.rate * _pace(recipe, history)
        batch = coming.result()
        coming = ahead.submit(draw, history.step + 1)
        with torch.autocast("cuda", dtype=torch.bfloat16, enabled=device.type == "cuda"):
            losses = _losses(network, batch, device, heads, wanted)
        loss = losses[0] + recipe.link_weight * losses[1] + recipe.type_weight * losses[2]
        optimizer.zero_grad(set_to_none=True)
        loss.backward()  # type: ignore[no-untyped-call]
        torch.nn.utils.clip_grad_norm_(network.parameters(), 1.0)
        optimizer.step()
        history.step += 1
        history.seconds += time.monotonic() - began
        sums = [a + float(b.detach()) for a, b in zip(sums, losses, strict=True)]
        counted += 1
        last = history.step >= recipe.steps or _over(recipe, history)
        if history.step % 20 == 0 or last:
            history.losses.append((history.step, sums[0] / counted, sums[1] / counted, sums[2] / counted))
            sums, counted = [0.0, 0.0, 0.0], 0
        if history.step % recipe.judge_every == 0 or last:
            began = time.monotonic()
            scores = dict(judge(runner(network, device)))
            network.train()
            history.scores.append((history.step, scores))
            if scores["score"] > history.best:
                history.best = scores["score"]
                save_file(_weights(network), str(out / "best.safetensors"))
            history.seconds += time.monotonic() - began
        if history.step % recipe.keep_every == 0 or last:
            _keep(out, network, optimizer, history)
        told(history)
    ahead.shutdown(wait=False, cancel_futures=True)
    return history


def runner(network: PageNetwork, device: torch.device | None = None) -> Run:
    """Return ``network`` as what reads windows."""
    place = device or torch.device("cpu")

    def run(encoded: Any) -> list[Outputs]:
        network.eval()
        return [_one(network, one, place) for one in encoded]

    return run


@torch.inference_mode()
def _one(network: PageNetwork, one: Encoded, device: torch.device) -> Outputs:
    there = torch.ones(1, len(one.ids), device=device)
    arrays = [torch.from_numpy(a)[None].to(device) for a in (one.ids, one.boxes, one.features, one.places)]
    labels, types, links = network(*arrays, there)
    return Outputs(labels[0].float().cpu().numpy(), types[0].float().cpu().numpy(), links[0].float().cpu().numpy())


def _compatible(device: torch.device) -> tuple[Tensor, Tensor]:
    """For each class the class with which its head begins, and for each class whether it is such a beginning."""
    wanted = torch.full((CLASSES,), -1)
    for label, head in HEAD_OF.items():
        wanted[begin(label)] = begin(head)
    heads = torch.zeros(CLASSES, dtype=torch.bool)
    for label in set(HEAD_OF.values()):
        heads[begin(Label(label))] = True
    return heads.to(device), wanted.to(device)


def _losses(
    network: PageNetwork, batch: Batch, device: torch.device, heads: Tensor, wanted: Tensor
) -> tuple[Tensor, Tensor, Tensor]:
    def moved(array: Any) -> Tensor:
        return torch.from_numpy(np.ascontiguousarray(array)).to(device)

    labels, links = moved(batch.labels), moved(batch.links)
    scores, kinds, bonds = network(
        moved(batch.ids), moved(batch.boxes), moved(batch.features), moved(batch.places), moved(batch.there)
    )
    of_labels = functional.cross_entropy(scores.flatten(0, 1).float(), labels.flatten(), ignore_index=-1)
    window, token = torch.nonzero(links >= 0, as_tuple=True)
    if len(window):
        asked = wanted[labels[window, token]]
        fits = labels[window] == asked[:, None]
        fits[:, 0] = True
        rows = torch.arange(len(window), device=device)
        fits[rows, token] = False
        targets = links[window, token]
        fits[rows, targets] = True
        bond = bonds[window, token].float().masked_fill(~fits, -1e4)
        of_links = functional.cross_entropy(bond, targets)
    else:
        of_links = bonds.sum() * 0.0
    of_types = functional.cross_entropy(kinds.float(), moved(batch.types))
    return of_labels, of_links, of_types


def _groups(network: PageNetwork, decay: float) -> list[dict[str, Any]]:
    bare: list[Tensor] = []
    decayed: list[Tensor] = []
    for name, parameter in network.named_parameters():
        (decayed if parameter.ndim > 1 and "embed" not in name and "distance" not in name else bare).append(parameter)
    return [{"params": decayed, "weight_decay": decay}, {"params": bare, "weight_decay": 0.0}]


def _pace(recipe: Recipe, history: History) -> float:
    """Share of the highest learning rate: rises in the warm-up, then falls to nothing along a cosine."""
    done = history.step / max(recipe.steps, 1)
    if recipe.minutes is not None:
        done = max(done, history.seconds / 60 / recipe.minutes)
    rise = min(1.0, (history.step + 1) / max(recipe.warm_up, 1))
    return rise * (0.02 + 0.98 * 0.5 * (1 + math.cos(math.pi * min(done, 1.0))))


def _over(recipe: Recipe, history: History) -> bool:
    return recipe.minutes is not None and history.seconds >= recipe.minutes * 60


def _weights(network: PageNetwork) -> dict[str, Tensor]:
    return {name: tensor.detach().cpu().contiguous() for name, tensor in network.state_dict().items()}


def _keep(out: Path, network: PageNetwork, optimizer: torch.optim.Optimizer, history: History) -> None:
    """Write beside and move: a training killed here goes on from what was there before."""
    save_file(_weights(network), str(out / "last.passing"))
    (out / "last.passing").replace(out / "last.safetensors")
    torch.save(
        {"network": _weights(network), "optimizer": optimizer.state_dict(), "history": asdict(history)},
        out / "state.passing",
    )
    (out / "state.passing").replace(out / "state.pt")
    (out / "history.json").write_text(json.dumps(asdict(history)) + "\n", encoding="utf-8")


def _load(out: Path, network: PageNetwork, optimizer: torch.optim.Optimizer) -> History:
    state = torch.load(out / "state.pt", weights_only=True)
    network.load_state_dict(state["network"])
    optimizer.load_state_dict(state["optimizer"])
    history = History(**state["history"])
    history.losses = [tuple(one) for one in history.losses]  # type: ignore[misc]
    history.scores = [(int(step), dict(scores)) for step, scores in history.scores]
    return history


def load_weights(path: Path) -> dict[str, Tensor]:
    """Read weights kept by a training."""
    return load_file(str(path))


__all__ += ["load_weights"]
