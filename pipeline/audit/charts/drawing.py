"""One drawing for each kind of chart that a question asks for, as Vega-Lite: plain data, so nothing heavy is loaded."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from pipeline.audit.charts.style import ACCENT, COLOURS, CONFIG, GREY, INK, QUIET, WIDTH
from pipeline.audit.questions.answer import Answer, Chart

__all__ = ["Href", "Spec", "spec"]

Spec = dict[str, Any]
Href = Callable[[Mapping[str, Any]], str | None]
"""Row of the table -> address that its mark leads to."""
_ROW = 26
"""Height of one bar with its gap, in pixels."""
_LABEL = 330
"""Widest label of a bar, in pixels; longer ones end in an ellipsis."""
_SCHEMA = "https://vega.github.io/schema/vega-lite/v6.1.0.json"
_LIMIT = {"type": "line", "color": GREY, "strokeDash": [4, 3], "strokeWidth": 1}


def spec(answer: Answer, *, href: Href | None = None, caption: bool = True) -> Spec:
    """Return the chart of an answer as a Vega-Lite specification.

    Args:
        href: makes marks into links.
        caption: write the source below, for pictures that travel alone.

    Raises:
        ValueError: the answer has no chart, or no rows.
    """
    chart = answer.chart
    if chart is None or not answer.rows:
        raise ValueError(f"nothing to draw: {answer.id}")
    rows = [_prepared(row, chart, href) for row in answer.rows[: chart.limit]]
    plot = _KINDS[chart.kind](rows, chart)
    subtitle = f"单位：{answer.unit}"
    if chart.limit and len(answer.rows) > chart.limit:
        subtitle += f"；只画前 {chart.limit} 行，其余见表"
    title = {"text": answer.title, "subtitle": subtitle}
    if not caption:
        return {"$schema": _SCHEMA, "title": title, **plot, "config": CONFIG}
    parts = [plot, _caption("来源：" + answer.source)]
    return {"$schema": _SCHEMA, "title": title, "vconcat": parts, "spacing": 16, "config": CONFIG}


def _prepared(row: Mapping[str, Any], chart: Chart, href: Href | None) -> Spec:
    """A row of plain values with shares in percent, and the link."""
    measures = {chart.low, chart.high, chart.x, chart.y, "centre", *(name for name, _ in _series(chart))}
    values: Spec = {
        name: value * 100 if chart.percent and name in measures and isinstance(value, float) else value
        for name, value in row.items()
        if value is None or isinstance(value, str | int | float)
    }
    address = href(row) if href else None
    return values | ({"_href": address} if address else {})


def _series(chart: Chart) -> list[tuple[str, str]]:
    """``"a=甲,b=乙"`` as pairs; nothing where the colour is a column."""
    if not chart.color or "=" not in chart.color:
        return []
    pairs = [part.partition("=") for part in chart.color.split(",")]
    return [(name, label) for name, _, label in pairs]


def _layer(mark: Spec, encoding: Spec, rows: Sequence[Spec] | None = None, **more: Any) -> Spec:
    data = {} if rows is None else {"data": {"values": list(rows)}}
    return {**data, "mark": mark, "encoding": encoding, **more}


def _link(rows: Sequence[Spec]) -> Spec:
    return {"href": {"field": "_href", "type": "nominal"}} if any("_href" in row for row in rows) else {}


def _kept_link(row: Spec) -> Spec:
    return {"_href": row["_href"]} if "_href" in row else {}


def _number(field: str | None, **more: Any) -> Spec:
    return {"field": field, "type": "quantitative", **more}


def _names(rows: Sequence[Spec], field: str) -> Spec:
    axis = {"title": None, "labelLimit": _LABEL, "grid": False}
    order = list(dict.fromkeys(str(row[field]) for row in rows))
    return {"field": field, "type": "nominal", "sort": order, "axis": axis}


def _plot(rows: Sequence[Spec], layers: list[Spec], height: float, width: float = WIDTH) -> Spec:
    return {"data": {"values": list(rows)}, "layer": layers, "width": width, "height": height}


def _height(rows: Sequence[Spec]) -> int:
    return max(60, _ROW * len(rows))


def _end(x: Spec, names: Spec, text: str, rows: Sequence[Spec] | None = None) -> Spec:
    mark = {"type": "text", "align": "left", "dx": 4, "fontSize": 11, "color": INK}
    return _layer(mark, {"y": names, "x": x, "text": _number(text)}, rows)


def _bars(rows: list[Spec], chart: Chart) -> Spec:
    names, x = _names(rows, chart.y), _number(chart.x, title=chart.x_title)
    bar = {"type": "bar", "color": COLOURS[0], "height": {"band": 0.66}}
    return _plot(rows, [_layer(bar, {"y": names, "x": x, **_link(rows)}), _end(x, names, chart.x)], _height(rows))


def _stacked(rows: list[Spec], chart: Chart) -> Spec:
    series = _series(chart)
    labels = [label for _, label in series]
    long = [
        {chart.y: row[chart.y], "n": row[name], "s": label, "o": order, **_kept_link(row)}
        for row in rows
        for order, (name, label) in enumerate(series)
    ]
    totals = [{chart.y: row[chart.y], "n": sum(row[name] or 0 for name, _ in series)} for row in rows]
    names = _names(rows, chart.y)
    scale = {"domain": labels, "range": list(COLOURS[: len(labels)])}
    encoding = {
        "y": names,
        "x": _number("n", title=chart.x_title, stack="zero"),
        "color": {"field": "s", "type": "nominal", "title": None, "scale": scale},
        "order": _number("o"),
        **_link(rows),
    }
    bar = {"type": "bar", "height": {"band": 0.66}}
    return _plot(rows, [_layer(bar, encoding, long), _end(_number("n"), names, "n", totals)], _height(rows))


def _interval(rows: list[Spec], chart: Chart) -> Spec:
    names = _names(rows, chart.y)
    x = _number(chart.low, title=chart.x_title, scale={"zero": True})
    rule = {"type": "rule", "color": COLOURS[0], "strokeWidth": 2, "opacity": 0.45}
    point = {"type": "circle", "color": COLOURS[0], "size": 70, "opacity": 1}
    layers = [
        _layer(rule, {"y": names, "x": x, "x2": {"field": chart.high}}),
        _layer(point, {"y": names, "x": _number(chart.x), **_link(rows)}),
    ]
    if chart.reference is not None:
        layers += _reference(chart, "x")
    return _plot(rows, layers, _height(rows))


def _reference(chart: Chart, channel: str) -> list[Spec]:
    value = (chart.reference or 0) * (100 if chart.percent else 1)
    text = f"{chart.reference_text} {value:.1f}%" if chart.percent else chart.reference_text
    rows = [{"v": value, "t": text}]
    rule = {"type": "rule", "color": GREY, "strokeDash": [4, 3]}
    words: Spec = {"type": "text", "fontSize": 11, "color": QUIET}
    place: Spec = {"y": {"value": -7}}
    if channel == "y":
        words |= {"align": "right", "dy": -7}
        place = {"x": {"value": WIDTH}}
    at = {channel: _number("v")}
    return [_layer(rule, at, rows), _layer(words, {**at, **place, "text": {"field": "t"}}, rows)]


def _control(rows: list[Spec], chart: Chart) -> Spec:
    x = {"field": chart.x, "type": "ordinal", "title": chart.x_title, "axis": {"labelAngle": -45}}
    y = _number(chart.y, title=chart.y_title, scale={"zero": False})
    step = {**_LIMIT, "interpolate": "step"}
    signal = f"datum.{chart.color} != '' && datum.{chart.color} != null"
    color = {"condition": {"test": signal, "value": ACCENT}, "value": COLOURS[0]}
    layers = [
        _layer(step, {"x": x, "y": _number(chart.low)}),
        _layer(step, {"x": x, "y": _number(chart.high)}),
        _layer({"type": "line", "color": GREY, "strokeWidth": 1}, {"x": x, "y": _number("centre")}),
        _layer({"type": "line", "color": COLOURS[0], "strokeWidth": 2}, {"x": x, "y": y}),
        _layer({"type": "circle", "size": 75, "opacity": 1}, {"x": x, "y": y, "color": color, **_link(rows)}),
    ]
    last = next((row for row in reversed(rows) if row["centre"] is not None), None)
    if last is not None:
        words = [
            {chart.x: last[chart.x], "v": last[name], "t": text}
            for name, text in ((chart.high, "控制上限"), ("centre", "中心线"), (chart.low, "控制下限"))
            if name is not None and last[name] is not None
        ]
        mark = {"type": "text", "align": "left", "dx": 14, "fontSize": 11, "color": QUIET}
        layers.append(_layer(mark, {"x": x, "y": _number("v"), "text": {"field": "t"}}, words))
    return _plot(rows, layers, 260, max(WIDTH, 30 * len(rows)))


def _funnel(rows: list[Spec], chart: Chart) -> Spec:
    points = sorted((row for row in rows if row[chart.y] is not None), key=lambda row: float(row[chart.x]))
    x = _number(chart.x, title=chart.x_title, scale={"zero": False, "padding": 30})
    y = _number(chart.y, title=chart.y_title, scale={"zero": False})
    limit = {**_LIMIT, "interpolate": "monotone"}
    beyond = "datum.signal == 'high' || datum.signal == 'low'"
    color = {"condition": {"test": beyond, "value": ACCENT}, "value": COLOURS[0]}
    named = {"x": x, "y": y, "text": {"field": chart.color}}
    layers = [
        _layer(limit, {"x": x, "y": _number(chart.low)}),
        _layer(limit, {"x": x, "y": _number(chart.high)}),
        *_reference(chart, "y"),
        _layer({"type": "circle", "size": 90, "opacity": 1}, {"x": x, "y": y, "color": color, **_link(points)}),
        _layer({"type": "text", "dy": -14, "fontSize": 12, "color": ACCENT}, named, transform=[{"filter": beyond}]),
    ]
    return _plot(points, layers, 320)


def _lines(rows: list[Spec], chart: Chart) -> Spec:
    series = _series(chart)
    labels = [label for _, label in series]
    order = [str(row[chart.x]) for row in rows]
    axis = {"labelAngle": 0 if len(rows) <= 7 else -45}
    x = {"field": chart.x, "type": "ordinal", "title": chart.x_title, "sort": order, "axis": axis}
    long = [
        {chart.x: row[chart.x], "v": row[name], "s": label, **_kept_link(row)} for row in rows for name, label in series
    ]
    scale = {"domain": labels, "range": [COLOURS[1], COLOURS[0]]}
    color = {"field": "s", "type": "nominal", "title": None, "scale": scale}
    y = _number("v", title=chart.y_title, scale={"zero": False})
    rule = {"type": "rule", "color": COLOURS[0], "strokeWidth": 2, "opacity": 0.45}
    layers = [
        _layer(rule, {"x": x, "y": _number(chart.low), "y2": {"field": chart.high}}),
        _layer({"type": "line", "strokeWidth": 2}, {"x": x, "y": y, "color": color}, long),
        _layer({"type": "circle", "size": 70, "opacity": 1}, {"x": x, "y": y, "color": color, **_link(rows)}, long),
    ]
    return _plot(rows, layers, 280)


def _matrix(rows: list[Spec], chart: Chart) -> Spec:
    def axis(field: str, **more: Any) -> Spec:
        order = list(dict.fromkeys(str(row[field]) for row in rows))
        return {"field": field, "type": "nominal", "sort": order, "axis": {"grid": False, **more}}

    x = axis(chart.x, labelAngle=0, orient="top", title=chart.x_title)
    y = axis(chart.y, title=chart.y_title)
    largest = max((float(row[chart.color or ""] or 0) for row in rows), default=0.0)
    fill = _number(chart.color, legend=None, scale={"range": ["#eef3f7", COLOURS[0]]})
    dark = {"test": f"datum.{chart.color} > {largest * 0.55}", "value": "white"}
    layers = [
        _layer({"type": "rect", "stroke": "white", "strokeWidth": 2}, {"x": x, "y": y, "color": fill, **_link(rows)}),
        _layer(
            {"type": "text", "fontSize": 14},
            {"x": x, "y": y, "text": _number(chart.color), "color": {"condition": dark, "value": INK}},
        ),
    ]
    return _plot(rows, layers, 52 * len(y["sort"]), WIDTH * 0.75)


_KINDS: Mapping[str, Callable[[list[Spec], Chart], Spec]] = {
    "bars": _bars,
    "stacked": _stacked,
    "interval": _interval,
    "control": _control,
    "funnel": _funnel,
    "lines": _lines,
    "matrix": _matrix,
}


def _caption(text: str) -> Spec:
    lines = _wrapped(text)
    mark = {"type": "text", "align": "left", "fontSize": 11, "color": QUIET, "lineHeight": 16, "baseline": "top"}
    encoding = {"x": {"value": 0}, "y": {"value": 0}, "text": {"field": "t"}}
    return {"width": WIDTH, "height": 16 * len(lines)} | _layer(mark, encoding, [{"t": lines}])


def _wrapped(text: str, width: int = 52) -> list[str]:
    """Chinese has no spaces to break at; a mark does not begin a line."""
    lines = []
    while len(text) > width:
        cut = width
        while cut > width - 4 and text[cut] in "，。；、：）”%":
            cut -= 1
        lines.append(text[:cut])
        text = text[cut:]
    return [*lines, text]
