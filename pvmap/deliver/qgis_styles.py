"""Styles that QGIS finds in a GeoPackage: how each layer looks when it is opened."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Literal
from xml.etree import ElementTree

import numpy as np

# After Walt and Smith's viridis, light to dark: safe for colour-blind readers.
AMOUNT = ("#A5DB36", "#5EC962", "#21A585", "#2A788E", "#3E4A89")
Symbol = Literal["fill", "marker"]
LOOKS: dict[Symbol, dict[str, str]] = {
    "fill": {"style": "solid", "outline_color": "85,85,85,255", "outline_width": "0.1", "outline_width_unit": "MM"},
    "marker": {"name": "square", "size": "3", "size_unit": "MM", "outline_color": "85,85,85,255"},
}
DOCTYPE = "<!DOCTYPE qgis PUBLIC 'http://mrcc.com/qgis.dtd' 'SYSTEM'>\n"


@dataclass(frozen=True)
class Class:
    """One entry of a legend: a value, or a range of numbers, and its colour."""

    label: str
    colour: str
    value: str = ""
    low: float = 0.0
    high: float = 0.0


def amounts(values: np.ndarray, unit: str) -> tuple[Class, ...]:
    """Class an amount by its quantiles, as many classes as there are different ones, at most five.

    Examples
    --------
    >>> [(one.label, one.low, one.high) for one in amounts(np.array([1.0, 2.0, 3.0, 4.0, 5.0, 6.0]), "kWp")][:2]
    [('1 - 2 kWp', 1.0, 2.0), ('2 - 3 kWp', 2.0, 3.0)]
    >>> [one.label for one in amounts(np.array([56_875.5]), "kWp")]
    ['56,876 kWp']
    """
    finite = values[np.isfinite(values)]
    if not len(finite):
        return ()
    edges = np.unique(np.quantile(finite, np.linspace(0, 1, len(AMOUNT) + 1)))
    if len(edges) == 1:
        edges = np.repeat(edges, 2)
    return tuple(
        Class(_range(low, high, unit), AMOUNT[number], low=float(low), high=float(high))
        for number, (low, high) in enumerate(pairwise(edges))
    )


def _range(low: float, high: float, unit: str) -> str:
    told = [f"{one:,.0f}" if abs(one) >= 1000 else f"{one:.3g}" for one in (low, high)]
    return f"{' - '.join(dict.fromkeys(told))} {unit}".rstrip()


def categorised(column: str, classes: Sequence[Class], kind: Symbol = "fill") -> str:
    """Style polygons or points by the values of a column, as QGIS' QML."""
    root, renderer = _renderer("categorizedSymbol", column)
    entries = ElementTree.SubElement(renderer, "categories")
    for number, one in enumerate(classes):
        told = {"symbol": str(number), "value": one.value, "label": one.label, "render": "true", "type": "string"}
        ElementTree.SubElement(entries, "category", told)
    return _finished(root, renderer, classes, kind)


def graduated(column: str, classes: Sequence[Class]) -> str:
    """Style by ranges of a number, as QGIS' QML."""
    root, renderer = _renderer("graduatedSymbol", column)
    renderer.set("graduatedMethod", "GraduatedColor")
    ranges = ElementTree.SubElement(renderer, "ranges")
    for number, one in enumerate(classes):
        told = {"symbol": str(number), "lower": repr(one.low), "upper": repr(one.high)}
        ElementTree.SubElement(ranges, "range", {**told, "label": one.label, "render": "true"})
    return _finished(root, renderer, classes, "fill")


def with_aliases(style: str, aliases: Mapping[str, str]) -> str:
    """Add what fields are called: QGIS before 3.32 takes it from the style alone."""
    root = ElementTree.fromstring(style.removeprefix(DOCTYPE))
    named = ElementTree.SubElement(root, "aliases")
    for number, (field, name) in enumerate(aliases.items(), start=1):  # field 0 is fid
        ElementTree.SubElement(named, "alias", {"index": str(number), "field": field, "name": name})
    return _written(root)


def _renderer(kind: str, column: str) -> tuple[ElementTree.Element, ElementTree.Element]:
    root = ElementTree.Element("qgis", {"version": "3.22.0", "styleCategories": "Symbology|Fields"})
    return root, ElementTree.SubElement(root, "renderer-v2", {"type": kind, "attr": column, "symbollevels": "0"})


def _finished(root: ElementTree.Element, renderer: ElementTree.Element, classes: Sequence[Class], kind: Symbol) -> str:
    symbols = ElementTree.SubElement(renderer, "symbols")
    for number, one in enumerate(classes):
        about = {"type": kind, "name": str(number), "alpha": "1", "clip_to_extent": "1", "force_rhr": "0"}
        symbol = ElementTree.SubElement(symbols, "symbol", about)
        drawn = {"class": f"Simple{kind.title()}", "enabled": "1", "locked": "0", "pass": "0"}
        options = ElementTree.SubElement(ElementTree.SubElement(symbol, "layer", drawn), "Option", {"type": "Map"})
        for name, value in {"color": _rgba(one.colour, 200), **LOOKS[kind]}.items():
            ElementTree.SubElement(options, "Option", {"name": name, "value": value, "type": "QString"})
    return _written(root)


def _written(root: ElementTree.Element) -> str:
    ElementTree.indent(root)
    return DOCTYPE + ElementTree.tostring(root, encoding="unicode")


def _rgba(colour: str, alpha: int) -> str:
    red, green, blue = (int(colour[i : i + 2], 16) for i in (1, 3, 5))
    return f"{red},{green},{blue},{alpha}"
