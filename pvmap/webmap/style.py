"""What a site can be coloured and filtered by: classes, their breaks and their colours.

A variable becomes one 16-bit code per site: 0 where there is no value, else the two borders that the value lies between
and the step from one to the other. A class is exact (breaks of every kind are borders); steps are shared out by how far
borders lie apart, so that a code tells a value to half of a 65,000th of the whole scale and codes sort as values do.
Colours are safe for colour-blind readers: viridis, inferno and cividis by van der Walt and Smith, RdBu by Brewer, names
by Tol, the others as `pvmap.colours` says.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, NamedTuple

import numpy as np
import pandas as pd

from pvmap.colours import GRID_COLOURS, KIND_COLOURS, KIND_SHADES, USE_COLOURS
from pvmap.tables.vocabulary import GRADES, NO_USE
from pvmap.webmap.breaks import amount_edges, ratio_edges

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
OTHER_CLASSES = 3  # of mines and ponds, which are few beside roofs
CODES = 65535  # of 16 bits; 0 is "no value"
DISTRICT = "district"


class Scale(NamedTuple):
    """Classes of a number: edges, one more than there are classes, and a colour for each class."""

    edges: tuple[float, ...]
    colours: tuple[str, ...]


@dataclass(frozen=True)
class Variable:
    """How one column is classed, coloured and combined.

    ``edges`` has one more entry than there are classes and is empty for a qualitative variable. A number has breaks of
    its own for each kind of site: those of roofs here, those of the others in ``of_kinds``. A variable that is not
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
    of_kinds: Mapping[str, Scale] = field(default_factory=dict)

    def __post_init__(self) -> None:
        assert len(self.classes) <= CODES, f"{self.key}: {len(self.classes)} classes, codes are for {CODES}"

    @property
    def borders(self) -> Array:
        """Edges of the classes of every kind: a code lies between two of them. (border,)."""
        return np.array(sorted({*self.edges, *(edge for scale in self.of_kinds.values() for edge in scale.edges)}))

    @property
    def starts(self) -> Array:
        """First code after each border or of each class, and one past the last. (border,) or (class + 1,)."""
        if not self.edges:
            return np.arange(1, len(self.classes) + 2)
        wide = np.diff(np.log(self.borders) if self.log else self.borders)
        steps = 1 + np.floor(wide / wide.sum() * (CODES - len(wide))).astype(np.int64)
        return np.concatenate([[1], 1 + np.cumsum(steps)])

    def codes(self, values: Array) -> Array:
        """Turn values (or, for a qualitative variable, class numbers with -1 for none) into codes, uint16."""
        values = np.asarray(values, float)
        if not self.edges:
            numbers = np.nan_to_num(values, nan=-1.0) + 1
            assert 0 <= numbers.min(initial=0) <= numbers.max(initial=0) <= len(self.classes), self.key
            return numbers.astype(np.uint16)
        borders, starts = self.borders, self.starts
        missing = ~np.isfinite(values) | (self.log & (values <= 0))
        v = np.where(missing, borders[0], values)
        assert (v >= borders[0]).all() and (v <= borders[-1]).all(), f"{self.key}: a value outside its scale"
        number = np.clip(np.searchsorted(borders, v, side="right") - 1, 0, len(borders) - 2)
        low, high = borders[number], borders[number + 1]
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
            "borders": self.borders.tolist(),
            "starts": self.starts.tolist() if self.edges else None,
            "of_kinds": {kind: scale._asdict() for kind, scale in self.of_kinds.items()},
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


def diverging_colours(edges: tuple[float, ...], centre: float) -> tuple[str, ...]:
    """Blue below the centre, red above: the more intense the farther away."""
    below = sum(1 for e in edges[1:] if e <= centre + 1e-12)
    above = len(edges) - 1 - below
    return (ramp(CHEAP, below) if below else ()) + (ramp(DEAR, above) if above else ())


