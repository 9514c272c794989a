"""The network: a compact LayoutLM whose attention also knows how far apart two pieces of print are.

Embeddings and encoder are those of transformers; on top come a bias of the attention by distance in glyph heights (what
makes a row a row, whatever the camera did), and three heads: label of each token, type of the page, and which piece a
piece belongs to.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn
from transformers import LayoutLMConfig
from transformers.models.layoutlm.modeling_layoutlm import LayoutLMEmbeddings, LayoutLMEncoder

from models.page_reader.encode import FEATURES
from models.page_reader.settings import Shape

__all__ = ["PageNetwork"]

_BUCKETS = 16
_SIDE = 2 * _BUCKETS + 1
_NEAR = 12
_BINS = 8
"""Thousandths of the area in one bin of places: 125 bins."""


class PageNetwork(nn.Module):
    """Labels, page type and links of a batch of windows."""

    def __init__(self, shape: Shape, *, vocabulary: int, labels: int, types: int) -> None:
        super().__init__()
        config = LayoutLMConfig(
            vocab_size=vocabulary,
            hidden_size=shape.hidden,
            num_hidden_layers=shape.layers,
            num_attention_heads=shape.heads,
            intermediate_size=shape.inner,
            hidden_dropout_prob=shape.dropout,
            attention_probs_dropout_prob=0.0,
            max_position_embeddings=FEATURES["order"],
            max_2d_position_embeddings=1000 // _BINS + 2,
            type_vocab_size=FEATURES["spaced"],
        )
        # The bias is learned, and for a mask with a gradient torch has no fused attention on processors anyway.
        config._attn_implementation = "eager"
        self.embeddings: nn.Module = LayoutLMEmbeddings(config)  # type: ignore[no-untyped-call]
        self.encoder: nn.Module = LayoutLMEncoder(config)  # type: ignore[no-untyped-call]
        self.features = nn.ModuleList(
            nn.Embedding(FEATURES[key], shape.hidden) for key in ("gap_left", "gap_right", "height", "length")
        )
        channels = shape.heads + 1
        self.distance = nn.Embedding(_SIDE * _SIDE + 2 * _NEAR + 1, channels)
        self.label = nn.Linear(shape.hidden, labels)
        self.kind = nn.Sequential(nn.Linear(2 * shape.hidden, shape.hidden), nn.GELU(), nn.Linear(shape.hidden, types))
        self.query = nn.Linear(shape.hidden, shape.hidden)
        self.key = nn.Linear(shape.hidden, shape.hidden)
        for module in self.modules():
            if isinstance(module, nn.Linear | nn.Embedding):
                nn.init.normal_(module.weight, std=0.04 if isinstance(module, nn.Linear) else 0.02)
                if isinstance(module, nn.Linear) and module.bias is not None:
                    nn.init.zeros_(module.bias)

    def forward(
        self, ids: Tensor, boxes: Tensor, features: Tensor, places: Tensor, there: Tensor
    ) -> tuple[Tensor, Tensor, Tensor]:
        """Return scores of labels (windows x tokens x labels), of types (windows x types) and of links.

        Links are windows x tokens x tokens: how well the second is what the first belongs to; the first token of a
        window stands for "nothing here".

        Args:
            there: 1 for tokens, 0 for what fills the batch up.
        """
        words: Tensor = self.embeddings.get_submodule("word_embeddings")(ids)
        for index, table in enumerate(self.features, start=1):
            words = words + table(features[:, :, index])
        hidden = self.embeddings(
            inputs_embeds=words,
            bbox=torch.div(boxes, _BINS, rounding_mode="floor"),
            position_ids=features[:, :, 0],
            token_type_ids=features[:, :, 5],
        )
        bias = self._bias(places, features)
        hole = (there - 1.0)[:, None, None, :] * 1e4
        hidden = self.encoder(hidden, bias[:, :-1] + hole)[0]
        weight = there[:, :, None]
        mean = (hidden * weight).sum(1) / weight.sum(1)
        kinds = self.kind(torch.cat([hidden[:, 0], mean], dim=-1))
        query, key = self.query(hidden), self.key(hidden)
        links = query @ key.transpose(1, 2) / query.shape[-1] ** 0.5 + bias[:, -1] + hole[:, 0]
        return self.label(hidden), kinds, links

    def _bias(self, places: Tensor, features: Tensor) -> Tensor:
        """Windows x (heads and links) x tokens x tokens: by distance, or within one line by the steps between."""
        middle_x, middle_y, _, line = places.unbind(-1)
        steps = _apart(features[:, :, 0]).clamp(-_NEAR, _NEAR) + _NEAR + _SIDE * _SIDE
        far = _bucket(_apart(middle_y)) * _SIDE + _bucket(_apart(middle_x))
        # One table of both distances: one look-up is a quarter of the cost of one for each.
        looked: Tensor = self.distance(torch.where(_apart(line) == 0, steps, far))
        return looked.permute(0, 3, 1, 2)


def _apart(values: Tensor) -> Tensor:
    return values[:, None, :] - values[:, :, None]


def _bucket(distance: Tensor) -> Tensor:
    """Fine near nothing, coarse far away: a quarter of a glyph counts beside one, not beyond ten."""
    steps = torch.round(4.0 * torch.log1p(2.0 * distance.abs())) * torch.sign(distance)
    return (steps.clamp(-_BUCKETS, _BUCKETS) + _BUCKETS).to(torch.long)
