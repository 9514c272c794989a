"""The replay as a page that an analyst reads and prints: one file, no network, no script."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from pipeline.audit.replay.effects import BETTER, WORSE, Effect
from pipeline.audit.replay.words import conclusion_word, status_word
from pipeline.reporting.rendering import render

__all__ = ["Link", "finding", "render_page", "sides_of"]

TEMPLATES = Path(__file__).with_name("templates")
_KINDS_SHOWN = 8
_CARDS = 80
"""Kinds shown on the whole page, where many diseases are touched; at least two of each."""
_SAMPLES_SHOWN = 3
_ORDER = (("meets", "met"), ("manual", "manual"), ("insufficient", "missing"), ("not_met", "unmet"))
"""Conclusions as the table of flows has them, with the colour of each."""

Link = Callable[[str], str | None]
"""Id of an application -> where it can be looked at; None: nowhere."""


def render_page(data: Mapping[str, Any], *, link: Link | None = None, back: str | None = None) -> str:
    """Render ``Replay.data()``.

    Args:
        link: in the service, where the reader may see the cases themselves.
        back: ... and where the reader came from.
    """
    touched = [disease for disease in data["diseases"] if disease["kinds"]]
    return render(
        "replay.html.j2",
        folder=TEMPLATES,
        replay=data,
        title=finding(data),
        flows=_flows(data["matrix"]),
        changed=[_changed(disease, min(_KINDS_SHOWN, max(2, _CARDS // len(touched)))) for disease in touched],
        quiet=[d for d in data["diseases"] if d["judged"] and not d["kinds"]],
        told=[d for d in data["diseases"] if d["rule_changes"] or d["state"] != "both"],
        most=max([_weight(d) for d in data["diseases"]], default=0) or 1,
        people=_people(data["people"]),
        sides=lambda disease: sides_of(disease["effects"]),
        conclusion=conclusion_word,
        status=status_word,
        link=link or (lambda application: None),
        back=back,
    )


def finding(data: Mapping[str, Any]) -> str:
    """What came out, in one sentence."""
    counts = {e["effect"]: e["count"] for e in data["effects"]}
    if not data["records"]:
        return "没有可以重判的案件"
    if not data["changed"]:
        return "按新版重判，没有一次判断结论改变"
    words = (("gains", "新增支持"), ("loses", "不再支持"))
    parts = [f"{word} {counts[effect]:,} 次" for effect, word in words if counts.get(effect)]
    rest = data["changed"] - sum(counts.get(effect, 0) for effect, _ in words)
    parts += [f"{'其他' if parts else '都是'}待定或不支持之间的变动 {rest:,} 次"] if rest else []
    return f"按新版重判，{data['changed']:,} 次判断结论改变：{'，'.join(parts)}"


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


def sides_of(effects: Iterable[Mapping[str, Any]]) -> tuple[int, int, int]:
    """Better, worse, neither (the conclusion differs all the same)."""
    counts = {Effect(e["effect"]): e["count"] for e in effects}
    better, worse = (sum(counts.get(e, 0) for e in side) for side in (BETTER, WORSE))
    return better, worse, counts.get(Effect.REROUTED, 0)


def _weight(disease: Mapping[str, Any]) -> int:
    better, worse, _ = sides_of(disease["effects"])
    return max(better, worse)


@dataclass
class _Kind:
    """Kinds with the same conclusions and the same causes, told together."""

    effect: str
    headline: str
    because: Sequence[str]
    count: int = 0
    lines: dict[tuple[str, ...], int] = field(default_factory=dict)
    """What the items did -> how often."""
    conditions: dict[str, None] = field(default_factory=dict)
    samples: list[Mapping[str, Any]] = field(default_factory=list)

    def add(self, kind: Mapping[str, Any]) -> None:
        line = tuple(item["text"] for item in kind["items"])
        self.count += kind["count"]
        self.lines[line] = self.lines.get(line, 0) + kind["count"]
        for item in kind["items"]:
            # An item that is one condition did what the condition did: its line and the cause say it.
            if len(item["conditions"]) > 1 or not kind["because"]:
                self.conditions |= dict.fromkeys(item["conditions"])
        self.samples = [*self.samples, *kind["samples"]][:_SAMPLES_SHOWN]


@dataclass(frozen=True)
class _Changed:
    disease: Mapping[str, Any]
    kinds: Sequence[_Kind]
    rest: int
    """Kinds that are not shown."""
    rest_cases: int


def _changed(disease: Mapping[str, Any], most: int) -> _Changed:
    merged: dict[tuple[Any, ...], _Kind] = {}
    for kind in sorted(disease["kinds"], key=lambda k: (-k["count"], k["kind"])):
        items = tuple((item["old_item"], item["item"]) for item in kind["items"])
        key = (kind["effect"], kind["headline"], tuple(kind["because"]), items)
        merged.setdefault(key, _Kind(kind["effect"], kind["headline"], kind["because"])).add(kind)
    place = {effect.value: number for number, effect in enumerate(Effect)}
    kinds = sorted(merged.values(), key=lambda k: (place[k.effect], -k.count))
    shown, rest = kinds[:most], kinds[most:]
    left = disease["kinds_left_out"], disease["left_out"]
    return _Changed(disease, shown, len(rest) + left[0], sum(kind.count for kind in rest) + left[1])


def _people(rows: Iterable[Mapping[str, Any]]) -> list[tuple[str, list[tuple[str, int, int, int]]]]:
    """Dimension -> value, judged, better, worse; without those of which nothing is known."""
    found: dict[str, list[tuple[str, int, int, int]]] = {}
    for row in rows:
        better, worse, _ = sides_of(row["effects"])
        found.setdefault(row["dimension_text"], []).append((row["value"], row["judged"], better, worse))
    return [(name, values) for name, values in found.items() if len(values) > 1]