def _numbered(
    key: str,
    values: Mapping[str, Array],
    n: int,
    scale: Callable[[Array, int, tuple[str, ...]], Scale],
    colours: tuple[str, ...],
    **about: Any,
) -> Variable:
    """Build the variable of a number: `n` classes for the first kind of `values`, a few in its hue for each other."""
    (_, first), *others = values.items()
    own = scale(first, n, colours)
    of_kinds = {kind: scale(some, OTHER_CLASSES, KIND_SHADES[kind]) for kind, some in others if np.isfinite(some).any()}
    return Variable(key, classes=("",) * len(own.colours), **own._asdict(), of_kinds=of_kinds, **about)


def amount(key: str, values: Mapping[str, Array], n: int, quantity: str) -> Variable:
    """Build a variable for an amount that is summed: capacity, energy; `values` by kind, roofs first."""

    def scale(some: Array, most: int, colours: tuple[str, ...]) -> Scale:
        edges = amount_edges(some, most)
        return Scale(edges, ramp(colours, len(edges) - 1))

    return _numbered(key, values, n, scale, AMOUNT, kind="sequential", quantity=quantity, combine="sum", log=True)


def column(key: str, values: Array, quantity: str) -> Variable:
    """Build a variable for an amount that the page sums, without offering it as a colour."""
    v = values[np.isfinite(values) & (values > 0)]
    edges = (float(v.min()), max(float(v.max()), float(v.min()) * 1.01)) if len(v) else (1.0, 10.0)
    return Variable(key, "sequential", quantity, "sum", ("",), (GREY,), edges, log=True, colourable=False, listed=False)


def ratio(key: str, values: Mapping[str, Array], n: int, quantity: str, colours: tuple[str, ...]) -> Variable:
    """Build a variable for a ratio that is averaged: specific yield, shading loss; `values` as `amount` takes them."""

    def scale(some: Array, most: int, colours: tuple[str, ...]) -> Scale:
        edges = ratio_edges(some, most)
        return Scale(edges, ramp(colours, len(edges) - 1))

    return _numbered(key, values, n, scale, colours, kind="sequential", quantity=quantity, combine="mean")


def cost(key: str, values: Mapping[str, Array], n: int, centre: float) -> Variable:
    """Levelised cost, with colours that turn at the reference price, whatever the kind."""

    def scale(some: Array, most: int, _: tuple[str, ...]) -> Scale:
        edges = ratio_edges(some, most, centre)
        return Scale(edges, diverging_colours(edges, centre))

    turning: dict[str, Any] = {"kind": "diverging", "quantity": "price", "combine": "mean", "about": {"centre": centre}}
    return _numbered(key, values, n, scale, (), **turning)


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
    kinds = {kind: (sites["site_type"] == kind).to_numpy() for kind in KIND_COLOURS}
    carries = sites["capacity_kwp"].to_numpy(float) > 0  # a site without modules has no yield, loss or cost

    def by_kind(column: str) -> dict[str, Array]:
        values = np.where(carries, sites[column].to_numpy(float, na_value=np.nan), np.nan)
        return {kind: values[own] for kind, own in kinds.items() if own.any()}

    found = [
        amount("capacity_kwp", by_kind("capacity_kwp"), n, "capacity"),
        category("building_use", (*USE_COLOURS, NO_USE), (*USE_COLOURS.values(), GREY)),
    ]
    if "specific_yield_kwh_per_kwp" in sites:
        found.append(ratio("specific_yield_kwh_per_kwp", by_kind("specific_yield_kwh_per_kwp"), n, "yield", SUN))
    if "energy_kwh" in sites:
        found.append(amount("energy_kwh", by_kind("energy_kwh"), n, "energy"))
    if "shading_loss" in sites:
        found.append(ratio("shading_loss", by_kind("shading_loss"), n, "share", LOSS))
    if "lcoe_cny_per_kwh" in sites:
        found.append(cost("lcoe_cny_per_kwh", by_kind("lcoe_cny_per_kwh"), n, reference_price))
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
