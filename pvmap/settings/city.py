"""What a city file holds: who and where, its inputs and masks, and the assumptions of every stage."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import Field, field_validator, model_validator

from pvmap.currency import AMOUNTS, other_money
from pvmap.settings.base import LEVELS_OF_ZONES, Section, assumption
from pvmap.settings.certainty import CertaintySettings, HeightOrigin
from pvmap.settings.countries import with_pack
from pvmap.settings.demo import DemoSettings
from pvmap.settings.energy import EnergySettings
from pvmap.settings.fetch import FetchSettings
from pvmap.settings.identity import City
from pvmap.settings.module import ModuleSettings
from pvmap.settings.paths import LONGEST_NAME, FilePath, RasterPath, paths_in
from pvmap.settings.planning import PlanningSettings
from pvmap.settings.presets import preset
from pvmap.settings.publication import PublicationSettings
from pvmap.settings.roof_planes import RoofPlaneSettings
from pvmap.settings.scenarios import SHIPPED, Scenario
from pvmap.settings.shade import ShadeSettings
from pvmap.settings.sites import FishpondSettings, MineSettings, RooftopSettings, SitingSettings
from pvmap.settings.surface_model import SurfaceModelSettings
from pvmap.settings.weather import WeatherSettings
from pvmap.settings.webmap import MapSettings

Datum = Literal["wgs84", "gcj02", "bd09"]


class FileInput(Section):
    """What every input says about itself, so that a missing one can be asked for."""

    path: FilePath = Field(description="file below data/raw/CITY, an absolute path, or an s3:// address; see README")
    origin: str = Field("", description="where the file is to be had")
    holds: str = Field("", description="what the file should hold")
    crs: str = Field("", description="CRS, needed only where the file does not state it")


class VectorInput(FileInput):
    """Polygons or points in any format OGR reads, GeoParquet, CSV with lon/lat or WKT."""

    preset: str = Field("", description="well-known public set that the file is of: its columns, words and terms")
    layer: str = Field("", description="layer in the file; empty: the only one")
    encoding: str = Field("", description="text encoding, where the file does not state it")
    datum: Datum = Field("wgs84", description="gcj02 or bd09 where the coordinates are shifted Chinese web-map ones")
    of: Literal["sites", "waters", "land_use"] = Field(
        "sites", description="what the layer holds: sites of this kind, or more, out of which rules choose"
    )
    where: str = Field("", description="keep rows by an OGR SQL condition, for example \"fclass = 'quarry'\"")
    explode: bool = Field(True, description="parts of a multipolygon are sites of their own")
    columns: dict[str, str] = Field(
        default_factory=dict,
        description="our name = column there: id, name, height_m, floors, building_use, excluded, includes_dykes, "
        "water_type, land_use, capacity_mw, lon, lat or wkt",
    )
    also: dict[str, str] = Field(
        default_factory=dict, description="our name = column there that counts where the one of columns says nothing"
    )
    if_there: tuple[str, ...] = Field((), description="our names whose column may be absent")
    uses: dict[str, str] = Field(
        default_factory=dict, description="value of the building_use column = one of pvmap's building uses"
    )
    default_use: str = Field("other", description="building_use of rows whose use is not known")
    height_origin: HeightOrigin = Field(
        "",
        description="where heights and outlines of buildings come from: surveyed, cadastre, floors (a number of floors "
        "times a constant) or public_model; empty: not stated, and doubted accordingly",
    )
    height_rmse_m: float | None = Field(
        None, gt=0, description="root mean square error of the heights, as whoever published them states it [m]"
    )
    words: dict[str, str] = Field(
        default_factory=dict,
        description="word in excluded, includes_dykes or water_type that pvmap does not know = one it knows: a reason, "
        "yes, no, or a class of water",
    )

    @model_validator(mode="before")
    @classmethod
    def _of_a_set(cls, given: Any) -> Any:
        if isinstance(given, dict) and isinstance(given.get("preset"), str) and given["preset"]:
            tables = all(isinstance(given.get(name) or {}, dict) for name in ("columns", "also", "uses", "words"))
            return preset(given["preset"]).under(given) if tables else given
        return given


class TableInput(FileInput):
    """A table in text: CSV with a header."""

    encoding: str = Field("", description="text encoding, where it is not UTF-8, UTF-16 or GBK")
    columns: dict[str, str] = Field(default_factory=dict, description="our name = column there")


class DeviceInput(TableInput):
    """Transformers, a row per station and voltage level."""

    datum: Datum = Field("wgs84", description="of their longitude and latitude: gcj02 or bd09 where shifted")


class AreaInput(VectorInput):
    """Areas of a kind of the city's own, for example its development parks; results are summed by their names."""

    level: str = Field(min_length=1, max_length=LONGEST_NAME, description="what such an area is called")
    load: FileInput | None = Field(None, description="load of the areas: CSV time,district,load_kw; district: its name")

    @field_validator("level")
    @classmethod
    def _own(cls, level: str) -> str:
        if level in LEVELS_OF_ZONES:
            raise ValueError(f"{level} is a level that every city has; choose another name")
        return level


