"""A city for GIS staff: a GeoPackage with Chinese titles, aliases and descriptions, and QGIS styles inside."""

from __future__ import annotations

import sqlite3
from pathlib import Path
from typing import Any

import geopandas as gpd
import pandas as pd

from pvmap import disk
from pvmap.currency import header
from pvmap.deliver.aliases import field_alias
from pvmap.deliver.geopackage_layers import Layer, layers
from pvmap.deliver.qgis_styles import with_aliases
from pvmap.settings.city import Settings

GEOGRAPHIC = "EPSG:4490"  # CGCS2000, what Chinese GIS staff exchange
OLDEST_WITH_ALL = "1.2"  # version of the format: older GIS warn of the newest
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
STYLES = (  # as QGIS itself makes it when a style is saved in the file
    "CREATE TABLE layer_styles (id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL, f_table_catalog TEXT(256), "
    "f_table_schema TEXT(256), f_table_name TEXT(256), f_geometry_column TEXT(256), styleName TEXT(30), "
    "styleQML TEXT, styleSLD TEXT, useAsDefault BOOLEAN, description TEXT, owner TEXT(30), ui TEXT(30), "
    "update_time DATETIME DEFAULT (strftime('%Y-%m-%dT%H:%M:%fZ','now')))"
)
DEFINITION = "http://www.geopackage.org/spec/#extension_schema"


def write_geopackage(path: Path, tables: dict[str, pd.DataFrame], settings: Settings) -> Path:
    """Write each layer once, in the city's metric CRS or, where the city file says so, in CGCS2000 degrees.

    Parameters
    ----------
    path
        ``city.gpkg``.
    tables
        See `geopackage_layers.layers`. Values keep the units of the tables, which the alias names, so that they are the
        numbers of every other file.
    settings
        Form of the file, and whether the data are synthetic.
    """

    def write(part: Path) -> None:
        named = part.with_name(f"{part.name}.gpkg")  # OGR warns of any other ending
        try:
            _describe(named, [_write_layer(named, one, settings) for one in layers(tables, settings)], settings)
            named.replace(part)
        finally:
            named.unlink(missing_ok=True)

    return disk.write_atomically(path, write)


def _write_layer(path: Path, layer: Layer, settings: Settings) -> Layer:
    frame = _whole(layer.frame)
    if settings.run.geopackage_in == "geographic":
        frame = frame.to_crs(GEOGRAPHIC)
    how: dict[str, Any] = {"mode": "a"} if path.exists() else {"mode": "w", "VERSION": OLDEST_WITH_ALL}
    frame.to_file(path, layer=layer.name, driver="GPKG", engine="pyogrio", **how)
    return layer


def _whole(frame: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Put a symbol for the character at which OGR would end a text."""
    texts = frame.select_dtypes(["object", "string"]).columns
    return frame.assign(**{name: frame[name].str.replace("\0", "␀") for name in texts})


def _shown(text: str) -> str:
    """Put a symbol for the character at which readers in C would end a text."""
    return text.replace("\0", "␀")


def _describe(path: Path, written: list[Layer], settings: Settings) -> None:
    """Add titles, descriptions, styles, and aliases: in the styles and by the extension that newer QGIS read."""
    with sqlite3.connect(path) as database:
        for statement in (SCHEMA, EXTENSIONS, STYLES):
            database.execute(statement)
        database.execute("DELETE FROM gpkg_extensions WHERE extension_name = 'gpkg_schema'")
        database.execute(
            "INSERT INTO gpkg_extensions VALUES ('gpkg_data_columns', NULL, 'gpkg_schema', ?, 'read-write')",
            (DEFINITION,),
        )
        database.execute(
            "INSERT INTO gpkg_contents (table_name, data_type, identifier, description) "
            "VALUES ('layer_styles', 'attributes', 'layer_styles', '')"
        )
        for layer in written:
            database.execute(
                "UPDATE gpkg_contents SET identifier = ?, description = ? WHERE table_name = ?",
                (_shown(layer.title), _shown(layer.about), layer.name),
            )
            columns = layer.frame.columns.drop("geometry")
            fields = {column: field_alias(column, settings.city.currency) for column in columns}
            style = with_aliases(layer.style, {column: _shown(alias) for column, (alias, _) in fields.items()})
            database.execute(
                "INSERT INTO layer_styles (f_table_catalog, f_table_schema, f_table_name, f_geometry_column, "
                "styleName, styleQML, useAsDefault, description) VALUES ('', '', ?, 'geom', ?, ?, 1, ?)",
                (layer.name, layer.name, style, _shown(layer.about)),
            )
            for column, (alias, about) in fields.items():
                database.execute(
                    "INSERT OR REPLACE INTO gpkg_data_columns VALUES (?, ?, ?, ?, ?, NULL, NULL)",
                    (layer.name, column, f"{alias} {header(column, settings.city.currency)}", alias, about),
                )
    database.close()
