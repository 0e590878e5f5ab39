"""A city file (TOML) becomes frozen settings; unknown keys are refused, every default carries its source."""

from __future__ import annotations

import re
import reprlib
import tomllib
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

from pydantic import BaseModel, ValidationError

from pvmap.currency import in_money
from pvmap.errors import ConfigError, InputError
from pvmap.foreign_text import visible
from pvmap.opening import is_pattern, is_there, matching, read_utf8
from pvmap.settings.city import AreaInput, FileInput, Inputs, RasterInput, Settings
from pvmap.settings.countries import Pack, pack
from pvmap.settings.references import OWN
from pvmap.settings.weather import WeatherFile

SHIPPED = Path(__file__).parent / "pipelines"  # of an installed package; a checkout has its city files beside it


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

    @property
    def own(self) -> bool:
        """Whether the city file states another value than the default, which the default's source does not hold."""
        return bool(self.value != self.default)


def find_city_file(city: str, folder: Path = Path("pipelines")) -> Path:
    """Turn a city's name or a path into the path of its TOML file; a name in `folder` goes before a shipped one."""
    path = Path(city)
    if path.suffix == ".toml":
        if is_there(path):
            return path
        raise ConfigError(f"City file {city} is not there; give the path of a TOML file or a name from {folder}/.")
    for place in (folder, SHIPPED):
        if is_there(place / f"{city}.toml"):
            return place / f"{city}.toml"
    found = {p.stem for place in (folder, SHIPPED) for p in place.glob("*.toml")} - {"TEMPLATE"}
    names = ", ".join(sorted(found)) or "none"
    raise ConfigError(
        f"No city named {reprlib.repr(city)} in {folder}/ (there: {names}); "
        "name one of them, give the path of a TOML file, or begin one with `pvmap new NAME`."
    )


def load(path: Path) -> Settings:
    """Read and validate a city file.

    Raises
    ------
    ConfigError
        One sentence naming the file, the key, the value and what is allowed.
    """
    try:
        text = read_utf8(path)
    except InputError as error:
        raise ConfigError(str(error)) from None
    return understand(path, text)


def understand(path: Path, text: str) -> Settings:
    """Validate the text of a city file that lies, or will lie, at `path`; see `load`."""
    try:
        data = tomllib.loads(text.removeprefix("\ufeff"))
    except RecursionError:
        raise ConfigError(f"{path} is nested too deeply; `pvmap template` shows what a city file holds.") from None
    except ValueError as error:  # not TOML, or a whole number of thousands of digits
        raise ConfigError(f"{path} is not valid TOML: {str(error).splitlines()[0].rstrip('.')}.") from None
    try:
        return Settings.model_validate(data)
    except ValidationError as error:
        raise ConfigError(_sentence(path, error)) from None


def folders(settings: Settings, city_file: Path, root: Path | None = None) -> Folders:
    """Folders of a city: below `root`, by default the folder that holds ``pipelines/``, or the current one."""
    if root is None:
        parent = city_file.resolve().parent
        own = parent.name == "pipelines" and parent != SHIPPED.resolve()
        root = parent.parent if own else Path.cwd()
    name = settings.city.name
    return Folders(root / "data" / "raw" / name, root / "data" / "processed" / name, root / "maps" / name)


def file_inputs(settings: Settings) -> Iterator[tuple[str, FileInput | WeatherFile]]:
    """Every input file a city file names, with the key that names it."""
    for key in Inputs.model_fields:
        value = getattr(settings.inputs, key)
        for one in value if isinstance(value, tuple) else (value,):
            if one is not None:
                yield f"inputs.{key}", one
            if isinstance(one, AreaInput) and one.load is not None:
                yield f"inputs.{key}", one.load
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
                f"  {path}  ({key}): {one.holds or 'see `pvmap template`'}"
                + (f"; from {one.origin}" if one.origin else "")
            )
            for key, one, path in missing
        ]
        raise InputError(
            f"{len(missing)} input file(s) of city {settings.city.name!r} are not there; put them in place:\n"
            + "\n".join(lines)
        )
    if not settings.weather.points:
        raise ConfigError(
            f"City {settings.city.name!r} names no weather: `pvmap fetch {settings.city.name} weather` brings a "
            'typical year, to be named under [[weather.points]] (path = "weather.json", format = "fetched"); or name a '
            "file of your own there."
        )
    if not (settings.inputs.buildings or settings.inputs.mines or settings.inputs.fishponds):
        raise ConfigError(
            f"City {settings.city.name!r} names no buildings, mines or fishponds; add at least one under [inputs]."
        )


