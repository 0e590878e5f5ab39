"""A finished run, opened from Python: its tables with their units, its map, and how each number came about."""

from __future__ import annotations

import os
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import geopandas as gpd
import pandas as pd
from pydantic import ValidationError

from pvmap import pipeline, store
from pvmap.config import Folders
from pvmap.currency import CNY, in_money
from pvmap.errors import InputError
from pvmap.settings.city import Settings
from pvmap.stages import history, lock, record
from pvmap.store import whole
from pvmap.tables import TABLES

if TYPE_CHECKING:
    import folium

TOLD = ("city", "created", "settings", "totals")  # what a run is asked for of its record


class Run:
    """A run folder, opened; each table is read when it is asked for, once.

    Every table that ``pvmap schema`` lists is an attribute, where the city has it: ``run.sites``, ``run.appraisal``,
    ``run.zones``; tables with outlines are GeoDataFrames in the city's metric CRS. ``frame.attrs["units"]`` holds the
    unit of each column, ``frame.attrs["about"]`` its meaning.

    Attributes
    ----------
    folder : pathlib.Path
        The run folder.
    about : dict
        What ``run.json`` says: inputs with hashes, settings, assumptions, counts, totals, findings, timings.
    """

    def __init__(self, folder: Path, raw: Path, about: dict[str, Any]):
        self.folder = folder
        self.about = about
        self._raw = raw
        self._read: dict[str, pd.DataFrame] = {}

    def __getattr__(self, name: str) -> pd.DataFrame:
        """Read the table of that name."""
        if name.startswith("_") or name not in TABLES:
            raise AttributeError(f"A run has no {name!r}; its tables are {', '.join(self.tables)}.")
        if name not in self.tables:
            raise AttributeError(f"The run in {self.folder} has no table {name!r}; it has {', '.join(self.tables)}.")
        if name not in self._read:
            self._read[name] = self.table(name)
        return self._read[name]

    def __dir__(self) -> list[str]:
        """Name what a notebook offers to complete."""
        return [*super().__dir__(), *self.tables]

    def __repr__(self) -> str:
        """Say which run this is."""
        return f"<pvmap run of {self.about['city']['name']}, {self.about['created']}: {', '.join(self.tables)}>"

    @cached_property
    def tables(self) -> tuple[str, ...]:
        """Names of the tables this run has."""
        return tuple(name for name in TABLES if (self.folder / f"{name}.parquet").exists())

    @cached_property
    def settings(self) -> Settings:
        """The city file the run was made from, every assumption included."""
        try:
            return Settings.model_validate(self.about["settings"])
        except ValidationError:
            raise InputError(
                f"{self.folder} was made by another version of pvmap, whose settings this one does not have; "
                "run `pvmap map` for this city again."
            ) from None

    @property
    def totals(self) -> pd.DataFrame:
        """Sites, capacity [MWp], first-year energy [GWh] and specific yield [kWh/kWp] by kind and of all."""
        return pd.DataFrame.from_dict(self.about["totals"], orient="index")

    def table(self, name: str, columns: list[str] | None = None) -> pd.DataFrame | gpd.GeoDataFrame:
        """Read a table, or some of its columns, anew.

        Parameters
        ----------
        name
            One of `tables`.
        columns
            Columns to read; all where left out. Without ``geometry`` a table of outlines is a plain DataFrame.

        Raises
        ------
        InputError
            The run has no such table or column, or its file is damaged.
        """
        if name not in self.tables:
            raise InputError(f"The run in {self.folder} has no table {name!r}; it has {', '.join(self.tables)}.")
        record.require_tables(self.folder, self.about, f"{name}.parquet")
        if columns is not None:
            there = store.column_names(self.folder, name)
            wrong = [one for one in columns if one not in there] if isinstance(columns, list) else [columns]
            if wrong:
                raise InputError(f"columns of {name} are a list of some of {', '.join(there)}; {wrong[0]!r} is not.")
        frame = store.read_table(self.folder, name, columns)
        specs = {str(column): TABLES[name].column(str(column)) for column in frame.columns}
        known = {column: spec for column, spec in specs.items() if spec is not None}
        money = self.about["settings"]["city"].get("currency", CNY)
        frame.attrs["units"] = {column: in_money(spec.unit, money) for column, spec in known.items()}
        frame.attrs["about"] = {column: spec.about for column, spec in known.items()}
        return frame

    def map(self) -> folium.Map:
        """Compose the run's map: a ``folium.Map`` to add layers to, to ``save``, or to look at in a notebook."""
        from pvmap.webmap.live import live_map

        record.require_tables(self.folder, self.about)
        return live_map(self.folder, self.settings, self._raw)

    def explain(self, site_id: str) -> str:
        """Tell how one site's number came about, as ``pvmap explain`` does.

        Raises
        ------
        InputError
            There is no such site, or inputs or code have changed since the run.
        """
        if not isinstance(site_id, str):
            raise InputError(f"A site_id is a text, as run.appraisal has it; {site_id!r} is none.")
        folders = Folders(self._raw, self.folder, self.folder)
        job = pipeline.Job(self.folder, self.settings, folders)
        return "\n".join(pipeline.explain_site(job, site_id))


