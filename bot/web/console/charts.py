"""Charts as SVG inside a page: drawn by pygal on the server, dressed by charts.css, never alone (each has its table).

What pygal adds for browsers with scripts (styles, tooltips, notes) is taken out: the policy of our pages allows no
inline style, and a screen reader reads the title, the description and the table.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import count
from typing import Any

import pygal
from lxml import etree
from markupsafe import Markup
from pygal.style import Style

WIDTH = 460
SVG = "{http://www.w3.org/2000/svg}"
# pygal leaves room for words of these sizes; charts.css gives them these sizes.
_STYLE = Style(
    label_font_size=13, major_label_font_size=13, value_font_size=13, legend_font_size=13, font_family="sans"
)
_numbers = count(1)


@dataclass(frozen=True)
class Point:
    """A value with the interval in which it most likely is; None where nothing is known."""

    label: str
    value: float | None
    low: float | None = None
    high: float | None = None


def line(title: str, description: str, series: dict[str, Sequence[Point]], span: tuple[float, float]) -> Markup:
    """Return lines over time; all series have the same labels.

    Args:
        title: what it shows.
        description: what is seen in it, in a sentence.
        series: by name.
        span: the least and the greatest value of the axis.
    """
    labels = [point.label for point in next(iter(series.values()))]
    chart = pygal.Line(
        **_options(260, legend=len(series) > 1),
        range=span,
        truncate_label=-1,
        x_labels_major_every=max(1, len(labels) // 4),
        show_minor_x_labels=False,
    )
    chart.x_labels = labels
    for name, points in series.items():
        chart.add(name, [_value(point) for point in points], allow_interruptions=True)
    return _page(chart, title, description)


def bars(title: str, description: str, series: dict[str, Sequence[Point]], span: tuple[float, float]) -> Markup:
    """Return horizontal bars with their intervals, the first point at the top; all series have the same labels."""
    labels = [point.label for point in next(iter(series.values()))]
    height = 60 + (34 if len(series) > 1 else 0) + len(labels) * (22 + 14 * len(series))
    # Numbers of several figures side by side run into one another.
    steps = 10 if span[1] <= 10 else 5
    chart = pygal.HorizontalBar(
        **_options(height, legend=len(series) > 1), range=span, truncate_label=26, min_scale=3, max_scale=steps
    )
    chart.x_labels = [_short(label) for label in reversed(labels)]
    for name, points in series.items():
        chart.add(name, [_value(point) for point in reversed(points)])
    return _page(chart, title, description)


def _options(height: int, *, legend: bool) -> dict[str, Any]:
    return {
        "width": WIDTH,
        "height": height,
        "style": _STYLE,
        "show_legend": legend,
        "legend_at_bottom": True,
        "legend_box_size": 12,
        "js": [],
        "disable_xml_declaration": True,
        "margin": 6,
        "y_labels_major_count": 3,
        "dots_size": 3,
        "formatter": _shown,
        "value_formatter": _shown,
        "no_data_text": "—",
    }


def _shown(value: float | None) -> str:
    return "" if value is None else f"{value:g}"


def _value(point: Point) -> dict[str, Any] | None:
    if point.value is None:
        return None
    value: dict[str, Any] = {"value": round(point.value, 2)}
    if point.low is not None and point.high is not None:
        value["ci"] = {"low": round(point.low, 2), "high": round(point.high, 2)}
    return value


def _short(label: str) -> str:
    return label if len(label) <= 26 else label[:25].rstrip() + "…"


def _page(chart: Any, title: str, description: str) -> Markup:
    root = etree.fromstring(chart.render())
    number = next(_numbers)
    for each in list(root.iter()):
        parent = each.getparent()
        if parent is None:
            continue
        tooltips = "tooltip-overlay" in each.get("class", "") if isinstance(each.tag, str) else False
        if not isinstance(each.tag, str) or tooltips or each.tag in (f"{SVG}defs", f"{SVG}title", f"{SVG}desc"):
            parent.remove(each)
        else:
            each.attrib.pop("style", None)
    root.attrib.pop("id", None)
    root.set("role", "img")
    root.set("aria-labelledby", f"chart-{number}-title chart-{number}-text")
    for place, (kind, words) in enumerate((("title", title), ("desc", description))):
        named = etree.Element(f"{SVG}{kind}", id=f"chart-{number}-{'title' if place == 0 else 'text'}")
        named.text = words
        root.insert(place, named)
    etree.cleanup_namespaces(root)
    # What people wrote is text of the tree: lxml escapes it.
    return Markup(etree.tostring(root, encoding="unicode"))  # noqa: S704
