"""What a site can be coloured and filtered by: classes, their breaks and their colours.

A variable becomes one small code per site, 0 where there is no value, else ``1 + class * sub + s``: the class is exact
(class breaks are code borders), and `s` tells where inside the class the value lies, so that sums and means over codes
stay good to the last printed digit. Colours are safe for colour-blind readers: viridis, inferno and cividis by van der
Walt and Smith, RdBu by Brewer, qualitative sets by Tol and by Okabe and Ito.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Literal

import numpy as np
import pandas as pd

from pvmap.tables import BUILDING_USES, GRADES, NO_USE

Array = np.ndarray

KIND_COLOURS = {"rooftop": "#D55E00", "mine": "#6B4C9A", "fishpond": "#0072B2"}
_TOL_MUTED = (
    *("#332288", "#88CCEE", "#CC6677", "#AA4499", "#117733", "#44AA99", "#DDCC77", "#882255", "#999933"),
    *("#888888", "#888888"),  # other, none
)
USE_COLOURS = dict(zip((*BUILDING_USES, NO_USE), _TOL_MUTED, strict=True))
GRADE_COLOURS = dict(zip(GRADES, ("#08306B", "#2B7BBA", "#7FB9DA", "#B59A6A"), strict=True))
TOL_BRIGHT = ("#4477AA", "#EE6677", "#228833", "#CCBB44", "#66CCEE", "#AA3377", "#BB5566", "#004488", "#DDAA33")
AMOUNT = ("#A5DB36", "#5EC962", "#21A585", "#2A788E", "#3E4A89", "#440154")
SUN = ("#FAC228", "#F57D15", "#D44842", "#9F2A63", "#65156E", "#280B53")
LOSS = ("#E8D452", "#BCAE6C", "#948E77", "#6F7073", "#4A546C", "#123570")
CHEAP = ("#053061", "#2166AC", "#6AACD0")
DEAR = ("#F4A582", "#D6604D", "#8E1B2F")
GREY = "#9AA0A6"


@dataclass(frozen=True)
class Variable:
    """How one column is classed, coloured and combined.

    ``edges`` has one more entry than there are classes and is empty for a qualitative variable.
    """

    key: str
    kind: Literal["sequential", "diverging", "qualitative"]
    quantity: str
    combine: Literal["sum", "mean", "none"]
    classes: tuple[str, ...]
    colours: tuple[str, ...]
    edges: tuple[float, ...] = ()
    log: bool = False
    width: int = 1
    colourable: bool = True
    about: dict[str, Any] = field(default_factory=dict)

    @property
    def sub(self) -> int:
        """Steps inside a class."""
        return 1 if not self.edges else (2 ** (8 * self.width) - 2) // len(self.classes)

    def codes(self, values: Array) -> Array:
        """Turn values (or, for a qualitative variable, class numbers with -1 for none) into codes."""
        dtype = np.uint8 if self.width == 1 else np.uint16
        values = np.asarray(values, float)
        if not self.edges:
            return (np.nan_to_num(values, nan=-1.0) + 1).astype(dtype)
        edges = np.asarray(self.edges)
        missing = ~np.isfinite(values) | (self.log & (values <= 0))
        v = np.clip(np.where(missing, edges[0], values), edges[0], edges[-1])
        number = np.clip(np.searchsorted(edges, v, side="right") - 1, 0, len(self.classes) - 1)
        low, high = edges[number], edges[number + 1]
        share = np.log(v / low) / np.log(high / low) if self.log else (v - low) / (high - low)
        step = np.clip((share * self.sub).astype(np.int64), 0, self.sub - 1)
        return np.where(missing, 0, 1 + number * self.sub + step).astype(dtype)

    def as_json(self) -> dict[str, Any]:
        """Tell the page what it needs to know."""
        return {
            "key": self.key,
            "kind": self.kind,
            "quantity": self.quantity,
            "combine": self.combine,
            "classes": list(self.classes),
            "colours": list(self.colours),
            "edges": [float(f"{e:.6g}") for e in self.edges],
            "log": self.log,
            "width": self.width,
            "sub": self.sub,
            "colourable": self.colourable,
            **self.about,
        }


def ramp(colours: tuple[str, ...], n: int) -> tuple[str, ...]:
    """Pick `n` colours spread evenly over a ramp, interpolating where the ramp has fewer."""
    rgb = np.array([[int(c[i : i + 2], 16) for i in (1, 3, 5)] for c in colours], float)
    at = np.linspace(0, len(colours) - 1, n) if n > 1 else np.array([len(colours) - 1.0])
    mixed = np.stack([np.interp(at, np.arange(len(colours)), rgb[:, k]) for k in range(3)], axis=1)
    return tuple("#" + "".join(f"{round(v):02X}" for v in one) for one in mixed)


def round_number(value: float, steps: tuple[float, ...] = (1, 2, 5, 10)) -> float:
    """Nearest round number (1, 2 or 5 times a power of ten) on a logarithmic scale."""
    power = 10.0 ** np.floor(np.log10(value))
    return float(min((s * power for s in steps), key=lambda s: abs(np.log(s / value))))


def amount_edges(values: Array, n: int) -> tuple[float, ...]:
    """Edges at round numbers near the quantiles, for amounts that spread over decades.

    Parameters
    ----------
    values
        Amounts; zeros, negatives and missing values are left out. (site,)
    n
        Classes wanted; fewer come back where round numbers coincide.
    """
    v = values[np.isfinite(values) & (values > 0)]
    if not len(v):
        return (1.0, 10.0)
    inner = sorted({round_number(q) for q in np.quantile(v, np.arange(1, n) / n)})
    inner = [e for e in inner if v.min() < e < v.max()]
    low, high = float(v.min()), float(v.max())
    return (low, *inner, high if high > low else low * 1.01)


def ratio_edges(values: Array, n: int, centre: float | None = None) -> tuple[float, ...]:
    """Edges at equal round steps over the middle 96 % of the values, for ratios; one edge at `centre` if given."""
    v = values[np.isfinite(values)]
    if not len(v):
        return (0.0, 1.0)
    low, high = (float(q) for q in np.quantile(v, (0.02, 0.98)))
    if high - low < 1e-9 * max(1.0, abs(high)):
        low, high = low - 0.5, high + 0.5
    step = round_number((high - low) / n, (1, 2, 2.5, 5, 10))
    inner = [float(f"{k * step:.8g}") for k in np.arange(np.ceil(low / step), np.floor(high / step) + 1)]
    if centre is not None:
        inner = sorted([*(e for e in inner if abs(e - centre) > step / 2), centre])
    inner = [e for e in inner if v.min() < e < v.max()]
    ends = float(v.min()), float(v.max())
    return (ends[0], *inner, ends[1] if ends[1] > ends[0] else ends[0] + step)


def diverging_colours(edges: tuple[float, ...], centre: float) -> tuple[str, ...]:
    """Blue below the centre, red above: the more intense the farther away."""
    below = sum(1 for e in edges[1:] if e <= centre + 1e-12)
    above = len(edges) - 1 - below
    return (ramp(CHEAP, below) if below else ()) + (ramp(DEAR, above) if above else ())


def widen(edges: tuple[float, ...], values: Array) -> tuple[float, ...]:
    """Move the outer edges out so that every value lies between them: breaks suit roofs, mines are larger."""
    v = values[np.isfinite(values) & (values > 0)] if edges[0] > 0 else values[np.isfinite(values)]
    if not len(v):
        return edges
    return (min(edges[0], float(v.min())), *edges[1:-1], max(edges[-1], float(v.max())))


def amount(key: str, values: Array, everything: Array, n: int, quantity: str) -> Variable:
    """Build a variable for an amount that is summed: capacity, energy."""
    edges = widen(amount_edges(values, n), everything)
    count = len(edges) - 1
    return Variable(key, "sequential", quantity, "sum", ("",) * count, ramp(AMOUNT, count), edges, log=True, width=2)


def ratio(key: str, values: Array, everything: Array, n: int, quantity: str, colours: tuple[str, ...]) -> Variable:
    """Build a variable for a ratio that is averaged: specific yield, shading loss."""
    edges = widen(ratio_edges(values, n), everything)
    count = len(edges) - 1
    return Variable(key, "sequential", quantity, "mean", ("",) * count, ramp(colours, count), edges)


def cost(key: str, values: Array, everything: Array, n: int, centre: float) -> Variable:
    """Levelised cost, with colours that turn at the reference price."""
    edges = widen(ratio_edges(values, n, centre), everything)
    return Variable(
        key,
        "diverging",
        "price",
        "mean",
        ("",) * (len(edges) - 1),
        diverging_colours(edges, centre),
        edges,
        about={"centre": centre},
    )


def category(key: str, names: tuple[str, ...], colours: tuple[str, ...], colourable: bool = True) -> Variable:
    """Build a qualitative variable; `names` are the classes in code order."""
    return Variable(key, "qualitative", "", "none", names, colours, colourable=colourable)


def variables(sites: pd.DataFrame, n: int, reference_price: float) -> list[Variable]:
    """List the variables the columns of a table allow, in the order a reader is offered them.

    Parameters
    ----------
    sites
        Sites joined with their appraisal. Columns that are absent give no variable.
    n
        Classes wanted.
    reference_price
        Price the colours of the levelised cost turn at. [CNY/kWh]
    """
    found = [category("building_use", tuple(USE_COLOURS), tuple(USE_COLOURS.values()))]
    of_roofs = (sites["site_type"] == "rooftop").to_numpy()
    if not of_roofs.any():
        of_roofs = np.ones(len(sites), bool)

    carries = sites["capacity_kwp"].to_numpy(float) > 0  # a site without modules has no yield, loss or cost

    def both(column: str) -> tuple[Array, Array]:
        values = np.where(carries, sites[column].to_numpy(float, na_value=np.nan), np.nan)
        return values[of_roofs], values

    if "specific_yield_kwh_per_kwp" in sites:
        found.append(ratio("specific_yield_kwh_per_kwp", *both("specific_yield_kwh_per_kwp"), n, "yield", SUN))
    if "energy_kwh" in sites:
        found.append(amount("energy_kwh", *both("energy_kwh"), n, "energy"))
    if "capacity_kwp" in sites:
        found.append(amount("capacity_kwp", *both("capacity_kwp"), n, "capacity"))
    if "shading_loss" in sites:
        found.append(ratio("shading_loss", *both("shading_loss"), n, "share", LOSS))
    if "lcoe_cny_per_kwh" in sites:
        found.append(cost("lcoe_cny_per_kwh", *both("lcoe_cny_per_kwh"), n, reference_price))
    if "at_grid_parity" in sites:
        found.append(category("at_grid_parity", ("no", "yes"), ("#D6604D", "#2166AC")))
    if (sites.loc[of_roofs, "building_use"] == sites.loc[of_roofs, "building_use"].iloc[0]).all():
        found.append(found.pop(0))  # one colour for all says nothing: the map opens with what differs
    found.append(category("confidence", GRADES, tuple(GRADE_COLOURS.values())))
    districts = tuple(sorted(sites["district"].astype(str).unique()))
    colours = tuple(TOL_BRIGHT[i % len(TOL_BRIGHT)] for i in range(len(districts)))
    found.append(category("district", districts, colours, colourable=False))
    return found