def open_run(path: str | Path, raw: str | Path | None = None) -> Run:
    """Open a finished run.

    Parameters
    ----------
    path
        Run folder: ``data/processed/CITY``, or a kept run's ``data/processed/CITY/kept/NAME``.
    raw
        Folder of the input files, which `Run.explain` reads again; by default ``data/raw/CITY`` beside it.

    Raises
    ------
    InputError
        There is no finished run, it is damaged, or one is being made there now.
    """
    folder, inputs = _place("path", path), _place("raw", raw) if raw is not None else None
    lock.require_free(folder)
    if not (folder / whole.RUN).exists():
        raise InputError(
            f"No finished run lies in {folder}, which has no run.json; name the folder that `pvmap map` wrote, such as "
            "data/processed/demo, or run `pvmap map` for this city first."
        )
    about = whole.require_record(folder / whole.RUN)
    if not all(key in about for key in TOLD):
        raise InputError(f"{folder} was made by another version of pvmap; run `pvmap map` for this city again.")
    home = folder.resolve()
    if home.parent.name == history.KEPT:
        home = home.parents[1]
    return Run(folder, inputs or home.parents[1] / "raw" / home.name, about)


def run_city(
    city: str | Path, root: str | Path | None = None, raw: str | Path | None = None, *, workers: int | None = 0
) -> Run:
    """Run a city, as ``pvmap map`` does, and open what came out; what is current on disk is not computed again.

    Parameters
    ----------
    city
        A city's name (``pipelines/NAME.toml``) or the path of its TOML file.
    root, raw
        Folder that holds data/ and maps/; folder of the input files. See ``pvmap map --help``.
    workers
        Worker processes; 0 computes in this one, None leaves the number to the machine. More than 0 needs the calling
        script to guard its main part with ``if __name__ == "__main__":``.

    Raises
    ------
    PvmapError
        Inputs that cannot be used, in one sentence each.
    TileError
        Some tiles failed; the run folder and the map hold the others.
    """
    city_file = str(_place("city", city))
    if workers is not None and (type(workers) is not int or workers < 0):
        raise InputError(f"workers is a whole number from 0, or None; {workers!r} is neither.")
    places = (_place(name, one) if one is not None else None for name, one in (("root", root), ("raw", raw)))
    job = pipeline.open_city(city_file, *places)
    report = pipeline.make_map(job, workers=workers)
    report.require_whole()
    return open_run(job.folders.processed, job.folders.raw)


def _place(name: str, given: object) -> Path:
    """Take an argument for a path."""
    told = os.fspath(given) if isinstance(given, str | os.PathLike) else None
    try:
        if isinstance(told, str) and "\0" not in told and os.fsencode(told):
            return Path(told)
    except UnicodeEncodeError:
        pass
    raise InputError(f"{name} is a path, as text or as pathlib.Path; {given!r} is none.")
