"""Overture Maps: buildings, water, land use, protected land and power, out of GeoParquet on an object store.

A table of contents says which parts meet the window; of each part the footer is read, then only the row groups whose
statistics meet it. One row group is in memory at a time.
"""

from __future__ import annotations

import hashlib
import io
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from pvmap import disk
from pvmap.errors import FetchError
from pvmap.sources.remote import geo_file
from pvmap.sources.remote.answers import NotThere
from pvmap.sources.remote.osm_tags import ROADS
from pvmap.sources.remote.provider import Given, Provider, Window, Wish, nothing_here
from pvmap.sources.remote.transfer import RangedFile, get, get_json

ROUNDING_DEG = 1e-4  # boxes are float32
MOST_BYTES = 2 << 30  # of one part
THEMES = {
    "buildings": ("building", "building"),
    "water": ("water", "water"),
    "land_use": ("land_use", "land_use"),
    "protected": ("land_use", "land_use"),
    "power": ("infrastructure", "infrastructure"),
    "roads": ("segment", "segment"),
}
PROTECTED = ("protected", "protected_area", "nature_reserve", "national_park", "aboriginal_land", "wilderness_area")
POWER = ("substation", "power_line", "minor_line", "cable", "plant", "generator")
CREDITS = {
    "Esri Community Maps": "Esri",
    "Microsoft ML Buildings": "Microsoft",
    "Google Open Buildings": "Google",
    "Zenodo": "Shi et al. doi 10.5281/zenodo.8174931",
}
FOOTER_ERRORS = (pa.ArrowException, OSError, KeyError, ValueError, TypeError)


def give(wish: Wish) -> Given:
    """Give a layer; see `provider.Provider.give`."""
    release = _release(wish)
    parts = _parts(wish, release)
    if not parts:
        raise nothing_here(wish, "Overture")
    datasets: set[str] = set()
    kept = []
    for number, url in enumerate(parts):
        wish.progress(number, len(parts))
        kept.append(_kept_part(wish, url, release, datasets))
    rows = geo_file.write(wish.layer, (table for part in kept for table in geo_file.batches(part)), wish.path)
    for part in kept:
        disk.remove(part)
        disk.remove(_datasets_of(part))
    if not rows:
        disk.remove(wish.path)
        raise nothing_here(wish, "Overture")
    credits = tuple(name for key, name in CREDITS.items() if any(key in one for one in datasets))
    return Given({wish.path: parts[0].rsplit("/", 1)[0] + "/"}, rows, geo_file.CRS, release, credits)


def _release(wish: Wish) -> str:
    if wish.release:
        return wish.release
    url = f"{wish.bases['catalog']}/catalog.json"
    latest = get_json(wish.door, url).get("latest")
    if not isinstance(latest, str) or not latest:
        raise FetchError(f"{url} names no latest release; name one under [fetch] release.")
    return latest


def _parts(wish: Wish, release: str) -> list[str]:
    """Addresses of the files whose boxes meet the window."""
    url = f"{wish.bases['catalog']}/{quote(release)}/collections.parquet"
    try:
        content = get(wish.door, url)
    except NotThere:
        raise FetchError(
            f"Overture no longer keeps release {release} (60 days); drop release under [fetch] to take the newest."
        ) from None
    try:
        table = pq.read_table(io.BytesIO(content), columns=["collection", "type", "bbox", "assets"])
        rows = table.to_pylist()
        wanted = [
            row["assets"]["aws"]["alternate"]["s3"]["href"]
            for row in rows
            if row["collection"] == THEMES[wish.layer][0]
            and row["type"] == "Feature"
            and wish.window.meets(*(float(row["bbox"][side]) for side in ("xmin", "ymin", "xmax", "ymax")))
        ]
    except FOOTER_ERRORS as error:
        raise FetchError(f"{url} is not the table of contents pvmap knows ({error}); see for a newer pvmap.") from None
    return [_address(href, wish.bases["files"]) for href in wanted]


def _address(href: str, base: str) -> str:
    """Address of an object by https."""
    scheme, _, rest = href.partition("://")
    _, _, key = rest.partition("/")
    if scheme != "s3" or not key or ".." in key.split("/"):
        raise FetchError(f"{href!r} in Overture's table of contents is no object; see for a newer pvmap.")
    return f"{base}/{quote(key)}"


def _kept_part(wish: Wish, url: str, release: str, datasets: set[str]) -> Path:
    """Rows of one part inside the window, on disk: a run that is broken off need not fetch them again."""
    stem = url.rsplit("/", 1)[1].split("-c000")[0]
    where = hashlib.sha256(repr(wish.window).encode()).hexdigest()[:8]
    part = wish.path.with_name(f"{wish.path.stem}.{release}.{where}.{stem}.part")
    about = _datasets_of(part)
    if part.exists() and about.exists():
        datasets |= set(about.read_text(encoding="utf-8").splitlines())
        return part
    found: set[str] = set()
    geo_file.write(wish.layer, _rows(wish, url, found), part)
    disk.write_atomically(about, lambda temporary: temporary.write_text("\n".join(sorted(found)), encoding="utf-8"))
    datasets |= found
    return part


def _datasets_of(part: Path) -> Path:
    """File that names the datasets of a part."""
    return part.with_name(f"{part.name}.txt")


