"""Where things lie: a coarse sketch of Zhenjiang, drawn for this program.

Districts are sketched by hand on a grid of 0.01 degree from the outlines of [district_outlines] (areas, boxes,
centroids, who borders whom; an older edition of the boundaries), then single points were moved until each area agreed
within 0.3 %. Neighbours share their border as one arc, so there are no gaps and no overlaps. It is a sketch: good for a
demonstration, wrong by up to two kilometres, and no statement about any border.
"""

from __future__ import annotations

from typing import NamedTuple

Points = tuple[tuple[float, float], ...]

# Longitude and latitude in degrees. An arc is drawn once and used by both its neighbours, "-" reverses it.
ARCS: dict[str, Points] = {
    "west": (
        (119.23, 32.22), (119.16, 32.19), (119.08, 32.19), (119.01, 32.13), (119.01, 32.11), (119.09, 32.09),
        (119.09, 32.02), (119.10, 31.98), (119.05, 31.96), (119.10, 31.93), (119.09, 31.87), (119.02, 31.85),
        (118.96, 31.84), (118.98, 31.77), (119.05, 31.79), (119.13, 31.72), (119.22, 31.66), (119.25, 31.62),
        (119.30, 31.66), (119.32, 31.72), (119.27, 31.76), (119.33, 31.86),
    ),
    "south": ((119.33, 31.86), (119.37, 31.85), (119.42, 31.82), (119.41, 31.87)),
    "southeast": (
        (119.41, 31.87), (119.47, 31.88), (119.56, 31.86), (119.59, 31.80), (119.67, 31.78), (119.73, 31.74),
        (119.75, 31.78), (119.80, 31.85), (119.76, 31.87), (119.78, 31.98), (119.80, 32.05), (119.89, 32.06),
    ),
    "east": (
        (119.89, 32.06), (119.91, 32.00), (119.96, 32.02), (119.93, 32.10), (119.88, 32.23), (119.82, 32.30),
        (119.76, 32.32), (119.71, 32.29), (119.69, 32.24),
    ),
    "north of dantu, eastern part": (
        (119.69, 32.24), (119.67, 32.29), (119.63, 32.27), (119.58, 32.26), (119.56, 32.23),
    ),
    "north of jingkou": ((119.56, 32.23), (119.56, 32.29), (119.53, 32.28), (119.50, 32.25), (119.45, 32.26)),
    "north of runzhou": ((119.45, 32.26), (119.40, 32.25), (119.38, 32.23)),
    "north of dantu": ((119.38, 32.23), (119.30, 32.24), (119.23, 32.22)),
    "jurong, northern dantu": ((119.23, 32.22), (119.26, 32.19), (119.24, 32.14), (119.28, 32.11)),
    "jurong, runzhou": ((119.28, 32.11), (119.33, 32.09)),
    "jurong, southern dantu": (
        (119.33, 32.09), (119.37, 32.05), (119.37, 31.98), (119.34, 31.96), (119.33, 31.86),
    ),
    "runzhou's exclave": ((119.28, 32.11), (119.34, 32.13), (119.34, 32.10), (119.33, 32.09)),
    "dantu, danyang": (
        (119.41, 31.87), (119.44, 31.93), (119.43, 32.03), (119.48, 32.09), (119.60, 32.07), (119.65, 32.10),
        (119.69, 32.14), (119.80, 32.11),
    ),
    "danyang, yangzhong": ((119.80, 32.11), (119.87, 32.08), (119.89, 32.06)),
    "dantu, yangzhong": ((119.71, 32.25), (119.76, 32.21), (119.82, 32.20), (119.79, 32.17), (119.80, 32.11)),
    "jingkou, yangzhong": ((119.69, 32.24), (119.71, 32.25)),
    "eastern dantu, jingkou": ((119.56, 32.23), (119.56, 32.19), (119.65, 32.20), (119.69, 32.24)),
    "jingkou, dantu": ((119.71, 32.25), (119.70, 32.17), (119.64, 32.14), (119.54, 32.16), (119.49, 32.14)),
    "jingkou, runzhou": ((119.49, 32.14), (119.44, 32.21), (119.45, 32.26)),
    "runzhou, dantu": (
        (119.49, 32.14), (119.41, 32.17), (119.39, 32.14), (119.36, 32.15), (119.31, 32.20), (119.38, 32.23),
    ),
}  # fmt: skip


