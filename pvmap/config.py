"""A city file (TOML) becomes frozen settings; unknown keys are refused, every default carries its source."""

from __future__ import annotations

import re
import reprlib
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Literal, NamedTuple

from pydantic import BaseModel, Field, ValidationError

from pvmap.errors import ConfigError, InputError
from pvmap.foreign_text import visible
from pvmap.opening import is_pattern, matching, read_utf8
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
from pvmap.settings.weather import WeatherFile, WeatherSettings
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


class Folders(NamedTuple):
    """Where a city's files lie."""

    raw: Path
    processed: Path
    maps: Path


class Assumption(NamedTuple):
    """One configurable value as reports list it."""

    key: str
    value: Any
    default: Any
    unit: str
    mark: str
    source: str
    about: str
    low: float | None
    high: float | None


def find_city_file(city: str, folder: Path = Path("pipelines")) -> Path:
    """Turn a city's name or a path into the path of its TOML file."""
    path = Path(city)
    if path.suffix == ".toml":
        if _is_there(path):
            return path
        raise ConfigError(f"City file {city} is not there; give the path of a TOML file or a name from {folder}/.")
    if _is_there(folder / f"{city}.toml"):
        return folder / f"{city}.toml"
    names = ", ".join(sorted(p.stem for p in folder.glob("*.toml") if p.stem != "TEMPLATE")) or "none"
    raise ConfigError(
        f"No city named {reprlib.repr(city)} in {folder}/ (there: {names}); "
        "name one of them or give the path of a TOML file."
    )


def _is_there(path: Path) -> bool:
    """Whether anything is there; a name no system can have is not."""
    try:
        return path.exists()
    except OSError:
        return False


def load(path: Path) -> Settings:
    """Read and validate a city file.

    Raises
    ------
    ConfigError
        One sentence naming the file, the key, the value and what is allowed.
    """
    try:
        data = tomllib.loads(read_utf8(path).removeprefix("\ufeff"))
    except InputError as error:
        raise ConfigError(str(error)) from None
    except RecursionError:
        raise ConfigError(
            f"{path} is nested too deeply; pipelines/TEMPLATE.toml shows what a city file holds."
        ) from None
    except ValueError as error:  # not TOML, or a whole number of thousands of digits
        raise ConfigError(f"{path} is not valid TOML: {str(error).splitlines()[0].rstrip('.')}.") from None
    try:
        return Settings.model_validate(data)
    except ValidationError as error:
        raise ConfigError(_sentence(path, error)) from None


def folders(settings: Settings, city_file: Path, root: Path | None = None) -> Folders:
    """Folders of a city: below `root`, by default the folder that holds ``pipelines/``."""
    if root is None:
        parent = city_file.resolve().parent
        root = parent.parent if parent.name == "pipelines" else Path.cwd()
    name = settings.city.name
    return Folders(root / "data" / "raw" / name, root / "data" / "processed" / name, root / "maps" / name)


def file_inputs(settings: Settings) -> Iterator[tuple[str, FileInput | WeatherFile]]:
    """Every input file a city file names, with the key that names it."""
    for key in Inputs.model_fields:
        value = getattr(settings.inputs, key)
        for one in value if isinstance(value, tuple) else (value,):
            if one is not None:
                yield f"inputs.{key}", one
    for mask in settings.masks:
        for one in (mask.input, mask.raster):
            if one is not None:
                yield f"masks ({mask.name})", one
    for point in settings.weather.points:
        if point.path:
            yield "weather.points", point


def require_inputs(settings: Settings, raw: Path) -> None:
    """Raise one message that lists every missing file, what it should hold and where it is to be had."""
    missing = [(key, one, path) for key, one in file_inputs(settings) for path in missing_paths(one, raw)]
    if missing:
        lines = [
            visible(
                f"  {path}  ({key}): {one.holds or 'see pipelines/TEMPLATE.toml'}"
                + (f"; from {one.origin}" if one.origin else "")
            )
            for key, one, path in missing
        ]
        raise InputError(
            f"{len(missing)} input file(s) of city {settings.city.name!r} are not there; put them in place:\n"
            + "\n".join(lines)
        )
    if not (settings.inputs.buildings or settings.inputs.mines or settings.inputs.fishponds):
        raise ConfigError(
            f"City {settings.city.name!r} names no buildings, mines or fishponds; add at least one under [inputs]."
        )


def missing_paths(source: FileInput | WeatherFile, raw: Path) -> list[Path]:
    """Paths and patterns of an input behind which nothing is."""
    named = source.paths if isinstance(source, RasterInput) else (source.path,)
    missing = [one for one in named if not _is_there(raw / one)]
    if isinstance(source, RasterInput):
        missing = [one for one in missing if not is_pattern(one) or not _matches(raw, one)]
    return [raw / one for one in missing]


def _matches(raw: Path, pattern: str) -> bool:
    try:
        return bool(matching(raw, pattern))
    except InputError:
        return False


def assumptions(settings: BaseModel, prefix: str = "") -> Iterator[Assumption]:
    """List every declared assumption of the settings, nested sections included."""
    for key, field in type(settings).model_fields.items():
        value = getattr(settings, key)
        if isinstance(value, BaseModel):
            yield from assumptions(value, f"{prefix}{key}.")
        elif isinstance(field.json_schema_extra, dict) and "mark" in field.json_schema_extra:
            extra: dict[str, Any] = field.json_schema_extra
            yield Assumption(
                prefix + key,
                value,
                field.get_default(call_default_factory=True),
                extra["unit"],
                extra["mark"],
                extra["source"],
                field.description or "",
                extra["low"],
                extra["high"],
            )


def _sentence(path: Path, error: ValidationError) -> str:
    # a mistyped key is missing under its right name as well: the typo is what to say
    first = min(error.errors(), key=lambda one: one["type"] != "extra_forbidden")
    where = ".".join(str(p) for p in first["loc"])
    more = f" ({error.error_count() - 1} more to put right)" if error.error_count() > 1 else ""
    if first["type"] == "extra_forbidden":
        allowed = ", ".join(_allowed(first["loc"][:-1]))
        return f"{path}: unknown key {where!r}; allowed here: {allowed}{more}."
    if first["type"] == "missing":
        return f"{path}: key {where!r} is missing; pipelines/TEMPLATE.toml explains it{more}."
    given, why = reprlib.repr(first["input"]), re.sub(r"^Value error, ", "", first["msg"])
    return f"{path}: {where} = {given} is not possible: {why}{more}."


def _allowed(location: tuple[int | str, ...]) -> list[str]:
    """Keys that a section accepts, found by walking the models along an error's location."""
    model: type[BaseModel] = Settings
    for part in location:
        if isinstance(part, int) or part not in model.model_fields:
            continue
        inner = _section_of(model.model_fields[part].annotation)
        if inner is None:
            return []
        model = inner
    return list(model.model_fields)


def _section_of(annotation: Any) -> type[BaseModel] | None:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    for argument in getattr(annotation, "__args__", ()):
        if (found := _section_of(argument)) is not None:
            return found
    return None
