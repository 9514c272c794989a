"""The replay as a page that an analyst reads and prints: one file, no network, no script."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from pipeline.audit.replay.effects import Effect
from pipeline.audit.replay.words import conclusion_word, status_word
from pipeline.reporting.rendering import render

__all__ = ["Link", "render_page"]

TEMPLATES = Path(__file__).with_name("templates")
_KINDS_SHOWN = 8
_SAMPLES_SHOWN = 3
_ORDER = (("meets", "met"), ("manual", "manual"), ("insufficient", "missing"), ("not_met", "unmet"))
"""Conclusions as the table of flows has them, with the colour of each."""
_BETTER = frozenset({Effect.GAINS, Effect.EASED})
_WORSE = frozenset({Effect.LOSES, Effect.TIGHTENED})

Link = Callable[[str], str | None]
"""Id of an application -> where it can be looked at; None: nowhere."""


def render_page(data: Mapping[str, Any], *, link: Link | None = None) -> str:
    """Render ``Replay.data()``.

    Args:
        link: in the service, where the reader may see the cases themselves.
    """
    counts = {e["effect"]: e["count"] for e in data["effects"]}
    return render(
        "replay.html.j2",
        folder=TEMPLATES,
        replay=data,
        counts=counts,
        title=_title(data, counts),
        flows=_flows(data["matrix"]),
        changed=[_changed(disease) for disease in data["diseases"] if disease["kinds"]],
        quiet=[d for d in data["diseases"] if d["judged"] and not d["kinds"]],
        told=[d for d in data["diseases"] if d["rule_changes"] or d["state"] != "both"],
        most=max([_weight(d) for d in data["diseases"]], default=0) or 1,
        people=_people(data["people"]),
        sides=lambda disease: _sides(disease["effects"]),
        conclusion=conclusion_word,
        status=status_word,
        link=link or (lambda application: None),
    )


def _title(data: Mapping[str, Any], counts: Mapping[str, int]) -> str:
    """The finding."""
    if not data["records"]:
        return "没有可以重判的案件"
    if not data["changed"]:
        return "按新版重判，没有一件结论改变"
    words = (("gains", "新增支持"), ("loses", "不再支持"))
    parts = [f"{word} {counts[effect]:,} 件" for effect, word in words if counts.get(effect)]
    rest = data["changed"] - sum(counts.get(effect, 0) for effect, _ in words)
    parts += [f"{'其他' if parts else '都是'}待定或不支持之间的变动 {rest:,} 件"] if rest else []
    return f"按新版重判，{data['changed']:,} 件结论改变：{'，'.join(parts)}"


@dataclass(frozen=True)
class _Flows:
    """Conclusions before (rows) and after (columns)."""

    codes: Sequence[str | None]
    cells: Mapping[tuple[str | None, str | None], int]
    colours: Mapping[str | None, str] = field(default_factory=lambda: dict(_ORDER))

    def row(self, code: str | None) -> int:
        return sum(n for (before, _), n in self.cells.items() if before == code)

    def column(self, code: str | None) -> int:
        return sum(n for (_, after), n in self.cells.items() if after == code)


def _flows(matrix: Iterable[Mapping[str, Any]]) -> _Flows:
    cells = {(m["before"], m["after"]): m["count"] for m in matrix}
    codes: list[str | None] = [code for code, _ in _ORDER]
    if any(None in key for key in cells):
        codes.append(None)
    return _Flows(codes, cells)


def _sides(effects: Iterable[Mapping[str, Any]]) -> tuple[int, int, int]:
    """Better, worse, neither (the conclusion differs all the same)."""
    counts = {Effect(e["effect"]): e["count"] for e in effects}
    better, worse = (sum(counts.get(e, 0) for e in side) for side in (_BETTER, _WORSE))
    return better, worse, counts.get(Effect.REROUTED, 0)


def _weight(disease: Mapping[str, Any]) -> int:
    better, worse, _ = _sides(disease["effects"])
    return max(better, worse)


@dataclass(frozen=True)
class _Kind:
    """Kinds that read alike: they differ in reasons of the engine only."""

    effect: str
    headline: str
    items: Sequence[Mapping[str, Any]]
    because: Sequence[str]
    count: int
    samples: Sequence[Mapping[str, Any]]


@dataclass(frozen=True)
class _Changed:
    disease: Mapping[str, Any]
    kinds: Sequence[_Kind]
    rest: int
    """Kinds that are not shown."""
    rest_cases: int


def _changed(disease: Mapping[str, Any]) -> _Changed:
    merged: dict[tuple[Any, ...], _Kind] = {}
    for kind in disease["kinds"]:
        key = (kind["effect"], kind["headline"], tuple(i["text"] for i in kind["items"]), tuple(kind["because"]))
        known = merged.get(key)
        samples = [*(known.samples if known else ()), *kind["samples"]][:_SAMPLES_SHOWN]
        count = kind["count"] + (known.count if known else 0)
        merged[key] = _Kind(
            kind["effect"], kind["headline"], known.items if known else kind["items"], kind["because"], count, samples
        )
    place = {effect.value: number for number, effect in enumerate(Effect)}
    kinds = sorted(merged.values(), key=lambda k: (place[k.effect], -k.count))
    shown, rest = kinds[:_KINDS_SHOWN], kinds[_KINDS_SHOWN:]
    return _Changed(disease, shown, len(rest), sum(kind.count for kind in rest))


def _people(rows: Iterable[Mapping[str, Any]]) -> list[tuple[str, list[tuple[str, int, int, int]]]]:
    """Dimension -> value, judged, better, worse; without those of which nothing is known."""
    found: dict[str, list[tuple[str, int, int, int]]] = {}
    for row in rows:
        better, worse, _ = _sides(row["effects"])
        found.setdefault(row["dimension_text"], []).append((row["value"], row["judged"], better, worse))
    return [(name, values) for name, values in found.items() if len(values) > 1]
