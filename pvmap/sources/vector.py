"""Any vector file becomes clean features in the city's metric CRS, and rejects with their reasons.

Rows read + parts exploded = features + rejects, always.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from pyproj import CRS

from pvmap.crs import WGS84, choose_metric_crs, middles, require_metric, transformer
from pvmap.errors import InputError
from pvmap.findings import EXAMPLES, Finding, finding
from pvmap.settings.city import VectorInput
from pvmap.sources.attributes import read_attributes
from pvmap.sources.extents import check_extents
from pvmap.sources.files import open_layer, sleeping
from pvmap.sources.layer import RawLayer
from pvmap.sources.place_in_metres import to_metres
from pvmap.sources.places import doubt_place, lost_rows, require_in_plane
from pvmap.sources.polygons import Parts, clean_each, refuse_duplicates
from pvmap.sources.stretches import Each, Runs, Stretch

__all__ = ["VectorLayer", "check_extents", "layer_crs", "read_vector"]

NOWHERE = ("coordinates not finite", "outside the metric CRS")  # reasons why a row is refused that lies nowhere
MANY_REFUSED = 0.2  # judgement: a usable layer loses a few rows in a hundred


@dataclass(frozen=True)
class VectorLayer:
    """What became of one vector input.

    Attributes
    ----------
    features : GeoDataFrame
        In the metric CRS: source, source_row, part, n_parts_of_row, the mapped columns, geometry.
    rejects : DataFrame
        Contract table "rejects".
    n_rows : int
        Rows read.
    n_parts : int
        Parts after multi-geometries were split: ``len(features) + len(rejects)``, at least `n_rows`.
    n_repaired : int
        Parts that were invalid and were made valid.
    findings : tuple of Finding
        What is doubtful about it: values set aside, encodings guessed, shapes repaired.
    """

    features: gpd.GeoDataFrame
    rejects: pd.DataFrame
    n_rows: int
    n_parts: int
    n_repaired: int = 0
    findings: tuple[Finding, ...] = ()


def read_vector(
    source: VectorInput, raw: Path, crs: CRS, *, kinds: tuple[str, ...] = ("Polygon",), runs: Runs | None = None
) -> VectorLayer:
    """Read, clean and project one vector input.

    Parameters
    ----------
    source
        Input of the city file: path, layer, CRS, datum, filter, columns.
    raw
        Folder its path is relative to.
    crs
        Metric CRS of the city.
    kinds
        Kinds of geometry wanted: Point, LineString, Polygon.
    runs
        The layer's polygons as `clean_ahead` has cleaned them, which then stay asleep. By default they are cleaned here
        and at once; every number, text and shape is the same.

    Returns
    -------
    VectorLayer

    Raises
    ------
    InputError
        The file cannot be used as the city file says: see `pvmap.sources.files.open_layer`; or most of its coordinates
        cannot be those of its CRS.
    ConfigError
        `crs` is not metric, or the city file names a CRS or column that is none.
    """
    crs = require_metric(crs)
    layer, file_crs = open_layer(source, raw, asleep=runs is not None)
    bounds = shapely.bounds(layer.geometry) if runs is None else runs.bounds
    _require_plausible(bounds, file_crs, source)
    place = doubt_place(bounds, file_crs, crs, source, raw)
    lost = lost_rows(bounds, file_crs)
    attributes, set_aside = read_attributes(layer, source)
    if runs is None:
        outlines, layer = [layer.geometry], replace(layer, geometry=np.empty(0, object))
        parts = clean_each(
            outlines.pop(),  # nobody holds them any longer: while they are cleaned they go one by one
            to_metres(file_crs, crs, source.datum),
            kinds=kinds,
            explode=source.explode,
            lost=lost,
        )
    else:
        parts = runs.without(lost).parts()
    heights = [c for c in ("height_m", "floors") if c in attributes]
    refuse_duplicates(parts, attributes[heights].notna().sum(axis=1).to_numpy("int64"), attributes)
    if not parts.kept.any():
        counts = pd.Series(parts.reason).value_counts()
        why = ", ".join(f"{reason} ({n})" for reason, n in counts.items())
        shapes_only = set(counts.index) == {"wrong geometry type"}
        remedy = (
            "bring polygons; a mask of points or lines needs its buffer_m" if shapes_only else "check layer and CRS"
        )
        raise InputError(f"{source.path}: none of its {len(layer.row)} rows can be used: {why}; {remedy}.")
    findings = (*layer.findings, *place, *set_aside, *_doubt_refusals(parts, lost, layer, source))
    if n_repaired := len(parts.repaired):
        rows = layer.row[parts.repaired]
        repaired = finding("polygons-repaired", layer=source.path, count=n_repaired, total=len(parts.row), rows=rows)
        findings += (repaired,)
    return VectorLayer(
        _features(parts, layer, attributes, source, crs),
        _rejects(parts, layer, source, crs),
        len(layer.row),
        len(parts.row),
        len(parts.repaired),
        findings,
    )


def clean_ahead(source: VectorInput, raw: Path, crs: CRS, each: Each, folder: Path) -> Runs | None:
    """Have the polygons of a large layer read and cleaned in stretches.

    Parameters
    ----------
    source, raw, crs
        As for `read_vector`.
    each
        Calls a function on every job and gives the results, in their order.
    folder
        A folder of its own, where all can write.

    Returns
    -------
    Runs or None
        None for a layer that is read at once: it is small, or of another format, or cannot be read.
    """
    found = sleeping(source, raw)
    if found is None:
        return None
    geometries, file_crs = found
    like = Stretch(folder, raw / source.path, geometries.column, 0, geometries.n_rows, source, file_crs, crs)
    return Runs.of(like, each)


def layer_crs(source: VectorInput, raw: Path) -> CRS:
    """Choose the metric CRS of a city from where the rows of one layer lie, all of them; errors as in `read_vector`."""
    layer, crs = open_layer(source, raw)
    bounds = shapely.bounds(layer.geometry)
    _require_plausible(bounds, crs, source)
    lost = lost_rows(bounds, crs)
    bounds = bounds[np.isfinite(bounds).all(axis=1) & (~lost | lost.all())]
    if not len(bounds):
        raise InputError(
            f"{source.path}: none of its {len(layer.row):,} rows has a geometry that can be read; export it again."
        )
    to_degrees = transformer(crs, WGS84)
    x, y = to_degrees.transform((bounds[:, 0] + bounds[:, 2]) / 2.0, (bounds[:, 1] + bounds[:, 3]) / 2.0)
    return choose_metric_crs(x, y)


def _require_plausible(bounds: np.ndarray, crs: CRS, source: VectorInput) -> None:
    """Degrees must look like degrees and metres not; where most do not, the CRS is wrong and no row is to blame."""
    west, south, east, north = bounds.T
    with np.errstate(invalid="ignore"):
        x, y = np.maximum(-west, east), np.maximum(-south, north)
        like_degrees = (x <= 180.0) & (y <= 90.0)
        swapped = (x <= 90.0) & (y <= 180.0) & ~like_degrees
    finite = np.isfinite(x)
    wrong = finite & (like_degrees != crs.is_geographic)
    if 2 * wrong.sum() <= finite.sum():
        require_in_plane(bounds, crs, source.path)
        return
    first = int(np.argmax(wrong))
    wanted = "longitude and latitude in degrees" if crs.is_geographic else "metres"
    remedy = "latitude and longitude are swapped" if swapped[first] else "state the CRS they are in as crs"
    raise InputError(
        f"{source.path}: its coordinates, for example ({west[first]:.6g}, {south[first]:.6g}), are not {wanted} as "
        f"{crs.name} wants them; {remedy}."
    )


def _doubt_refusals(parts: Parts, lost: np.ndarray, layer: RawLayer, source: VectorInput) -> list[Finding]:
    """Say aloud that rows lie at zero, or that many are refused."""
    found, n = [], len(layer.row)
    if lost.any():
        rows = layer.row[lost][:EXAMPLES]
        found.append(finding("rows-at-zero", layer=source.path, count=int(lost.sum()), total=n, rows=rows))
    nowhere = np.unique(parts.row[np.isin(parts.reason, NOWHERE)])
    if len(nowhere):
        rows = layer.row[nowhere]
        found.append(finding("rows-nowhere", layer=source.path, count=len(nowhere), total=n, rows=rows))
    kept_rows = np.zeros(n, bool)
    kept_rows[parts.row[parts.kept]] = True
    if (refused := int((~kept_rows).sum())) > MANY_REFUSED * n:
        counts = pd.Series(parts.reason[~parts.kept]).value_counts()
        reasons = ", ".join(f"{reason} ({number})" for reason, number in counts.items())
        found.append(
            finding(
                "many-refused", layer=source.path, count=refused, total=n, reasons=reasons,
                rows=layer.row[~kept_rows][:EXAMPLES],
            )
        )  # fmt: skip
    return found


def _features(
    parts: Parts, layer: RawLayer, attributes: pd.DataFrame, source: VectorInput, crs: CRS
) -> gpd.GeoDataFrame:
    kept = np.flatnonzero(parts.kept)
    row = parts.row[kept]
    columns = {
        "source": pd.Series(_name(source), index=range(len(kept)), dtype="str"),
        "source_row": layer.row[row],
        "part": parts.number[kept],
        "n_parts_of_row": parts.n_of_row[kept],
        **{name: attributes[name].iloc[row].reset_index(drop=True) for name in attributes},
    }
    return gpd.GeoDataFrame(columns, geometry=parts.geometry[kept], crs=crs)


def _rejects(parts: Parts, layer: RawLayer, source: VectorInput, crs: CRS) -> pd.DataFrame:
    bad = np.flatnonzero(~parts.kept)
    longitude, latitude = middles(parts.geometry[bad], crs)
    return pd.DataFrame(
        {
            "source": pd.Series(_name(source), index=range(len(bad)), dtype="str"),
            "source_row": layer.row[parts.row[bad]],
            "part": parts.number[bad],
            "reason": pd.Series(parts.reason[bad], dtype="str"),
            "detail": pd.Series(parts.detail[bad], dtype="str"),
            "longitude": longitude,
            "latitude": latitude,
        }
    )


def _name(source: VectorInput) -> str:
    """File name, with the layer where one was asked for."""
    name = Path(source.path).name
    return f"{name}:{source.layer}" if source.layer else name