class BackdropInput(VectorInput):
    """Waters or roads that the map shows beneath its data; no number depends on them."""

    shows: Literal["water", "road"] = Field(description="what it shows: water or road; areas or lines")


class RasterInput(FileInput):
    """A raster of elevations in one file or many: a pattern (``dsm/*.tif``), or a list of paths and patterns."""

    path: RasterPath = Field(description="file below data/raw/CITY, or an absolute path; a pattern; or a list of these")
    nodata: float | None = Field(None, description="value that means missing, where the file does not state it")

    @property
    def paths(self) -> tuple[str, ...]:
        """Every path or pattern that it names."""
        return paths_in(self.path)


class SurfaceInput(RasterInput):
    """A raster of heights of ground, roofs and trees."""

    above_ground: bool = Field(False, description="its heights are those above ground, not above sea")


class Mask(Section):
    """Ground that may not be used, with the clause that says so."""

    name: str = Field(description="short reason, shown on the map")
    clause: str = Field(description="the rule that excludes, with its source")
    input: VectorInput | None = Field(None, description="polygons; absent: the mask is listed as not checked")
    raster: RasterInput | None = Field(None, description="raster whose values say where")
    values: tuple[int, ...] = Field((), description="raster values that exclude")
    buffer_m: float = Field(0.0, ge=0, description="widen the polygons by this distance [m]")
    applies_to: tuple[str, ...] = Field(("rooftop", "mine", "fishpond"), description="kinds of site it binds")


class Inputs(Section):
    """The files a city brings; every one may be absent, but something must be there."""

    buildings: tuple[VectorInput, ...] = ()
    mines: tuple[VectorInput, ...] = ()
    fishponds: tuple[VectorInput, ...] = ()
    districts: VectorInput | None = None
    townships: VectorInput | None = None
    existing_pv: VectorInput | None = None
    sensitive: VectorInput | None = None
    dem: RasterInput | None = None
    dsm: SurfaceInput | None = None
    land_cover: RasterInput | None = None
    land_use: VectorInput | None = None
    roofs_cityjson: FileInput | None = None
    overrides: FileInput | None = None
    load: FileInput | None = None
    market_prices: FileInput | None = None
    retail_contract: TableInput | None = None
    grid_devices: DeviceInput | None = None
    device_loads: TableInput | None = None
    registered: TableInput | None = None
    supply_areas: VectorInput | None = None
    supply_shares: TableInput | None = None
    county_limits: TableInput | None = None
    targets: TableInput | None = None
    rates: TableInput | None = None
    costs: TableInput | None = None
    mechanism: TableInput | None = None
    areas: tuple[AreaInput, ...] = ()
    backdrop: tuple[BackdropInput, ...] = ()


