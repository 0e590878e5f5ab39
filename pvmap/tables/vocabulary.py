"""Words that tables hold and code compares, and the columns that several tables share."""

from __future__ import annotations

from pvmap.tables.column import Column, amount

NEIGHBOURS = "neighbours"  # source of a height that those of other buildings say
ASSUMED_HEIGHTS = ("default", NEIGHBOURS)  # sources of heights that nobody observed
SITE_TYPES = ("rooftop", "mine", "fishpond")
BUILDING_USES = (
    "industrial_steel",
    "industrial_concrete",
    "commercial",
    "government",
    "education",
    "health",
    "residential_low",
    "residential_high",
    "residential_rural",
    "other",
)
NO_USE = "none"  # building_use of sites that are not buildings
REFUSALS = (  # why a row is no site
    *("no geometry", "empty geometry", "wrong geometry type", "no area", "sliver", "duplicate"),
    *("coordinates not finite", "coordinates are zero", "outside the metric CRS", "far from the others"),
    *("outline that holds other buildings", "part of another building", "piece of another site"),
    *("counted with another site", "no pond", "no mining land", "not bare", "far too large for its kind"),
    *("crosses itself too often", "not for the public"),
)
MOUNTINGS = ("flush", "rack", "ground", "pond")
FIELD_MOUNTINGS = ("ground", "pond")  # these feed a medium-voltage transformer
GRADES = ("A", "B", "C", "D")
CAUSES = {  # errors of inputs that spread a site's energy
    "height": "from heights, its own and its neighbours'",
    "outline": "from the outline",
    "use": "from the use, where it is not known",
    "form": "from the form of roof or ground",
}
HEIGHT_SETS = {0: "heights as observed", **{n: f"draw {n} of the heights" for n in range(1, 9)}}
GROUP = ["district", "site_type", "building_use"]  # of sites whose power is summed
MONTHS = tuple(f"{m:02d}" for m in range(1, 13))
ENERGY_MONTHS = tuple(f"energy_kwh_month_{m}" for m in MONTHS)


def site_id_column() -> Column:
    """Describe the name of a site."""
    return Column("str", "", "kind of site and its id in the source: the same site keeps it from run to run")


def surface_id_column() -> Column:
    """Describe the name of a surface."""
    return Column("str", "", "site_id and a running number")


def month_columns() -> dict[str, Column]:
    """Describe the energies of the twelve months."""
    return {c: amount("kWh", f"AC energy of local month {c[-2:]}, first year") for c in ENERGY_MONTHS}


def kind_column() -> Column:
    """Describe the kind of a site."""
    return Column("str", "", "kind of site", values=SITE_TYPES)


def use_column() -> Column:
    """Describe the use of a building."""
    return Column("str", "", "use of the building; none where the site is no building", values=(*BUILDING_USES, NO_USE))
