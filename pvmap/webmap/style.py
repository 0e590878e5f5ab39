"""What a site can be coloured and filtered by: classes, their breaks and their colours.

A variable becomes one 16-bit code per site: 0 where there is no value, else its class and the step inside the class
that the value lies in. The class is exact (class breaks are code borders); steps are shared out over the classes by
their width, so that a code tells a value to half of a 65,000th of the whole scale and codes sort as values do. Colours
are safe for colour-blind readers: viridis, inferno and cividis by van der Walt and Smith, RdBu by Brewer, names by
Tol, the others as `pvmap.colours` says.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Literal

import numpy as np
import pandas as pd

from pvmap.colours import GRID_COLOURS, USE_COLOURS
from pvmap.tables import GRADES, NO_USE

Array = np.ndarray

GRADE_COLOURS = dict(zip(GRADES, ("#08306B", "#2B7BBA", "#7FB9DA", "#B59A6A"), strict=True))
TOL_BRIGHT = ("#4477AA", "#EE6677", "#228833", "#CCBB44", "#66CCEE", "#AA3377", "#BB5566", "#004488", "#DDAA33")
AMOUNT = ("#A5DB36", "#5EC962", "#21A585", "#2A788E", "#3E4A89", "#440154")
SUN = ("#FAC228", "#F57D15", "#D44842", "#9F2A63", "#65156E", "#280B53")
LOSS = ("#E8D452", "#BCAE6C", "#948E77", "#6F7073", "#4A546C", "#123570")
CHEAP = ("#053061", "#2166AC", "#6AACD0")
DEAR = ("#F4A582", "#D6604D", "#8E1B2F")
GREY = "#9AA0A6"
NO_YES = ("#D6604D", "#2166AC")
TARGET = "at_target_irr_"  # and the name of a scenario
OTHER_CAPACITIES = ("capacity_policy_floor_kwp", "existing_pv_kwp")
PRACTICAL_SHARE = "practical_share"  # of the capacity: one of a few numbers, which pack to nothing
CODES = 65535  # of 16 bits; 0 is "no value"
DISTRICT = "district"


@dataclass(frozen=True)
class Variable:
    """How one column is classed, coloured and combined.

    ``edges`` has one more entry than there are classes and is empty for a qualitative variable. A variable that is not
    ``listed`` is a column to reckon with: the reader is offered neither its colours nor its filter. ``good`` are the
    classes whose share of the capacity colours a zone; without any a zone has the colour of what it has most of.
    """

    key: str
    kind: Literal["sequential", "diverging", "qualitative"]
    quantity: str
    combine: Literal["sum", "mean", "none"]
    classes: tuple[str, ...]
    colours: tuple[str, ...]
    edges: tuple[float, ...] = ()
    log: bool = False
    colourable: bool = True
    listed: bool = True
    about: dict[str, Any] = field(default_factory=dict)

    good: tuple[int, ...] = ()

    def __post_init__(self) -> None:
        assert len(self.classes) <= CODES, f"{self.key}: {len(self.classes)} classes, codes are for {CODES}"

    @property
    def starts(self) -> Array:
        """First code of each class, and one past the last. (class + 1,)."""
        if not self.edges:
            return np.arange(1, len(self.classes) + 2)
        wide = np.diff(np.log(self.edges) if self.log else np.asarray(self.edges))
        steps = 1 + np.floor(wide / wide.sum() * (CODES - len(wide))).astype(np.int64)
        return np.concatenate([[1], 1 + np.cumsum(steps)])

    def codes(self, values: Array) -> Array:
        """Turn values (or, for a qualitative variable, class numbers with -1 for none) into codes, uint16."""
        values = np.asarray(values, float)
        if not self.edges:
            numbers = np.nan_to_num(values, nan=-1.0) + 1
            assert 0 <= numbers.min(initial=0) <= numbers.max(initial=0) <= len(self.classes), self.key
            return numbers.astype(np.uint16)
        edges, starts = np.asarray(self.edges), self.starts
        missing = ~np.isfinite(values) | (self.log & (values <= 0))
        v = np.where(missing, edges[0], values)
        assert (v >= edges[0]).all() and (v <= edges[-1]).all(), f"{self.key}: a value outside its scale"
        number = np.clip(np.searchsorted(edges, v, side="right") - 1, 0, len(self.classes) - 1)
        low, high = edges[number], edges[number + 1]
        share = np.log(v / low) / np.log(high / low) if self.log else (v - low) / (high - low)
        steps = starts[number + 1] - starts[number]
        step = np.clip((share * steps).astype(np.int64), 0, steps - 1)
        return np.where(missing, 0, starts[number] + step).astype(np.uint16)

    def as_json(self) -> dict[str, Any]:
        """Tell the page what it needs to know."""
        return {
            "key": self.key,
            "kind": self.kind,
            "quantity": self.quantity,
            "combine": self.combine,
            "classes": list(self.classes),
            "colours": list(self.colours),
            "edges": [float(e) for e in self.edges],
            "starts": self.starts.tolist() if self.edges else None,
            "log": self.log,
            "colourable": self.colourable,
            "listed": self.listed,
            "good": list(self.good),
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
    if not inner and high > low:  # different values are told apart
        inner = [e for e in (_three_digits(np.sqrt(low * high)),) if low < e < high]
    return (low, *inner, high if high > low else low * 1.01)


def _three_digits(value: float) -> float:
    return float(f"{value:.3g}")


def ratio_edges(values: Array, n: int, centre: float | None = None) -> tuple[float, ...]:
    """Edges at equal round steps over the middle 96 % of the values, for ratios; one is `centre` wherever values lie.

    Parameters
    ----------
    values
        Ratios, NaN where missing. (site,)
    n
        Classes wanted.
    centre
        Value that is always an edge.
    """
    v = values[np.isfinite(values)]
    if not len(v):
        return (0.0, 1.0) if centre is None else (centre - 1.0, centre, centre + 1.0)
    low, high = (float(q) for q in np.quantile(v, (0.02, 0.98)))
    if high - low < 1e-9 * max(1.0, abs(high)):
        low, high = low - 0.5, high + 0.5
    # breaks are printed with three digits, so they differ by at least one unit of the third
    printed = 10.0 ** (np.floor(np.log10(max(abs(low), abs(high)))) - 2)
    step = max(round_number((high - low) / n, (1, 2, 2.5, 5, 10)), float(printed))
    inner = [float(f"{k * step:.8g}") for k in np.arange(np.ceil(low / step), np.floor(high / step) + 1)]
    least, most = float(v.min()), float(v.max())
    inner = [e for e in inner if least < e < most]
    if centre is not None:
        inner = sorted([*(e for e in inner if abs(e - centre) > step / 2), centre])
        least, most = min(least, centre - step), max(most, centre + step)
    elif not inner and most > least:
        inner = [e for e in (_three_digits((least + most) / 2),) if least < e < most]
    return (least, *inner, most if most > least else least + step)


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
    return Variable(key, "sequential", quantity, "sum", ("",) * count, ramp(AMOUNT, count), edges, log=True)


def column(key: str, values: Array, quantity: str) -> Variable:
    """Build a variable for an amount that the page sums, without offering it as a colour."""
    v = values[np.isfinite(values) & (values > 0)]
    edges = (float(v.min()), max(float(v.max()), float(v.min()) * 1.01)) if len(v) else (1.0, 10.0)
    return Variable(key, "sequential", quantity, "sum", ("",), (GREY,), edges, log=True, colourable=False, listed=False)


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


def share(key: str) -> Variable:
    """Build a variable for a share of another, from 0 to 1, without offering it as a colour."""
    return Variable(key, "sequential", "share", "none", ("",), (GREY,), (0.0, 1.0), colourable=False, listed=False)


def category(
    key: str, names: tuple[str, ...], colours: tuple[str, ...], *, good: tuple[str, ...] = (), offered: bool = True
) -> Variable:
    """Build a qualitative variable; `names` are the classes in code order, `good` as `Variable` has it."""
    best = tuple(names.index(name) for name in good)
    return Variable(key, "qualitative", "", "none", names, colours, colourable=offered, listed=offered, good=best)


def names_only(key: str, names: tuple[str, ...]) -> Variable:
    """Build a qualitative variable of any number of names, whose colours come round again and are not offered."""
    colours = tuple(TOL_BRIGHT[i % len(TOL_BRIGHT)] for i in range(len(names)))
    return Variable(key, "qualitative", "", "none", names, colours, colourable=False)


def variables(sites: pd.DataFrame, n: int, reference_price: float) -> list[Variable]:
    """List the variables the columns of a table allow, in the order a reader is offered them: how much comes first.

    Parameters
    ----------
    sites
        Sites joined with their appraisal. Columns that are absent give no variable.
    n
        Classes wanted.
    reference_price
        Price the colours of the levelised cost turn at. [CNY/kWh]
    """
    of_roofs = (sites["site_type"] == "rooftop").to_numpy()
    if not of_roofs.any():
        of_roofs = np.ones(len(sites), bool)

    carries = sites["capacity_kwp"].to_numpy(float) > 0  # a site without modules has no yield, loss or cost

    def both(column: str) -> tuple[Array, Array]:
        values = np.where(carries, sites[column].to_numpy(float, na_value=np.nan), np.nan)
        return values[of_roofs], values

    found = [
        amount("capacity_kwp", *both("capacity_kwp"), n, "capacity"),
        category("building_use", (*USE_COLOURS, NO_USE), (*USE_COLOURS.values(), GREY)),
    ]
    if "specific_yield_kwh_per_kwp" in sites:
        found.append(ratio("specific_yield_kwh_per_kwp", *both("specific_yield_kwh_per_kwp"), n, "yield", SUN))
    if "energy_kwh" in sites:
        found.append(amount("energy_kwh", *both("energy_kwh"), n, "energy"))
    if "shading_loss" in sites:
        found.append(ratio("shading_loss", *both("shading_loss"), n, "share", LOSS))
    if "lcoe_cny_per_kwh" in sites:
        found.append(cost("lcoe_cny_per_kwh", *both("lcoe_cny_per_kwh"), n, reference_price))
    if "at_grid_parity" in sites:
        found.append(category("at_grid_parity", ("no", "yes"), NO_YES, good=("yes",)))
    if "grid_grade" in sites:
        found.append(category("grid_grade", tuple(GRID_COLOURS), tuple(GRID_COLOURS.values())))
    found.append(category("confidence", GRADES, tuple(GRADE_COLOURS.values()), good=("A", "B")))
    found.append(names_only(DISTRICT, tuple(sorted(sites["district"].astype(str).unique()))))
    if PRACTICAL_SHARE in sites:
        found.append(share(PRACTICAL_SHARE))
    for name in OTHER_CAPACITIES:
        if name in sites:
            found.append(column(name, sites[name].to_numpy(float, na_value=np.nan), "capacity"))
    found += [category(name, ("no", "yes"), NO_YES, offered=False) for name in targets(sites)]
    return found


def targets(sites: pd.DataFrame) -> list[str]:
    """Columns that tell which sites reach the target return in a scenario."""
    return [c for c in sites.columns if c.startswith(TARGET)]
