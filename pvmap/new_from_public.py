"""The city file of a city that begins with public data: its window, and an input for each layer that is fetched."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, NamedTuple

from pvmap.config import understand
from pvmap.errors import ConfigError
from pvmap.new_city import began
from pvmap.settings.city import VectorInput
from pvmap.settings.countries import HOME
from pvmap.settings.countries.where import BEIJING, Country, guess, standard_hours, zone_of
from pvmap.sources.files import open_layer
from pvmap.sources.remote.fetch import usual_order
from pvmap.sources.remote.provider import LAYERS, Window
from pvmap.sources.remote.record import entries
from pvmap.sources.remote.weather import files, points
from pvmap.sources.remote.where import window_around

GUESSED, SAID = "按位置推断，请核对 · guessed from the place, please check", "按命令所写 · as the command said"
NAMES = ("name", "名称", "区县", "县", "name_zh", "xzqmc", "shapename", "namn", "ad_name")  # of a boundary's columns
TEXT = """\
# 每个键的含义与默认值：pvmap template · every key with its default: pvmap template
# 1. pvmap fetch {name}   2. pvmap check {name}   3. pvmap map {name}   自己的文件 · own files: data/raw/{name}/

[city]
name = {quoted}
title_zh = {title_zh}
title_en = {title_en}
country = "{country}"  # {why}; CN: 中国规则 · China's rules, generic: 通用取值 · plain values
utc_offset_hours = {offset}  # {zone} 标准时，不计夏令时 · its standard time, without summer time

[fetch]  # pvmap fetch 获取的范围 · what pvmap fetch brings
window = [{west:.5f}, {south:.5f}, {east:.5f}, {north:.5f}]
sources = {{ {sources} }}  # 依次尝试，其余见 --plan · asked in this order; others: --plan
[inputs]  # 有更好的文件就替换 · put better files of your own in their place
buildings = [{{ path = "{buildings}", preset = "fetched", origin = "pvmap fetch {name} buildings" }}]
mines = [{{ path = "{land_use}", preset = "fetched", of = "land_use", origin = "pvmap fetch {name} land_use" }}]
fishponds = [{{ path = "{water}", preset = "fetched", of = "waters", origin = "pvmap fetch {name} water" }}]
land_use = {{ path = "{land_use}", preset = "fetched", origin = "pvmap fetch {name} land_use" }}
dem = {{ path = "{terrain}", origin = "pvmap fetch {name} terrain" }}
land_cover = {{ path = "{land_cover}", origin = "pvmap fetch {name} land_cover" }}
backdrop = [{{ path = "{water}", preset = "fetched", shows = "water", origin = "pvmap fetch {name} water" }},
  {{ path = "{roads}", preset = "fetched", shows = "road", origin = "pvmap fetch {name} roads" }}]  # 底图 · drawn only
{districts}
[[masks]]
name = "自然保护地"
clause = "protected land of public maps (unverified; judgement: professional practice)"
applies_to = ["mine", "fishpond"]
input = {{ path = "{protected}", preset = "fetched", origin = "pvmap fetch {name} protected" }}
[weather]
points = [{weather}]
"""


class Boundary(NamedTuple):
    """An outline of the user's own."""

    path: Path
    names: str


def new_from_public(
    name: str,
    root: Path,
    window: tuple[float, float, float, float] | None = None,
    boundary: Path | None = None,
    country: Country | None = None,
) -> tuple[Path, Path, str]:
    """Write ``pipelines/NAME.toml`` for public data, and make the folder they go into.

    Parameters
    ----------
    name, root
        As `pvmap.new_city.new_city` takes them.
    window
        West, south, east, north [degrees].
    boundary
        File of the city's outline or districts, from which the window is taken; without either the window is that of
        what was fetched before.
    country
        Whose rules hold; left out, the place says, as far as it can.

    Returns
    -------
    tuple
        City file, folder of its inputs, and whose rules it follows: a key of ``city.country``.

    Raises
    ------
    ConfigError
        Nothing says where the city lies, or as `new_city`.
    InputError
        The outline cannot be read.
    """
    outline = None
    if boundary is not None:
        outline, window = _outline(boundary)
    box = Window(*(window or _fetched_window(root / "data" / "raw" / name)))
    _require_window(root / "pipelines" / f"{name}.toml", name, box)
    why = GUESSED if country is None else SAID
    country = country or guess(*box.middle)
    zone = BEIJING if country == HOME else zone_of(*box.middle)
    weather = files(Path(LAYERS["weather"]), len(points(box)))
    origin = f'origin = "pvmap fetch {name} weather"'
    listed = ", ".join(f'{{ path = "{one}", format = "fetched", {origin} }}' for one in weather)
    text = TEXT.format(
        name=name, quoted=_quoted(name), title_zh=_quoted(f"{name} 光伏开发潜力地图"),
        title_en=_quoted(f"PV potential of {name}"), country=country,
        why=why, offset=standard_hours(zone), zone=zone,
        sources=_sources(country), districts=_districts(outline), weather=listed,
        **box._asdict(), **{layer: file for layer, file in LAYERS.items() if layer != "weather"},
    )  # fmt: skip
    understand(root / "pipelines" / f"{name}.toml", text)
    return *began(name, root, text), country


def _require_window(path: Path, name: str, box: Window) -> None:
    """Have the window judged as that of any city file, before a place is looked up in it."""
    titles = f'title_zh = ""\ntitle_en = ""\ncountry = "{HOME}"'
    window = ", ".join(str(float(one)) for one in box)
    understand(path, f"[city]\nname = {_quoted(name)}\n{titles}\n[fetch]\nwindow = [{window}]\n")


def _sources(country: Country) -> str:
    """Write who is asked, in which order, for the layers that several can give."""
    orders = {layer: list(usual_order(layer, country)) for layer in ("buildings", "weather", "weather_years")}
    return ", ".join(f"{layer} = {json.dumps(names)}" for layer, names in orders.items())


def _outline(boundary: Path) -> tuple[Boundary, Window]:
    """Window around an outline, and the column of its names."""
    path = boundary.resolve()
    return Boundary(path, _name_column(path)), window_around(VectorInput(path=str(path)), path.parent)


def _name_column(path: Path) -> str:
    """Column of an outline that holds names, by what such columns are called; empty where none is."""
    for name in NAMES:
        source = VectorInput(path=str(path), columns={"name": name}, if_there=("name",))
        found = open_layer(source, path.parent)[0].names.get("name")
        if found:
            return found
    return ""


def _districts(outline: Boundary | None) -> str:
    if outline is None:
        return '#districts = { path = "districts.geojson", columns = { name = "name" } }  # 区县界 · bring your own'
    path, names = _quoted(str(outline.path)), _quoted(outline.names or "name")
    line = f"districts = {{ path = {path}, columns = {{ name = {names} }} }}"
    return line if outline.names else f"#{line}  # 写明名称列 · say which column holds the names"


def _fetched_window(raw: Path) -> tuple[float, float, float, float]:
    windows = [tuple(one["window"]) for one in entries(raw) if _is_box(one.get("window"))]
    if not windows:
        raise ConfigError(
            f"Nothing says where the city lies: give --bbox W S E N, or --boundary FILE ({raw} holds nothing fetched)."
        )
    return windows[0]  # type: ignore[return-value]


def _is_box(window: Any) -> bool:
    return isinstance(window, list) and len(window) == 4 and all(isinstance(one, int | float) for one in window)


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)
