"""Settings of the map: what a reader may see, and which online base maps may be ticked."""

from __future__ import annotations

import re
from typing import Annotated, Literal

from pydantic import AfterValidator, Field

from pvmap.settings.base import Section, assumption

PLACES = ("z", "x", "y", "-y", "s", "r", "key")  # what a tile address may leave open, in braces
Name = Annotated[str, Field(min_length=1)]  # no name at all is that of many sites
_HTTP = re.compile(r"https?://[^/?#]", re.IGNORECASE)
_RELATIVE = re.compile(r"(?!//)[^:?#]*(?:/.*|[?#].*)?")  # no scheme, no other host


def _tile_address(url: str) -> str:
    """Refuse an address that is anything but a picture of a web server or a file beside the map."""
    if re.search(r"[\s\\<>\"'`]", url) or not url.isprintable():
        raise ValueError("a tile address holds no blanks, quotes, backslashes or control characters")
    if not (_HTTP.match(url) or _RELATIVE.fullmatch(url)):
        raise ValueError("a tile address begins with https:// or http://, or is a path beside the map")
    for name in re.findall(r"\{([^{}]*)\}", url):
        if name not in PLACES:
            raise ValueError(
                f"{{{name}}} is not known; a tile address may hold {', '.join(f'{{{p}}}' for p in PLACES)}"
            )
    return url


class BaseMap(Section):
    """An online base map; nothing is requested from it until a reader ticks it."""

    name_zh: str = Field(description="name in the layer list, Chinese")
    name_en: str = Field(description="name in the layer list, English")
    urls: tuple[Annotated[str, AfterValidator(_tile_address)], ...] = Field(
        min_length=1, description="tile addresses with {z} {x} {y}, {s} and, if needed, {key}"
    )
    subdomains: str = Field(default="", description="letters or digits that {s} stands for")
    datum: Literal["wgs84", "gcj02"] = Field(default="wgs84", description="gcj02: shifted so that it fits the data")
    attribution: str = Field(default="", description="whose map it is")
    max_zoom: int = Field(default=18, ge=1, le=22, description="deepest zoom the service has")


_TIANDITU = (
    "https://t{{s}}.tianditu.gov.cn/{0}_w/wmts?SERVICE=WMTS&REQUEST=GetTile&VERSION=1.0.0&LAYER={0}&STYLE=default"
    "&TILEMATRIXSET=w&FORMAT=tiles&TILEMATRIX={{z}}&TILEROW={{y}}&TILECOL={{x}}&tk={{key}}"
)

# Tianditu is published in CGCS2000, which for a map is WGS84; Gaode is published in GCJ-02.
BASE_MAPS = (
    BaseMap(
        name_zh="天地图 矢量",
        name_en="Tianditu streets",
        urls=(_TIANDITU.format("vec"), _TIANDITU.format("cva")),
        subdomains="01234567",
        attribution="天地图 国家地理信息公共服务平台",
    ),
    BaseMap(
        name_zh="天地图 影像",
        name_en="Tianditu imagery",
        urls=(_TIANDITU.format("img"), _TIANDITU.format("cia")),
        subdomains="01234567",
        attribution="天地图 国家地理信息公共服务平台",
    ),
    BaseMap(
        name_zh="高德 矢量（GCJ-02，已纠偏）",
        name_en="Gaode streets (GCJ-02, shift corrected)",
        urls=("https://webrd0{s}.is.autonavi.com/appmaptile?lang=zh_cn&size=1&scale=1&style=8&x={x}&y={y}&z={z}",),
        subdomains="1234",
        datum="gcj02",
        attribution="高德地图",
    ),
)


class MapSettings(Section):
    """The map."""

    base_maps: tuple[BaseMap, ...] = Field(BASE_MAPS, description="online base maps a reader may tick; may be empty")
    masked_sites: tuple[Name, ...] = Field((), description="site_id or name of sites that must not be shown one by one")
    mask_mode: Literal["hide", "coarse"] = Field(
        "hide", description="hide: the site is left out; coarse: a square without name stands for it"
    )
    masked_cell_m: float = assumption(
        1000.0,
        unit="m",
        mark="choice",
        source="judgement: too coarse to find a site, fine enough to see where in the city it is",
        about="side of the square a masked site becomes",
        gt=0,
    )
    priority_count: int = assumption(
        100,
        unit="1",
        mark="choice",
        source="judgement: one screen of a table",
        about="how many priority sites are marked: grade A to C, NPV after tax not negative, the highest first",
        ge=0,
    )
    class_count: int = assumption(
        6,
        unit="1",
        mark="choice",
        source="judgement: more than six colours are not told apart",
        about="classes of a colour scale",
        ge=3,
        le=9,
    )
    sites_per_page: int = assumption(
        1_000_000,
        unit="1",
        mark="choice",
        source="judgement: a page of so many sites has some 90 MB, and a browser holds it",
        about="sites that one page of the map holds; of more it is an overview of cells and a page for every sheet",
        ge=100,
    )
    outline_tolerance_m: float = assumption(
        30.0,
        unit="m",
        mark="choice",
        source="judgement: a third of a pixel at zoom 10",
        about="simplification of outlines",
        ge=0,
    )
    deflate_level: int = assumption(
        7,
        unit="1",
        mark="choice",
        source="judgement: level 6 is a third faster for 0.7 % more room, level 10 saves 6 % for five times the time",
        about="level of compression, as libdeflate counts",
        ge=1,
        le=12,
    )
