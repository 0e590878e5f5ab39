"""The curve along which a city lies on disk, and its cut into tiles."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from pvmap import store
from pvmap.currency import CNY
from pvmap.memory import give_back, stretches
from pvmap.sources.asleep import as_bytes, awake
from pvmap.tables.contract import check

HILBERT_LEVEL = 15  # 2 bits a level: 30-bit codes, cells of about 2 m in a city of 60 km


@dataclass(frozen=True)
class Tile:
    """A square of the city, or half of one: all sites whose Hilbert codes lie in [low, high)."""

    name: str
    low: int
    high: int
    n_sites: int


def along_curve(sites: gpd.GeoDataFrame) -> tuple[np.ndarray, np.ndarray]:
    """Give the Hilbert code of each site, and the positions of the sites by code and id, (n,) each."""
    codes = sites.hilbert_distance(level=HILBERT_LEVEL).to_numpy("int64")
    order = np.argsort(codes, kind="stable")
    shared = pd.Series(codes).duplicated(keep=False).to_numpy()  # few: to sort all ids takes longer
    key = sites[["site_id"]].assign(code=codes).reset_index(drop=True)[shared]
    order[shared[order]] = key.sort_values(["code", "site_id"]).index.to_numpy()
    return codes, order


def write_along_curve(folder: Path, sites: gpd.GeoDataFrame, order: np.ndarray) -> Path:
    """Write the sites as `store.write_table` does, in an order of their positions, some of them at a time.

    Outlines that sleep go into the file as they are: to wake them for it takes most of the time.
    """
    sites = check("sites", sites)
    give_back()
    like, last = _schema(sites), ("geometry", "bbox")

    def tables() -> Iterator[pa.Table]:
        schema = None
        for some in stretches(len(order), store.ROW_GROUP):
            rows = sites.iloc[order[some]]
            table = pa.Table.from_pandas(pd.DataFrame(rows.drop(columns="geometry")), preserve_index=False)
            boxes = pa.StructArray.from_arrays(list(rows.geometry.array.bounds.T), fields=list(like.field("bbox").type))
            for name, values in zip(last, (as_bytes(rows.geometry.array), boxes), strict=True):
                table = table.append_column(name, values)
            if schema is None:
                schema = pa.schema([*list(table.schema)[:-2], *(like.field(name) for name in last)], like.metadata)
            yield table.cast(schema)

    return store.write_stream(folder / "sites.parquet", tables())


def _schema(sites: gpd.GeoDataFrame) -> pa.Schema:
    """Give the schema of the table of all sites: that of one of them, with the types and bounds of all."""
    one = io.BytesIO()
    awake(check("sites", sites.iloc[:1])).to_parquet(one, write_covering_bbox=True, index=False)
    schema = store.with_notes(pq.read_schema(one), "sites", CNY)
    geo = json.loads(schema.metadata[b"geo"])
    about, outlines = geo["columns"][geo["primary_column"]], sites.geometry.array
    about["geometry_types"] = sorted(set(outlines.geom_type))
    about["bbox"] = outlines.total_bounds.tolist()
    return schema.with_metadata({**schema.metadata, b"geo": json.dumps(geo).encode()})


def cut(hilbert: np.ndarray, most_sites: int, ways: int = 2) -> list[Tile]:
    """Cut sorted Hilbert codes into leaves of at most `most_sites` sites, in the order of the curve.

    A leaf is a range of codes with a common prefix, so it is a run of rows and a square of the city at once, or one
    half of a square: halves fill tiles better, and what a tile costs beside its sites is paid less often.

    Parameters
    ----------
    hilbert
        Codes of the sites, in order.
    most_sites
        Of a leaf, unless more stand at one place.
    ways
        Into how many leaves one is cut that has more: 2, or 4 for squares alone.
    """
    tiles: list[Tile] = []
    root = 4**HILBERT_LEVEL

    def split(low: int, level: int, first: int, last: int) -> None:
        if first == last:
            return
        width = root // ways**level
        if last - first <= most_sites or width == 1:
            tiles.append(Tile(f"{level:02d}_{low:010d}", low, low + width, last - first))
            return
        edges = [low + width // ways * part for part in range(ways + 1)]
        rows = np.searchsorted(hilbert, np.array(edges, hilbert.dtype))  # numbers of another kind: all would be copied
        for part in range(ways):
            split(edges[part], level + 1, int(rows[part]), int(rows[part + 1]))

    split(0, 0, 0, len(hilbert))
    return tiles
