"""Why ground or roof is not used: every reason the rules of this package can give, apart from the masks' own names.

These words stand in the table "exclusions"; maps and workbooks have their Chinese in ``webmap/texts.toml``.
"""

from __future__ import annotations

SETBACK = "setback"
OBSTACLES = "obstacles"
ACCESS = "access and maintenance"
STRUCTURE = "ownership and structure"
POLE_FACING = "north-facing plane"
SMALL_ROOF = "roof too small"
NO_TERRAIN = "no terrain"
TERRAIN_SHARE = "share of broken ground"
HIGHWALL = "highwall"
ASPECT = "slope and aspect"
SMALL_PATCH = "patch too small"
ROADS = "roads and inverters"
DYKES = "dykes"
SMALL_POND = "pond too small"
NARROW_POND = "pond too narrow"
SMALL_CLUSTER = "cluster too small"
BANNED_WATER = "river, lake or reservoir"

# Values of the column `excluded` that say why a single site is out.
SOURCE_REASONS = {
    "heritage": "heritage",
    "temporary": "temporary building",
    "illegal": "illegal building",
    "demolition": "planned for demolition",
    "hazardous": "class A or B fire hazard, acid or dust",
    "old_steel": "steel roof at the end of its life",
    "structure": "unsafe building",
    "stated": "left out by its source",
}

# Every one of them.
REASONS = (
    SETBACK,
    OBSTACLES,
    ACCESS,
    STRUCTURE,
    POLE_FACING,
    SMALL_ROOF,
    NO_TERRAIN,
    TERRAIN_SHARE,
    HIGHWALL,
    ASPECT,
    SMALL_PATCH,
    ROADS,
    DYKES,
    SMALL_POND,
    NARROW_POND,
    SMALL_CLUSTER,
    BANNED_WATER,
    *SOURCE_REASONS.values(),
)
