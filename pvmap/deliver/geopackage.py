"""Sites and zones for GIS staff: a GeoPackage in CGCS2000 degrees and in metres, fields with Chinese aliases."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import geopandas as gpd
import pandas as pd

from pvmap import store
from pvmap.deliver.labels import LABELS, Label
from pvmap.settings.city import Settings
from pvmap.tables import TABLES

GEOGRAPHIC = "EPSG:4490"  # CGCS2000, what Chinese GIS staff exchange
SCHEMA = (
    "CREATE TABLE IF NOT EXISTS gpkg_data_columns (table_name TEXT NOT NULL, column_name TEXT NOT NULL, name TEXT, "
    "title TEXT, description TEXT, mime_type TEXT, constraint_name TEXT, "
    "CONSTRAINT pk_gdc PRIMARY KEY (table_name, column_name))"
)
EXTENSIONS = (
    "CREATE TABLE IF NOT EXISTS gpkg_extensions (table_name TEXT, column_name TEXT, extension_name TEXT NOT NULL, "
    "definition TEXT NOT NULL, scope TEXT NOT NULL, "
    "CONSTRAINT ge_tce UNIQUE (table_name, column_name, extension_name))"
)
DEFINITION = "http://www.geopackage.org/spec/#extension_schema"


def write_geopackage(
    path: Path, appraisal: pd.DataFrame, sites: gpd.GeoDataFrame, zones: gpd.GeoDataFrame, settings: Settings
) -> Path:
    """Write sites and zones twice, in CGCS2000 degrees and in the metric CRS, with Chinese aliases for every field.

    Parameters
    ----------
    path
        ``city.gpkg``.
    appraisal, sites, zones
        Contract tables; `appraisal` and `sites` in the same order. Values keep the units of the tables, which the
        alias names, so that they are the numbers of every other file.
    settings
        Whether the data are synthetic.
    """
    columns = ["name", "height_m", "footprint_area_m2", "existing_pv_kwp", "source"]
    joined = appraisal.assign(**{c: sites[c].to_numpy() for c in columns})
    if settings.city.synthetic:
        joined["data_note"] = "synthetic demo data 合成演示数据"
    layers = {
        "sites": gpd.GeoDataFrame(joined, geometry=sites.geometry.to_numpy(), crs=sites.crs),
        "zones": zones,
    }

    def write(part: Path) -> None:
        named = part.with_name(f"{part.name}.gpkg")  # OGR warns of any other ending
        try:
            for number, (name, frame) in enumerate(layers.items()):
                for suffix, crs in (("4490", GEOGRAPHIC), ("metric", sites.crs)):
                    mode = "w" if number == 0 and suffix == "4490" else "a"
                    _whole(frame).to_crs(crs).to_file(
                        named, layer=f"{name}_{suffix}", driver="GPKG", engine="pyogrio", mode=mode
                    )
            _add_aliases(named, {f"{n}_{s}": list(f.columns) for n, f in layers.items() for s in ("4490", "metric")})
            named.replace(part)
        finally:
            named.unlink(missing_ok=True)

    return store.write_atomically(path, write)


def _whole(frame: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Put a symbol for the character at which OGR would end a text."""
    texts = frame.select_dtypes(["object", "string"]).columns
    return frame.assign(**{name: frame[name].str.replace("\0", "␀") for name in texts})


def _add_aliases(path: Path, fields: dict[str, list[str]]) -> None:
    """Register titles by the GeoPackage schema extension, which QGIS and OGR read as field aliases."""
    with sqlite3.connect(path) as database:
        database.execute(SCHEMA)
        database.execute(EXTENSIONS)
        database.execute("DELETE FROM gpkg_extensions WHERE extension_name = 'gpkg_schema'")
        database.execute(
            "INSERT INTO gpkg_extensions VALUES ('gpkg_data_columns', NULL, 'gpkg_schema', ?, 'read-write')",
            (DEFINITION,),
        )
        for table, columns in fields.items():
            for column in columns:
                if column != "geometry":
                    alias, about = _alias(column)
                    database.execute(
                        "INSERT OR REPLACE INTO gpkg_data_columns VALUES (?, ?, ?, ?, ?, NULL, NULL)",
                        (table, column, f"{alias} {column}", alias, about),
                    )
    database.close()


def _alias(column: str) -> tuple[str, str]:
    """Chinese title with the table's own unit, and the contract's description."""
    specs = (TABLES[name].column(column) for name in ("appraisal", "zones", "sites"))
    spec = next((one for one in specs if one is not None), None)
    if column.startswith("energy_kwh_month_"):
        title = f"{int(column[-2:])}月发电量"
    else:
        title = LABELS.get(column, Label(PLAIN.get(column, column), column)).zh.split("（")[0]
    unit = spec.unit if spec is not None else ""
    return (f"{title}（{unit}）" if unit not in ("", "1") else title), spec.about if spec is not None else ""


PLAIN = {
    "height_m": "高度",
    "existing_pv_kwp": "已建光伏",
    "source": "来源",
    "data_note": "数据说明",
    "loss_terrain": "地形遮挡损失",
    "loss_neighbours": "邻近遮挡损失",
    "loss_rows": "行间遮挡损失",
    "opex_cny_per_year": "年运维费",
    "self_use_kwh": "首年自用电量",
    "revenue_cny": "首年收入",
    "revenue_later_cny": "首年收入（不计机制电价）",
    "capacity_gross_kwp": "技术可开发规模（含已建）",
}