class RunSettings(Section):
    """How the work is cut and shared, and the form of files; no number depends on it."""

    sites_per_tile: int = assumption(
        8000,
        unit="1",
        mark="choice",
        source="judgement: a tile costs some 50 ms beside its sites; larger ones save little and take memory",
        about="sites in one tile at most",
        ge=1,
    )
    sites_per_file: int = assumption(
        1_000_000,
        unit="1",
        mark="choice",
        source="judgement: whoever joins so many rows into a file keeps others waiting for seconds; cities have fewer",
        about="sites in one file of a table; of more a table is a folder of files, each written by whoever is free",
        ge=1,
    )
    retries: int = assumption(
        2,
        unit="1",
        mark="choice",
        source="judgement: a worker that died once may live the next time",
        about="how often a failed tile is tried again",
        ge=0,
    )
    geopackage_in: Literal["metric", "geographic"] = Field(
        "metric", description="the GeoPackage's CRS: the city's metric one, or CGCS2000 degrees (EPSG:4490)"
    )


class Settings(Section):
    """A whole city file."""

    city: City
    fetch: FetchSettings = FetchSettings()
    inputs: Inputs = Inputs()
    masks: tuple[Mask, ...] = ()
    weather: WeatherSettings = WeatherSettings()
    module: ModuleSettings = ModuleSettings()
    siting: SitingSettings = SitingSettings()
    rooftop: RooftopSettings = RooftopSettings()
    mine: MineSettings = MineSettings()
    fishpond: FishpondSettings = FishpondSettings()
    surface_model: SurfaceModelSettings = SurfaceModelSettings()
    roof_planes: RoofPlaneSettings = RoofPlaneSettings()
    shade: ShadeSettings = ShadeSettings()
    energy: EnergySettings = EnergySettings()
    certainty: CertaintySettings = CertaintySettings()
    planning: PlanningSettings = PlanningSettings()
    scenarios: tuple[Scenario, ...] = assumption(
        SHIPPED,
        unit="",
        mark="unverified",
        source="judgement: bids won within [jiangsu_bids], midday prices around the lowest of them, use of 90 to 98 %; "
        "who may bid and what was won is by province and year, see inputs.mechanism",
        about="scenarios of price and use: bid won and its share, midday price, share of energy that is taken",
    )
    map: MapSettings = MapSettings()
    publication: PublicationSettings = PublicationSettings()
    demo: DemoSettings | None = None
    run: RunSettings = RunSettings()

    @field_validator("scenarios")
    @classmethod
    def _named_once(cls, scenarios: tuple[Scenario, ...]) -> tuple[Scenario, ...]:
        names = [one.name for one in scenarios]
        if twice := [name for name in names if names.count(name) > 1]:
            raise ValueError(f"scenario {twice[0]!r} is there twice; give each a name of its own")
        return scenarios

    @model_validator(mode="before")
    @classmethod
    def _by_country(cls, given: Any) -> Any:
        return with_pack(given) if isinstance(given, dict) else given

    @model_validator(mode="after")
    def _counts_in_its_money(self) -> Settings:
        for _, one in self.inputs:
            titles = one.columns if isinstance(one, TableInput) else {}
            for name in sorted(AMOUNTS & {*titles}):
                title = titles[name]
                if money := other_money(title.replace(name, ""), self.city.currency):  # ours are of any money
                    raise ValueError(
                        f"{one.path}: column {title!r} is told in {money}, but this city counts in "
                        f"{self.city.currency}; bring it in that, or set city.currency"
                    )
        return self

    @model_validator(mode="after")
    def _may_use_its_sets(self) -> Settings:
        named = (*self.inputs.buildings, *self.inputs.mines, *self.inputs.fishponds)
        for one in named:
            if one.preset and preset(one.preset).points:
                raise ValueError(
                    f"{one.path} is of {one.preset}, which holds points: they say where to look, not where modules go "
                    "nor how large a site is, and no circle around them stands for one; draw outlines there, or bring "
                    'a set that has them (preset = "maus-mines", "tang-werner-mines" or "mine-features")'
                )
            if one.preset and preset(one.preset).non_commercial and not self.fetch.non_commercial:
                raise ValueError(
                    f"{one.path} is of {one.preset}, whose licence ({preset(one.preset).licence}) forbids commercial "
                    "use; write non_commercial = true under [fetch] if yours is none"
                )
        return self