def named_paths(source: FileInput | WeatherFile) -> tuple[str, ...]:
    """Paths and patterns that an input names."""
    return source.paths if isinstance(source, RasterInput) else (source.path,)


def missing_paths(source: FileInput | WeatherFile, raw: Path) -> list[Path]:
    """Paths and patterns of an input behind which nothing is."""
    missing = [one for one in named_paths(source) if not is_there(raw / one)]
    if isinstance(source, RasterInput):
        missing = [one for one in missing if not is_pattern(one) or not _matches(raw, one)]
    return [raw / one for one in missing]


def _matches(raw: Path, pattern: str) -> bool:
    try:
        return bool(matching(raw, pattern))
    except InputError:
        return False


def assumptions(settings: BaseModel, prefix: str = "") -> Iterator[Assumption]:
    """List every declared assumption of the settings, nested sections included.

    Where the country has a pack, its values are the defaults, and rest on what the pack says. What the city file sets
    rests on the city file: nobody has verified it, whatever the default's source is. What a file of the city replaces
    enters nothing, and is left out.
    """
    if isinstance(settings, Settings):
        yield from (one for one in _in_force(settings, prefix) if not one.key.startswith(_replaced(settings)))
    else:
        yield from map(_of_city_file, _declared(settings, prefix))


def _replaced(settings: Settings) -> tuple[str, ...]:
    """Beginnings of the keys in whose place stands what a file of the city holds."""
    weather, files = settings.weather, settings.inputs
    typical = not weather.points or any(one.format == "typical" for one in weather.points)
    return (() if typical else ("weather.typical.",)) + (("planning.tariff.market_",) if files.market_prices else ())


def _in_force(settings: Settings, prefix: str) -> Iterator[Assumption]:
    found = pack(settings.city.country)
    plain = _defaults_of(settings.city.country) if found is not None else {}
    for one in _declared(settings, prefix):
        default = plain.get(one.key, one.default)  # a section that only some cities have stands in no plain city file
        if found is None:
            yield _of_city_file(one)
        elif one.key not in found.unused or one.value != default:
            yield _of_city_file(_of_pack(one, found, default, settings.city.currency))


def _of_city_file(one: Assumption) -> Assumption:
    if not one.own:
        return one
    return one._replace(mark=one.mark if one.mark == "choice" else "unverified", source=OWN + one.source)


def _of_pack(one: Assumption, found: Pack, default: Any, currency: str) -> Assumption:
    """Return an assumption with the pack's default, basis and range, where the pack sets it, in the city's money."""
    counted = one._replace(unit=in_money(one.unit, currency))
    if one.key not in found.values:
        return counted
    low, high = found.ranges.get(one.key, (None, None))
    guessed = low is not None or counted.unit != one.unit
    mark = "unverified" if guessed else "choice"
    return counted._replace(default=default, mark=mark, source=found.source, low=low, high=high)


@cache
def _defaults_of(country: str) -> dict[str, Any]:
    """Values of every assumption where a city file states nothing but its country."""
    city = {"name": country.lower(), "title_zh": "", "title_en": "", "country": country, "utc_offset_hours": 0.0}
    return {one.key: one.value for one in _declared(Settings.model_validate({"city": city}), "")}


def _declared(settings: BaseModel, prefix: str) -> Iterator[Assumption]:
    for key, field in type(settings).model_fields.items():
        value = getattr(settings, key)
        if isinstance(value, BaseModel):
            yield from _declared(value, f"{prefix}{key}.")
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
        return f"{path}: key {where!r} is missing; `pvmap template` explains it{more}."
    if not where:
        return f"{path}: {re.sub(r'^Value error, ', '', first['msg'])}{more}."
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