class District(NamedTuple):
    """A county-level district: its rings as arcs, and what the demo takes from [district_outlines]."""

    adcode: str
    name: str
    rings: tuple[tuple[str, ...], ...]
    area_km2: float  # of the outlines
    population: float  # thousands, 2020, unverified
    n_townships: int  # of the demo's own making
    pond_share: float  # of the demo's ponds; Danyang, Jurong and Dantu dominate [U]
    seats: tuple[tuple[float, float, float], ...]  # longitude, latitude, share of the district's urban stock


DISTRICTS = (
    District(
        "321102",
        "京口区",
        (
            (
                "-eastern dantu, jingkou",
                "north of jingkou",
                "-jingkou, runzhou",
                "-jingkou, dantu",
                "-jingkou, yangzhong",
            ),
        ),
        211.0,
        616.0,
        6,
        0.06,
        ((119.475, 32.200, 0.55), (119.655, 32.175, 0.25)),
    ),
    District(
        "321111",
        "润州区",
        (
            ("-runzhou, dantu", "jingkou, runzhou", "north of runzhou"),
            ("jurong, runzhou", "-runzhou's exclave"),
        ),
        122.1,
        300.0,
        5,
        0.04,
        ((119.415, 32.200, 0.70),),
    ),
    District(
        "321112",
        "丹徒区",
        (
            (
                "jurong, northern dantu",
                "runzhou's exclave",
                "jurong, southern dantu",
                "south",
                "dantu, danyang",
                "-dantu, yangzhong",
                "jingkou, dantu",
                "runzhou, dantu",
                "north of dantu",
            ),
            ("north of dantu, eastern part", "eastern dantu, jingkou"),
        ),
        748.6,
        355.0,
        11,
        0.22,
        ((119.450, 32.125, 0.45),),
    ),
    District(
        "321181",
        "丹阳市",
        (("southeast", "-danyang, yangzhong", "-dantu, danyang"),),
        1056.6,
        988.9,
        14,
        0.30,
        ((119.580, 31.995, 0.55),),
    ),
    District(
        "321182",
        "扬中市",
        (("danyang, yangzhong", "east", "jingkou, yangzhong", "dantu, yangzhong"),),
        328.1,
        315.9,
        6,
        0.10,
        ((119.800, 32.240, 0.55),),
    ),
    District(
        "321183",
        "句容市",
        (("west", "-jurong, southern dantu", "-jurong, runzhou", "-jurong, northern dantu"),),
        1378.9,
        639.3,
        14,
        0.28,
        ((119.165, 31.950, 0.50),),
    ),
)

YANGTZE: Points = (
    (118.94, 32.14), (119.02, 32.18), (119.08, 32.21), (119.16, 32.215), (119.24, 32.24), (119.32, 32.252),
    (119.38, 32.245), (119.45, 32.252), (119.50, 32.235), (119.56, 32.195), (119.60, 32.187), (119.65, 32.20),
    (119.69, 32.245), (119.71, 32.29), (119.76, 32.32), (119.82, 32.30), (119.88, 32.23), (119.93, 32.10),
    (119.96, 32.02), (120.00, 31.96),
)  # fmt: skip
SIDE_CHANNEL: Points = (
    (119.695, 32.25), (119.76, 32.21), (119.82, 32.20), (119.79, 32.17), (119.80, 32.11), (119.87, 32.08),
    (119.90, 32.03), (119.94, 31.99),
)  # fmt: skip
CANAL: Points = ((119.44, 32.235), (119.50, 32.12), (119.56, 32.02), (119.63, 31.93), (119.72, 31.83), (119.76, 31.79))
UPPER_RIVER: Points = ((119.26, 32.04), (119.20, 31.94), (119.10, 31.89), (119.02, 31.87), (118.96, 31.86))
WATERCOURSES = (  # name, line, half width in metres: schematic [U]
    ("长江（示意）", YANGTZE, 750.0),
    ("夹江（示意）", SIDE_CHANNEL, 220.0),
    ("运河（示意）", CANAL, 45.0),
    ("合成河", UPPER_RIVER, 30.0),
)
LAKES = (  # longitude, latitude, radius in metres: synthetic
    (119.07, 31.90, 1500.0),
    (119.21, 32.02, 800.0),
    (119.24, 31.84, 700.0),
    (119.46, 31.99, 600.0),
    (119.70, 31.92, 700.0),
    (119.31, 32.01, 500.0),
    (119.14, 31.78, 900.0),
)