def _rows(wish: Wish, url: str, datasets: set[str]) -> Iterator[pa.Table]:
    """Rows of one part inside the window, a row group at a time."""
    window = wish.window.widened(ROUNDING_DEG)
    try:
        file = pq.ParquetFile(RangedFile(wish.door, url, MOST_BYTES), pre_buffer=True)
        paths = [file.metadata.schema.column(i).path for i in range(len(file.metadata.schema))]
        columns = [path for path in paths if _is_wanted(path)]
        for number in range(file.num_row_groups):
            if _meets(file.metadata.row_group(number), paths, window):
                for batch in file.iter_batches(1 << 16, row_groups=[number], columns=columns):
                    yield _inside(pa.Table.from_batches([batch]), wish.layer, window, datasets)
    except FetchError:
        raise
    except FOOTER_ERRORS as error:
        raise FetchError(f"{url} is not the GeoParquet pvmap knows ({error}); see for a newer pvmap.") from None


def _is_wanted(path: str) -> bool:
    top = path.split(".")[0]
    if top == "sources":
        return path.endswith(".dataset")
    if top == "names":
        return path == "names.primary"
    return top in {
        *("id", "geometry", "bbox", "height", "num_floors", "subtype", "class", "is_underground"),
        "source_tags",
    }


def _meets(group: Any, paths: list[str], window: Window) -> bool:
    """Whether a row group can hold something in the window, by its statistics; without them it can."""
    low_high = {}
    for side in ("xmin", "ymin", "xmax", "ymax"):
        if f"bbox.{side}" not in paths:
            raise KeyError("bbox is missing")
        statistics = group.column(paths.index(f"bbox.{side}")).statistics
        if statistics is None or not statistics.has_min_max:
            return True
        low_high[side] = statistics.min if side.endswith("min") else statistics.max
    return window.meets(low_high["xmin"], low_high["ymin"], low_high["xmax"], low_high["ymax"])


def _inside(table: pa.Table, layer: str, window: Window, datasets: set[str]) -> pa.Table:
    """Rows of a table in the window, as the layer's columns."""
    box = table["bbox"].combine_chunks()
    kept = pc.less_equal(box.field("xmin"), window.east)
    for test in (
        pc.greater_equal(box.field("xmax"), window.west),
        pc.less_equal(box.field("ymin"), window.north),
        pc.greater_equal(box.field("ymax"), window.south),
        _of_layer(table, layer),
    ):
        kept = pc.and_(kept, test)
    table = table.filter(kept)
    if "sources" in table.column_names:
        for row in table["sources"].to_pylist():
            datasets |= {one["dataset"] for one in row or () if one.get("dataset")}
    kind = pc.coalesce(_text(table, "class"), _text(table, "subtype"))
    columns = {
        "id": _text(table, "id"),
        "name": _field(table, "names", "primary"),
        "height": _text(table, "height"),
        "floors": _text(table, "num_floors"),
        "use": kind,
        "source": pa.array(["overture"] * table.num_rows, pa.string()),
        "water_type": kind,
        "land_use": kind,
        "kind": kind,
        "voltage": _voltage(table),
        "geometry": table["geometry"].cast(pa.binary()),
    }
    return pa.table({name: columns[name] for name in geo_file.schema(layer).names})


def _of_layer(table: pa.Table, layer: str) -> Any:
    """Which rows of a theme belong to a layer, (n,) of yes and no."""
    kind, group = _text(table, "class"), _text(table, "subtype")
    if layer == "buildings" and "is_underground" in table.column_names:
        return pc.invert(pc.fill_null(table["is_underground"], False))
    if layer == "protected":
        return pc.or_(pc.is_in(kind, pa.array(PROTECTED)), pc.is_in(group, pa.array(["protected"])))
    if layer == "land_use":
        return pc.invert(pc.is_in(group, pa.array(["protected"])))
    if layer == "power":
        return pc.and_(pc.is_in(group, pa.array(["power"])), pc.is_in(kind, pa.array(POWER)))
    if layer == "roads":
        return pc.and_(pc.is_in(group, pa.array(["road"])), pc.is_in(kind, pa.array(ROADS)))
    return pa.array([True] * table.num_rows, pa.bool_())


def _text(table: pa.Table, name: str) -> pa.Array:
    """Column as text; empty where a release does not have it."""
    if name not in table.column_names:
        return pa.nulls(table.num_rows, pa.string())
    return table[name].combine_chunks().cast(pa.string())


def _field(table: pa.Table, column: str, name: str) -> pa.Array:
    if column not in table.column_names:
        return pa.nulls(table.num_rows, pa.string())
    return pc.struct_field(table[column].combine_chunks(), name).cast(pa.string())


def _voltage(table: pa.Table) -> pa.Array:
    """Voltage as OpenStreetMap words it [V], out of the source's tags."""
    if "source_tags" not in table.column_names:
        return pa.nulls(table.num_rows, pa.string())
    return pa.array([dict(tags or ()).get("voltage") for tags in table["source_tags"].to_pylist()], pa.string())


OVERTURE = Provider(
    "overture",
    tuple(THEMES),
    "ODbL 1.0",
    "© OpenStreetMap contributors, Overture Maps Foundation",
    {
        "catalog": "https://stac.overturemaps.org",
        "files": "https://overturemaps-us-west-2.s3.us-west-2.amazonaws.com",
    },
    give,
    shared=True,
)
