"""What a city file holds: who and where, its inputs and masks, and the assumptions of every stage."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from pvmap.settings.base import Section, assumption
from pvmap.settings.demo import DemoSettings
from pvmap.settings.energy import EnergySettings
from pvmap.settings.module import ModuleSettings
from pvmap.settings.paths import LONGEST_NAME, FilePath, FolderName, RasterPath, paths_in
from pvmap.settings.planning import PlanningSettings
from pvmap.settings.roof_planes import RoofPlaneSettings
from pvmap.settings.shade import ShadeSettings
from pvmap.settings.sites import FishpondSettings, MineSettings, RooftopSettings, SitingSettings
from pvmap.settings.surface_model import SurfaceModelSettings
from pvmap.settings.weather import WeatherSettings
from pvmap.settings.webmap import MapSettings

Datum = Literal["wgs84", "gcj02", "bd09"]


class City(Section):
    """Who and where."""

    name: FolderName = Field(
        pattern=r"^[a-z0-9_-]+$",
        max_length=LONGEST_NAME,
        description="short name: folder names under data/ and maps/",
    )
    title_zh: str = Field(description="title of the map, Chinese")
    title_en: str = Field(description="title of the map, English")
    data_date: str = Field("", description="date of the data, as the banner prints it")
    attribution: str = Field("", description="whose data this is, as the banner prints it")
    synthetic: bool = Field(
        False, description="the data are made up and must be labelled so wherever a person sees them"
    )
    internal_use: bool = Field(True, description="print 内部使用 on the map")
    review_number: str = Field("", description="审图号 of a published map")
    crs: str = Field("", description="metric CRS, for example EPSG:4549; empty: chosen from the data")
    utc_offset_hours: float = Field(8.0, ge=-12, le=14, description="local standard time: months and hours are local")


class FileInput(Section):
    """What every input says about itself, so that a missing one can be asked for."""

    path: FilePath = Field(description="file below data/raw/CITY, or an absolute path")
    origin: str = Field("", description="where the file is to be had")
    holds: str = Field("", description="what the file should hold")
    crs: str = Field("", description="CRS, needed only where the file does not state it")


class VectorInput(FileInput):
    """Polygons or points in any format OGR reads, GeoParquet, CSV with lon/lat or WKT."""

    layer: str = Field("", description="layer in the file; empty: the only one")
    encoding: str = Field("", description="text encoding, where the file does not state it")
    datum: Datum = Field("wgs84", description="gcj02 or bd09 where the coordinates are shifted Chinese web-map ones")
    where: str = Field("", description="keep rows by an OGR SQL condition, for example \"fclass = 'quarry'\"")
    explode: bool = Field(True, description="parts of a multipolygon are sites of their own")
    columns: dict[str, str] = Field(
        default_factory=dict,
        description="our name = column there: id, name, height_m, floors, building_use, excluded, includes_dykes, "
        "water_type, capacity_mw, lon, lat or wkt",
    )
    uses: dict[str, str] = Field(
        default_factory=dict, description="value of the building_use column = one of pvmap's building uses"
    )
    default_use: str = Field("other", description="building_use of rows whose use is not known")
    words: dict[str, str] = Field(
        default_factory=dict,
        description="word in excluded, includes_dykes or water_type that pvmap does not know = one it knows: a reason, "
        "yes, no, or a class of water",
    )


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
    dem: RasterInput | None = None
    dsm: SurfaceInput | None = None
    roofs_cityjson: FileInput | None = None
    overrides: FileInput | None = None
    load: FileInput | None = None
    market_prices: FileInput | None = None


class RunSettings(Section):
    """How the work is cut and shared; no number depends on it."""

    sites_per_tile: int = assumption(
        4000,
        unit="1",
        mark="choice",
        source="judgement: one dask task costs 1.8 ms: few, large tiles",
        about="sites in one tile at most",
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


class Settings(Section):
    """A whole city file."""

    city: City
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
    planning: PlanningSettings = PlanningSettings()
    map: MapSettings = MapSettings()
    demo: DemoSettings | None = None
    run: RunSettings = RunSettings()
